"""Generated histories for any activity, and what must hold in all of them (`methods.md` 1.14).

Use, in `tests/activities/test_{activity}.py`::

    @given(histories(CHECK_IN, settings()))
    def test_any_history(history: History) -> None:
        world = play(CHECK_IN, history, also=my_invariants)   # my_invariants(world) after each move

    def test_every_phase() -> None:
        assert explore(CHECK_IN, SETTINGS, seed=1).phases == set(CHECK_IN.phases)

A `World` is a room around one activity without any I/O: it knows who is here, who leads, what
time it is; it sends commands the way a room does, rings the clock at deadlines and keeps the log.
`play` walks a history: taps on what the screens offer, double taps, taps on old screens, commands
taken from another person's screen, lost lines, returns, late joiners, leaves, hand-overs of the
lead, waits. After each move `check` asserts what holds for every activity:

* every offer passes `may` and, filled in and sent, is never `not_allowed` or `bad_request`;
* every view of every seat and lens renders and speaks only in catalogue lines, names and words;
* states and events hold no names and no text, and survive the log;
* replaying the log gives the same state (G7); a refusal changes nothing; an old epoch is stale;
* the clock's own command is accepted when its time has come, and time then goes on (G6);
* somebody whose line drops and comes back at once has changed nothing (G9);
* everybody is in one group at most, and no group holds somebody who is not here (G3, G5).
"""

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from random import Random
from types import GenericAlias
from typing import Any, Final, Literal, TypeVar, get_args

import msgspec
from hypothesis import strategies as st
from msgspec.structs import replace

from activities.blocks import Line, Need, Offer, View, Who, Words
from activities.kernel import (
    MINUTE,
    Activity,
    Before,
    Command,
    Event,
    LeadCommand,
    Lens,
    Member,
    MemberAway,
    MemberBack,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    Moment,
    Refused,
    Viewer,
    may,
    step,
)

MOST_PEOPLE: Final = 18
"""Enough for three circles; more people find no other faults and take longer."""

MOST_MOVES: Final = 60
START: Final = 1_800_000_000_000
"""Any moment; histories begin here."""

SECOND: Final = 1_000
WAITS: Final = (1, 9, 15, 20, 30, 45, 60, 90, 130, 400)
"""Seconds a history may let pass."""

CURIOUS: Final = 0.2
"""How often a walk looks for something it has never tapped."""

LOOKED_AT: Final = 3
"""Screens it looks at then; all of them would make walks twice as long."""

MAIN: Final = ("main", "beside")
"""Where the buttons stand that a screen asks for."""

TOO_MANY_RINGS: Final = 2_000
"""A clock that rings this often in one wait does not let time go on."""

MoveKind = Literal[
    "tap",
    "answer",
    "lead",
    "again",
    "old",
    "borrowed",
    "wait",
    "ring",
    "drop",
    "back",
    "leave",
    "join",
    "change",
    "hand_over",
]
KINDS: Final[tuple[MoveKind, ...]] = get_args(MoveKind)

WALK: Final[tuple[MoveKind, ...]] = (*("answer",) * 8, "tap", "tap", "lead", "ring", "wait", "join")
"""What a random walk does: mostly what the screens ask for."""


@dataclass(frozen=True)
class Move:
    """One thing that happens; `a` and `b` choose among what is possible then."""

    kind: MoveKind
    a: int = 0
    b: int = 0


@dataclass(frozen=True)
class History:
    """A room to begin with and what happens in it."""

    settings: Any
    people: int  # besides the facilitators
    facilitators: int
    moves: tuple[Move, ...]
    seed: int


def moves() -> st.SearchStrategy[Move]:
    """One move; people tap far more often than their lines drop."""
    often: tuple[MoveKind, ...] = (*("answer",) * 20, *("tap",) * 5, *("lead", "ring", "back") * 3)
    number = st.integers(0, 200)
    return st.builds(Move, st.sampled_from(often + KINDS), number, number)


def histories(
    activity: Activity[Any],
    settings: st.SearchStrategy[Any] | None = None,
    *,
    people: int = 9,
    length: int = MOST_MOVES,
) -> st.SearchStrategy[History]:
    """Histories of at most `length` moves with up to `people` people and one to two
    facilitators."""
    return st.builds(
        History,
        st.builds(activity.settings) if settings is None else settings,
        st.integers(1, people),
        st.integers(1, 2),
        # Hypothesis draws short lists unless told otherwise: a history of five moves is hollow.
        st.lists(moves(), min_size=length // 2, max_size=length).map(tuple),
        st.integers(0, 2**32 - 1),
    )


Earlier = Callable[[tuple[Member, ...]], Before]
"""What earlier activities leave to people of a room, for an activity that inherits."""


def nothing_before(_members: tuple[Member, ...]) -> Before:
    """The first activity of an exchange."""
    return Before()


# --- the room around an activity ----------------------------------------------------------------


@dataclass
class Person:
    """Somebody with a seat, as the room knows them."""

    member: Member
    left: bool = False


@dataclass
class Tap:
    """A command as it was on somebody's screen."""

    seat: str
    command: Command


@dataclass
class World:
    """A room around one activity. `log` has every event, `taps` every command sent by a person,
    `refusals` every reason given."""

    activity: Activity[Any]
    settings: Any
    members: tuple[Member, ...]
    seed: int
    before: Before = field(default_factory=Before)
    now: int = START
    epoch: int = 1
    lead: str = ""
    people: dict[str, Person] = field(default_factory=dict)
    state: Any = None
    log: list[Event] = field(default_factory=list)
    taps: list[Tap] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    phases: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.people = {member.seat: Person(member) for member in self.members}
        facilitators = [m.seat for m in self.members if m.facilitator]
        self.lead = facilitators[0] if facilitators else ""
        self.first = replace(self.moment(""), before=self.before)
        self.state = self.activity.initial(self.settings, self.members, self.first)
        self.words = 0

    # Who is here, and as what.

    def here(self) -> list[str]:
        """Seats whose line is up, in order."""
        return [s for s, p in self.people.items() if p.member.here and not p.left]

    def roles(self, seat: str) -> frozenset[str]:
        """The room's hats of `seat`; "" is the clock."""
        if not seat:
            return frozenset({"clock"})
        member = self.people[seat].member
        if member.observer:
            return frozenset({"observer"})
        if member.facilitator:
            return frozenset({"lead" if seat == self.lead else "co"})
        return frozenset({"member"})

    def autopilot(self) -> bool:
        """Whether no facilitator is here."""
        return not any(self.people[seat].member.facilitator for seat in self.here())

    def moment(self, seat: str, roles: frozenset[str] | None = None) -> Moment:
        """Now, for `seat`."""
        hats = self.roles(seat) if roles is None else roles
        dice = self.random.getrandbits(64)
        return Moment(seat, hats, self.now, dice, self.epoch, self.autopilot())

    def view(self, seat: str, lens: Lens = "seat") -> View:
        """What `seat` sees; the wall has no seat."""
        roles = frozenset({"screen"}) if lens == "screen" else self.roles(seat)
        own = "" if lens == "screen" else seat
        token = self.token(own) if self.activity.unnamed else ""
        viewer = Viewer(own, roles, lens, self.epoch, self.autopilot(), token)
        return self.activity.view(self.state, viewer)

    def token(self, seat: str) -> str:
        """What stands for `seat` in unnamed commands."""
        return sha256(f"{self.seed}/{seat}".encode()).hexdigest()[:32] if seat else ""

    def views(self) -> Iterator[tuple[str, View]]:
        """Every view anybody here has: own screens, panels, the wall."""
        yield "", self.view("", "screen")
        for seat in self.here():
            yield seat, self.view(seat)
            if self.people[seat].member.facilitator:
                yield seat, self.view(seat, "panel")

    # What happens.

    def send(self, seat: str, command: Command) -> str | None:
        """Send `command` as `seat`; the reason if it is refused. A refusal changes nothing."""
        if seat:
            self.taps.append(Tap(seat, command))
        before, moment = self.state, self.moment(seat)
        if seat and type(command) in self.activity.unnamed:
            moment = replace(moment, seat="", token=self.token(seat))
        try:
            events, self.state = step(self.activity, self.state, command, moment)
        except Refused as refused:
            assert self.state is before
            self.refusals.append(refused.reason)
            return refused.reason
        self.log.extend(events)
        self._note_phases()
        return None

    def tap(self, seat: str, offer: Offer) -> str | None:
        """Tap an offer, filling in what it needs."""
        return self.send(seat, self.filled(offer))

    def do(self, seat: str, type_: str, lens: Lens = "seat", **fields: Any) -> str | None:
        """Tap the first offer of command type `type_` on the screen of `seat`, with `fields`
        changed. An `AssertionError` if it is not offered."""
        for offer in self.view(seat, lens).may:
            if tag(offer.command) == type_:
                return self.send(seat, replace(offer.command, **fields))
        raise AssertionError(f"{type_} is not offered to {seat}")

    def wait(self, milliseconds: int) -> None:
        """Let time pass; the clock rings on the way."""
        until, rings = self.now + milliseconds, 0
        while (deadline := self.activity.deadline(self.state)) and deadline.at <= until:
            rings += 1
            assert rings < TOO_MANY_RINGS, f"{deadline} rings without end"
            self.now = max(self.now, deadline.at)
            reason = self.send("", deadline.command)
            assert reason is None, f"the clock's own {deadline.command} was refused: {reason}"
            self.work()
        self.now = until

    def work(self) -> None:
        """What the activity wants computed, as the room does it off its loop. A move of a history
        may come before it is done."""
        for _ in range(3):
            if (job := self.activity.work(self.state)) is None:
                return
            reason = self.send("", job.run(self.random.getrandbits(64)))
            assert reason is None, f"{job.basis} was computed and refused: {reason}"
        raise AssertionError("work is wanted without end")

    def ring(self) -> None:
        """Let time pass until the clock speaks next."""
        deadline = self.activity.deadline(self.state)
        if deadline is not None:
            self.wait(max(0, deadline.at - self.now))

    def drop(self, seat: str, silent: int = 0) -> None:
        """The line of `seat` drops; it was last heard of `silent` ms ago."""
        self._set(seat, here=False)
        self.send("", MemberAway(seat=seat, seen=self.now - silent))

    def back(self, seat: str) -> None:
        """The line of `seat` is up again, or they come in again."""
        person = self.people[seat]
        self._set(seat, here=True)
        if person.left:
            person.left = False
            self.send("", MemberJoined(member=person.member))
        else:
            self.send("", MemberBack(seat=seat))

    def leave(self, seat: str) -> None:
        """`seat` leaves."""
        self._set(seat, here=False)
        self.people[seat].left = True
        self.send("", MemberLeft(seat=seat))

    def join(self, member: Member) -> None:
        """Somebody new comes in."""
        self.people[member.seat] = Person(member)
        self.send("", MemberJoined(member=member))

    def change(self, seat: str, **fields: Any) -> None:
        """The record of `seat` changes."""
        self._set(seat, **fields)
        self.send("", MemberChanged(member=self.people[seat].member))

    def hand_over(self, seat: str) -> None:
        """`seat` leads; old screens of the lead are stale."""
        self.lead, self.epoch = seat, self.epoch + 1

    def filled(self, offer: Offer) -> Command:
        """The offer's command with every need filled in, at random."""
        given = {}
        for name, need in offer.needs.items():
            if not (need.optional and self.random.random() < 0.5):
                given[name] = self._fill(need)
        command: Command = replace(offer.command, **given)
        return command

    def copy(self) -> "World":
        """Another world that goes on from here."""
        twin = copy(self)
        twin.random = Random(self.random.getrandbits(32))
        twin.people = {s: Person(p.member, p.left) for s, p in self.people.items()}
        twin.log, twin.taps, twin.refusals, twin.phases = [], [], [], set()
        return twin

    def _fill(self, need: Need) -> Any:
        match need.kind:
            case "text":
                return self._word()
            case "texts":
                return tuple(self._word() for _ in range(self.random.randint(0, need.limit or 3)))
            case "flag":
                return self.random.random() < 0.5
            case "number":
                return self.random.randint(need.low, need.high)
            case "choice":
                return self.random.choice(need.options).value
            case "date":
                later = date.fromtimestamp(self.now / 1000 + self.random.randint(2, 60) * 86_400)
                return self.random.choice([later.isoformat(), *(o.value for o in need.options)])
            case "seat":
                return self.random.choice([o.value for o in need.options] or self.here())
            case "seats":
                seats = [option.value for option in need.options] or self.here()
                return tuple(self.random.sample(seats, self.random.randint(0, len(seats))))

    def _word(self) -> Words:
        self.words += 1
        return Words(f"w{self.words}")

    def _set(self, seat: str, **fields: Any) -> None:
        self.people[seat].member = replace(self.people[seat].member, **fields)

    def _note_phases(self) -> None:
        self.phases |= {self.activity.phase(self.state, seat) for seat in ("", *self.people)}


def people(count: int, facilitators: int = 1, seed: int = 0) -> tuple[Member, ...]:
    """A mixed room: facilitators f1.., people s1.., some in the hall, some willing to host."""
    random = Random(seed)
    team = [Member(f"f{i}", facilitator=True) for i in range(1, facilitators + 1)]
    guests = [
        Member(
            f"s{i}",
            where=random.choice(("remote", "remote", "room")),
            willing=random.random() < 0.3,
            language=random.choice(("en", "es")),
            organisation=random.choice(("o1", "o2", "o3")),
        )
        for i in range(1, count + 1)
    ]
    return (*team, *guests)


def world(
    activity: Activity[Any],
    settings: Any = None,
    *,
    count: int = 5,
    facilitators: int = 1,
    seed: int = 0,
    earlier: Earlier = nothing_before,
) -> World:
    """A room of `count` people with this activity, in its first phase."""
    chosen = activity.settings() if settings is None else settings
    members = people(count, facilitators, seed)
    return World(activity, chosen, members, seed, earlier(members))


# --- playing a history --------------------------------------------------------------------------


def play(
    activity: Activity[Any],
    history: History,
    also: Callable[[World], None] | None = None,
    checked: bool = True,
    earlier: Earlier = nothing_before,
) -> World:
    """Play `history` from the beginning, checking after every move, then the whole log."""
    room = world(
        activity,
        history.settings,
        count=history.people,
        facilitators=history.facilitators,
        seed=history.seed,
        earlier=earlier,
    )
    for move in history.moves:
        if not activity.closed(room.state):
            make(room, move)
            if checked:
                check(room)
            if also is not None:
                also(room)
    if checked:
        check_log(room)
    return room


def make(room: World, move: Move) -> None:
    """Let one move happen; nothing if it is not possible now."""
    if move.a % 5:
        room.work()
    here, a, b = room.here(), move.a, move.b
    match move.kind:
        case "tap" | "borrowed" if here:
            seat = here[a % len(here)]
            offers = room.view(seat).may
            sender = seat if move.kind == "tap" else here[b % len(here)]
            if offers:
                room.tap(sender, offers[b % len(offers)])
        case "answer":
            asked = [(s, o) for s in here for o in room.view(s).may if o.place in MAIN]
            if asked:
                room.tap(*asked[a % len(asked)])
        case "lead" if room.lead in here:
            main = [o for o in room.view(room.lead, "panel").may if o.place == "main" and o.shown]
            if main:
                room.tap(room.lead, main[b % len(main)])
        case "again" if room.taps:
            _twice(room, room.taps[-1])
        case "old" if room.taps:
            tap = room.taps[a % len(room.taps)]
            room.send(tap.seat, tap.command)
        case "wait":
            room.wait(WAITS[a % len(WAITS)] * SECOND)
        case "ring":
            room.ring()
        case "hand_over":
            team = [seat for seat in here if room.people[seat].member.facilitator]
            if team:
                room.hand_over(team[a % len(team)])
        case _:
            _come_and_go(room, move)


def _come_and_go(room: World, move: Move) -> None:
    here, a = room.here(), move.a
    away = [s for s, p in room.people.items() if s not in here]
    match move.kind:
        case "drop" if here:
            room.drop(here[a % len(here)], silent=move.b % 21 * SECOND)
        case "back" if away:
            room.back(away[a % len(away)])
        case "leave" if here:
            room.leave(here[a % len(here)])
        case "join" if len(room.people) < MOST_PEOPLE:
            seat = f"s{len(room.people) + 100}"
            room.join(Member(seat, where="room" if a % 2 else "remote", observer=move.b % 7 == 0))
        case "change" if here:
            seat = here[a % len(here)]
            if not room.people[seat].member.facilitator:
                room.change(seat, willing=bool(move.b % 2), language=("en", "es")[a % 2])
        case _:
            pass


def _twice(room: World, tap: Tap) -> None:
    """A double tap: a command that names what it leaves is stale the second time."""
    before = room.state
    reason = room.send(tap.seat, tap.command)
    if tag(tap.command) == "phase.next" and reason is None:
        assert room.state is not before


@dataclass
class Explored:
    """What a random walk saw: phases seats were in, commands that were accepted."""

    phases: set[str] = field(default_factory=set)
    commands: set[type[Command]] = field(default_factory=set)


def explore(
    activity: Activity[Any],
    settings: tuple[Any, ...],
    *,
    seed: int,
    rounds: int = 30,
    length: int = 120,
    count: int = 7,
    earlier: Earlier = nothing_before,
) -> Explored:
    """Walk at random through what the screens offer; every phase and command that was reached.

    The walk is the same for the same seed. It fails if a step it takes is refused as `not_allowed`
    or `bad_request`.
    """
    random, reached = Random(seed), Explored()
    for turn in range(rounds):
        room = world(
            activity,
            settings[turn % len(settings)],
            count=random.randint(2, count),
            facilitators=random.randint(1, 2),
            seed=random.getrandbits(32),
            earlier=earlier,
        )
        room._note_phases()
        for _ in range(length):
            if not (random.random() < CURIOUS and _something_new(room, reached, random)):
                kind = random.choice(WALK)
                make(room, Move(kind, random.getrandbits(16), random.getrandbits(16)))
            assert not {"not_allowed", "bad_request"} & set(room.refusals)
        reached.phases |= room.phases
        reached.commands |= {type(tap.command) for tap in room.taps}
    return reached


def never_offered(activity: Activity[Any], found: Explored) -> set[str]:
    """Commands the table gives to people and no screen of a walk offered."""
    rows = activity.allowed.values()
    people = set().union(*(cs for row in rows for role, cs in row.items() if role != "clock"))
    return {str(each.__struct_config__.tag) for each in people - found.commands}


def _something_new(room: World, reached: Explored, random: Random) -> bool:
    """Tap an offer of a kind that no walk has tapped yet, if one of a few screens has it."""
    known = reached.commands | {type(tap.command) for tap in room.taps}
    here = room.here()
    for seat in random.sample(here, min(LOOKED_AT, len(here))):
        lens: Lens = "panel" if room.people[seat].member.facilitator else "seat"
        new = [offer for offer in room.view(seat, lens).may if type(offer.command) not in known]
        if new:
            room.tap(seat, random.choice(new))
            return True
    return False


# --- what holds for every activity --------------------------------------------------------------


def check(room: World) -> None:
    """Everything that must hold in any state of any activity."""
    check_phases(room)
    tried: list[Tap] = []
    for seat, view in room.views():
        check_view(room, seat, view, tried)
    check_epoch(room)
    check_clock(room)
    check_groups(room)
    check_reconnect(room)


def check_phases(room: World) -> None:
    """Every seat is in a phase the activity knows."""
    for seat in ("", *room.people):
        assert room.activity.phase(room.state, seat) in room.activity.phases


def check_view(room: World, seat: str, view: View, tried: list[Tap]) -> None:
    """The view renders, and what it offers is accepted. `tried`: what was tried already, on
    another screen of the same person."""
    assert view.phase in room.activity.phases
    for part in parts(view):
        assert not isinstance(part, bytes)
    for offer in view.may:
        command = type(offer.command)
        assert seat, f"a wall cannot send {command}"
        assert may(room.activity, room.state, command, seat, room.roles(seat)), (
            f"{command} is offered to {seat} but not allowed"
        )
        for name in offer.needs:
            assert name in command.__struct_fields__
        if (tap := Tap(seat, offer.command)) in tried:
            continue
        tried.append(tap)
        twin = room.copy()
        reason = twin.tap(seat, offer)
        assert reason not in ("not_allowed", "bad_request"), (
            f"{offer.command} is offered to {seat} and refused: {reason}"
        )


def check_epoch(room: World) -> None:
    """A facilitator's command from an old lead changes nothing (G7)."""
    if room.lead not in room.here():
        return
    for offer in room.view(room.lead, "panel").may:
        if isinstance(offer.command, LeadCommand):
            twin = room.copy()
            old = replace(twin.filled(offer), epoch=room.epoch - 1)
            assert twin.send(room.lead, old) == "stale_epoch"


def check_clock(room: World) -> None:
    """When the clock's time has come it may speak, and then time goes on (G6)."""
    deadline = room.activity.deadline(room.state)
    if deadline is None:
        return
    twin = room.copy()
    twin.now = max(twin.now, deadline.at)
    reason = twin.send("", deadline.command)
    assert reason is None, f"the clock's own {deadline.command} was refused: {reason}"
    assert twin.activity.deadline(twin.state) != deadline
    late = room.copy()
    if hasattr(deadline.command, "at"):
        early = replace(deadline.command, at=deadline.at - 1)
        assert (late.send("", early) or "").startswith("stale")


def check_groups(room: World) -> None:
    """Everybody is in one open group at most (G3); nobody who watches is in any (G5)."""
    seated: list[str] = []
    for group in room.activity.groups(room.state):
        if not group.closed:
            seated += group.members
    assert len(seated) == len(set(seated))
    for seat in seated:
        assert not room.people[seat].member.observer
        assert not room.people[seat].left


def check_reconnect(room: World) -> None:
    """A line that drops and is up again at once has changed nothing (G9)."""
    here = room.here()
    if not here or room.activity.closed(room.state):
        return
    seat = here[room.now // SECOND % len(here)]
    twin = room.copy()
    twin.drop(seat)
    twin.back(seat)
    assert twin.activity.harvest(twin.state) == room.activity.harvest(room.state)
    assert twin.activity.deadline(twin.state) == room.activity.deadline(room.state)
    for other in ("", *room.people):
        phase = room.activity.phase
        assert phase(twin.state, other) == phase(room.state, other)
    assert [g.members for g in twin.activity.groups(twin.state)] == [
        g.members for g in room.activity.groups(room.state)
    ]


def check_log(room: World) -> None:
    """The log survives storing, holds no names and no text, and replays to the same state (G7).
    `evolve` is total: it takes any event in any state."""
    raw = encode(room.log)
    events = msgspec.json.decode(
        raw, type=GenericAlias(list, room.activity.event_union()), dec_hook=_decode
    )
    assert events == room.log
    begun = room.activity.initial(room.settings, room.members, room.first)
    state = begun
    for event in events:
        state = room.activity.evolve(state, event)
        room.activity.evolve(begun, event)
        room.activity.evolve(room.state, event)
    assert state == room.state
    encode(room.state)


def encode(value: Any) -> bytes:
    """As the log stores it. A `TypeError` if a name or a sentence is in it."""
    return msgspec.json.encode(value, enc_hook=_encode)


def _encode(value: Any) -> Any:
    if isinstance(value, Words):
        return value.ref
    raise TypeError(f"{value!r} has no place in a log or a state")


def _decode(type_: type, value: Any) -> Any:
    assert type_ is Words
    return Words(value)


def tag(command: Command) -> str:
    """The command's name on the wire."""
    return str(type(command).__struct_config__.tag)


def parts(value: Any) -> Iterator[Any]:
    """Every value inside a view."""
    left = [value]
    while left:
        part = left.pop()
        yield part
        if isinstance(part, str | int | None):  # by far the most
            continue
        if isinstance(part, msgspec.Struct):
            left += [getattr(part, name) for name in part.__struct_fields__]
        elif isinstance(part, Line):
            left += part.args.values()
        elif isinstance(part, Mapping):
            left += part.values()
        elif isinstance(part, tuple):
            left += part
        else:
            assert isinstance(part, Who | Words), f"{part!r} in a view"


def words_in(view: View) -> set[str]:
    """References to people's words in a view: for tests of who may read what."""
    return {part.ref for part in parts(view) if isinstance(part, Words) and part.ref}


def names_in(view: View) -> set[str]:
    """Seats whose names stand in a view."""
    return {part.seat for part in parts(view) if isinstance(part, Who)}


Told = TypeVar("Told", bound=Event)


def events_of(room: World, *kinds: type[Told]) -> list[Told]:
    """The events of these kinds, in order."""
    return [event for event in room.log if isinstance(event, kinds)]


MINUTES: Final = MINUTE
"""A minute, for `World.wait`."""
