"""Writes `web/src/wire.ts` from the structs of `rooms/wire.py` and `activities/blocks.py`.

Run `python -m web.wire_types` after changing either; a test says so when it was forgotten. On the
wire a Line, a Who and Words are plain strings.
"""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from activities import blocks, kernel
from activities.blocks import AnyBlock, Line, Place, SeatState, Sees, Who, Words
from rooms import (
    board_state,
    memo_text,
    note_add_desk,
    photos,
    wire,
    wire_board,
    wire_renderings,
)

TARGET: Final = Path(__file__).parent / "src" / "wire.ts"
HEAD: Final = """// Written by web/wire_types.py from rooms/wire.py and activities/blocks.py.
// A Line, a Who and Words of the server are plain strings here.
"""


def typescript() -> str:
    """The whole of wire.ts."""
    writer = _Writer()
    for root in (
        *get_args(AnyBlock),
        *get_args(wire.ServerMessage),
        *get_args(wire.RoomCommand),
        blocks.Need,
        wire.ClientCommand,
        wire.ClientLens,
        wire_board.Checkpoint,
        wire_board.TakenCard,
    ):
        writer.name(root)
    parts = [HEAD, *writer.done.values()]
    parts.append(_alias("Block", [r.__name__ for r in get_args(AnyBlock)]))
    parts.append(_alias("ServerMessage", [r.__name__ for r in get_args(wire.ServerMessage)]))
    parts.append(_alias("RoomCommand", [r.__name__ for r in get_args(wire.RoomCommand)]))
    for name, literal in (
        ("Sees", Sees),
        ("SeatState", SeatState),
        ("Place", Place),
        ("Reason", kernel.Reason),
        ("Lens", kernel.Lens),
        ("Where", kernel.Where),
        ("Choice", kernel.Choice),
    ):
        parts.append(_alias(name, [f'"{value}"' for value in get_args(literal)]))
    tags = sorted(struct.__struct_config__.tag for struct in get_args(wire.RoomCommand))
    listed = "\n".join(f'  "{tag}",' for tag in tags)
    parts.append(
        "/** Commands to the room; every other type belongs to the activity on the screen. */\n"
        f"export const ROOM_COMMANDS: readonly string[] = [\n{listed}\n];\n"
    )
    kinds = "\n".join(f'  "{kind}",' for kind in note_add_desk.BY_HAND)
    parts.append(
        "/** Kinds of notes facilitators may put on the board at any time, in the order shown. */\n"
        f"export const BY_HAND: readonly string[] = [\n{kinds}\n];\n"
    )
    parts.append(
        "/** Characters of one text, and bytes of a whole command: more is refused. */\n"
        f"export const TEXT_LIMIT = {wire.TEXT_LIMIT};\n"
        f"export const COMMAND_LIMIT = {wire.COMMAND_LIMIT};\n"
        "/** Characters of a note, and of one place of the memo. */\n"
        f"export const NOTE_LIMIT = {wire_board.NOTE_LIMIT};\n"
        f"export const PLACE_LIMIT = {memo_text.TEXT_MAX};\n"
        "/** Characters of what a note says in another language. */\n"
        f"export const RENDERING_LIMIT = {wire_renderings.RENDERING_LIMIT};\n"
        "/** Bytes of one picture. */\n"
        f"export const PHOTO_LIMIT = {photos.PHOTO_LIMIT};\n"
        "/** Milliseconds in which a card that was taken away can be brought back. */\n"
        f"export const UNDO_MS = {board_state.UNDO_MS};\n"
    )
    parts.append(
        "/** An entry of `may`: a command that can be sent back once `needs` are filled in. */\n"
        "export interface Offer {\n  type: string;\n  label: string;\n  place: Place;\n"
        "  needs: Record<string, Need>;\n  hint?: string | null;\n  confirm?: string | null;\n"
        "  shown?: boolean;\n  activity?: string;\n  [field: string]: unknown;\n}\n"
    )
    return "\n".join(parts)


class _Writer:
    def __init__(self) -> None:
        self.done: dict[str, str] = {}

    def name(self, struct: type[msgspec.Struct]) -> str:
        """The interface's name; written at its first mention."""
        name = struct.__name__
        if name in self.done:
            return name
        self.done[name] = ""
        config = struct.__struct_config__
        hints = get_type_hints(struct)
        lines = []
        if config.tag_field:
            lines.append(f'  {config.tag_field}: "{config.tag}";')
        for field in msgspec.structs.fields(struct):
            kind = self.type(hints[field.name])
            optional = "?" if not field.required and "null" in kind.split(" | ") else ""
            lines.append(f"  {field.encode_name}{optional}: {kind};")
        about = (struct.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
        about = " ".join(about.split())
        self.done[name] = (
            f"/** {about} */\nexport interface {name} {{\n" + "\n".join(lines) + "\n}\n"
        )
        return name

    def type(self, hint: Any) -> str:
        """One annotation in TypeScript."""
        if hint in (Line, Who, Words, str):
            return "string"
        if hint in (int, float):
            return "number"
        if hint is bool:
            return "boolean"
        if hint is type(None):
            return "null"
        if hint is Any or hint is msgspec.Raw:
            return "unknown"
        origin = get_origin(hint)
        if origin is Literal:
            return " | ".join(f'"{value}"' for value in get_args(hint))
        if origin in (Union, types.UnionType):
            kinds = dict.fromkeys(self.type(arg) for arg in get_args(hint))
            return " | ".join(kinds)
        if origin is tuple:
            args = get_args(hint)
            if len(args) == 2 and args[1] is ...:
                inner = self.type(args[0])
                return f"({inner})[]" if " " in inner else f"{inner}[]"
            return f"[{', '.join(self.type(arg) for arg in args)}]"
        if (origin is not None and issubclass(origin, (dict, types.MappingProxyType))) or (
            origin is not None and origin.__name__ == "Mapping"
        ):
            return f"Record<string, {self.type(get_args(hint)[1])}>"
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            return self.name(hint)
        raise TypeError(f"no TypeScript for {hint!r}")


def _alias(name: str, members: list[str]) -> str:
    listed = "".join(f"\n  | {member}" for member in members)
    return f"export type {name} ={listed};\n"


if __name__ == "__main__":
    TARGET.write_text(typescript(), encoding="utf-8")
    print(f"wrote {TARGET}")  # the one thing this script says
