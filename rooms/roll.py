"""The roll of a room: presence compared with the log, and what the log has yet to be told.

Presence changes when a line drops, whether or not the storage can be written. What changed waits
here until a commit has taken it in, so that a full disk loses nobody's coming or going (PRE6).
"""

from collections.abc import Callable
from typing import Final

from activities.kernel import MemberAway, MemberBack, MemberJoined, MemberLeft
from rooms import commits, helm_desk
from rooms import lead as leads
from rooms.asking import member_of, moment_of
from rooms.hats import facilitators
from rooms.presence import Presence, PresenceWord
from rooms.room_state import RoomState
from rooms.whole import Draft

Change = tuple[str, PresenceWord, int]
"""Seat, what it is now, and when it was last heard (ms)."""

RETRY: Final = 1_000
"""Milliseconds until what could not be written is told again."""


class Roll:
    """What changed and is not in the log yet. `presence` is the room's own."""

    def __init__(self, presence: Presence, new_id: Callable[[], str] = str) -> None:
        self._presence = presence
        self._new_id = new_id
        self._untold: list[Change] = []

    @property
    def waiting(self) -> bool:
        """Whether the log has something to be told."""
        return bool(self._untold)

    def everyone_away(self, state: RoomState, seen: int, now: int) -> None:
        """After loading nobody is connected here; who is not elsewhere either was last heard at
        `seen` (ms)."""
        for seat in state.seats.values():
            if any(self._presence.alive(device, now) for device in seat.devices):
                self._presence.set(seat.id, "here", now)
            elif seat.status in ("in", "waiting"):
                self._presence.set(seat.id, "away", now)
                self._untold.append((seat.id, "away", seen))

    def call(self, state: RoomState, now: int) -> None:
        """Compare everyone with their devices."""
        people = {s.id: s.devices for s in state.seats.values() if s.status in ("in", "waiting")}
        self._untold += self._presence.sweep(people, now)

    def take(self) -> list[Change]:
        """What waits, in order. The caller commits it, or calls `put_back`."""
        taken, self._untold = self._untold, []
        return taken

    def put_back(self, changes: list[Change]) -> None:
        """These could not be committed."""
        self._untold = changes + self._untold

    def tell(self, draft: Draft, changes: list[Change], dice: int) -> None:
        """Tell the running activity who came and went, and move the lead if that calls for it."""
        clock = moment_of(draft, None, draft.now, dice)
        for seat_id, word, seen in changes:
            seat = draft.room.seats[seat_id]
            if not seat.person or seat.status != "in":
                continue
            match word:
                case "away":
                    draft.tell_current(MemberAway(seat=seat_id, seen=seen), clock)
                case "gone":
                    draft.tell_current(MemberLeft(seat=seat_id), clock)
                case "here":
                    known = len(draft.events)
                    draft.tell_current(MemberBack(seat=seat_id), clock)
                    if len(draft.events) == known:
                        # The activity has let go of them, or began without them.
                        who = member_of(draft, seat, self._presence)
                        draft.tell_current(MemberJoined(member=who), clock)
        self.move_lead(draft)

    def move_lead(self, draft: Draft) -> None:
        """What presence, time and the plan alone change in the lead record; at the end of every
        commit."""
        before = draft.room.lead
        may_lead = facilitators(draft.room)
        present = frozenset(s.id for s in may_lead if self._presence.here(s.id))
        away = 0
        if not present:
            away = max((self._presence.since(s.id) for s in may_lead), default=draft.now)
        record = leads.tick(draft.room.lead, present, away, draft.now)
        if record != draft.room.lead:
            draft.add(commits.LeadChanged(lead=record))
        helm_desk.settle(draft, before, self._presence, self._new_id)
