"""Languages that nobody speaks: English made long and accented, one of them mirrored.

What stays plain English on a screen does not come from the catalogue, what is cut off will be cut
off in Finnish or Tamil, and what does not turn round is laid out by left and right. Made from the
template, never listed for people; `--test-clock` and the gallery have them.
"""

from __future__ import annotations

import gettext
import re
from typing import Final

PSEUDO: Final = {"en-XA": "ltr", "en-XB": "rtl"}
"""Tags that CLDR keeps for this, and the direction of each."""

LONGER: Final = 0.4
"""How much longer a text becomes: what German or Swahili take over English in short labels."""

KEPT: Final = re.compile(r"(\{\w*\}|%\(\w+\)s|%%|</?\w[^>]*>|&\w+;|\||\n)")
ACCENTED: Final = str.maketrans(
    "AaBbCcDdEeGgHhIiJjKkLlNnOoPpRrSsTtUuWwYyZz",
    "ÅåƁƀÇçÐðÉéĜĝĤĥÎîĴĵĶķĻļÑñÖöÞþŔŕŠšŢţÛûŴŵÝýŽž",
)
MORE: Final = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def pseudo(text: str) -> str:
    """A sentence as the invented languages say it: its places, tags and lines stay."""
    if not text.strip():
        return text
    parts = KEPT.split(text)
    said = "".join(
        part if KEPT.fullmatch(part) else part.translate(ACCENTED) for part in parts
    ).strip()
    if "|" in text:  # short lines in a clock: lengthening each is another's business
        return said
    letters = sum(len(part) for part in parts if not KEPT.fullmatch(part))
    words: list[str] = []
    while sum(map(len, words)) < letters * LONGER:
        words.append(MORE[len(words) % len(MORE)])
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    return f"{before}[{' '.join([said, *words])}]{after}"


class Pseudo(gettext.NullTranslations):
    """A catalogue of one of the invented languages."""

    def gettext(self, message: str) -> str:
        """The sentence, made on the spot; its context, if it has one, is no part of it."""
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form English has for the number."""
        return pseudo(msgid1 if n == 1 else msgid2)
