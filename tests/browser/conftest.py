"""One server for each module; each test opens rooms and browsers of its own in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.house import House, opened

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the module's server."""
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[House]:
    """A server on the test clock."""
    with opened(folder) as house:
        yield house


@pytest.fixture
def house(running: House) -> Iterator[House]:
    """The same, with the test's browsers closed after it."""
    before = len(running.contexts)
    yield running
    for context in running.contexts[before:]:
        context.close()
    del running.contexts[before:]
