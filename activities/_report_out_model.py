"""What a report-out is: teams with a voice, their notes, themes, and who may do what
(`methods.md` A7)."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from activities import board, groups, people, phases, rounds, turns
from activities.blocks import Line, Who, Words, say
from activities.grouping import name as place_name
from activities.kernel import BoardNote, Command, Event
from activities.phases import PAUSED, Phases, Stage
from activities.rounds import Floor, Round
from activities.timing import SECOND, Timer

MINUTE: Final = 60 * SECOND

MARKS: Final = 2
"""Notes a group brings: one new insight and one question (`methods.md A7`)."""

HELPERS: Final = 2
"""People who sort beside the facilitators (`cluster_by` L+2)."""

MANY_TEAMS: Final = 8
"""Beyond this everybody reports in one line (`methods.md A7`)."""

ONE_LINER: Final = 25 * SECOND
SHORTEST, LONGEST = 25 * SECOND, 300 * SECOND
"""Range of a report (`methods.md` 1.15, A7)."""

LARGEST: Final = 15
"""People in one group, however it came about (`methods.md` A7: 4 to 15)."""

PAIR: Final = 3
"""Notes of a group no larger than this are shown as "from the pairs" (`methods.md` 1.8)."""

TITLE_LIMIT: Final = 60
"""Characters of a theme's title: two to six words in most languages."""

MOST_NOTES: Final = 150
"""Notes sorted together, ten minutes of work for a large group; a board that has more keeps the
others where they stand."""

MOST_PILES: Final = 40
"""A memo of seven pages has room for a few themes; nobody sorts into more than forty piles."""

MOST_SUGGESTIONS: Final = 40
"""What sorters have not answered yet; more would be a second board."""

SORTED_KINDS: Final = frozenset(
    {"insight", "question", "burning_question", "practice", "quote", "parking"}
)
"""Kinds of notes that go into themes (`methods.md` 1.7)."""

MARKED, OTHER, NEW_PILE = "marked", "other", "new"
"""Piles that are no themes: what a group brings, what it leaves, and a theme to be made."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of `methods.md` 1.15, A7, and of template T1. `reports_min` above 0 shares that
    time equally instead of `report_s` each. A phase of 0 minutes is left out."""

    form: Literal["one_line", "headline", "what", "picture"] = "one_line"
    report_s: Annotated[int, Meta(ge=25, le=300)] = 120
    reports_min: Annotated[int, Meta(ge=0, le=30)] = 0
    groups: Literal["before", "organisation", "mixed"] = "before"
    size: Annotated[int, Meta(ge=3, le=8)] = 5
    cluster_by: Literal["lead_and_two", "all"] = "lead_and_two"
    ticks: bool = True
    prepare_min: Annotated[int, Meta(ge=0, le=10)] = 2
    cluster_min: Annotated[int, Meta(ge=1, le=20)] = 6
    name_min: Annotated[int, Meta(ge=0, le=10)] = 2
    missing_min: Annotated[int, Meta(ge=0, le=10)] = 2


# --- commands -----------------------------------------------------------------------------------


class VoiceTake(Command, frozen=True, kw_only=True, tag="voice.take"):
    """I speak for `team`: one of its people, or the lead who reads a silent group's notes."""

    team: str


class NoteMark(Command, frozen=True, kw_only=True, tag="note.mark"):
    """My group brings `note` (`pile` "marked"), or does not ("other")."""

    note: str
    pile: str


class NoteTick(Command, frozen=True, kw_only=True, tag="pile.tick"):
    """`note` is also ours."""

    note: str


class NoteUntick(Command, frozen=True, kw_only=True, tag="pile.untick"):
    """It is not."""

    note: str


class NotePlace(Command, frozen=True, kw_only=True, tag="note.place"):
    """Put `note` into `pile`: a theme, "new", or "" for not placed."""

    note: str
    pile: str


class NoteSuggest(Command, frozen=True, kw_only=True, tag="note.suggest"):
    """I would put `note` into `pile`; those who sort decide."""

    note: str
    pile: str


class SuggestionAnswer(Command, frozen=True, kw_only=True, tag="suggestion.answer"):
    """Do as suggested, or not."""

    suggestion: str
    yes: bool


class HelperJoin(Command, frozen=True, kw_only=True, tag="helper.join"):
    """I help to sort."""


class ThemeName(Command, frozen=True, kw_only=True, tag="theme.name"):
    """Two to six words for `pile`."""

    pile: str
    words: Words


class ThemeMerge(Command, frozen=True, kw_only=True, tag="pile.merge"):
    """`pile` and `into` are one theme."""

    pile: str
    into: str


COMMANDS: Final[tuple[type[Command], ...]] = (
    VoiceTake,
    NoteMark,
    NoteTick,
    NoteUntick,
    NotePlace,
    NoteSuggest,
    SuggestionAnswer,
    HelperJoin,
    ThemeName,
    ThemeMerge,
    groups.GroupMove,
    groups.GroupMerge,
    groups.GroupSplit,
    groups.GroupReady,
    groups.TimeAsk,
    groups.TimeGive,
    turns.Begin,
    turns.Done,
    turns.Pass,
    turns.Defer,
    turns.Extend,
    turns.Next,
    turns.Reorder,
    *phases.COMMANDS,
    *board.NOTES,
)

# --- events -------------------------------------------------------------------------------------


class TeamsMerged(Event, frozen=True, kw_only=True, tag="teams.merged"):
    """The people and notes of `team` belong to `into`."""

    team: str
    into: str


class TeamMade(Event, frozen=True, kw_only=True, tag="team.made"):
    """Some people of a group are one of their own, called `name`, with a number if it is not 0."""

    team: str
    seats: tuple[str, ...]
    name: str = ""
    number: int = 0


class SeatPlaced(Event, frozen=True, kw_only=True, tag="seat.placed"):
    """`seat` belongs to `team`."""

    seat: str
    team: str


class VoiceChosen(Event, frozen=True, kw_only=True, tag="voice.chosen"):
    """`seat` speaks for `team`."""

    team: str
    seat: str


class GroupReadied(Event, frozen=True, kw_only=True, tag="group.readied"):
    """`team` is ready to report, or not yet."""

    team: str
    ready: bool


class TimeAsked(Event, frozen=True, kw_only=True, tag="time.asked"):
    """`team` asked for two more minutes."""

    team: str


class TimeGiven(Event, frozen=True, kw_only=True, tag="time.given"):
    """`team`, or all when it is empty, have more time; `more` is what each has beyond the others
    now (ms)."""

    team: str
    more: Mapping[str, int]


class NoteMarked(Event, frozen=True, kw_only=True, tag="note.marked"):
    """`team` brings `note`, or no longer."""

    team: str
    note: str
    on: bool


class NoteEntered(Event, frozen=True, kw_only=True, tag="note.entered"):
    """A card of the board is sorted here too; it came from `team`, or from none."""

    note: BoardNote
    team: str = ""


class NoteGone(Event, frozen=True, kw_only=True, tag="note.gone"):
    """Its author took a card away."""

    card: str


class PileMade(Event, frozen=True, kw_only=True, tag="pile.made"):
    """A pile that may become a theme."""

    pile: str


class Suggested(Event, frozen=True, kw_only=True, tag="note.suggested"):
    """Somebody would put `note` into `pile`."""

    suggestion: str
    note: str
    pile: str


class SuggestionAnswered(Event, frozen=True, kw_only=True, tag="suggestion.answered"):
    """It was done, or not."""

    suggestion: str


class HelperJoined(Event, frozen=True, kw_only=True, tag="helper.joined"):
    """`seat` sorts too."""

    seat: str


class RoundDrawn(Event, frozen=True, kw_only=True, tag="round.drawn"):
    """The groups report in this order, `length` ms each (RO4); `away` have nobody here."""

    order: tuple[str, ...]
    length: int
    away: tuple[str, ...] = ()


EVENTS: Final[tuple[type[Event], ...]] = (
    TeamsMerged,
    TeamMade,
    SeatPlaced,
    VoiceChosen,
    GroupReadied,
    TimeAsked,
    TimeGiven,
    NoteMarked,
    NoteEntered,
    NoteGone,
    PileMade,
    Suggested,
    SuggestionAnswered,
    HelperJoined,
    RoundDrawn,
    board.ThemeNamed,
    board.NotePlaced,
    board.ThemesMerged,
    board.NoteTicked,
    *people.EVENTS,
    *phases.EVENTS,
    *rounds.EVENTS,
)

# --- state --------------------------------------------------------------------------------------


class Team(msgspec.Struct, frozen=True):
    """A group that reports. `former`: the circle or pair it was (room-wide id); `voice` was chosen
    to speak; `marked` is what it brings. `wants_time`: it asked for two more minutes; `more` is
    what it has beyond the others to prepare (ms)."""

    id: str
    name: str = ""  # sentence of the catalogue, "" for a pair
    number: int = 0
    former: tuple[str, ...] = ()
    voice: str = ""
    marked: tuple[str, ...] = ()
    ready: bool = False
    wants_time: bool = False
    more: int = 0


class Laid(msgspec.Struct, frozen=True):
    """A note on the table: which card, whose words, from which team, in which pile ("": none)."""

    card: str
    kind: str
    words: Words
    seat: str
    team: str = ""
    pile: str = ""


class Pile(msgspec.Struct, frozen=True):
    """A theme, or a pile that has no name yet."""

    id: str
    words: Words | None = None


class Suggestion(msgspec.Struct, frozen=True):
    """What somebody suggested."""

    note: str
    pile: str


class State(msgspec.Struct, frozen=True):
    """`place`: seat -> team, also of those who left and may come back. `round` has teams where
    other rounds have seats. A note is in the one pile its record names (RO2)."""

    settings: Settings
    phases: Phases
    people: people.People
    teams: Mapping[str, Team] = msgspec.field(default_factory=dict)
    place: Mapping[str, str] = msgspec.field(default_factory=dict)
    round: Round | None = None
    notes: Mapping[str, Laid] = msgspec.field(default_factory=dict)
    piles: tuple[Pile, ...] = ()
    ticks: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    helpers: tuple[str, ...] = ()
    suggestions: Mapping[str, Suggestion] = msgspec.field(default_factory=dict)
    suggested: int = 0
    salt: str = ""


def members(state: State, team: str) -> tuple[str, ...]:
    """The people of a team who have not left, in the order they came."""
    return tuple(s for s, t in state.place.items() if t == team and s in state.people)


def present(state: State, team: str) -> tuple[str, ...]:
    """Those of them whose line is up."""
    return tuple(seat for seat in members(state, team) if state.people[seat].here)


def seating(state: State) -> dict[str, tuple[str, ...]]:
    """Every team with its people."""
    return {team: members(state, team) for team in state.teams}


def more_of(state: State) -> dict[str, int]:
    """What each team has beyond the others to prepare (ms)."""
    return {id: team.more for id, team in state.teams.items()}


def own_timer(state: State, team: str) -> Timer:
    """The phase's clock as this team sees it: another may have been given more."""
    timer = state.phases.timer
    return groups.own_clock(timer, more_of(state), team) if team in state.teams else timer


def voice(state: State, team: str) -> str:
    """Who speaks for a team now: the chosen one, or while their line is down the next who is here,
    in the same turn (`methods.md A7`). "" when nobody is here."""
    chosen = state.teams[team].voice if team in state.teams else ""
    if chosen in state.people and state.people[chosen].here:
        return chosen
    here = present(state, team)
    if chosen not in state.place or not here:
        return here[0] if here else ""
    order = members(state, team)
    after = [*order[order.index(chosen) + 1 :], *order] if chosen in order else order
    return next(seat for seat in after if seat in here)


def floor(state: State) -> Floor | None:
    """The floor while the groups report; its `seat` is a team."""
    return state.round.floor if state.phases.phase == "reports" and state.round else None


def reporting(state: State) -> str:
    """The team that has the floor, or ""."""
    held = floor(state)
    return held.seat if held else ""


def team_name(state: State, team: str) -> Line:
    """What a team is called: as it was called before, a pair by its people."""
    known = state.teams[team]
    if known.name:
        said = say(known.name)
        return say("{name} {number}", name=said, number=known.number) if known.number else said
    match [Who(seat) for seat in members(state, team)]:
        case [a]:
            return say("{name}", name=a)
        case [a, b]:
            return say("{a} and {b}", a=a, b=b)
        case [a, b, c]:
            return say("{a}, {b} and {c}", a=a, b=b, c=c)
        case _:
            return place_name(list(state.teams).index(team))


def notes_of(state: State, team: str) -> tuple[Laid, ...]:
    """A team's notes, what it brings first."""
    marked = state.teams[team].marked
    mine = [note for note in state.notes.values() if note.team == team]
    return tuple(sorted(mine, key=lambda note: note.card not in marked))


def sorts(state: State, seat: str, roles: frozenset[str]) -> bool:
    """Whether `seat` decides where notes go."""
    if {"lead", "co"} & roles or seat in state.helpers:
        return True
    return state.settings.cluster_by == "all" and seat in state.people


def one_line(state: State) -> bool:
    """Whether so many groups report that each has one line."""
    return state.round is not None and len(state.round.ring) > MANY_TEAMS


def report_length(settings: Settings, teams: int) -> int:
    """How long each report is, in ms: the same for all (RO4)."""
    if teams > MANY_TEAMS:
        return ONE_LINER
    each = settings.report_s * SECOND
    if settings.reports_min:
        each = settings.reports_min * MINUTE // max(teams, 1)
    return min(max(each, SHORTEST), LONGEST)


def stage(state: State, phase: str) -> Stage:
    """How a phase ends: softly, and without facilitators by itself."""
    settings = state.settings
    minutes = {
        "prepare": settings.prepare_min,
        "cluster": settings.cluster_min,
        "name": settings.name_min,
        "missing": settings.missing_min,
    }
    if phase == "reports":
        count = len(state.teams)
        length = count * (report_length(settings, count) + 15 * SECOND)
        return Stage("soft", max(length, MINUTE), drifts=True)
    return Stage("soft", minutes[phase] * MINUTE, drifts=True) if phase in minutes else Stage()


ORDER: Final = ("prepare", "reports", "cluster", "name", "missing")


def following(settings: Settings, phase: str) -> str:
    """The phase after `phase`; those of 0 minutes are left out."""
    out = {
        name
        for name, minutes in (("name", settings.name_min), ("missing", settings.missing_min))
        if not minutes
    }
    later = [name for name in ORDER[ORDER.index(phase) + 1 :] if name not in out]
    return later[0] if later else phases.CLOSED


# --- who may do what ----------------------------------------------------------------------------

PHASES: Final = (
    "prepare",
    "offer",
    "turn",
    "heard",
    "cluster",
    "name",
    "missing",
    PAUSED,
    phases.CLOSED,
)
"""While the groups report (`reports`), the screens are in `offer`, `turn`, or `heard` after the
last one."""

_NEWS: Final = {"clock": phases.CLOCK | frozenset(board.NOTES)}
_SORT: Final[phases.Commands] = frozenset((NotePlace, SuggestionAnswer, ThemeName, ThemeMerge))
_TICK: Final[phases.Commands] = frozenset((NoteTick, NoteUntick))
_HOST: Final[phases.Commands] = frozenset((turns.Next, turns.Extend, VoiceTake))
_LEAD: Final[phases.Commands] = _HOST | {turns.Reorder}
_OFFERED: Final[phases.Commands] = frozenset((turns.Begin, turns.Pass, turns.Defer))
_SPEAKS: Final[phases.Commands] = frozenset((turns.Done, turns.Pass, turns.Defer))
_MOVE: Final[phases.Commands] = frozenset(
    (groups.GroupMove, groups.GroupMerge, groups.GroupSplit, groups.TimeGive)
)
_OURS: Final[phases.Commands] = frozenset((VoiceTake, NoteMark, groups.GroupReady, groups.TimeAsk))
_HELP: Final[phases.Commands] = frozenset((NoteSuggest, HelperJoin))
_NAME: Final[phases.Commands] = frozenset((ThemeName,))
_VOICE: Final[phases.Commands] = frozenset((VoiceTake,))

ALLOWED: Final[Mapping[str, Mapping[str, frozenset[type[Command]]]]] = {
    phase: {**row, **_NEWS}
    for phase, row in {
        "prepare": phases.row(member=_OURS, lead=_MOVE, co=_MOVE),
        "offer": phases.row(member=_VOICE | _TICK, lead=_LEAD, co=_HOST, teller=_OFFERED),
        "turn": phases.row(member=_VOICE | _TICK, lead=_LEAD, co=_HOST, teller=_SPEAKS),
        "heard": phases.row(member=_TICK),
        "cluster": phases.row(member=_HELP | _TICK, lead=_SORT, co=_SORT, witness=_SORT),
        "name": phases.row(member=_NAME | _TICK, lead=_SORT, co=_SORT, witness=_SORT),
        "missing": phases.row(member=_TICK, lead=_SORT, co=_SORT, witness=_SORT),
        PAUSED: phases.paused_row(),
        phases.CLOSED: phases.closed_row(),
    }.items()
}
"""The diagram of a report-out: phase -> role -> commands. `teller` speaks for the group that has
the floor, `witness` sorts notes into themes."""


def phase_of(state: State, _seat: str = "") -> str:
    """The phase the screens are in."""
    if state.phases.phase != "reports" or state.phases.paused:
        return state.phases.shown
    held = floor(state)
    if held is None:
        return "heard"
    return "turn" if held.speaking else "offer"


def roles_of(state: State, seat: str, roles: frozenset[str]) -> frozenset[str]:
    """Everybody in the room is a member; the voice of the group on the floor a teller; who sorts a
    witness."""
    if seat not in state.people:
        return roles - {"member"}
    found = roles | {"member"}
    team = reporting(state)
    if team and voice(state, team) == seat:
        found |= {"teller"}
    return found | {"witness"} if sorts(state, seat, roles) else found
