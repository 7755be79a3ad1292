"""Buckets, windows and places; and A7: nobody finds a room by trying codes."""

from __future__ import annotations

import secrets
import statistics
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItemPerHour

from server import limits
from server.errors import Problem
from server.limits import Bucket, Limits, address_group
from tests.server.conftest import Opened, browser


@given(st.floats(0.1, 100), st.floats(1, 100), st.lists(st.floats(0, 5), min_size=1, max_size=50))
def test_a_bucket_never_gives_more_than_burst_and_rate(
    rate: float, burst: float, waits: list[float]
) -> None:
    bucket, now, given_out = Bucket(rate, burst, 0.0), 0.0, 0
    for wait in waits:
        now += wait
        given_out += bucket.take(now)
        assert given_out <= burst + rate * now + 1e-6


def test_a_bucket_fills_again_and_a_refused_take_takes_nothing() -> None:
    bucket = Bucket(1.0, 2.0, 0.0)
    assert [bucket.take(0.0) for _ in range(3)] == [True, True, False]
    assert bucket.take(1.0)
    assert not bucket.take(1.0, 1.0)


def test_buckets_are_kept_by_kind_and_name_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BUCKETS_KEPT", 2)
    counters = Limits(lambda: 0.0)
    assert counters.take("a", "x", (1.0, 1.0))
    assert not counters.take("a", "x", (1.0, 1.0))
    assert counters.take("b", "x", (1.0, 1.0))
    assert counters.take("a", "y", (1.0, 1.0))
    assert counters.take("a", "x", (1.0, 1.0))  # the oldest was forgotten
    assert counters.refused == 1


def test_a_frame_counts_for_its_device_by_number_and_bytes_and_for_its_room() -> None:
    frames, bytes_, room = (
        limits.FRAMES_PER_DEVICE[1], limits.BYTES_PER_DEVICE[1], limits.FRAMES_PER_ROOM[1],
    )  # fmt: skip
    counters = Limits(lambda: 0.0)
    assert all(counters.frame("a", "r", 1) for _ in range(int(frames)))
    assert not counters.frame("a", "r", 1)
    assert counters.frame("b", "r", int(bytes_))
    assert not counters.frame("b", "r", 1)
    others = 0
    while counters.frame(f"d{others}", "r", 1):
        others += 1
    assert others == room - frames - 1
    assert counters.frame("e", "", 1)  # of no room yet


@pytest.mark.parametrize(
    ("address", "group"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
     ("::ffff:192.0.2.7", "192.0.2.7"), ("fe80::1%eth0", "fe80::/64"), ("local", "local")],
)  # fmt: skip
def test_one_home_is_one_address(address: str, group: str) -> None:
    assert address_group(address) == group


async def test_wrong_codes_are_counted_per_room_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WRONG_CODES_PER_ROOM", RateLimitItemPerHour(3))
    counters = Limits()
    for n in range(3):
        await counters.may_try_code(f"192.0.2.{n}", "room")
        await counters.wrong_code(f"192.0.2.{n}", "room")
    with pytest.raises(Problem, match="too_many"):
        await counters.may_try_code("192.0.2.99", "room")
    await counters.may_try_code("192.0.2.99", "other")


async def _try_codes(app: Any, opened: Opened, addresses: int, each: int) -> None:
    answers: dict[int, set[bytes]] = {}
    seconds: dict[str, list[float]] = {"first": [], "later": []}
    for address in range(addresses):
        async with browser(app, f"198.51.100.{address}") as stranger:
            for attempt in range(each):
                code = "".join(secrets.choice("ABCDEFGHJKMNPQRSTUVWXYZ23456789") for _ in range(8))
                began = time.perf_counter()
                answer = await stranger.post("/api/enter", json={"secret": code})
                seconds["first" if attempt < 10 else "later"].append(time.perf_counter() - began)
                assert answer.status_code == (404 if attempt < 10 else 429), attempt
                answers.setdefault(answer.status_code, set()).add(answer.content)
            # Even the right code gets the same answer now; the link still opens.
            right = await stranger.post("/api/enter", json={"secret": opened.code})
            assert right.status_code == 429
            secret = opened.links["join"].partition("#")[2]
            link = await stranger.post("/api/enter", json={"secret": secret})
            assert link.status_code == 200
    assert all(len(bodies) == 1 for bodies in answers.values())
    gap = statistics.median(seconds["first"]) - statistics.median(seconds["later"])
    assert abs(gap) < 0.05  # 5 ms on a quiet machine; the bench says so


async def test_a7_wrong_codes_are_limited_from_the_eleventh(app: Any, opened: Opened) -> None:
    await _try_codes(app, opened, addresses=4, each=15)


@pytest.mark.long
async def test_a7_10_000_wrong_codes_from_50_addresses(app: Any, opened: Opened) -> None:
    await _try_codes(app, opened, addresses=50, each=200)


async def test_requests_of_a_device_are_limited(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REQUESTS_PER_DEVICE", (0.001, 3.0))
    guest = await opened.join("Guest")
    path = f"/api/rooms/{opened.room}/view"
    got = [(await guest.http.get(path, headers=guest.bearer)).status_code for _ in range(5)]
    assert got == [200, 200, 200, 429, 429]
    assert (await opened.lead.http.get(path, headers=opened.lead.bearer)).status_code == 200


async def test_commands_of_a_seat_are_limited_whatever_device_sends_them(
    app: Any, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "COMMANDS_PER_SEAT", (0.001, 2.0))
    secret = opened.links["facilitate"].partition("#")[2]
    async with browser(app) as phone:
        await phone.post(f"/api/rooms/{opened.room}/recover", json={"secret": secret})
        path = f"/api/rooms/{opened.room}/commands"
        command = {"type": "lead.request"}
        got = []
        for n in range(2):
            body = {"request": f"a{n}", "command": command}
            got.append((await opened.lead.send(f"b{n}", command)).status_code)
            got.append((await phone.post(path, json=body)).status_code)
    assert got[2:] == [429, 429]
    assert 429 not in got[:2]


async def test_rooms_of_one_address_are_limited(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.api.ROOMS_PER_ADDRESS", RateLimitItemPerHour(2))
    async with browser(app, "203.0.113.5") as one:
        body = {"title": "T", "facilitator": "F"}
        got = [(await one.post("/api/rooms", json=body)).status_code for _ in range(3)]
        assert got == [201, 201, 429]
        last = await one.post("/api/rooms", json=body)
        assert int(last.headers["retry-after"]) > 0
