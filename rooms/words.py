"""People's words by reference: cleaned, bounded, minted while a command is decoded, turned back
at delivery.

Texts live in the storage's words table only; commits, states and logs hold references
(`architecture.md`, Kernel).
"""

import unicodedata
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

import msgspec

from activities.blocks import Words, say
from activities.kernel import Command, Refused
from rooms.wire import NAME_LIMIT, NESTING_LIMIT, TEXT_LIMIT

KEPT_CONTROLS: Final = "\n\t"
FILLERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Signs that count as letters, marks or symbols and show nothing: with them a name looks like
somebody else's, or like none."""

JOINERS: Final = frozenset("\u200b\u200c\u200d")
"""What scripts of Iran, India and Cambodia need inside words; elsewhere nobody sees them."""

PLAIN_SCRIPTS: Final = ("LATIN", "GREEK", "CYRILLIC", "DIGIT")
"""Scripts in which a joiner or a variation selector changes nothing that can be seen."""


def clean_text(text: str, limit: int = TEXT_LIMIT) -> str:
    """The text without control characters, trimmed. Raises `Refused` when empty or longer than
    `limit` characters."""
    if len(text) > limit:
        raise Refused(
            "too_large",
            say("This text is too long. {limit} characters fit; yours is kept here.", limit=limit),
        )
    kept = "".join(
        c
        for c in text.replace("\r\n", "\n")
        if c in KEPT_CONTROLS or unicodedata.category(c) not in ("Cc", "Cs")
    ).strip()
    if not kept:
        raise Refused("bad_request", say("There is nothing written yet."))
    return kept


def clean_name(text: str, limit: int = NAME_LIMIT) -> str:
    """A name fit for a ring: one line, no controls. Raises `Refused` with a sentence that says
    what to do."""
    if len(text) > 10 * limit:
        raise Refused(
            "too_large", say("This name is too long. {limit} characters fit.", limit=limit)
        )
    one_line = " ".join(_without_unseen(unicodedata.normalize("NFC", text)).split())
    if not any(unicodedata.category(c)[0] in "LN" for c in one_line):
        raise Refused("bad_request", say("Please write a name that people can read aloud."))
    if len(one_line) > limit:
        raise Refused(
            "too_large", say("This name is too long. {limit} characters fit.", limit=limit)
        )
    return one_line


def _without_unseen(text: str) -> str:
    """The text with blanks for whatever shows as a blank, and without signs that show nothing:
    controls, direction marks, zero-width signs outside the scripts that need them."""
    kept: list[str] = []
    for at, char in enumerate(text):
        kind = unicodedata.category(char)
        before, after = kept[-1] if kept else " ", text[at + 1 : at + 2] or " "
        if char.isspace() or (char in FILLERS and char != "\u034f"):
            kept.append(" ")
        elif char in JOINERS:
            if not (_is_plain(before) or _is_plain(after)):
                kept.append(char)
        elif unicodedata.name(char, "").startswith("VARIATION SELECTOR"):
            if not _is_plain(before):
                kept.append(char)
        elif kind not in ("Cc", "Cf", "Cs", "Co", "Cn") and char not in FILLERS:
            kept.append(char)
    return "".join(kept)


def _is_plain(char: str) -> bool:
    """Whether a joiner beside this sign does nothing that can be seen."""
    return char.isspace() or unicodedata.name(char, "").startswith(PLAIN_SCRIPTS)


def is_language(tag: str) -> bool:
    """Whether this has the form of a language tag (BCP 47), such as "en" or "pt-BR"."""
    return 2 <= len(tag) <= 20 and all(p.isalnum() and p.isascii() for p in tag.split("-"))


class Mint:
    """Collects the texts of one command while it is decoded and gives each a reference."""

    def __init__(self, new_ref: Callable[[], str]) -> None:
        self._new_ref = new_ref
        self.texts: dict[str, str] = {}

    def __call__(self, text: str) -> Words:
        """Take a text in. Raises `Refused` as `clean_text` does."""
        ref = self._new_ref()
        self.texts[ref] = clean_text(text)
        return Words(ref)

    def ref(self, words: Words, limit: int) -> str:
        """The reference of a text of at most `limit` characters. Raises `Refused`."""
        if len(self.texts.get(words.ref, "")) > limit:
            raise Refused(
                "too_large", say("This text is too long. {limit} characters fit.", limit=limit)
            )
        return words.ref

    def rename(self, words: Words, ref: str, limit: int) -> None:
        """The text takes the place of the one `ref` stands for. Raises `Refused`."""
        self.texts[ref] = self.texts.pop(self.ref(words, limit))

    def name(self, ref: str) -> None:
        """What was minted as text is a name: hold it to a name's rules. Raises `Refused`."""
        self.texts[ref] = clean_name(self.texts[ref])

    def hook(self, kind: type, value: Any) -> Any:
        """For msgspec: a string where `Words` are expected."""
        if kind is Words:
            if not isinstance(value, str):
                raise msgspec.ValidationError("text must be a string")
            return self(value)
        raise NotImplementedError(kind.__name__)


def too_deep(raw: bytes, limit: int = NESTING_LIMIT) -> bool:
    """Whether JSON nests deeper than `limit`, told without parsing it."""
    depth = 0
    in_string = escaped = False
    for byte in raw:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            depth += 1
            if depth > limit:
                return True
        elif byte in b"]}":
            depth -= 1
    return False


def decode_command(raw: bytes, union: Any, mint: Mint) -> Command:
    """A command from a client, strictly. Raises `Refused` (`unknown` for a type we do not have,
    else `bad_request`)."""
    try:
        command: Command = msgspec.json.decode(raw, type=union, dec_hook=mint.hook)
    except Refused:
        raise
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        if refused := _refused_inside(error):
            raise refused from error
        known = "Invalid value" not in str(error) or "$.type" not in str(error)
        raise Refused("bad_request" if known else "unknown") from error
    return command


def _refused_inside(error: BaseException) -> Refused | None:
    cause = error.__cause__ or error.__context__
    return cause if isinstance(cause, Refused) else None


def digest(text: str) -> str:
    """The hash kept with exact words (`methods.md` 1.8: an edit resets consent)."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class WordsBook:
    """The texts of one room in memory, as read from storage and minted since."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = {ref: raw.decode() for ref, raw in texts.items()}
        self._hidden: frozenset[str] = frozenset()
        self.changes = 0
        """Counts up whenever a text comes or goes: what was made from texts is then old."""

    def get(self, ref: str) -> str | None:
        """The text, or None when it was erased or is hidden."""
        return None if ref in self._hidden else self._texts.get(ref)

    def holds(self, ref: str) -> bool:
        """Whether the text is kept, hidden or not."""
        return ref in self._texts

    def hide(self, refs: frozenset[str]) -> None:
        """These texts are shown to nobody, in place of those hidden before."""
        if refs != self._hidden:
            self._hidden = refs
            self.changes += 1

    def add(self, texts: Mapping[str, str]) -> None:
        """Take in what was just stored."""
        self._texts.update(texts)
        self.changes += 1

    def has(self, text: str) -> bool:
        """Whether any reference stands for exactly this text."""
        return text in self._texts.values()

    def erase(self, refs: list[str]) -> None:
        """Forget."""
        for ref in refs:
            self._texts.pop(ref, None)
        self.changes += 1
