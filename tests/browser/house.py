"""A real server in a process of its own, and the people who come to it: browsers, and seats over
the JSON API."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from tests.browser.faults import Network
from tests.browser.nursery import Nursery

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

ROOT: Final = Path(__file__).parents[2]
PHONE: Final = (360, 740)
LAPTOP: Final = (1280, 800)
WAIT: Final = 20_000
"""Milliseconds an expectation may take on a machine that does other things as well."""

START_SECONDS: Final = 60
STEP: Final = 5_000

Shown = Mapping[str, Any]

expect.set_options(timeout=WAIT)


def _state_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/status").read_text()
    except OSError:
        return "zombie"


class House:
    """The server: `python -m server` with a data folder of its own.

    Out of a `nursery` it comes at once, and without the supervisor that `child` and `kill` need.
    """

    def __init__(
        self,
        folder: Path,
        *,
        test_clock: bool = True,
        seed: int = 7,
        redis: str = "",
        nursery: Nursery | None = None,
    ) -> None:
        self.folder = folder
        self.nursery = nursery
        self.forked = 0
        self.environ = {**os.environ, **({"TALANOA_REDIS_URL": redis} if redis else {})}
        self.test_clock = test_clock
        self.seed = seed
        self.port = 0
        self.http = httpx.Client(timeout=60)
        self.contexts: list[BrowserContext] = []
        self.networks: list[Network] = []
        self.process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and wait until it says where it is. Started again, it keeps its port."""
        words = ["--port", str(self.port), "--data", str(self.folder)]
        if self.test_clock:
            words += ["--test-clock", "--seed", str(self.seed)]
        if self.nursery:
            self.forked, self.port = self.nursery.start([*words, "--unsupervised"])
            self.wait()
            return
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server", *words],
            cwd=ROOT,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout
        end = time.monotonic() + START_SECONDS
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
                self.port = int(found[1])
                break
            assert time.monotonic() < end, "the server did not say where it is"
        assert self.port, f"the server ended with {self.process.poll()}"
        self.wait()

    def wait(self) -> None:
        """Until the server answers."""
        end = time.monotonic() + START_SECONDS
        while self._deaf():
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)

    def _deaf(self) -> bool:
        try:
            return not self.http.get(f"{self.address}/healthz").is_success
        except httpx.TransportError:
            return True

    def child(self) -> int:
        """The process that serves, under its supervisor."""
        found = self._child()
        assert found
        return found

    def _child(self) -> int:
        """The same, 0 between two of them."""
        assert self.process
        mine = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return int((Path(mine).read_text().split() or ["0"])[0])

    def renewed(self, old: int) -> None:
        """Until another process than `old` serves and answers."""
        end = time.monotonic() + START_SECONDS
        while self._child() in (old, 0):
            assert time.monotonic() < end, "no other process came"
            time.sleep(0.05)
        self.http.close()  # its pooled connections ended with the process
        self.http = httpx.Client(timeout=60)
        self.wait()

    def kill(self) -> None:
        """SIGKILL to the process that serves: its supervisor starts another."""
        old = self.child()
        os.kill(old, signal.SIGKILL)
        while Path(f"/proc/{old}/status").exists() and "zombie" not in _state_of(old):
            time.sleep(0.005)
        self.http.close()  # its pooled connections ended with the process
        self.http = httpx.Client(timeout=60)

    def close(self) -> None:
        """End everything this house has begun."""
        for context in self.contexts:
            with contextlib.suppress(Exception):
                context.close()
        for network in self.networks:
            network.close()
        self.http.close()
        if self.nursery and self.forked:
            self.nursery.end(self.forked)
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            if self.process.stdout:
                self.process.stdout.close()

    # Time -------------------------------------------------------------------------------------

    def now(self) -> int:
        """What time it is in the house (ms)."""
        return int(self.http.get(f"{self.address}/api/test/clock").json()["now"])

    def advance(self, seconds: float) -> None:
        """Move time on; every alarm has rung when this returns."""
        body = {"advance_ms": int(seconds * 1000)}
        answer = self.http.post(f"{self.address}/api/test/clock", json=body)
        assert answer.is_success, answer.text

    # People -----------------------------------------------------------------------------------

    def open_room(self, title: str, facilitator: str, **more: Any) -> Room:
        """A room over the API."""
        body = {"title": title, "facilitator": facilitator, **more}
        answer = self.http.post(f"{self.address}/api/rooms", json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        lead = Seat(self, made["room"], made["seat"], made["token"], facilitator)
        return Room(self, made["room"], made["code"], made["links"], lead)

    def browse(
        self,
        browser: Browser,
        name: str,
        size: tuple[int, int] = PHONE,
        *,
        network: bool = False,
        **more: Any,
    ) -> Guest:
        """A browser of somebody's own; with `network`, one whose line can be cut. It has no service
        worker unless `service_workers` is "allow"."""
        line = None
        if network:
            line = Network()
            self.networks.append(line)
            more["proxy"] = {"server": line.address}
        # Where a page may keep itself, what a test sees would hang on what came before.
        more.setdefault("service_workers", "block")
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, base_url=self.address, **more
        )
        self.contexts.append(context)
        return Guest(self, name, context, line)


@dataclass
class Seat:
    """A seat over the JSON API."""

    house: House
    room: str
    seat: str
    token: str
    name: str = ""
    asked: int = 0

    @property
    def bearer(self) -> dict[str, str]:
        """The header that says who."""
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **query: str) -> httpx.Response:
        """A GET under this room."""
        at = f"{self.house.address}/api/rooms/{self.room}/{path}"
        return self._asked(lambda: self.house.http.get(at, headers=self.bearer, params=query))

    def _asked(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        """The answer; a program that is told to slow down waits as long as it is told."""
        while (answer := ask()).status_code == 429:
            time.sleep(float(answer.headers["retry-after"]))
        return answer

    def view(self, lens: str = "seat") -> dict[str, Any]:
        """What this seat sees."""
        answer = self.get("view", seat=self.seat, lens=lens)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def offer(self, type: str, shown: Shown | None = None) -> dict[str, Any] | None:
        """The first offer of a type."""
        may = (shown or self.view())["may"]
        return next((offer for offer in may if offer["type"] == type), None)

    def offered(self, type: str) -> dict[str, Any]:
        """The first offer of a type, which must be there."""
        found = self.offer(type)
        assert found, f"{type} is not offered to {self.seat}"
        return found

    def send(
        self, command: Mapping[str, Any], *, activity: str | None = None, request: str = ""
    ) -> httpx.Response:
        """Ask for something."""
        self.asked += 1
        request = request or f"{self.seat}-{self.asked}-{time.monotonic_ns()}"
        body = {"request": request, "seat": self.seat, "command": command, "activity": activity}
        at = f"{self.house.address}/api/rooms/{self.room}/commands"
        return self._asked(lambda: self.house.http.post(at, headers=self.bearer, json=body))

    def tap(self, type: str, **fields: Any) -> None:
        """Take an offer as it stands, with its needs filled in; it must be there."""
        shown = self.view()
        offer = self.offer(type, shown)
        assert offer, f"{self.name} is not offered {type}: {[o['type'] for o in shown['may']]}"
        activity = (shown["activity"] or {}).get("id")
        answer = self.send({**offer, **fields}, activity=activity)
        assert answer.is_success, answer.text

    @property
    def phase(self) -> str:
        """Where this seat is: "a2.turn"."""
        return phase_of(self.view())


def phase_of(shown: Shown) -> str:
    """Where this view is: "a2.turn"."""
    activity = shown["activity"]
    return f"{activity['id']}.{activity['phase']}" if activity else ""


@dataclass
class Room:
    """An opened room."""

    house: House
    id: str
    code: str
    links: Mapping[str, str]
    lead: Seat

    def join(self, name: str, **more: Any) -> Seat:
        """Somebody comes in by the code, over the API."""
        body = {"code": self.code, "name": name, "where": "remote", **more}
        at = f"{self.house.address}/api/rooms/{self.id}/seats"
        answer = self.house.http.post(at, json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return Seat(self.house, self.id, made["seat"], made["token"], name)

    def next_phase(self, shown: Shown | None = None) -> str:
        """The lead presses the one right button of what was `shown` (over the API); returns where
        we are then.

        A press that comes just after the room went on by itself does nothing, as on a screen.
        """
        shown = shown or self.lead.view()
        for type in ("phase.next", "activity.start"):
            if offer := self.lead.offer(type, shown):
                activity = (shown["activity"] or {}).get("id")
                answer = self.lead.send(offer, activity=activity)
                assert answer.is_success or "stale" in answer.text, answer.text
                break
        return self.lead.phase

    def to_stories(self, phase: str = "telling") -> None:
        """Leave the check-in out and go to the story circles' `phase`."""
        self.lead.tap("activity.skip")
        self.to_phase(f"a2.{phase}")

    def to_phase(self, phase: str) -> None:
        """The lead goes on until there."""
        for _ in range(9):
            shown = self.lead.view()
            if phase_of(shown) == phase:
                return
            self.next_phase(shown)
            self.house.advance(5)
        raise AssertionError(f"{phase} was not reached from {self.lead.phase}")

    def rings(self) -> list[dict[str, Any]]:
        """The circles as the panel has them."""
        blocks = self.lead.view("panel")["blocks"]
        groups = next(block["groups"] for block in blocks if block["type"] == "groups")
        return [group["ring"] for group in groups]


def later(page: Page, seconds: int) -> None:
    """Let seconds pass on this page alone, without waiting for them.

    They pass one at a time, so that what each brings about (another look for the line) happens
    before the next. A page that has a line would miss the server's pings meanwhile. Install the
    page's clock (`page.clock.install()`) before what is to be waited for begins.
    """
    for _ in range(seconds):
        page.clock.run_for(1_000)


@dataclass
class Guest:
    """Somebody with a browser."""

    house: House
    name: str
    context: BrowserContext
    network: Network | None = None
    troubles: list[str] = field(default_factory=list)
    _page: Page | None = None

    @property
    def page(self) -> Page:
        """Their page; a new one after `leave`."""
        if self._page is None or self._page.is_closed():
            self._page = self.context.new_page()
            self._page.set_default_timeout(WAIT)
            self._page.on("pageerror", lambda error: self.troubles.append(str(error)))
            self._page.on("console", self._hear)
        return self._page

    def _hear(self, message: Any) -> None:
        # A failed request is written here too, and is what cut lines are for.
        expected = ("Failed to load resource", "WebSocket connection")
        if message.type == "error" and not any(each in message.text for each in expected):
            self.troubles.append(message.text)

    def come_in(self, room: Room, *others: str, where: str = "Online") -> None:
        """By the invitation's link and the join form, with whoever shares the device."""
        self.page.goto(room.links["join"])
        self.page.get_by_label("What shall we call you?").fill(self.name)
        self.page.get_by_role("radio", name=where).check()
        for other in others:
            self.page.get_by_role("button", name="Add a person").click()
            self.page.get_by_label("Name of the next person").last.fill(other)
        self.page.get_by_role("button", name="Come in").click()
        self.page.wait_for_url(f"**/r/{room.id}")
        self.connected()

    def sit(self, seat: Seat, path: str = "") -> None:
        """On the seat that the API took, at one of its pages."""
        self.take_cookie(seat)
        self.page.goto(f"/r/{seat.room}{path}")

    def take_cookie(self, seat: Seat) -> None:
        """The device's token, as the server's own answer would have left it."""
        self.context.add_cookies([{
            "name": f"seat_{seat.room}", "value": seat.token, "url": self.house.address,
            "httpOnly": True, "sameSite": "Lax",
        }])  # fmt: skip

    def seat(self, room: Room, at: int = 0) -> Seat:
        """Their seat as the API knows it, to look at what the page cannot show."""
        token = next(
            cookie["value"]
            for cookie in self.context.cookies()
            if cookie["name"] == f"seat_{room.id}"
        )
        boot = self.page.evaluate("JSON.parse(document.getElementById('boot').textContent)")
        return Seat(self.house, room.id, boot["seats"][at]["seat"], token, self.name)

    def connected(self) -> None:
        """The page says that there is a line."""
        expect(self.state).to_contain_text(re.compile("Connected|saved"))

    @property
    def state(self) -> Locator:
        """The line that is always honest."""
        return self.page.locator(".state, header .lineword").first

    def press(self, label: str | re.Pattern[str]) -> None:
        """Press a button by what it says."""
        try:
            self.button(label).click()
        except PlaywrightTimeout:
            shown = self.page.locator("#talanoa").inner_text()
            raise AssertionError(f"no {label!r} for {self.name} on: {shown}") from None

    def button(self, label: str | re.Pattern[str]) -> Locator:
        """A button by what it says."""
        exact = isinstance(label, str)
        return self.page.get_by_role("button", name=label, exact=exact).first

    def sees(self, text: str | re.Pattern[str]) -> None:
        """The text stands on the screen."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def heading(self, text: str | re.Pattern[str]) -> None:
        """One thing now: the page's heading says it."""
        expect(self.page.locator("#talanoa h1").first).to_contain_text(text)

    def leave(self) -> None:
        """Close the page, as a lid closes."""
        if self._page:
            self._page.close()


@contextlib.contextmanager
def opened(folder: Path, **more: Any) -> Iterator[House]:
    """A house for as long as the block lasts; nobody's page may have failed in it."""
    house = House(folder, **more)
    try:
        house.start()
        yield house
    finally:
        house.close()
