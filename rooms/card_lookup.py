"""Finding cards among all that the log knows: by their words, by whose they are, by their picture.

Kept with the state they are read from, for each is asked for many times between two commits.
"""

from collections.abc import Mapping

from rooms.commits import NoteAdded
from rooms.room_state import RoomState


def by_words(state: RoomState) -> Mapping[str, NoteAdded]:
    """The card that carries some words, by their reference; of two the older one."""
    return _kept(state)[0]


def of_seat(state: RoomState, seat: str) -> tuple[NoteAdded, ...]:
    """The cards of a seat, in every document, in the order in which they came."""
    return _kept(state)[1].get(seat, ())


def of_photo(state: RoomState, photo: str) -> tuple[NoteAdded, ...]:
    """The cards that show a picture."""
    return _kept(state)[2].get(photo, ()) if photo else ()


def stands_in(state: RoomState, note: NoteAdded) -> tuple[str, ...]:
    """Every document a card stands in: where it was written, and the board when it is shared."""
    copied = note.document != "board" and note.card in state.shared
    return (note.document, "board") if copied else (note.document,)


Kept = tuple[
    Mapping[str, NoteAdded],
    Mapping[str, tuple[NoteAdded, ...]],
    Mapping[str, tuple[NoteAdded, ...]],
]


def _kept(state: RoomState) -> Kept:
    known: Kept | None = state.__dict__.get("lookup")
    if known is None:
        words: dict[str, NoteAdded] = {}
        seats: dict[str, list[NoteAdded]] = {}
        photos: dict[str, list[NoteAdded]] = {}
        for note in state.notes.values():
            words.setdefault(note.words, note)
            seats.setdefault(note.seat, []).append(note)
            if note.photo:
                photos.setdefault(note.photo, []).append(note)
        known = state.__dict__["lookup"] = (words, _fixed(seats), _fixed(photos))
    return known


def _fixed(found: Mapping[str, list[NoteAdded]]) -> dict[str, tuple[NoteAdded, ...]]:
    return {key: tuple(notes) for key, notes in found.items()}
