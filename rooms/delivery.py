"""Fresh views and merged document updates to every session of a room, once per tick; pointers on a
slower one of their own (`architecture.md`, Delivery)."""

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import pycrdt
import structlog

from activities.kernel import Refused
from rooms.awareness import Changes
from rooms.fan_out import FanOut
from rooms.outgoing import NOTHING_KNOWN, Ack, Aware, ClosedDocument, Pointers, Update
from rooms.session import farewell
from rooms.sheet import Printed, Sheet
from rooms.tick import Tick
from rooms.wire import CLOSE_CODES, Goodbye

if TYPE_CHECKING:
    from rooms.room import Room
    from rooms.session import Session

log = structlog.get_logger("rooms")

MERGED_AT_ONCE: Final = 50
"""Updates merged in one call: merging is quadratic beyond that (`performance.md` 12)."""

POINTERS: Final = 0.040
"""Seconds between two tellings of where people point: what nobody sees on a pointer."""

POINTERS_CROWDED: Final = 0.080
"""The same in a crowd."""

CROWD: Final = 250
"""Devices from which on a room is one: below it three of four tellings arrive within 40 ms."""

HALL: Final = 40
"""Devices from which on a list of people is long, and everybody's view a while in the making."""

COMING: Final = 0.250
"""Seconds between two views of a hall in which people only come and go: when two hundred come in at
once, making each of them everybody's view would take the time of those who come next."""

POINT_APART: Final = 10
"""Devices that are not sent their own pointers; of more, a frame for each would cost more than the
few bytes."""


class Delivery:
    """Who is connected to a room, and what waits to leave."""

    def __init__(self, room: "Room") -> None:
        self.room = room
        self.readers = FanOut()
        self.tick = Tick(self._flush_content)
        self.pointers = Tick(self._flush_pointers, rest=self._pointers_rest)
        self.late = Tick(self._flush_late, rest=lambda _took: COMING)
        self._views = self._views_late = False
        self._came: set[Session] = set()
        self._updates: dict[str, list[tuple[Session | None, bytes]]] = defaultdict(list)
        self._pointed: set[str] = set()
        self.pointed_here: Callable[[str, bytes], None] | None = None
        """Called with where people here point, for the other processes, if there are any."""
        self._sent: dict[str, bytes] = {}  # state vectors of what has left
        self._saved: dict[str, Ack] = {}
        room.changed = self.views_changed
        room.shelf.on_edit = self.edited
        self.resyncs = 0

    @property
    def sessions(self) -> set["Session"]:
        """Who is connected."""
        return self.readers.sessions

    def views_changed(self) -> None:
        """Something in the log, or in presence, is new."""
        if self.room.only_people and len(self.sessions) >= HALL:
            self._views_late = True
            self.late.wake()
        else:
            self._views = True
            self.tick.wake()

    def came(self, session: "Session") -> None:
        """A device has opened the room: it is sent all it shows with the next tick, in one go with
        those who come in the same moment."""
        self._came.add(session)
        self.tick.wake()

    def edited(self, document: str, update: bytes, by: "Session | None") -> None:
        """A document has this new update; `by` already has it."""
        self._updates[document].append((by, update))
        self.tick.wake()

    def saved(self, document: str) -> Ack:
        """That an edit of an open document is durable: one object, and so one frame, for all."""
        found = self._saved.get(document)
        if found is None:
            found = self._saved[document] = Ack(document, True)
        return found

    def pointed(self, document: str) -> None:
        """Somebody points at something, or no longer; only the last of each device matters."""
        self._pointed.add(document)
        self.pointers.wake()

    def pointed_elsewhere(self, process: str, document: str, states: bytes) -> None:
        """People at another process point at something."""
        if self.room.shelf.aware_elsewhere(document, states, process):
            self.pointed(document)

    def left_elsewhere(self, process: str) -> None:
        """Another process is gone, and so are its people's pointers."""
        for document in self.room.shelf.leave_elsewhere(process):
            self.pointed(document)

    def flush(self) -> None:
        """Send all that waits."""
        self._views = self._views or self._views_late
        self._flush_content()
        self._flush_pointers()

    def close(self) -> None:
        """Send all that waits, and stop for good."""
        self.tick.close()
        self.late.close()
        self.pointers.close()

    def _flush_content(self) -> None:
        updates, self._updates = self._updates, defaultdict(list)
        views, self._views = self._views, False
        came, self._came = self._came & self.sessions, set()
        if views or self._views_late:
            self._close_unreadable()
        for document, edits in updates.items():
            self._send_edits(document, edits)
        if views:
            self._views_late = False
        if readers := list(self.sessions if views else came):
            sheet = Sheet(self.room)
            for session in readers:
                self._send_views_guarded(session, sheet)

    def _flush_late(self) -> None:
        if self._views_late:
            self._views = True
            self._flush_content()

    def _flush_pointers(self) -> None:
        pointed, self._pointed = self._pointed, set()
        if self._views or self._views_late:  # no pointer where one may no longer read (DOC8)
            self._close_unreadable()
        for document in pointed:
            self._send_pointers(document, self.room.shelf.pointed(document))

    def _pointers_rest(self, _took: float) -> float:
        return POINTERS if len(self.sessions) < CROWD else POINTERS_CROWDED

    def _close_unreadable(self) -> None:
        for session in list(self.sessions):
            self.close_documents(session)

    def _send_views_guarded(self, session: "Session", sheet: Sheet) -> None:
        """A view that cannot be made is a bug: it ends that session only."""
        try:
            self.send_views(session, sheet)
        except Exception:
            seat = session.device.seats[0] if session.device and session.device.seats else ""
            log.exception("view_failed", room=self.room.id, seat=seat)
            self.dismiss(session, Goodbye(1011, CLOSE_CODES[1011], retry=True))

    def dismiss(self, session: "Session", goodbye: Goodbye) -> None:
        """The last this session is sent; nothing more of the room reaches it."""
        session.opened = frozenset()
        session.goodbye(goodbye)

    def _send_edits(self, document: str, edits: list[tuple["Session | None", bytes]]) -> None:
        """Authors get what others did; everyone else shares one frame."""
        full = f"{self.room.id}/{document}"
        authors = {by for by, _ in edits if by is not None}
        since = self._sent.get(document, NOTHING_KNOWN)
        everyone = _frames(full, [update for _, update in edits], since)
        self._sent[document] = self.room.shelf.told(document)
        for frame in everyone:
            self.readers.send(document, frame, but=authors)
        for session in authors if len(edits) > 1 else ():
            if document in session.opened and session in self.sessions:
                others = [update for by, update in edits if by is not session]
                for frame in _frames(full, others, since):
                    session.outbox.put(frame)

    def _send_pointers(self, document: str, changes: Changes) -> None:
        """A few who point get what the others did; in a lively room all share one frame, in which
        pages overlook themselves."""
        full = f"{self.room.id}/{document}"
        devices = changes.devices
        if len(devices) > POINT_APART:
            devices = set()
        made: dict[tuple[str, bool], Aware | Pointers | None] = {}
        for session in self.sessions:
            if document not in session.opened or session.device is None:
                continue
            if full in session.outbox.unaware:
                self.show_pointers(session, document)
                continue
            without = session.device.id if session.device.id in devices else ""
            key = without, session.short
            if key not in made:
                data = changes.short(without) if session.short else changes.update(without)
                kind = Pointers if session.short else Aware
                made[key] = kind(full, data) if data else None
            if (frame := made[key]) is not None:
                session.outbox.put(frame)
        if self.pointed_here is not None and (here := changes.update(here=True)):
            self.pointed_here(document, here)

    def show_pointers(self, session: "Session", document: str) -> None:
        """Everybody's pointers, for a newcomer, and for a device that read too slowly for some."""
        full = f"{self.room.id}/{document}"
        session.outbox.unaware.discard(full)
        if data := self.room.shelf.everyone_aware(document, session.short):
            session.outbox.put(Pointers(full, data) if session.short else Aware(full, data))

    def dismiss_all(self, goodbye: Goodbye) -> None:
        """The same last word to every session."""
        for session in list(self.sessions):
            self.dismiss(session, goodbye)

    def close_documents(self, session: "Session") -> None:
        """Whoever may no longer read a document is told so before anything more of it is sent; a
        device without a seat is sent away (SEA6)."""
        if session.device is None:
            return
        if goodbye := farewell(self.room, session.device):
            self.dismiss(session, goodbye)
            return
        allowed = self.room.documents(session.device)
        for document in sorted(session.opened - allowed - {""}):
            session.opened -= {document}
            full = f"{self.room.id}/{document}"
            session.outbox.put(ClosedDocument(full, "permission-denied"))

    def send_views(self, session: "Session", sheet: Sheet | None = None) -> None:
        """The newest of everything a session shows; each replaces the one still waiting (WIR1)."""
        room = self.room
        if session.device is None:
            return
        sheet = sheet or Sheet(room)
        self._latest(session, "device", sheet.device(session.device))
        for seat_id in room.seats_of(session.device):
            seat = room.whole.room.seats[seat_id]
            try:
                view = sheet.view(session.device, seat, session.lenses.get(seat_id))
            except Refused:  # a lens of a role this person no longer has
                session.lenses.pop(seat_id, None)
                view = sheet.view(session.device, seat, None)
            self._latest(session, f"view/{seat_id}", view)
            if seat.role != "screen":
                self._latest(session, f"words/{seat_id}", sheet.words(seat))
            self._latest(session, f"people/{seat_id}", sheet.people(seat))
            if (desk := sheet.desk(seat)) is not None:
                self._latest(session, f"desk/{seat_id}", desk)
            if (plan := sheet.plan(seat)) is not None:
                self._latest(session, f"plan/{seat_id}", plan)

    def _latest(self, session: "Session", key: str, printed: Printed) -> None:
        if session.sent.get(key) != printed.mark:
            session.sent[key] = printed.mark
            session.outbox.put_latest(key, printed.say)


def _frames(full: str, updates: list[bytes], since: bytes) -> list[Update]:
    """One frame with all updates, or one for each when they cannot be merged."""
    try:
        return [Update(full, merged, since) for merged in _merged(updates)]
    except BaseException as error:
        # A panic of pycrdt is a BaseException; merging leaves no state behind that could be broken.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        log.error("merge_failed", document=full, updates=len(updates), error=repr(error))
        return [Update(full, update, since) for update in updates]


def _merged(updates: list[bytes]) -> list[bytes]:
    while len(updates) > 1:
        updates = [
            pycrdt.merge_updates(*updates[i : i + MERGED_AT_ONCE])
            for i in range(0, len(updates), MERGED_AT_ONCE)
        ]
    return updates
