"""Pages from templates: the reader's language, addresses of built files, and the strict headers."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from mimetypes import guess_type
from pathlib import Path
from typing import Any, Final

import jinja2
import msgspec
import segno
from jinja2 import pass_context
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server.languages import Languages, direction
from server.messages import IMMUTABLE, Messages

WEB: Final = Path(__file__).parent.parent / "web"

TRUSTED_TYPES: Final = "; require-trusted-types-for 'script'; trusted-types lit-html talanoa"
"""On every page but the memo, whose editor parses HTML (`field-notes.md` 9). `talanoa` names the
address of the service worker (`web/src/keeper.ts`)."""

BRIEF: Final = "public, max-age=300"
"""For the few files with lasting names."""

CODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
"""Compressed by the build, smallest first. Pages are not: they hold keys next to typed text."""

CHOSEN_LANGUAGE: Final = "language"
"""Cookie of a language chosen by hand, so that the next page comes in it too; it names nobody."""

CHOSEN_AGE: Final = 365 * 24 * 3600
"""Seconds a choice is kept: from one exchange to the next year's."""

QR_BORDER: Final = 2
"""Quiet modules round a QR code on our own white ground; phones read it from two on."""

SHOWN_ONLY: Final = frozenset({"label", "place", "needs", "hint", "confirm", "shown"})
"""Keys of an offer that describe it; the rest is the command."""

NOT_BUILT: Final = (
    "The browser's part is not built, so pages have no scripts. Type ./dev build once "
    "(./dev run does it by itself)."
)


def sprite(*names: str) -> Markup:
    """The house icons of these names alone: a page that must come fast over a weak line, and is
    not compressed, carries only what it shows. Raises `KeyError` for a name there is none of."""
    lines = (WEB / "templates" / "icons.html").read_text(encoding="utf-8").splitlines()
    symbols = {line.split('"', 2)[1]: line for line in lines if line.startswith("<symbol")}
    kept = "".join(symbols[f"i-{name}"] for name in names)
    return Markup('<svg class="sprite" aria-hidden="true" focusable="false">{}</svg>').format(
        Markup(kept)
    )


class Manifest:
    """Vite's list of built files; read again when it changes, so that a build needs no restart."""

    def __init__(self, web: Path = WEB) -> None:
        self._file = web / "dist" / ".vite" / "manifest.json"
        self._stamp = -1
        self._entries: dict[str, dict[str, Any]] = {}

    def _fresh(self) -> dict[str, dict[str, Any]]:
        try:
            stamp = self._file.stat().st_mtime_ns
        except OSError:
            self._entries, self._stamp = {}, -1
            return self._entries
        if stamp != self._stamp:
            self._entries = json.loads(self._file.read_bytes())
            self._stamp = stamp
        return self._entries

    @property
    def stamp(self) -> int:
        """Changes with every build; -1 without one."""
        self._fresh()
        return self._stamp

    @property
    def built(self) -> bool:
        """Whether there is a build."""
        return bool(self._fresh())

    def asset(self, source: str) -> str:
        """The address of what `source` ("src/room.ts", "styles/main.css") was built to. Without a
        build, styles are served as they are written."""
        entry = self._fresh().get(source)
        return f"/static/{entry['file']}" if entry else f"/static/{source}"

    def preloads(self, source: str, later: object = False) -> list[str]:
        """Addresses of the chunks a script imports, all the way down; with `later` also of those it
        asks for when they are needed: what a device keeps must have them too."""
        entries = self._fresh()
        kinds = ("imports", "dynamicImports") if later else ("imports",)
        found: dict[str, None] = {}
        waiting = [name for kind in kinds for name in entries.get(source, {}).get(kind, [])]
        while waiting:
            name = waiting.pop(0)
            if name in entries and f"/static/{entries[name]['file']}" not in found:
                found[f"/static/{entries[name]['file']}"] = None
                waiting += [more for kind in kinds for more in entries[name].get(kind, [])]
        return list(found)


class Static(StaticFiles):
    """Built files under /static, with caching by name; plain styles where nothing is built."""

    def __init__(self, web: Path = WEB) -> None:
        # One instance for each folder: lookups run in threads, and share nothing.
        parts = (web / "dist", web / "public", web)
        self._parts = [StaticFiles(directory=part, check_dir=False) for part in parts]
        super().__init__(directory=web, check_dir=False)

    def lookup_path(self, path: str) -> tuple[str, Any]:
        """A file of the build, of `public`, or a style; nothing else of the sources."""
        built, public, web = self._parts
        if path.startswith("."):
            return "", None
        for folder in (built, public):
            found = folder.lookup_path(path)
            if found[1] is not None:
                return found
        if path.startswith("styles/") and path.endswith(".css"):
            return web.lookup_path(path)
        return "", None

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, compressed when the build made it so and the browser takes that."""
        taken = Headers(scope=scope).get("accept-encoding", "")
        words = {part.partition(";")[0].strip() for part in taken.split(",")}
        for coding, ending in CODINGS if path.startswith("assets") else ():
            if coding in words and self.lookup_path(path + ending)[1] is not None:
                made = await super().get_response(path + ending, scope)
                made.headers["Content-Encoding"] = coding
                made.headers["Content-Type"] = guess_type(path)[0] or "application/octet-stream"
                break
        else:
            made = await super().get_response(path, scope)
        made.headers["Vary"] = "Accept-Encoding"
        return made

    def file_response(
        self, full_path: Any, stat_result: Any, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, with how long it may be kept."""
        made = super().file_response(full_path, stat_result, scope, status_code)
        if isinstance(made, FileResponse) or made.status_code == 304:
            name = str(scope["path"])
            made.headers["Cache-Control"] = IMMUTABLE if "/assets/" in name else BRIEF
            made.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return made


class Pages:
    """Renders templates. `language` and `direction` are in every context."""

    def __init__(self, languages: Languages, web: Path = WEB) -> None:
        self._languages = languages
        self.manifest = Manifest(web)
        self.messages = Messages(languages, web)
        self._env = jinja2.Environment(
            loader=jinja2.FileSystemLoader(web / "templates"),
            autoescape=True,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )

        @pass_context
        def gettext(context: jinja2.runtime.Context, text: str) -> str:
            return languages.translate(str(context.get("language", "en")), text)

        @pass_context
        def ngettext(context: jinja2.runtime.Context, one: str, many: str, n: int) -> str:
            return languages.translate(str(context.get("language", "en")), one, many, n)

        self._env.install_gettext_callables(  # type: ignore[attr-defined]
            gettext, ngettext, newstyle=True
        )
        # Arabic or Hindi as it is: escaped, each letter would be six bytes of a page sent as it is.
        self._env.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
        self._env.globals["asset"] = self.manifest.asset
        self._env.globals["sentences_of"] = self.messages.address
        self._env.globals["sprite"] = sprite
        self._env.globals["preloads"] = self.manifest.preloads
        self._env.globals["request_id"] = lambda: f"f-{secrets.token_urlsafe(9)}"
        self._env.filters["command"] = command_of

    def render(self, template: str, language: str, context: Mapping[str, Any]) -> str:
        """A template as HTML text."""
        return self._env.get_template(template).render(
            **context,
            language=language,
            direction=direction(language),
            languages=self._languages.offered(),
        )

    def answer(
        self,
        connection: HTTPConnection,
        template: str,
        language: str,
        status: int = 200,
        trusted_types: bool = True,
        **context: Any,
    ) -> HTMLResponse:
        """A page with its policy. Never stored: what a page shows is one person's."""
        made = HTMLResponse(self.render(template, language, context), status)
        made.headers["Content-Security-Policy"] = policy(connection.headers, trusted_types)
        made.headers["Cache-Control"] = "no-store"
        made.headers["Vary"] = "Accept-Language, Cookie"
        made.headers["Content-Language"] = language
        if connection.query_params.get("lang") == language:
            made.set_cookie(
                CHOSEN_LANGUAGE,
                language,
                max_age=CHOSEN_AGE,
                httponly=True,
                samesite="lax",
                secure=connection.url.scheme == "https",
            )
        return made


def policy(headers: Headers, trusted_types: bool) -> str:
    """The content security policy of a page (`field-notes.md` 9).

    The websocket is named as well: older Safari does not count it as 'self'.
    """
    host = headers.get("host", "")
    plain = host and all(char.isalnum() or char in ".-:[]" for char in host) and host.isascii()
    socket = f" ws://{host} wss://{host}" if plain else ""
    rules = (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"connect-src 'self'{socket}; img-src 'self' data: blob:; font-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return rules + (TRUSTED_TYPES if trusted_types else "")


def command_of(offer: Mapping[str, Any]) -> str:
    """The command of an offer as JSON, as it is sent back."""
    kept = {key: value for key, value in offer.items() if key not in SHOWN_ONLY}
    return msgspec.json.encode(kept).decode()


def qr(text: str) -> dict[str, Any]:
    """A QR code as one drawn path: `size` in modules with the border, and `path`."""
    code = segno.make(text, error="m", micro=False)
    rows = [list(row) for row in code.matrix_iter(border=QR_BORDER)]
    strokes: list[str] = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            start = x
            while x < len(row) and row[x]:
                x += 1
            strokes.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
    return {"size": len(rows), "path": "".join(strokes)}
