"""People's text made fit for print: cleaned, bounded, measured, and given a direction."""

import re
import unicodedata
from collections.abc import Iterable

from rooms.memo_tree import Run

BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVISIBLE = frozenset("\ufeff\ufff9\ufffa\ufffb\u180e\u00ad") | {
    chr(code) for code in range(0xE0000, 0xE0080)
}
TEXT_MAX = 20_000
"""Characters of one piece of prose that are printed: about 3,000 words, more than a whole memo."""
MARKS_MAX = 6
"""Combining marks kept on one letter: every living orthography needs fewer; towers of them
("zalgo") run over the lines above."""
ELLIPSIS = "…"
RTL_LANGUAGES = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})

# Kana, Han, Thai and Lao, Myanmar, Khmer.
_CJK = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
)
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")
_BLANKS = re.compile(r"[ \t\u00a0]+")
_BREAKS = re.compile(r" ?\n ?")
_GAPS = re.compile(r"\n{3,}")


def clean(text: str, limit: int = TEXT_MAX) -> str:
    """The same words without what could disturb a page: control characters, direction overrides,
    halves of surrogate pairs, private-use characters, towers of marks. At most `limit` characters;
    empty when nothing of it would be seen.
    """
    # Twice the limit is read at most, so that a text of invisible characters costs nothing.
    kept, _ = _kept(text[: 2 * limit + 64])
    if not _seen(kept):
        return ""
    joined = _BREAKS.sub("\n", _BLANKS.sub(" ", kept))
    return clip(_GAPS.sub("\n\n", joined).strip(), limit)


def styled(runs: Iterable[Run]) -> tuple[Run, ...]:
    """One line of marked text made fit for print as `clean` does it, the marks where they were;
    stretches alike are joined. Empty when nothing of it would be seen."""
    out: list[Run] = []
    marks = 0
    for run in runs:
        kept, marks = _kept(run.text, marks)
        text = _BLANKS.sub(" ", kept.replace("\n", " "))
        if text.startswith(" ") and (not out or out[-1].text.endswith(" ")):
            text = text[1:]
        if not text:
            continue
        if out and (out[-1].bold, out[-1].italic) == (run.bold, run.italic):
            out[-1] = Run(out[-1].text + text, run.bold, run.italic)
        else:
            out.append(Run(text, run.bold, run.italic))
    if out and not (last := out[-1].text.rstrip()):
        out.pop()
    elif out:
        out[-1] = Run(last, out[-1].bold, out[-1].italic)
    return tuple(out) if _seen("".join(run.text for run in out)) else ()


def _seen(text: str) -> bool:
    return any(unicodedata.category(char)[0] in "LNPS" for char in text)


def _kept(text: str, marks: int = 0) -> tuple[str, int]:
    """The text without what could disturb a page; line breaks of every kind become one. `marks`:
    how many stand on the last letter before it; also given back, after it."""
    kept: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if char in BIDI_CONTROLS or char in INVISIBLE:
            continue
        if char == "\n" or char == "\r" or category in ("Zl", "Zp"):
            char = "\n"
        elif category == "Cc":
            char = " " if char in "\t\v\f" else ""
        elif category in ("Cs", "Co") or _noncharacter(char):
            char = ""
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if char and marks <= MARKS_MAX:
            kept.append(char)
    return "".join(kept), marks


def harmless(text: str) -> str:
    """The same text without what no memo holds: control characters but the line break, direction
    overrides, halves of surrogate pairs, private and non-characters. What `clean` made, and every
    sentence of the program, comes back as it was."""
    return "".join(char for char in text if char == "\n" or not _disturbs(char))


def _disturbs(char: str) -> bool:
    category = unicodedata.category(char)
    return char in BIDI_CONTROLS or category in ("Cc", "Cs", "Co") or _noncharacter(char)


def one_line(text: str, limit: int) -> str:
    """`clean` for names and titles: no line breaks."""
    return " ".join(clean(text, limit).split())


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word and marked with an ellipsis; never between a
    letter and its marks."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    if space > limit // 2:
        cut = cut[:space]
    else:
        while cut and unicodedata.category(text[len(cut)]) in ("Mn", "Mc", "Me", "Cf"):
            cut = cut[:-1]
    return cut.rstrip() + ELLIPSIS


def words(text: str) -> int:
    """Words of a text; two letters of a script written without spaces count as one."""
    dense = len(_CJK.findall(text))
    return len(_CJK.sub(" ", text).split()) + (dense + 1) // 2


def direction(text: str, default: str = "ltr") -> str:
    """`rtl` or `ltr` by the first strong character; `default` when there is none."""
    for char in text:
        match unicodedata.bidirectional(char):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return default


def line_direction(text: str, by: str, page: str) -> str:
    """The direction of a line on a page: people's words follow their own script; labels, counts
    and names follow the page, so that a list of names in three scripts stays one list. A sentence
    nobody has translated yet is English on a page that runs the other way, and reads as English."""
    foreign = by == "machine" and page == "rtl"
    return direction(text, page) if foreign or by in ("people", "facilitator") else page


def page_direction(language: str) -> str:
    """The direction of a page in a language."""
    return "rtl" if language.split("-")[0].lower() in RTL_LANGUAGES else "ltr"


def language_tag(language: str) -> str:
    """A BCP 47 tag fit for print and markup, or "" when it is not one."""
    return language if _TAG.fullmatch(language) else ""


def script(char: str) -> str:
    """A plain name of the script of a character, such as "Ethiopic", for error messages."""
    name = unicodedata.name(char, "")
    if name.startswith("CJK"):
        return "Chinese, Japanese or Korean"
    mark = unicodedata.category(char).startswith("M") and not name.startswith("COMBINING")
    if not name or not (char.isalpha() or mark):
        return "Symbols"
    return name.split()[0].capitalize()


def folded(text: str) -> str:
    """A form in which two spellings of the same words compare equal; signs nobody sees, such as a
    soft hyphen inside a word, make no difference."""
    seen = "".join(
        c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf"
    )
    return " ".join(re.findall(r"\w+", seen.casefold()))


def _noncharacter(char: str) -> bool:
    code = ord(char)
    return 0xFDD0 <= code <= 0xFDEF or (code & 0xFFFE) == 0xFFFE
