"""Here, away, gone: what the room believes about each seat, from sockets and heartbeats (ruling
*Lead*, ruling *Time*).

A device with a websocket is here until it is silent for `SILENT`; a closed socket is away at once;
away for `GONE_AFTER` is gone. A program that only uses the HTTP API has no heartbeat: each call
counts as one, and it stays here for `PROGRAM_SILENT`. Nothing here is logged; the room logs what
activities need to know.
"""

from collections.abc import Callable, Mapping
from typing import Final, Literal

PresenceWord = Literal["here", "away", "gone"]

SILENT: Final = 10_000
"""Milliseconds without any frame after which a connected device is away: two pings of 5 s
missed."""

GONE_AFTER: Final = 300_000
"""Milliseconds away after which a person is gone (`methods.md` 1.2)."""

PROGRAM_SILENT: Final = 900_000
"""Milliseconds a seat that never had a websocket counts as here after its last call: a quarter of
an hour, because a program or a page without script gives no other sign."""


class _DeviceLife:
    __slots__ = ("beat", "programmed", "sessions")

    def __init__(self) -> None:
        self.sessions: set[object] = set()
        self.beat = 0
        self.programmed = True  # never had a websocket so far

    def on(self, now: int) -> bool:
        """Whether it counts as here by what came to this process."""
        if self.programmed:
            return self.beat > 0 and now - self.beat < PROGRAM_SILENT
        return bool(self.sessions) and now - self.beat < SILENT


class Presence:
    """Presence of one room, by this process and by what others tell of theirs. Times in ms."""

    def __init__(self) -> None:
        self.moved: Callable[[], None] = lambda: None
        """Called when a websocket has opened or closed here."""
        self._elsewhere: dict[str, tuple[int, dict[str, int]]] = {}
        self._devices: dict[str, _DeviceLife] = {}
        self._word: dict[str, PresenceWord] = {}
        self._since: dict[str, int] = {}
        self._seen: dict[str, int] = {}

    def _life(self, device: str) -> _DeviceLife:
        life = self._devices.get(device)
        if life is None:
            life = self._devices[device] = _DeviceLife()
        return life

    def opened(self, device: str, session: object, now: int) -> None:
        """A websocket of this device was accepted."""
        life = self._life(device)
        life.sessions.add(session)
        life.programmed = False
        life.beat = now
        self.moved()

    def closed(self, device: str, session: object) -> None:
        """That websocket is gone; others of the device stay."""
        self._life(device).sessions.discard(session)
        self.moved()

    def connected(self, now: int) -> dict[str, int]:
        """The devices that are here by what this process knows, and how long ago each was heard
        (ms): what to tell the others."""
        return {id: max(0, now - life.beat) for id, life in self._devices.items() if life.on(now)}

    def told(self, process: str, heard: Mapping[str, int], until: int, now: int) -> bool:
        """Another process has these devices, heard so long ago (ms); it says so anew before `until`
        or is gone. Returns whether that is another set of devices than before."""
        _, before = self._elsewhere.get(process, (0, {}))
        self._elsewhere[process] = (until, {device: now - age for device, age in heard.items()})
        return before.keys() != heard.keys()

    def silent(self, now: int) -> list[str]:
        """Processes that have said nothing for too long; each is named once."""
        gone = [process for process, (until, _) in self._elsewhere.items() if until <= now]
        for process in gone:
            del self._elsewhere[process]
        return gone

    def prolong(self, until: int) -> None:
        """Nobody can be heard of now: what the other processes said last holds until then."""
        for process, (_, heard) in self._elsewhere.items():
            self._elsewhere[process] = (until, heard)

    def beat(self, device: str, now: int) -> None:
        """Anything at all arrived from the device."""
        self._life(device).beat = now

    def last_beat(self, device: str) -> int:
        """When the device was last heard (ms), 0 if never that we know."""
        others = (heard.get(device, 0) for _, heard in self._elsewhere.values())
        return max(self._life(device).beat, *others, 0)

    def alive(self, device: str, now: int) -> bool:
        """Whether the device counts as here at `now`."""
        if self._life(device).on(now):
            return True
        return any(now < until and device in heard for until, heard in self._elsewhere.values())

    def next_check(self, now: int) -> int | None:
        """The next moment (ms) at which silence alone could change something."""
        times = [
            life.beat + (PROGRAM_SILENT if life.programmed else SILENT)
            for life in self._devices.values()
            if life.on(now)
        ]
        times += [until for until, heard in self._elsewhere.values() if heard]
        times += [
            since + GONE_AFTER
            for seat, since in self._since.items()
            if self._word.get(seat) == "away"
        ]
        # Who left while away stays so for good: a moment that has passed hides no later one.
        return min((t for t in times if t > now), default=None)

    def word(self, seat: str) -> PresenceWord:
        """Here, away or gone; unknown seats are gone."""
        return self._word.get(seat, "gone")

    def since(self, seat: str) -> int:
        """Since when the seat is away (ms), 0 while here."""
        return 0 if self.word(seat) == "here" else self._since.get(seat, 0)

    def here(self, seat: str) -> bool:
        """Whether the person is here."""
        return self.word(seat) == "here"

    def set(self, seat: str, word: PresenceWord, at: int) -> None:
        """Force a word (at load, on leaving)."""
        self._word[seat] = word
        self._since[seat] = at

    def sweep(
        self, seats: dict[str, tuple[str, ...]], now: int
    ) -> list[tuple[str, PresenceWord, int]]:
        """Compare `seats` (seat -> devices) with what devices show; returns changes as (seat,
        word, seen ms)."""
        changes: list[tuple[str, PresenceWord, int]] = []
        for seat, devices in seats.items():
            seen = max((self.last_beat(d) for d in devices), default=0)
            old = self._word.get(seat, "gone")
            if any(self.alive(d, now) for d in devices):
                new: PresenceWord = "here"
            elif old == "here":
                new = "away"
            elif old == "away" and now - self._since.get(seat, now) >= GONE_AFTER:
                new = "gone"
            else:
                new = old
            if new != old:
                self._word[seat] = new
                if new != "gone":
                    self._since[seat] = now
                changes.append((seat, new, min(seen or now, now)))
        return changes
