"""Pictures of the real product: the demo evening staged to each of its moments on a real server.

The sample screens of `gallery` show every block in every state; these show what a person, the
table, the panel and the wall really get, from the same people that `./dev run --demo` brings.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from activities.kernel import Refused
from rooms.clock import TestClock
from server.app import running
from server.demo import MOMENTS, Company, Moment, stage
from server.demo_people import TABLE
from server.serving import Server, uvicorn_config
from server.settings import Settings
from server.site import Site
from server.supervisor import listening_socket

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES: Final = ((360, 740), (1280, 800))
WALL: Final = ((1920, 1080),)
THEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
STAGE_SECONDS: Final = 120
LIVE: Final = "#talanoa > :is(tl-room, tl-panel, tl-wall, tl-me, tl-memo, tl-agenda, tl-board)"
"""The page's element, in any language."""


class Stand:
    """A server in a thread of this process, so that rooms can be staged in its own hub."""

    def __init__(self, site: Site, loop: asyncio.AbstractEventLoop, port: int) -> None:
        self.site = site
        self._loop = loop
        self.address = f"http://127.0.0.1:{port}"

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something in the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(STAGE_SECONDS)

    def staged(self, moment: Moment) -> Company:
        """The evening up to a moment."""
        assert isinstance(self.site.clock, TestClock)
        company: Company = self.do(stage(self.site.hub, self.site.clock, moment))
        self.do(company.be_here())
        return company


@contextlib.contextmanager
def standing() -> Iterator[Stand]:
    """A server on the test clock and a free port, with a folder that goes away."""
    ready: list[Stand] = []
    begun = threading.Event()
    loop = asyncio.new_event_loop()
    done = asyncio.Event()

    async def serve(folder: Path) -> None:
        with listening_socket("127.0.0.1", 0) as listening:
            port = listening.getsockname()[1]
            settings = Settings(data=folder, port=port, test_clock=True, seed=7)
            async with running(settings) as app:
                server = Server(uvicorn_config(app, settings))
                serving = asyncio.create_task(server.serve(sockets=[listening]))
                await server.serves.wait()
                ready.append(Stand(app.state.site, loop, port))
                begun.set()
                await done.wait()
                server.should_exit = True
                await serving

    with tempfile.TemporaryDirectory() as folder:
        thread = threading.Thread(target=loop.run_until_complete, args=(serve(Path(folder)),))
        thread.start()
        begun.wait()
        try:
            yield ready[0]
        finally:
            loop.call_soon_threadsafe(done.set)
            thread.join()
            loop.close()


def seated(company: Company, moment: Moment) -> dict[str, tuple[str, str]]:
    """Whose pages are looked at: picture's name -> (token, path)."""
    room = f"/r/{company.opened.room}"
    names = {person.name: seat for seat, person in company.who.items()}
    first = next(seat for seat in company.who if seat != company.co)
    found = {
        "phone": (company.tokens[first], room),
        "table": (company.tokens[names[TABLE[0].name]], room),
        "panel": (company.tokens[company.lead], f"{room}/panel"),
        "wall": ("", f"{room}/screen#{company.opened.screen}"),
    }
    if moment in ("telling", "settle"):
        device = company.room.device
        for seat, token in company.tokens.items():
            held = device(token)
            shown = company.room.view(held, seat) if held else b""
            if b'"telling.turn"' in shown and b'"turn.done"' in shown:
                found["teller"] = (token, f"{room}?as={seat}")
    if moment in ("plenary", "after"):
        found["me"] = (company.tokens[first], f"{room}/me")
        found["memo"] = (company.tokens[company.lead], f"{room}/memo")
    if moment == "before":
        found["ready"] = (company.tokens[company.lead], f"{room}/ready")
        found["agenda"] = (company.tokens[company.lead], f"{room}/agenda")
        found["outline"] = (company.tokens[first], f"{room}/agenda")
    return found


def pictures(browser: Browser, folder: Path, only: list[str], language: str = "") -> list[str]:
    """Takes them; returns their names. `only`: moments. `language`: of everybody's screen, of the
    wall's too, where it is not the language each of them has."""
    made: list[str] = []
    with standing() as stand:
        for moment in MOMENTS:
            if only and moment not in only:
                continue
            company = stand.staged(moment)
            if language:
                stand.do(spoken(company, language))
            pages = {
                who: opened(browser, stand, company, token, path)
                for who, (token, path) in seated(company, moment).items()
            }
            if language:
                choose(pages["wall"][0], language)
            stand.do(company.be_here())
            name = f"evening-{moment}-{language}" if language else f"evening-{moment}"
            for who, (page, trouble) in pages.items():
                made += shots(page, folder, f"{name}-{who}", trouble)
            for page, _ in pages.values():  # only now: whoever closes a page is away
                page.context.close()
    return made


async def spoken(company: Company, language: str) -> None:
    """Everybody chooses a language for their screen."""
    for seat, token in company.tokens.items():
        device = company.room.device(token)
        assert device
        command = {"type": "seat.language", "language": language}
        body = {"request": f"tongue-{language}-{seat}", "seat": seat, "command": command}
        with contextlib.suppress(Refused):  # who has it already
            await company.room.command(device, json.dumps(body).encode())


def choose(page: Page, language: str) -> None:
    """The same by the chooser of the page; an invented language is not listed there."""
    chooser = page.locator(".tongue select")
    if chooser.locator(f"option[value={language}]").count():
        with page.expect_navigation():
            chooser.select_option(language, force=True)
        page.wait_for_selector(LIVE)


def opened(
    browser: Browser, stand: Stand, company: Company, token: str, path: str
) -> tuple[Page, list[str]]:
    """A page at its live view, and a list that fills with what the browser complains of."""
    context = browser.new_context(base_url=stand.address)
    if token:
        context.add_cookies([{
            "name": f"seat_{company.opened.room}", "value": token, "url": stand.address,
            "httpOnly": True, "sameSite": "Lax",
        }])  # fmt: skip
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    if page.locator("#talanoa").count():
        page.wait_for_selector(LIVE)
        page.wait_for_load_state("networkidle")
    return page, trouble


def shots(page: Page, folder: Path, name: str, trouble: list[str]) -> list[str]:
    """One page at each size, light and dark."""
    made: list[str] = []
    for width, height in WALL if name.endswith("-wall") else SIZES:
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            picture(page, folder / f"{name}-{theme}-{width}.png", width, height)
            made.append(f"{name}-{theme}-{width}.png")
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                trouble.append(f"scrolls sideways at {width}: {wide}")
    for each in dict.fromkeys(trouble):
        print(f"{name}: {each}")
    return made


def picture(page: Page, place: Path, width: int, height: int) -> None:
    """The whole page, without motion."""
    page.set_viewport_size({"width": width, "height": height})
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(tall, height)})
    page.evaluate("document.getAnimations().forEach(each => each.finish?.())")
    page.screenshot(path=place)
