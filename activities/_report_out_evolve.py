"""How each event changes the state of a report-out. `evolve` is total."""

from collections.abc import Mapping

from msgspec.structs import replace

from activities import board, people, phases, rounds
from activities._report_out_model import (
    MARKS,
    GroupReadied,
    HelperJoined,
    Laid,
    NoteEntered,
    NoteGone,
    NoteMarked,
    Pile,
    PileMade,
    RoundDrawn,
    SeatPlaced,
    State,
    Suggested,
    Suggestion,
    SuggestionAnswered,
    Team,
    TeamMade,
    TeamsMerged,
    TimeAsked,
    TimeGiven,
    VoiceChosen,
)
from activities.kernel import Event


def evolve(state: State, event: Event) -> State:
    """The state after `event`; total."""
    match event:
        case people.PersonEvent():
            return replace(state, people=people.evolve(state.people, event))
        case rounds.RoundEvent():
            return _rounds(state, event)
        case RoundDrawn():
            turn = state.round.turn if state.round else 0
            drawn = rounds.fresh(event.order, event.length, frozenset(event.away), turn)
            return replace(state, round=drawn)
        case phases.PhaseEvent():
            return _phases_evolved(state, event)
        case (
            TeamsMerged()
            | TeamMade()
            | SeatPlaced()
            | VoiceChosen()
            | NoteMarked()
            | GroupReadied()
        ):
            return _teams_evolved(state, event)
        case TimeAsked() | TimeGiven():
            return replace(state, teams=_timed(state.teams, event))
        case NoteEntered() | NoteGone() | PileMade():
            return _table_evolved(state, event)
        case Suggested():
            wish = Suggestion(event.note, event.pile)
            return replace(
                state,
                suggestions={**state.suggestions, event.suggestion: wish},
                suggested=state.suggested + 1,
            )
        case SuggestionAnswered(suggestion=done):
            left = {id: wish for id, wish in state.suggestions.items() if id != done}
            return replace(state, suggestions=left)
        case HelperJoined():
            return replace(state, helpers=(*state.helpers, event.seat))
        case board.ThemeNamed() | board.NotePlaced() | board.ThemesMerged() | board.NoteTicked():
            return _board_evolved(state, event)
        case _:
            return replace(state, phases=phases.evolve(state.phases, event))


def _rounds(state: State, event: rounds.RoundEvent) -> State:
    if state.round is None:
        return state
    return replace(state, round=rounds.evolve(state.round, event))


def _phases_evolved(state: State, event: phases.PhaseEvent) -> State:
    """The reports stand still in a pause and when their phase is left."""
    if isinstance(event, phases.PhaseChanged):
        teams = {id: replace(t, wants_time=False, more=0) for id, t in state.teams.items()}
        state = replace(state, teams=teams)
    reports = state.phases.phase == "reports"
    if isinstance(event, phases.PhaseChanged | phases.PauseCalled) and reports:
        state = _rounds(state, rounds.RoundPaused(at=event.at))
    state = replace(state, phases=phases.evolve(state.phases, event))
    goes_on = isinstance(event, phases.PhaseRestored | phases.PauseEnded)
    if goes_on and state.phases.phase == "reports":
        state = _rounds(state, rounds.RoundResumed(at=event.at))
    return state


def _timed(teams: Mapping[str, Team], event: TimeAsked | TimeGiven) -> dict[str, Team]:
    """A team asked for time, or got it."""
    match event:
        case TimeAsked(team=asks):
            return {
                id: replace(team, wants_time=team.wants_time or id == asks)
                for id, team in teams.items()
            }
        case TimeGiven(team=given, more=more):
            return {
                id: replace(
                    team,
                    wants_time=team.wants_time and given not in ("", id),
                    more=more.get(id, team.more),
                )
                for id, team in teams.items()
            }


def _teams_evolved(
    state: State,
    event: TeamsMerged | TeamMade | SeatPlaced | VoiceChosen | NoteMarked | GroupReadied,
) -> State:
    teams = dict(state.teams)
    match event:
        case TeamMade(team=team, seats=seats):
            teams[team] = Team(team, event.name, event.number)
            place = {**state.place, **dict.fromkeys(seats, team)}
            return replace(state, teams=teams, place=place)
        case SeatPlaced(seat=seat, team=team):
            return replace(state, place={**state.place, seat: team})
        case VoiceChosen(team=team) if team in teams:
            teams[team] = replace(teams[team], voice=event.seat)
        case GroupReadied(team=team) if team in teams:
            teams[team] = replace(teams[team], ready=event.ready)
        case NoteMarked(team=team, note=note) if team in teams:
            others = tuple(card for card in teams[team].marked if card != note)
            teams[team] = replace(teams[team], marked=(*others, note) if event.on else others)
        case TeamsMerged(team=team, into=into) if team in teams and into in teams and team != into:
            gone = teams.pop(team)
            kept = teams[into]
            marked = (*kept.marked, *gone.marked)[:MARKS]
            more = max(kept.more, gone.more)  # nobody's time gets longer by this
            former = kept.former + gone.former
            teams[into] = replace(kept, former=former, marked=marked, more=more)
            return replace(
                state,
                teams=teams,
                place={seat: into if t == team else t for seat, t in state.place.items()},
                notes={
                    card: replace(note, team=into) if note.team == team else note
                    for card, note in state.notes.items()
                },
            )
        case _:
            pass
    return replace(state, teams=teams)


def _table_evolved(state: State, event: NoteEntered | NoteGone | PileMade) -> State:
    match event:
        case PileMade(pile=pile):
            return replace(state, piles=(*state.piles, Pile(pile)))
        case NoteEntered(note=note) if note.kind == "theme":
            return replace(state, piles=(*state.piles, Pile(note.card, note.words)))
        case NoteEntered(note=note, team=team):
            known = any(pile.id == note.theme for pile in state.piles)
            pile = note.theme if known else ""
            laid = Laid(note.card, note.kind, note.words, note.seat, team, pile)
            return replace(state, notes={**state.notes, note.card: laid})
        case NoteGone(card=gone):
            notes = {card: note for card, note in state.notes.items() if card != gone}
            left = replace(
                state,
                notes=notes,
                piles=tuple(pile for pile in state.piles if pile.id != gone),
                teams={
                    id: replace(team, marked=tuple(card for card in team.marked if card != gone))
                    for id, team in state.teams.items()
                },
            )
            return _settled(left)


def _board_evolved(
    state: State,
    event: board.ThemeNamed | board.NotePlaced | board.ThemesMerged | board.NoteTicked,
) -> State:
    match event:
        case board.ThemeNamed(theme=theme, words=words):
            named = tuple(replace(p, words=words) if p.id == theme else p for p in state.piles)
            return replace(state, piles=named)
        case board.NotePlaced(card=card, theme=theme) if card in state.notes:
            known = any(pile.id == theme for pile in state.piles)
            placed = replace(state.notes[card], pile=theme if known else "")
            return _settled(replace(state, notes={**state.notes, card: placed}))
        case board.ThemesMerged(theme=theme, into=into):
            return _settled(
                replace(
                    state,
                    piles=tuple(pile for pile in state.piles if pile.id != theme),
                    notes={
                        card: replace(note, pile=into) if note.pile == theme else note
                        for card, note in state.notes.items()
                    },
                )
            )
        case board.NoteTicked(card=card, seat=seat):
            others = tuple(s for s in state.ticks.get(card, ()) if s != seat)
            ticks = (*others, seat) if event.on else others
            return replace(state, ticks={**state.ticks, card: ticks})
        case _:
            return state


def _settled(state: State) -> State:
    """RO2: every note is in a pile that is there, or in none; an empty pile without a name goes."""
    used = {note.pile for note in state.notes.values()}
    piles = tuple(pile for pile in state.piles if pile.words is not None or pile.id in used)
    ids = {pile.id for pile in piles}
    if used <= ids | {""}:
        return replace(state, piles=piles)
    notes = {
        card: note if note.pile in ids else replace(note, pile="")
        for card, note in state.notes.items()
    }
    return replace(state, piles=piles, notes=notes)
