"""Files people take away: the memo in each format, and the organiser's archive."""

from __future__ import annotations

import asyncio
import io
import re
import unicodedata
import zipfile
from contextlib import suppress
from typing import Final
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from activities.blocks import Line, say
from rooms.memo_export import FORMATS, MissingGlyph, export
from rooms.memo_tree import Edition, Memo
from server import auth
from server.errors import Problem
from server.reading import title_of
from server.site import site_of

EDITIONS: Final[tuple[Edition, ...]] = ("participants", "public")

NAME_LIMIT: Final = 80
"""Characters of a file's name before its ending: mail programs cut longer ones."""

ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The same archive for the same contents, whenever it is made."""

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
    """The memo as Markdown, HTML, DOCX, PDF, JSON or text; participants' edition by default."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    ending = request.path_params["format"]
    edition = request.query_params.get("edition", "participants")
    if ending not in FORMATS:
        raise Problem("unknown")
    if edition not in EDITIONS:
        raise Problem("bad_request")
    memo = await room.memo(device, edition)
    try:
        # Layout takes its time; the room goes on meanwhile.
        made = await asyncio.to_thread(export, memo, ending)
    except MissingGlyph as missing:
        raise Problem("no_glyph", unprinted(missing)) from None
    return file_response(made.content, made.media_type, f"{title_of(room)} memo", ending)


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


async def export_zip(request: Request) -> Response:
    """Everything the organiser may take out, as one archive: both editions of the memo in every
    format, and the cards of the board that may leave the room. Nothing private, nothing of
    circles."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    if not room.is_organiser(device):
        raise Problem("not_allowed")
    memos = {edition: await room.memo(device, edition) for edition in EDITIONS}
    shared = msgspec.json.encode(await room.board_for_export(device))
    body = await asyncio.to_thread(_archive, memos, shared)
    return file_response(body, "application/zip", title_of(room), "zip")


def _archive(memos: dict[Edition, Memo], board: bytes) -> bytes:
    files = {"board.json": msgspec.json.format(board, indent=2) + b"\n"}
    for edition, memo in memos.items():
        for ending in FORMATS:
            # Why there is no PDF is said at its own address; the rest is not held up.
            with suppress(MissingGlyph):
                files[f"memo-{edition}.{ending}"] = export(memo, ending).content
    return packed(files)


def packed(files: dict[str, bytes]) -> bytes:
    """A zip of named contents; the same bytes for the same contents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()
