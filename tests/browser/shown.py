"""One page of the product that is shown one view after the other, as fast as it can draw them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from tests.browser import gallery

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, WebSocketRoute

    from activities.kernel import Lens
    from tests.browser.hall_screens import Wall

PAGES: Final[dict[Lens, str]] = {"seat": "room", "panel": "panel", "screen": "screen"}
PAGE_MS: Final = 15_000
"""How long a page of a wall stands (web/src/turning.ts)."""

OWN: Final = "s1"
CONNECTED: Final = """() => document.querySelector("#talanoa").firstElementChild
    ?.stage?.connection.line === "connected" """
DRAWN: Final = """(seq) => new Promise((done) => {
  const look = () => document.querySelector("#talanoa").firstElementChild?.stage?.view?.seq === seq
    ? requestAnimationFrame(() => requestAnimationFrame(() => done(true)))
    : requestAnimationFrame(look);
  look();
})"""


class Shown:
    """A phone, a panel or a wall in a language, as `first` is; `script` runs before the page."""

    def __init__(
        self,
        browser: Browser,
        first: Wall,
        size: tuple[int, int],
        *,
        script: str = "",
        **more: Any,
    ) -> None:
        self.seq = 1_000_000
        self.now = 0
        self.site = gallery.Site()
        self.site.live(
            "shown", PAGES[first.lens], self.own(first.view), language=first.language,
            seats=(OWN,),
        )  # fmt: skip
        self._served = gallery.served(self.site)
        self.page = browser.new_page(
            viewport={"width": size[0], "height": size[1]}, service_workers="block", **more
        )
        if script:
            self.page.add_init_script(script)
        self.trouble: list[str] = []
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("console", self._hear)
        self.sockets: list[WebSocketRoute] = []
        self.page.route_web_socket("**/sync?*", self._came)
        self.page.goto(f"{self._served.__enter__()}/shown")
        self.page.wait_for_function(CONNECTED)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.trouble.append(message.text)

    def _came(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        gallery.answer(self.site, socket)

    def own(self, view: dict[str, Any]) -> dict[str, Any]:
        """Somebody's view as if it were this page's."""
        text = json.dumps(view).replace(f'"{OWN}"', '"s999"')
        found: dict[str, Any] = json.loads(text.replace(f'"{view["seat"]}"', f'"{OWN}"'))
        return found

    def send(self, view: dict[str, Any], later: int = 0) -> None:
        """Show this, so many milliseconds `later` than what was shown before."""
        self.seq += 1
        # In the middle of a page's time, so that no page is over while it is looked at.
        made = int(view["now"]) // PAGE_MS * PAGE_MS + PAGE_MS // 3
        self.now = max(self.now + later, made)
        message = json.dumps({**self.own(view), "seq": self.seq, "now": self.now})
        self.sockets[-1].send(gallery.text("room-shown") + bytes([5]) + gallery.text(message))
        self.page.evaluate(DRAWN, self.seq)

    def at(self, view: dict[str, Any], moment: int) -> None:
        """Show this as it stands at a moment of the room's own clock (ms)."""
        self.seq += 1
        message = json.dumps({**self.own(view), "seq": self.seq, "now": moment})
        self.sockets[-1].send(gallery.text("room-shown") + bytes([5]) + gallery.text(message))
        self.page.evaluate(DRAWN, self.seq)

    def turn(self, view: dict[str, Any]) -> None:
        """Show a wall, on the page whose turn comes next."""
        self.send(view, PAGE_MS)

    def pages(self) -> int:
        """How many pages this wall has."""
        return int(self.page.evaluate("document.querySelector('tl-wall').turning.count"))

    def close(self) -> None:
        """Nothing more is shown."""
        self.page.close()
        self._served.__exit__(None, None, None)
