"""The frame round every view, and the lists beside it (DOC1)."""

from pathlib import Path

import msgspec

from rooms import wire
from rooms.room_view import documents_of
from tests.rooms.house import House


async def test_before_between_and_after(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=2) as house:
        assert (await house.view("s2"))["blocks"][0]["text"] == "Welcome to Living with the river"
        assert [b["type"] for b in (await house.view(house.lead))["blocks"]] == ["now", "next"]
        await house.start()
        rows = (await house.view("s2"))["room"]["agenda"]
        assert [r["state"] for r in rows] == ["now", "to come", "to come"]
        await house.do(house.lead, "activity.cut", epoch=1)
        assert (await house.view("s2"))["blocks"][0]["text"] == "A moment to breathe"
        await house.do(house.lead, "activity.skip", item="a2", epoch=1)
        await house.start("a3")
        await house.do(house.lead, "activity.cut", epoch=1)
        after = await house.view("s2")
        assert after["activity"] is None
        assert [r["state"] for r in after["room"]["agenda"]] == ["done", "skipped", "done"]


async def test_who_left_sees_the_way_back_only(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.start()
        await house.do("s2", "seat.leave")
        view = await house.view("s2")
        assert [o["type"] for o in view["may"]] == ["seat.return"]
        assert view["documents"] == []
        assert view["activity"] is None


async def test_a_view_is_what_the_wire_says(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        for seat in ("s1", "s2"):
            view = await house.view(seat)
            names = {field.name for field in msgspec.structs.fields(wire.ViewMessage)}
            assert set(view) == names | {"type"}
            assert view["now"] == house.clock.now()
            assert view["seq"] == room.whole.room.seq
        assert (await house.view("s1"))["room"]["code"] == house.opened.code
        assert (await house.view("s2"))["room"]["code"] == ""


async def test_documents_follow_membership_DOC1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        await house.telling()
        room = await house.room()

        def names(seat: str) -> set[str]:
            found = room.whole.room.seats[seat]
            return set(documents_of(room.whole, room.world.activities, found))

        assert names("s2") == {"board", "mine/s2", "group/a1-c1"}
        assert names(house.lead) == {"board", "mine/s1", "memo", "desk"}  # no circle's (SC)
        assert set((await house.view("s2"))["documents"]) == names("s2")
        await house.do("s2", "seat.leave")
        assert names("s2") == set()


async def test_a_hall_with_people_elsewhere_learns_how_not_to_echo(tmp_path: Path) -> None:
    """`methods.md` 1.9: one device a table has the sound; nobody far away is told."""
    async with await House.open(tmp_path, "check_in") as house:
        near = await house.join("Grace", where="room")
        far = await house.join("Kofi", where="remote")
        told = {
            seat: any(
                "More would echo" in b.get("text", "") for b in (await house.view(seat))["blocks"]
            )
            for seat in (near, far)
        }
        assert told == {near: True, far: False}
