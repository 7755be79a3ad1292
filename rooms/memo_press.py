"""The press: a fixed template and data become a tagged PDF, or an error names the letter."""

import json
import re
import unicodedata
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import msgspec
import typst

from rooms import memo_fonts
from rooms.memo_text import script

FOLDER = Path(__file__).with_name("print")
MISSING_MAX = 40
"""Rounds of naming characters no font has: each costs one typesetting, and forty names are enough
to know which font to add."""
BLANK = "?"
"""Stands for a letter already known to be missing, while the next is looked for."""
AROUND = 24
"""Characters shown before and after one that cannot be drawn, so that people find it."""
YEAR_9999 = 253_402_214_400

_NO_GLYPH = re.compile(r"the text `(\".*?\")` could not be displayed", re.DOTALL)

Data = dict[str, object]
"""What a template reads: texts, flags and lists. A dict with a `place` begins a place people know
by that name; everything below belongs to it."""


class Unprinted(msgspec.Struct, frozen=True):
    """A character no font here can draw: its code point, script, the heading of the section it is
    in, and the words around it."""

    character: str
    place: str
    words: str

    @property
    def code(self) -> str:
        """Such as "U+A997"."""
        return f"U+{ord(self.character):04X}"

    @property
    def script(self) -> str:
        """A plain name, such as "Javanese"."""
        return script(self.character)


class MissingGlyph(ValueError):
    """No font here can draw some characters: nothing was printed.

    `found` says which and where, in the order of the memo. The remedy is a folder with fonts for
    them (the extra fonts setting), or another format.
    """

    def __init__(self, found: tuple[Unprinted, ...]) -> None:
        self.found = found
        self.scripts = tuple(sorted({one.script for one in found}))
        names = "; ".join(
            f"{one.character} ({one.code}) in “{one.place}” near “{one.words}”" for one in found
        )
        super().__init__(f"no font for {', '.join(self.scripts)}: {names}")


def press(
    template: str,
    data: Data,
    at: int,
    extra_fonts: Path | None = None,
    drawings: Mapping[str, str] | None = None,
) -> bytes:
    """Typeset `data` with a template of `print/` as a tagged PDF (PDF/UA-1), whose own date is `at`
    (milliseconds); `drawings` are those it names (SVG). Equal data give equal bytes. Raises
    `MissingGlyph`: a page with an empty box in place of a letter is never made."""
    missing: dict[str, None] = {}
    blanked = data
    # Not as files: no photo of anybody's lies about.
    photos = json.dumps(dict(drawings or {}), sort_keys=True)
    for _ in range(MISSING_MAX):
        try:
            printed = _typeset(template, blanked, at, extra_fonts, photos)
        except typst.TypstError as error:
            found = _unwritable(error)
            if not found:
                raise
            if missing and BLANK in found:
                # It cannot carry the mark of a letter that was blanked: the mark is missing too.
                found = [char for char in found if char != BLANK] + _marks_left(blanked)
            if missing.keys() >= set(found):
                break  # nothing new is named any more
            missing.update(dict.fromkeys(found))
            blanked = _blank(data, frozenset(missing))
        else:
            if missing:
                break
            return printed
    raise MissingGlyph(_places(data, frozenset(missing)))


def _typeset(template: str, data: Data, at: int, extra_fonts: Path | None, photos: str) -> bytes:
    # `compile` without an output path and with one document gives the bytes of one PDF.
    printed = typst.compile(
        str(FOLDER / template),
        root=str(FOLDER),
        font_paths=memo_fonts.library(extra_fonts),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={
            "memo": json.dumps(data, ensure_ascii=False, sort_keys=True),
            "photos": photos,
        },
        pdf_standards=["ua-1"],
        timestamp=min(max(at // 1000, 0), YEAR_9999),
    )
    assert isinstance(printed, bytes)
    return printed


def _unwritable(error: typst.TypstError) -> list[str]:
    match = _NO_GLYPH.search(error.message)
    if not match:
        return []
    text = re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda hit: chr(int(hit[1], 16)), match[1][1:-1])
    return [char for char in dict.fromkeys(text) if not char.isspace()]


def _marks_left(data: Data) -> list[str]:
    """Combining marks that stand on a blanked letter now."""
    text = json.dumps({key: data[key] for key in data if key != "fonts"}, ensure_ascii=False)
    return [
        char
        for before, char in pairwise(text)
        if before == BLANK and unicodedata.category(char).startswith("M")
    ]


def _blank(data: Data, gone: frozenset[str]) -> Data:
    table = str.maketrans(dict.fromkeys(gone, BLANK))

    def walk(value: object) -> object:
        match value:
            case str():
                return value.translate(table)
            case dict():
                return {key: walk(item) for key, item in value.items()}
            case list():
                return [walk(item) for item in value]
            case _:
                return value

    return {key: value if key == "fonts" else walk(value) for key, value in data.items()}


def _places(data: Data, missing: frozenset[str]) -> tuple[Unprinted, ...]:
    """Where each character stands first, in the order of the data."""
    found: dict[str, Unprinted] = {}

    def walk(value: object, place: str) -> None:
        match value:
            case str():
                for at, char in enumerate(value):
                    if char in missing and char not in found:
                        around = value[max(0, at - AROUND) : at + AROUND]
                        found[char] = Unprinted(char, place, " ".join(around.split()))
            case dict():
                here = str(value.get("place", place))
                for key, item in value.items():
                    if key not in ("place", "fonts"):
                        walk(item, here)
            case list():
                for item in value:
                    walk(item, place)

    walk(data, "")
    return tuple(found.values())
