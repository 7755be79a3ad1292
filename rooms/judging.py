"""The log of a large document, joined to its index in pieces, while those who only read are
answered (`performance.md` 12.4).

Each row was judged before it was kept, so a whole row of ours may be shown before it was judged
again; no edit is judged against an index that lacks anything of it.
"""

from collections.abc import Generator, Sequence
from typing import Final

from rooms.ownership import Index
from rooms.update_gate import STORED, reading

TOGETHER: Final = 1_024
"""Bytes of short updates that are one piece."""


class Judging:
    """On its way through the updates of one log into its index."""

    def __init__(self, index: Index, updates: Sequence[bytes]) -> None:
        self.size = 0
        """Bytes of what was new in them."""
        self.failed = True
        """Whether one of them is not in order: then the index is not to be used. Until the end as
        well."""
        self._index = index
        self._steps = self._taking(updates)

    def go_on(self) -> bool:
        """Do a piece, some 2 ms; gives whether that was the last."""
        try:
            next(self._steps)
        except StopIteration:
            return True
        except Exception:  # not in order; whatever else it is, loading will say
            return True
        return False

    def _taking(self, updates: Sequence[bytes]) -> Generator[None, None, None]:
        since = 0
        for update in updates:
            parsed = yield from reading(update, STORED, step2=True)
            change = yield from self._index.staging(parsed, None)
            yield from self._index.committing(change)
            self.size += len(change.data)
            since += len(update)
            if since >= TOGETHER:
                since = 0
                yield
        self.failed = False
