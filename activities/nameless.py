"""Lines others are shown without their author: each written alone, all shown together (ruling
*Words*; issue 4, *Private writing*).

Theory
------
A writing step has one of three modes, said in one sentence above the box (`PROMISE`).

named   a card with its author, as everywhere
peers   everybody reads the line without a name; facilitators see whose it is, and its author may
        change it or take it away later. Only the log knows the author: no document does.
all     nobody ever knows. The line comes with a *mark* in place of a seat. Whose mark it is can be
        told only with the activity's key (`rooms/unnamed.py`), which is dropped when the step is
        over; so its author cannot take it back either, and that is said before writing.

Nobody is sent a line before all are shown at once, in an order thrown by dice, as cards that say
only when they were shown. Each line of one person has a mark of its own, so that without the key
not even two lines of one person can be told to be.
"""

from hashlib import sha256
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from activities import board
from activities.blocks import (
    AnyBlock,
    Field,
    Form,
    Line,
    Need,
    Note,
    Offer,
    Option,
    Progress,
    Words,
    say,
    say_n,
)
from activities.kernel import (
    Command,
    Event,
    Hint,
    LeadCommand,
    Moment,
    Reason,
    Refused,
    Viewer,
    shuffled,
)

Names = Literal["named", "peers", "all"]

LINE_LIMIT: Final = 500
"""Characters of a line: those of a note."""

LINES_EACH: Final = 5
"""Lines of one person in one step: a quiet minute's; what is more belongs in a talk."""

FEW: Final = 3
"""Below this many writers others can guess whose a line is (as `methods.md` 1.8 merges circles of
three or fewer, and A11 shows nothing before three answers)."""

MARK_LENGTH: Final = 24
"""Hex digits of a mark: 96 bits."""


class LineGive(Command, frozen=True, kw_only=True, tag="line.give"):
    """A line of mine, to be shown without my name; facilitators will see whose it is."""

    words: Words


class LineDrop(Command, frozen=True, kw_only=True, tag="line.drop"):
    """A line that is nobody's from now on. It cannot be taken back."""

    words: Words


class LinesShow(LeadCommand, frozen=True, kw_only=True, tag="lines.show"):
    """Show everybody all lines now."""


class LineGiven(Event, frozen=True, kw_only=True, tag="line.given"):
    """A line came: of `seat`, or of nobody, under a `mark`. `first`: its writer's first."""

    words: Words
    seat: str = ""
    mark: str = ""
    first: bool = False


class LinesShown(Event, frozen=True, kw_only=True, tag="lines.shown"):
    """All lines are shown; the cards follow in the same commit, in the order of the dice."""


COMMANDS: Final[tuple[type[Command], ...]] = (LineGive, LineDrop, LinesShow)
MEMBER: Final[frozenset[type[Command]]] = frozenset((LineGive, LineDrop))
LEAD: Final[frozenset[type[Command]]] = frozenset((LinesShow,))
UNNAMED: Final[frozenset[type[Command]]] = frozenset((LineDrop,))
"""For `Activity.unnamed`."""
EVENTS: Final[tuple[type[Event], ...]] = (LineGiven, LinesShown, board.NoteGiven)

LineCommand = LineGive | LineDrop | LinesShow


class Given(msgspec.Struct, frozen=True):
    """A line that was not shown yet."""

    words: Words
    seat: str
    mark: str


class Lines(msgspec.Struct, frozen=True):
    """The lines of one step. `marks` stay when the lines are shown; `own` counts lines of seats."""

    names: Names = "named"
    given: tuple[Given, ...] = ()
    writers: int = 0
    marks: frozenset[str] = frozenset()
    own: tuple[str, ...] = ()
    shown: bool = False


# --- reading ------------------------------------------------------------------------------------


def count(lines: Lines, seat: str, token: str) -> int:
    """How many lines a person has written, by their seat or by what stands for it."""
    if lines.names == "peers":
        return lines.own.count(seat)
    return next((n for n in range(LINES_EACH) if mark(token, n) not in lines.marks), LINES_EACH)


def mark(token: str, number: int) -> str:
    """What stands for line `number` of the person whose token this is; "" without a token."""
    if not token:
        return ""
    return sha256(f"{token}/{number}".encode()).hexdigest()[:MARK_LENGTH]


def stale(lines: Lines, command: Command) -> Reason | None:
    """Whether the lines are shown already."""
    return "stale_phase" if isinstance(command, LineCommand) and lines.shown else None


# --- deciding -----------------------------------------------------------------------------------

ENOUGH: Final = say("{n} lines fit, and you have written them.", n=LINES_EACH)
NOTHING_YET: Final = say("Nobody has written yet.")
TOO_LATE: Final = say("Lines are no longer taken here. Yours is kept on this device.")


def decide(lines: Lines, command: LineCommand, moment: Moment) -> tuple[Event, ...]:
    """What follows from a command about lines. Raises `Refused`."""
    match command:
        case LineGive() if lines.names == "peers":
            before = count(lines, moment.seat, "")
            if before >= LINES_EACH:
                raise Refused("full", ENOUGH)
            return (LineGiven(words=command.words, seat=moment.seat, first=not before),)
        case LineDrop() if lines.names == "all":
            if not moment.token:
                raise Refused("closed", TOO_LATE)
            before = count(lines, "", moment.token)
            if before >= LINES_EACH:
                raise Refused("full", ENOUGH)
            own = mark(moment.token, before)
            return (LineGiven(words=command.words, mark=own, first=not before),)
        case LinesShow() if lines.names != "named":
            if not lines.given:
                raise Refused("bad_request", NOTHING_YET)
            return show(lines, moment)
        case _:
            raise Refused("not_allowed")


def show(
    lines: Lines, moment: Moment, kind: str = "insight", section: str = "talk"
) -> tuple[Event, ...]:
    """All lines become cards, in an order of the dice; nothing when there are none. Also when the
    step is over (as `methods.md` A11)."""
    if lines.shown or not lines.given:
        return ()
    mixed = shuffled(lines.given, moment.dice, "lines")
    cards = (
        board.NoteGiven(
            card=f"n{number}",
            words=line.words,
            seat="",
            owner=line.seat,
            kind=kind,
            section=section,
            at=moment.now,
        )
        for number, line in enumerate(mixed)
    )
    return (LinesShown(), *cards)


def evolve(lines: Lines, event: Event) -> Lines:
    """The lines after `event`; total."""
    match event:
        case LineGiven():
            return replace(
                lines,
                given=(*lines.given, Given(event.words, event.seat, event.mark)),
                writers=lines.writers + event.first,
                marks=lines.marks | {event.mark} if event.mark else lines.marks,
                own=(*lines.own, event.seat) if event.seat else lines.own,
            )
        case LinesShown():
            return replace(lines, given=(), shown=True)
        case _:
            return lines


# --- what screens show --------------------------------------------------------------------------

PROMISE: Final = {
    "named": say("Everyone here sees what you write, with your name."),
    "peers": say(
        "Everyone here sees what you write, without your name. Facilitators see whose it is."
    ),
    "all": say("Nobody will ever know whose words these are, so you cannot take them back."),
}
"""The one sentence of each mode, above the box."""

TITLE: Final = {
    "named": say("With your name."),
    "peers": say("Without your name, for the others."),
    "all": say("Without any name."),
}
HINT: Final = Hint(
    say("Names on what people write"),
    say("Said in one sentence above the box, before anybody writes."),
    options=(
        Option("named", say("With the name"), hint=PROMISE["named"]),
        Option(
            "peers",
            say("Without the name, for the others"),
            hint=say("Facilitators see whose it is; its author can change it or take it away."),
        ),
        Option(
            "all",
            say("Without any name"),
            hint=say("Nobody ever knows, so nobody can take it back. Shown mixed, all at once."),
        ),
    ),
)
"""The setting in the agenda editor."""

_LATER: Final = say(
    "Nobody receives it yet. A facilitator shows all lines at once, mixed; so does the end of this."
)
_FEW: Final = say("So far fewer than three people have written. Others may guess whose a line is.")


def blocks(lines: Lines, viewer: Viewer, here: int) -> list[AnyBlock]:
    """The box with its promise, and how many of those `here` have written; nothing where names
    stand."""
    if lines.names == "named" or lines.shown:
        return []
    found: list[AnyBlock] = []
    writes = viewer.lens == "seat" and "member" in viewer.roles
    if writes and may_write(lines, viewer):
        found.append(Note(title=TITLE[lines.names], text=PROMISE[lines.names]))
        found.append(Note(text=_LATER, tone="quiet"))
        words = Field(
            box="line",
            field="words",
            label=say("Your line"),
            lines=2,
            limit=LINE_LIMIT,
        )
        offer = "line.give" if lines.names == "peers" else "line.drop"
        found.append(Form(offer=offer, title=say("Write a line"), fields=(words,), sees="room"))
    said = say_n("{n} person has written.", "{n} people have written.", lines.writers)
    found.append(Progress(done=lines.writers, of=max(here, lines.writers), label=said))
    if viewer.lens != "screen" and lines.given and lines.writers < FEW:
        found.append(Note(text=_FEW, tone="look"))
    return found


def may_write(lines: Lines, viewer: Viewer) -> bool:
    """Whether this person has a line left, and somebody to tell it apart from others' lines."""
    known = lines.names == "peers" or bool(viewer.token)
    return known and not lines.shown and count(lines, viewer.seat, viewer.token) < LINES_EACH


def own_offers(lines: Lines, viewer: Viewer) -> list[Offer]:
    """A line of one's own."""
    if lines.names == "named" or not may_write(lines, viewer):
        return []
    needs = {"words": Need(kind="text", limit=LINE_LIMIT)}
    empty = Words("")
    command = LineGive(words=empty) if lines.names == "peers" else LineDrop(words=empty)
    label: Line = say("Give it without my name")
    return [Offer(command, label, needs=needs)]


def lead_offers(lines: Lines, viewer: Viewer) -> list[Offer]:
    """Show all lines. With few writers it asks first."""
    if lines.names == "named" or lines.shown or not lines.given:
        return []
    confirm = _FEW if lines.writers < FEW else None
    return [Offer(LinesShow(epoch=viewer.epoch), say("Show all lines"), "beside", confirm=confirm)]
