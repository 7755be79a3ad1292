"""Generated boards for the memo tests: every text is a token of its own, so that a test can see
exactly whose words came out."""

from typing import get_args

from hypothesis import strategies as st

from activities.consent import Consent, ConsentState, Scope
from rooms.card_words import CardKind
from rooms.memo_source import (
    ActivityLine,
    CardConsent,
    Commitment,
    Confidentiality,
    Evaluation,
    MemoCard,
    MemoSource,
    NextCall,
    PersonLine,
    ProseText,
    QuestionState,
    StoryItem,
    StoryPart,
    ThemeQuestion,
)

SEATS = [f"seat{n}" for n in range(6)]
THEMES = [f"theme{n}" for n in range(4)]
FILLING = st.sampled_from(
    ["", " the river", " नदी का", " الماء", " <b>&", " #eval(1)", "\u202e!", " 水"]
)


def token(kind: str, id: str) -> str:
    """A word found nowhere else."""
    return f"zz{kind}{id}zz"


@st.composite
def cards(draw: st.DrawFn) -> tuple[MemoCard, ...]:
    """A board: up to sixteen notes of every kind, consent and scope, in up to four themes."""
    out = [
        MemoCard(
            id=theme,
            kind="theme",
            text=token("theme", theme),
            author=draw(st.sampled_from(SEATS)),
            scope=draw(st.sampled_from(["room", "memo", "public"])),
            votes=draw(st.integers(0, 3)),
        )
        for theme in THEMES[: draw(st.integers(0, 4))]
    ]
    for index in range(draw(st.integers(0, 16))):
        kind = draw(st.sampled_from(get_args(CardKind)))
        if kind == "theme":
            continue
        id = f"card{index}"
        shown = draw(st.booleans())
        out.append(
            MemoCard(
                id=id,
                kind=kind,
                text=token("card", id) + draw(FILLING),
                author=draw(st.sampled_from([*SEATS, ""])),
                theme=draw(st.sampled_from([*THEMES, ""])),
                scope=draw(st.sampled_from(get_args(Scope))),
                consent=draw(st.sampled_from(get_args(CardConsent))),
                attribution=draw(st.sampled_from(["", token("by", id)])),
                ticks=draw(st.integers(0, 3)),
                created=draw(st.integers(0, 5)),
                group=draw(st.sampled_from(["", "c1", "c2"])),
                status=draw(st.sampled_from(["open", "partly", "answered"])),
                picture=f"{token('card', id)} seen" if shown else "",
                photo=f"photo-{id}" if shown else "",
            )
        )
    return tuple(out)


@st.composite
def parts(draw: st.DrawFn, id: str) -> StoryPart:
    """A title, moment or quote with any release."""
    consent = Consent(
        draw(st.sampled_from(get_args(Scope))),
        "first_name",
        draw(st.sampled_from(get_args(ConsentState))),
    )
    by = draw(st.sampled_from(["", token("by", id)]))
    return StoryPart(id, token("part", id) + draw(FILLING), consent, by=by)


@st.composite
def stories(draw: st.DrawFn) -> tuple[StoryItem, ...]:
    """Up to five stories, each with some of its parts."""
    out = []
    for index in range(draw(st.integers(0, 5))):
        id = f"story{index}"
        out.append(
            StoryItem(
                seat=SEATS[index],
                circle=draw(st.sampled_from(["c1", "c2"])),
                title=draw(st.none() | parts(f"{id}t")),
                key_moments=tuple(
                    draw(parts(f"{id}m{moment}")) for moment in range(draw(st.integers(0, 3)))
                ),
                quote=draw(st.none() | parts(f"{id}q")),
                id=id,
            )
        )
    return tuple(out)


@st.composite
def sources(draw: st.DrawFn) -> MemoSource:
    """A whole exchange."""
    board = draw(cards())
    told = draw(stories())
    slots = ["why", "did", "stories", "open", "people", "next", "theme:theme0:heard"]
    slots += [f"story:{story.key}" for story in told]
    written = draw(st.lists(st.sampled_from(slots), unique=True, max_size=4))
    asked = draw(st.lists(st.sampled_from(THEMES), unique=True))
    return MemoSource(
        title="Living with the river" + draw(FILLING),
        started=1_795_284_000_000,
        ended=1_795_293_000_000,
        zone=draw(st.sampled_from(["Africa/Nairobi", "UTC", "Nowhere/Atall"])),
        confidentiality=draw(st.sampled_from(get_args(Confidentiality))),
        activities=tuple(
            ActivityLine(f"Activity {n}", 20, 14) for n in range(draw(st.integers(0, 3)))
        ),
        circles=2,
        stories_told=len(told) + draw(st.integers(0, 3)),
        people=tuple(
            PersonLine(token("name", seat), token("home", seat), "", draw(st.booleans()))
            for seat in SEATS[: draw(st.integers(0, 6))]
        ),
        cards=board,
        stories=told,
        prose={
            slot: ProseText(token("prose", slot.replace(":", "")), draw(st.booleans()))
            for slot in written
        },
        questions={
            theme: ThemeQuestion(
                token("ask", theme), draw(st.sampled_from(get_args(QuestionState)))
            )
            for theme in asked
        },
        moods={"sun": 3, "zzmoodzz": 2},
        evaluation=draw(st.none() | st.just(Evaluation(7))),
        commitments=tuple(
            Commitment(f"do{n}", token("who", str(n)), token("do", str(n)), scope=scope)
            for n, scope in enumerate(draw(st.lists(st.sampled_from(get_args(Scope)), max_size=3)))
        ),
        withdrawals=draw(st.integers(0, 2)),
        next_call=draw(st.none() | st.just(NextCall(1_796_000_000_000, ("UTC",)))),
        groups=draw(st.sampled_from([{}, {"c1": 7, "c2": 7}, {"c1": 3, "c2": 4}])),
        as_of_seq=412,
        printed_at=1_795_294_000_000,
    )
