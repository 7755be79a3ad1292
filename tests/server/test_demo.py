"""The staged evening: believable, in many scripts, and its memo holds only what was released."""

import itertools
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rooms.clock import TestClock
from rooms.hub import Hub
from rooms.memo_export import export
from rooms.memo_material import material
from rooms.sqlite_storage import SqliteStorage
from server.demo import DEMO_DICE, MOMENTS, TELLING_BEFORE, Moment, stage
from server.demo_people import PEOPLE, STORIES, TABLE
from server.demo_stage import BREAK_MINUTES

EVERYBODY = (*PEOPLE, *TABLE)


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    storage = await SqliteStorage.open(tmp_path)
    dice = itertools.count(DEMO_DICE)
    hub = Hub(storage, TestClock(), secret=b"s" * 32, dice=lambda: next(dice))
    await hub.start()
    yield hub
    await hub.close()
    await storage.close()


def test_the_people_write_in_at_least_three_scripts() -> None:
    scripts = {unicodedata.name(c).split()[0] for p in EVERYBODY for c in p.name if c.isalpha()}
    assert len(scripts) >= 3


PHASES = {
    "before": "", "answer": "a1.answer", "reveal": "a1.reveal", "gather": "a2.gather",
    "frame": "a2.frame", "form": "a2.form", "settle": "a2.settle", "telling": "a2.telling",
    "quiet": "a2.quiet", "reflect": "a2.reflect", "release": "a2.release",
    "plenary": "a2.plenary", "check_out": "a3.answer", "after": "",
}  # fmt: skip


@pytest.mark.slow
async def test_tonights_third_story_is_being_told_just_now(hub: Hub) -> None:
    assert isinstance(hub.clock, TestClock)
    began = hub.clock.now()
    await stage(hub, hub.clock, "telling")
    took = hub.clock.now() - began
    assert TELLING_BEFORE - 10_000 < took <= TELLING_BEFORE


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
async def test_the_evening_reaches_every_moment(hub: Hub, moment: Moment) -> None:
    assert isinstance(hub.clock, TestClock)
    company = await stage(hub, hub.clock, moment)
    assert (await company.phase()).startswith(PHASES[moment])
    assert company.room.here() == len(EVERYBODY) + 2


@pytest.mark.slow
async def test_the_memo_of_the_evening_is_worth_sending_G8_G10(hub: Hub) -> None:
    assert isinstance(hub.clock, TestClock)
    company = await stage(hub, hub.clock, "after")
    memo = await company.room.draft_memo("participants")
    text = export(memo, "md").content.decode()
    for person in EVERYBODY:
        told = person.told
        if told is None:
            continue
        released = told.choice not in ("keep", "lesson")
        assert (told.title in text) == released, person.name
        for moment in told.moments:
            shown = released and told.title not in STORIES  # written up instead
            assert (moment in text) == shown, moment
        if told.quote:
            assert (told.quote in text) == released
        if person.goes_home_with:
            assert person.goes_home_with not in text  # stays in the room (A4)
    assert "Jonah" not in text  # passed, and nobody can tell (G10)
    rested = next(a.minutes for a in material(company.room, ()).activities if "circle" in a.title)
    assert rested >= 40 + BREAK_MINUTES - 5
    assert memo.counts.themes == 3
    assert all(written in text for written in STORIES.values())
