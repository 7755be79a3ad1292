"""What is written in a document: roots by family, cards, sections, drafts, slots, desk lines.

The shapes (binding for the pages too):

- board and group: `cards`: id -> Map {kind, text: Text, author, entered_by, language, activity,
  group, section, order, theme, created, ticks: Map seat -> true, scope, origin}, with a
  picture also photo, alt, where it was put into other languages also renderings: language ->
  {text, by, of, human}, one plain value that the server writes; `sections`: id -> Map {title,
  kind, activity, step, order}
- mine: `drafts`: "{activity}/{box}" -> Text; `notes`: like cards
- memo: `memo`: XML of the TipTap editor; `slots`: section or theme id -> Map {question: Text,
  confirmed: Map seat -> true}
- desk: `lines`: id -> Map {text: Text, author, created}
- hidden, one for each board and group: `cards`, in nobody's reach until restored

A card's id is `{author}-{random}`: the author can be read off without trusting a field. Cards that
the server makes for nobody have an empty author. Readers believe nothing: a wrong type reads as
empty, numbers come back from floats, lengths are bounded. Writers are for `Document.server_edit`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, Literal, TypeAlias

import msgspec
from pycrdt import Doc, Text
from pycrdt import Map as SharedMap

from rooms.board_events import Placing
from rooms.card_words import KINDS, SCOPES, CardKind, CardScope
from rooms.update_gate import MAP, XML_FRAGMENT

Family: TypeAlias = Literal["room", "board", "group", "mine", "memo", "desk", "hidden"]

# Root names and kinds by family; no other root exists. `{room}` itself has no content.
ROOTS: Final[Mapping[Family, Mapping[str, int]]] = {
    "room": {},
    "board": {"cards": MAP, "sections": MAP},
    "group": {"cards": MAP, "sections": MAP},
    "mine": {"drafts": MAP, "notes": MAP},
    "memo": {"memo": XML_FRAGMENT},
    "desk": {"lines": MAP},
    "hidden": {"cards": MAP},
}

# A board that people can still read has hundreds of cards; beyond this they are not read.
MAX_CARDS: Final = 5_000
# Two pages; a text that grew longer is cut when read.
MAX_TEXT: Final = 8_000
# Ids, languages, order keys.
MAX_WORD: Final = 200
MAX_TICKS: Final = 500
# Twice what a card may have; what is beyond it is not read.
MAX_RENDERINGS: Final = 16
# Milliseconds since the epoch, up to the year 9999.
MAX_TIME: Final = 253_402_300_799_999


class Rendering(msgspec.Struct, frozen=True):
    """What a card says in another language: made `by` this seat ("": the card bears no name, so
    nobody is named beside it), of the original with the mark `of` (`renderings.py`); `human`: by a
    person, not by a machine (methods.md 1.10)."""

    language: str
    text: str
    by: str = ""
    of: str = ""
    human: bool = True


class Card(msgspec.Struct, frozen=True):
    """A note on a board, as read or to be written. `created` in milliseconds, never trusted."""

    id: str
    kind: CardKind
    text: str
    author: str = ""
    entered_by: str = ""
    language: str = ""
    activity: str = ""
    group: str = ""
    section: str = ""
    order: str = ""
    theme: str = ""
    created: int = 0
    ticks: tuple[str, ...] = ()
    scope: CardScope = "circle"
    origin: str = ""
    photo: str = ""
    alt: str = ""
    renderings: tuple[Rendering, ...] = ()


class Section(msgspec.Struct, frozen=True):
    """A column or heading of a board."""

    id: str
    title: str
    kind: str = ""
    activity: str = ""
    step: str = ""
    order: str = ""


CARD_WORDS: Final = (
    "kind",
    "author",
    "entered_by",
    "language",
    "activity",
    "group",
    "section",
    "order",
    "theme",
    "scope",
    "origin",
)
PHOTO_WORDS: Final = ("photo", "alt")
"""Written by the server, on cards with a picture only."""
SECTION_WORDS: Final = ("title", "kind", "activity", "step", "order")


def family_of(document: str) -> Family | None:
    """The family of a document (`{room}`, `{room}/board`, `{room}/group/{id}` ...), or None."""
    match document.split("/"):
        case [room] if room:
            return "room"
        case [room, ("board" | "memo" | "desk") as family] if room:
            return family
        case [room, ("group" | "mine") as family, name] if room and name:
            return family
        case [room, "hidden", *rest] if room and all(rest):
            return "hidden" if rest else None
    return None


def author_of(card: str) -> str:
    """The seat a card id belongs to: what stands before the last hyphen."""
    return card.rpartition("-")[0]


def read_cards(doc: Doc[Any], root: str = "cards") -> tuple[Card, ...]:
    """Every card in order of section, order key, time and id; `root` is `notes` in `mine`."""
    return _in_order(_card(id, shared) for id, shared in _members(doc, root))


def read_again(
    doc: Doc[Any], before: Iterable[Card], changed: Collection[str], root: str = "cards"
) -> tuple[Card, ...]:
    """The same, of a document of which these cards at most are others than `before`: reading
    thousands takes as long as a person notices."""
    found = doc.get(root, type=SharedMap)
    if len(found) > MAX_CARDS:
        return read_cards(doc, root)
    cards = [card for card in before if card.id not in changed]
    for id in changed:
        shared = found.get(id)
        if isinstance(shared, SharedMap) and len(id) <= MAX_WORD:
            cards.append(_card(id, shared))
    return _in_order(cards)


def _in_order(cards: Iterable[Card]) -> tuple[Card, ...]:
    return tuple(sorted(cards, key=lambda c: (c.section, c.order, c.created, c.id)))


def read_sections(doc: Doc[Any]) -> tuple[Section, ...]:
    """Every section in order."""
    sections = [
        Section(id, *(_word(shared, field) for field in SECTION_WORDS))
        for id, shared in _members(doc, "sections")
    ]
    return tuple(sorted(sections, key=lambda s: (s.order, s.id)))


def read_drafts(doc: Doc[Any]) -> dict[str, str]:
    """Texts of a seat's boxes, by "{activity}/{box}"."""
    drafts: dict[str, str] = {}
    root = doc.get("drafts", type=SharedMap)
    for key in sorted(root.keys())[:MAX_CARDS]:
        value = root[key]
        if isinstance(value, Text):
            drafts[key[:MAX_WORD]] = str(value)[:MAX_TEXT]
    return drafts


def put_card(doc: Doc[Any], card: Card, root: str = "cards") -> None:
    """Write a whole card, in place of one with the same id; inside `Document.server_edit`.

    Raises ValueError when the id does not begin with the author's seat.
    """
    if author_of(card.id) != card.author:
        raise ValueError(f"card {card.id!r} does not name its author {card.author!r}")
    fields: dict[str, Any] = {field: getattr(card, field) for field in CARD_WORDS}
    fields.update((field, word) for field in PHOTO_WORDS if (word := getattr(card, field)))
    if card.renderings:
        fields["renderings"] = _plain(card.renderings)
    fields["text"] = Text(card.text)
    fields["created"] = card.created
    fields["ticks"] = SharedMap(dict.fromkeys(card.ticks, True))
    doc.get(root, type=SharedMap)[card.id] = SharedMap(fields)


def change_card(doc: Doc[Any], card: str, /, root: str = "cards", **fields: str) -> bool:
    """Write single words of a card (`theme="c-1"`); False when there is no such card."""
    cards = doc.get(root, type=SharedMap)
    shared = cards.get(card)
    if not isinstance(shared, SharedMap):
        return False
    for field, value in fields.items():
        if field not in CARD_WORDS:
            raise ValueError(f"no word of a card: {field}")
        if shared.get(field) != value:
            shared[field] = value
    return True


def place_cards(doc: Doc[Any], places: Iterable[Placing]) -> None:
    """Put cards where these places say; those that are not there are left out."""
    for place in places:
        change_card(doc, place.card, section=place.section, theme=place.theme, order=place.order)


def reword_card(doc: Doc[Any], card: str, text: str) -> bool:
    """Replace a card's text; False when there is no such card."""
    shared = doc.get("cards", type=SharedMap).get(card)
    if not isinstance(shared, SharedMap):
        return False
    if _text(shared, "text") != text:
        shared["text"] = Text(text)
    return True


def render_card(
    doc: Doc[Any], card: str, renderings: Iterable[Rendering], root: str = "cards"
) -> bool:
    """Put a card into these languages and no others; False when there is no such card."""
    shared = doc.get(root, type=SharedMap).get(card)
    if not isinstance(shared, SharedMap):
        return False
    wanted = _plain(renderings)
    if wanted and shared.get("renderings") != wanted:
        shared["renderings"] = wanted
    elif not wanted and "renderings" in shared:
        del shared["renderings"]
    return True


def read_renderings(shared: SharedMap[Any]) -> tuple[Rendering, ...]:
    """What a card says in other languages, by language."""
    kept = shared.get("renderings")
    if not isinstance(kept, Mapping):
        return ()
    found = (_rendering(str(language), kept[language]) for language in sorted(kept))
    return tuple(one for one in found if one is not None)[:MAX_RENDERINGS]


def tick_card(doc: Doc[Any], card: str, seat: str, on: bool) -> bool:
    """Put the tick of `seat` on a card, or take it off; False when there is no such card."""
    shared = doc.get("cards", type=SharedMap).get(card)
    if not isinstance(shared, SharedMap):
        return False
    ticks = shared.get("ticks")
    if not isinstance(ticks, SharedMap):
        shared["ticks"] = ticks = SharedMap({})
    if on and ticks.get(seat) is not True:
        ticks[seat] = True
    elif not on and seat in ticks:
        del ticks[seat]
    return True


def merge_themes(doc: Doc[Any], theme: str, into: str) -> None:
    """Put every card of `theme` under `into`, with the ticks `theme` had, and take it away
    (`methods.md` RO3)."""
    cards = doc.get("cards", type=SharedMap)
    for _, shared in _members(doc, "cards"):
        if shared.get("theme") == theme:
            shared["theme"] = into
    gone = cards.get(theme)
    if isinstance(gone, SharedMap):
        for seat in _ticks(gone, "ticks"):
            tick_card(doc, into, seat, True)
        del cards[theme]


def drop_card(doc: Doc[Any], card: str, root: str = "cards") -> bool:
    """Take a card away; False when there is no such card."""
    return _drop(doc, root, card)


def put_section(doc: Doc[Any], section: Section) -> None:
    """Write a section; of one that is there only what is different."""
    fields = {field: getattr(section, field)[:MAX_WORD] for field in SECTION_WORDS}
    sections = doc.get("sections", type=SharedMap)
    shared = sections.get(section.id)
    if not isinstance(shared, SharedMap):
        sections[section.id] = SharedMap(fields)
        return
    for field, value in fields.items():
        if shared.get(field) != value:
            shared[field] = value


def drop_draft(doc: Doc[Any], key: str) -> bool:
    """Take the text of a box away, after it was sent as a command; False when there is none."""
    return _drop(doc, "drafts", key)


def _drop(doc: Doc[Any], root: str, key: str) -> bool:
    shared = doc.get(root, type=SharedMap)
    if key not in shared:
        return False
    del shared[key]
    return True


def clear(doc: Doc[Any], name: str, kept: frozenset[str] = frozenset()) -> None:
    """Empty every root of the document `name` (without the room's prefix) but for these cards and
    the board's sections; inside `Document.server_edit`."""
    family = family_of(f"room/{name}")
    for root, kind in ROOTS[family].items() if family else ():
        if kind != MAP or root == "sections":
            continue
        shared = doc.get(root, type=SharedMap)
        for key in [key for key in shared if root != "cards" or key not in kept]:
            del shared[key]


Shared: TypeAlias = "SharedMap[Any]"


def _members(doc: Doc[Any], root: str) -> list[tuple[str, Shared]]:
    shared = doc.get(root, type=SharedMap)
    found = []
    for key in sorted(shared.keys())[:MAX_CARDS]:
        value = shared[key]
        if isinstance(value, SharedMap) and len(key) <= MAX_WORD:
            found.append((key, value))
    return found


def _card(id: str, shared: Shared) -> Card:
    words = {field: _word(shared, field) for field in (*CARD_WORDS, *PHOTO_WORDS)}
    words["author"] = author_of(id)
    kind, scope = words.pop("kind"), words.pop("scope")
    return Card(
        id=id,
        kind=KINDS.get(kind, "parking"),
        scope=SCOPES.get(scope, "circle"),
        text=_text(shared, "text"),
        created=_time(shared, "created"),
        ticks=_ticks(shared, "ticks"),
        renderings=read_renderings(shared),
        **words,
    )


def _word(shared: Shared, field: str) -> str:
    value = shared.get(field)
    return value[:MAX_WORD] if isinstance(value, str) else ""


def _text(shared: Shared, field: str) -> str:
    value = shared.get(field)
    return str(value)[:MAX_TEXT] if isinstance(value, Text) else ""


def _time(shared: Shared, field: str) -> int:
    # Yjs writes whole numbers as integers, pycrdt reads them back as floats.
    value = shared.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return int(value) if 0 <= value <= MAX_TIME else 0


def _plain(renderings: Iterable[Rendering]) -> dict[str, dict[str, str | bool]]:
    return {
        one.language: {"text": one.text, "by": one.by, "of": one.of, "human": one.human}
        for one in renderings
    }


def _rendering(language: str, kept: object) -> Rendering | None:
    if not isinstance(kept, Mapping) or not (text := _short(kept.get("text"), MAX_TEXT)):
        return None
    return Rendering(
        language=language[:MAX_WORD],
        text=text,
        by=_short(kept.get("by"), MAX_WORD),
        of=_short(kept.get("of"), MAX_WORD),
        human=kept.get("human") is not False,
    )


def _short(value: object, most: int) -> str:
    return value[:most] if isinstance(value, str) else ""


def _ticks(shared: Shared, field: str) -> tuple[str, ...]:
    value = shared.get(field)
    if not isinstance(value, SharedMap):
        return ()
    return tuple(sorted(seat for seat in list(value.keys()) if value[seat] is True)[:MAX_TICKS])
