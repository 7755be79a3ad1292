"""What every test shares: the quick and long campaigns, and how a browser is started."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.redis_server import RedisServer

# Examples per property in each campaign. Two cores run the whole suite: `quick` is for the minute
# between two edits, `normal` for CI. `long` draws new ones: a thousand histories take about a
# minute, and the whole of it well under an hour.
QUICK_EXAMPLES = 25
NORMAL_EXAMPLES = 100
LONG_EXAMPLES = 1_000
LONG_SECONDS = 3_600
"""A thousand histories on a busy machine, and the shrinking of one that fails."""

# Marks that `--quick` leaves out; `long` is left out unless `--long` asks for it.
NOT_QUICK = frozenset({"slow", "browser", "node", "long"})

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Chromium takes its last `--disable-features` alone, so Playwright's own are named again; ours are
# the pages that a whole Chromium loads for the address bar of each new window, without being asked:
# they cost three times what a page of ours costs, and nobody ever sees them.
PLAYWRIGHT_LEAVES_OUT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
ADDRESS_BAR_PAGES = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")

BROWSER_ARGUMENTS = (
    "--disable-features=" + ",".join((*PLAYWRIGHT_LEAVES_OUT, *ADDRESS_BAR_PAGES)),
    "--no-sandbox",  # CI is root in a container, where Chromium's sandbox cannot start
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--quick` and `--long`."""
    group = parser.getgroup("talanoa")
    group.addoption("--quick", action="store_true", help="no slow, browser, node or long tests")
    group.addoption("--long", action="store_true", help="the long campaigns too")
    group.addoption(
        "--renew-trees",
        action="store_true",
        help="write tests/browser/trees anew from what the pages are now",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose the hypothesis profile that fits the campaign."""
    common: dict[str, Any] = {
        "deadline": None,  # a busy machine is not a bug (architecture.md, Who may call what)
        "print_blob": True,  # a failure can be replayed from CI's output alone
        "suppress_health_check": [HealthCheck.too_slow],
    }
    # The same examples every time: a red line is the change's, never the dice's. The long campaign
    # draws new ones.
    same = {**common, "derandomize": True}
    settings.register_profile("quick", max_examples=QUICK_EXAMPLES, **same)
    settings.register_profile("normal", max_examples=NORMAL_EXAMPLES, **same)
    settings.register_profile("long", max_examples=LONG_EXAMPLES, phases=tuple(Phase), **common)
    quick, long = config.getoption("--quick"), config.getoption("--long")
    if quick and long:
        raise pytest.UsageError("--quick and --long exclude each other")
    if not config.getoption("--hypothesis-profile", default=None):
        settings.load_profile("quick" if quick else "long" if long else "normal")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the chosen campaign does not run, and put Playwright's tests last.

    Its synchronous browser keeps an event loop running until the session ends; a test that is
    itself a coroutine could not be run after it.
    """
    left_out = NOT_QUICK if config.getoption("--quick") else frozenset({"long"})
    if config.getoption("--long"):
        left_out = frozenset()
        for item in items:
            item.add_marker(pytest.mark.timeout(LONG_SECONDS), append=False)
    kept: list[pytest.Item] = []
    gone: list[pytest.Item] = []
    for item in items:
        (gone if any(map(item.get_closest_marker, left_out)) else kept).append(item)
    if gone:
        config.hook.pytest_deselected(items=gone)
    items[:] = sorted(kept, key=lambda item: "playwright" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How pytest-playwright starts the browser: the one `./dev` found, headless."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSER_NAMES)), None)
    chosen = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, "args": list(BROWSER_ARGUMENTS), **chosen}


_databases = itertools.count()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One Redis or Valkey server for all; each test has a database of its own on it."""
    server = RedisServer(tmp_path_factory.mktemp("redis"), databases="1000").start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The address of an empty database."""
    return f"redis://127.0.0.1:{redis_server.port}/{next(_databases)}"


@pytest.fixture
def other_redis_url(redis_server: RedisServer) -> str:
    """The address of another one."""
    return f"redis://127.0.0.1:{redis_server.port}/{next(_databases)}"


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A server to be killed."""
    server = RedisServer(tmp_path / "redis").start()
    yield server
    server.stop()
