"""A row of a document's log: what is in it, and what an older program makes of a newer one's."""

from typing import Final

import msgspec

from rooms.sealed import is_sealed, seal, unseal
from rooms.storage import Newer, StoredUpdate

ROW_VERSION: Final = 1
"""Of what a row may hold. A reader of a lower one hands the room over (SCA5): raise it when older
gates would not let in, or not understand, what documents hold from then on."""

GATE: Final = 1
"""Of the gate that judged a row. Raise it when the gate no longer lets in what it let in before:
what older gates judged is judged again before anybody is shown it."""


class StoredRow(msgspec.Struct, frozen=True, array_like=True):
    """A row of a document's log: the update, (client id, device) pairs first seen with it, whether
    people made it, not the room itself, the `ROW_VERSION` it has to be read by, and the `GATE` that
    judged it (0: one before they were counted)."""

    update: bytes
    bound: tuple[tuple[int, str], ...] = ()
    people: bool = False
    v: int = ROW_VERSION
    gate: int = 0


_pack = msgspec.msgpack.Encoder()
_unpack = msgspec.msgpack.Decoder(StoredRow)


def packed(row: StoredRow) -> bytes:
    """The row to store."""
    return seal(_pack.encode(row))


def is_ours(row: StoredUpdate, stored: StoredRow) -> bool:
    """Whether a row is whole, and this very gate has judged what it says."""
    return is_sealed(row.update) and stored.gate == GATE


def unpacked(row: StoredUpdate) -> StoredRow:
    """What a row of the log says. Raises `msgspec.DecodeError` when it was damaged, and `Newer`
    when it is whole and only a newer version understands it."""
    body = unseal(row.update)
    try:
        stored = _unpack.decode(body)
    except msgspec.DecodeError as error:
        if is_sealed(row.update):
            raise Newer(f"a row of a document: {error}") from error
        raise
    if stored.v > ROW_VERSION:
        raise Newer(f"a row of a document is of version {stored.v}")
    return stored
