"""Rows that changed on the disk: noticed, named, survived (issue 5, Durability)."""

import random
import sqlite3
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from rooms import board_schema, open_documents
from rooms import room as rooms_room
from rooms.sealed import MARK
from rooms.sqlite_thread import Kind
from tests.rooms.house import House
from tests.rooms.page import Page

SAID = 6


async def written(folder: Path) -> House:
    """A room in which the lead said some lines, one commit each."""
    house = await House.open(folder, people=1)
    for n in range(SAID):
        await house.do(house.lead, "desk.say", text=f"line {n}")
    return house


async def damage(house: House, table: str, key: str, number: int, dice: random.Random) -> None:
    """Flip, cut or overwrite the body of one row, as a bad disk may."""

    def work(db: sqlite3.Connection) -> None:
        (body,) = db.execute(f"SELECT body FROM {table} WHERE {key} = ?", (number,)).fetchone()
        match dice.randrange(3):
            case 0:
                changed = bytearray(body)
                changed[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
                new = bytes(changed)
            case 1:
                new = body[: dice.randrange(1, len(body))]
            case _:
                new = dice.randbytes(len(body))
        db.execute(f"UPDATE {table} SET body = ? WHERE {key} = ?", (new, number))

    await house.storage.thread.ask(Kind.WRITE, work)


@pytest.mark.parametrize("seed", range(8))
async def test_DUR1_a_damaged_commit_costs_what_comes_after_it_and_no_more(
    tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    async with await written(tmp_path) as house:
        room = await house.room()
        rows = list(await house.storage.commits(room.id))
        bad = dice.randrange(3, len(rows) + 1)
        await damage(house, "commits", "seq", bad, dice)
        with capture_logs() as lines:
            await house.crash()
            again = await house.room()
        (line,) = [line for line in lines if line["event"] == "log_damaged"]
        assert line["room"] == room.id
        assert line["count"] == len(rows) - bad + 1
        assert "docs/operations.md" in line["hint"]
        # Coming back is a commit of its own, after the whole ones.
        kept = list(await house.storage.commits(room.id))
        assert kept[: bad - 1] == rows[: bad - 1]
        assert [seq for seq, _ in kept] == list(range(1, len(kept) + 1))
        # It goes on, and opens whole the next time.
        seq = await house.do(house.lead, "desk.say", text="we go on")
        assert again.whole.room.seq == seq
        with capture_logs() as lines:
            await house.crash()
            third = await house.room()
        assert "log_damaged" not in [line["event"] for line in lines]
        assert third.book.get(third.whole.room.desk[-1].text) == "we go on"


async def test_DUR1_a_room_of_which_nothing_is_whole_is_named_and_left_alone(
    tmp_path: Path,
) -> None:
    async with await written(tmp_path) as house:
        room = await house.room()
        other = await house.hub.open_room(title="Another", facilitator="Rosa")
        await damage(house, "commits", "seq", 1, random.Random(1))
        before = list(await house.storage.commits(room.id))
        with capture_logs() as lines:
            await house.crash()
            opened = [await house.hub.delivery(id) for id in (room.id, other.room)]
        # One of the two lost its first commit; the other is whole.
        assert opened.count(None) >= 1
        assert any(line["event"] == "log_damaged" for line in lines)
        if opened[0] is None:
            assert list(await house.storage.commits(room.id)) == before


@pytest.mark.parametrize("seed", range(6))
async def test_DUR1_a_damaged_row_of_a_document_is_set_aside_and_it_opens(
    tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        page = await Page.open(house, await house.session("s2"), "mine/s2", client=7)
        for n in range(5):
            assert await page.draft(f"a1/box{n}", f"thought {n}")
        rows = await house.storage.updates(f"{room.id}/mine/s2")
        assert all(row.update.startswith(MARK) for row in rows)
        place = dice.randrange(1, len(rows))
        await damage(house, "updates", "id", rows[place].id, dice)
        with capture_logs() as lines:
            await house.crash()
            drafts = await (await house.room()).shelf.read("mine/s2", board_schema.read_drafts)
        assert [line["document"] for line in lines if line["event"] == "update_damaged"] == [
            "mine/s2"
        ]
        kept = {f"a1/box{n}": f"thought {n}" for n in range(place)}
        assert {key: drafts[key] for key in kept} == kept
        assert len(await house.storage.updates(f"{room.id}/mine/s2")) < len(rows)


def test_what_is_said_names_no_words_and_says_what_to_do() -> None:
    for said in (rooms_room.DAMAGED, rooms_room.NOTHING_WHOLE, open_documents.DAMAGED):
        assert "backup" in said.lower()
        assert len(said) <= 200  # the log cuts longer values
