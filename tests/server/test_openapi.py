"""The OpenAPI document: true to the routes, and schemathesis finds no 500 behind it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from limits import RateLimitItemPerHour
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from rooms.wire import ViewMessage
from server import api, limits, openapi
from server.app import running
from server.serving import Server, uvicorn_config
from server.settings import Settings
from server.supervisor import listening_socket
from tests.server.conftest import Opened

EXAMPLES = 15
LONG_EXAMPLES = 500  # of each operation, both ways: four minutes on a quiet machine

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


async def test_the_document_names_every_route_of_the_api(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    told = {(m.upper(), p) for p, methods in document["paths"].items() for m in methods}
    assert told == {(one.method, one.path) for one in api.OPERATIONS + api.TEST_OPERATIONS}
    page = (await client.get("/api")).text
    assert all(f"{one.method} {one.path}" in page for one in api.OPERATIONS)


async def test_every_reference_in_the_document_leads_somewhere(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/openapi.json")).json()
    known = document["components"]["schemas"]

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for one in value.values():
                yield from walk(one)
        elif isinstance(value, list):
            for one in value:
                yield from walk(one)

    for reference in walk(document):
        assert reference.removeprefix("#/components/schemas/") in known
    names = [op["operationId"] for path in document["paths"].values() for op in path.values()]
    assert len(names) == len(set(names))


def test_a_view_is_described_with_sentences_as_texts() -> None:
    made = openapi.document(api.OPERATIONS, "1", "http://x")
    view = made["components"]["schemas"][ViewMessage.__name__]
    assert {"type": "string"} in view["properties"]["place"]["anyOf"]
    opened = made["components"]["schemas"]["OpenRoom"]
    assert opened["properties"]["title"]["maxLength"] == 120


class Behind:
    """The application in a thread of its own, for a caller that is not async."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self.url = ""

    async def _run(self) -> None:
        with listening_socket("127.0.0.1", 0) as listening:
            port = listening.getsockname()[1]
            settings = Settings(data=self._folder, port=port, test_clock=True, seed=1)
            async with running(settings) as app:
                self.url = f"http://127.0.0.1:{port}"
                self._server = Server(uvicorn_config(app, settings))
                serving = asyncio.create_task(self._server.serve(sockets=[listening]))
                await self._server.serves.wait()
                self._ready.set()
                await serving

    def __enter__(self) -> Behind:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(30)


def _campaign(folder: Path, monkeypatch: pytest.MonkeyPatch, examples: int) -> None:
    # Limits would answer 429 to nearly all of it.
    many = RateLimitItemPerHour(10**9)
    monkeypatch.setattr(limits, "REQUESTS_PER_DEVICE", (1e9, 1e9))
    monkeypatch.setattr(limits, "SEATS_PER_ADDRESS", many)
    monkeypatch.setattr(limits, "WRONG_CODES_PER_ADDRESS", many)
    monkeypatch.setattr(limits, "WRONG_CODES_PER_ROOM", many)
    monkeypatch.setattr("server.api.ROOMS_PER_ADDRESS", many)
    folder.mkdir()
    called = 0
    with Behind(folder) as server, httpx.Client(base_url=server.url, timeout=30) as http:
        body = http.post("/api/rooms", json={"title": "T", "facilitator": "F"}).json()
        bearer = {"Authorization": f"Bearer {body['token']}"}
        schema = schemathesis.openapi.from_url(f"{server.url}/api/openapi.json")
        for result in schema.get_all_operations():
            assert isinstance(result, Ok)
            operation: Any = result.ok()
            if operation.definition.raw["operationId"] in LEFT_OUT:
                continue
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                if mode is GenerationMode.NEGATIVE and not _can_be_wrong(operation):
                    continue
                called += _one(operation, mode, examples, server.url, body["room"], bearer)
    assert called > examples * len(api.OPERATIONS) // 2


LEFT_OUT = {"forgetRoom", "advanceClock"}
"""One would end the campaign, the other moves time for all; both have tests of their own."""


def _can_be_wrong(operation: Any) -> bool:
    raw = operation.definition.raw
    return "requestBody" in raw or any(one["in"] == "query" for one in raw.get("parameters", []))


def _one(
    operation: Any, mode: Any, examples: int, url: str, room: str, bearer: dict[str, str]
) -> int:
    called = 0

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode), own=st.booleans())
    def once(case: Any, own: bool) -> None:
        nonlocal called
        called += 1
        if own and "room" in case.path_parameters:
            case.path_parameters["room"] = room
        answer = case.call(base_url=url, headers=bearer if own else {}, timeout=30)
        case.validate_response(answer, checks=CHECKS)

    once()
    return called


@pytest.mark.slow
def test_schemathesis_finds_no_500(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _campaign(tmp_path / "data", monkeypatch, EXAMPLES)


@pytest.mark.long
def test_schemathesis_finds_no_500_at_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _campaign(tmp_path / "data", monkeypatch, LONG_EXAMPLES)


async def test_the_human_page_needs_no_script(opened: Opened) -> None:
    page = await opened.lead.http.get("/api")
    assert page.status_code == 200
    assert "<script" not in page.text
