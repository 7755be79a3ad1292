"""What a commit changes outside the log: cards in documents, and texts that are to be forgotten.

The log comes first. A change that cannot be made now, because the disk is full, is owed: it is
made before the next commit, so at most the last commit's are ever missing, and loading makes those
again (DOC5).
"""

from collections.abc import Callable
from typing import Final

import structlog

from activities.blocks import Line
from rooms import commits, words_events
from rooms.board_repair import Structure
from rooms.commits import Commit
from rooms.effects_cards import CardEffects
from rooms.effects_renderings import RenderingEffects
from rooms.effects_sections import SectionEffects
from rooms.shelf import Shelf
from rooms.shelf_cards import ShelfCards
from rooms.storage import Overtaken, Storage, StorageUnwritable
from rooms.whole import Activities, Whole
from rooms.words import WordsBook
from rooms.words_gone import Gone, gone

log = structlog.get_logger("rooms")

OVERTAKEN_AGAIN: Final = 10
"""How often changes are made again because another process wrote to the document meanwhile; each
time it was one edit quicker."""


class Effects:
    """Makes a room's changes outside its log, one commit after the other."""

    def __init__(
        self,
        room: str,
        shelf: Shelf,
        storage: Storage,
        activities: Activities,
        ways_in: Callable[[str, int], tuple[tuple[str, str], ...]],
        say: Callable[[Line], str],
    ) -> None:
        self._ways_in = ways_in
        self._room = room
        self._shelf = shelf
        self._storage = storage
        self._activities = activities
        cards = ShelfCards(shelf)
        self._cards = CardEffects(cards)
        self._sections = SectionEffects(shelf, cards, say)
        self._renderings = RenderingEffects(cards)
        self.owed: Commit | None = None
        """The last commit, while its changes are not all made."""
        self.settling = False
        """Whether they are being made here."""
        self._boxes: list[tuple[str, frozenset[str]]] = []  # seats' drafts with texts to forget

    async def settle(self, whole: Whole, book: WordsBook) -> None:
        """Make what is owed. Raises `StorageUnwritable`, and owes it still.

        Repeating a change does no harm. One that fails for another reason is a bug: it is logged
        and let go, for a room that can do nothing more helps nobody.
        """
        for _ in range(OVERTAKEN_AGAIN):
            try:
                return await self._settle(whole, book)
            except Overtaken:
                continue  # by now somebody else may have made it
        await self._settle(whole, book)

    async def _settle(self, whole: Whole, book: WordsBook) -> None:
        if (commit := self.owed) is None:
            return
        self.settling = True
        try:
            for event in commit.events:
                await self._cards.make(event, whole, book)
                await self._sections.make(event, whole, book)
                await self._make(event, book)
            await self._renderings.make(commit.events, whole, book)
            await self._cards.delete(commit.events)
            # Last, when no document holds them any more.
            await self._erase(gone(commit, whole, self._activities), book)
        except Overtaken:
            raise
        except StorageUnwritable:
            log.warning("effects_owed", room=self._room, seq=commit.seq)
            raise
        except Exception:
            log.exception("effects_failed", room=self._room, seq=commit.seq, seat=commit.seat)
        finally:
            self.settling = False
        self.owed = None

    def structure(self, whole: Whole, book: WordsBook) -> Structure:
        """What the log says of the board."""
        return self._sections.structure(whole, book)

    async def _make(self, event: commits.RoomEvent, book: WordsBook) -> None:
        match event:
            case commits.ProseSet():
                if (text := book.get(event.words)) is not None:
                    await self._shelf.write_prose(event.section, text)
            case commits.DoorSet() if event.generation > 1:
                for digest, kind in self._ways_in(self._room, event.generation):
                    await self._storage.put_secret(digest, self._room, kind.encode())
            case words_events.SeatForgotten():
                await self._shelf.clear(f"mine/{event.seat}")
            case words_events.BoardForgotten():
                for document in await self._storage.documents(self._room):
                    name = document.partition("/")[2]
                    await self._shelf.clear(name, frozenset(event.kept))
            case _:
                pass

    async def _erase(self, every: tuple[Gone, ...], book: WordsBook) -> None:
        """Forget texts: in this process, in the boxes of those who typed them or were asked about
        them, and in the storage with every copy."""
        for one in every:
            texts = {text for ref in one.refs if (text := book.get(ref))}
            book.erase(list(one.refs))
            lost = frozenset(text for text in texts if not book.has(text))
            self._boxes += [(seat, lost) for seat in one.boxes if lost]
        while self._boxes:
            seat, lost = self._boxes[0]
            await self._shelf.forget_drafts(seat, lost)
            del self._boxes[0]
        if every:
            refs = [ref for one in every for ref in one.refs]
            await self._storage.erase_words(self._room, refs)
