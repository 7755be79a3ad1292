"""A memo read back from its JSON: strictly, within bounds, and without trusting a letter of it."""

from typing import Final

import msgspec

from activities.blocks import Line as Said
from activities.blocks import say
from rooms.memo_text import TEXT_MAX, harmless, language_tag
from rooms.memo_tree import MEMO_VERSION, Memo, Table, lines_of

BYTES_MAX: Final = 8 * 1024 * 1024
"""Bytes of a memo's JSON: five pages are about 60 KB, a board of 2,000 cards about 2 MB."""
LINES_MAX: Final = 20_000
"""Printed lines and cards of one memo: ten times the largest board; beyond it a page would be laid
out for minutes."""


class NotAMemo(ValueError):
    """Why a file is not taken, as a sentence for people."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.id)
        self.said = said


TOO_LARGE: Final = say("This is larger than any memo. It was not read.")
ARCHIVE: Final = say(
    "This is an archive, not a memo. Unpack it and take the file that ends in .json."
)
NOT_JSON: Final = say("This is not a memo: it cannot be read as JSON.")
NEWER: Final = say("A newer version of Talanoa wrote this memo. Update this one, then try again.")
FOREIGN: Final = say("This is JSON, but not the memo of an exchange. Nothing was made of it.")
UNEVEN: Final = say("A table of this memo has rows of different lengths. Nothing was made of it.")
TOO_LONG: Final = say("A text in this memo is longer than any memo holds. Nothing was made of it.")


def read_memo(content: bytes) -> Memo:
    """The memo of a JSON export. Raises `NotAMemo`.

    What `rooms.memo_export.export` wrote comes back equal, so that every other format made from it
    has the same bytes (ME5). A file somebody changed is held to the shape of a memo, and its texts
    lose what could disturb a page (direction tricks, control characters).
    """
    if content.startswith((b"PK\x03\x04", b"\x1f\x8b", b"PK\x05\x06")):
        raise NotAMemo(ARCHIVE)
    if len(content) > BYTES_MAX:
        raise NotAMemo(TOO_LARGE)
    tree = _parsed(content)
    version = tree.get("version")
    if isinstance(version, int) and version > MEMO_VERSION:
        raise NotAMemo(NEWER)
    try:
        memo = msgspec.convert(_tame(tree), Memo)
    except (msgspec.ValidationError, RecursionError):
        raise NotAMemo(FOREIGN) from None
    _check(memo)
    language = memo.language or "en"
    return msgspec.structs.replace(memo, language=language).shared()


def _parsed(content: bytes) -> dict[str, object]:
    try:
        tree = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotAMemo(NOT_JSON) from None
    if not isinstance(tree, dict):
        raise NotAMemo(FOREIGN)
    return tree


def _tame(value: object) -> object:
    match value:
        case str():
            if len(value) > TEXT_MAX:
                raise NotAMemo(TOO_LONG)
            return harmless(value)
        case dict():
            tame = {str(key): _tame(item) for key, item in value.items()}
            if isinstance(tag := tame.get("language"), str):
                tame["language"] = language_tag(tag)
            return tame
        case list():
            return [_tame(item) for item in value]
        case _:
            return value


def _check(memo: Memo) -> None:
    lines = len(memo.notes) + len(memo.head.facts)
    for section in memo.sections:
        for block in section.blocks:
            lines += 1 + len(lines_of(block))
            if isinstance(block, Table):
                columns = len(block.headers)
                if not columns or any(len(row) != columns for row in block.rows):
                    raise NotAMemo(UNEVEN)
                if any(not 0 <= column < columns for column in block.numeric):
                    raise NotAMemo(UNEVEN)
    if lines > LINES_MAX:
        raise NotAMemo(TOO_LARGE)
