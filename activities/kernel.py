"""What an activity is: a value of pure functions, driven by one `step`.

Theory
------
People send commands; an activity decides; the room appends the decision and everyone is sent a
fresh view.

    command --step--> events --evolve--> state --view(viewer)--> blocks + offers

* `Activity` is a frozen record of functions over frozen values. It sees the world only through
  `Moment` (who speaks, in which
  roles, at what time, with which dice). Whatever time or chance decided is written in the event,
  so that replaying events gives the same state
  (`methods.md G7`).
* `allowed` is the activity's diagram: phase -> role -> commands. `step` refuses what is not in it
  before `decide` is asked; the control panel,
  the docs, the random walker of the tests and the check "no view offers what the table forbids"
  read the same table.
* A command that ends something names what it ends (`phase`, `turn`), so a late or doubled tap is
  *stale* and changes nothing. `stale` is asked
  before `allowed`: a second "I have finished" is answered `stale_turn`, not `not_allowed`.
* Facilitators' commands (`LeadCommand`) carry the lead epoch they saw (`methods.md A5`).
* Free text in a command is `Words`: the room has stored the text and passes a reference; only
  delivery turns it back into text. People are seat ids;
  only delivery turns `Who` into a name. So neither log nor state ever holds what a person typed.
* `deadline` says when the clock itself will speak and with which command; a past deadline rings
  when a room is loaded.
* An activity learns about people through `MemberJoined`, `MemberAway`, `MemberBack`,
  `MemberLeft`, sent by the room in the role `clock`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from hashlib import sha256
from operator import or_
from typing import Any, Final, Generic, Literal, TypeVar

import msgspec

from activities.blocks import Line, Option, View, Words

Reason = Literal[
    "not_allowed",
    "not_present",
    "stale_epoch",
    "stale_phase",
    "stale_turn",
    "stale_seat",
    "full",
    "closed",
    "duplicate",
    "bad_request",
    "too_large",
    "too_many",
    "unknown",
]
"""Why a person's command is refused; closed, translated in the browser (`architecture.md`, Shapes
on the wire)."""

Where = Literal["remote", "room", "carried", "phone"]
Lens = Literal["seat", "panel", "screen"]

MINUTE: Final = 60_000
"""Milliseconds in a minute; all times in states, events and deadlines are integer milliseconds
since the epoch."""


class Refused(Exception):
    """What a person may not do now. Never silent: the sender is told `reason`, and `message` when
    there is a better sentence than the general one."""

    def __init__(self, reason: Reason, message: Line | None = None) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.message = message


class Command(msgspec.Struct, frozen=True, tag_field="type", kw_only=True):
    """Something a person (or the clock) asks for. Subclasses set `tag="noun.verb"` as
    `methods.md` spells it."""


class LeadCommand(Command, frozen=True, kw_only=True):
    """A facilitator's command; `epoch` is the lead epoch their screen showed."""

    epoch: int


class Event(msgspec.Struct, frozen=True, tag_field="type", kw_only=True):
    """Something that has happened, past tense. Subclasses set `tag="noun.past"`."""


class Member(msgspec.Struct, frozen=True):
    """A seat as activities see it. `organisation` and `table` are opaque keys (equal for equal
    ones), never text."""

    seat: str
    where: Where = "remote"
    here: bool = True
    facilitator: bool = False
    observer: bool = False  # observers, interpreters and screens are never placed
    willing: bool = False  # to host a group
    table: str = ""  # shared device this person sits at, "" for an own one
    language: str = ""
    organisation: str = ""


class BoardNote(msgspec.Struct, frozen=True):
    """A card on everyone's board, as activities see it: its kind (`methods.md` 1.7), its words,
    whose they are, and where it stands."""

    card: str
    kind: str
    words: Words
    seat: str = ""
    group: str = ""  # the circle or pair it was written in, room-wide ("a2-c1")
    theme: str = ""  # the card of kind `theme` it stands under
    section: str = ""


class FormerGroup(msgspec.Struct, frozen=True):
    """A circle or pair of an earlier activity, with those of its people who are still in the room.

    `name` is the catalogue's sentence it was called by, `number` stands beside it ("Mangrove 2").
    """

    id: str  # room-wide: "a2-c1"
    members: tuple[str, ...]
    name: str = ""
    number: int = 0


class Before(msgspec.Struct, frozen=True):
    """What earlier activities of the exchange leave to one that begins (`Activity.inherits`)."""

    groups: tuple[FormerGroup, ...] = ()
    """Those of the last activity that had any."""
    met: tuple[tuple[str, ...], ...] = ()
    """Every pair and trio that sat together (`Harvest.met`), oldest first, once for each time."""
    notes: tuple[BoardNote, ...] = ()
    """What stands on everyone's board, themes too, in the order it was written."""


class Moment(msgspec.Struct, frozen=True):
    """All the world an activity sees while it decides. `before` is given to `initial` alone."""

    seat: str  # who speaks; "" for the clock
    roles: frozenset[str]  # of the speaker, as the room knows them
    now: int  # ms since the epoch
    dice: int  # 64 random bits, fresh for each command
    epoch: int = 0
    autopilot: bool = False  # no facilitator is present
    before: Before = Before()
    token: str = ""  # stands for the speaker in unnamed commands (`Activity.unnamed`)


class Viewer(msgspec.Struct, frozen=True):
    """For whom a view is made. `lens`: a seat's own screen, the control panel, or the wall."""

    seat: str
    roles: frozenset[str]
    lens: Lens = "seat"
    epoch: int = 0
    autopilot: bool = False
    token: str = ""  # what stands for this seat in unnamed commands
    peer: bool = False  # leads for now, and is a participant (`methods.md` A5)


class Deadline(msgspec.Struct, frozen=True):
    """At `at` (ms) the room sends `command` to the activity in the role `clock`."""

    at: int
    command: Command


class Job(msgspec.Struct, frozen=True):
    """Work too heavy for the room's own turn (architecture, *Heavy decisions*).

    The room calls `run(dice)` off its loop and sends the activity the command it returns, in the
    role `clock`. `basis` names everything the work is computed from: equal bases, equal work. If
    the state wants something else by then, the command is dropped and the new work is done.
    """

    basis: str
    run: Callable[[int], Command]


class Group(msgspec.Struct, frozen=True):
    """A circle, pair or caucus as a place with its own document `group/{id}`.

    `id` is local to the activity ("c1"); the room prefixes it with the activity id.
    Only `members` read and write its document. `meeting`: its people are among themselves now;
    false while everybody is together, or alone. A group that meets has its own call.
    """

    id: str
    name: Line
    members: tuple[str, ...]
    closed: bool = False  # readable, no longer writable
    meeting: bool = True


Choice = Literal["keep", "lesson", "unnamed", "first_name", "name_org"]
"""The release card (`methods.md` 1.8): keep it in the circle / use the lesson without me / my
words without my name / with my name / with name and organisation."""


class Item(msgspec.Struct, frozen=True):
    """One thing an activity gives to the memo and the consent desk: a kind of `methods.md` 1.7
    with the words it is made of."""

    kind: str
    words: Words
    seat: str  # whose words they are
    group: str = ""
    story: str = ""  # items of one story share this key
    origin: str = ""  # printed beside a question: a key of `rooms.memo_desk.ORIGINS`
    answered: bool = False  # a question that got its answer


class Pledge(msgspec.Struct, frozen=True):
    """A commitment as its owner wrote it (`methods.md` A10). `by` is an ISO date, "" when there is
    openly none; `scope` is its owner's choice, "self" only counts."""

    id: str
    seat: str
    what: Words
    by: str = ""
    with_whom: Words | None = None
    first_step: Words | None = None
    needs: Words | None = None
    partner: str = ""  # a seat, set by both (AC3)
    scope: Literal["self", "room", "memo", "public"] = "memo"


class Rating(msgspec.Struct, frozen=True):
    """A statement with how many answered 1, 2, 3, 4 and 5."""

    statement: Line
    counts: tuple[int, int, int, int, int]


class Assessment(msgspec.Struct, frozen=True):
    """What an evaluation found, without any author (`methods.md` A11, EV1); its texts are items
    of the kinds `plus` and `delta` without a seat."""

    answers: int
    ratings: tuple[Rating, ...] = ()
    one_change: Words | None = None


class Harvest(msgspec.Struct, frozen=True):
    """What an activity leaves behind. `counts` are facts for the memo ("stories_told", "circles",
    "mood:sun"), never about one person. `met`: pairs and trios that sat together, once for each
    round, for whoever pairs people later."""

    items: tuple[Item, ...] = ()
    counts: Mapping[str, int] = msgspec.field(default_factory=dict)
    met: tuple[tuple[str, ...], ...] = ()
    pledges: tuple[Pledge, ...] = ()
    assessment: Assessment | None = None


class MemberJoined(Command, frozen=True, tag="member.join"):
    """From the room: someone came in (or came back after `left`)."""

    member: Member


class MemberAway(Command, frozen=True, tag="member.away"):
    """From the room: a line dropped. `seen` is the last heartbeat (ms): a teller keeps what
    remained then (architecture ruling *Time*)."""

    seat: str
    seen: int


class MemberBack(Command, frozen=True, tag="member.back"):
    """From the room: the same person is back."""

    seat: str


class MemberLeft(Command, frozen=True, tag="member.leave"):
    """From the room: left by choice, removed, or away for five minutes."""

    seat: str


class MemberChanged(Command, frozen=True, tag="member.change"):
    """From the room: the member's record changed (language, willing, own device instead of the
    table, dealt in or out)."""

    member: Member


class TimeUp(Command, frozen=True, tag="clock.timeup"):
    """From the clock: the deadline `at` (ms) of timer `timer` has passed. Stale if that timer no
    longer ends then."""

    timer: str
    at: int


class Cut(LeadCommand, frozen=True, tag="activity.cut"):
    """End the activity now and keep what was captured. Room-level on the wire; the room hands it
    to the activity."""


PEOPLE: Final = (MemberJoined, MemberAway, MemberBack, MemberLeft, MemberChanged)
"""What the room tells every activity about people; allowed to the role `clock` in every phase."""


class ConsentGiven(Event, frozen=True, tag="consent.given"):
    """Shared by all activities: `seat` answered the release card for its own `words`. The room's
    consent desk reads it from the log.

    `outside`: also outside this group (scope `public` instead of `memo`).
    """

    words: Words
    seat: str
    choice: Choice
    outside: bool = False


class WordsErased(Event, frozen=True, tag="words.erased"):
    """Shared by all activities: their owner let go of these words. The room forgets the texts; a
    state ignores it."""

    words: tuple[Words, ...]


class NotesChosen(Event, frozen=True, tag="notes.chosen"):
    """Shared by all activities with circles: `seat` shares all, some (`cards`) or none of its cards
    of the circle's document with everyone. The room copies them to the board (ruling *Words*)."""

    seat: str
    cards: tuple[str, ...] = ()
    share: Literal["all", "some", "none"] = "none"


Unit = Literal["", "s", "min", "people", "rounds"]
"""What a number in the settings counts; "" counts things its label names."""

Purpose = Literal[
    "meet", "tell", "reflect", "hands", "decide", "commit", "evaluate", "rest", "close"
]
"""What an activity does for an exchange; the agenda's warnings read it (`methods.md` 5)."""


class Hint(msgspec.Struct, frozen=True):
    """How the agenda page speaks of one setting: a short `label` and one plain sentence.

    `options` name the values of a choice, in the order they are shown; `unit` is what a number
    counts. `only`: another setting's field and its values with which this one means something.
    A setting without a hint is not shown and keeps its default.
    """

    label: Line
    line: Line | None = None
    unit: Unit = ""
    options: tuple[Option, ...] = ()
    only: tuple[str, tuple[Any, ...]] | None = None


class Planned(msgspec.Struct, frozen=True):
    """What the agenda page needs to know to plan an activity (`methods.md` 1.12).

    `minutes`, with the sensible range `low` to `high`; `fewest` and `most` people; `soft` when
    its end may be late. `whole`: the whole group talks or listens together for its length.
    `rests`: a break inside it is a pause of the same instance (ruling *Time*).
    """

    minutes: int = 10
    low: int = 1
    high: int = 180
    fewest: int = 1
    most: int = 300
    soft: bool = True
    whole: bool = False
    rests: bool = False
    does: frozenset[Purpose] = frozenset()


NO_HINTS: Final[Mapping[str, Hint]] = {}
ORDINARY: Final = Planned()

S = TypeVar("S", bound=msgspec.Struct)

Allowed = Mapping[str, Mapping[str, frozenset[type[Command]]]]
"""phase -> role -> commands."""


def not_at_all(_state: Any) -> int:
    """For activities that are over when they are closed."""
    return 0


def no_groups(_state: Any) -> tuple[Group, ...]:
    """For activities of the plenary."""
    return ()


def no_work(_state: Any) -> Job | None:
    """For activities that decide at once."""
    return None


@dataclass(frozen=True, slots=True)
class Activity(Generic[S]):
    """An activity is this record. See the theory at the top of the module.

    initial(settings, members, moment) makes the first state; the room writes its three arguments
    in the log.
    phase(state, seat) is the phase that seat is in ("" asks for the activity's own phase); every
    value is in `phases`.
    roles(state, seat, roles) adds the activity's hats to the room's.
    stale(state, command, moment) names why a command comes too late, or None.
    decide(state, command, moment) returns events or raises `Refused`; it never changes anything.
    evolve(state, event) is total.  view, harvest, deadline and groups only read.
    closed(state) is true once the activity is over and the room may go on.
    tells: phases of a seat in which somebody of its group tells and the others only listen.
    unnamed: commands decided and committed without a seat; `moment.token` tells senders apart.
    lingers(state): ms for which, once closed, it still takes what its table allows in that phase.
    inherits: whether `initial` is given what was `before` in its moment (groups, meetings, notes).
    work(state) is what the state waits for and the room should compute, or None; asked after every
    commit.
    rested(state): when everybody last began to rest inside it (ms), 0 for never.
    stays: whether what people say in it stays in the room, whatever travels otherwise.
    hints speaks of each field of `settings` on the agenda page, and planned says how it is planned.
    """

    kind: str
    version: int
    title: Line
    summary: Line
    settings: type[msgspec.Struct]
    state: type[S]
    commands: tuple[type[Command], ...]
    events: tuple[type[Event], ...]
    phases: tuple[str, ...]
    allowed: Allowed
    initial: Callable[[Any, tuple[Member, ...], Moment], S]
    phase: Callable[[S, str], str]
    roles: Callable[[S, str, frozenset[str]], frozenset[str]]
    stale: Callable[[S, Command, Moment], Reason | None]
    decide: Callable[[S, Any, Moment], tuple[Event, ...]]
    evolve: Callable[[S, Any], S]
    view: Callable[[S, Viewer], View]
    harvest: Callable[[S], Harvest]
    deadline: Callable[[S], Deadline | None]
    closed: Callable[[S], bool]
    groups: Callable[[S], tuple[Group, ...]] = no_groups
    inherits: bool = False
    tells: frozenset[str] = frozenset()
    unnamed: frozenset[type[Command]] = frozenset()
    lingers: Callable[[S], int] = not_at_all
    work: Callable[[S], Job | None] = no_work
    rested: Callable[[S], int] = not_at_all
    stays: bool = False
    hints: Mapping[str, Hint] = field(default_factory=lambda: NO_HINTS)
    planned: Planned = ORDINARY

    def command_union(self) -> Any:
        """The tagged union of this activity's commands, for strict decoding."""
        return reduce(or_, self.commands)

    def event_union(self) -> Any:
        """The tagged union of this activity's events, for reading the log."""
        return reduce(or_, self.events)


def step(
    activity: Activity[S], state: S, command: Command, moment: Moment
) -> tuple[tuple[Event, ...], S]:
    """Decide `command` and return its events with the state after them.

    Raises `Refused`: `stale_epoch` for a facilitator's command from an old lead, a stale_* of the
    activity's own, `not_allowed` when the table has no such command for the speaker's phase and
    roles, or whatever `decide` refuses.
    """
    if isinstance(command, LeadCommand) and command.epoch != moment.epoch:
        raise Refused("stale_epoch")
    if (reason := activity.stale(state, command, moment)) is not None:
        raise Refused(reason)
    if not may(activity, state, type(command), moment.seat, moment.roles):
        raise Refused("not_allowed")
    events = activity.decide(state, command, moment)
    for event in events:
        state = activity.evolve(state, event)
    return events, state


def may(
    activity: Activity[S], state: S, command: type[Command], seat: str, roles: frozenset[str]
) -> bool:
    """Whether the table lets someone with `roles` send `command` in the phase their seat is in."""
    table = activity.allowed.get(activity.phase(state, seat), {})
    return any(
        command in table.get(role, frozenset()) for role in activity.roles(state, seat, roles)
    )


T = TypeVar("T")


def shuffled(items: tuple[T, ...], dice: int, salt: str = "") -> tuple[T, ...]:
    """`items` in an order decided by `dice` alone, the same on every machine and Python (no
    `random` in pure code)."""

    def draw(pair: tuple[int, T]) -> bytes:
        return sha256(f"{dice}/{salt}/{pair[0]}".encode()).digest()

    return tuple(item for _, item in sorted(enumerate(items), key=draw))
