# ruff: noqa: E501 (sentences of a believable evening)
"""Sample screens made of the real blocks: what the gallery draws while no server is needed."""

from __future__ import annotations

from typing import Any

import msgspec

from activities.blocks import (
    Answer,
    Answers,
    AnyBlock,
    Bar,
    Choices,
    Clock,
    ClockState,
    Entry,
    GroupLine,
    Groups,
    Line,
    Need,
    NextStep,
    Note,
    Now,
    Offer,
    Option,
    Place,
    Progress,
    Prompt,
    Release,
    Ring,
    RingSeat,
    Rules,
    SeatState,
    Stories,
    Story,
    Tally,
    Who,
    Words,
    say,
)
from activities.kernel import Command

NOW = 1_800_000_000_000
"""The moment of every sample, ms."""

PEOPLE = {
    "s1": "Sefina Tuilagi",
    "s2": "Jonah Mwangi",
    "s3": "Wanjiru Kamau",
    "s4": "Rosa Quispe",
    "s5": "मीरा देवी",
    "s6": "Tomasi Vakalala",
    "s7": "Yusuf Al-Hadi",
    "s8": "ليلى",
    "s9": "Amina Diallo",
    "s10": "Kofi Owusu",
    "s11": "José Huamán",
    "s12": "Baraka Otieno",
    "s13": "Anaïs Morel",
    "s14": "مريم",
    "s15": "Ana Lupe",
}
TITLE = "Living with the river, day two"
STORY = "“A day when a change in your work became real.”"
WEATHER = {
    "sun": "Sun",
    "part_cloud": "Some cloud",
    "cloud": "Cloud",
    "rain": "Rain",
    "storm": "Storm",
    "fog": "Fog",
}


class Tap(Command, frozen=True, tag="sample"):
    """Stands for any command of an activity."""


def plain(value: Any) -> Any:
    """A value as delivery would put it on the wire."""
    if isinstance(value, Line):
        args = {name: plain(each) for name, each in value.args.items()}
        text = value.plural if value.plural and value.n != 1 else value.id
        return text.format(**args)
    if isinstance(value, Who):
        return PEOPLE.get(value.seat, value.seat)
    if isinstance(value, Words):
        return value.ref
    if isinstance(value, msgspec.Struct):
        config = value.__struct_config__
        fields = {name: plain(getattr(value, name)) for name in value.__struct_fields__}
        return {config.tag_field: config.tag, **fields} if config.tag_field else fields
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return value


def offer(type: str, label: str, place: Place = "main", **more: Any) -> dict[str, Any]:
    """An entry of `may`."""
    drawn = plain(Offer(command=None, label=say(label), place=place, **more))
    drawn.pop("command")
    return {"type": type, **drawn}


PAUSE = offer("turn.pause", "Pause please", "foot")
HELP = offer(
    "help.ask",
    "Ask for help",
    "foot",
    needs={"about": Need("text", say("What is it about?"), 200, optional=True)},
)
FOOT = (PAUSE, HELP)

AGENDA = [
    ("a1", "Check-in", 8, "done"),
    ("a2", "Story circles", 75, "now"),
    ("a3", "Check-out", 8, "to come"),
]


def view(
    seat: str,
    *blocks: AnyBlock,
    may: tuple[dict[str, Any], ...] = FOOT,
    lens: str = "seat",
    place: str | None = "Mangrove circle",
    sub: str | None = "Story circle · 7 people",
    activity: str = "story_circle",
    notice: str | None = None,
    ends_at: int | None = None,
) -> dict[str, Any]:
    """A view message."""
    return {
        "type": "view",
        "seat": seat,
        "lens": lens,
        "seq": 7,
        "now": NOW,
        "activity": {"id": "a2", "kind": activity, "phase": "p", "title": None},
        "ends_at": ends_at,
        "blocks": plain(list(blocks)),
        "may": list(may),
        "room": {
            "title": TITLE,
            "lead": {
                "lead": "s9",
                "acting": "s9",
                "epoch": 1,
                "name": PEOPLE["s9"],
                "offered_to": "",
                "offer_ends": None,
            },
            "agenda": [
                {"id": i, "title": title, "minutes": minutes, "state": state, "kind": "x"}
                for i, title, minutes, state in AGENDA
            ],
            "door": "open",
            "here": 14,
            "notice": notice,
            "notice_at": 0,
            "code": "MANG-RVER",
            "confidentiality": None,
        },
        "place": place,
        "sub": sub,
        "documents": [f"mine/{seat}"],
    }


def clock(left: int | None, duration: int = 180_000, state: ClockState = "running") -> Clock:
    """A soft clock with `left` ms to go."""
    return Clock(
        kind="soft",
        state=state,
        duration=duration,
        ends_at=None if left is None or state != "running" else NOW + left,
        remaining=left,
        marks=(60, 15),
    )


def ring(count: int, floor: str | None, time: Clock | None, told: int = 2) -> Ring:
    """The first `count` people; the first `told` have told, the last is away."""

    def state(n: int) -> SeatState:
        seat = f"s{n}"
        if seat == floor:
            return "floor"
        if n <= told:
            return "told"
        return "away" if n == count and count > 3 else "later" if n == 5 and told > 3 else "waiting"

    seats = tuple(RingSeat(f"s{n}", Who(f"s{n}"), state(n)) for n in range(1, count + 1))
    return Ring(id="c1", seats=seats, floor=floor, clock=time, next=("s4", "s5"))


def choices() -> Choices:
    """The weather."""
    return Choices(
        offer="answer.give",
        field="weather",
        label=say("Weather"),
        options=tuple(Option(value, say(label), value) for value, label in WEATHER.items()),
        chosen="part_cloud",
    )


def screens() -> dict[str, dict[str, Any]]:
    """Name -> view, of every kind of screen a seat can meet in the evening."""
    listen = Note(
        text=say(
            "{next} and {then} come before you. Nothing to type now; a quiet minute to write"
            " comes after the stories.",
            next=Who("s4"),
            then=Who("s5"),
        ),
        tone="private",
        title=say("Listen as fully as you will tell."),
    )
    rules = Rules(
        title=say("What we agreed"),
        lines=(
            say("Listen as fully as you tell."),
            say("One story each, then you may pass."),
            say("What is told here stays here unless the teller releases it."),
        ),
    )
    prompt = Prompt(text=say(STORY))
    begin = (
        offer(
            "telling.begin",
            "Begin",
            hint=say(
                "It happened to you. It has a beginning, a middle and an end, people and a place."
            ),
        ),
        offer("turn.pass", "Pass", "beside"),
        offer("turn.later", "Come back to me at the end", "beside"),
        *FOOT,
    )
    finish = (
        offer("turn.done", "I have finished"),
        offer("turn.pass", "Pass", "beside"),
        offer("turn.later", "Come back to me", "beside"),
        *FOOT,
    )
    give = (
        offer(
            "answer.give",
            "Give this",
            needs={"weather": Need("choice"), "word": Need("text", limit=40, optional=True)},
        ),
        offer("answer.pass", "Pass", "beside"),
    )
    return {
        "check-in": view(
            "s6",
            Now(text=say("What is the weather in you today?")),
            choices(),
            Entry(
                box="word",
                offer="answer.give",
                field="word",
                label=say("One word, if you like"),
                sees="room",
                limit=40,
            ),
            Progress(
                done=9, of=14, label=say("9 of 14 have given or passed. All are shown together.")
            ),
            may=give,
            place="Check-in",
            sub=None,
            activity="check_in",
        ),
        "check-in-shown": view(
            "s6",
            Now(text=say("This is the weather in us")),
            Tally(
                title=say("Our weather"),
                bars=tuple(
                    Bar(say(label), n, value)
                    for (value, label), n in zip(WEATHER.items(), (5, 4, 2, 1, 0, 2), strict=True)
                ),
            ),
            Answers(
                title=say("In a word"),
                answers=tuple(
                    Answer(Words(word))
                    for word in (
                        "arriving",
                        "curious",
                        "नई शुरुआत",
                        "tired but here",
                        "متفائلة",
                        "steady",
                    )
                ),
            ),
            place="Check-in",
            sub=None,
            activity="check_in",
            may=(),
        ),
        "circle-listening": view(
            "s6",
            Now(text=say("{name} is telling", name=Who("s3"))),
            prompt,
            ring(7, "s3", clock(88_000)),
            listen,
        ),
        "circle-offer": view(
            "s6",
            Now(text=say("The floor comes to you")),
            prompt,
            ring(7, "s6", clock(None, state="idle"), told=4),
            may=begin,
        ),
        "circle-telling": view(
            "s6",
            Now(text=say("Everyone is listening")),
            prompt,
            ring(7, "s6", clock(52_000), told=4),
            may=finish,
        ),
        "circle-over": view(
            "s6",
            Now(text=say("Everyone is listening")),
            prompt,
            ring(7, "s6", clock(-9_000), told=4),
            may=finish,
        ),
        "circle-fifteen": view(
            "s6",
            Now(text=say("{name} is telling", name=Who("s3"))),
            prompt,
            ring(15, "s3", clock(100_000, 120_000)),
            rules,
        ),
        "circle-three": view(
            "s2",
            Now(text=say("{name} is telling", name=Who("s3"))),
            prompt,
            ring(3, "s3", clock(170_000, 180_000), told=1),
            rules,
        ),
        "quiet": view(
            "s6",
            Now(text=say("A quiet minute")),
            Prompt(text=say("What stays with you from these stories?")),
            ring(7, None, clock(41_000, 60_000), told=7),
            Entry(
                box="quiet",
                offer="quiet.keep",
                field="text",
                label=say("Write or draw, for yourself"),
                sees="self",
                lines=4,
                limit=500,
                hint=say("Nobody reads this unless you bring it yourself."),
            ),
            may=FOOT,
        ),
        "reflect": view(
            "s6",
            Now(text=say("What do the stories share?")),
            Prompt(text=say("Speak freely. Write what we should carry to the others.")),
            rules,
            Entry(
                box="insight",
                offer="reflect.add",
                field="text",
                label=say("What I heard"),
                sees="circle",
                lines=2,
            ),
            may=(offer("reflect.add", "Add it", needs={"text": Need("text", limit=280)}), *FOOT),
        ),
        "release": view(
            "s6",
            Now(text=say("Your story, your words")),
            Release(offer="story.release", drafted=(Words("The water came at night."),)),
            may=(
                offer(
                    "story.release",
                    "This is my answer",
                    needs={
                        "title": Need("text"),
                        "moments": Need("texts"),
                        "quote": Need("text", optional=True),
                        "choice": Need("choice"),
                        "outside": Need("flag"),
                    },
                ),
                offer("story.keep", "Not now", "beside"),
            ),
            place="Your words",
            sub="Only you decide",
        ),
        "plenary": view(
            "s6",
            Now(text=say("Stories we may share")),
            Stories(
                title=say("Released stories"),
                stories=(
                    Story(
                        title=Words("The night the river spoke"),
                        moments=(
                            Words("Nobody told us to leave."),
                            Words("They asked us what the water does."),
                        ),
                        quote=Words("Hakuna aliyetuambia tuondoke."),
                        who=Who("s1"),
                    ),
                    Story(
                        title=Words("बूढ़ी अम्मा की लाठी"),
                        moments=(Words("हमने पहले सुना, फिर नक्शा बनाया।"),),
                    ),
                ),
            ),
            place="All together",
            sub=None,
        ),
    }


def panel() -> dict[str, Any]:
    """The control panel in the middle of the tellings."""

    def group(
        n: int,
        name: str,
        status: str,
        tag: str,
        floor: str | None,
        left: int,
        told: int,
        host: str,
        ready: bool = False,
        offers: tuple[int, ...] = (),
    ) -> GroupLine:
        return GroupLine(
            id=f"c{n}",
            name=say(name),
            status=say(status),
            tag=say(tag),
            ring=ring(7, floor, clock(left) if floor else None, told=told),
            host=Who(host),
            ready=ready,
            offers=offers,
        )

    may = (
        offer("phase.next", "Start the quiet minute"),
        offer("turn.extend", "+ 1 min", "group"),
        offer("turn.pause", "Pause", "group"),
        offer("turn.extend", "+ 1 min", "group"),
        offer("turn.pause", "Pause", "group"),
        offer(
            "lead.offer", "Hand over the lead", "menu", needs={"to": Need("seat", say("To whom?"))}
        ),
        offer("door.close", "Close the door", "menu"),
        offer(
            "say.all",
            "Say one line to everybody",
            "menu",
            needs={"text": Need("text", say("Your line"), 200)},
        ),
        offer(
            "activity.cut",
            "End this activity",
            "menu",
            confirm=say("Everyone goes on to the check-out. What was captured is kept."),
        ),
    )
    return view(
        "s9",
        Now(text=say("Story circles: telling")),
        Groups(
            groups=(
                group(
                    1,
                    "Mangrove",
                    "Wanjiru is telling, about 1½ min left. Next: Rosa.",
                    "third story of seven",
                    "s3",
                    88_000,
                    2,
                    "s1",
                    offers=(1, 2),
                ),
                group(
                    2,
                    "Estuary",
                    "ليلى is telling, table 2 in the hall. Next: Kofi.",
                    "sixth story of seven",
                    "s6",
                    150_000,
                    5,
                    "s10",
                    offers=(3, 4),
                ),
                group(
                    3,
                    "Coral",
                    "All seven have told. The next question is on their screens.",
                    "ready",
                    None,
                    0,
                    7,
                    "s9",
                    ready=True,
                ),
            )
        ),
        NextStep(
            text=say("The quiet minute. Everyone writes, only for themselves."),
            hint=say("One of three circles is ready. The others get a minute to finish."),
        ),
        may=may,
        lens="panel",
        place=None,
        sub=None,
        ends_at=NOW + 19 * 60_000,
    )


def wall() -> dict[str, Any]:
    """The wall screen while somebody tells."""
    return view(
        "s99",
        Now(text=say("{name} is telling", name=Who("s3"))),
        Prompt(text=say("A day when a change in your work became real.")),
        ring(8, "s3", clock(88_000)),
        Note(text=say("We listen. No notes while someone tells."), tone="quiet"),
        lens="screen",
        may=(),
    )


def people() -> dict[str, Any]:
    """Who is here."""

    def person(n: int, **more: Any) -> dict[str, Any]:
        seat = f"s{n}"
        return {
            "seat": seat,
            "name": PEOPLE[seat],
            "where": "remote",
            "presence": "here",
            "role": "participant",
            "since": 0,
            "group": "Mangrove",
            "note": None,
            "help": False,
            "about": None,
            **more,
        }

    return {
        "type": "people",
        "seq": 7,
        "now": NOW,
        "people": [
            *(person(n) for n in (1, 2, 3, 4, 5)),
            person(6, note="not told yet"),
            person(7, presence="away", since=NOW - 40_000, help=True, about="no sound since 10:31"),
            person(8, group="Estuary"),
            person(9, role="lead", group=None),
            person(10, role="facilitator", group="Estuary"),
            person(11, presence="gone"),
        ],
    }


def desk() -> dict[str, Any]:
    """The private strip."""
    lines = [
        ("s1", 240_000, "Wanjiru may need a little longer, please let her."),
        ("s10", 180_000, "Sauti ya meza ya pili iko sawa sasa."),
    ]
    return {
        "type": "desk",
        "seq": 7,
        "now": NOW,
        "lines": [
            {"id": f"d{n}", "who": PEOPLE[who], "at": NOW - ago, "text": text}
            for n, (who, ago, text) in enumerate(lines)
        ],
    }


def my_words() -> dict[str, Any]:
    """What a teller sees on "my words"."""
    rows: list[tuple[str, str, str, str, dict[str, Any]]] = [
        (
            "Hakuna aliyetuambia tuondoke. Walituuliza maji yanafanya nini.",
            "pending", "circle", "none", {"by": "Jonah Oduya"},
        ),
        (
            "The night the river spoke", "given", "memo", "first_name",
            {"kind": "story_title", "places": [
                {"section": "stories", "heading": "Stories", "edition": "participants"},
            ]},
        ),
        ("Draw the map after the walk.", "given", "memo", "none",
         {"kind": "insight", "own": False, "card": True}),
        ("We walked the bank before we drew it.", "withdrawn", "circle", "none",
         {"until": NOW + 540_000}),
        ("", "refused", "circle", "none", {"gone": True}),
    ]  # fmt: skip
    return {
        "type": "words",
        "seat": "s6",
        "seq": 7,
        "now": NOW,
        "words": [
            {
                "words": f"w{n}", "text": text, "kind": "quote", "state": state, "scope": scope,
                "attribution": by, "in_memo": state == "given", "story": "", "unheard": False,
                "by": None, "digest": f"d{n}", "gone": False, "until": 0, "card": False,
                "own": True, "verbal": "", "places": [], **more,
            }
            for n, (text, state, scope, by, more) in enumerate(rows)
        ],
        "kept_until": NOW + 90 * 86_400_000,
        "memo_until": NOW + 365 * 86_400_000,
        "sent": False,
        "asked_until": 0,
    }  # fmt: skip


def memo() -> dict[str, Any]:
    """A memo tree as the memo page gets it."""

    def text(value: str, **more: Any) -> dict[str, Any]:
        return {"text": value, **more}

    steps = ("Collecting", "Draft", "Edited", "Quotes checked", "Sent", "Comments", "Talked about")
    told = ("done", "done", "now", "later", "later", "later", "later", "later")
    return {
        "language": "en",
        "stage": {
            "step": "edited",
            "steps": [
                {"step": name, "name": name, "told": how}
                for name, how in zip((*steps, "Final"), told, strict=True)
            ],
            "line": "Your part is done. Now the people who are quoted see how they are quoted.",
            "next": {
                "label": "Ask the people who are quoted",
                "hint": "They have 48 hours, under “My words” and in the room.",
                "send": False,
                "command": {"type": "memo.step", "seen": "edited", "to": "consent_check"},
            },
            "writable": True,
            "waiting": 3,
            "ends": 0,
            "reopen": None,
        },
        "fit": [],
        "head": {
            "title": text(TITLE),
            "kicker": "Debrief memo",
            "facts": [],
            "confidentiality": "What was told in circles stands here only where its teller said yes.",
            "edition": "",
        },
        "sections": [
            {
                "id": "purpose",
                "heading": "Why we met",
                "words": 138,
                "blocks": [
                    {
                        "type": "space",
                        "id": "purpose",
                        "label": "Why we met",
                        "ask": "Two or three sentences on what brought you together.",
                    }
                ],
            },
            {
                "id": "stories",
                "heading": "Stories",
                "words": 312,
                "blocks": [
                    {"type": "space", "id": "stories", "label": "Stories"},
                    {"type": "heading", "line": text("The night the river spoke"), "id": "story:1"},
                    {
                        "type": "space",
                        "id": "story:1",
                        "label": "The night the river spoke",
                        "ask": "Facilitator: write 60 to 90 words from these moments.",
                    },
                    {
                        "type": "bullets",
                        "items": [
                            text("Nobody told us to leave.", by="people", source=["w1"]),
                            text("They asked us what the water does."),
                        ],
                    },
                    {
                        "type": "quote",
                        "line": text("हमने पहले सुना, फिर नक्शा बनाया।", language="hi"),
                        "attribution": "मीरा, by first name",
                        "translation": "We listened first, then made the map.",
                    },
                ],
            },
            {
                "id": "theme-1",
                "heading": "Listening before mapping",
                "words": 241,
                "blocks": [
                    {
                        "type": "heading",
                        "id": "theme-1:heard",
                        "part": True,
                        "line": text("What we heard"),
                    },
                    {
                        "type": "space",
                        "id": "theme-1:heard",
                        "label": "What we heard",
                        "ask": "Facilitator: write about 90 words from these notes.",
                        "notes": [text("Nobody used the map.", by="people", source=["n1"])],
                    },
                    {
                        "type": "paragraph",
                        "line": text(
                            "Several of us had drawn maps that nobody used. The maps that lasted began with a walk: an elder, a child and an engineer along the same bank.",
                            by="facilitator",
                            source=["prose:theme-1:heard", "n1"],
                        ),
                    },
                    {
                        "type": "ask",
                        "theme": "t1",
                        "label": "A question to you",
                        "state": "suggested",
                        "line": text("Since the visit, where did you listen before you mapped?"),
                    },
                ],
            },
        ],
        "counts": {
            "words": 1680,
            "budget": 2300,
            "pages": 4,
            "themes": 3,
            "quotes_cleared": 6,
            "quotes_waiting": 3,
            "stories_told": 21,
            "stories_released": 9,
            "commitments": 12,
            "people_unheard": 2,
        },
        "unheard": ["Rosa Quispe", "यूसुफ़ अली"],
        "missing": [
            {"kind": "consent", "place": "stories", "heading": "Stories", "count": 3},
            {
                "kind": "question_suggested",
                "place": "theme-1",
                "heading": "Listening before mapping",
            },
            {"kind": "prose", "place": "purpose", "heading": "Why we met"},
        ],
    }
