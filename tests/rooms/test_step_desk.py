"""Taking back a step of one's own on the board: BRD6, RO3 (`rooms/RULES.md`)."""

from pathlib import Path

from activities.blocks import Line
from activities.kernel import Refused
from rooms.board_state import UNDO_MS
from rooms.step_desk import BUILT_ON, NOTHING
from tests.rooms.house import House
from tests.rooms.test_note_desk import after_all, cards, written
from tests.rooms.test_theme_desk import theme, under
from tests.rooms.test_words_desk import on_disk


async def seq(house: House) -> int:
    return (await house.room()).whole.room.seq


async def told(house: House, seat: str, at: int) -> Line | None:
    """What somebody reads who may not take this back."""
    try:
        await house.do(seat, "board.undo", at=at)
    except Refused as refused:
        return refused.message
    raise AssertionError("it was taken back")


async def test_notes_are_moved_together_and_taken_back_together_BRD6(tmp_path: Path) -> None:
    async with await after_all(tmp_path) as house:
        a, b, c, d = await written(house, "a", "b", "c", "d")
        water = await theme(house, "Water", a)
        rice = await theme(house, "Rice", d)
        before, was = await under(house), await seq(house)
        await house.do(house.lead, "note.move", cards=[c, a, b], theme=rice)
        at = await seq(house)
        assert at == was + 1
        assert await under(house) == {"Rice": ["d", "c", "a", "b"]}
        await house.refused(house.lead, "note.move", "bad_request", cards=[a, b])
        await house.refused(house.lead, "note.move", "bad_request", card=a, cards=[b], theme="")
        await house.refused(house.lead, "note.move", "bad_request", theme="")
        await house.refused(house.lead, "note.move", "bad_request", cards=[a, water], theme=rice)
        await house.refused("s2", "note.move", "not_allowed", cards=[a, b], theme=water)
        await house.refused("s2", "board.undo", "not_allowed", at=at)
        await house.do(house.lead, "board.undo", at=at)
        assert await under(house) == before
        await house.refused(house.lead, "board.undo", "unknown", at=at)


async def test_a_theme_that_was_made_or_split_is_taken_back_until_somebody_builds_on_it_BRD6(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        a, b, c = await written(house, "a", "b", "c")
        before = await under(house)
        water = await theme(house, "Water", a, b, c)
        made = await seq(house)
        await house.do(house.lead, "theme.split", theme=water, cards=[b], text="Rice")
        split = await seq(house)
        assert await told(house, house.lead, made) == BUILT_ON
        await house.do(house.lead, "board.undo", at=split)
        assert await under(house) == {"Water": ["a", "b", "c"]}
        await house.do(house.lead, "board.undo", at=made)
        assert await under(house) == before
        await house.clock.advance(UNDO_MS)
        assert not on_disk(tmp_path, "Water")
        again = await theme(house, "Boats", a)
        made = await seq(house)
        await house.do("s2", "note.tick", card=again)
        assert await told(house, house.lead, made) == BUILT_ON


async def test_notes_do_not_go_back_under_a_theme_that_is_gone_BRD2_BRD6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        (a,) = await written(house, "a")
        water, rice = await theme(house, "Water", a), await theme(house, "Rice")
        await house.do(house.lead, "note.move", card=a, theme=rice)
        at = await seq(house)
        await house.do(house.lead, "theme.merge", theme=water)
        assert await told(house, house.lead, at) == BUILT_ON
        await house.do(house.lead, "board.undo", at=await seq(house))
        await house.do(house.lead, "board.undo", at=at)
        assert await under(house) == {"Water": ["a"]}


async def test_a_theme_that_stood_again_is_taken_back_like_before_BRD6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        (a,) = await written(house, "a")
        water = await theme(house, "Water", a)
        made = await seq(house)
        await house.do(house.lead, "theme.merge", theme=water)
        for at in (await seq(house), made):
            await house.do(house.lead, "board.undo", at=at)
        assert await under(house) == {"": ["a"]}


async def test_a_merge_is_taken_back_within_a_minute_with_name_and_ticks_BRD6_RO3(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=3) as house:
        a, b, c = await written(house, "a", "b", "c")
        water, rice = await theme(house, "Water", a), await theme(house, "Rice", b, c)
        await house.do("s2", "note.tick", card=water)
        for seat in ("s2", "s3"):
            await house.do(seat, "note.tick", card=rice)
        before, looked = await under(house), await cards(house)
        await house.do(house.lead, "theme.merge", theme=rice, into=water)
        at = await seq(house)
        mine = await (await house.room()).board(await house.device(house.lead))
        assert mine["taken"] == []
        await house.refused(house.lead, "note.restore", "unknown", card=rice)
        await house.crash()
        await house.do(house.lead, "board.undo", at=at)
        assert await under(house) == before
        assert await cards(house) == looked
        await house.crash()
        assert await cards(house) == looked
        await house.do(house.lead, "theme.merge", theme=rice, into=water)
        at = await seq(house)
        await house.do("s3", "note.tick", card=water, on=False)
        assert await told(house, house.lead, at) == BUILT_ON
        await house.clock.advance(UNDO_MS)
        assert await told(house, house.lead, at) == NOTHING
        assert not on_disk(tmp_path, "Rice")
