"""Is it alive, is it ready, how is it doing; and the clock of tests."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from rooms.storage import StorageUnwritable
from server import shapes
from server.bodies import read_json
from server.errors import Problem
from server.site import site_of

if TYPE_CHECKING:
    from server.site import Site

CHECK_SECONDS: Final = 2.0
"""A disk that needs longer for a small write is not ready for people."""

STEP_MS: Final = 5_000
"""How far the clock of tests leaps between two questions to the open lines: as often as pings."""

NEVER: Final = {"Cache-Control": "no-store"}


async def alive(_request: Request) -> Response:
    """The process answers."""
    return Response(msgspec.json.encode(shapes.Alive("alive")), 200, NEVER, "application/json")


async def ready(request: Request) -> Response:
    """Storage reachable and disk writable."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await site_of(request).storage.check()
    except (StorageUnwritable, TimeoutError):
        raise Problem("unwritable") from None
    return Response(msgspec.json.encode(shapes.Alive("ready")), 200, NEVER, "application/json")


class _Facts(Collector):
    """The hub's facts at the moment of asking."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def collect(self) -> Iterator[Any]:
        facts = msgspec.structs.asdict(self._site.hub.facts())
        facts["limited"] = self._site.limits.refused
        facts["tasks"] = len(asyncio.all_tasks())
        with contextlib.suppress(OSError):  # where there is no /proc, there is no such figure
            facts["files"] = len(os.listdir("/proc/self/fd"))
        for name, value in sorted(facts.items()):
            if not isinstance(value, (int, float)):
                continue
            family = CounterMetricFamily if name in COUNTERS else GaugeMetricFamily
            yield family(f"talanoa_{name}", COUNTERS.get(name, name.replace("_", " ")), value)


COUNTERS: Final = {
    "appends": "Commits appended to logs.",
    "refusals": "Commands refused.",
    "resyncs": "Documents resent to devices that read too slowly.",
    "gate_refusals": "Document updates refused.",
    "limited": "Requests and frames over a limit.",
}
"""Facts that only grow."""


async def metrics(request: Request) -> Response:
    """Prometheus text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Facts(site_of(request)))
    return Response(
        generate_latest(registry), 200, NEVER, "text/plain; version=0.0.4; charset=utf-8"
    )


async def read_clock(request: Request) -> Response:
    """What time tests say it is."""
    now = site_of(request).clock.now()
    return Response(msgspec.json.encode(shapes.TestTime(now)), 200, NEVER, "application/json")


async def advance_clock(request: Request) -> Response:
    """Move time on; every alarm due rings, in order, before the answer.

    Open lines are asked on the way whether they are there, as pings do in real time: otherwise
    everybody would fall silent in any leap of ten seconds.
    """
    from rooms.clock import TestClock

    site = site_of(request)
    body = await read_json(request, shapes.Move)
    if not isinstance(site.clock, TestClock):
        raise Problem("unknown")
    left = body.advance_ms
    while left > STEP_MS and site.lines:
        await asyncio.gather(*(line.heard_from() for line in list(site.lines)))
        await site.clock.advance(STEP_MS)
        left -= STEP_MS
    await asyncio.gather(*(line.heard_from() for line in list(site.lines)))
    await site.clock.advance(left)
    return await read_clock(request)
