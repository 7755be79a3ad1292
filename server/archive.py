"""The organiser's archive: everything that may be taken out of a room, with a page that says what
each file is for."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from activities.blocks import Line, say
from rooms.agenda_file import written
from rooms.memo_export import ALL_FORMATS, Format, MissingGlyph, export
from rooms.memo_tree import EDITIONS, Edition, Memo
from server import auth
from server.downloads import file_response, prints, unprinted
from server.errors import Problem
from server.reading import title_of
from server.site import site_of

ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The same archive for the same contents, whenever it is made."""

COPIES: Final[dict[Edition, Line]] = {
    "participants": say("memo-participants: for those who were there. Please do not pass it on."),
    "public": say("memo-public: for others. It holds only what its owners released to everyone."),
}
USES: Final[dict[Format, Line]] = {
    "docx": say(".docx: for Word and other text programs, to edit and to print."),
    "pdf": say(".pdf: pages to print or to send; read aloud by screen readers."),
    "html": say(".html: one page for any browser, also without a network."),
    "md": say(".md: plain text with headings, for wikis and notebooks."),
    "txt": say(".txt: a message to paste into a chat; shortened when it would be too long."),
    "csv": say(".csv: every line and every note as a table, for a spreadsheet."),
    "json": say(".json: for programs. Talanoa makes every other file from it again."),
    "pages.pdf": say(".pages.pdf: big type, a picture and a question, one page for each theme."),
    "pages.html": say(".pages.html: the same pages for a browser or a phone."),
}
OTHERS: Final = (
    say(
        "photos-participants, photos-public: the pictures of each copy of the memo, if it has any. "
        ".md, .csv and .json only name them: keep the folder beside them."
    ),
    say("board.json: the notes of the board that may leave the room, with their themes."),
    say("agenda.json: the agenda, to use again in another room."),
)
TITLE: Final = say("What is in this archive")
LEFT_OUT: Final = say(
    "Not in here: words nobody released, notes of circles and pairs, private notes, moods, "
    "messages among facilitators, and who passed, was late or was silent. What people take back "
    "later is gone from the next archive, not from this one: if they do, make a new one and "
    "delete this."
)

Speak = Callable[[Line], str]


async def export_zip(request: Request) -> Response:
    """Everything the organiser may take out, as one archive: both editions of the memo in every
    format, the cards of the board that may leave the room, and the agenda. Nothing private, nothing
    of circles."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    if not room.is_organiser(device):
        raise Problem("not_allowed")
    memos = {edition: await room.memo(device, edition) for edition in EDITIONS}
    kept: dict[str, bytes] = {}
    for memo in memos.values():
        kept |= await room.photos_in(memo)
    plan = written(room.whole.room, title_of(room), room.world.activities, room.book.get)
    files = {
        "board.json": _indented(await room.board_for_export(device)),
        "agenda.json": _indented(plan),
    }

    def speak(line: Line) -> str:
        return site.languages.line(room.language, line)

    fonts = site.settings.fonts

    def made() -> bytes:
        return packed(files | _memos(memos, speak, fonts, prints(kept)))

    body = await asyncio.to_thread(made)
    return file_response(body, "application/zip", title_of(room), "zip")


def _indented(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _memos(
    memos: dict[Edition, Memo], speak: Speak, fonts: Path | None, photos: dict[str, bytes]
) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    troubles: list[str] = []
    for edition, memo in memos.items():
        shown = {id: photos[id] for id in memo.photos if id in photos}
        files |= {memo.photo_file(id): body for id, body in shown.items()}
        for ending in ALL_FORMATS:
            name = f"memo-{edition}.{ending}"
            try:
                files[name] = export(memo, ending, fonts, shown).content
            except MissingGlyph as missing:
                # The rest is not held up; the page that explains the archive says why.
                troubles.append(f"{name}: {speak(unprinted(missing))}")
    files["README.txt"] = readme(speak, troubles).encode()
    return files


def readme(speak: Speak, troubles: list[str]) -> str:
    """What each file is for, in plain words, and which could not be made."""
    parts = [
        speak(TITLE),
        "\n".join(f"- {speak(line)}" for line in COPIES.values()),
        "\n".join(f"- {speak(line)}" for line in USES.values()),
        "\n".join(f"- {speak(line)}" for line in OTHERS),
        *troubles,
        speak(LEFT_OUT),
    ]
    return "\n\n".join(parts) + "\n"


def packed(files: dict[str, bytes]) -> bytes:
    """A zip of named contents; the same bytes for the same contents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every system
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()
