"""Turns messages into JSON for one viewer: lines into their language, people into names, words
into text.

The only place where a reference becomes text, so consent and erasure are checked once for all
activities.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from activities.blocks import Line, Need, Offer, Option, Who, Words, say

Translate = Callable[[str, str, str, int], str]
"""translate(language, id, plural, n): the sentence with its {placeholders} still in it."""

PLACE: Final = re.compile(r"\{(\w+)\}")
FSI, PDI = "\u2068", "\u2069"
TAKEN_BACK: Final = say("Taken back by the person who said it.")
SOMEONE: Final = say("Someone")

MANY: Final = 20
"""Options from which on they are rendered one by one and kept: in a hall everybody is one of the
options of everybody else."""


def english(_language: str, id: str, plural: str, n: int) -> str:
    """The catalogue's source language."""
    return id if not plural or n == 1 else plural


def formatted(text: str, values: Mapping[str, object]) -> str:
    """The sentence with its {placeholders} filled from plain values; unknown ones stay."""
    return PLACE.sub(lambda m: str(values.get(m.group(1), m.group(0))), text)


@lru_cache(maxsize=4_096)
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
    there is none to show; `named` gives the objects on which all names depend."""

    def __init__(
        self,
        translate: Translate,
        name: Callable[[str], str | None],
        words: Callable[[str, str], str | None],
        gone: Callable[[str], Line] = lambda ref: TAKEN_BACK,
        nobody: Callable[[str], Line] = lambda seat: SOMEONE,
        named: Callable[[], tuple[object, ...]] = lambda: (object(),),
    ) -> None:
        self._translate = translate
        self._name = name
        self._words = words
        self._gone = gone
        self._nobody = nobody
        self._named = named
        self._kept: tuple[object, ...] = ()
        # By language and the option's own identity: it is kept with it, so that stays its own.
        self._people: dict[str, dict[int, tuple[Option, bytes]]] = {}

    def line(self, line: Line, language: str, viewer: str = "") -> str:
        """A sentence with everything filled in; what people wrote is isolated when it runs the
        other way."""
        text = self._translate(language, line.id, line.plural, line.n)
        if not line.args:
            return text
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

        def hook(value: Any) -> Any:
            if type(value) is _Many:
                return self._many(value.options, language, viewer)
            return self.value(value, language, viewer)

        return msgspec.json.encode(message, enc_hook=hook)

    def _many(self, options: tuple[Option, ...], language: str, viewer: str) -> msgspec.Raw:
        """A long list of options; those that are only a name are kept for as long as everybody is
        called what they were called."""
        named = self._named()
        if len(named) != len(self._kept) or any(
            a is not b for a, b in zip(named, self._kept, strict=True)
        ):
            self._people.clear()
            self._kept = named
        kept = self._people.setdefault(language, {})
        try:
            found = [kept[id(option)][1] for option in options]
        except KeyError:
            found = []
            for option in options:
                raw = self.encode(option, language, viewer)
                found.append(raw)
                if [*map(type, option.label.args.values())] == [Who] and option.hint is None:
                    kept[id(option)] = option, raw
        return msgspec.Raw(b"[" + b",".join(found) + b"]")


class _Many:
    """Options to be rendered one by one."""

    __slots__ = ("options",)

    def __init__(self, options: tuple[Option, ...]) -> None:
        self.options = options


def _need(need: Need) -> Need | dict[str, Any]:
    if len(need.options) < MANY:
        return need
    return msgspec.structs.asdict(need) | {"options": _Many(need.options)}


def flat(offer: Offer) -> dict[str, Any]:
    """An offer as it stands in `may`: the command's own fields without those to fill in, then how
    to show it."""
    command = msgspec.structs.asdict(offer.command)
    fields = {name: value for name, value in command.items() if name not in offer.needs}
    tag = offer.command.__struct_config__.tag
    shown: dict[str, Any] = {"type": tag, **fields, "label": offer.label, "place": offer.place}
    shown["needs"] = {name: _need(need) for name, need in offer.needs.items()}
    if offer.hint is not None:
        shown["hint"] = offer.hint
    if offer.confirm is not None:
        shown["confirm"] = offer.confirm
    if not offer.shown:
        shown["shown"] = False
    return shown
