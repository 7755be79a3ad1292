"""A real server for browser tests, and a line that can be cut."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute

from tests.browser.house import House, opened
from tests.browser.nursery import Nursery

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nobody_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close the windows a test leaves open: each goes on drawing, and slows down the next test."""
    if "browser" not in request.fixturenames:
        yield
        return
    browser: Browser = request.getfixturevalue("browser")
    before = list(browser.contexts)
    yield
    for context in browser.contexts:
        if context not in before:
            context.close()


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery | None]:
    """Where the houses of all modules come from; none where a process cannot be forked."""
    if not hasattr(os, "fork"):
        yield None
        return
    made = Nursery()
    yield made
    made.close()


@pytest.fixture(scope="module")
def talanoa(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery | None) -> Iterator[str]:
    """The address of a server of this test module's own, on the real clock."""
    if not (ROOT / "web" / "dist" / ".vite" / "manifest.json").exists():
        pytest.skip("the web is not built: ./dev build")
    with opened(tmp_path_factory.mktemp("data"), test_clock=False, nursery=nursery) as house:
        yield house.address


class Line:
    """The websocket of one page: `cut` it, `mend` it."""

    def __init__(self, page: Page) -> None:
        self._up = True
        self._open: list[WebSocketRoute] = []
        page.route_web_socket(re.compile(r"/sync(\?|$)"), self._came)

    def _came(self, socket: WebSocketRoute) -> None:
        if not self._up:
            socket.close(code=1001)
            return
        socket.connect_to_server()
        self._open.append(socket)

    def cut(self) -> None:
        """No line until it is mended."""
        self._up = False
        for socket in self._open:
            socket.close(code=1001)
        self._open.clear()

    def mend(self) -> None:
        """There is a line again; the page finds it by itself."""
        self._up = True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the module's server."""
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def running(folder: Path, nursery: Nursery | None) -> Iterator[House]:
    """A server on the test clock, for the whole module."""
    with opened(folder, nursery=nursery) as house:
        yield house


@pytest.fixture
def house(running: House) -> Iterator[House]:
    """The same, with the test's browsers closed after it."""
    before = len(running.contexts)
    yield running
    for context in running.contexts[before:]:
        context.close()
    del running.contexts[before:]
