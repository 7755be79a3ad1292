"""What a vote is: its options, ballots and rules of counting, and who may do what (`methods.md`
A9)."""

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from activities import board, people, phases
from activities.blocks import Words
from activities.kernel import Command, Event, LeadCommand
from activities.phases import PAUSED, Phases, Stage
from activities.timing import SECOND

MOST_OPTIONS: Final = 40
"""Options are read aloud twice before people vote; forty take ten minutes and are too many
already."""

FEWEST: Final = 4
"""With fewer voters a count tells who voted for what: they talk instead (`methods.md A9`)."""

LEAST_DOTS, MOST_DOTS, OPTIONS_A_DOT = 2, 5, 4
"""dots = min(5, max(2, ceil(options / 4))) (`methods.md A9`)."""

OPTION_LIMIT: Final = 80
"""Characters of an option somebody types: it is read aloud with its number."""

RUNOFF: Final = 60 * SECOND
"""The second ballot among equals (`methods.md A9`)."""

MINUTE: Final = 60 * SECOND


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of `methods.md` 1.15, A9. `dots` 0: by the number of options. `chosen`: how many
    options are looked for; it decides where equals need a second ballot."""

    dots: Annotated[int, Meta(ge=0, le=8)] = 0
    per_option: Annotated[int, Meta(ge=1, le=2)] = 1
    chosen: Annotated[int, Meta(ge=1, le=10)] = 3
    runoff: bool = True
    themes: bool = True
    tidy_s: Annotated[int, Meta(ge=30, le=600)] = 120
    open_s: Annotated[int, Meta(ge=60, le=600)] = 150


# --- commands -----------------------------------------------------------------------------------


class OptionAdd(LeadCommand, frozen=True, kw_only=True, tag="option.add"):
    """One more option, in a facilitator's words."""

    words: Words


class OptionDrop(LeadCommand, frozen=True, kw_only=True, tag="option.drop"):
    """Take an option off the list."""

    option: str


class OptionMerge(LeadCommand, frozen=True, kw_only=True, tag="option.merge"):
    """`option` says the same as `into`: one of them stays, and stands for both."""

    option: str
    into: str


class VoteCommand(Command, frozen=True, kw_only=True):
    """About the ballot its sender's screen showed."""

    ballot: int


class VoteCast(VoteCommand, frozen=True, kw_only=True, tag="vote.cast"):
    """A dot of mine on `option`."""

    option: str


class VoteUncast(VoteCommand, frozen=True, kw_only=True, tag="vote.uncast"):
    """Take a dot of mine off `option`."""

    option: str


class VoteDone(VoteCommand, frozen=True, kw_only=True, tag="vote.done"):
    """I have finished, be it with a blank ballot; I may still change my mind."""


class RunoffOpen(LeadCommand, frozen=True, kw_only=True, tag="vote.runoff"):
    """A second ballot among those that are equal at the cut."""

    ballot: int


COMMANDS: Final[tuple[type[Command], ...]] = (
    OptionAdd,
    OptionDrop,
    OptionMerge,
    VoteCast,
    VoteUncast,
    VoteDone,
    RunoffOpen,
    *phases.COMMANDS,
    *board.NOTES,
)

# --- events -------------------------------------------------------------------------------------


class OptionAdded(Event, frozen=True, kw_only=True, tag="option.added"):
    """An option stands at the end of the list; `theme` is the board's card it stands for."""

    option: str
    words: Words
    theme: str = ""


class OptionReworded(Event, frozen=True, kw_only=True, tag="option.reworded"):
    """The theme an option stands for has another heading; the words it had are erased."""

    option: str
    words: Words


class OptionDropped(Event, frozen=True, kw_only=True, tag="option.dropped"):
    """An option is off the list."""

    option: str


class OptionsMerged(Event, frozen=True, kw_only=True, tag="options.merged"):
    """`into` stands for `option` as well."""

    option: str
    into: str


class BallotOpened(Event, frozen=True, kw_only=True, tag="ballot.opened"):
    """Ballot number `ballot`: `dots` each on `options`, which are frozen from here (VO4)."""

    ballot: int
    options: tuple[str, ...]
    dots: int
    each: int


class DotsSet(Event, frozen=True, kw_only=True, tag="dots.set"):
    """Somebody has `dots` on `option` now; `token` tells ballots apart and no people."""

    token: str
    option: str
    dots: int


class BallotDone(Event, frozen=True, kw_only=True, tag="ballot.done"):
    """Somebody has finished."""

    token: str


class BallotCounted(Event, frozen=True, kw_only=True, tag="ballot.counted"):
    """The ballots are counted and let go of: `counts` by option, of `voters` who placed a dot."""

    counts: Mapping[str, int]
    voters: int


class BallotHushed(Event, frozen=True, kw_only=True, tag="ballot.hushed"):
    """So few voted that a count would tell who: nothing is shown, the ballots are let go of."""


EVENTS: Final[tuple[type[Event], ...]] = (
    OptionAdded,
    OptionReworded,
    OptionDropped,
    OptionsMerged,
    BallotOpened,
    DotsSet,
    BallotDone,
    BallotCounted,
    BallotHushed,
    board.ThemeScored,
    *people.EVENTS,
    *phases.EVENTS,
)

# --- state --------------------------------------------------------------------------------------


class Choice(msgspec.Struct, frozen=True):
    """One option; `themes` are the cards of the board it stands for."""

    id: str
    words: Words
    themes: tuple[str, ...] = ()


class Papers(msgspec.Struct, frozen=True):
    """An open ballot: what may be voted on, how many dots, and which were placed together, by
    token (`rooms/unnamed.py`): neither state nor log knows whose they are."""

    options: tuple[str, ...]
    dots: int
    each: int
    placed: Mapping[str, Mapping[str, int]] = msgspec.field(default_factory=dict)
    done: frozenset[str] = frozenset()

    def used(self, token: str) -> int:
        """Dots of this ballot that are placed."""
        return sum(self.placed.get(token, {}).values())

    def on(self, token: str, option: str) -> int:
        """Dots of this ballot on `option`."""
        return self.placed.get(token, {}).get(option, 0)

    @property
    def voters(self) -> int:
        """How many placed a dot."""
        return sum(1 for dots in self.placed.values() if dots)


class State(msgspec.Struct, frozen=True):
    """`options` in the order of their numbers, for good once they were opened. `papers` exists
    only while a ballot is open; afterwards there are counts and nobody's ballot. `last`: number of
    the last ballot."""

    settings: Settings
    phases: Phases
    people: people.People
    options: tuple[Choice, ...] = ()
    last: int = 0
    papers: Papers | None = None
    aside: Papers | None = None  # of an opening that was undone; good again for the same options
    counts: Mapping[str, int] = msgspec.field(default_factory=dict)
    voters: int = 0
    counted: bool = False
    tied: tuple[str, ...] = ()  # what the second ballot was about
    second: Mapping[str, int] = msgspec.field(default_factory=dict)
    hushed: bool = False  # a ballot had too few voters to be counted
    serial: int = 0  # options ever made: the next one's id


class Cut(msgspec.Struct, frozen=True):
    """Where the line is drawn: `clear` are chosen, `tied` are equal at the line, of which `left`
    could be chosen. Without a tie `tied` is empty."""

    clear: tuple[str, ...]
    tied: tuple[str, ...] = ()
    left: int = 0


def dots_for(options: int, wanted: int = 0) -> int:
    """Dots each (`methods.md A9`): `wanted`, or by the number of options."""
    by_number = min(MOST_DOTS, max(LEAST_DOTS, -(-options // OPTIONS_A_DOT)))
    return wanted or by_number


def tally(papers: Papers) -> dict[str, int]:
    """Dots by option, those without any too (VO2)."""
    counts = dict.fromkeys(papers.options, 0)
    for dots in papers.placed.values():
        for option, number in dots.items():
            counts[option] += number
    return counts


def cut(order: tuple[str, ...], counts: Mapping[str, int], chosen: int) -> Cut:
    """Draw the line after `chosen` options of `order`; what nobody wanted is never chosen."""
    wanted = [option for option in order if counts.get(option, 0) > 0]
    ranked = sorted(wanted, key=lambda option: -counts[option])
    if len(ranked) <= chosen:
        return Cut(tuple(ranked))
    line = counts[ranked[chosen - 1]]
    clear = tuple(option for option in ranked if counts[option] > line)
    equal = tuple(option for option in ranked if counts[option] == line)
    if len(clear) + len(equal) == chosen:
        return Cut(clear + equal)
    return Cut(clear, equal, chosen - len(clear))


def numbers(state: State) -> dict[str, int]:
    """The number each option is called by, from 1."""
    return {option.id: place for place, option in enumerate(state.options, 1)}


def option_of(state: State, id: str) -> Choice | None:
    """The option with this id."""
    return next((option for option in state.options if option.id == id), None)


def first_cut(state: State) -> Cut:
    """The line by the first ballot alone."""
    order = tuple(option.id for option in state.options)
    return cut(order, state.counts, state.settings.chosen)


def chosen(state: State) -> tuple[str, ...]:
    """What goes on, first first: equals at the line by the second ballot, and whoever is equal
    even then is included (`methods.md A9`)."""
    line = first_cut(state)
    if not line.tied:
        return line.clear
    if not any(state.second.values()):
        return line.clear + line.tied
    again = cut(line.tied, state.second, line.left)
    return line.clear + again.clear + again.tied


def may_run_off(state: State) -> bool:
    """Whether there are equals at the line, and a second ballot has not been tried yet."""
    fresh = state.counted and not state.tied
    return state.settings.runoff and fresh and bool(first_cut(state).tied) and enough(state)


def electorate(state: State) -> tuple[str, ...]:
    """Who has a ballot and is here. Facilitators have none, unless they are dealt in."""
    return tuple(s for s, m in state.people.items() if m.here and not m.facilitator)


def votes(state: State, seat: str) -> bool:
    """Whether `seat` has a ballot."""
    member = state.people.get(seat)
    return member is not None and not member.facilitator


def enough(state: State) -> bool:
    """Whether enough people are here to vote without being known by it."""
    return len(electorate(state)) >= FEWEST


def stage(state: State, phase: str) -> Stage:
    """How a phase ends. No ballot is opened by the clock (`methods.md A5`)."""
    settings = state.settings
    match phase:
        case "tidy":
            return Stage("soft", settings.tidy_s * SECOND)
        case "open":
            return Stage("hard", settings.open_s * SECOND)
        case "runoff":
            return Stage("hard", RUNOFF)
        case "reveal":
            return Stage("soft", 2 * MINUTE, drifts=True)
        case "talk":
            return Stage("soft", 5 * MINUTE, drifts=True)
        case _:
            return Stage()


# --- who may do what ----------------------------------------------------------------------------

PHASES: Final = ("tidy", "open", "reveal", "runoff", "talk", PAUSED, phases.CLOSED)

_TIDY: Final[phases.Commands] = frozenset((OptionAdd, OptionDrop, OptionMerge))
_VOTE: Final[phases.Commands] = frozenset((VoteCast, VoteUncast, VoteDone))
UNNAMED: Final[phases.Commands] = _VOTE
"""Committed without anybody's seat: no log tells who voted for what (ruling *Words*)."""

_AGAIN: Final[phases.Commands] = frozenset((RunoffOpen,))
_NEWS: Final = {"clock": phases.CLOCK | frozenset(board.NOTES)}

ALLOWED: Final[Mapping[str, Mapping[str, frozenset[type[Command]]]]] = {
    phase: {**row, **_NEWS}
    for phase, row in {
        "tidy": phases.row(lead=_TIDY, co=_TIDY),
        "open": phases.row(member=_VOTE),
        "reveal": phases.row(lead=_AGAIN),
        "runoff": phases.row(member=_VOTE),
        "talk": phases.row(),
        PAUSED: phases.paused_row(),
        phases.CLOSED: phases.closed_row(),
    }.items()
}
"""The diagram of a vote: phase -> role -> commands. `member` is whoever has a ballot."""
