"""Opening, finding, joining, recovering, forgetting rooms: SEA, STO2, STO3 (`rooms/RULES.md`)."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from activities.kernel import Refused
from rooms.hub import Newcomer
from rooms.seats import SEATS_PER_DEVICE, SEATS_PER_ROOM
from tests.rooms.house import House


async def test_link_and_code_open_this_room_only_SEA1(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        other = await house.hub.open_room(title="Elsewhere", facilitator="Zoe")
        room = await house.room()
        for secret in (house.opened.join, house.opened.code, house.opened.code.lower()):
            found = await house.hub.find(secret)
            assert found is not None
            assert found.room == house.opened.room
            assert (await house.hub.join(room, Newcomer("Ana"), secret=secret)).token
        for secret in (other.join, other.code, "", "x", house.opened.screen, "\ud800" * 22):
            with pytest.raises(Refused, match="not_allowed"):
                await house.hub.join(room, Newcomer("Ana"), secret=secret)
        for secret in ("", "x" * 65, "AAAA-AAAA", "\ud800"):
            assert await house.hub.find(secret) is None


async def test_a_closed_door_keeps_those_who_sit_SEA1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do(house.lead, "door.close", epoch=1)
        with pytest.raises(Refused, match="closed"):
            await house.join("Late")
        with pytest.raises(Refused, match="closed"):
            await house.carry("s2", "Carried late")
        assert (await house.view(house.lead))["room"]["code"] == ""
        await house.do("s2", "help.ask")
        await house.do("s2", "seat.leave")
        await house.do("s2", "seat.return")
        await house.do(house.lead, "door.open", epoch=1)
        await house.join("Late")


async def test_nine_at_a_device_and_no_more_however_many_ask_SEA2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        asked = [house.carry("s2", f"Carried {n}") for n in range(12)]
        results = await asyncio.gather(*asked, return_exceptions=True)
        refused = [r for r in results if isinstance(r, Refused)]
        assert {r.reason for r in refused} == {"full"}
        assert len((await house.device("s2")).seats) == SEATS_PER_DEVICE
        assert len(refused) == 12 - SEATS_PER_DEVICE + 1


async def test_a_room_is_full_at_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SEATS_PER_ROOM == 400
    monkeypatch.setattr("rooms.hub.SEATS_PER_ROOM", 5)
    async with await House.open(tmp_path, people=3) as house:
        results = await asyncio.gather(
            *(house.join(f"Late {n}") for n in range(3)), return_exceptions=True
        )
        assert sum(isinstance(r, Refused) for r in results) == 2
        assert len((await house.room()).whole.room.seats) == 5


async def test_nobody_is_carried_by_a_wall_or_a_stranger_SEA2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        other = await house.hub.open_room(title="Elsewhere", facilitator="Zoe")
        stranger = (await house.hub.room(other.room)).device(other.token)
        wall = await house.hub.recover(room, house.opened.screen)
        assert wall.token
        removed = await house.device("s2")
        await house.do(house.lead, "seat.remove", seat="s2", epoch=1)
        for carrier in (stranger, room.device(wall.token), removed):
            assert carrier
            with pytest.raises(Refused, match="not_allowed"):
                await house.hub.join(room, Newcomer("Ana"), carrier=carrier)


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "x" * 10_000, "\0\1\2", "🙂", "-" * 20])
async def test_a_name_nobody_can_read_aloud_is_refused_WRD1(tmp_path: Path, name: str) -> None:
    async with await House.open(tmp_path) as house:
        room = await house.room()
        before = room.whole
        with pytest.raises(Refused) as refused:
            await house.hub.join(room, Newcomer(name), secret=house.opened.code)
        assert refused.value.message is not None
        with pytest.raises(Refused):
            await house.hub.open_room(title="Fine", facilitator=name)
        assert room.whole is before


@pytest.mark.parametrize("language", ["", "x", "en/../..", "x" * 10_000, "é", "a b"])
async def test_a_language_that_is_none_is_refused(tmp_path: Path, language: str) -> None:
    async with await House.open(tmp_path) as house:
        room = await house.room()
        with pytest.raises(Refused, match="bad_request"):
            await house.hub.join(room, Newcomer("Ana", language), secret=house.opened.code)
        with pytest.raises(Refused, match="bad_request"):
            await house.hub.open_room(title="T", facilitator="Ana", language=language)


@pytest.mark.parametrize(
    "wrong", [{"template": "none"}, {"settings": {"confidentiality": "x"}}, {"zone": "x" * 100}]
)
async def test_a_room_that_cannot_be_is_not_opened(tmp_path: Path, wrong: dict[str, Any]) -> None:
    async with await House.open(tmp_path) as house:
        with pytest.raises(Refused, match="bad_request"):
            await house.hub.open_room(title="T", facilitator="Ana", **wrong)


async def test_a_room_that_cannot_be_saved_is_not_opened_by_halves_STO3(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        house.storage.full = True
        with pytest.raises(Refused, match="full") as refused:
            await house.hub.open_room(title="T", facilitator="Ana")
        assert refused.value.message is not None
        house.storage.full = False
        assert await house.storage.rooms() == [house.opened.room]


async def test_forty_come_in_at_once_and_all_have_a_seat_of_their_own(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        seats = await asyncio.gather(*(house.join(f"Person {n}") for n in range(40)))
        assert len(set(seats)) == 40
        room = await house.room()
        assert {room.name_of(s) for s in seats} == {f"Person {n}" for n in range(40)}


async def test_a_recovery_link_adds_a_device_and_never_takes_the_lead_SEA7(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        await house.do("s2", "lead.accept", epoch=1)
        joined = await house.hub.recover(room, house.opened.facilitate)
        assert joined.seat == house.lead
        assert joined.token
        assert joined.token != house.opened.token
        assert room.whole.room.lead.acting == "s2"
        for secret in ("", "x" * 65, house.opened.join, house.opened.code, "\ud800"):
            with pytest.raises(Refused, match="not_allowed"):
                await house.hub.recover(room, secret)
        links = house.hub.links(room, house.lead)
        assert links["facilitate"] == house.opened.facilitate
        assert links["join"] == house.opened.join


async def test_the_link_of_somebody_no_longer_facilitator_opens_nothing_SEA7(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        secret = house.hub.links(room, "s2")["facilitate"]
        assert (await house.hub.recover(room, secret)).seat == "s2"
        await house.do(house.lead, "seat.role", seat="s2", role="participant", epoch=1)
        with pytest.raises(Refused, match="not_allowed"):
            await house.hub.recover(room, secret)


async def test_the_walls_link_opens_one_wall_however_often_SEA7(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        room = await house.room()
        walls = [await house.hub.recover(room, house.opened.screen) for _ in range(3)]
        assert len({w.seat for w in walls}) == 1
        assert len({w.token for w in walls}) == 3
        assert room.here() == 1
        device = room.device(walls[0].token or "")
        assert device
        assert room.documents(device) == frozenset()
        with pytest.raises(Refused, match="not_allowed"):
            await room.command(device, b'{"request": "r", "command": {"type": "help.ask"}}')


async def test_whoever_sat_alone_sits_at_a_table_once_somebody_is_carried_SEA4(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        await house.carry("s2", "Carried", organisation="Delta Fishers")
        members = (await house.room()).whole.running["a1"].state.members
        assert members["s2"].table == members["s4"].table != ""
        assert members["s3"].table == ""
        assert members["s4"].organisation
        assert members["s4"].where == "carried"


async def test_a_wall_chooses_its_language_and_does_nothing_else(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await house.do(house.lead, "activity.start", item="a1", epoch=1)
        room = await house.room()
        wall = await house.hub.recover(room, house.opened.screen)
        assert wall.token
        device = room.device(wall.token)
        assert device

        async def asks(request: str, command: dict[str, Any]) -> None:
            body = {"request": request, "seat": wall.seat, "command": command}
            await room.command(device, json.dumps(body).encode())

        await asks("one", {"type": "seat.language", "language": "ar"})
        assert room.language_of(wall.seat) == "ar"
        running = room.whole.running["a1"]
        assert f"'{wall.seat}'" not in str(running.state)  # a wall is nobody who comes late
        refused: list[dict[str, Any]] = [{"type": "room.pause"}, {"type": "seat.name"}, {}]
        for command in refused:
            with pytest.raises(Refused, match="not_allowed"):
                await asks("two", command)
