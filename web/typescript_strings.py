"""Takes the strings people read out of TypeScript for Babel: Lit templates nest, so by a parser."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any, Final

import tree_sitter_typescript
from tree_sitter import Language, Parser

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tree_sitter import Node

    Found = tuple[int, str, tuple[str | None, ...], list[str]]

TYPESCRIPT: Final = Language(tree_sitter_typescript.language_typescript())


def read(
    file: IO[bytes],
    keywords: Collection[str],
    comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[Found]:
    """Each call of a function of `keywords` by its bare name: line, name, its arguments (None where
    one is no plain string) and the comments above it that begin with one of `comment_tags`.

    `stage.say(...)` is no call of `say`: it sends a command. Raises ValueError on a broken file.
    """
    del options
    tree = Parser(TYPESCRIPT).parse(file.read())
    if tree.root_node.has_error:
        raise ValueError(f"{getattr(file, 'name', 'a file')} is no TypeScript that can be read")
    notes: list[tuple[int, str]] = []
    for node in _walk(tree.root_node):
        line = node.start_point.row + 1
        if node.type == "comment":
            note = _text(node).removeprefix("//").strip()
            if note.startswith(tuple(comment_tags)):
                notes.append((line, note))
        elif node.type == "call_expression":
            name, given = (node.child_by_field_name(each) for each in ("function", "arguments"))
            if name is None or given is None or name.type != "identifier":
                continue
            if (called := _text(name)) in keywords:
                arguments = tuple(
                    _string(each) for each in given.named_children if each.type != "comment"
                )
                above = [note for at, note in notes if line - at in (0, 1)]
                yield line, called, arguments, above


def _walk(node: Node) -> Iterator[Node]:
    """Every node in the order of the source."""
    yield node
    for child in node.children:
        yield from _walk(child)


def _string(node: Node) -> str | None:
    if node.type != "string":
        return None
    return "".join(
        _unescaped(_text(part)) if part.type == "escape_sequence" else _text(part)
        for part in node.named_children
    )


def _unescaped(sequence: str) -> str:
    return "'" if sequence == "\\'" else str(json.loads(f'"{sequence}"'))


def _text(node: Node) -> str:
    return (node.text or b"").decode()
