"""Sentences of the catalogue for the memo, and how they become text."""

from collections.abc import Callable, Mapping
from typing import Protocol

Translate = Callable[[str, Mapping[str, object]], str]
"""Turns a message of the catalogue (the English sentence) and its arguments into text."""


class Sentence(Protocol):
    """What `say` gives back: the English source with its arguments by name."""

    @property
    def text(self) -> str: ...
    @property
    def args(self) -> Mapping[str, object]: ...


class Said:
    """A sentence waiting for its language."""

    __slots__ = ("args", "text")

    def __init__(self, text: str, args: Mapping[str, object]) -> None:
        self.text = text
        self.args = args


def say(text: str, /, **args: object) -> Said:
    """A sentence of the catalogue: `say("{n} words", n=3)`. The extractor reads the literal."""
    return Said(text, args)


def english(text: str, args: Mapping[str, object]) -> str:
    """The default `Translate`: the English source, filled in."""
    return text.format_map(args)
