"""One frame to everybody who reads a document.

What is looked at for each reader of a hall costs more than writing to it: two hundred sessions, and
all that belongs to them, are in no cache of the processor any more when the next edit comes. So the
ways into the sockets that take frames now are laid out in a row, once for each document, until
somebody comes or goes, opens or closes a document, or reads too slowly.
"""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from rooms.outgoing import Outgoing

if TYPE_CHECKING:
    from rooms.session import Session


class _Row:
    """The readers of one document: those whose sockets are free, and the others."""

    __slots__ = ("frame", "others", "places", "readers", "ways")

    def __init__(self) -> None:
        self.readers: list[Session] = []
        self.ways: list[Callable[[bytes], None]] = []
        self.places: dict[Session, int] = {}
        self.others: list[Session] = []
        self.frame: Callable[[Outgoing], bytes] | None = None


class FanOut:
    """The sessions of one room, by what they read. Call `stale` whenever that may have changed, and
    whenever a socket takes frames or no longer does."""

    def __init__(self) -> None:
        self.sessions: set[Session] = set()
        self._rows: dict[str, _Row] = {}

    def enter(self, session: "Session") -> None:
        """Somebody is connected."""
        self.sessions.add(session)
        self.stale()

    def leave(self, session: "Session") -> None:
        """Somebody is gone."""
        self.sessions.discard(session)
        self.stale()

    def stale(self) -> None:
        """Look again at everybody before the next frame."""
        self._rows.clear()

    def send(self, name: str, item: Outgoing, but: Collection["Session"] = ()) -> None:
        """Send something about a document (`name` without the room's prefix) to all who have it
        open, `but` these."""
        row = self._rows.get(name)
        if row is None:
            row = self._rows[name] = self._laid(name, item)
        if row.frame is not None:
            frame = row.frame(item)
            left_out = {row.places[session] for session in but if session in row.places}
            for place, way in enumerate(row.ways):
                if place not in left_out:
                    try:
                        way(frame)
                    except RuntimeError:  # closed, and the loop has not said so yet
                        row.readers[place].outbox.put(item)
        for session in row.others:
            if session not in but:
                session.outbox.put(item)

    def _laid(self, name: str, item: Outgoing) -> _Row:
        row = _Row()
        for session in self.sessions:
            if name not in session.opened:
                continue
            pipe = session.outbox.straight
            way = pipe.way(item) if pipe is not None else None
            if pipe is None or way is None:
                row.others.append(session)
                continue
            row.places[session] = len(row.readers)
            row.readers.append(session)
            row.ways.append(way)
            row.frame = pipe.frame
        return row
