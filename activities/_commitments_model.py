"""The state of commitments: phases and their lengths, pairs for the test, the round
(`methods.md` A10)."""

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from activities import people, phases, rounds, timing
from activities._commitments_cards import CardEvent, Cards, evolve_cards, of_seat
from activities.kernel import MINUTE, Event
from activities.phases import PauseCalled, PauseEnded, PhaseChanged, PhaseRestored, Phases, Stage

HALF: Final = 2 * MINUTE
THIRD: Final = 90 * timing.SECOND
"""Parts of the pair test: two of two minutes, or with a trio three of ninety seconds, the least a
part may have (`methods.md` A3a)."""

SAY: Final = 24 * timing.SECOND
"""0.4 minutes each, soft (A10)."""

KEPT_OPEN: Final = 7 * 24 * 60 * MINUTE
"""Cards stay open for a week after the exchange (A10)."""

PAIRS: Final = ("pair_1", "pair_2", "pair_3")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of `methods.md` 1.15, A10, and which parts are left out in a short form."""

    per_person: Annotated[int, Meta(ge=1, le=3)] = 2
    think_min: Annotated[int, Meta(ge=1, le=10)] = 3
    pair_test: bool = True
    write_min: Annotated[int, Meta(ge=1, le=15)] = 3
    say: bool = True
    partner: bool = True
    remind_days: Annotated[int, Meta(ge=1, le=90)] = 14


class PairsDrawn(Event, frozen=True, kw_only=True, tag="pairs.drawn"):
    """Who tests a step with whom; `parts` of equal length."""

    pairs: Mapping[str, tuple[str, ...]]
    parts: int


class RoundDrawn(Event, frozen=True, kw_only=True, tag="round.drawn"):
    """Who may say their step, in this order."""

    order: tuple[str, ...]


class State(msgspec.Struct, frozen=True):
    """`pairs` only mean something in the phases `PAIRS`, `round` in `say`."""

    settings: Settings
    phases: Phases
    people: people.People
    cards: Cards = msgspec.field(default_factory=dict)
    pairs: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    parts: int = 2
    round: rounds.Round | None = None


def stage(settings: Settings, phase: str, parts: int) -> Stage:
    """How a phase ends."""
    match phase:
        case "think":
            return Stage("soft", settings.think_min * MINUTE, drifts=True)
        case "write":
            return Stage("soft", settings.write_min * MINUTE)
        case "partner":
            return Stage("soft", 2 * MINUTE)
        case "pair_1" | "pair_2" | "pair_3":
            return Stage("hard", THIRD if parts > len(PAIRS) - 1 else HALF)
        case _:
            return Stage()


def following(state: State) -> str:
    """The phase after this one, without the parts that are left out."""
    settings, phase = state.settings, state.phases.phase
    tested = settings.pair_test and len(people.placeable(state.people)) > 1
    plan = ("think", *(PAIRS if tested else ()), "write")
    plan += ("say",) if settings.say and speakers(state) else ()
    plan += ("partner",) if settings.partner and len(state.people) > 1 else ()
    if phase == "pair_2" and state.parts == len(PAIRS) - 1:
        return "write"
    if phase in PAIRS and not tested:
        return "write"
    order = ("think", *PAIRS, "write", "say", "partner")
    later = order[order.index(phase) + 1 :] if phase in order else ()
    return next((other for other in later if other in plan), "closed")


def speakers(state: State) -> tuple[str, ...]:
    """Who has a step that others may hear."""
    return tuple(
        seat
        for seat in state.people
        if any(card.sees != "self" for card in of_seat(state.cards, seat))
    )


def pair_of(state: State, seat: str) -> tuple[str, ...]:
    """The pair or trio of `seat`, empty when it has none."""
    return next((seats for seats in state.pairs.values() if seat in seats), ())


def speaker_of(state: State, pair: tuple[str, ...]) -> str:
    """Who speaks in this part; "" when all talk freely."""
    if state.phases.phase not in PAIRS:
        return ""
    part = PAIRS.index(state.phases.phase)
    return pair[part] if part < len(pair) else ""


def phase_of(state: State, seat: str) -> str:
    """The phase of a seat; in the round its own step."""
    shown = state.phases.shown
    floor = state.round.floor if state.round else None
    if shown != "say" or floor is None or floor.seat != seat:
        return shown
    return "turn" if floor.speaking else "offer"


def roles_of(state: State, seat: str, roles: frozenset[str]) -> frozenset[str]:
    """Everybody who takes part is a member, facilitators too: they go home as well."""
    if seat not in state.people:
        return roles - {"member"}
    floor = state.round.floor if state.round and state.phases.phase == "say" else None
    holds = floor is not None and floor.seat == seat
    return roles | ({"member", "teller"} if holds else {"member"})


def evolve(state: State, event: Event) -> State:
    """The state after `event`; total."""
    match event:
        case CardEvent():
            return replace(state, cards=evolve_cards(state.cards, event))
        case PairsDrawn(pairs=pairs, parts=parts):
            return replace(state, pairs=pairs, parts=parts)
        case RoundDrawn(order=order):
            away = frozenset(seat for seat, m in state.people.items() if not m.here)
            turn = state.round.turn if state.round else 0
            return replace(state, round=rounds.fresh(order, SAY, away, turn))
        case rounds.RoundEvent():
            return _round(state, event)
        case people.PersonEvent():
            return replace(state, people=people.evolve(state.people, event))
        case PhaseChanged(at=at) | PhaseRestored(at=at) | PauseCalled(at=at) | PauseEnded(at=at):
            state = replace(state, phases=phases.evolve(state.phases, event))
            runs = state.phases.phase == "say" and not state.phases.paused
            still = rounds.RoundResumed(at=at) if runs else rounds.RoundPaused(at=at)
            return _round(state, still)
        case _:
            return replace(state, phases=phases.evolve(state.phases, event))


def _round(state: State, event: rounds.RoundEvent) -> State:
    if state.round is None:
        return state
    if isinstance(event, rounds.RoundPaused) and state.round.paused:
        return state
    if isinstance(event, rounds.RoundResumed) and not state.round.paused:
        return state
    return replace(state, round=rounds.evolve(state.round, event))
