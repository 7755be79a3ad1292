"""What a commit changes of the cards in the documents."""

from collections.abc import Iterable, Sequence

from rooms import board_events, board_moves, card_lookup, commits, safety, words_events
from rooms.shelf_cards import ShelfCards
from rooms.whole import Whole
from rooms.words import WordsBook


class CardEffects:
    """Makes them; each may be made again and does no harm."""

    def __init__(self, cards: ShelfCards) -> None:
        self._cards = cards

    async def make(self, event: commits.RoomEvent, whole: Whole, book: WordsBook) -> None:
        """Make what follows from one event. Raises `StorageUnwritable`."""
        match event:
            case commits.NoteAdded():
                if (text := book.get(event.words)) is not None:
                    alt = book.get(event.alt) or "" if event.alt else ""
                    await self._cards.put(event, text, alt)
            case commits.NoteReworded():
                if (text := book.get(event.words)) is not None:
                    await self._cards.reword(event.card, text)
            case commits.NoteTicked():  # words that are no card have no tick there
                await self._cards.tick(event.card, event.seat, event.on)
            case board_events.CardsPlaced():
                await self._cards.place(event.places)
            case board_events.NoteTaken() if taken := whole.room.board.taken.get(event.card):
                await self._cards.take_off(_standing(whole, taken.note))
            case board_events.NoteRestored() if note := whole.room.notes.get(event.card):
                if not _withdrawn(whole, note.card):  # else it stays where nobody reads it
                    await self._cards.bring_back(_standing(whole, note))
            case board_events.NotesShared():
                for card, origin in event.cards:
                    if (note := whole.room.notes.get(card)) is not None:
                        scope = whole.room.default_scope
                        await self._cards.share(origin, event.document, note, scope)
            case board_events.NotesUnshared():
                await self._cards.erase(("board", card) for card in event.cards)
            case commits.ConsentChanged():
                await self._answered(event.words, whole)
            case safety.SeatHidden():
                await self._cards.take_off(event.hidden.cards)
            case safety.SeatRestored():
                await self._restored(event, whole)
            case safety.SeatErased():
                await self._cards.erase(event.hidden.cards)
            case words_events.WordsForgotten() | words_events.SeatForgotten():
                await self._cards.erase(event.cards)
            case _:
                pass

    async def delete(self, events: Sequence[commits.RoomEvent]) -> None:
        """Cards their authors took away, and nobody brought back. Many go in one commit; each
        document is folded once for all of them. Raises `StorageUnwritable`."""
        gone = [(e.document, e.card) for e in events if isinstance(e, commits.NoteDeleted)]
        if gone:
            await self._cards.erase(gone)

    async def _answered(self, words: str, whole: Whole) -> None:
        """A card whose author took its words back is nobody's to read, until they think again."""
        note = card_lookup.by_words(whole.room).get(words)
        if note is None or note.card in whole.room.safety.cards:
            return
        if _withdrawn(whole, note.card):
            await self._cards.take_off(_standing(whole, note))
        else:
            await self._cards.bring_back(_standing(whole, note))
            await self._place((note,), whole)  # others may have moved it meanwhile

    async def _restored(self, event: safety.SeatRestored, whole: Whole) -> None:
        state, cards = whole.room, event.hidden.cards
        await self._cards.bring_back(
            (document, card)
            for document, card in cards
            # What its author took away, or back, is theirs to bring back.
            if not (card in state.board.taken or _withdrawn(whole, card))
        )
        notes = (state.notes[card] for _, card in cards if card in state.notes)
        await self._place(notes, whole)  # others may have moved it meanwhile

    async def _place(self, notes: Iterable[commits.NoteAdded], whole: Whole) -> None:
        """Cards of the board stand where the log says."""
        places = tuple(
            board_events.Placing(n.card, n.section, n.theme, n.order)
            for n in notes
            if board_moves.is_on_board(whole.room, n)
        )
        await self._cards.place(places)


def _withdrawn(whole: Whole, card: str) -> bool:
    """Whether the author of a card has taken its words back."""
    note = whole.room.notes.get(card)
    known = whole.room.consents.get(note.words) if note else None
    return known is not None and known.consent.state == "withdrawn"


def _standing(whole: Whole, note: commits.NoteAdded) -> tuple[tuple[str, str], ...]:
    """A card with every document it stands in."""
    return tuple((name, note.card) for name in card_lookup.stands_in(whole.room, note))
