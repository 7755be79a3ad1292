"""Moving cards on everyone's board: where each stands, and the events that put it elsewhere.

Everything here reads a `RoomState` and gives events. A card stands in exactly one place: under its
theme while there is one, else in its section, else among those not placed. Themes stand in a row
of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from activities.blocks import say
from activities.kernel import Refused
from rooms import board_order, card_lookup, commits
from rooms.board_events import CardsPlaced, Placing
from rooms.board_schema import author_of
from rooms.board_state import Checkpoint, Notes
from rooms.room_state import RoomState

THEMES: Final = "themes"
SECTION: Final = "section"
THEME: Final = "theme"

GONE_ON: Final = say("Somebody has changed this meanwhile. Look again.")
NOT_THERE: Final = say("This note is not there any more. Look again.")


class Spot(msgspec.Struct, frozen=True):
    """A place for cards: the themes themselves, a theme, or a section ("": not placed) of a
    document."""

    kind: str
    id: str = ""
    document: str = "board"


def is_on_board(state: RoomState, note: commits.NoteAdded) -> bool:
    """Whether everybody has this card: written there, or shared by its author."""
    return note.document == "board" or note.card in state.shared


def is_nameless(note: commits.NoteAdded) -> bool:
    """Whether a card stands on the board without saying whose it is."""
    return not author_of(note.card) and note.kind != "theme"


def authors(state: RoomState, seat: str, *, inside: bool) -> dict[str, str]:
    """Whose the cards without a name are, as far as this seat may know: its own, and those of all
    for facilitators (`inside`). Cards that are nobody's are in no list."""
    notes = state.notes.values() if inside else card_lookup.of_seat(state, seat)
    return {note.card: note.seat for note in notes if note.seat and is_nameless(note)}


def is_theme(notes: Notes, card: str) -> bool:
    """Whether this is a theme of everyone's board."""
    return (known := notes.get(card)) is not None and known.kind == "theme"


def spot_of(state: RoomState, note: commits.NoteAdded) -> Spot:
    """Where a card stands."""
    return _spot(note, state.notes, on_board=is_on_board(state, note))


def _spot(note: commits.NoteAdded, notes: Notes, *, on_board: bool) -> Spot:
    if not on_board:
        return Spot(SECTION, note.section, note.document)
    if note.kind == "theme":
        return Spot(THEMES)
    if note.theme and is_theme(notes, note.theme):
        return Spot(THEME, note.theme)
    return Spot(SECTION, note.section)


def standing(state: RoomState, spot: Spot) -> tuple[commits.NoteAdded, ...]:
    """The cards of a place, in order."""
    return in_order(n for n in state.notes.values() if spot_of(state, n) == spot)


def in_order(notes: Iterable[commits.NoteAdded]) -> tuple[commits.NoteAdded, ...]:
    """Cards of one place as everybody sees them: by key, then by time."""
    return tuple(sorted(notes, key=lambda n: (n.order, n.at, n.card)))


def keys_in(
    state: RoomState, spot: Spot, after: str | None, count: int, without: Sequence[str] = ()
) -> board_order.Keys:
    """Keys for `count` cards that come to a place behind `after`; `without` are those that move.
    Raises `Refused`: `stale_phase` when `after` does not stand there."""
    leaving = frozenset(without)
    row = [(n.card, n.order) for n in standing(state, spot) if n.card not in leaving]
    keys = board_order.behind(row, after, count)
    if keys is None:
        raise Refused("stale_phase", NOT_THERE)
    return keys


def renumbered(state: RoomState, keys: board_order.Keys) -> tuple[Placing, ...]:
    """The cards that stand in a row already, with their new keys."""
    return tuple(
        Placing(card, state.notes[card].section, state.notes[card].theme, key)
        for card, key in keys.renumbered
    )


def put(
    state: RoomState,
    cards: Sequence[str],
    *,
    section: str | None = None,
    theme: str | None = None,
    after: str | None = None,
) -> CardsPlaced | None:
    """Put cards, in this order, under a theme ("": under none) or in a section; what is None stays
    as it is. All of them come to the same place, which the first one decides. None when there are
    no cards. Raises `Refused` as `keys_in` does."""
    if not cards:
        return None

    def there(card: str) -> commits.NoteAdded:
        note = state.notes[card]
        return msgspec.structs.replace(
            note,
            section=note.section if section is None else section,
            theme=note.theme if theme is None else theme,
        )

    moved = [there(card) for card in cards]
    keys = keys_in(state, spot_of(state, moved[0]), after, len(cards), cards)
    places = (
        Placing(note.card, note.section, note.theme, key)
        for note, key in zip(moved, keys.keys, strict=True)
    )
    return CardsPlaced(places=(*renumbered(state, keys), *places))


def loosened(state: RoomState, theme: str) -> tuple[CardsPlaced, ...]:
    """The cards of a theme go back to their sections, each behind what stands there."""
    by_section: dict[str, list[str]] = {}
    for note in standing(state, Spot(THEME, theme)):
        by_section.setdefault(note.section, []).append(note.card)
    events = (put(state, cards, theme="") for cards in by_section.values())
    return tuple(event for event in events if event is not None)


def emptied(state: RoomState, theme: str, into: str) -> tuple[CardsPlaced, ...]:
    """The cards of a theme go under another one ("": under none), behind what stands there."""
    if not into:
        return loosened(state, theme)
    cards = [note.card for note in standing(state, Spot(THEME, theme))]
    event = put(state, cards, theme=into)
    return () if event is None else (event,)


def restored(state: RoomState, checkpoint: Checkpoint, spot: Spot) -> CardsPlaced | None:
    """A place looks as it did at a checkpoint: its cards stand in it in that order, cards that
    stood elsewhere go back there, and cards that came since stay, behind the others. None when all
    is as it was."""
    then = in_order(
        note
        for card, note in checkpoint.notes.items()
        if (now := state.notes.get(card)) is not None
        and is_on_board(state, now)
        and _was_there(checkpoint, note) == spot
    )
    here = [note.card for note in standing(state, spot)]
    back = [note.card for note in then]
    others = [card for card in here if card not in frozenset(back)]
    away = {card: home for card in others if (home := _home(state, checkpoint, card)) is not None}
    row = [*back, *(card for card in others if card not in away)]
    if row == here:
        return None
    keys = board_order.behind((), None, len(row)) if row else None
    places = [
        Placing(card, *_put_back(state, card, spot), key)
        for card, key in zip(row, keys.keys if keys else (), strict=True)
    ]
    return CardsPlaced(places=(*places, *_homewards(state, away)))


def put_back(state: RoomState, places: Iterable[Placing]) -> CardsPlaced | None:
    """Cards stand again where these places say, among those that stand there now. None when there
    are no cards."""
    away = {
        place.card: msgspec.structs.replace(
            state.notes[place.card], section=place.section, theme=place.theme, order=place.order
        )
        for place in places
        if place.card in state.notes
    }
    return CardsPlaced(places=tuple(_homewards(state, away))) if away else None


def _home(state: RoomState, checkpoint: Checkpoint, card: str) -> commits.NoteAdded | None:
    """The card as it stood then, if its place is still there."""
    note = checkpoint.notes.get(card)
    if note is None or (was := _was_there(checkpoint, note)) is None:
        return None
    return note if was == spot_of(state, _standing_there(state.notes[card], note)) else None


def _standing_there(now: commits.NoteAdded, then: commits.NoteAdded) -> commits.NoteAdded:
    replace = msgspec.structs.replace
    return replace(now, section=then.section, theme=then.theme, order=then.order)


def _homewards(state: RoomState, away: Mapping[str, commits.NoteAdded]) -> Iterable[Placing]:
    """Cards go where they stood among those that stayed there, by the keys they had."""
    places: dict[str, Placing] = {}
    rows: dict[Spot, list[tuple[str, str]]] = {}
    for card, then in away.items():
        spot = spot_of(state, _standing_there(state.notes[card], then))
        if spot not in rows:
            rows[spot] = [(n.card, n.order) for n in standing(state, spot) if n.card not in away]
        row = rows[spot]
        key = then.order
        clash = next((id for id, order in row if order == key), None)
        if clash is not None and (keys := board_order.behind(row, clash, 1)) is not None:
            key = keys.keys[0]
            for place in renumbered(state, keys):
                old = places.get(place.card, place)
                places[place.card] = msgspec.structs.replace(old, order=place.order)
            fresh = dict(keys.renumbered)
            row[:] = [(id, fresh.get(id, order)) for id, order in row]
        places[card] = Placing(card, then.section, then.theme, key)
        row.append((card, key))
        row.sort(key=lambda one: one[1])
    return places.values()


def _put_back(state: RoomState, card: str, spot: Spot) -> tuple[str, str]:
    """Section and theme of a card in this place."""
    if spot.kind == THEME:
        return state.notes[card].section, spot.id
    return spot.id, ""


def _was_there(checkpoint: Checkpoint, note: commits.NoteAdded) -> Spot | None:
    on_board = note.document == "board" or note.card in checkpoint.shared
    return _spot(note, checkpoint.notes, on_board=True) if on_board else None
