"""The catalogues: gettext files to sentences, for Python, templates and the browser alike."""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.core import parse_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from activities.blocks import Line

LOCALES: Final = Path(__file__).parent.parent / "web" / "locales"
SOURCE: Final = "en"
"""The language the sentences in the code are written in."""

ACCEPT_LIMIT: Final = 500
"""Characters of Accept-Language that are read; browsers send under 100."""

SAMPLED: Final = (*range(1, 201), 1_000, 1_000_000, 0)
"""Numbers that meet every plural category of CLDR and every form of a catalogue. 0 comes last:
where it shares a category with 1, it is 1 that says which form the category has."""


class Languages:
    """All catalogues found in a folder of `{code}.po` files."""

    def __init__(self, folder: Path = LOCALES) -> None:
        self._catalogues: dict[str, gettext.NullTranslations] = {SOURCE: gettext.NullTranslations()}
        self._browser: dict[str, dict[str, Any]] = {}
        for file in sorted(folder.glob("*.po")):
            self._load(file.stem.replace("_", "-"), file)
        self._browser.setdefault(SOURCE, _for_browser(SOURCE, {}, {"one": 0, "other": 1}))
        self.codes: Sequence[str] = tuple(sorted(self._catalogues))

    def _load(self, code: str, file: Path) -> None:
        with file.open("rb") as source:
            read = read_po(source, locale=code.replace("-", "_"))
        compiled = io.BytesIO()
        write_mo(compiled, read)
        compiled.seek(0)
        self._catalogues[code] = gettext.GNUTranslations(compiled)
        messages: dict[str, Any] = {}
        for message in read:
            if not message.id or not message.string or message.fuzzy:
                continue
            if isinstance(message.id, (tuple, list)):
                messages[str(message.id[0])] = list(message.string)
            else:
                messages[str(message.id)] = message.string
        self._browser[code] = _for_browser(code, messages, _plural_map(code, read.plural_expr))

    def translate(self, language: str, id: str, plural: str = "", n: int = 0) -> str:
        """One sentence of the catalogue in a language, still with its {placeholders}."""
        catalogue = self._catalogues.get(self.nearest(language), self._catalogues[SOURCE])
        if plural:
            return catalogue.ngettext(id, plural, n)
        return catalogue.gettext(id) if id else ""

    def line(self, language: str, line: Line) -> str:
        """A sentence with its arguments filled in; only for lines without people or words."""
        sentence = self.translate(language, line.id, line.plural, line.n)
        filled = {
            name: self.line(language, value) if isinstance(value, Line) else value
            for name, value in line.args.items()
        }
        try:
            return sentence.format(**filled)
        except (KeyError, IndexError, ValueError):  # a slip in a translation must not lose a line
            return line.id.format(**filled)

    def nearest(self, language: str) -> str:
        """The catalogue that serves a BCP 47 tag best: itself, its language alone, or English."""
        if language in self._catalogues:
            return language
        base = language.replace("_", "-").split("-")[0].lower()
        return base if base in self._catalogues else SOURCE

    def choose(self, accept: str, wanted: str = "") -> str:
        """A language for a page: the one asked for, else the best of Accept-Language."""
        if wanted and (wanted in self._catalogues or self.nearest(wanted) != SOURCE):
            return self.nearest(wanted)
        for tag in _accepted(accept[:ACCEPT_LIMIT]):
            base = tag.split("-")[0].lower()
            if tag in self._catalogues:
                return tag
            if base in self._catalogues:
                return base
        return SOURCE

    def catalogue(self, language: str) -> Mapping[str, Any]:
        """What the browser needs: `messages` (text or list of plural forms) and `plurals`
        (CLDR category to the number of the form)."""
        return self._browser[self.nearest(language)]

    def offered(self) -> list[dict[str, str]]:
        """Languages to choose from, each by its own name."""
        return [
            {"code": code, "name": own_name(code), "direction": direction(code)}
            for code in self.codes
        ]


def own_name(code: str) -> str:
    """A language by its own name: "Kiswahili"."""
    try:
        locale = Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return code
    name = locale.get_display_name(code.replace("-", "_")) or code
    return name[:1].upper() + name[1:]


def direction(code: str) -> str:
    """ "rtl" or "ltr"."""
    try:
        return str(Locale.parse(code, sep="-").text_direction)
    except (UnknownLocaleError, ValueError):
        return "ltr"


def is_language(code: str) -> bool:
    """Whether a text looks like a BCP 47 tag we can keep for a seat."""
    if not 1 < len(code) <= 35 or not code.isascii():
        return False
    try:
        parse_locale(code, sep="-")
    except ValueError:
        return False
    return True


def _accepted(header: str) -> list[str]:
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")):
        tag, _, rest = part.strip().partition(";")
        weight = 1.0
        name, _, value = rest.strip().partition("=")
        if name.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                weight = 0.0
        if tag and tag != "*" and weight > 0:
            weighed.append((-weight, place, tag.strip()))
    return [tag for _, _, tag in sorted(weighed)]


def _plural_map(code: str, expression: str) -> dict[str, int]:
    """Which form of a catalogue each CLDR category takes: their orders differ, and the page may
    not evaluate the catalogue's expression (`field-notes.md` 7). A number whose form in the
    catalogue is not that of its category stands for itself ("0")."""
    rule = Locale.parse(code, sep="-").plural_form
    form = gettext.c2py(expression or "(n != 1)")
    found: dict[str, int] = {}
    for n in SAMPLED:
        if found.setdefault(rule(n), int(form(n))) != int(form(n)):
            found[str(n)] = int(form(n))
    found.setdefault("other", max(found.values(), default=0))
    return found


def _for_browser(code: str, messages: dict[str, Any], plurals: dict[str, int]) -> dict[str, Any]:
    return {
        "language": code,
        "direction": direction(code),
        "messages": messages,
        "plurals": plurals,
    }
