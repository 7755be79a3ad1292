"""The memo's document: what people write into it, read strictly, and the places they write in.

The document holds only people's prose, never generated lines, quotes or cards: what is withdrawn
must not live on in a CRDT. Root `memo` has children `<place id="why">`, one for each place of the
draft (`rooms.memo`), made by the server; two that were made for one id read as one. Inside:
`paragraph`, and `bulletList` of `listItem`s; text carries the marks `bold` and `italic`. Editors
take away whatever their schema does not know (`web/src/memo/editor.ts`), also an attribute of a
place other than `id`: what else is to be known about a place belongs in the log.

The reader believes nothing. Whatever it does not know reads as its text: every element begins a
line of its own, attributes are looked at nowhere but on a place, marks other than the two are
dropped. What stands outside every place, or in one whose id is no id, belongs to the place `""`,
which no draft has: it is listed as prose without a place, not lost (ME3).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from rooms.memo_prose import PARTS_MAX, bounded, plain_parts
from rooms.memo_source import ProsePart, ProseText
from rooms.memo_text import TEXT_MAX, styled
from rooms.memo_tree import Run

ROOT: Final = "memo"
PLACE: Final = "place"
PLACES_MAX: Final = 1_000
"""Places one memo is given: some eight for each of a hundred themes and stories."""
NODES_MAX: Final = 20_000
"""Elements and texts that are looked at: past this somebody is playing, and the rest is left."""

_ID: Final = re.compile(r"[A-Za-z0-9_.~:-]{1,120}")
"""A place's id: a card's id of at most 100 characters with the words around it."""


def is_place(id: str) -> bool:
    """Whether this has the form of a place's id, such as `theme:s1-x7:heard`."""
    return _ID.fullmatch(id) is not None


def read_prose(doc: Doc[Any]) -> dict[str, ProseText]:
    """What is written in each place that exists, empty ones included. Total: any document gives
    an answer, bounded in places, parts and characters."""
    parts: dict[str, list[ProsePart]] = {}
    budget = NODES_MAX
    for child in _children(doc.get(ROOT, type=XmlFragment)):
        id = _id_of(child)
        if id not in parts and len(parts) >= PLACES_MAX:
            id = ""
        reader = _Reader(budget)
        reader.read(child)
        budget = reader.budget
        parts.setdefault(id, []).extend(reader.parts)
    if not any(part.text for part in parts.get("", ())):
        parts.pop("", None)
    return {id: ProseText.of(bounded(found)) for id, found in parts.items()}


def missing_places(doc: Doc[Any], wanted: Iterable[str]) -> list[str]:
    """The wanted ids that have no place yet, at most as many as there is room for."""
    there = {_id_of(child) for child in _children(doc.get(ROOT, type=XmlFragment))} - {""}
    lacking = [id for id in dict.fromkeys(wanted) if id not in there and is_place(id)]
    return lacking[: max(0, PLACES_MAX - len(there))]


def make_places(doc: Doc[Any], texts: Mapping[str, str]) -> None:
    """Add places, each with its first text. For `Document.server_edit`; the ids have none yet."""
    root = doc.get(ROOT, type=XmlFragment)
    for id, text in texts.items():
        root.children.append(XmlElement(PLACE, {"id": id}, _nodes(plain_parts(text))))


def write_place(doc: Doc[Any], id: str, text: str) -> None:
    """Set what stands in a place, in all its copies. For `Document.server_edit`. The same text
    changes nothing, so that an effect may be made twice (DOC5)."""
    found = [c for c in _children(doc.get(ROOT, type=XmlFragment)) if _id_of(c) == id]
    if not found:
        make_places(doc, {id: text})
        return
    parts = plain_parts(text)
    now = read_prose(doc).get(id)
    if now is not None and now.parts == ProseText.of(parts).parts:
        return
    for number, place in enumerate(found):
        children = place.children
        del children[:]
        for node in _nodes(parts) if number == 0 else ():
            children.append(node)


def _nodes(parts: tuple[ProsePart, ...]) -> list[XmlElement]:
    """The editor's nodes for plain parts. An empty place holds an empty paragraph with a text in
    it: all who begin there at once write in the same one."""
    nodes: list[XmlElement] = []
    items: list[XmlElement] = []
    for part in parts or (ProsePart("paragraph", ()),):
        paragraph = XmlElement("paragraph", {}, [XmlText(part.text)])
        if part.kind == "item":
            items.append(XmlElement("listItem", {}, [paragraph]))
            continue
        if items:
            nodes.append(XmlElement("bulletList", {}, items))
            items = []
        nodes.append(paragraph)
    if items:
        nodes.append(XmlElement("bulletList", {}, items))
    return nodes


def _children(node: Any) -> Iterator[Any]:
    children = node.children
    if len(children) > NODES_MAX:
        return (children[at] for at in range(PARTS_MAX))
    return iter(children)


def _id_of(child: Any) -> str:
    """The id of a place, "" for whatever else stands at the root."""
    if not isinstance(child, XmlElement) or child.tag != PLACE:
        return ""
    id = child.attributes.get("id")
    return id if isinstance(id, str) and is_place(id) else ""


class _Reader:
    """Reads the inside of one child of the root into parts."""

    def __init__(self, budget: int) -> None:
        self.parts: list[ProsePart] = []
        self.budget = budget
        self._letters = 2 * TEXT_MAX
        self._runs: list[Run] = []
        self._kind: str = "paragraph"

    def read(self, top: Any) -> None:
        """Walk in reading order, without recursion."""
        # Each step: a node with the kind of line it stands in, or None where a line ends.
        waiting: list[tuple[Any, str] | None] = [(top, "paragraph")]
        while waiting and self.budget > 0 and self._letters > 0:
            step = waiting.pop()
            if step is None:
                self._end()
                continue
            node, kind = step
            self.budget -= 1
            if isinstance(node, XmlText):
                self._kind = kind
                self._text(node)
            elif isinstance(node, XmlElement):
                if node.tag == "hardBreak":
                    self._runs.append(Run(" "))
                    continue
                self._end()
                kind = "item" if node.tag == "listItem" else kind
                waiting.append(None)
                waiting += [(child, kind) for child in reversed(list(_children(node)))]
        self._end()

    def _text(self, node: XmlText) -> None:
        for text, attributes in node.diff():
            if isinstance(text, str) and text:
                # The editor writes a mark that may overlap with another of its kind as `bold--x`.
                marks = {name.split("--")[0] for name in attributes or ()}
                text = text[: max(0, self._letters)]
                self._letters -= len(text)
                self._runs.append(Run(text, "bold" in marks, "italic" in marks))

    def _end(self) -> None:
        runs, self._runs = styled(self._runs), []
        if runs and len(self.parts) < PARTS_MAX:
            self.parts.append(ProsePart("item" if self._kind == "item" else "paragraph", runs))
