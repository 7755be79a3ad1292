"""A whole document as one ready frame for those who come in, with what came since behind it.

Two hundred who join at once are sent the same bytes, encoded once (`performance.md` 12.4). What was
removed must not live on here: whoever removes something drops what stands (DOC9). A large one is
deflated once as well, beside the loop, for pages that ask for it.
"""

import asyncio
import zlib
from collections.abc import Callable
from typing import Final

import pycrdt

from rooms.outgoing import Outgoing, Step2, Update

LATER_MOST: Final = 50
"""Updates kept behind a whole: merging is quadratic beyond that (`performance.md` 12)."""

LATER_BYTES: Final = 65_536
"""Bytes of them: beyond that encoding the whole again costs less than everybody's second frame."""

PACKED_FROM: Final = 32_768
"""Bytes of a document from which on deflating pays: below it is a few packets either way."""

PACKING: Final = 1
"""zlib's level: it leaves 43 % of a board of 1,000 cards in 5 ms for 470 kB, the highest 42 % in
24 ms."""


class Standing:
    """The frames of one room's documents, by full name."""

    def __init__(self) -> None:
        self._wholes: dict[str, Step2] = {}
        self._later: dict[str, list[bytes]] = {}
        self._merged: dict[str, Update] = {}
        self._used: set[str] = set()
        self._packed: dict[str, asyncio.Task[Step2]] = {}
        self.encoded = 0
        """Times a whole document was encoded for those who came in."""

    def frames(self, document: str, encode: Callable[[], bytes]) -> list[Outgoing]:
        """What somebody who has nothing is sent, the same objects for all who come now."""
        self._used.add(document)
        if document not in self._wholes:
            self._wholes[document] = Step2(document, encode())
            self._later[document] = []
            self.encoded += 1
        later = self._later[document]
        if later and document not in self._merged:
            merged = pycrdt.merge_updates(*later) if len(later) > 1 else later[0]
            self._merged[document] = Update(document, merged)
            later[:] = [merged]
        return [self._wholes[document], *filter(None, [self._merged.get(document)])]

    async def packed(self, document: str, whole: Outgoing) -> Outgoing | None:
        """The same deflated, if it is large; None when it stands no longer, since something may
        have been removed meanwhile."""
        if not isinstance(whole, Step2) or len(whole.update) < PACKED_FROM:
            return whole
        if self._wholes.get(document) is not whole:
            return None
        if document not in self._packed:
            self._packed[document] = asyncio.ensure_future(_pack(whole))
        packed = await asyncio.shield(self._packed[document])
        return packed if self._wholes.get(document) is whole else None

    def changed(self, document: str, update: bytes) -> None:
        """The document has this new update, which removed nothing."""
        if document not in self._wholes:
            return
        later = self._later[document]
        later.append(update)
        self._merged.pop(document, None)
        if len(later) > LATER_MOST or sum(map(len, later)) > LATER_BYTES:
            self.drop(document)

    def drop(self, document: str) -> None:
        """Keep nothing of a document."""
        self._wholes.pop(document, None)
        self._later.pop(document, None)
        self._merged.pop(document, None)
        self._packed.pop(document, None)

    def rest(self) -> None:
        """Drop what nobody asked for since the last time."""
        for document in set(self._wholes) - self._used:
            self.drop(document)
        self._used.clear()


async def _pack(whole: Step2) -> Step2:
    data = await asyncio.to_thread(zlib.compress, whole.update, PACKING)
    return Step2(whole.document, whole.update, whole.since, data)
