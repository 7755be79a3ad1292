"""Screenshots of every screen and phase, at two widths, light and dark, with an index page.

`python -m tests.browser.gallery [--into FOLDER] [NAME ...]` needs a built web/dist and Chromium.
`--phases` takes every phase in several languages, themes and sizes (`phase_gallery`).
Pages come from the real templates with sample data; the websocket is answered by a stand-in that
accepts every document and sends the sample messages once.
"""

from __future__ import annotations

import argparse
import contextlib
import html
import json
import os
import shutil
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright
from starlette.datastructures import Headers
from starlette.requests import Request

from server.languages import Languages
from server.templating import Pages, policy, qr
from tests.browser import block_samples, board_samples, evening_gallery, exchange_gallery, samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page, WebSocketRoute

WEB = Path(__file__).parents[2] / "web"
SIZES = {"phone": (360, 740), "laptop": (1280, 800)}
THEMES = ("light", "dark")
WALL = {"wall": (1920, 1080)}
CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SETTLED = "document.fonts.ready.then(() => true)"
LIVE = """() => {
    const line = document.querySelector("#talanoa > *")?.stage?.connection;
    return !!line?.connected && [...line.documents.values()].every(({ arrived }) => arrived);
}"""
"""There is a line, and all that this page opens has come by it."""


class Site:
    """The pages by path, and the messages each of them is sent."""

    def __init__(self) -> None:
        self.languages = Languages(invented=True)
        self.made = Pages(self.languages)
        self.pages: dict[str, str] = {}
        self.messages: dict[str, list[dict[str, Any]]] = {}
        self.boards: dict[str, bytes] = {}
        self.heard: list[dict[str, Any]] = []

    def add(
        self,
        name: str,
        template: str,
        *,
        language: str = "en",
        messages: list[dict[str, Any]] | None = None,
        **context: Any,
    ) -> None:
        """A page at /{name}."""
        self.pages[f"/{name}"] = self.made.render(template, language, context)
        self.messages[name] = messages or []

    def live(
        self,
        name: str,
        page: str,
        view: dict[str, Any],
        *,
        seats: tuple[str, ...] = (),
        more: tuple[dict[str, Any], ...] = (),
        language: str = "en",
        **boot: Any,
    ) -> None:
        """A live page with its first view."""
        mine = seats or (view["seat"],)
        others = [{**view, "seat": seat} for seat in mine if seat != view["seat"]]
        self.add(
            name,
            f"{page}.html",
            language=language,
            messages=[view, *others, *more],
            boot={
                "page": page,
                "room": f"room-{name}",
                "title": samples.TITLE,
                "seat": view["seat"],
                "seats": [{"seat": s, "name": samples.PEOPLE.get(s, s)} for s in mine],
                "lens": view["lens"],
                "device": "d1",
                "view": view,
                "languages": [],
                "sync": f"/sync?{name}",
                "catalogue": self.languages.catalogue(language),
                "qr": qr("https://talanoa.example/j#secret"),
                **boot,
            },
        )


def build() -> Site:
    """All pages of the gallery."""
    site = Site()
    code, url = "MANG-RVER", "https://talanoa.example/j#9tq3Wf0c2Bq"
    site.add(
        "front-door",
        "front.html",
        values={"title": "", "facilitator": ""},
        templates=[
            {
                "name": "evening",
                "title": "Story evening",
                "summary": "Check-in, story circles, check-out · 120 min",
            }
        ],
    )
    site.add(
        "room-ready",
        "ready.html",
        title=samples.TITLE,
        code=code,
        join_url=url,
        here=0,
        facilitate_url="https://talanoa.example/r/4f/panel#8F2QLM44T",
        screen_url="https://talanoa.example/r/4f/screen#77",
        panel_url="/r/4f/panel",
        calendar_url="/r/4f/calendar.ics",
        qr=qr(url),
        people=[],
    )
    site.add(
        "sheets",
        "sheets.html",
        title=samples.TITLE,
        code=code,
        address="talanoa.example/j",
        qr=qr(url),
        tables=2,
        ballots=2,
        options=6,
        limits={"tables": (0, 4, 40), "ballots": (0, 8, 200), "options": (2, 6, 12)},
        ready_url="/r/4f/ready",
    )
    site.add(
        "join",
        "join.html",
        title=samples.TITLE,
        facilitator="Amina Diallo",
        here=14,
        values={"name": "Wanjiru", "more": ["Baraka"], "where": "remote"},
    )
    site.add(
        "join-shut",
        "join.html",
        title=samples.TITLE,
        facilitator="Amina Diallo",
        here=14,
        shut=True,
        values={},
    )
    site.add("join-code", "join.html", title="", values={})
    site.add(
        "unknown",
        "error.html",
        heading="There is nothing here",
        message="We do not know this room or code. Check it, or ask whoever invited you.",
        safe="Nothing was changed.",
    )
    people, desk = samples.people(), samples.desk()
    for name, view in samples.screens().items():
        site.live(name, "room", view, more=(people,))
    site.live("panel", "panel", samples.panel(), more=(people, desk))
    site.live("wall", "screen", samples.wall())
    site.live("me", "me", samples.screens()["circle-listening"], words=samples.my_words())
    site.live("memo", "memo", samples.panel(), memo=samples.memo())
    site.live(
        "shared-device",
        "room",
        samples.screens()["quiet"],
        seats=("s6", "s12", "s5", "s14", "s11"),
        more=(people,),
    )
    for name, (page, view, more) in block_samples.screens().items():
        site.live(name, page, view, more=(people, desk, *more) if page != "screen" else more)
    for name, (view, held, boot) in board_samples.screens().items():
        site.live(name, "board", view, more=(people,), first=[], **boot)
        site.boards[name] = held
    arabic = samples.screens()["circle-listening"]
    arabic = json.loads(
        json.dumps(arabic, ensure_ascii=False)
        .replace("Wanjiru Kamau is telling", "وانجيرو تحكي الآن")
        .replace(samples.STORY, "«يومٌ صار فيه تغييرٌ في عملكِ حقيقةً ملموسة.»")
        .replace("Mangrove circle", "حلقة المانغروف")
        .replace("Story circle · 7 people", "حلقة الحكايات · ٧ أشخاص")
        .replace("Listen as fully as you will tell.", "أنصتي كما تحبّين أن يُنصَت إليكِ.")
        .replace("Wanjiru Kamau", "وانجيرو")
        .replace("Sefina Tuilagi", "سفينا")
        .replace("Jonah Mwangi", "جونا")
        .replace("Rosa Quispe", "روزا")
        .replace("Yusuf Al-Hadi", "يوسف")
        .replace("Pause please", "لحظة من فضلكم")
        .replace("Ask for help", "أطلب مساعدة")
    )
    site.live(
        "arabic",
        "room",
        arabic,
        language="ar",
    )
    return site


class Handler(BaseHTTPRequestHandler):
    """Serves the pages and the built files."""

    def __init__(self, site: Site, *args: Any) -> None:
        self.site = site
        super().__init__(*args)

    def do_GET(self) -> None:
        """A page, or a file of web/dist."""
        path = self.path.split("?")[0]
        kind = "text/html; charset=utf-8"
        body = self.site.pages.get(path, "").encode()
        file = WEB / "dist" / path.removeprefix("/static/")
        if not body and path.startswith("/static/") and file.is_file():
            body = file.read_bytes()
            kinds = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
            kind = kinds.get(file.suffix, "application/octet-stream")
        if path.startswith("/messages/"):
            asked = Request({"type": "http", "path": path, "headers": [], "method": "GET",
                             "path_params": {"name": path.removeprefix("/messages/")}})  # fmt: skip
            body = bytes(self.site.made.messages.answer(asked).body)
            kind = "text/javascript"
        self.send_response(200 if body else 404)
        self.send_header("content-type", kind)
        headers = Headers({"host": self.headers["host"]})
        self.send_header("content-security-policy", policy(headers, trusted_types=path != "/memo"))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextlib.contextmanager
def served(site: Site) -> Iterator[str]:
    """The site on a free loopback port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def text_of(data: bytes, at: int) -> tuple[str, int]:
    """A lib0 var string."""
    length, shift = 0, 0
    while True:
        byte = data[at]
        at += 1
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            break
    return data[at : at + length].decode(), at + length


def text(value: str) -> bytes:
    """The same, written."""
    return counted(value.encode())


def counted(raw: bytes) -> bytes:
    """Bytes with their length before them."""
    n, out = len(raw), bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out) + raw


def answer(site: Site, socket: WebSocketRoute) -> None:
    """A stand-in for the server: lets everybody in, says everything is synced."""
    name = socket.url.split("?")[1]

    def hear(message: str | bytes) -> None:
        data = message if isinstance(message, bytes) else message.encode()
        document, at = text_of(data, 0)
        head = text(document)
        if data[at] == 2:  # auth
            socket.send(head + bytes([2, 2]) + text("read-write"))
            if "/" not in document:
                for each in site.messages[name]:
                    socket.send(head + bytes([5]) + text(json.dumps(each)))
        elif data[at] == 0 and data[at + 1] == 0:  # sync step 1: the board, else nothing new
            held = site.boards.get(name, b"") if document.endswith("/board") else b""
            socket.send(head + bytes([0, 1]) + counted(held or bytes([0, 0])))
            # As the server does: asked last, so that the page knows it has everything.
            socket.send(head + bytes([0, 0]) + counted(bytes([0])))
        elif data[at] == 5:  # a command, or which screen
            site.heard.append(json.loads(text_of(data, at + 1)[0]))
        elif data[at] == 0:  # an update: durable
            socket.send(head + bytes([8, 1]))

    socket.on_message(hear)


def opened(
    browser: Browser, site: Site, base: str, name: str, width: int, height: int, dark: bool = False
) -> tuple[Page, list[str]]:
    """A page at its first live view, and a list that fills with what the browser complains of."""
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        service_workers="block",  # the stand-in has none
    )
    trouble: list[str] = []

    def complained(message: ConsoleMessage) -> None:
        if message.type == "error":
            trouble.append(message.text)

    page.on("console", complained)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.route_web_socket("**/sync?*", partial(answer, site))
    page.goto(f"{base}/{name}")
    if page.locator("#boot").count():
        page.wait_for_function(LIVE)
    return page, trouble


def shots(site: Site, base: str, browser: Browser, folder: Path, only: list[str]) -> list[str]:
    """Takes the pictures; returns their names."""
    made = []
    for path in site.pages:
        name = path[1:]
        if only and name not in only:
            continue
        for size, (width, height) in (WALL if name.startswith("wall") else SIZES).items():
            for theme in THEMES:
                page, trouble = opened(browser, site, base, name, width, height, theme == "dark")
                page.evaluate(SETTLED)
                if name == "shared-device" and size == "laptop":
                    page.get_by_role("button", name="مريم").click()
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    trouble.append(f"scrolls sideways: {wide} > {width}")
                tall = page.evaluate("document.documentElement.scrollHeight")
                page.set_viewport_size({"width": width, "height": max(tall, height)})
                picture = f"{name}-{theme}-{width}.png"
                page.screenshot(path=folder / picture)
                made.append(picture)
                for each in dict.fromkeys(trouble):
                    print(f"{picture}: {each}")
                page.close()
    return made


def index(folder: Path, made: list[str]) -> None:
    """A page that shows them all."""
    figures = "".join(
        f'<figure><img src="{html.escape(p)}" loading="lazy" alt="">'
        f"<figcaption>{html.escape(p)}</figcaption></figure>"
        for p in made
    )
    style = (
        "body{font:16px sans-serif;display:flex;flex-wrap:wrap;gap:24px;background:#ddd}"
        "img{max-height:600px;border:1px solid #999}figure{margin:0}"
    )
    head = (
        f"<!doctype html><meta charset=utf-8><title>Talanoa gallery</title><style>{style}</style>"
    )
    (folder / "index.html").write_text(head + figures, encoding="utf-8")


def main() -> None:
    """Writes the gallery."""
    from tests.browser import phase_gallery  # late: it shows its views on a `Site`

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", dest="folder", type=Path, default=Path("gallery"))
    parser.add_argument("names", nargs="*", help="only these sample screens")
    parser.add_argument(
        "--evening", nargs="*", default=[], metavar="MOMENT", help="only these moments of the demo"
    )
    parser.add_argument(
        "--activity", nargs="*", default=[], metavar="KIND", help="only these activities, or forms"
    )
    parser.add_argument(
        "--language", default="", metavar="TAG",
        help="of every screen of the demo: ar, hi, ... or en-XA (long), en-XB (long and mirrored)",
    )  # fmt: skip
    parser.add_argument(
        "--phases", nargs="*", default=None, metavar="KIND",
        help="every phase of these activities or forms (none named: of all), quickly, in languages,"
        " themes and sizes: phone, panel and wall",
    )  # fmt: skip
    parser.add_argument("--languages", nargs="+", default=phase_gallery.LANGUAGES, metavar="TAG")
    parser.add_argument("--themes", nargs="+", choices=phase_gallery.THEMES, default=("light",))
    parser.add_argument(
        "--sizes", nargs="+", default=(*phase_gallery.SIZES, phase_gallery.WALL), metavar="WxH"
    )
    asked = parser.parse_args()
    some = bool(asked.names or asked.evening or asked.activity or asked.phases is not None)
    asked.folder.mkdir(parents=True, exist_ok=True)
    site = build()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with served(site) as base, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        made = []
        if asked.names or not some:
            made += shots(site, base, browser, asked.folder, asked.names)
        if asked.evening or not some:
            made += evening_gallery.pictures(browser, asked.folder, asked.evening, asked.language)
        if asked.activity or not some:
            made += exchange_gallery.pictures(browser, asked.folder, asked.activity)
        if asked.phases is not None:
            made += phase_gallery.pictures(
                browser, asked.folder, asked.phases, asked.languages, asked.themes, asked.sizes
            )
        browser.close()
    index(asked.folder, made)


if __name__ == "__main__":
    main()
