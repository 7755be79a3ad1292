"""A person's own screen in a fishbowl: what insiders and listeners share, and what comes after the
talk (questions, answers, everybody)."""

from typing import Final

from activities import _fishbowl_moves as moves
from activities import _fishbowl_questions as questions
from activities import _fishbowl_seats as seats
from activities._fishbowl_commands import (
    ObservationAdd,
    QuestionAdd,
    QuestionDecline,
    QuestionDone,
    QuestionDrop,
    QuestionTake,
    QuoteRelease,
    SeatLeave,
    SeatRelief,
)
from activities._fishbowl_groups import Listeners, group_of, hall
from activities._fishbowl_state import (
    QUOTES_EACH,
    State,
    is_inside,
    limits,
    may_rise,
    quotes_of,
    takes_part,
)
from activities._fishbowl_words import (
    DEBRIEF,
    RULES,
    Blocks,
    asked,
    bowl,
    interview_note,
    notices,
    offer,
    put_block,
    put_line,
    question_options,
    topic,
    written,
)
from activities.blocks import (
    Cards,
    Choices,
    Entry,
    Field,
    Form,
    Line,
    Need,
    Note,
    Now,
    Offer,
    Option,
    Prompt,
    Roll,
    Who,
    Words,
    say,
)
from activities.grouping import name
from activities.groups import GroupReady
from activities.kernel import Member, Viewer

Offers = list[Offer]

NOTE_KINDS: Final = ("insight", "question", "practice")
QUOTE_LIMIT: Final = 280
"""Characters of a sentence people release."""

_EMPTY: Final = Words("")

RELEASE: Final = (
    Option("keep", say("Keep it here"), "lock"),
    Option("lesson", say("Use the lesson without me"), "leaf"),
    Option("unnamed", say("Use my words without my name"), "marks"),
    Option("first_name", say("Use my words with my first name"), "person"),
    Option("name_org", say("Use my words with my name and organisation"), "house"),
)
"""The release card (`methods.md` 1.8)."""


def mine(state: State, viewer: Viewer) -> Blocks:
    """Notes of one's own while others talk."""
    if takes_part(state, viewer.seat) is None:
        return []
    return [
        Cards(
            document="mine",
            section="fishbowl",
            title=say("Your own notes"),
            kinds=NOTE_KINDS,
            sees="self",
            hint=say("A question or a thought for later."),
        )
    ]


def thanked(state: State, viewer: Viewer) -> Blocks:
    """The private sign to make room; said without haste."""
    chair = seats.chair_of(state.bowl, viewer.seat)
    if chair is None:
        return []
    if chair.relief and may_rise(state):
        text = say("Somebody has come in. You can leave the chair now, if you still wish.")
        return [Note(text=text, tone="private")]
    if chair.relief:
        return [
            Note(text=say("The lead looks for somebody. Thank you for staying."), tone="private")
        ]
    if not chair.asked and not chair.thanked:
        return []
    text = say("When your thought is finished, you can make room. Nobody else sees this.")
    return [Note(title=say("Thank you for what you brought."), text=text, tone="private")]


def rise(state: State, viewer: Viewer, own: Offers) -> None:
    """Making room, or asking for somebody when only two are inside (rule 5)."""
    chair = seats.chair_of(state.bowl, viewer.seat)
    if chair is None:
        return
    if may_rise(state):
        wished = chair.asked or chair.thanked or chair.relief
        first = wished and not any(one.place == "main" for one in own)
        leave = SeatLeave(sitting=chair.sitting)
        own.append(offer(leave, say("I make room"), "main" if first else "beside"))
    elif not chair.relief:
        hint = say("Only two are inside. The lead is asked to find somebody.")
        label = say("I would like to leave the chair")
        own.append(offer(SeatRelief(sitting=chair.sitting), label, "foot", hint=hint))


# --- an experience bowl -------------------------------------------------------------------------


def talk(state: State, viewer: Viewer, own: Offers) -> Blocks:
    """An experience bowl while those inside talk as if alone."""
    inside = is_inside(state, viewer.seat)
    if inside:
        rise(state, viewer, own)
    head = say("Talk with each other, as if alone") if inside else say("Listen to those inside")
    text = (
        say("The good, the bad and the unexpected. Do not present; tell each other.")
        if inside
        else say("Nobody outside speaks now. Your group asks afterwards.")
    )
    return [
        Now(text=head),
        topic(state),
        *interview_note(state),
        *thanked(state, viewer),
        Note(text=text),
        bowl(state, viewer),
        *([] if inside else [*_company(state, viewer), *mine(state, viewer)]),
        RULES,
    ]


def _company(state: State, viewer: Viewer) -> Blocks:
    """With whom this person listens."""
    mine = group_of(state.groups, viewer.seat)
    if mine is None:
        return []
    others = tuple(
        (Who(seat), _where(state.people[seat]))
        for seat in mine.seats
        if seat != viewer.seat and seat in state.people
    )
    if not others:
        text = say("You are alone in your group. The lead joins you.")
        return [Note(text=text, tone="quiet")]
    title = say("With you in {group}", group=name(mine.index))
    return [Roll(title=title, rows=others)]


def _where(member: Member) -> Line:
    """Where somebody is, so that a group finds itself."""
    if not member.here:
        return say("the line dropped")
    return say("in the hall") if hall(member) else say("online")


def writing_view(state: State, viewer: Viewer, own: Offers) -> Blocks:
    """Satellites write their questions, or pairs what they heard; those inside rest."""
    mine = group_of(state.groups, viewer.seat)
    experience = state.settings.mode == "experience"
    if mine is None:
        inside = is_inside(state, viewer.seat)
        head = say("Rest. The others write their questions")
        if not experience:
            head = say("Those who listened talk now")
        text = say("You hear their questions in a moment.") if inside else None
        return [Now(text=head), *([Note(text=text)] if text is not None else [])]
    head = say("What does your group ask?") if experience else say("What did you hear?")
    return [
        Now(text=head),
        *notices(state),
        *_company(state, viewer),
        *_entries(state, mine, own),
        *written(state, mine.id),
        *_notes(mine, experience=experience),
        *_drops(state, viewer, own),
        *_ready(mine, own),
        *moves.asking(state, mine, own),
    ]


def _entries(state: State, mine: Listeners, own: Offers) -> Blocks:
    blocks: Blocks = []
    most = limits(state)
    asks = questions.left(state.board, mine.id, "question", most)
    notes = questions.left(state.board, mine.id, "observation", most)
    need = Need("text", limit=questions.TEXT_LIMIT)
    hint = say("Everybody reads it when this ends. {left} left.", left=asks)
    if notes > 0:
        heard = say("One thing you noticed")
        note = ObservationAdd(group=mine.id, words=_EMPTY)
        own.append(offer(note, say("Write it down"), "beside", words=need))
        blocks.append(_entry("noticed", "observation.add", heard, None))
    if asks > 0:
        question = QuestionAdd(group=mine.id, words=_EMPTY)
        own.append(offer(question, say("Ask this"), words=need))
        blocks.append(_entry("question", "question.add", say("A question of your group"), hint))
    return blocks


def _entry(box: str, offered: str, label: Line, hint: Line | None) -> Entry:
    return Entry(
        box=box,
        offer=offered,
        field="words",
        label=label,
        sees="room",
        hint=hint,
        lines=2,
        limit=questions.TEXT_LIMIT,
    )


def _notes(mine: Listeners, *, experience: bool) -> Blocks:
    """A satellite's own document; it goes to everybody's board when the questions close."""
    if not experience:
        return []
    return [
        Cards(
            document=f"group/{mine.id}",
            section="questions",
            title=say("Notes of your group"),
            kinds=("insight", "practice"),
            sees="circle",
            hint=say("They go to everybody's board when the questions close."),
        )
    ]


def _drops(state: State, viewer: Viewer, own: Offers) -> Blocks:
    """Taking back what one wrote oneself."""
    for one in state.board:
        if one.seat == viewer.seat and one.status == "open" and not one.into:
            label = say("Take back: {question}", question=one.words)
            own.append(offer(QuestionDrop(question=one.id), label, "menu"))
    return []


def _ready(mine: Listeners, own: Offers) -> Blocks:
    label = say("We are not ready yet") if mine.ready else say("Our group is ready")
    own.append(offer(GroupReady(group=mine.id, ready=not mine.ready), label, "foot"))
    return []


def answers(state: State, viewer: Viewer, own: Offers) -> Blocks:
    """Those inside choose what to answer; everybody reads the questions."""
    inside = is_inside(state, viewer.seat)
    line = put_line(state)
    head = Now(text=line if line is not None else say("Those inside choose what to answer"))
    blocks: Blocks = []
    if inside:
        blocks = _choosing(state, viewer, own)
        rise(state, viewer, own)
        if line is None:
            head = Now(text=say("Choose what you answer"))
        elif state.answering == viewer.seat:
            head = Now(text=say("You answer"))
    return [
        head,
        *put_block(state),
        *interview_note(state),
        *thanked(state, viewer),
        *blocks,
        bowl(state, viewer),
        *asked(state, choosing=inside and line is None),
        *([] if inside else mine(state, viewer)),
    ]


def _choosing(state: State, viewer: Viewer, own: Offers) -> Blocks:
    """A fish chooses, answers, or leaves a question open."""
    if state.put:
        if state.answering in ("", viewer.seat):
            own.append(offer(QuestionDone(question=state.put), say("We have answered it")))
            decline = QuestionDecline(question=state.put)
            own.append(offer(decline, say("We leave this one open"), "beside"))
        return []
    able = questions.to_take(state.board)
    if not able:
        return [Note(text=say("Every question was answered or left open."))]
    options = question_options(able)
    need = Need("choice", options=options)
    take = QuestionTake(question=able[0].id)
    own.append(offer(take, say("I answer this one"), question=need))
    text = say("Every group has one answered before any has a second. You may leave any open.")
    return [
        Choices(
            offer="question.take",
            field="question",
            label=say("Which one do you answer?"),
            options=options,
        ),
        Note(text=text, tone="quiet"),
    ]


# --- the end ------------------------------------------------------------------------------------


def debrief(state: State, viewer: Viewer, own: Offers) -> Blocks:
    """Everybody talks; open questions, the board, and one's own quote."""
    prompt = DEBRIEF[state.prompt] if state.settings.mode == "experience" else DEBRIEF[0]
    return [
        Now(text=say("Everybody talks")),
        Prompt(text=prompt),
        *asked(state),
        _board(viewer),
        *_quote(state, viewer, own),
    ]


def _board(viewer: Viewer) -> Cards:
    return Cards(
        document="board",
        section="",
        title=say("What we take from it"),
        kinds=NOTE_KINDS,
        sees="room",
        add="observer" not in viewer.roles,
    )


def _quote(state: State, viewer: Viewer, own: Offers) -> Blocks:
    """One sentence of one's own for the memo, with its own release."""
    if takes_part(state, viewer.seat) is None:
        return []
    if len(quotes_of(state, viewer.seat)) >= QUOTES_EACH:
        text = say("Your sentences are kept as you chose. You can change that from your own page.")
        return [Note(text=text, tone="private")]
    own.append(
        offer(
            QuoteRelease(words=_EMPTY, choice="keep"),
            say("This is my answer"),
            "beside",
            words=Need("text", say("One sentence of yours"), limit=QUOTE_LIMIT),
            choice=Need("choice", options=RELEASE),
            outside=Need("flag", say("Also outside this group?"), optional=True),
        )
    )
    return [
        Form(
            offer="quote.release",
            title=say("May we quote you?"),
            sees="memo",
            fields=(
                Field("quote", "words", say("One sentence of yours"), lines=2, limit=QUOTE_LIMIT),
                Field(
                    "quote_choice",
                    "choice",
                    say("What may become of it"),
                    kind="choice",
                    options=RELEASE,
                ),
                Field(
                    "quote_outside",
                    "outside",
                    say("Also outside this group?"),
                    kind="flag",
                    optional=True,
                ),
            ),
        ),
        Note(text=say("Not answering means no."), tone="quiet"),
    ]


def closed(state: State, _viewer: Viewer, _own: Offers) -> Blocks:
    """What stays to be read."""
    return [Now(text=say("The fishbowl is closed. Thank you for listening")), *asked(state)]
