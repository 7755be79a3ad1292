"""Files people take away: the memo in each format."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from activities.blocks import Line, say
from rooms.memo_export import ALL_FORMATS, MissingGlyph, export
from rooms.memo_tree import EDITIONS
from server import auth
from server.errors import Problem
from server.pictures import for_print
from server.reading import title_of
from server.site import site_of

SHOWS_PHOTOS: Final = frozenset({"html", "docx", "pdf"})
"""Formats that have pictures in them."""

NAME_LIMIT: Final = 80
"""Characters of a file's name before its ending: mail programs cut longer ones."""

HTML_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""A memo opened in the browser is a page of its own: no scripts, no requests."""


def attachment(title: str, ending: str) -> str:
    """A Content-Disposition that names a file safely everywhere (RFC 6266; A12): an ASCII slug,
    and the real title for those who can read it."""
    tidy = "".join(
        " " if unicodedata.category(char)[0] in "CZ" or char in '/\\:*?"<>|' else char
        for char in unicodedata.normalize("NFC", title)
    )
    tidy = " ".join(tidy.split()).strip(". ")[:NAME_LIMIT] or "talanoa"
    plain = unicodedata.normalize("NFKD", tidy).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:NAME_LIMIT] or "talanoa"
    return (
        f'attachment; filename="{slug}.{ending}"; '
        f"filename*=UTF-8''{quote(f'{tidy}.{ending}', safe='')}"
    )


def file_response(body: bytes, media: str, title: str, ending: str) -> Response:
    """A file to keep, never stored on the way nor guessed to be something else."""
    return Response(
        body,
        headers={
            "Content-Type": media,
            "Content-Disposition": attachment(title, ending),
            "Content-Security-Policy": HTML_POLICY,
            "Cache-Control": "no-store",
        },
    )


async def memo_file(request: Request) -> Response:
    """The memo in one of `ALL_FORMATS`; participants' edition by default."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    ending = request.path_params["format"]
    edition = request.query_params.get("edition", "participants")
    if ending not in ALL_FORMATS:
        raise Problem("unknown")
    if edition not in EDITIONS:
        raise Problem("bad_request")
    memo = await room.memo(device, edition)
    kept = await room.photos_in(memo) if ending in SHOWS_PHOTOS else {}
    try:
        # Layout takes its time; the room goes on meanwhile.
        made = await asyncio.to_thread(
            lambda: export(memo, ending, site.settings.fonts, prints(kept))
        )
    except MissingGlyph as missing:
        raise Problem("no_glyph", unprinted(missing)) from None
    return file_response(made.content, made.media_type, f"{title_of(room)} memo", ending)


def prints(kept: Mapping[str, bytes]) -> dict[str, bytes]:
    """Photos as a memo carries them, by id."""
    made = {id: for_print(body) for id, body in kept.items()}
    return {id: body for id, body in made.items() if body is not None}


def unprinted(missing: MissingGlyph) -> Line:
    """Which letter has no typeface here, and where it stands."""
    first = missing.found[0]
    return say(
        "No PDF was made. Letters without a typeface on this server: {n}. The first is {letter} "
        "({code}, {script}) in “{place}”, near “{words}”. Take the Word file: your own machine "
        "may have the letter. Or ask for a typeface to be added here.",
        n=len(missing.found),
        letter=first.character,
        code=first.code,
        script=first.script,
        place=first.place,
        words=first.words,
    )
