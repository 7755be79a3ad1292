"""What a room looks up about its memo before it decides a command: it is drafted from documents,
which no decider can read."""

from typing import Final

from rooms import memo_states
from rooms.asking import Known
from rooms.memo_places import placed
from rooms.room_memo import RoomMemo
from rooms.room_reading import RoomReading

SENDING: Final = "memo.send"
ABOUT: Final = frozenset({SENDING, "memo.remind"})
WRITTEN: Final = frozenset({"memo.open", "memo.fit"})


async def looked_up(room: RoomReading, memos: RoomMemo, tag: str) -> Known:
    """What a command of this type needs to know of the memo (ME6)."""
    if tag in WRITTEN:
        state, book = room.whole.room, room.book
        questions = {theme: book.get(ref) or "" for theme, ref in state.questions.items()}
        return Known(prose=await memos.prose(), questions=questions)
    if tag not in ABOUT:
        return Known()
    if tag == SENDING and not memo_states.writable(room.whole.room):
        memo = await memos.copy("participants")
    else:
        memo = await memos.draft("participants")
    return Known(
        memo_ready=memo.ready,
        memo_waiting=memo.waiting,
        places=placed(memo) if tag == SENDING else {},
        sections=tuple(section.id for section in memo.sections),
    )
