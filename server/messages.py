"""The part of a catalogue that each page's script can show, as a script of its own to be kept.

A phone loads the sentences of its page and no more: which source files went into an entry is
written by the build (`web/vite.config.ts`), and a catalogue says for each sentence in which files
it stands. Sentences that only the server says never travel. The file's name changes with its
contents, so a browser keeps it for as long as it likes; it holds nothing of any room, so it may be
compressed (pages are not: `templating.CODINGS`).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from starlette.requests import Request

    from server.languages import Languages

IMMUTABLE: Final = "public, max-age=31536000, immutable"
"""For files whose names change with their contents."""

ADDRESS: Final = "/messages"
NAME: Final = re.compile(r"([A-Za-z-]{2,35})\.([a-z]{1,20})\.([0-9a-f]{16})\.js")
HASH_LENGTH: Final = 16
"""Characters of a SHA-256 in an address: 64 bits, far from any chance meeting."""


class Made(NamedTuple):
    """One file: its address, its bytes, and the same compressed."""

    address: str
    whole: bytes
    small: bytes


class Messages:
    """The sentences of every language and page, made when they are first asked for."""

    def __init__(self, languages: Languages, web: Path) -> None:
        self._languages = languages
        self._modules = web / "dist" / ".vite" / "modules.json"
        self._stamp = -1
        self._sources: dict[str, frozenset[str]] = {}
        self._made: dict[tuple[str, str], Made | None] = {}

    def address(self, language: str, page: str) -> str:
        """Where a page finds its sentences, or "" where it needs none: English is in the script."""
        made = self._of(language, page)
        return made.address if made else ""

    def answer(self, request: Request) -> Response:
        """GET /messages/{language}.{page}.{hash}.js."""
        found = NAME.fullmatch(request.path_params["name"])
        made = self._of(found[1], found[2]) if found else None
        if made is None:
            return Response(status_code=404)
        small = "gzip" in request.headers.get("accept-encoding", "")
        headers = {
            # After an update an old page may ask for what was: it gets what is, and keeps it not.
            "Cache-Control": IMMUTABLE if made.address == request.url.path else "no-store",
            "Vary": "Accept-Encoding",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        if small:
            headers["Content-Encoding"] = "gzip"
        return Response(made.small if small else made.whole, 200, headers, "text/javascript")

    def _of(self, language: str, page: str) -> Made | None:
        self._read_modules()
        key = (self._languages.nearest(language), page)
        if key not in self._made and page in self._sources:
            self._made[key] = self._make(*key)
        return self._made.get(key)

    def _read_modules(self) -> None:
        """The build's list, again when it changes."""
        try:
            stamp = self._modules.stat().st_mtime_ns
        except OSError:
            stamp = 0
        if stamp == self._stamp:
            return
        listed = json.loads(self._modules.read_bytes()) if stamp else {}
        self._sources = {page: frozenset(files) for page, files in listed.items()}
        self._made.clear()
        self._stamp = stamp

    def _make(self, language: str, page: str) -> Made | None:
        shown = self._shown(language, page)
        if not shown:
            return None
        text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        whole = f"globalThis.talanoaMessages={text}\n".encode()
        name = hashlib.sha256(whole).hexdigest()[:HASH_LENGTH]
        small = gzip.compress(whole, 9, mtime=0)
        return Made(f"{ADDRESS}/{language}.{page}.{name}.js", whole, small)

    def _shown(self, language: str, page: str) -> Mapping[str, Any]:
        sources = self._sources[page]
        return {
            id: text
            for id, text in self._languages.messages(language).items()
            if not sources.isdisjoint(self._languages.places(language, id))
        }
