"""Sections of everyone's board: whose they are, what they are called, where they stand."""

from pathlib import Path
from typing import Any

import pytest

from rooms.board_schema import Section
from rooms.wire_board import HEADING_LIMIT, MOST_SECTIONS
from tests.rooms.house import House
from tests.rooms.test_note_desk import cards, written


async def sections(house: House) -> list[Section]:
    return list(await (await house.room()).shelf.sections("board"))


async def titles(house: House) -> list[str]:
    return [section.title for section in await sections(house)]


async def test_facilitators_make_name_and_order_sections_BRD4(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        lead = house.lead
        for title in ("Plus", "Delta"):
            await house.do(lead, "section.add", title=title)
        await house.do(lead, "section.add", title="First", after="")
        assert await titles(house) == ["First", "Plus", "Delta"]
        first, plus, delta = [section.id for section in await sections(house)]
        await house.do(lead, "section.order", section=first, after=plus)
        seq = await house.do(lead, "section.rename", section=delta, title="Next time")
        assert await titles(house) == ["Plus", "First", "Next time"]
        room = await house.room()
        assert b"Delta" not in (await house.storage.words(room.id)).values()
        await house.do(lead, "section.rename", section=delta, title="Later", since=seq)
        again = {"section": delta, "title": "x", "since": seq}
        await house.refused(lead, "section.rename", "stale_phase", **again)
        (one,) = await written(house, "one", section=plus)
        await house.do(lead, "note.move", card=one, section=first)
        assert (await cards(house))["one"].section == first
        await house.crash()
        assert await titles(house) == ["Plus", "First", "Later"]


async def test_what_does_not_fit_is_refused_in_words_BRD9(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        lead, long = house.lead, "x" * (HEADING_LIMIT + 1)
        await house.refused(lead, "section.add", "too_large", title=long)
        await house.refused(lead, "section.add", "bad_request", title=" ")
        await house.refused(lead, "section.add", "stale_phase", title="x", after="no")
        await house.refused(lead, "section.rename", "unknown", section="no", title="x")
        await house.refused(lead, "section.order", "unknown", section="no")
        note: dict[str, Any] = {"document": "board", "kind": "insight", "text": "x"}
        await house.refused(lead, "note.add", "unknown", section="no", **note)
        for number in range(MOST_SECTIONS):
            await house.do(lead, "section.add", title=f"Section {number}")
        refusal = await house.refused(lead, "section.add", "full", title="one more")
        assert "sections" in str(refusal.message)


async def test_an_activitys_section_comes_with_its_first_card_and_belongs_to_its_step_BRD1(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, "empty", people=2) as house:
        await house.plan("plenary")
        await house.start()
        assert await sections(house) == []
        while not (add := await offered(house, "s2")):
            now = (await house.view(house.lead))["activity"]
            epoch = await house.epoch()
            await house.do(house.lead, "phase.next", phase=now["phase"], epoch=epoch)
        step = (await house.room()).whole.room.board.step
        where = {"document": "board", "section": add["section"], "kind": "insight"}
        for text in ("one", "two"):
            await house.do("s2", "note.add", text=text, **where)
        (made,) = await sections(house)
        assert (made.id, made.activity, made.step) == (add["section"], *step)
        assert made.title == "What we want to keep"


@pytest.mark.parametrize(
    ("people", "expected"), [(6, ["Notes", "Notes 2"]), (10, ["Estuary", "Mangrove"])]
)
async def test_what_a_group_reports_stands_under_its_name_but_never_under_peoples_BRD1(
    tmp_path: Path, people: int, expected: list[str]
) -> None:
    async with await House.open(tmp_path, "empty", people=people) as house:
        await house.plan("report_out", groups="mixed", prepare_min=2)
        await house.start()
        for seat in (seat for seat in house.tokens if seat != house.lead):
            add = await offered(house, seat)
            where = {"document": "board", "section": add["section"], "kind": "insight"}
            await house.do(seat, "note.add", text=f"of {seat}", **where)
        assert sorted(await titles(house)) == expected


async def offered(house: House, seat: str) -> dict[str, Any]:
    view = await house.view(seat)
    offers = (o for o in view["may"] if o["type"] == "note.add" and o["document"] == "board")
    return next((o for o in offers if o["section"]), {})
