"""Languages and addresses of answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request

from server.settings import Settings
from server.site import Site


def asked(host: str, query: bytes = b"") -> Request:
    """A request to a host."""
    scope: dict[str, Any] = {
        "type": "http", "method": "GET", "path": "/", "scheme": "http", "query_string": query,
        "headers": [(b"host", host.encode())], "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    return Request(scope)


def test_links_begin_where_the_reader_is_if_that_is_ours(site: Site) -> None:
    assert site.address(asked("localhost:8000")) == "http://localhost:8000"
    assert site.address(asked("evil.example")) == "http://127.0.0.1:8000"


def test_in_a_hall_links_begin_where_phones_can_reach(site: Site) -> None:
    import dataclasses

    lan = Settings(data=Path("d"), host="0.0.0.0", lan=("192.168.1.9",))
    here = dataclasses.replace(site, settings=lan)
    assert here.address(asked("127.0.0.1:8000")) == "http://192.168.1.9:8000"
    public = msgspec.structs.replace(lan, public_url="https://rooms.example.org")
    there = dataclasses.replace(site, settings=public)
    assert there.address(asked("127.0.0.1:8000")) == "https://rooms.example.org"


def test_an_unknown_language_falls_back(site: Site) -> None:
    assert site.language(asked("x", b"lang=xx")) == "en"
