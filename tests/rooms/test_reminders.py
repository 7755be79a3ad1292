"""Kind reminders: to those who wait, seldom, and not over a teller."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from activities.kernel import Refused
from rooms.asking import Known
from rooms.reminders import LASTS, OwnersReminded, answered, notes, reminded
from rooms.reminders_desk import AGAIN_AFTER, decide
from rooms.whole import Draft
from rooms.wire_memo import MemoRemind
from tests.rooms.house import House, asking_of


async def test_those_who_wait_are_reminded_once_in_ten_minutes(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.refused("s2", "memo.remind", "not_allowed")
        await house.refused(house.lead, "memo.remind", "duplicate")
        room = await house.room()
        lead = room.whole.room.seats[house.lead]

        def ask(seat: str, now: int, *waiting: str) -> tuple[str, ...]:
            draft = Draft(room.whole, room.world.activities, now)
            asking = replace(asking_of(lead, now), known=Known(memo_waiting=waiting))
            decide(draft, MemoRemind(seat=seat), asking)
            (event,) = draft.events
            assert isinstance(event, OwnersReminded)
            return event.seats

        assert ask("", 10, "s2", "s3", "gone") == ("s2", "s3")
        assert ask("s3", 10, "s2", "s3") == ("s3",)
        with pytest.raises(Refused, match="duplicate"):
            ask("s3", 10, "s2")
        told = reminded({}, OwnersReminded(seats=("s2",), at=10))
        room.whole = replace(room.whole, room=replace(room.whole.room, reminded=told))
        assert ask("", 20, "s2", "s3") == ("s3",)
        with pytest.raises(Refused, match="too_many"):
            ask("", 9 + AGAIN_AFTER, "s2")
        assert ask("", 10 + AGAIN_AFTER, "s2") == ("s2",)
        told = {"s2": house.clock.now()}
        room.whole = replace(room.whole, room=replace(room.whole.room, reminded=told))
        shown = await house.view("s2")
        assert any(block.get("tone") == "private" for block in shown["blocks"])


def test_a_reminder_stands_for_a_day_or_until_the_answer() -> None:
    told = reminded({"s1": 5}, OwnersReminded(seats=("s1", "s2"), at=10))
    assert told == {"s1": 10, "s2": 10}
    assert len(notes(told, "s2", 10 + AGAIN_AFTER)) == 1
    assert notes(told, "s2", 10 + LASTS) == ()
    assert notes(told, "s3", 10) == ()
    assert answered(told, "s1") == {"s2": 10}
    assert answered(told, "s9") is told
