"""Sorting notes into themes: place, suggest, name, merge, tick (`methods.md` A7, RO2, RO3).

Pure deciders over the state; the same events sort the activity's own table and everyone's board
(`activities/board.py`).
"""

from activities import board
from activities._report_out_model import (
    HELPERS,
    MOST_NOTES,
    MOST_PILES,
    MOST_SUGGESTIONS,
    NEW_PILE,
    SORTED_KINDS,
    HelperJoin,
    HelperJoined,
    Laid,
    NoteEntered,
    NoteGone,
    NotePlace,
    NoteSuggest,
    NoteTick,
    NoteUntick,
    Pile,
    PileMade,
    State,
    Suggested,
    SuggestionAnswer,
    SuggestionAnswered,
    ThemeMerge,
    ThemeName,
    sorts,
)
from activities.blocks import say
from activities.kernel import BoardNote, Event, Moment, Refused

Events = tuple[Event, ...]


def pile_of(state: State, id: str) -> Pile | None:
    """The pile with this id."""
    return next((pile for pile in state.piles if pile.id == id), None)


def in_pile(state: State, id: str) -> tuple[Laid, ...]:
    """The notes of a pile in the order they came; of "" those not placed."""
    return tuple(note for note in state.notes.values() if note.pile == id)


def theirs(state: State, team: str, seat: str) -> tuple[Laid, ...]:
    """Notes of other groups that somebody of this team said are theirs too."""
    ours = {s for s, t in state.place.items() if t == team} or {seat}
    return tuple(
        note
        for card, note in state.notes.items()
        if note.team != team and ours & set(state.ticks.get(card, ()))
    )


# --- deciding -----------------------------------------------------------------------------------


def ticked(state: State, command: NoteTick | NoteUntick, seat: str) -> Events:
    """Also ours. Nobody ticks a note of their own."""
    note = state.notes.get(command.note)
    if note is None:
        raise Refused("unknown")
    if note.seat == seat:
        raise Refused("duplicate", say("This one is yours already."))
    on = isinstance(command, NoteTick)
    if on == (seat in state.ticks.get(note.card, ())):
        raise Refused("duplicate")
    return (board.NoteTicked(card=note.card, seat=seat, on=on),)


def sorted_(
    state: State,
    command: NotePlace | NoteSuggest | SuggestionAnswer | HelperJoin | ThemeName | ThemeMerge,
    moment: Moment,
) -> Events:
    """What follows from sorting. Raises `Refused`."""
    match command:
        case NotePlace():
            return _placed(state, command.note, command.pile, moment)
        case NoteSuggest():
            return _suggested(state, command)
        case SuggestionAnswer():
            return _answered(state, command, moment)
        case HelperJoin():
            if moment.seat in state.helpers:
                raise Refused("duplicate")
            if len(state.helpers) >= HELPERS:
                raise Refused("full", say("Two people help already. You can suggest."))
            return (HelperJoined(seat=moment.seat),)
        case ThemeName():
            return _named(state, command, moment)
        case ThemeMerge():
            return _merged(state, command)


def _placed(state: State, card: str, pile: str, moment: Moment) -> Events:
    note = state.notes.get(card)
    if note is None or (pile not in ("", NEW_PILE) and pile_of(state, pile) is None):
        raise Refused("unknown")
    if note.pile == pile:
        raise Refused("duplicate")
    if pile != NEW_PILE:
        return (board.NotePlaced(card=card, theme=pile),)
    if len(state.piles) >= MOST_PILES:
        raise Refused("full")
    # A theme is everybody's: only facilitators' own cards are theirs to take away again.
    maker = moment.seat if {"lead", "co"} & moment.roles else ""
    made = f"{maker}-{moment.dice:016x}"
    return (PileMade(pile=made), board.NotePlaced(card=card, theme=made))


def _suggested(state: State, command: NoteSuggest) -> Events:
    note = state.notes.get(command.note)
    known = command.pile in ("", NEW_PILE) or pile_of(state, command.pile) is not None
    if note is None or not known:
        raise Refused("unknown")
    again = any(
        (s.note, s.pile) == (command.note, command.pile) for s in state.suggestions.values()
    )
    if again or note.pile == command.pile:
        raise Refused("duplicate")
    if len(state.suggestions) >= MOST_SUGGESTIONS:
        raise Refused("full", say("Many suggestions wait already. Say it aloud."))
    id = f"g{state.suggested + 1}"
    return (Suggested(suggestion=id, note=command.note, pile=command.pile),)


def _answered(state: State, command: SuggestionAnswer, moment: Moment) -> Events:
    wish = state.suggestions.get(command.suggestion)
    if wish is None:
        raise Refused("duplicate")
    done = SuggestionAnswered(suggestion=command.suggestion)
    note = state.notes.get(wish.note)
    stands = wish.pile in ("", NEW_PILE) or pile_of(state, wish.pile) is not None
    if not command.yes or note is None or note.pile == wish.pile or not stands:
        return (done,)
    return (done, *_placed(state, wish.note, wish.pile, moment))


def _named(state: State, command: ThemeName, moment: Moment) -> Events:
    pile = pile_of(state, command.pile)
    if pile is None:
        raise Refused("unknown")
    if pile.words is not None and not sorts(state, moment.seat, moment.roles):
        raise Refused("duplicate", say("This theme has a name already."))
    named = board.ThemeNamed(theme=pile.id, words=command.words, seat=moment.seat, at=moment.now)
    if pile.words is not None:
        return (named,)
    # Its card is new on the board: now the notes can stand under it.
    placed = (board.NotePlaced(card=note.card, theme=pile.id) for note in in_pile(state, pile.id))
    return (named, *placed)


def _merged(state: State, command: ThemeMerge) -> Events:
    """RO3: every note of both is in the one that stays; a name is never lost to none."""
    gone, into = pile_of(state, command.pile), pile_of(state, command.into)
    if gone is None or into is None:
        raise Refused("unknown")
    if gone.id == into.id:
        raise Refused("duplicate", say("Choose two different themes."))
    if into.words is None and gone.words is not None:
        gone, into = into, gone
    moved = (board.NotePlaced(card=note.card, theme=into.id) for note in in_pile(state, gone.id))
    return (*moved, board.ThemesMerged(theme=gone.id, into=into.id))


def news(state: State, command: board.NoteCame | board.NoteWent | board.NoteShifted) -> Events:
    """What happens on the board meanwhile."""
    match command:
        case board.NoteCame(note=note):
            return entered(state, note)
        case board.NoteShifted(card=card, theme=theme):
            note_ = state.notes.get(card)
            elsewhere = theme and pile_of(state, theme) is None  # a theme that is no pile here
            same = note_ is None or note_.pile == theme
            return () if same or elsewhere else (board.NotePlaced(card=card, theme=theme),)
        case board.NoteWent(card=card):
            if card in state.notes:
                return (NoteGone(card=card),)
            if pile_of(state, card) is None:
                return ()
            loose = (board.NotePlaced(card=note.card) for note in in_pile(state, card))
            return (*loose, NoteGone(card=card))


def said(state: State, command: board.NoteRenamed | board.NoteLiked, now: int) -> Events:
    """What people say of a theme or a note on the board holds here too; `now` in ms."""
    card, seat = command.card, command.seat
    match command:
        case board.NoteRenamed(words=words):
            pile = pile_of(state, card)
            known = pile is None or pile.words is None or pile.words == words
            return () if known else (board.ThemeNamed(theme=card, words=words, seat=seat, at=now),)
        case board.NoteLiked(on=on):
            if card not in state.notes or on == (seat in state.ticks.get(card, ())):
                return ()
            return (board.NoteTicked(card=card, seat=seat, on=on),)


def entered(state: State, note: BoardNote) -> Events:
    """A card that is to be sorted here."""
    if note.kind == "theme":
        new = len(state.piles) < MOST_PILES and pile_of(state, note.card) is None
        return (NoteEntered(note=note),) if new else ()
    fits = note.kind in SORTED_KINDS and note.card not in state.notes
    if not fits or len(state.notes) >= MOST_NOTES:
        return ()
    return (NoteEntered(note=note, team=team_of(state, note)),)


def team_of(state: State, note: BoardNote) -> str:
    """The team a note came from: written for it here, in the circle it was, or by one of it."""
    for team in state.teams.values():
        if note.section == section(state, team.id) or (note.group and note.group in team.former):
            return team.id
    return state.place.get(note.seat, "") if not note.section else ""


def section(state: State, team: str) -> str:
    """The board's section for what a team writes here; `missing` for what nobody said."""
    return f"{state.salt}-{team}"
