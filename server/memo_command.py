"""`python -m server memo FILE.json --format docx`: each format again, from a memo's JSON."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rooms.memo_export import ALL_FORMATS, MissingGlyph, export
from rooms.memo_import import BYTES_MAX, NotAMemo, read_memo
from rooms.memo_tree import Memo
from rooms.photos import PHOTO_LIMIT
from rooms.render import formatted
from server.pictures import for_print

DONE: Final = 0
REFUSED: Final = 1


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m server memo",
        description="Make a file of a memo from its JSON. The same JSON gives the same file.",
        allow_abbrev=False,
    )
    made.add_argument("file", type=Path, help="a memo as JSON, such as memo-participants.json")
    made.add_argument("--format", required=True, choices=ALL_FORMATS, help="what to make")
    made.add_argument("--to", type=Path, help="the file to write (else named after the memo)")
    return made


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code and says in plain words what went wrong."""
    options = parser().parse_args(arguments)
    try:
        with options.file.open("rb") as file:
            content = file.read(BYTES_MAX + 1)
        folder = os.environ.get("TALANOA_FONTS", "")
        memo = read_memo(content)
        photos = beside(options.file, memo)
        made = export(memo, options.format, Path(folder) if folder else None, photos)
        place = options.to or Path(made.file_name)
        # Never over a file that is there: it may hold what somebody edited.
        with place.open("xb") as file:
            file.write(made.content)
    except NotAMemo as foreign:
        return _refuse(formatted(foreign.said.id, foreign.said.args))
    except MissingGlyph as missing:
        return _refuse(f"No PDF was made: {missing}.")
    except FileExistsError as error:
        return _refuse(f"{error.filename} is there already. Name another file: --to FILE.")
    except OSError as error:
        return _refuse(f"{error.filename}: {error.strerror}.")
    print(f"Wrote {place}.")
    return DONE


def beside(file: Path, memo: Memo) -> dict[str, bytes]:
    """The memo's photos, where the folder of the archive lies beside its JSON; a picture that is
    too large, or none, is left out."""
    found: dict[str, bytes] = {}
    for id in memo.photos:
        with contextlib.suppress(OSError), (file.parent / memo.photo_file(id)).open("rb") as photo:
            body = photo.read(PHOTO_LIMIT + 1)
            shown = for_print(body) if len(body) <= PHOTO_LIMIT else None
            found |= {id: shown} if shown else {}
    return found


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return REFUSED
