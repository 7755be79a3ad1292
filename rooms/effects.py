"""What a commit changes outside the log: cards in documents, and texts that are to be forgotten.

The log comes first. A change that cannot be made now, because the disk is full, is owed: it is
made before the next commit, so at most the last commit's are ever missing, and loading makes those
again (DOC5).
"""

from collections.abc import Callable, Iterable, Sequence

import structlog

from activities.blocks import Line
from activities.kernel import WordsErased
from rooms import (
    board_events,
    board_moves,
    board_repair,
    card_lookup,
    commits,
    memo_events,
    safety,
    words_events,
)
from rooms.board_repair import Structure
from rooms.board_schema import Section
from rooms.commits import ActivityEvent, Commit
from rooms.shelf import Shelf
from rooms.shelf_cards import ShelfCards
from rooms.storage import Storage, StorageUnwritable
from rooms.whole import Activities, Whole
from rooms.words import WordsBook

log = structlog.get_logger("rooms")


class Effects:
    """Makes a room's changes outside its log, one commit after the other."""

    def __init__(
        self,
        room: str,
        shelf: Shelf,
        storage: Storage,
        activities: Activities,
        ways_in: Callable[[str, int], tuple[tuple[str, str], ...]] = lambda room, generation: (),
        say: Callable[[Line], str] = lambda line: line.id,
    ) -> None:
        self._say = say
        self._ways_in = ways_in
        self._room = room
        self._shelf = shelf
        self._cards = ShelfCards(shelf)
        self._storage = storage
        self._activities = activities
        self.owed: Commit | None = None
        """The last commit, while its changes are not all made."""

    async def settle(self, whole: Whole, book: WordsBook) -> None:
        """Make what is owed. Raises `StorageUnwritable`, and owes it still.

        Repeating a change does no harm. One that fails for another reason is a bug: it is logged
        and let go, for a room that can do nothing more helps nobody.
        """
        if (commit := self.owed) is None:
            return
        try:
            for event in commit.events:
                await self._make(event, whole, book)
            # Many go in one commit; each document is folded once for all of them.
            gone = [event for event in commit.events if isinstance(event, commits.NoteDeleted)]
            await self._delete(gone, book)
        except StorageUnwritable:
            log.warning("effects_owed", room=self._room, seq=commit.seq)
            raise
        except Exception:
            log.exception("effects_failed", room=self._room, seq=commit.seq, seat=commit.seat)
        self.owed = None

    async def _make(self, event: commits.RoomEvent, whole: Whole, book: WordsBook) -> None:
        match event:
            case commits.NoteAdded():
                if (text := book.get(event.words)) is not None:
                    alt = book.get(event.alt) or "" if event.alt else ""
                    await self._cards.put(event, text, alt)
            case commits.ProseSet():
                # Once written it lives in the document alone, where people go on with it.
                if (text := book.get(event.words)) is not None:
                    await self._shelf.write_prose(event.section, text)
                    book.erase([event.words])
                    await self._storage.erase_words(self._room, [event.words])
            case commits.MemoSent() if event.before:
                book.erase(list(event.before))
                await self._storage.erase_words(self._room, event.before)
            case memo_events.CommentTakenBack():
                await self._let_go((event.words,), (self.owed.seat,) if self.owed else (), book)
            case commits.QuestionSet() if event.before:
                book.erase([event.before])
                await self._storage.erase_words(self._room, [event.before])
            case commits.NoteReworded():
                if (text := book.get(event.words)) is not None:
                    await self._cards.reword(event.card, text)
                book.erase([event.before])
                await self._storage.erase_words(self._room, [event.before])
            case commits.ThemesMerged():
                await self._cards.merge_themes(event.theme, event.into)
            case commits.NoteTicked():  # words that are no card have no tick there
                await self._cards.tick(event.card, event.seat, event.on)
            case board_events.CardsPlaced():
                await self._cards.place(event.places)
            case board_events.NoteTaken() if taken := whole.room.board.taken.get(event.card):
                await self._cards.take_off(_standing(whole, taken.note))
            case board_events.NoteRestored() if note := whole.room.notes.get(event.card):
                if _withdrawn(whole, note.card):
                    return  # its words were taken back before: it stays where nobody reads it
                await self._cards.bring_back(_standing(whole, note))
            case board_events.NotesShared():
                for card, origin in event.cards:
                    if (note := whole.room.notes.get(card)) is not None:
                        scope = whole.room.default_scope
                        await self._cards.share(origin, event.document, note, scope)
            case board_events.NotesUnshared():
                await self._cards.erase(("board", card) for card in event.cards)
            case board_events.SectionMade() | board_events.SectionNamed():
                await self._section(event.section, whole, book)
                if isinstance(event, board_events.SectionNamed) and event.before:
                    await self._shelf.compact("board")
                    book.erase([event.before])
                    await self._storage.erase_words(self._room, [event.before])
            case board_events.SectionOrdered():
                for id, _ in event.orders:
                    await self._section(id, whole, book)
            case commits.KeyDropped():
                book.erase([event.words])
                await self._storage.erase_words(self._room, [event.words])
            case commits.ActivityEvent():
                await self._of_activity(event, whole, book)
            case commits.DoorSet() if event.generation > 1:
                for digest, kind in self._ways_in(self._room, event.generation):
                    await self._storage.put_secret(digest, self._room, kind.encode())
            case safety.SeatHidden():
                await self._cards.take_off(event.hidden.cards)
            case safety.SeatRestored():
                away = whole.room.board.taken
                await self._cards.bring_back(
                    (document, card)
                    for document, card in event.hidden.cards
                    if not (card in away or _withdrawn(whole, card))  # its author's to bring back
                )
                notes = whole.room.notes
                back = (notes[card] for _, card in event.hidden.cards if card in notes)
                await self._place(back, whole)  # others may have moved it meanwhile
            case safety.SeatErased():
                await self._cards.erase(event.hidden.cards)
                book.erase(list(event.hidden.words))
                await self._storage.erase_words(self._room, event.hidden.words)
            case commits.ConsentChanged():
                await self._answered(event.words, whole)
            case words_events.WordsReworded():
                await self._storage.erase_words(self._room, [])  # the text it had
            case words_events.WordsForgotten() | words_events.SeatForgotten():
                await self._forget(event, book)
            case words_events.BoardForgotten():
                for document in await self._storage.documents(self._room):
                    name = document.partition("/")[2]
                    await self._shelf.clear(name, frozenset(event.kept))
                book.erase(list(event.words))
                await self._storage.erase_words(self._room, event.words)
            case _:
                pass

    async def _answered(self, words: str, whole: Whole) -> None:
        """A card whose author took its words back is nobody's to read, until they think again."""
        note = card_lookup.by_words(whole.room).get(words)
        if note is None or note.card in whole.room.safety.cards:
            return
        back = whole.room.consents[words].consent.state == "withdrawn"
        if back:
            await self._cards.take_off(_standing(whole, note))
        else:
            await self._cards.bring_back(_standing(whole, note))
            await self._place((note,), whole)  # others may have moved it meanwhile

    async def _delete(self, gone: Sequence[commits.NoteDeleted], book: WordsBook) -> None:
        """Cards their authors took away, and nobody brought back, with their words."""
        if not gone:
            return
        await self._cards.erase((event.document, event.card) for event in gone)
        refs = [event.words for event in gone]
        book.erase(refs)
        await self._storage.erase_words(self._room, refs)

    async def _forget(
        self, event: words_events.WordsForgotten | words_events.SeatForgotten, book: WordsBook
    ) -> None:
        """No document, no copy and no row holds these any more."""
        await self._cards.erase(event.cards)
        if isinstance(event, words_events.SeatForgotten):
            await self._shelf.clear(f"mine/{event.seat}")
            await self._let_go(event.words, event.scribes, book)
        else:
            await self._let_go(event.words, event.seats, book)

    async def _let_go(self, refs: Sequence[str], seats: Sequence[str], book: WordsBook) -> None:
        """Forget texts, also in the boxes of those who typed them or were asked about them."""
        texts = {text for ref in refs if (text := book.get(ref))}
        book.erase(list(refs))
        if lost := {text for text in texts if not book.has(text)}:
            for seat in seats:
                await self._shelf.forget_drafts(seat, lost)
        await self._storage.erase_words(self._room, refs)

    async def _place(self, notes: Iterable[commits.NoteAdded], whole: Whole) -> None:
        """Cards of the board stand where the log says."""
        places = tuple(
            board_events.Placing(n.card, n.section, n.theme, n.order)
            for n in notes
            if board_moves.is_on_board(whole.room, n)
        )
        await self._cards.place(places)

    async def _section(self, id: str, whole: Whole, book: WordsBook) -> None:
        if (section := self.section_of(whole, book, id)) is not None:
            await self._cards.put_section(section)

    def structure(self, whole: Whole, book: WordsBook) -> Structure:
        """What the log says of the board."""
        known = (self.section_of(whole, book, id) for id in whole.room.board.sections)
        return board_repair.structure(whole.room, tuple(s for s in known if s is not None))

    def section_of(self, whole: Whole, book: WordsBook, id: str) -> Section | None:
        """A section as the document holds it, its heading in the room's language."""
        known = whole.room.board.sections.get(id)
        if known is None:
            return None
        title = book.get(known.words) if known.words else self._say(Line(known.line, {}))
        title = f"{title} {known.number}" if known.number else title
        kind = "" if known.words else "activity"
        return Section(id, title or "", kind, known.activity, known.step, known.order)

    async def _of_activity(self, event: ActivityEvent, whole: Whole, book: WordsBook) -> None:
        here = whole.running[event.activity]
        activity = self._activities[here.kind]
        inner = commits.decode_event(event.event, activity.event_union())
        if isinstance(inner, WordsErased):
            refs = [words.ref for words in inner.words]
            by = self.owed.seat if self.owed else ""
            await self._let_go(refs, (by,) if by else (), book)


def _withdrawn(whole: Whole, card: str) -> bool:
    """Whether the author of a card has taken its words back."""
    note = whole.room.notes.get(card)
    known = whole.room.consents.get(note.words) if note else None
    return known is not None and known.consent.state == "withdrawn"


def _standing(whole: Whole, note: commits.NoteAdded) -> tuple[tuple[str, str], ...]:
    """A card with every document it stands in."""
    return tuple((name, note.card) for name in card_lookup.stands_in(whole.room, note))
