"""One moment of a room for many readers (`rooms/sheet.py`)."""

from pathlib import Path

from rooms.sheet import Sheet, mark_without_time
from tests.rooms.house import House


async def test_the_people_list_is_one_object_for_all_who_see_the_same_WIR1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await house.do(house.lead, "seat.role", seat="s4", role="facilitator", epoch=1)
        await house.do("s2", "help.ask", about="sound")
        room = await house.room()
        sheet, seats = Sheet(room), room.whole.room.seats
        assert sheet.people(seats["s2"]).say is sheet.people(seats["s3"]).say
        assert sheet.people(seats["s1"]).say is sheet.people(seats["s4"]).say
        assert "sound" in sheet.people(seats["s1"]).say.payload
        assert "sound" not in sheet.people(seats["s2"]).say.payload
        assert sheet.desk(seats["s2"]) is None
        assert sheet.desk(seats["s1"]) == sheet.desk(seats["s4"])


async def test_a_sheet_says_what_the_room_says(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        room = await house.room()
        sheet = Sheet(room)
        for seat in room.whole.room.seats.values():
            device = await house.device(seat.id)
            assert sheet.view(device, seat, None).say.payload.encode() == room.view(device, seat.id)
            assert sheet.words(seat).say.payload.encode() == room.my_words(seat)
            assert sheet.people(seat).say.payload.encode() == room.people(seat)


def test_marks_differ_in_more_than_time() -> None:
    one = b'{"type":"view","seat":"s2","seq":3,"now":5,"x":1}'
    later = b'{"type":"view","seat":"s2","seq":4,"now":99,"x":1}'
    other = b'{"type":"view","seat":"s2","seq":3,"now":5,"x":2}'
    assert mark_without_time(one) == mark_without_time(later)
    assert mark_without_time(one) != mark_without_time(other)
    assert mark_without_time(b"{}") == mark_without_time(b"{}")
