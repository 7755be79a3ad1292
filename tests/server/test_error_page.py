"""Every error page says what happened, what is safe and what to do, in every language."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from starlette.requests import Request

from activities.blocks import say
from server.error_page import HEADINGS, KEPT, SAFE, error_page, way_on
from server.errors import STATUS, Problem

if TYPE_CHECKING:
    from server.site import Site

ROOM = "abcdefgh"
ACTION = re.compile(r'<a class="btn main big" href="([^"]+)">([^<]+)</a>')


def asked(site: Site, path: str, method: str = "GET", **more: str) -> Request:
    """Somebody asked for a page."""
    app = SimpleNamespace(state=SimpleNamespace(site=site))
    return Request({
        "type": "http", "method": method, "path": path, "query_string": b"", "headers": [],
        "server": ("talanoa.test", 80), "scheme": "http", "app": app, "path_params": more,
    })  # fmt: skip


@pytest.mark.parametrize("reason", STATUS)
def test_every_page_says_what_happened_what_is_safe_and_what_to_do(site: Site, reason: str) -> None:
    for language in ("en", "ar"):
        request = asked(site, f"/r/{ROOM}/memo", room=ROOM)
        request.scope["headers"] = [(b"accept-language", language.encode())]
        made = error_page(request, Problem(reason))
        assert made.status_code == STATUS[reason]
        page = bytes(made.body).decode()
        heading = HEADINGS.get(reason, HEADINGS["bad_request"])
        happened = site.languages.line(language, heading)
        assert f'<h1 class="head">{happened}</h1>' in page
        lead = re.search(r'<p class="lead quiet">([^<]+)</p>', page)
        assert lead
        assert lead[1] != happened
        assert site.languages.line(language, SAFE.get(reason, KEPT)) in page
        if reason == "no_seat":  # the field for the code is what to do, offered once
            assert page.count('name="code"') == 1
            assert site.languages.line(language, say("Come in with a code")) in page
            continue
        action = ACTION.search(page)
        assert action
        assert action[2].strip()


@pytest.mark.parametrize(
    ("reason", "path", "method", "leads"),
    [
        ("not_allowed", f"/r/{ROOM}/memo", "GET", f"/r/{ROOM}"),
        ("not_allowed", f"/r/{ROOM}", "GET", "/"),
        ("no_seat", f"/r/{ROOM}", "GET", "/j"),
        ("unknown", f"/r/{ROOM}/memo", "GET", "/"),
        ("gone", f"/r/{ROOM}/me", "GET", "/"),
        ("tripped", f"/r/{ROOM}/me", "GET", f"/r/{ROOM}/me"),
        ("unwritable", f"/r/{ROOM}/do", "POST", f"/r/{ROOM}"),
        ("too_large", f"/r/{ROOM}/do", "POST", f"/r/{ROOM}"),
        ("too_many", "/j", "POST", "/"),
        ("too_large", "/", "POST", "/"),
    ],
)
def test_the_button_leads_where_something_can_be_done(
    site: Site, reason: str, path: str, method: str, leads: str
) -> None:
    more = {"room": ROOM} if path.startswith("/r/") else {}
    assert way_on(asked(site, path, method, **more), reason)[0] == leads


def test_no_button_leads_out_of_the_site(site: Site) -> None:
    request = asked(site, "/r/x/memo", room="//evil.example")
    assert way_on(request, "not_allowed")[0] == "/"
