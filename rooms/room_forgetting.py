"""What a room has promised to forget: words refused, boxes of the unnamed, board and memo on
their dates."""

from collections.abc import Awaitable, Callable

import structlog

from rooms import forgetting_desk, words_state
from rooms.memo_places import placed
from rooms.room_alarms import RoomAlarms
from rooms.room_log import RoomLog
from rooms.room_memo import RoomMemo
from rooms.room_reading import RoomReading
from rooms.storage import StorageUnwritable

log = structlog.get_logger("rooms")


class RoomForgetting:
    """Keeps the promises of one room. `expired` is called when the date of the whole room has
    come."""

    def __init__(
        self, room: RoomReading, log: RoomLog, alarms: RoomAlarms, memos: RoomMemo
    ) -> None:
        self.expired: Callable[[], Awaitable[None]] | None = None
        self._room = room
        self._log = log
        self._alarms = alarms
        self._memos = memos
        self._boxes: list[tuple[str, frozenset[str]]] = []  # to be emptied (NML4)

    def set_alarms(self) -> None:
        """When words whose owner said no, and the board, and the memo, are forgotten."""
        state = self._room.whole.room
        soonest = min(words_state.forget_times(state).values(), default=None)
        self._alarms.keep("words", soonest, self._ring_words)
        until = state.keep.memo_until if state.board_gone else state.keep.board_until
        self._alarms.keep("keep", until(state.kept_from), self._ring_keep)

    async def _ring_words(self) -> None:
        """Forget words ten minutes after their owner said no. Raises `Refused("full")`: then the
        alarm rings again."""
        await self._log.commit(forgetting_desk.forget_refused)
        self._alarms.look()

    async def _ring_keep(self) -> None:
        """The date of the board has come, or that of the whole room. Raises `Refused("full")`: then
        the alarm rings again."""
        state, now = self._room.whole.room, self._room.world.clock.now()
        if state.keep.memo_until(state.kept_from) <= now:
            if self.expired is None:
                self._alarms.again("keep", self._ring_keep)  # nobody has taken it in yet
            else:
                await self.expired()
            return
        if not state.board_gone and state.keep.board_until(state.kept_from) <= now:
            memos = [await self._memos.draft("participants")]
            if state.sent:
                memos.append(await self._memos.copy("participants"))
            printed = frozenset(id for memo in memos for id in placed(memo))
            await self._log.commit(lambda draft: forgetting_desk.forget_board(draft, printed))
        self._alarms.look()

    async def forget_drafts(self, seat: str, texts: frozenset[str]) -> None:
        """What was given without a name stands in no private document either: the page that typed
        it may be gone before it has emptied its box (NML4)."""
        self._boxes.append((seat, texts))
        try:
            await self._ring_boxes()
        except StorageUnwritable:
            log.warning("drafts_kept", room=self._room.id)
            self._alarms.again("boxes", self._ring_boxes)

    async def _ring_boxes(self) -> None:
        """Empty the boxes that wait for it. Raises `StorageUnwritable`: then the alarm rings
        again."""
        while self._boxes and not self._log.forgotten:
            seat, texts = self._boxes[0]
            await self._room.shelf.forget_drafts(seat, texts, whole=True)
            self._boxes = [box for box in self._boxes if box != (seat, texts)]
        self._alarms.drop("boxes")
