"""The state of a fishbowl and what can be read from it (`methods.md` A2)."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from activities import _fishbowl_questions as questions
from activities import _fishbowl_seats as seats
from activities import people, phases, timing, turns
from activities._fishbowl_commands import Settings
from activities._fishbowl_groups import Listeners, batches_of, group_of
from activities._fishbowl_seats import HOLD, LEAST, TABLE_HOLD, Bowl, Pace
from activities.blocks import Words
from activities.kernel import MINUTE, Deadline, Member, TimeUp
from activities.people import People
from activities.phases import Phases, Stage
from activities.rounds import Round
from activities.timing import SECOND

FEWEST: Final = 6
"""Fewer people are better off with a round (A2, *Size*); the lead is told, and decides."""

MANY: Final = 50
"""Above this many people those who listened talk in satellites, not in pairs (A2, *Size*)."""

SENTENCE: Final = 30 * SECOND
"""One sentence each, at the last call."""

ROUND_TURN: Final = 2 * MINUTE
"""A turn of the round that stands in for a bowl of too few."""

LARGEST_HALF: Final = 2
"""Size of the groups in which listeners of an open or closed bowl speak (A2, `outer_speaks`)."""

SEEDS: Final = 2
"""So many people are invited at a time when nobody comes (rule 7)."""

PROMPTS: Final = 3
"""The talk at the end of an experience bowl has three questions."""

QUOTES_EACH: Final = 3
"""Sentences one person may release from one fishbowl; more would be a speech."""

LEAST_DEBRIEF: Final = 5
"""Minutes of a talk at the end that was not planned, but comes while nobody leads."""

_OPEN: Final = Stage()
STAGES: Final[Mapping[str, Stage]] = {
    "last_call": Stage("soft", 3 * MINUTE),
    "swap": Stage("hard", 30 * SECOND),
    "round": _OPEN,
    "outer_speaks": Stage("hard", 5 * MINUTE, bells=timing.CIRCLES_BELLS),
    "closed": _OPEN,
}
"""Lengths of A2's tables. None drifts: without any facilitator chairs run and the state waits
(1.13), except where the clock ends a phase anyway. Where groups write they have notices at 2 min
and 30 s and a minute of grace (ruling *Time*)."""

FRAME: Final = {"open": 4 * MINUTE, "closed": 3 * MINUTE, "experience": 3 * MINUTE}


class Before(msgspec.Struct, frozen=True):
    """What going back restores besides phase and clock; `at` is when the change was made."""

    at: int
    bowl: Bowl
    groups: tuple[Listeners, ...]
    round: Round | None
    board: questions.Board
    put: str
    answering: str
    batch: int


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a fishbowl knows.

    `seeds`: whether somebody may be invited when nobody comes: "asked", "yes", "no". `spoken`:
    seat -> ms; `floor` speaks since `floor_since` (bowl time): for the lead alone.
    `wishes`: seat -> batch, 0 only listens. `open_board`: everybody reads the questions.
    """

    settings: Settings
    phases: Phases
    people: People
    bowl: Bowl
    topic: Words | None = None
    invited: tuple[str, ...] = ()
    seeds: Mapping[str, str] = msgspec.field(default_factory=dict)
    floor: str = ""
    floor_since: int = 0
    spoken: Mapping[str, int] = msgspec.field(default_factory=dict)
    wishes: Mapping[str, int] = msgspec.field(default_factory=dict)
    batches: tuple[tuple[str, ...], ...] = ()
    batch: int = 0
    threads: tuple[tuple[str, Words], ...] = ()  # of the batch that goes: who, what
    groups: tuple[Listeners, ...] = ()
    dealt: int = 0
    round: Round | None = None
    board: questions.Board = ()
    asked: int = 0
    put: str = ""
    answering: str = ""
    open_board: bool = False
    prompt: int = 0
    quotes: tuple[tuple[str, Words], ...] = ()
    before: Before | None = None


def pace(settings: Settings) -> Pace:
    """When a full bowl asks somebody to make room (rule 2)."""
    grace = settings.grace_s * SECOND
    visitor = settings.chair_rule == "visitor"
    nudge = seats.VISIT if visitor else min(seats.NUDGE, grace)
    return Pace(
        nudge=nudge,
        grace=nudge + grace if visitor else grace,
        stay=settings.min_stay_s * SECOND,
        auto=settings.auto_release,
    )


def stage(settings: Settings, phase: str) -> Stage:
    """How `phase` ends."""
    match phase:
        case "frame":
            return Stage("soft", settings.frame_min * MINUTE or FRAME[settings.mode])
        case "starters":
            return Stage("soft", settings.starters_min * MINUTE)
        case "open":
            return Stage("soft", settings.open_min * MINUTE)
        case "talk":
            return Stage("soft", settings.talk_min * MINUTE)
        case "questions":
            length = settings.questions_min * MINUTE
            return Stage("hard", length, bells=timing.CIRCLES_BELLS)
        case "answers":
            return Stage("soft", settings.answers_min * MINUTE)
        case "batch":
            return Stage("hard", settings.batch_min * MINUTE)
        case "debrief":
            return Stage("soft", (settings.debrief_min or LEAST_DEBRIEF) * MINUTE)
        case _:
            return STAGES[phase]


# --- who is where -------------------------------------------------------------------------------


def takes_part(state: State, seat: str) -> Member | None:
    """The person, unless they facilitate: the lead is outside the bowl unless dealt in."""
    member = state.people.get(seat)
    return None if member is None or member.facilitator else member


def parties(state: State) -> tuple[Member, ...]:
    """Everybody who takes part, here or away."""
    return tuple(m for m in state.people.values() if not m.facilitator)


def is_inside(state: State, seat: str) -> bool:
    """Whether `seat` sits inside."""
    return seats.chair_of(state.bowl, seat) is not None


def outer(state: State) -> tuple[Member, ...]:
    """Who takes part and sits outside, here or away."""
    return tuple(m for m in parties(state) if not is_inside(state, m.seat))


def outer_here(state: State) -> tuple[Member, ...]:
    """And is here."""
    return tuple(m for m in outer(state) if m.here)


def hold_of(member: Member) -> int:
    """How long a place is kept for somebody whose line dropped."""
    return TABLE_HOLD if member.table or member.where == "carried" else HOLD


def in_groups(state: State) -> bool:
    """Whether those outside belong to satellites or pairs now (G3)."""
    return state.phases.phase in ("talk", "questions", "outer_speaks") and bool(state.groups)


def writing(state: State) -> bool:
    """Whether groups write now."""
    return state.phases.phase in ("questions", "outer_speaks")


def limits(state: State) -> tuple[int, int]:
    """How many questions and observations a group may write."""
    if state.settings.mode == "experience":
        return questions.QUESTIONS_EACH, questions.OBSERVATIONS_EACH
    return questions.HEARD_EACH, questions.OBSERVATIONS_EACH


def my_group(state: State, seat: str) -> Listeners | None:
    """The satellite or pair of `seat`."""
    return group_of(state.groups, seat)


def starters_most(state: State) -> int:
    """How many chairs may be taken before the talk: an open bowl keeps one free."""
    size = state.settings.S
    return size - 1 if state.settings.mode == "open" else size


def free_to_take(state: State) -> tuple[int, ...]:
    """Chairs somebody may sit down on now."""
    free = seats.free(state.bowl)
    match state.phases.phase:
        case "frame" if state.settings.mode != "closed":
            return tuple(index for index in free if index < starters_most(state))
        case "open":
            return free
        case _:
            return ()


def may_take(state: State, seat: str) -> int | None:
    """The free chair `seat` may sit down on now; nobody passes those who wait."""
    member = takes_part(state, seat)
    free = free_to_take(state)
    if member is None or is_inside(state, seat) or not free:
        return None
    return free[0]


def may_rise(state: State) -> bool:
    """Whether somebody inside may leave by choice (rule 5)."""
    return seats.may_leave(state.bowl)


def willing(state: State) -> tuple[Member, ...]:
    """Who would sit inside in some batch."""
    return tuple(m for m in people.placeable(state.people) if state.wishes.get(m.seat) != 0)


def batch_count(state: State) -> int:
    """How many batches there are, or would be."""
    if state.batches:
        return len(state.batches)
    able = len(willing(state))
    others = len(people.placeable(state.people)) - able
    return batches_of(able, state.settings.S, others)


def ready_to_begin(state: State) -> bool:
    """Whether enough people sit inside, or would."""
    if state.settings.mode == "closed":
        return len(willing(state)) >= LEAST
    return len(seats.here(state.bowl)) >= LEAST


def too_few(state: State) -> bool:
    """Whether a round would suit this number of people better."""
    return len(people.placeable(state.people)) < FEWEST


def may_go_round(state: State) -> bool:
    """Whether a round can stand in: two people at least."""
    return too_few(state) and len(people.placeable(state.people)) >= LEAST


def interview(state: State) -> str:
    """The one who is left inside an experience bowl, whom the lead asks then; "" otherwise."""
    fish = seats.here(state.bowl)
    alone = state.settings.mode == "experience" and state.phases.phase in ("talk", "answers")
    return fish[0] if alone and len(fish) == 1 else ""


def to_invite(state: State) -> tuple[Member, ...]:
    """Whom the lead may invite inside now: anybody before the talk; when nobody comes, two of
    those who agreed to it (rule 7)."""
    if not free_to_take(state):
        return ()
    able = [m for m in outer_here(state) if m.seat not in state.invited]
    if state.phases.phase == "frame":
        return tuple(able)
    if not state.bowl.seed or len(state.invited) >= SEEDS:
        return ()
    return tuple(m for m in able if state.seeds.get(m.seat) == "yes")


def to_brief(state: State) -> tuple[Member, ...]:
    """Whom the lead may ask whether they may be invited later."""
    if state.settings.mode != "open":
        return ()
    return tuple(m for m in outer_here(state) if m.seat not in state.seeds)


def may_thread(state: State, seat: str) -> bool:
    """Whether `seat` just came out and may leave one sentence for those who come."""
    if not 1 <= state.batch <= len(state.batches) or takes_part(state, seat) is None:
        return False
    went = state.batches[state.batch - 1]
    return seat in went and all(who != seat for who, _ in state.threads)


def quotes_of(state: State, seat: str) -> tuple[Words, ...]:
    """Sentences `seat` released here."""
    return tuple(words for who, words in state.quotes if who == seat)


def phase_after(state: State) -> str:
    """Which phase follows; what has nobody to happen with, or no time, is left out."""
    mode = state.settings.mode
    debrief = "debrief" if state.settings.debrief_min else "closed"
    talks = len(outer_here(state)) >= LEAST
    match state.phases.phase:
        case "frame":
            return {"open": "starters", "closed": "batch", "experience": "talk"}[mode]
        case "starters":
            return "open"
        case "open" if seats.inside(state.bowl):
            return "last_call"
        case "open" | "last_call":
            return "outer_speaks" if talks else debrief
        case "batch" if state.batch < len(state.batches):
            return "swap"
        case "batch":
            # Those of the last batch are outside again by then.
            both = len(people.placeable(state.people)) >= LEAST
            return "outer_speaks" if both else debrief
        case "swap":
            return "batch"
        case "talk":
            return "questions" if talks and state.groups else debrief
        case "questions":
            return "answers"
        case "answers" | "outer_speaks" | "round":
            return debrief
        case _:
            return "closed"


# --- hats ---------------------------------------------------------------------------------------


def hats(state: State, seat: str, given: frozenset[str]) -> frozenset[str]:
    """The room's hats, and fish (inside), outer, teller (has the floor of a round)."""
    mine = set(given)
    if takes_part(state, seat) is not None:
        mine.add("fish" if is_inside(state, seat) else "outer")
    round_ = state.round
    speaks = round_ is not None and round_.floor is not None and round_.floor.seat == seat
    if speaks and state.phases.phase in ("last_call", "round"):
        mine.add("teller")
    return frozenset(mine)


# --- the clock ----------------------------------------------------------------------------------


def alarms(state: State) -> Iterator[tuple[int, str]]:
    """Every moment at which the clock will speak about chairs and turns, with its name."""
    if state.phases.phase == phases.CLOSED:
        return
    for at, name in seats.alarms(state.bowl):
        yield at, f"bowl:{name}"
    due = None if state.round is None else turns.due(state.round)
    if due is not None:
        yield due, "turn"


def deadline(state: State) -> Deadline | None:
    """The next alarm of any kind."""
    own = min(alarms(state), default=None)
    mine = None if own is None else Deadline(own[0], TimeUp(timer=own[1], at=own[0]))
    return phases.soonest(phases.deadline(state.phases), mine)


# --- speaking time, for the lead alone ----------------------------------------------------------


def speaking(state: State, now: int) -> Mapping[str, int]:
    """Seat -> ms of the floor up to `now`."""
    if not state.floor:
        return state.spoken
    more = max(0, seats.time(state.bowl, now) - state.floor_since)
    return {**state.spoken, state.floor: state.spoken.get(state.floor, 0) + more}
