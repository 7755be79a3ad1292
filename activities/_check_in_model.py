"""The state of a check-in, what can be chosen in it, and the table of who may do what
(`methods.md` A4)."""

from collections.abc import Mapping
from typing import Final

import msgspec

from activities import grouping, phases, rounds, turns
from activities._check_in_commands import (
    CareAsk,
    CareTake,
    Give,
    InsightGive,
    ModeChoose,
    PassAnswer,
    Settings,
)
from activities.blocks import Line, Option, Words, say
from activities.kernel import MINUTE, Command
from activities.people import People
from activities.phases import Phases, Stage
from activities.rounds import Floor, Round

SPOKEN: Final = frozenset({"round", "circles"})
"""Modes that go round with the turn engine; all others are given together and then revealed."""

ROUND_LIMIT: Final = 12
"""More people than this are offered circles or one word (`methods.md A4`)."""

CIRCLE_MAX: Final = 6
WORD_LIMIT: Final = 60
"""Characters of a word: a word or two in any script, not a speech."""

INSIGHT_LIMIT: Final = 280
INSIGHTS_EACH: Final = 3
"""One thing each is asked for; three leave room for second thoughts and none for a report."""

# --- state --------------------------------------------------------------------------------------


class Given(msgspec.Struct, frozen=True):
    """An answer or a pass."""

    value: str = ""
    words: Words | None = None
    passed: bool = False


class State(msgspec.Struct, frozen=True, dict=True):
    """`members` are the people who take part (no observers); `place` says in which circle each
    one speaks ("" in the plenary); `order` is drawn at the reveal; `care`: seat -> who talks to
    them ("" while nobody does)."""

    settings: Settings
    phases: Phases
    members: People
    answers: Mapping[str, Given] = msgspec.field(default_factory=dict)
    insights: tuple[tuple[str, Words], ...] = ()
    order: tuple[str, ...] = ()
    revealed: bool = False
    place: Mapping[str, str] = msgspec.field(default_factory=dict)
    rounds: Mapping[str, Round] = msgspec.field(default_factory=dict)
    care: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def phase(self) -> str:
        """The phase everybody is in, under a pause too."""
        return self.phases.phase


def is_spoken(state: State) -> bool:
    """Whether this check-in goes round (modes `round` and `circles`)."""
    return state.settings.mode in SPOKEN


def round_of(state: State, seat: str) -> Round | None:
    """The round `seat` speaks in. Somebody without a place (a lead who looks at all circles) is
    in the plenary's, if there is one."""
    return state.rounds.get(state.place.get(seat, ""))


def floor_of(state: State, seat: str) -> Floor | None:
    """The floor, if `seat` holds it now."""
    round_ = round_of(state, seat)
    if state.phase != "answer" or round_ is None or round_.floor is None:
        return None
    return round_.floor if round_.floor.seat == seat else None


def phase_of(state: State, seat: str) -> str:
    """The phase `seat` is in; a spoken check-in has one for each circle."""
    round_ = round_of(state, seat)
    if state.phases.paused or state.phase != "answer" or round_ is None:
        return state.phases.shown
    if round_.floor is None:
        return "heard"
    return "turn" if round_.floor.speaking else "offer"


def roles_of(state: State, seat: str, roles: frozenset[str]) -> frozenset[str]:
    """Everyone who takes part is a member; who has the floor is a teller."""
    if not takes_part(state, seat):
        return roles - {"member"}
    return roles | {"member", "teller"} if floor_of(state, seat) else roles | {"member"}


def takes_part(state: State, seat: str) -> bool:
    """Whether `seat` is asked for an answer: everybody, but in circles only those dealt in."""
    member = state.members.get(seat)
    if member is None:
        return False
    dealt = seat in state.place or not member.facilitator
    return dealt or state.settings.mode != "circles"


def has_answered(state: State, seat: str) -> bool:
    """Whether `seat` has its one answer or pass (CH1)."""
    if seat in state.answers:
        return True
    round_ = round_of(state, seat)
    return round_ is not None and round_.status.get(seat) in rounds.FINAL


def may_give(state: State, seat: str) -> bool:
    """Whether `seat` may give or change an answer now: all together until the reveal, afterwards
    only who has none; who spoke has spoken (CH3)."""
    if not takes_part(state, seat):
        return False
    round_ = round_of(state, seat)
    if round_ is not None and round_.status.get(seat) == "told":
        return False
    if is_spoken(state):
        goes_on = state.phase == "answer" and round_ is not None and not round_.complete
        return seat not in state.answers and not goes_on
    return seat not in state.answers or (state.phase == "answer" and not state.revealed)


def count(state: State) -> tuple[int, int]:
    """How many of those here have answered, and how many are asked."""
    # Everybody's view shows it: counted once for all of them.
    known: tuple[int, int] | None = state.__dict__.get("count")
    if known is None:
        asked = [s for s, m in state.members.items() if m.here and takes_part(state, s)]
        known = sum(has_answered(state, seat) for seat in asked), len(asked)
        state.__dict__["count"] = known
    return known


def stage(state: State, phase: str) -> Stage:
    """How a phase ends: softly, and by itself when nobody facilitates."""
    return Stage() if phase == "closed" else Stage("soft", _length(state, phase), drifts=True)


def _length(state: State, phase: str) -> int:
    """Length of a phase in ms (`methods.md A4`)."""
    people = max(len(state.members), 1)
    if phase == "frame":
        return MINUTE // 2
    if phase != "answer":
        return MINUTE
    match state.settings.mode:
        case "round":
            return people * MINUTE * 6 // 10
        case "circles":
            return 5 * MINUTE
        case "word" | "weather":
            return 2 * MINUTE
        case "scale":
            return 3 * MINUTE // 2
        case "picture" | "gesture":
            return max(2 * MINUTE, people * MINUTE * 4 // 10)


# --- what can be chosen -------------------------------------------------------------------------

OPTIONS: Final[Mapping[str, tuple[Option, ...]]] = {
    "weather": (
        Option("sun", say("Sun"), "sun"),
        Option("part_cloud", say("Some cloud"), "part_cloud"),
        Option("cloud", say("Cloud"), "cloud"),
        Option("rain", say("Rain"), "rain"),
        Option("storm", say("Storm"), "storm"),
        Option("fog", say("Fog"), "fog"),
    ),
    "scale": (
        Option("1", say("One finger: hardly here"), "hand1"),
        Option("2", say("Two fingers: a little tired"), "hand2"),
        Option("3", say("Three fingers: all right"), "hand3"),
        Option("4", say("Four fingers: well"), "hand4"),
        Option("5", say("Five fingers: very well"), "hand5"),
    ),
    "picture": (
        Option("path", say("A path"), "path"),
        Option("bridge", say("A bridge"), "bridge"),
        Option("seed", say("A seed"), "seed"),
        Option("fire", say("A fire"), "fire"),
        Option("river", say("A river"), "river"),
        Option("nest", say("A nest"), "nest"),
        Option("door", say("An open door"), "door"),
        Option("mountain", say("A mountain"), "mountain"),
    ),
    "gesture": (
        Option("open_hands", say("Open hands"), "open_hands"),
        Option("heart", say("A hand on the heart"), "heart"),
        Option("wave", say("A wave"), "wave"),
        Option("stretch", say("A long stretch"), "stretch"),
        Option("stamp", say("Both feet on the ground"), "stamp"),
        Option("breath", say("A deep breath"), "breath"),
    ),
}

LOW: Final[Mapping[str, frozenset[str]]] = {
    "weather": frozenset({"rain", "storm"}),
    "scale": frozenset({"1", "2"}),
}
"""The low end of a mood: who gives one of these may ask for somebody to talk to."""

PROMPTS: Final[Mapping[str, tuple[Line, ...]]] = {
    "in": (
        say("One word for today"),
        say("What do you need to put down to be here?"),
        say("Where are you sitting, and what do you hear?"),
        say("What brought you here?"),
    ),
    "out": (
        say("One thing I take home"),
        say("How am I leaving?"),
        say("Whom do I thank?"),
        say("What will I try first?"),
    ),
    "weather": (say("What is the weather in you today?"),),
    "scale": (say("How are you, on one hand?"),),
    "picture": (say("Which picture is like you today?"),),
    "gesture": (say("Which movement says how you are?"),),
}

TAKEN_HOME: Final = frozenset({0, 3})
"""The samples of `PROMPTS["out"]` whose answers are insights."""


def prompt(state: State) -> Line | Words:
    """The invitation: the facilitator's own words or a sample of the house."""
    settings = state.settings
    if settings.prompt is not None:
        return settings.prompt
    samples = PROMPTS.get(settings.mode) or PROMPTS[settings.direction]
    return samples[settings.sample % len(samples)]


def gathers(state: State) -> bool:
    """Whether the answers themselves are insights for the memo: a check-out whose question asks
    for one. How somebody leaves is a mood, and whom they thank is between the two (CH4)."""
    settings = state.settings
    asks = settings.prompt is None and settings.sample in TAKEN_HOME
    return settings.direction == "out" and settings.mode == "word" and asks


def is_low(state: State, seat: str) -> bool:
    """Whether `seat` gave a mood at the low end."""
    given = state.answers.get(seat)
    return given is not None and given.value in LOW.get(state.settings.mode, frozenset())


def circle_name(group: str) -> Line:
    """What the circle "c1" is called."""
    return grouping.name(int(group[1:]) - 1)


# --- who may do what ----------------------------------------------------------------------------

PHASES: Final = (
    "frame",
    "answer",
    "offer",
    "turn",
    "heard",
    "reveal",
    "thanks",
    "paused",
    "closed",
)
"""In a spoken check-in `offer`, `turn` and `heard` are the phases of a seat whose circle offers,
speaks, has been round; `paused` lies over any phase."""

Commands = frozenset[type[Command]]

_CARE: Final[Commands] = frozenset((CareTake,))
_MOVES: Final[Commands] = frozenset((turns.Next, turns.Extend, CareTake))
_ROUND: Final[Commands] = _MOVES | {turns.Reorder}
_GIVE: Final[Commands] = frozenset((Give, PassAnswer, CareAsk))
_ASK: Final[Commands] = frozenset((CareAsk,))
_OFFERED: Final[Commands] = frozenset((turns.Begin, turns.Pass, turns.Defer))
_SPEAKS: Final[Commands] = frozenset((turns.Done, turns.Pass, turns.Defer))

ALLOWED: Final[Mapping[str, Mapping[str, Commands]]] = {
    "frame": phases.row(lead=_CARE | {ModeChoose}, co=_CARE),
    "answer": phases.row(_GIVE, _ROUND, _MOVES),
    "offer": phases.row(lead=_ROUND, co=_MOVES, teller=_OFFERED),
    "turn": phases.row(lead=_ROUND, co=_MOVES, teller=_SPEAKS),
    "heard": phases.row(_GIVE, _ROUND, _MOVES),
    "reveal": phases.row(_GIVE, _CARE, _CARE),
    "thanks": phases.row(_GIVE | {InsightGive}, _CARE, _CARE),
    "paused": phases.paused_row(_ASK, _CARE),
    "closed": phases.closed_row(_ASK, _CARE),
}
"""The diagram of a check-in: phase -> role -> commands."""
