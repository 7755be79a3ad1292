"""Codes however they are typed, and who is counted."""

from __future__ import annotations

import pytest

from server.errors import Problem
from server.joining import Door, is_code, spelled
from server.site import Site
from tests.server.conftest import Opened


@pytest.mark.parametrize(
    "typed", ["kmqr-7txa", "KMQR 7TXA", " kmqr7txa ", "K M Q R 7 T X A", "KMQR–7TXA", "kmqr_7txa"]
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert spelled(typed) == "KMQR-7TXA"


def test_other_texts_stay_as_they_are() -> None:
    assert spelled(" VmEyRpGpKb888gxk2rGpdg ") == "VmEyRpGpKb888gxk2rGpdg"
    assert is_code("short")
    assert not is_code("VmEyRpGpKb888gxk2rGpdg")


async def test_wrong_links_are_not_counted_so_a_hall_still_gets_in(
    site: Site, opened: Opened
) -> None:
    door = Door(site, "192.0.2.50")
    for _ in range(30):
        with pytest.raises(Problem, match="unknown"):
            await door.find("x" * 22)
    assert (await door.find(opened.code)).room == opened.room


@pytest.mark.parametrize("typed", ["", "   ", "x" * 10_000, "\x00" * 22])
async def test_nonsense_opens_nothing(site: Site, typed: str) -> None:
    with pytest.raises(Problem, match="unknown"):
        await Door(site, "192.0.2.51").find(typed)
