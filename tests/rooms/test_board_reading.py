"""The board as programs read it: order, themes, sections, checkpoints, one's own undo."""

from pathlib import Path
from typing import Any

from rooms.board_reading import reading
from rooms.board_schema import Card, Section
from rooms.board_state import UNDO_MS
from tests.rooms.house import House
from tests.rooms.test_note_desk import after_all, written
from tests.rooms.test_theme_desk import theme


async def read(house: House, seat: str) -> dict[str, Any]:
    return await (await house.room()).board(await house.device(seat), seat)


def test_every_card_is_listed_once_and_what_stands_nowhere_is_not_placed_BRD2() -> None:
    cards = [
        Card("s1-t", "theme", "Water", order="a1"),
        Card("s1-u", "theme", "Rice", order="a0"),
        Card("s1-a", "insight", "", theme="s1-t", section="x", order="a2"),
        Card("s1-b", "insight", "", theme="s1-t", order="a1"),
        Card("s1-c", "insight", "", theme="gone", order="a1"),
        Card("s1-d", "insight", "", section="x", created=5),
        Card("s1-e", "insight", "", section="gone", created=4),
    ]
    shown = reading(cards, [Section("x", "Plus")])
    assert [(t["text"], t["cards"]) for t in shown["themes"]] == [
        ("Rice", []),
        ("Water", ["s1-b", "s1-a"]),
    ]
    assert [s["cards"] for s in shown["sections"]] == [["s1-d"]]
    assert shown["unplaced"] == ["s1-e", "s1-c"]


async def test_the_board_tells_facilitators_of_checkpoints_and_each_of_their_own_undo_BRD7_BRD5(
    tmp_path: Path,
) -> None:
    async with await after_all(tmp_path) as house:
        one, two = await written(house, "one", "two", by="s2")
        water = await theme(house, "Water", one)
        shown = await read(house, "s2")
        assert (shown["themes"][0]["cards"], shown["unplaced"]) == ([one], [two])
        assert shown["checkpoints"] == []
        await house.plan("check_in")
        await house.start("a2")
        (point,) = (await read(house, house.lead))["checkpoints"]
        assert (point["label"], point["cards"]) == ("Check-in", 2)
        await house.do(house.lead, "note.move", card=two, theme=water)
        await house.do(house.lead, "board.restore", at=point["at"], theme=water)
        first, second = (await read(house, house.lead))["checkpoints"]
        assert (first["restore"], first["label"]) == (True, "Before something was put back")
        assert second == point
        await house.do("s2", "note.delete", document="board", card=two)
        (gone,) = (await read(house, "s2"))["taken"]
        assert (gone["card"], gone["document"]) == (two, "board")
        assert gone["until"] == house.clock.now() + UNDO_MS
        assert (await read(house, house.lead))["taken"] == []
