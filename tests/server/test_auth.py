"""Tokens, cookies and signatures."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from rooms.clock import TestClock
from server.auth import (
    ROOM_ID,
    Signer,
    address_of,
    bearer,
    check_origin,
    cookie_token,
    remember_seat,
)
from server.errors import Problem
from server.site import Site


def request(scheme: str = "http", **headers: str) -> Request:
    """A request with these headers."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {
        "type": "http", "method": "POST", "path": "/", "headers": raw, "scheme": scheme,
        "server": ("h", 80), "query_string": b"", "client": ("192.0.2.1", 1),
    }  # fmt: skip
    return Request(scope)


def test_bearer_and_cookie_are_bounded() -> None:
    assert bearer(request(authorization="Bearer abc")) == "abc"
    assert bearer(request(authorization="bearer  abc ")) == "abc"
    assert bearer(request(authorization="Basic abc")) == ""
    assert bearer(request(authorization="Bearer " + "x" * 500)) == ""
    assert cookie_token(request(cookie="seat_r1=abc; seat_r2=def"), "r1") == "abc"
    assert cookie_token(request(cookie="seat_r1=" + "x" * 500), "r1") == ""
    assert address_of(request()) == "192.0.2.1"


def test_signatures_are_for_one_purpose_and_one_server() -> None:
    signer = Signer(b"k" * 32, TestClock())
    text = signer.sign("enter", {"s": "x"})
    assert signer.read("enter", text, 60) == {"s": "x"}
    assert signer.read("other", text, 60) is None
    assert signer.read("enter", text, -1) is None
    assert signer.read("enter", text[:-1], 60) is None
    assert signer.read("enter", "x" * 5_000, 60) is None
    assert Signer(b"j" * 32, TestClock()).read("enter", text, 60) is None
    assert signer.form_key("a") != signer.form_key("b")


def test_U9_what_is_signed_grows_old_by_the_clock_of_the_rooms() -> None:
    now = TestClock().now()
    text = Signer(b"k" * 32, TestClock(now)).sign("enter", "x")
    # Two are other processes: one a little behind the one that signed.
    for later, read in ((59_000, "x"), (62_000, None), (-10_000, "x")):
        assert Signer(b"k" * 32, TestClock(now + later)).read("enter", text, 60) == read


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_seat_cookie_is_out_of_reach(site: Site, scheme: str) -> None:
    made = Response()
    remember_seat(made, site, request(scheme), "r1", "tok")
    cookie = made.headers["set-cookie"]
    assert cookie.startswith("seat_r1=tok;")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert ("Secure" in cookie) == (scheme == "https")


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"},
     {"origin": "null", "sec_fetch_site": "same-site"}, {"origin": "http://127.0.0.1:8000/"}],
)  # fmt: skip
def test_other_sites_are_refused(site: Site, headers: dict[str, str]) -> None:
    with pytest.raises(Problem, match="wrong_origin"):
        check_origin(request(**headers), site)


@pytest.mark.parametrize(
    "headers",
    [{"origin": "http://127.0.0.1:8000"}, {}, {"origin": "null"},
     {"origin": "null", "sec_fetch_site": "same-origin"}],
)  # fmt: skip
def test_our_own_pages_pass(site: Site, headers: dict[str, str]) -> None:
    check_origin(request(**headers), site)


def test_a_secret_cannot_pass_for_a_room() -> None:
    assert ROOM_ID.fullmatch("Shzcd631X6gt")
    assert not ROOM_ID.fullmatch("m2TDhdZP1BIYQldyM5ZI6Q")
