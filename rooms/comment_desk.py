"""What people say about the copy of the memo they have (`methods.md` A18): by place, with their
name, read by everyone who has it and printed nowhere.

A comment is people's words: kept by reference, taken back by whom it is, deleted with their person
and at the date of the board. It changes nothing in the memo itself: only facilitators do.
"""

from typing import Final, assert_never

from activities.blocks import say
from activities.kernel import Refused
from rooms import memo_states, wire_memo
from rooms.asking import Asking
from rooms.memo import BUDGETS
from rooms.memo_events import CommentTakenBack, CommentTakenUp, MemoCommented
from rooms.memo_tree import nameless
from rooms.room_state import RoomState
from rooms.whole import Draft

Command = wire_memo.MemoComment | wire_memo.MemoUncomment | wire_memo.MemoTakeUp

SEAT_MOST: Final = 30
"""Comments of one person: three for each of ten places; who has more to say brings it to the
call."""
ROOM_MOST: Final = 1_000
"""Comments of one memo: what a page can show and facilitators can read."""

NOT_SENT: Final = say("There is nothing to comment on yet: the memo is still being written.")
FINAL: Final = say("The memo is final. Say it to the facilitators; it may go into the next one.")
ENOUGH: Final = say(
    "You have written {n} comments, as many as fit. Take one back, or say the rest in the call.",
    n=SEAT_MOST,
)
ALL_FULL: Final = say("This memo has as many comments as fit. Say yours in the call.")
NO_PLACE: Final = say("This part is not in the memo any more. Your words are kept on this device.")
NOT_THERE: Final = say("This comment is not there any more.")
OWNER_ONLY: Final = say("Only the person who wrote it takes a comment back.")


def decide(draft: Draft, command: Command, asking: Asking) -> None:
    """Decide one of this module's commands. Raises `Refused`."""
    match command:
        case wire_memo.MemoComment():
            _comment(draft, command, asking)
        case wire_memo.MemoUncomment():
            known = _known(draft.room, command.comment)
            if known.seat != asking.seat.id:
                raise Refused("not_allowed", OWNER_ONLY)
            draft.add(CommentTakenBack(comment=known.id, words=known.words))
        case wire_memo.MemoTakeUp():
            asking.ensure_facilitator()
            known = _known(draft.room, command.comment)
            if bool(known.taken) == command.on:
                raise Refused("duplicate")
            draft.add(CommentTakenUp(comment=known.id, by=asking.seat.id, on=command.on))
        case _:
            assert_never(command)


def places(state: RoomState) -> tuple[str, ...]:
    """Ids of the sections of the copy people have, without anybody's seat."""
    known = state.memo.sections or (*BUDGETS, *state.sent_places.values())
    return tuple(dict.fromkeys(nameless(id) for id in known if id != "themes"))


def _comment(draft: Draft, command: wire_memo.MemoComment, asking: Asking) -> None:
    state = draft.room
    if asking.seat.role not in ("facilitator", "participant"):
        raise Refused("not_allowed")
    if not memo_states.commentable(state):
        raise Refused("closed", FINAL if state.sent else NOT_SENT)
    place = nameless(command.place)
    if place not in places(state):
        raise Refused("unknown", NO_PLACE)
    comments = state.memo.comments.values()
    if sum(one.seat == asking.seat.id for one in comments) >= SEAT_MOST:
        raise Refused("full", ENOUGH)
    if len(comments) >= ROOM_MOST:
        raise Refused("full", ALL_FULL)
    draft.add(
        MemoCommented(
            comment=asking.new_id(),
            place=place,
            words=asking.mint.ref(command.text, wire_memo.COMMENT_LIMIT),
            seat=asking.seat.id,
            version=state.memo_version,
            at=asking.now,
        )
    )


def _known(state: RoomState, id: str) -> memo_states.Comment:
    known = state.memo.comments.get(id)
    if known is None:
        raise Refused("unknown", NOT_THERE)
    return known
