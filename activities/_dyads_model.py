"""The state of pairs, how to read it, and the table of who may do what when.

A pair's `seats` stand in the order they speak. `at` counts the steps of `steps(settings)`, so that
a phase that comes again (a breath, the halves of each round) has a number of its own.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Final

import msgspec
from msgspec.structs import replace

from activities import _dyads_commands as commands
from activities import groups, pairing, people, phases, rounds, turns
from activities._dyads_commands import (
    ItemBring,
    NoteKeep,
    NoteKind,
    PairJoin,
    PairsFound,
    PairWait,
    PairWish,
    PhaseNext,
    Scope,
    Settings,
)
from activities.blocks import Words
from activities.kernel import Command, Event, Member
from activities.pairing import Seats, Wishes
from activities.phases import Phases, Stage
from activities.timing import SECOND, Timer

PATIENCE: Final = 30 * SECOND
"""After this long the partner is asked whether to wait or to join others (A3 *Edge cases*)."""

REPAIR: Final = 60 * SECOND
"""After this long nobody is left alone any more (DY5)."""

LEAST_TURN: Final = 90 * SECOND
"""No turn of three is shorter (A3a): where it would be, everybody's halves are longer."""

SHORTEST_HALF: Final = 15 * SECOND
"""A half the lead ended in the middle gives the other at least this long."""

NOTE_LIMIT: Final = 280
NOTES_EACH: Final = 5
"""One is asked for; five leave room for second thoughts."""

ALOUD: Final = 4
"""How many groups say theirs aloud; the others are read (A3c: three or four in large groups)."""

MOST_TOGETHER: Final = 6
"""A four never grows beyond this (A3c: one six)."""

ALOUD_TURN: Final = 60 * SECOND


# --- state --------------------------------------------------------------------------------------


class Plan(msgspec.Struct, frozen=True):
    """Groups computed ahead."""

    basis: str
    groups: tuple[Seats, ...]


class Kept(msgspec.Struct, frozen=True):
    """Somebody's own note."""

    seat: str
    words: Words
    kind: NoteKind
    scope: Scope


class Brought(msgspec.Struct, frozen=True):
    """What a group brings, and who wrote it down."""

    seat: str
    words: Words


class Sitting(msgspec.Struct, frozen=True, dict=True):
    """Who sits with whom: what going back restores besides the phase."""

    at: int = 0
    round: int = 0
    groups: Mapping[str, Seats] = {}
    past: tuple[Seats, ...] = ()
    began: Mapping[str, int] = {}
    spoke: frozenset[str] = frozenset()
    half: int = 0  # ms the first half lasted; 0: as set
    switched: bool = False
    more: Mapping[str, int] = {}  # group -> ms beyond the others, in this phase
    mates: tuple[Seats, ...] = ()  # the pairs that fours were made of

    @cached_property
    def place(self) -> Mapping[str, str]:
        """Seat -> group; asked for by every view."""
        return {seat: id for id, seats in self.groups.items() for seat in seats}

    @cached_property
    def met(self) -> Mapping[tuple[str, str], int]:
        """How often each two have met, this time included."""
        return pairing.meetings(self.past)


class State(msgspec.Struct, frozen=True):
    """See the module. `sitting` is who sits with whom; `earlier` counts the groups of `past` that
    were there before this activity."""

    settings: Settings
    phases: Phases
    people: people.People
    lead: str = ""
    sitting: Sitting = Sitting()
    undo: Sitting | None = None
    earlier: int = 0
    plan: Plan | None = None
    wishes: Wishes = Wishes()
    silent: Mapping[str, int] = {}  # seat in a group -> since (ms) its line is down
    missed: frozenset[str] = frozenset()
    patient: frozenset[str] = frozenset()
    notes: tuple[Kept, ...] = ()
    brought: Mapping[str, Brought] = {}
    ready: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    aloud: rounds.Round | None = None

    @property
    def groups(self) -> Mapping[str, Seats]:
        """Who sits together, in speaking order."""
        return self.sitting.groups


HALVES: Final = ("half_1", "half_2")
TELLS: Final = frozenset({*HALVES, "half_3"})
"""Phases in which one of a pair speaks and the other only listens."""

TOGETHER: Final = frozenset({"think", "move", "half_1", "breath", "half_2", "open", "pair"})
"""Phases in which people sit in pairs, and pairs are mended."""

NOTES: Final = frozenset({"own_note", "plenary"})
"""Phases in which one's own note is written."""

MOVABLE: Final = frozenset({"think", "move", "breath", "open", "pair", "four"})
"""Phases in which facilitators may move somebody: nobody enters while one speaks."""

GROUPED: Final = frozenset({"open", "pair", "four"})
"""Phases in which a group may say that it is ready, or ask for time."""

PHASES: Final = (
    "think",
    "half_1",
    "breath",
    "half_2",
    "half_3",  # of a trio's third, within half_2
    "open",
    "own_note",
    "intro",
    "move",
    "plenary",
    "alone",
    "pair",
    "four",
    "all",
    phases.PAUSED,
    phases.CLOSED,
)

Step = tuple[str, int]
"""A phase and the round of pairs it belongs to (0: before any)."""


def steps(settings: Settings) -> tuple[Step, ...]:
    """The phases in order; those of no length are left out, unless nothing would be left."""
    chosen = settings
    match chosen.form:
        case "paired":
            found = [("think", 1, chosen.think_s), ("half_1", 1, chosen.half_s)]
            found += [("breath", 1, chosen.breath_s), ("half_2", 1, chosen.half_s)]
            found += [("breath", 1, chosen.breath_s), ("open", 1, chosen.open_s)]
            found += [("own_note", 1, chosen.note_s)]
        case "rotating":
            found = [("intro", 0, chosen.intro_s)]
            for turn in range(1, chosen.rounds + 1):
                found += [("move", turn, chosen.move_s), ("half_1", turn, chosen.per_person_s)]
                found += [("half_2", turn, chosen.per_person_s)]
            found += [("plenary", chosen.rounds, chosen.plenary_s)]
        case "one_two_four":
            found = [("alone", 0, chosen.alone_s), ("pair", 1, chosen.pair_s)]
            found += [("four", 2, chosen.four_s), ("all", 2, chosen.all_s)]
    return tuple((phase, turn) for phase, turn, length in found if length)


def step(state: State, at: int | None = None) -> Step:
    """The present step, or step number `at`."""
    order = steps(state.settings)
    place = state.sitting.at if at is None else at
    return order[place] if place < len(order) else (phases.CLOSED, order[-1][1])


def stage(state: State, at: int) -> tuple[str, Stage]:
    """Step number `at` and how it ends."""
    phase, _ = step(state, at)
    chosen = state.settings
    match phase:
        case "half_1":
            return phase, Stage("hard", half(state))
        case "half_2":
            return phase, Stage("hard", state.sitting.half or half(state))
        case "think" | "breath" | "own_note" | "alone" | "move":
            length = {
                "think": chosen.think_s,
                "breath": chosen.breath_s,
                "own_note": chosen.note_s,
                "alone": chosen.alone_s,
                "move": chosen.move_s,
            }[phase]
            return phase, Stage("hard", length * SECOND, sharp=True)
        case "open":
            return phase, Stage("hard", chosen.open_s * SECOND)
        case "pair":
            return phase, Stage("hard", chosen.pair_s * SECOND)
        case "four":
            return phase, Stage("hard", chosen.four_s * SECOND)
        case "intro":
            return phase, Stage("soft", chosen.intro_s * SECOND, drifts=True)
        case "plenary":
            return phase, Stage("soft", chosen.plenary_s * SECOND)
        case "all":
            return phase, Stage("soft", chosen.all_s * SECOND)
        case _:
            return phases.CLOSED, Stage()


def half(state: State) -> int:
    """Milliseconds of a half: longer while there is a trio whose thirds would be too short."""
    chosen = state.settings
    seconds = chosen.half_s if chosen.form == "paired" else chosen.per_person_s
    least = LEAST_TURN * 3 // 2 if has_trio(state) else 0
    return max(seconds * SECOND, least)


def has_trio(state: State) -> bool:
    """Whether three sit together anywhere."""
    return any(len(seats) == pairing.TRIO for seats in state.groups.values())


def group_of(state: State, seat: str) -> str:
    """The group `seat` sits in, "" for none."""
    return state.sitting.place.get(seat, "")


def here(state: State, seat: str) -> bool:
    """Whether the line of `seat` is up."""
    return seat in state.people and state.people[seat].here


def own_timer(state: State, group: str) -> Timer:
    """The phase's clock as this group sees it: another may have been given more."""
    more = state.sitting.more
    return groups.own_clock(state.phases.timer, more, group) if group else state.phases.timer


def in_pairs(state: State) -> bool:
    """Whether people sit in pairs now."""
    return state.phases.phase in TOGETHER and bool(state.groups)


def waiting(state: State) -> Seats:
    """Who is here and sits with nobody while others do (at the door)."""
    if state.phases.phase not in TOGETHER | {"four"}:
        return ()
    sitting = state.sitting.place
    return tuple(m.seat for m in people.placeable(state.people) if m.seat not in sitting)


def turn(state: State, group: str) -> int:
    """Whose turn it is in `group`: an index of its seats. Meaningless outside the halves."""
    size = len(state.groups[group])
    second = state.phases.phase == "half_2"
    place = int(second)
    if size >= pairing.TRIO:
        place += int(state.sitting.switched)
    return min(place, size - 1)


def switch_due(state: State) -> int | None:
    """When the floor goes on within this half in trios: a trio's thirds end at two thirds of the
    first half and at one third of the second."""
    timer = state.phases.timer
    if state.phases.phase not in HALVES or state.sitting.switched or not has_trio(state):
        return None
    if timer.ends_at is None or timer.state not in ("running", "over"):
        return None
    thirds = 1 if state.phases.phase == "half_1" else 2
    return timer.ends_at - timer.duration * thirds // 3


def may_extend(state: State) -> bool:
    """More time is for everybody: in a half only while the others can still be given as much
    (DY3)."""
    if state.phases.phase == "half_2":
        return False
    return not (state.phases.phase == "half_1" and state.sitting.switched and has_trio(state))


def phase_of(state: State, seat: str) -> str:
    """The phase of `seat`: a trio's third turn is `half_3`, within everybody's second half."""
    shown = state.phases.shown
    if shown in HALVES and seat and (group := group_of(state, seat)):
        return f"half_{turn(state, group) + 1}"
    return shown


def roles_of(state: State, seat: str, roles: frozenset[str]) -> frozenset[str]:
    """Everybody who takes part is a member; whose turn it is in `all` is a teller."""
    if seat not in state.people:
        return roles - {"member"}
    member = state.people[seat]
    if member.facilitator and not group_of(state, seat):
        roles = roles - {"member"}
    else:
        roles = roles | {"member"}
    floor = state.aloud.floor if state.aloud and state.phases.phase == "all" else None
    return roles | {"teller"} if floor is not None and floor.seat == seat else roles


def filler(state: State) -> str:
    """The facilitator who sits down with somebody left over: not the lead while another is
    here."""
    sitting = state.sitting.place
    free = [m.seat for m in state.people.values() if m.facilitator and m.here]
    free = [seat for seat in free if seat not in sitting]
    others = [seat for seat in free if seat != state.lead]
    return next(iter(others or free), "")


def member(state: State, seat: str) -> Member:
    """The person, or a stranger with this seat."""
    return state.people.get(seat, Member(seat))


def left_alone(state: State, group: str, seat: str) -> bool:
    """Whether `seat` is the only one of `group` who is here, and has been for half a minute."""
    seats = state.groups.get(group, ())
    others = [other for other in seats if other != seat]
    return (
        here(state, seat)
        and not any(here(state, other) for other in others)
        and any(other in state.missed for other in others)
    )


def goes_on_unrecorded(state: State, group: str) -> bool:
    """Whether these people sit at one table: when its device is lost they still talk (1.13)."""
    tables = {member(state, seat).table for seat in state.groups.get(group, ())}
    return len(tables) == 1 and "" not in tables


def without(state: State, seat: str) -> State:
    """Nothing is remembered of the line of `seat` any more."""
    silent = {other: at for other, at in state.silent.items() if other != seat}
    return replace(state, silent=silent, missed=state.missed - {seat})


# --- the table ----------------------------------------------------------------------------------

COMMANDS: Final[tuple[type[Command], ...]] = (
    *(PhaseNext if one is phases.PhaseNext else one for one in phases.COMMANDS),
    PairsFound,
    PairWait,
    PairJoin,
    PairWish,
    NoteKeep,
    ItemBring,
    groups.GroupMove,
    groups.GroupReady,
    groups.TimeAsk,
    groups.TimeGive,
    groups.GroupMerge,
    groups.GroupSplit,
    turns.Begin,
    turns.Done,
    turns.Pass,
    turns.Next,
)

EVENTS: Final[tuple[type[Event], ...]] = (
    *phases.EVENTS,
    *people.EVENTS,
    commands.PairsPlanned,
    commands.PairsFormed,
    commands.PairsMended,
    commands.PartnerSilent,
    commands.PartnerMissed,
    commands.PartnerBack,
    commands.WaitChosen,
    commands.TurnSwitched,
    commands.WishMade,
    commands.NoteKept,
    commands.ItemBrought,
    commands.ReadyChanged,
    commands.TimeAsked,
    commands.TimeGiven,
    commands.AloudBegun,
    commands.LeadSeen,
    *rounds.EVENTS,
)

Row = Mapping[str, phases.Commands]


def _row(phase: str) -> Row:
    commands: set[type[Command]] = set()
    if phase in TOGETHER | {"half_3"}:
        commands |= {PairWait, PairJoin}
    if phase in NOTES:
        commands |= {NoteKeep}
    if phase in GROUPED:
        commands |= {groups.GroupReady, groups.TimeAsk}
    if phase == "four":
        commands |= {ItemBring}
    both: frozenset[type[Command]] = frozenset({PairWish})
    both |= {turns.Next} if phase == "all" else frozenset()
    both |= {groups.GroupMove} if phase in MOVABLE else frozenset()
    both |= {groups.GroupMerge, groups.GroupSplit} if phase == "four" else frozenset()
    both |= {groups.TimeGive} if phase in GROUPED else frozenset()
    row = dict(phases.row(member=frozenset(commands), lead=both, co=both))
    row["lead"] = row["lead"] - {phases.PhaseNext} | {PhaseNext}
    row["clock"] = row["clock"] | {PairsFound}
    if phase == "all":
        row["teller"] = frozenset({turns.Begin, turns.Done, turns.Pass})
    return row


_REST: Final = {
    phases.PAUSED: dict(phases.paused_row(both=frozenset({PairWish}))),
    phases.CLOSED: dict(phases.closed_row()),
}
for _one in _REST.values():
    _one["clock"] = _one["clock"] | {PairsFound}

ALLOWED: Final = {**{p: _row(p) for p in PHASES if p not in _REST}, **_REST}
"""phase -> role -> commands (`methods.md A3`)."""


def lasted(state: State, now: int) -> int:
    """How long the present half has lasted at `now`, ms."""
    timer = state.phases.timer
    left = timer.ends_at - now if timer.ends_at is not None else timer.remaining or 0
    return timer.duration - max(0, left)
