"""Says what is missing, stale or broken in the translations: `python -m web.translations`.

`./dev check` runs it, so a sentence that changed without its translations is seen before it is
merged. Every line says which file, which sentence and what to do.
"""

from __future__ import annotations

import gettext
import io
import re
import sys
from collections import Counter
from typing import TYPE_CHECKING, Final

from babel import Locale, UnknownLocaleError
from babel.messages.pofile import read_po

from web import strings

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Catalog, Message

    Key = tuple[str, str]  # context, English sentence (of a plural the first)

HOLE: Final = re.compile(r"\{\w*\}|%\(\w+\)s|%%")
TAG: Final = re.compile(r"</?\w[^>]*>")
SHOWN: Final = 70
"""Characters of a sentence that are told: enough to find it by."""
FEW: Final = 5
"""Sentences named of a kind of trouble in one file; the rest is counted."""

BUILD: Final = "run `./dev build --strings`"
TRANSLATE: Final = "translate it"


def troubles(folder: Path, template: Catalog) -> list[str]:
    """Everything wrong with the template and the translations in `folder`, given what the sources
    say; nothing when all is well."""
    place = folder / f"{strings.DOMAIN}.pot"
    found = _of_template(place, template)
    wanted = {_key(message): message for message in template if message.id}
    for each in sorted(folder.glob("*.po")):
        found += _of_file(each, wanted)
    return found


def slip(message: Message, forms: tuple[str, ...]) -> str:
    """What is wrong with a translation of a sentence: "" when nothing is. A plural form may leave
    its number out ("nobody", "both")."""
    plural = isinstance(message.id, (tuple, list))
    first = _key(message)[1]
    last = str(message.id[1]) if plural else first
    free = {"{n}", "%(num)s", "%(n)s"} if plural else set()
    for form in forms:
        here, there = Counter(HOLE.findall(form)), Counter(HOLE.findall(last))
        for hole in {*here, *there}:
            if (here[hole] > 0) != (there[hole] > 0) and not (hole in free and not here[hole]):
                return f"{hole} is in only one of the two"
        if Counter(TAG.findall(form)) != Counter(TAG.findall(last)):
            return "its tags are not those of the English"
        if form.count("|") != last.count("|"):
            return "its lines, parted by |, are not as many as those of the English"
        if form[:1].isspace() != first[:1].isspace() or form[-1:].isspace() != first[-1:].isspace():
            return "a space at an end is not as in the English"
    return ""


def _of_template(place: Path, template: Catalog) -> list[str]:
    told = strings.written(template)
    if place.exists() and place.read_text(encoding="utf-8") == told:
        return []
    old = read_po(io.BytesIO(place.read_bytes() if place.exists() else b""))
    before = {_key(message) for message in old if message.id}
    now = {_key(message) for message in template if message.id}
    lines = [f"{place.name}: {len(now - before)} new, {len(before - now)} gone: {BUILD}"]
    lines += [f"{place.name}: new: {_told(key)}" for key in sorted(now - before)[:FEW]]
    lines += [f"{place.name}: gone: {_told(key)}" for key in sorted(before - now)[:FEW]]
    return lines


def _of_file(place: Path, wanted: dict[Key, Message]) -> list[str]:
    try:
        Locale.parse(place.stem)
        with place.open("rb") as file:
            catalog = read_po(file, locale=place.stem)
        plural = gettext.c2py(catalog.plural_expr)
        if any(plural(n) >= catalog.num_plurals for n in range(201)):
            return [f"{place.name}: Plural-Forms counts fewer forms than its rule gives: mend it"]
    except (UnknownLocaleError, ValueError) as error:
        return [f"{place.name}: cannot be read ({error}): mend it, or name it by a language"]
    held = {_key(message): message for message in catalog if message.id}
    kinds: dict[str, list[Key]] = {
        f"is missing: {BUILD}, then {TRANSLATE}": sorted(wanted.keys() - held.keys()),
        f"is stale, the English is gone: {BUILD}": sorted(held.keys() - wanted.keys()),
    }
    for key in sorted(wanted.keys() & held.keys()):
        wrong = _wrong(wanted[key], held[key], catalog.num_plurals)
        if wrong:
            kinds.setdefault(wrong, []).append(key)
    lines: list[str] = []
    for kind, keys in kinds.items():
        lines += [f"{place.name}: {_told(key)} {kind}" for key in keys[:FEW]]
        if len(keys) > FEW:
            lines.append(f"{place.name}: and {len(keys) - FEW} more: {kind}")
    return lines


def _wrong(wanted: Message, held: Message, plurals: int) -> str:
    """What is wrong with one entry, and what to do about it."""
    if isinstance(wanted.id, tuple) != isinstance(held.id, tuple) or wanted.id != held.id:
        return f"has another plural in English now: {BUILD}, then {TRANSLATE}"
    if held.fuzzy:
        return "is marked fuzzy: read it, mend it, take the mark away"
    said = held.string
    forms = tuple(said) if isinstance(said, (tuple, list)) else (str(said or ""),)
    if isinstance(wanted.id, tuple) and len(forms) != plurals:
        return f"needs {plurals} plural forms: {TRANSLATE}"
    if not all(form and form.strip() for form in forms):
        return f"is not translated: {TRANSLATE}"
    wrong = slip(wanted, forms)
    return f"is broken: {wrong}: mend it" if wrong else ""


def _key(message: Message) -> Key:
    first = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
    return message.context or "", str(first)


def _told(key: Key) -> str:
    context, text = key
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return f"“{shown}” ({context})" if context else f"“{shown}”"


def main() -> int:
    """Look and tell; returns the exit code."""
    folder = strings.ROOT / "web" / "locales"
    found = troubles(folder, strings.collect())
    for line in found:
        print(line)
    if found:
        print("\nTranslations: docs/translating.md says how.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
