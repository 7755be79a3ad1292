"""A rehearsal: invented people take part in every template, are marked as such, and go again."""

import itertools
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from rooms.clock import TestClock
from rooms.hub import Hub
from rooms.presence import PROGRAM_SILENT
from rooms.sqlite_storage import SqliteStorage
from server.demo_people import PEOPLE
from server.errors import Problem
from server.rehearsal import KEPT, LEFT_ALONE, MOST, Practising, Rehearsals

STEP = 20_000
"""Milliseconds between two looks at their screens."""

PATIENCE = 6
"""Looks between two presses of the lead: two minutes."""


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    storage = await SqliteStorage.open(tmp_path)
    dice = itertools.count(7)
    hub = Hub(storage, TestClock(), secret=b"s" * 32, dice=lambda: next(dice))
    await hub.start()
    yield hub
    await hub.close()
    await storage.close()


async def practising(hub: Hub, template: str) -> Practising:
    opened = await hub.open_room(
        title="Rehearsal", facilitator="Amina", template=template, settings=KEPT
    )
    company = Practising(hub, hub.clock, opened)
    await company.come_in()
    return company


async def look(company: Practising, times: int = 1) -> None:
    """Time goes by; all look at their screens, and the organiser's page is open."""
    assert isinstance(company.hub.clock, TestClock)
    for _ in range(times):
        await company.hub.clock.advance(STEP)
        lead = company.room.device(company.opened.token)
        assert lead
        company.room.called(lead)
        await company.act()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "does"),
    [
        ("evening", {"answer.give", "turn.done", "release.answer"}),
        ("exchange", {"ready.say", "note.keep", "seat.take", "question.add", "commitment.add"}),
    ],
)
async def test_they_take_part_in_all_that_an_agenda_holds(
    hub: Hub, template: str, does: set[str]
) -> None:
    company = await practising(hub, template)
    seen: set[str] = set()
    tapped: set[str] = set()
    tap = company.tap

    async def noting(
        seat: str, offer: Mapping[str, Any], fields: Mapping[str, Any], shown: Mapping[str, Any]
    ) -> None:
        tapped.add(offer["type"])
        await tap(seat, offer, fields, shown)

    company.tap = noting  # type: ignore[method-assign]
    with capture_logs() as logs:
        for _ in range(90):
            await look(company, PATIENCE)
            before = await company.phase()
            await company.next_phase()
            seen.add((await company.phase()).partition(".")[0])
            if not before and not await company.phase():
                break
    plan = company.room.whole.room.plan
    assert {item.id for item in plan.items} <= seen | {""} | {
        item.id for item in plan.items if item.kind == "break"
    }
    assert does <= tapped
    assert not [line for line in logs if line["event"] == "demo_refused"], logs


async def test_what_each_gives_once_is_given_once(hub: Hub) -> None:
    company = await practising(hub, "check_in")
    await look(company)
    await company.next_phase()
    await company.next_phase()
    await look(company, PATIENCE)
    progress = next(
        block
        for block in (await company.view(company.lead))["blocks"]
        if block["type"] == "progress"
    )
    assert progress["done"] == len(PEOPLE)


async def test_they_hold_out_while_the_organiser_is_there_and_no_longer(hub: Hub) -> None:
    company = await practising(hub, "check_in")
    await look(company, PATIENCE)
    assert not company.left_alone
    assert isinstance(hub.clock, TestClock)
    left = PROGRAM_SILENT + LEFT_ALONE
    for _ in range(4):
        await hub.clock.advance(left // 3)
        await company.act()
        await company.room.sweep()
    assert company.left_alone


async def test_there_are_so_many_at_once_and_all_end_with_the_server(hub: Hub) -> None:
    rehearsals = Rehearsals(hub, hub.clock)
    wanted = {"title": "Rehearsal", "facilitator": "Amina", "template": "check_in"}
    for _ in range(MOST):
        opened = await rehearsals.open(**wanted)
    room = (await hub.room(opened.room)).whole.room
    assert len(room.seats) == len(PEOPLE) + 1
    assert (room.keep.board_days, room.keep.memo_days) == (1, 1)
    with pytest.raises(Problem):
        await rehearsals.open(**wanted)
    await rehearsals.close()
