"""What a phone keeps so that a link opens without a line: the service worker, and the shells of
pages with nothing of any room in them.

The worker (`web/src/worker.ts`) fetches a shell with the scripts and styles it names, and hands it
out when the network does not answer; the room itself is in the browser's own storage
(`web/src/kept.ts`). Over the worker stands a version that changes with any byte a shell needs, so
that browsers notice an update; both may be compressed, because neither holds a key or a secret.
"""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response

from server.errors import Problem
from server.site import site_of
from server.templating import WEB, policy

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from server.languages import Languages
    from server.templating import Pages

SHELLS: Final = ("room", "board", "join", "me", "memo", "agenda", "outline")
"""Pages that open without a line; `outline` is the agenda of those who do not write it."""

UNTRUSTED: Final = "memo"
"""Its editor makes elements of text by itself (`live_pages.live`)."""

REVALIDATE: Final = "no-cache"
"""May be kept, and is asked for each time: an update is seen at once, else it costs a header."""

WORKER_POLICY: Final = "default-src 'none'; script-src 'self'; connect-src 'self'"
"""The worker runs one script and fetches from this server; no more."""

VERSION_LENGTH: Final = 16
"""Characters of a SHA-256: enough to tell builds apart."""


class Made(NamedTuple):
    """Bytes to send, the same compressed, and their tag."""

    whole: bytes
    small: bytes
    tag: str


class Offline:
    """Worker and shells of one build, made when they are first asked for."""

    def __init__(self, pages: Pages, languages: Languages, web: Path = WEB) -> None:
        self._pages = pages
        self._languages = languages
        self._worker = web / "dist" / "worker.js"
        self._stamp = (0, 0)
        self._shells: dict[tuple[str, str], Made] = {}
        self._script: Made | None = None

    def shell(self, page: str, language: str) -> Made | None:
        """The shell of a page in a language we have; None for any other."""
        self._fresh()
        return self._shells.get((page, language))

    def script(self) -> Made | None:
        """The worker, or None where nothing is built."""
        self._fresh()
        return self._script

    def _fresh(self) -> None:
        """Make everything anew after a build."""
        stamp = (_changed(self._worker), self._pages.manifest.stamp)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        languages = [each["code"] for each in self._languages.offered()]
        self._shells = {
            (page, language): _made(self._drawn(page, language).encode())
            for page in SHELLS
            for language in languages
        }
        self._script = None
        if not stamp[0]:
            return
        whole = hashlib.sha256("".join(made.tag for made in self._shells.values()).encode())
        version = whole.hexdigest()[:VERSION_LENGTH]
        line = f'self.talanoaVersion="{version}";\n'
        self._script = _made(line.encode() + self._worker.read_bytes())

    def _drawn(self, page: str, language: str) -> str:
        boot = {
            "page": page,
            "room": "",
            "kept": True,
            "catalogue": self._languages.catalogue(language),
            "languages": self._languages.offered(),
            "sync": "/sync",
            "view": None,
        }
        more = {"kept": True} if page == "join" else {"boot": boot}
        return self._pages.render(f"{page}.html", language, more)


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _made(whole: bytes) -> Made:
    tag = hashlib.sha256(whole).hexdigest()[:VERSION_LENGTH]
    return Made(whole, gzip.compress(whole, 9, mtime=0), tag)


async def worker(request: Request) -> Response:
    """GET /sw.js."""
    made = site_of(request).offline.script()
    if made is None:
        raise Problem("unknown")
    return _answer(request, made, "text/javascript", WORKER_POLICY)


async def shell(request: Request) -> Response:
    """GET /kept/{page}/{language}."""
    page, language = request.path_params["page"], request.path_params["language"]
    made = site_of(request).offline.shell(page, language)
    if made is None:
        raise Problem("unknown")
    answer = _answer(request, made, "text/html", policy(request.headers, page != UNTRUSTED))
    answer.headers["Content-Language"] = language
    return answer


def _answer(request: Request, made: Made, kind: str, rules: str) -> Response:
    headers = {
        "Cache-Control": REVALIDATE,
        "Content-Security-Policy": rules,
        "Cross-Origin-Resource-Policy": "same-origin",
        "ETag": f'"{made.tag}"',
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match", "").removeprefix("W/") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    small = "gzip" in request.headers.get("accept-encoding", "")
    if small:
        headers["Content-Encoding"] = "gzip"
    return Response(made.small if small else made.whole, 200, headers, kind)
