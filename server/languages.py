"""The catalogues: gettext files to sentences, for Python, templates and the browser alike."""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.core import parse_locale
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from activities.blocks import Line
from server.pseudo import PSEUDO, Pseudo, pseudo

LOCALES: Final = Path(__file__).parent.parent / "web" / "locales"
TEMPLATE: Final = "talanoa.pot"
SOURCE: Final = "en"
"""The language the sentences in the code are written in."""

ACCEPT_LIMIT: Final = 500
"""Characters of Accept-Language that are read; browsers send under 100."""

CHECKED: Final = re.compile(r'^"X-Checked-By: *(.*?) *\\n"$', re.MULTILINE)
NOT_CHECKED: Final = "nobody yet"
"""A catalogue's header that names those who read it through as natives (`web/strings.py`)."""

CONTEXT_END: Final = "\x04"
"""Between a context and its sentence in a key, as gettext has it."""

SAMPLED: Final = (*range(1, 201), 1_000, 1_000_000, 0)
"""Numbers that meet every plural category of CLDR and every form of a catalogue. 0 comes last:
where it shares a category with 1, it is 1 that says which form the category has."""


class Languages:
    """All catalogues found in a folder of `{code}.po` files; for tests and pictures also the
    invented languages of `pseudo.py`, which are never listed."""

    def __init__(self, folder: Path = LOCALES, *, invented: bool = False) -> None:
        self._catalogues: dict[str, gettext.NullTranslations] = {SOURCE: gettext.NullTranslations()}
        self._browser: dict[str, dict[str, Any]] = {}
        self._messages: dict[str, dict[str, Any]] = {SOURCE: {}}
        self._places: dict[str, dict[str, tuple[str, ...]]] = {SOURCE: {}}
        self._checked: dict[str, str] = {SOURCE: SOURCE}
        for file in sorted(folder.glob("*.po")):
            self._load(file.stem.replace("_", "-"), file)
        self._browser.setdefault(SOURCE, _for_browser(SOURCE, {"one": 0, "other": 1}))
        self.codes: Sequence[str] = tuple(sorted(self._catalogues))
        if invented:
            self._invent(folder / TEMPLATE)

    def _load(self, code: str, file: Path) -> None:
        whole = file.read_bytes()
        read = read_po(io.BytesIO(whole), locale=code.replace("-", "_"))
        said = CHECKED.search(whole.decode())
        self._checked[code] = said[1] if said and said[1] != NOT_CHECKED else ""
        compiled = io.BytesIO()
        write_mo(compiled, read)
        compiled.seek(0)
        self._catalogues[code] = gettext.GNUTranslations(compiled)
        messages: dict[str, Any] = {}
        places: dict[str, tuple[str, ...]] = {}
        for message in read:
            if not message.id or not message.string or message.fuzzy:
                continue
            plural = isinstance(message.string, (tuple, list))
            messages[_key(message)] = list(message.string) if plural else message.string
            places[_key(message)] = tuple(file for file, _ in message.locations)
        self._messages[code] = messages
        self._places[code] = places
        self._browser[code] = _for_browser(code, _plural_map(code, read.plural_expr))

    def _invent(self, template: Path) -> None:
        with template.open("rb") as source:
            found = [message for message in read_po(source) if message.id]
        messages: dict[str, Any] = {}
        for message in found:
            forms = message.id if isinstance(message.id, (tuple, list)) else None
            said = [pseudo(form) for form in forms] if forms else pseudo(str(message.id))
            messages[_key(message)] = said
        places = {_key(each): tuple(file for file, _ in each.locations) for each in found}
        for code, way in PSEUDO.items():
            self._catalogues[code] = Pseudo()
            self._messages[code] = messages
            self._places[code] = places
            plurals = {"one": 0, "other": 1}
            self._browser[code] = {"language": code, "direction": way, "plurals": plurals}

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
        base = _base(language)
        return base if base in self._catalogues else SOURCE

    def choose(self, accept: str, wanted: str = "") -> str:
        """A language for a page: the one asked for, else the best of Accept-Language."""
        if wanted in self._catalogues or _base(wanted) in self._catalogues:
            return self.nearest(wanted)
        for tag in _accepted(accept[:ACCEPT_LIMIT]):
            if tag in self._catalogues or _base(tag) in self._catalogues:
                return self.nearest(tag)
        return SOURCE

    def catalogue(self, language: str) -> Mapping[str, Any]:
        """What the browser needs to know of a language: its code, `direction` and `plurals` (CLDR
        category to the number of the form). The sentences come apart: `server/messages.py`."""
        return self._browser[self.nearest(language)]

    def messages(self, language: str) -> Mapping[str, Any]:
        """Every sentence: text, or the list of plural forms."""
        return self._messages[self.nearest(language)]

    def places(self, language: str, id: str) -> Sequence[str]:
        """The source files a sentence stands in, as its catalogue says."""
        return self._places[self.nearest(language)].get(id, ())

    def offered(self) -> list[dict[str, str]]:
        """Languages to choose from, each by its own name; `checked` says which natives of it read
        the translation through: "" where nobody did yet."""
        return [
            {
                "code": code,
                "name": own_name(code),
                "direction": direction(code),
                "checked": self._checked[code],
            }
            for code in self.codes
        ]


def _base(tag: str) -> str:
    """The language alone: "pt" of "pt-BR"."""
    return tag.replace("_", "-").split("-")[0].lower()


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
    if code in PSEUDO:
        return PSEUDO[code]
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


def _key(message: Message) -> str:
    """A sentence's key in gettext's own files and in the browser."""
    first = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
    return f"{message.context}{CONTEXT_END}{first}" if message.context else str(first)


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


def _for_browser(code: str, plurals: dict[str, int]) -> dict[str, Any]:
    return {"language": code, "direction": direction(code), "plurals": plurals}
