"""How sentences of the catalogue become text of a memo."""

from collections.abc import Callable, Mapping

from activities.blocks import Line as Said
from activities.blocks import say

__all__ = ["Said", "Translate", "english", "say"]

Translate = Callable[[str, Mapping[str, object]], str]
"""Turns a message of the catalogue (the English sentence) and its arguments into text. Sentences
of the memo are worded so that a number needs no plural ("Stories told: 3")."""


def english(text: str, args: Mapping[str, object]) -> str:
    """The default `Translate`: the English source, filled in."""
    return text.format_map(args)
