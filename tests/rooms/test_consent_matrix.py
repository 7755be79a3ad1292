"""The consent matrix: every scope, attribution and state of consent, in both editions, against
every format that leaves the room. Words are in a file exactly when their owner let them, under
exactly the name they chose (G8, ME2, `methods.md` 1.8).
"""

import itertools
import re
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import msgspec
import pytest
from msgspec.structs import replace
from pypdf import PdfReader

from activities.consent import SCOPES, Attribution, Consent, ConsentState, Scope
from rooms.memo_export import ALL_FORMATS, FORMATS, Format, export
from rooms.memo_tree import EDITIONS, Edition
from rooms.room import Room
from rooms.words_state import WordsConsent
from tests.rooms.house import House
from tests.rooms.test_memo_photos import photo
from tests.rooms.test_words_desk import board_card

ATTRIBUTIONS: Final[tuple[Attribution, ...]] = ("none", "role", "first_name", "name_org")
STATES: Final[tuple[ConsentState, ...]] = ("pending", "given", "refused", "withdrawn")
SPOKEN, CARD = "Zqspokenwords about the water here", "Zqcardwords about the boats here"
ALT = "Zqphotowords of a boat on a wall"
PHOTO = photo()
FIRST, FULL, HOME = "Sefina", "Tausa", "Deltafishers"

Case = tuple[Scope, Attribution, ConsentState]
CASES: Final[tuple[Case, ...]] = tuple(itertools.product(SCOPES, ATTRIBUTIONS, STATES))
TELLING: Final[tuple[Case, ...]] = (
    ("room", "name_org", "given"), ("memo", "first_name", "given"),
    ("public", "name_org", "withdrawn"),
)  # fmt: skip
"""Cases that are laid out in the usual run: each takes half a second."""

LAID_OUT: Final[tuple[Format, ...]] = ("docx", "pdf", "pages.pdf")
"""Formats that take long; every case in them belongs to the long campaign."""


def readable(content: bytes, format: Format) -> str:
    """All a person or a program finds in a file."""
    match format:
        case "pdf" | "pages.pdf":
            pages = PdfReader(BytesIO(content))
            return f"{pages.metadata} " + " ".join(page.extract_text() for page in pages.pages)
        case "docx":
            with ZipFile(BytesIO(content)) as parts:
                files = [parts.read(name) for name in parts.namelist()]
            text = " ".join(file.decode(errors="replace") for file in files if file != PHOTO)
            return re.sub(r"<[^>]+>", "", text)
        case _:
            return content.decode()


PICTURED: Final = frozenset({"html", "docx", "pdf"})


def holds_photo(content: bytes, format: Format) -> bool:
    """Whether the pixels are in a file."""
    match format:
        case "pdf" | "pages.pdf":
            return any(page.images for page in PdfReader(BytesIO(content)).pages)
        case "docx":
            with ZipFile(BytesIO(content)) as parts:
                return any(parts.read(name) == PHOTO for name in parts.namelist())
        case _:
            return b64encode(PHOTO) in content


async def staged(house: House) -> dict[str, str]:
    """Somebody with a name and an organisation, a quote they said and a quote on a card with a
    photo; returns token -> words."""
    seat = await house.join(f"{FIRST} {FULL}", organisation=HOME)
    await house.do(house.lead, "words.write", seat=seat, text=SPOKEN)
    spoken = next(iter((await house.room()).whole.room.written))
    id = await (await house.room()).add_photo(await house.device(seat), seat, PHOTO)
    return {SPOKEN: spoken, CARD: await board_card(house, seat, "quote", CARD, id, ALT)}


def answered(room: Room, refs: dict[str, str], case: Case) -> None:
    """From now on the words stand like this."""
    scope, attribution, state = case
    known = {
        ref: WordsConsent("s2", Consent(scope, attribution, state), digest=digest)
        for ref in refs.values()
        if (digest := room.whole.room.words[ref].digest)
    }
    room.whole = replace(room.whole, room=replace(room.whole.room, consents=known))


def checked(
    text: str, case: Case, edition: Edition, where: object, names: bool = True, part: bool = False
) -> None:
    """Fails unless the text holds what this case allows and nothing else; of an export that holds
    a `part` of the memo only, unless it holds nothing else."""
    scope, attribution, state = case
    least = "memo" if edition == "participants" else "public"
    allowed = state == "given" and SCOPES.index(scope) >= SCOPES.index(least)
    flat = " ".join(text.split())
    for words in (SPOKEN, CARD, ALT):
        assert (words in flat) == allowed or (part and allowed), (case, edition, where, words)
    first = allowed and names and attribution in ("first_name", "name_org")
    whole = allowed and names and attribution == "name_org"
    for name, shown in ((FIRST, first), (FULL, whole), (HOME, whole)):
        assert (name in flat) == shown or (part and shown), (case, edition, where, name)


async def _matrix(folder: Path, cases: tuple[Case, ...], formats: tuple[Format, ...]) -> None:
    async with await House.open(folder) as house:
        refs = await staged(house)
        room = await house.room()
        lead = await house.device(house.lead)
        for case in cases:
            answered(room, refs, case)
            for edition in EDITIONS:
                memo = await room.memo(lead, edition)
                photos = await room.photos_in(memo)
                for format in formats:
                    content = export(memo, format, None, photos).content
                    assert holds_photo(content, format) == (bool(photos) and format in PICTURED)
                    text = readable(content, format)
                    checked(text, case, edition, format, part=format not in FORMATS)
            board = msgspec.json.encode(await room.board_for_export(lead)).decode()
            others = f"{SPOKEN} {ALT}" if CARD in board else ""
            checked(f"{board} {others}", case, "participants", "board")


async def test_G8_ME2_every_combination_in_every_format(tmp_path: Path) -> None:
    assert len(CASES) == 80
    rest: Any = tuple(format for format in ALL_FORMATS if format not in LAID_OUT)
    await _matrix(tmp_path, CASES, rest)


async def test_G8_ME2_the_telling_combinations_as_pages(tmp_path: Path) -> None:
    await _matrix(tmp_path, TELLING, LAID_OUT)


@pytest.mark.long
async def test_G8_ME2_every_combination_as_pages(tmp_path: Path) -> None:
    await _matrix(tmp_path, CASES, LAID_OUT)


async def test_G8_an_unattributed_session_names_nobody_outside(tmp_path: Path) -> None:
    """Neither identity nor affiliation in the shareable copy, whatever was answered."""
    async with await House.open(tmp_path) as house:
        refs = await staged(house)
        room = await house.room()
        state = replace(room.whole.room, confidentiality="unattributed")
        room.whole = replace(room.whole, room=state)
        for case in CASES:
            answered(room, refs, case)
            for edition in EDITIONS:
                text = export(await room.draft_memo(edition), "md").content.decode()
                checked(text, case, edition, "md", names=edition == "participants")
