"""Renderings of cards: what a card shows of them, which of them a memo takes, and which go with
what is deleted. Everything here reads a `RoomState`.

The log says who made which, of which original; the documents follow it, so that a rendering is
where its card is, for those who read it, and nowhere else (BRD10). Beside a card without a name
stands no name either: whoever puts it into a second language is often who wrote it.
"""

from collections.abc import Collection, Iterator
from typing import Final

from rooms.board_moves import is_nameless
from rooms.board_schema import Rendering
from rooms.commits import NoteAdded
from rooms.rendering_events import RenderingGone, RenderingMade
from rooms.room_state import RoomState
from rooms.words import WordsBook

BASIS: Final = 0x811C9DC5
PRIME: Final = 0x01000193
"""Of FNV-1a with 32 bits, which a page computes at once and without a secure origin. It tells an
original from one that was changed, and says nothing of either: thousands of texts have each."""


def mark(text: str) -> str:
    """The mark of an original: FNV-1a over its UTF-16 (little-endian), as 8 hex digits."""
    found = BASIS
    for byte in text.encode("utf-16-le", "surrogatepass"):
        found = (found ^ byte) * PRIME & 0xFFFFFFFF
    return f"{found:08x}"


def base(language: str) -> str:
    """A language without its region: "pt" for "pt-BR"."""
    return language.partition("-")[0].lower()


def note_of(state: RoomState, card: str) -> NoteAdded | None:
    """A card that stands somewhere, or was taken away and may come back."""
    taken = state.board.taken.get(card)
    return taken.note if taken else state.notes.get(card)


def is_aside(state: RoomState, note: NoteAdded) -> bool:
    """Whether a card stands where nobody reads it: hidden with its author, whose words were taken
    back, or taken away."""
    known = state.consents.get(note.words)
    return (
        note.card in state.safety.cards
        or note.card in state.board.taken
        or (known is not None and known.consent.state == "withdrawn")
    )


def shown(state: RoomState, book: WordsBook, note: NoteAdded) -> tuple[Rendering, ...]:
    """The renderings that stand beside a card, by language; nothing that is hidden."""
    made = state.renderings.get(note.card, {})
    nobody = is_nameless(note)
    return tuple(
        Rendering(
            language=one.language,
            text=text,
            by="" if nobody else one.by,
            of=one.of,
            human=one.human,
        )
        for _, one in sorted(made.items())
        if one.words not in state.safety.words and (text := book.get(one.words))
    )


def translation(found: Collection[Rendering], text: str, language: str) -> str:
    """What a card with this text says in a language, "" where nobody put it so, or only an earlier
    text of it. The language itself comes before others of its regions."""
    fitting = [one for one in found if base(one.language) == base(language)]
    fitting.sort(key=lambda one: one.language != language)
    now = mark(text) if fitting else ""
    return next((one.text for one in fitting if one.of == now), "")


def gone(
    state: RoomState,
    *,
    cards: Collection[str] = (),
    words: Collection[str] = (),
    seat: str = "",
) -> Iterator[RenderingGone]:
    """What goes with these cards, with these words, and with somebody who made some."""
    for card, made in state.renderings.items():
        for one in made.values():
            if card in cards or one.words in words or (seat and one.by == seat):
                yield _gone(one)


def _gone(one: RenderingMade) -> RenderingGone:
    return RenderingGone(card=one.card, language=one.language, words=one.words, by=one.by)


def made_by(state: RoomState, seat: str) -> Iterator[RenderingMade]:
    """The renderings a seat has made."""
    for made in state.renderings.values():
        yield from (one for one in made.values() if one.by == seat)


def count(state: RoomState) -> int:
    """How many renderings a room has."""
    return sum(len(made) for made in state.renderings.values())
