"""Nothing is forgotten in the gallery of activities (no browser is needed for that)."""

from __future__ import annotations

from activities.registry import ACTIVITIES
from tests.browser.exchange_gallery import FLASH, SCENES, listed


def test_every_phase_of_every_activity_is_in_the_gallery() -> None:
    every = {f"{kind}.{phase}" for kind, each in ACTIVITIES.items() for phase in each.phases}
    assert every - FLASH == listed()


def test_every_picture_has_a_name_of_its_own() -> None:
    names = [item.name for scene in SCENES for item in scene.items]
    assert len(names) == len(set(names))
