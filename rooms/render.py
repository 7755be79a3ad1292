"""Turns messages into JSON for one viewer: lines into their language, people into names, words
into text.

The only place where a reference becomes text, so consent and erasure are checked once for all
activities.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from activities.blocks import Line, Offer, Who, Words, say

Translate = Callable[[str, str, str, int], str]
"""translate(language, id, plural, n): the sentence with its {placeholders} still in it."""

PLACE: Final = re.compile(r"\{(\w+)\}")
FSI, PDI = "\u2068", "\u2069"
TAKEN_BACK: Final = say("Taken back by the person who said it.")
SOMEONE: Final = say("Someone")


def english(_language: str, id: str, plural: str, n: int) -> str:
    """The catalogue's source language."""
    return id if not plural or n == 1 else plural


def formatted(text: str, values: Mapping[str, object]) -> str:
    """The sentence with its {placeholders} filled from plain values; unknown ones stay."""
    return PLACE.sub(lambda m: str(values.get(m.group(1), m.group(0))), text)


def direction(text: str) -> str:
    """ "rtl" or "ltr", from the first strong character."""
    for c in text:
        kind = unicodedata.bidirectional(c)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


class Renderer:
    """Renders for one room. `name(seat)` and `words(ref, viewer)` give the text, or None when
    there is none to show."""

    def __init__(
        self,
        translate: Translate,
        name: Callable[[str], str | None],
        words: Callable[[str, str], str | None],
        gone: Callable[[str], Line] = lambda ref: TAKEN_BACK,
        nobody: Callable[[str], Line] = lambda seat: SOMEONE,
    ) -> None:
        self._translate = translate
        self._name = name
        self._words = words
        self._gone = gone
        self._nobody = nobody

    def line(self, line: Line, language: str, viewer: str = "") -> str:
        """A sentence with everything filled in; what people wrote is isolated when it runs the
        other way."""
        text = self._translate(language, line.id, line.plural, line.n)
        whole = direction(text)

        def fill(match: re.Match[str]) -> str:
            key = match.group(1)
            if key not in line.args:
                return match.group(0)
            value = line.args[key]
            if isinstance(value, str | int):
                return str(value)
            piece = self.value(value, language, viewer)
            return piece if direction(piece) == whole else f"{FSI}{piece}{PDI}"

        return PLACE.sub(fill, text)

    def value(self, value: Any, language: str, viewer: str) -> str:
        """The text of a `Line`, `Who` or `Words` for this viewer."""
        if isinstance(value, Line):
            return self.line(value, language, viewer)
        if isinstance(value, Who):
            name = self._name(value.seat) or self.line(self._nobody(value.seat), language)
            return name.split(" ")[0] if value.first else name
        if isinstance(value, Words):
            if value.ref == "":
                return ""
            text = self._words(value.ref, viewer)
            return self.line(self._gone(value.ref), language) if text is None else text
        if isinstance(value, frozenset | set):
            return ""
        raise NotImplementedError(type(value).__name__)

    def encode(self, message: Any, language: str, viewer: str = "") -> bytes:
        """A message as JSON for `viewer` in `language`."""
        return msgspec.json.encode(
            message, enc_hook=lambda value: self.value(value, language, viewer)
        )


def flat(offer: Offer) -> dict[str, Any]:
    """An offer as it stands in `may`: the command's own fields without those to fill in, then how
    to show it."""
    command = msgspec.structs.asdict(offer.command)
    fields = {name: value for name, value in command.items() if name not in offer.needs}
    tag = offer.command.__struct_config__.tag
    shown: dict[str, Any] = {"type": tag, **fields, "label": offer.label, "place": offer.place}
    shown["needs"] = dict(offer.needs)
    if offer.hint is not None:
        shown["hint"] = offer.hint
    if offer.confirm is not None:
        shown["confirm"] = offer.confirm
    if not offer.shown:
        shown["shown"] = False
    return shown
