"""What the room looks up for a decider: only what the command is about."""

import json
from pathlib import Path

import pytest

from activities.kernel import Refused
from rooms.asking import Known
from rooms.knowing import Knowing
from rooms.recent import Recent
from tests.rooms.house import House


async def knowing(house: House) -> Knowing:
    room = await house.room()
    return Knowing(room, Recent(house.clock.now), room.memos)


def raw(type: str, **fields: str) -> bytes:
    return json.dumps({"type": type, **fields}).encode()


async def test_most_commands_need_nothing(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        assert await (await knowing(house)).known(raw("door.close"), house.lead) == Known()


async def test_hiding_needs_what_the_other_did_and_erasing_what_oneself_did(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        await house.do(house.lead, "activity.cut", epoch=await house.epoch())
        fields = {"document": "board", "section": "", "kind": "insight"}
        await house.do("s2", "note.add", text="Mine", **fields)
        await house.do("s3", "note.add", text="Theirs", **fields)
        known = await (await knowing(house)).known(raw("seat.hide", seat="s2"), house.lead)
        assert len(known.cards) == 1
        assert known.cards[0][1].startswith("s2")
        own = await (await knowing(house)).known(raw("words.erase"), "s3")
        assert [card for _, card in own.cards if card.startswith("s3")]
        assert len(own.cards) == 1
        nobody = await (await knowing(house)).known(raw("seat.hide", seat="s99"), house.lead)
        assert nobody == Known()


async def test_a_picture_of_somebody_else_is_not_known(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        room = await house.room()
        id = await room.add_photo(await house.device("s2"), "s2", b"\xff\xd8\xff")
        asked = raw("note.add", photo=id)
        assert (await (await knowing(house)).known(asked, "s2")).photo == id
        assert (await (await knowing(house)).known(asked, "s3")).photo == ""


async def test_a_code_is_kept_before_it_is_shown_or_refused_STO1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        known = await (await knowing(house)).with_code(Known(), "s2")
        code = room.world.doors.moving(room.id, "s2", known.nonce)
        found = await house.storage.secret(room.world.doors.lookup(code))
        assert found == (room.id, b"move")
        house.storage.full = True
        with pytest.raises(Refused) as refused:
            await (await knowing(house)).with_code(Known(), "s2")
        assert refused.value.reason == "full"
