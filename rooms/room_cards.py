"""What people did to cards in the documents themselves, as far as the log has to hear of it."""

from collections.abc import Sequence
from typing import Final

import structlog

from activities.kernel import Refused
from rooms import board_state, consent_desk, note_gone_desk, words_desk
from rooms.ownership import Touch
from rooms.recent import Recent
from rooms.room_alarms import RoomAlarms
from rooms.room_log import RoomLog
from rooms.room_reading import RoomReading
from rooms.storage import StorageUnwritable
from rooms.whole import Draft
from rooms.words import Mint

log = structlog.get_logger("rooms")

TIDY_AFTER: Final = 30_000
"""Milliseconds after which what people removed from documents leaves the disk too: soon enough
that nobody finds it there, seldom enough that a person who corrects a sentence costs one
compaction."""


class RoomCards:
    """Listens to the shelf of one room: cards taken out, and texts that became others."""

    def __init__(self, room: RoomReading, log: RoomLog, alarms: RoomAlarms, recent: Recent) -> None:
        self._room = room
        self._log = log
        self._alarms = alarms
        self._recent = recent
        self._dropped: dict[str, None] = {}
        room.shelf.on_removed = self._removed
        room.shelf.on_touched = self._touched

    # Taken out --------------------------------------------------------------------------------

    def _touched(self, document: str, touches: Sequence[Touch]) -> None:
        """An edit of people was taken in. A card that its author took out of the document itself,
        as any program may, is gone from the log too."""
        self._recent.touched(document, touches)
        notes = self._room.whole.room.notes
        gone = [t.path[1] for t in touches if t.kind == "delete" and len(t.path) == 2]
        gone = [card for card in gone if card in notes and notes[card].document == document]
        if gone:
            self._dropped.update(dict.fromkeys(gone))
            self._alarms.set("taken", self._room.world.clock.now(), self.erase_taken)

    def set_alarm(self) -> None:
        """Look again when the next card that was taken away is to be erased."""
        due, known = board_state.erase_due(self._room.whole.room.board), self._alarms.due("taken")
        if due and known and known < due and not self._dropped:
            self._alarms.set("taken", due, self.erase_taken)
        else:
            self._alarms.keep_first("taken", due, self.erase_taken)

    async def erase_taken(self) -> None:
        """Erase the cards that nobody brought back within a minute (BRD5)."""
        gone = tuple(self._dropped)

        def erase(draft: Draft) -> None:
            if gone:
                note_gone_desk.dropped(draft, gone, self._room.world.dice())
            note_gone_desk.erase_due(draft)

        try:
            await self._log.commit(erase)
            for card in gone:  # others may have come meanwhile
                self._dropped.pop(card, None)
        except Refused as refused:
            log.warning("taken_kept", room=self._room.id, reason=refused.reason)
            self._alarms.again("taken", self.erase_taken)
        else:
            self._alarms.drop("taken")
            self._alarms.look()

    # Reworded ---------------------------------------------------------------------------------

    def _removed(self) -> None:
        if not self._log.forgotten:
            due = self._room.world.clock.now() + TIDY_AFTER
            self._alarms.keep_first("tidy", due, self._tidy)

    async def _tidy(self) -> None:
        names = self._room.shelf.untidy
        try:
            await self._room.shelf.tidy()
            await self.sync(names)
        except (StorageUnwritable, Refused):
            self._alarms.again("tidy", self._tidy)

    async def sync(self, documents: frozenset[str], only: frozenset[str] | None = None) -> None:
        """The words of cards are what their authors made of them on the board: what they were
        before leaves the storage, and a yes was for other words. Raises `Refused`."""
        room = self._room
        texts: dict[str, str] = {}
        for name in sorted(documents):
            for card in await room.shelf.cards(name):
                note = room.whole.room.notes.get(card.id)
                if (
                    note is None
                    or note.document != name
                    or (only is not None and note.words not in only)
                ):
                    continue
                if card.text.strip() and room.book.get(note.words) not in (None, card.text):
                    texts[note.words] = card.text
        if not texts:
            return
        mint = Mint(room.world.new_id)

        def reword(draft: Draft) -> None:
            mint.texts = dict(texts)
            words_desk.reword_cards(draft, texts)

        await self._log.commit(reword, mint=mint)

    async def sync_one(self, words: str) -> None:
        """Whoever answers for a card answers for what stands on it now. Raises `Refused`."""
        if (at := consent_desk.card_of(self._room.whole, words)) is not None:
            await self.sync(frozenset({at[0]}), frozenset({words}))

    async def sync_of(self, seat: str) -> None:
        """The same for every card of a seat. Raises `Refused`."""
        whole = self._room.whole
        cards = consent_desk.cards_by_author(whole).get(seat, {})
        at = (consent_desk.card_of(whole, ref) for ref in cards)
        await self.sync(frozenset(a[0] for a in at if a), frozenset(cards))
