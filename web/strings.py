"""Collects every string people read, from Python, templates and TypeScript, into one catalogue.

English is the source and the message id. `./dev build --strings` writes `web/locales/talanoa.pot`
and brings the translations `web/locales/*.po` up to date; language tags after it
(`./dev build --strings sw pt_BR`) start translations that do not exist yet.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parent.parent
DOMAIN = "talanoa"

# Which reader opens which file. Babel's "**" crosses folders; one pattern per ending, because
# "**.ts*" would match only the .tsx files.
READERS = [
    ("activities/**.py", "python"),
    ("rooms/**.py", "python"),
    ("server/**.py", "python"),
    ("web/templates/**.html", "jinja2.ext:babel_extract"),
    ("web/src/**.ts", "web.typescript_strings:read"),
]
OPTIONS: dict[str, dict[str, Any]] = {
    "web/templates/**.html": {
        "trimmed": "true",
        "silent": "false",
    },  # a broken template is an error
}
# What marks a string: plural pairs as (one, many), contexts as ("c", text).
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "say": None,
    "say_n": (1, 2),
    "t": None,
    "tn": (1, 2),
    "tp": ((1, "c"), 2),
}
NOTE_TAGS = ("Translators:",)  # comments above a string that its translator should see
CHECKED_BY = "X-Checked-By"
"""Header of a translation: the people who read it through as natives of the language."""
NOT_CHECKED = "nobody yet"
# Fixed, so that the same strings give the same bytes and a diff shows strings only.
CREATED = datetime(2026, 1, 1, tzinfo=UTC)


def collect(root: Path = ROOT) -> Catalog:
    """Every string found below `root`, with the files it stands in.

    Raises whatever a reader raises on a file it cannot read, such as a broken template.
    """
    catalog = _catalog()
    found = extract_from_dir(
        root,
        READERS,
        OPTIONS,
        KEYWORDS,
        comment_tags=NOTE_TAGS,
        strip_comment_tags=True,
        directory_filter=_wanted,
    )
    for file, line, message, notes, context in sorted(found, key=lambda one: (one[0], one[1])):
        catalog.add(message, None, [(file, line)], auto_comments=notes, context=context)
    return catalog


def update(folder: Path, template: Catalog, new: Iterable[str] = ()) -> list[Path]:
    """Write the template and merge it into every translation under `folder`.

    `new` are language tags to start; one that exists is merged like the others. Translations of
    strings that are gone stay in the file as comments. Returns the files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    places = [folder / f"{DOMAIN}.pot"]
    _write(places[0], template)
    for tag in new:
        Locale.parse(tag)  # an unknown tag is an error here, not a folder nobody reads
        place = folder / f"{tag}.po"
        if not place.exists():
            _write(place, _catalog(tag))
    for place in sorted(folder.glob("*.po")):
        checked = checked_by(place)
        with place.open("rb") as file:
            catalog = read_po(file, locale=place.stem)
        catalog.update(template)
        _write(place, catalog, checked)
        places.append(place)
    return places


def checked_by(place: Path) -> str:
    """Who read a translation through, from its header; "" where nobody did or nothing is said."""
    with place.open(encoding="utf-8") as file:
        for line in file:
            if line.startswith(f'"{CHECKED_BY}:'):
                said = line.split(":", 1)[1].strip().removesuffix('\\n"').strip()
                return "" if said == NOT_CHECKED else said
            if line.startswith("msgid") and line.strip() != 'msgid ""':
                break
    return ""


def _catalog(tag: str | None = None) -> Catalog:
    return Catalog(
        locale=tag,
        project="Talanoa",
        creation_date=CREATED,
        header_comment="# Strings of Talanoa, collected by ./dev build --strings.",
        charset="utf-8",
        fuzzy=False,
    )


def _write(place: Path, catalog: Catalog, checked: str = "") -> None:
    place.write_text(written(catalog, checked), encoding="utf-8")


def written(catalog: Catalog, checked: str = "") -> str:
    """The text of a catalogue's file; `checked` are those who read a translation through."""
    made = io.BytesIO()
    write_po(made, catalog, sort_by_file=True, include_lineno=False, width=100)
    text = made.getvalue().decode()
    if catalog.locale is not None:  # Babel writes only the headers it knows
        known = '"Generated-By:'
        at = text.index("\n", text.index(known)) + 1
        text = f'{text[:at]}"{CHECKED_BY}: {checked or NOT_CHECKED}\\n"\n{text[at:]}'
    return text


def _wanted(folder: str | Path) -> bool:
    return Path(folder).name not in {"node_modules", "dist", "__pycache__"} and not Path(
        folder
    ).name.startswith(".")


def main(tags: list[str]) -> int:
    """Collect and update; returns the exit code."""
    template = collect()
    for place in update(ROOT / "web" / "locales", template, tags):
        print(f"{place.relative_to(ROOT)}")
    print(f"{len(template)} strings")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
