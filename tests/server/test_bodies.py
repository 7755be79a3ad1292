"""Bodies and names at their limits."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from rooms.wire import NAME_LIMIT, NESTING_LIMIT, TITLE_LIMIT
from server import bodies
from server.bodies import FIELDS_LIMIT, bounded_json, person_name, read_body, read_form, room_title
from server.errors import Problem


def posted(body: bytes, kind: str = "application/x-www-form-urlencoded") -> Request:
    """A request with this body, in two parts."""
    parts = [body[: len(body) // 2], body[len(body) // 2 :]]

    async def receive() -> dict[str, object]:
        part = parts.pop(0) if parts else b""
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    headers = [(b"content-type", kind.encode())]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
    return Request(scope, receive)


async def test_a_body_at_the_limit_passes_and_one_more_byte_does_not() -> None:
    assert await read_body(posted(b"x" * 10), limit=10) == b"x" * 10
    with pytest.raises(Problem, match="too_large"):
        await read_body(posted(b"x" * 11), limit=10)


@pytest.mark.parametrize(("parts", "unheard"), [(3, 0), (10, 6)])
async def test_a_refused_body_is_heard_to_its_end_before_the_answer_and_a_flood_is_not(
    parts: int, unheard: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "LISTENED", 30)
    left = parts
    answered: list[int] = []

    async def receive() -> dict[str, object]:
        nonlocal left
        left -= 1
        return {"type": "http.request", "body": b"x" * 10, "more_body": left > 0}

    async def send(message: MutableMapping[str, Any]) -> None:
        answered.append(left)

    headers = [(b"content-length", b"%d" % (parts * 10))]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
    await bodies.Heard(Response("no", 403))(scope, receive, send)
    assert answered == [unheard, unheard]


@pytest.mark.slow
async def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.01)

    async def never() -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    with pytest.raises(Problem, match="bad_request"):
        await read_body(Request(scope, never))


def test_nesting_at_the_limit() -> None:
    def deep(n: int) -> bytes:
        return b"[" * n + b"]" * n

    assert bounded_json(deep(NESTING_LIMIT))
    for wrong in (deep(NESTING_LIMIT + 1), deep(10_000), b"\xff"):
        with pytest.raises(Problem, match="bad_request"):
            bounded_json(wrong)


async def test_forms_keep_what_was_typed() -> None:
    form = await read_form(posted(b"name=R%C3%B3sa&more=A&more=B&empty="))
    assert (form.one("name"), form.all("more"), form.one("none")) == ("Rósa", ["A", "B"], "")
    assert form.kept() == {"name": "Rósa", "more": ["A", "B"], "empty": ""}


@pytest.mark.parametrize("body", [b"a=%ff", b"&".join([b"a=1"] * (FIELDS_LIMIT + 1))])
async def test_forms_nobody_sends(body: bytes) -> None:
    with pytest.raises(Problem, match="bad_request"):
        await read_form(posted(body))


async def test_forms_of_another_type_are_refused() -> None:
    with pytest.raises(Problem, match="bad_request"):
        await read_form(posted(b"{}", "application/json"))


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Hoa", "ሰላም ተስፋዬ", "हिन्दी", "می‌خواهم", "O'Neil", "José", "李", "🌊 Ana"]
)
def test_names_of_the_world_pass(name: str) -> None:
    assert person_name(f"  {name} ") == name


@pytest.mark.parametrize("name", ["", "   ", "\u200d", "a\x07", "a\ud800", "\u202eabc", "\ufeff"])
def test_names_nobody_can_read_are_refused(name: str) -> None:
    with pytest.raises(Problem, match="bad_request") as refused:
        person_name(name)
    assert refused.value.message is not None


def test_names_and_titles_at_their_limits() -> None:
    assert len(person_name("x" * NAME_LIMIT)) == NAME_LIMIT
    assert len(room_title("x" * TITLE_LIMIT)) == TITLE_LIMIT
    for tidy, limit in ((person_name, NAME_LIMIT), (room_title, TITLE_LIMIT)):
        for length in (limit + 1, 10_000, 1_000_000):
            with pytest.raises(Problem, match="too_large"):
                tidy("x" * length)


@given(st.text())
def test_any_text_is_a_tidy_name_or_a_problem(text: str) -> None:
    try:
        name = person_name(text)
    except Problem:
        return
    assert 0 < len(name) <= NAME_LIMIT
    assert "\n" not in name
