"""The vocabulary of views: what a screen can show, as frozen values that delivery turns into JSON
in the viewer's language.

`Line`, `Who` and `Words` are opaque until delivery: `Line` is translated, `Who` becomes the
person's name, `Words` the stored text (or nothing, when consent or erasure says so). A new block is
one struct here and one element in the browser.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec


class Who:
    """A person in a sentence or a list: the seat id now, the display name at delivery.

    `first`: the first name alone, as somebody released their words with it.
    """

    __slots__ = ("first", "seat")

    def __init__(self, seat: str, *, first: bool = False) -> None:
        self.seat: Final = seat
        self.first: Final = first

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Who) and (other.seat, other.first) == (self.seat, self.first)

    def __hash__(self) -> int:
        return hash(("who", self.seat, self.first))

    def __repr__(self) -> str:
        return f"Who({self.seat!r})"


class Words:
    """What a person said or typed, by reference. In JSON from a client it is a string; in the log
    and in states only `ref`."""

    __slots__ = ("ref",)

    def __init__(self, ref: str) -> None:
        self.ref: Final = ref

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and other.ref == self.ref

    def __hash__(self) -> int:
        return hash(("words", self.ref))

    def __repr__(self) -> str:
        return f"Words({self.ref!r})"


class Line:
    """One sentence of the catalogue with its arguments. `id` is the English source text with
    {placeholders}.

    `plural` and `n` choose a plural form; `n` is also an argument.
    """

    __slots__ = ("args", "id", "n", "plural")

    def __init__(
        self,
        id: str,
        args: Mapping[str, "str | int | Who | Words | Line"] | None = None,
        plural: str = "",
        n: int = 0,
    ) -> None:
        self.id: Final = id
        self.args: Final[dict[str, Any]] = dict(args or {})
        self.plural: Final = plural
        self.n: Final = n

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Line) and (other.id, other.args, other.plural, other.n) == (
            self.id,
            self.args,
            self.plural,
            self.n,
        )

    def __hash__(self) -> int:
        return hash((self.id, self.plural, self.n))

    def __repr__(self) -> str:
        return f"Line({self.id!r}, {self.args!r})"


def say(text: str, /, **args: "str | int | Who | Words | Line") -> Line:
    """A sentence of the catalogue: `say("{name} is telling", name=Who(seat))`. The extractor
    reads the literal."""
    return Line(text, args)


def say_n(one: str, many: str, n: int, /, **args: "str | int | Who | Words | Line") -> Line:
    """A sentence with a plural: `say_n("{n} story", "{n} stories", 3)`."""
    return Line(one, {"n": n, **args}, plural=many, n=n)


Sees = Literal["self", "circle", "room", "memo", "facilitators"]
"""Who can see what is written here: only you, your circle, everyone here, may be quoted,
facilitators only."""

Tone = Literal["plain", "private", "good", "look", "quiet"]
SeatState = Literal["waiting", "floor", "told", "later", "away", "left"]
ClockKind = Literal["soft", "hard", "open"]
ClockState = Literal["idle", "running", "paused", "over", "ended"]


class Block(msgspec.Struct, frozen=True, tag_field="type", kw_only=True):
    """One part of a screen. Order in a view is reading order."""


class Clock(msgspec.Struct, frozen=True):
    """A timer as a screen draws it: from `ends_at` and the measured offset, never from its own
    clock.

    `duration` and `remaining` in ms; `remaining` is exact while paused; `marks` are seconds
    before the end at which a mark is drawn.
    """

    kind: ClockKind
    state: ClockState
    duration: int
    ends_at: int | None = None
    remaining: int | None = None
    marks: tuple[int, ...] = ()


class RingSeat(msgspec.Struct, frozen=True):
    """A seat of the ring; all the same size. The screen itself knows which one is "you"."""

    seat: str
    name: Who
    state: SeatState = "waiting"


class Now(Block, frozen=True, tag="now"):
    """The one thing now, in big serif: "Wanjiru is telling"."""

    text: Line


class Prompt(Block, frozen=True, tag="prompt"):
    """The invitation, a human voice in serif; a catalogue line or a facilitator's own words."""

    text: Line | Words


class Note(Block, frozen=True, tag="note"):
    """A sentence or two under the head. `private` is the blue-grey *only you* panel; `title` its
    bold beginning."""

    text: Line
    tone: Tone = "plain"
    title: Line | None = None


class Rules(Block, frozen=True, tag="rules"):
    """The rules of the activity, readable at any time; unfolded when `open`."""

    title: Line
    lines: tuple[Line, ...]
    open: bool = False


class Ring(Block, frozen=True, tag="ring"):
    """The circle: people in ring order (never mirrored), who has the floor, the clock inside, who
    comes next."""

    id: str
    seats: tuple[RingSeat, ...]
    floor: str | None = None
    clock: Clock | None = None
    next: tuple[str, ...] = ()
    title: Line | None = None


class Countdown(Block, frozen=True, tag="countdown"):
    """A clock without a ring. `until`: the local time of its end stands beside it (a break)."""

    clock: Clock
    label: Line | None = None
    until: bool = False


class Option(msgspec.Struct, frozen=True):
    """One thing to choose. `picture` names an icon of the house set."""

    value: str
    label: Line
    picture: str = ""
    hint: Line | None = None


class Entry(Block, frozen=True, tag="entry"):
    """A box a person types into, kept as a draft in `mine/{seat}` under `drafts/{activity}/{box}`;
    `offer` is the type of the command in `may` whose need `field` it fills. `sees` stands at the
    field."""

    box: str
    offer: str
    field: str
    label: Line
    sees: Sees
    hint: Line | None = None
    lines: int = 1  # height wished for, in lines
    limit: int = 280  # characters


class Choices(Block, frozen=True, tag="choices"):
    """Big choices that fill the need `field` of the offer `offer`; `chosen` is this person's
    present answer."""

    offer: str
    field: str
    label: Line
    options: tuple[Option, ...]
    chosen: str | None = None
    sees: Sees = "room"


class Answer(msgspec.Struct, frozen=True):
    """One answer shown to all: by whom (None when unnamed) and what."""

    words: Words | Line
    who: Who | None = None


class Answers(Block, frozen=True, tag="answers"):
    """What people gave, after the reveal."""

    title: Line
    answers: tuple[Answer, ...]


class Bar(msgspec.Struct, frozen=True):
    """One line of a tally."""

    label: Line | Words
    count: int
    picture: str = ""


class Tally(Block, frozen=True, tag="tally"):
    """Counts only, never names (`methods.md A4`)."""

    title: Line
    bars: tuple[Bar, ...]


class Progress(Block, frozen=True, tag="progress"):
    """How many have done it; never who has not."""

    done: int
    of: int
    label: Line


class Cards(Block, frozen=True, tag="cards"):
    """A section of a board. `document` is "board", "mine" or "group/{id}"; the screen opens it
    and lists its cards of `kinds`.

    Adding goes through the command `note.add` when `add` is true. `sees` stands over the section;
    `heading`, a group's name or a plain sentence, over it on the page of everyone's board.
    """

    document: str
    section: str
    title: Line
    kinds: tuple[str, ...]
    sees: Sees
    add: bool = True
    hint: Line | None = None
    heading: Line | None = None


class Story(msgspec.Struct, frozen=True):
    """A released story as others may see it."""

    title: Words | None
    moments: tuple[Words, ...] = ()
    quote: Words | None = None
    who: Who | None = None  # only if released with the name
    organisation: bool = False


class Stories(Block, frozen=True, tag="stories"):
    """Released stories, for the plenary."""

    title: Line
    stories: tuple[Story, ...]


class Release(Block, frozen=True, tag="release"):
    """The teller's own card after the stories: title, key moments, a quote, and the four choices
    (`methods.md` 1.8).

    Fields are typed into `mine` drafts (boxes "title", "moment1".."moment3", "quote") and sent
    with the offer `offer`.
    """

    offer: str
    moments: int = 3
    drafted: tuple[Words, ...] = ()  # what the agreed witness wrote down for this teller
    answered: str | None = None  # the choice already made, and the words given with it:
    title: Words | None = None
    given: tuple[Words, ...] = ()
    quote: Words | None = None


class GroupLine(msgspec.Struct, frozen=True):
    """One circle on the panel: what it is doing, in words; never what is said in it."""

    id: str
    name: Line
    status: Line
    tag: Line | None = None
    ring: Ring | None = None
    host: Who | None = None
    ready: bool = False
    offers: tuple[int, ...] = ()  # indexes into the view's `may`


class Groups(Block, frozen=True, tag="groups"):
    """All circles at a glance, for facilitators. With a `title` a phone folds them under it."""

    groups: tuple[GroupLine, ...]
    title: Line | None = None


class NextStep(Block, frozen=True, tag="next"):
    """The panel's "Next": what comes, what it does to the others; its button is the offer `offer`
    in place "main"."""

    text: Line
    hint: Line | None = None


class Roll(Block, frozen=True, tag="roll"):
    """A list of people with a word about each ("not told yet"); for facilitators, or as the ring
    in words."""

    title: Line
    rows: tuple[tuple[Who, Line], ...]


ChairState = Literal["taken", "free", "locked", "held", "leaving"]


class Chair(msgspec.Struct, frozen=True):
    """One chair of a fishbowl. `free` may be taken now, `locked` not yet; `held`: the line of who
    sits there dropped; `leaving`: who sits there was asked to make room."""

    state: ChairState
    seat: str = ""
    name: Who | None = None
    tag: Line | None = None  # "visitor", "speaks now"


class Bowl(Block, frozen=True, tag="bowl"):
    """A fishbowl: chairs inside, who waits for one in order, everybody else around."""

    id: str
    chairs: tuple[Chair, ...]
    queue: tuple[RingSeat, ...] = ()
    outer: tuple[RingSeat, ...] = ()
    clock: Clock | None = None
    title: Line | None = None


VoiceMode = Literal["speak", "listen", "think", "breath", "open"]


class Voice(Block, frozen=True, tag="voice"):
    """The big screen of a pair: whose time it is, in words, colour, icon and vibration.

    `mode`: you speak, you listen, think alone, a breath, or talk freely. `others` are with you.
    """

    mode: VoiceMode
    text: Line
    clock: Clock | None = None
    others: tuple[RingSeat, ...] = ()
    next: Line | None = None


class Pair(msgspec.Struct, frozen=True):
    """One pair, trio or four of a table of pairs; `place` says where they talk."""

    id: str
    name: Line
    seats: tuple[RingSeat, ...]
    place: Line | None = None
    status: Line | None = None


class Pairs(Block, frozen=True, tag="pairs"):
    """Who is with whom, for the wall and the panel."""

    title: Line
    pairs: tuple[Pair, ...]
    clock: Clock | None = None


class Share(msgspec.Struct, frozen=True):
    """How long somebody had the floor, in ms."""

    seat: str
    name: Who
    spoken: int
    since: int | None = None  # ms since the epoch while they have it


class Shares(Block, frozen=True, tag="shares"):
    """Speaking time as bars; for the lead alone (`methods.md A2`), never exported."""

    title: Line
    shares: tuple[Share, ...]


class BallotOption(msgspec.Struct, frozen=True):
    """One option with its number, said aloud with it; `mine` are this seat's own dots on it."""

    value: str
    number: int
    label: Line | Words
    mine: int = 0
    picture: str = ""


class Ballot(Block, frozen=True, tag="ballot"):
    """Dots on options. The offers `offer` (a dot on `field`) and `back` (a dot off) are in `may`.

    `dots` each, `used` by this seat, at most `each` on one option.
    """

    offer: str
    back: str
    field: str
    options: tuple[BallotOption, ...]
    dots: int
    used: int = 0
    each: int = 1
    clock: Clock | None = None


class Field(msgspec.Struct, frozen=True):
    """One field of a form; fills the need `field` of the form's offer. Texts are drafts in
    `mine/{seat}` under `drafts/{activity}/{box}`."""

    box: str
    field: str
    label: Line
    kind: Literal["text", "date", "choice", "scale", "flag"] = "text"
    hint: Line | None = None
    lines: int = 1
    limit: int = 280
    options: tuple[Option, ...] = ()
    optional: bool = False
    value: Words | str | bool | None = None  # what was given before


class Form(Block, frozen=True, tag="form"):
    """Several fields sent together with the offer `offer`; `sees` stands over it. `given`: there
    is an answer already, and this one replaces it."""

    offer: str
    title: Line
    fields: tuple[Field, ...]
    sees: Sees
    given: bool = False


class Commitment(msgspec.Struct, frozen=True):
    """One card "I will ..."; texts are None when this viewer may not see them."""

    id: str
    who: Who
    text: Words | None = None
    with_whom: Words | None = None
    by: str = ""  # ISO date, "" when there is openly none
    first_step: Words | None = None
    needs: Words | None = None
    partner: Who | None = None
    asked: Who | None = None
    state: Literal["draft", "active", "done", "changed", "dropped"] = "active"
    sees: Sees = "memo"
    offers: tuple[int, ...] = ()  # indexes into the view's `may`


class Commitments(Block, frozen=True, tag="commitments"):
    """Commitment cards."""

    title: Line
    cards: tuple[Commitment, ...]


class PileNote(msgspec.Struct, frozen=True):
    """A note in a pile; `ticks`: how many said "also ours", `mine`: this seat did."""

    id: str
    words: Words
    who: Who | None = None
    place: Line | None = None  # "from the Mangrove circle"
    ticks: int = 0
    mine: bool = False


class Pile(msgspec.Struct, frozen=True):
    """A theme with its notes; the one with the id "" is *not placed*."""

    id: str
    title: Words | Line
    notes: tuple[PileNote, ...] = ()


class Piles(Block, frozen=True, tag="piles"):
    """Notes sorted into themes. The types of the offers that move a note (needs `note` and
    `pile`), tick one or take the tick back (need `note`), name a pile and merge two; "" where this
    seat has none."""

    title: Line
    piles: tuple[Pile, ...]
    move: str = ""
    tick: str = ""
    rename: str = ""
    merge: str = ""
    untick: str = ""


class Call(Block, frozen=True, tag="call"):
    """Where the voices are: a call opened beside the page, or a number to dial."""

    url: str
    label: Line


AnyBlock = (
    Now
    | Prompt
    | Note
    | Rules
    | Ring
    | Countdown
    | Entry
    | Choices
    | Answers
    | Tally
    | Progress
    | Cards
    | Stories
    | Release
    | Groups
    | NextStep
    | Roll
    | Bowl
    | Voice
    | Pairs
    | Shares
    | Ballot
    | Form
    | Commitments
    | Piles
    | Call
)

Place = Literal["main", "beside", "foot", "menu", "group"]
"""Where a button stands: the one coral action, an equal beside it, the quiet foot (pause, help),
the menu, or at a group's line."""


class Need(msgspec.Struct, frozen=True):
    """A field the sender fills in. `kind`: text, texts (list), choice, flag, number, seat, seats,
    date (ISO, or the value of one of the `options`)."""

    kind: Literal["text", "texts", "choice", "flag", "number", "seat", "seats", "date"]
    label: Line | None = None
    limit: int = 0  # characters of a text, or items of a list; 0: no limit of its own
    options: tuple[Option, ...] = ()
    optional: bool = False
    low: int = 0
    high: int = 0
    value: Words | str | None = None  # what stands there before it is changed


class Offer(msgspec.Struct, frozen=True):
    """A command this viewer may send now. On the wire: the command's own fields + `label`,
    `place`, `needs`.

    `command` is complete but for the fields in `needs` (give those any valid placeholder). It can
    be sent back as it stands. `confirm` asks for a second tap and says what will happen.
    """

    command: Any  # a kernel.Command; typed Any to keep blocks below the kernel
    label: Line
    place: Place = "main"
    needs: Mapping[str, Need] = msgspec.field(default_factory=dict)
    hint: Line | None = None
    confirm: Line | None = None
    shown: bool = True  # False: reachable by programs and shortcuts, drawn by a block of its own


class View(msgspec.Struct, frozen=True):
    """What one viewer sees and may do. `place` and `sub` are the page's head ("Mangrove circle",
    "Story circle, 7 people")."""

    phase: str
    blocks: tuple[AnyBlock, ...]
    may: tuple[Offer, ...] = ()
    ends_at: int | None = None
    place: Line | None = None
    sub: Line | None = None
