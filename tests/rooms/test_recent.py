"""Who did what of late in the documents: by touch, by the card's own time, within two minutes."""

from pathlib import Path

from rooms.ownership import Touch
from rooms.recent import TOUCHES_KEPT, Recent
from rooms.safety import HIDES_BACK
from tests.rooms.house import House
from tests.rooms.page import Page


def touch(*path: str) -> Touch:
    return Touch("set", path)


async def test_what_others_do_to_a_card_is_not_its_authors_doing(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        page = await Page.open(house, await house.session("s2"), "board", 100)
        await page.card("s2-old", "A thought")
        room = await house.room()
        recent = Recent(house.clock.now)
        recent.touched(
            "board",
            [
                touch("cards", "s2-old", "ticks", "s3"),
                touch("cards", "s2-old", "theme"),
                touch("cards", "s2-old", "section"),
                touch("sections", "s2-x"),
            ],
        )
        assert (await recent.doings("s2", room)).recent == ()  # its `created` is 0 as well
        recent.touched("board", [touch("cards", "s2-old", "text")])
        assert (await recent.doings("s2", room)).recent == (("board", "s2-old"),)
        await house.clock.advance(HIDES_BACK + 1)
        doings = await recent.doings("s2", room)
        assert (doings.recent, doings.all) == ((), (("board", "s2-old"),))


async def test_after_a_restart_what_the_log_and_the_card_say_still_counts(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        await house.do(house.lead, "activity.cut", epoch=await house.epoch())
        await house.do(
            "s2", "note.add", document="board", section="", kind="insight", text="Just now"
        )
        await house.crash()
        room = await house.room()
        doings = await room.recent.doings("s2", room)
        assert len(doings.recent) == 1


async def test_touches_are_bounded(tmp_path: Path) -> None:
    recent = Recent(lambda: 0)
    for number in range(TOUCHES_KEPT + 10):
        recent.touched("board", [touch("cards", f"s2-{number}", "text")])
    assert len(recent._touched["s2"]) == TOUCHES_KEPT
