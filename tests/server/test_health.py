"""Alive, ready, measured; and the clock of tests."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from rooms.storage import StorageUnwritable
from server.app import running
from server.settings import Settings
from server.site import Site
from tests.server.conftest import Opened, browser

HAS_PROC = Path("/proc/self/fd").is_dir()


async def test_alive_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}


async def test_not_ready_when_the_disk_is_full(
    client: httpx.AsyncClient, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full() -> None:
        raise StorageUnwritable

    monkeypatch.setattr(site.storage, "check", full)
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert (await client.get("/healthz")).status_code == 200


async def test_metrics_tell_figures_and_no_names(opened: Opened) -> None:
    answer = await opened.lead.http.get("/metrics")
    assert "talanoa_rooms 1.0" in answer.text
    assert "talanoa_appends_total" in answer.text
    now = figures(answer.text)
    assert now["tasks"] > 0
    assert ("files" in now) == HAS_PROC
    assert opened.room not in answer.text


def figures(text: str) -> dict[str, float]:
    """What Prometheus reads, by name."""
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {name.removeprefix("talanoa_"): float(value) for name, value in lines}


async def test_metrics_have_every_figure_and_counters_never_fall(
    opened: Opened, site: Site
) -> None:
    """Issue 5, Operations: rooms, seats, devices, tick length, outbox bytes, appends, refusals,
    resyncs, gate refusals."""
    http = opened.lead.http
    begun = figures((await http.get("/metrics")).text)
    await opened.join("Wanjiru")
    refused = await opened.lead.send("r1", {"type": "turn.pass", "turn": 3})
    assert refused.status_code >= 400
    room = await site.hub.delivery(opened.room)
    assert room is not None
    room.resyncs += 2
    room.room.shelf.refused += 3
    then = figures((await http.get("/metrics")).text)
    assert then["seats"] == begun["seats"] + 1
    assert then["appends_total"] > begun["appends_total"]
    assert then["refusals_total"] == begun["refusals_total"] + 1
    assert (then["resyncs_total"], then["gate_refusals_total"]) == (2, 3)
    for name in ("rooms", "here", "devices", "tick_seconds", "outbox_bytes", "document_bytes"):
        assert then[name] >= 0
    await site.hub.forget(opened.room)
    last = figures((await http.get("/metrics")).text)
    assert last["rooms"] == 0
    totals = {name for name in then if name.endswith("_total")}
    assert len(totals) >= 5
    assert all(last[name] >= then[name] for name in totals)


async def test_the_test_clock_moves(client: httpx.AsyncClient) -> None:
    before = (await client.get("/api/test/clock")).json()["now"]
    answer = await client.post("/api/test/clock", json={"advance_ms": 1500})
    assert answer.json()["now"] == before + 1500
    assert (await client.post("/api/test/clock", json={"advance_ms": -1})).status_code == 400


async def test_without_the_flag_there_is_no_test_clock(tmp_path: Path) -> None:
    async with running(Settings(data=tmp_path)) as app, browser(app) as client:
        assert (await client.get("/api/test/clock")).status_code == 404
        answer = await client.post("/api/test/clock", json={"advance_ms": 1})
        assert answer.status_code == 404
        assert "/api/test/clock" not in (await client.get("/api/openapi.json")).json()["paths"]
