"""How much of anything one address, device, seat or room may ask for.

Counting windows (wrong codes, rooms opened) come from the `limits` library; the buckets of the
websocket are ten lines here, because they are asked for every frame and must not await.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import msgspec
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from server.errors import Problem

if TYPE_CHECKING:
    from rooms.seats import Device

WRONG_CODES_PER_ADDRESS: Final = RateLimitItemPerMinute(10, 10)
"""Ten slips in ten minutes are a person; 50 addresses then try 72,000 codes a day of 8.5e11."""

WRONG_CODES_PER_ROOM: Final = RateLimitItemPerHour(100)
"""Wrong codes against one room from anywhere, so that many addresses do not add up; links with
their 128 bits keep working."""

ROOMS_PER_ADDRESS: Final = RateLimitItemPerHour(600)
"""Rooms one address may open: a school's workshops behind one address, not a disk filler."""

SEATS_PER_ADDRESS: Final = RateLimitItemPerMinute(600, 10)
"""People who come in from one address in ten minutes: two full halls behind one router."""

REQUESTS_PER_DEVICE: Final = (20.0, 60.0)
"""Commands and reads of one device over HTTP, a second and at once: a program that walks a room
answers at most a few a second."""

FRAMES_PER_DEVICE: Final = (40.0, 240.0)
"""Websocket frames of one device a second and at once: 30 updates a second of fast typing with
pointers, and the burst of five seats reopening all their documents."""

BYTES_PER_DEVICE: Final = (262_144.0, 4_194_304.0)
"""Bytes of one device a second and at once: four full offline boards at once, then 256 KiB/s."""

FRAMES_PER_ROOM: Final = (2_000.0, 12_000.0)
"""Frames of all devices of a room: 200 people typing at ten a second."""

PHOTOS_PER_SEAT: Final = (0.2, 10.0)
"""Photos one seat sends a second and at once: a tour's worth, then one each five seconds; each
costs a tenth of a second of work."""

COMMANDS_PER_SEAT: Final = (5.0, 30.0)
"""Commands of one seat: taps, and a queue kept while offline."""

SOCKETS_PER_ADDRESS: Final = 400
"""Open websockets of one address: a hall of 200 with two devices each behind one router."""

SOCKETS: Final = 5_000
"""Open websockets of the process: 25 KiB each and the file limit of a common system."""

BUCKETS_KEPT: Final = 20_000
"""Buckets in memory; the one unused longest goes first, and was full by then."""


class Bucket:
    """A token bucket: `rate` a second, `burst` at once. Times in seconds, from any clock."""

    __slots__ = ("burst", "left", "rate", "seen")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate = rate
        self.burst = burst
        self.left = burst
        self.seen = now

    def take(self, now: float, amount: float = 1.0) -> bool:
        """Take `amount` out; False when there is not enough, and then nothing is taken."""
        left = self.left
        if now > self.seen:
            left += (now - self.seen) * self.rate
            left = self.burst if left > self.burst else left
        self.seen = now
        self.left = left if left < amount else left - amount
        return left >= amount


class _Speaking(msgspec.Struct):
    seat: str | None = None


class Limits:
    """The counters of one process. `now` gives seconds and never goes back."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._windows: MovingWindowRateLimiter | None = None
        self._buckets: OrderedDict[tuple[str, str], Bucket] = OrderedDict()
        self._sockets: dict[str, int] = {}
        self.refused = 0  # how often something was too much, for /metrics

    @property
    def windows(self) -> MovingWindowRateLimiter:
        """The counting windows; made at the first use, inside the loop that uses them."""
        if self._windows is None:
            self._windows = MovingWindowRateLimiter(MemoryStorage())
        return self._windows

    @property
    def open_sockets(self) -> int:
        """Websockets that hold a place now."""
        return sum(self._sockets.values())

    async def may_try_code(self, address: str, room: str = "") -> None:
        """Raise `Problem("too_many")` when this address, or everybody at this room, has been
        wrong too often; the same answer whether the code is right or not (A7)."""
        group = address_group(address)
        allowed = await self.windows.test(WRONG_CODES_PER_ADDRESS, "wrong", group)
        if allowed and room:
            allowed = await self.windows.test(WRONG_CODES_PER_ROOM, "wrong-room", room)
        if not allowed:
            self._refuse(WRONG_CODES_PER_ADDRESS)

    async def wrong_code(self, address: str, room: str = "") -> None:
        """Count a wrong code."""
        await self.windows.hit(WRONG_CODES_PER_ADDRESS, "wrong", address_group(address))
        if room:
            await self.windows.hit(WRONG_CODES_PER_ROOM, "wrong-room", room)

    async def count(self, item: RateLimitItem, what: str, who: str) -> None:
        """Count one of `what` for `who`; raises `Problem("too_many")` over the limit."""
        if not await self.windows.hit(item, what, who):
            self._refuse(item)

    def _refuse(self, item: RateLimitItem) -> None:
        self.refused += 1
        raise Problem("too_many", retry_after=min(item.get_expiry(), 600))

    def take(self, kind: str, who: str, rate: tuple[float, float], amount: float = 1.0) -> bool:
        """Take from the bucket of `who`; False when it is empty."""
        return self._take(self._now(), (kind, who), rate, amount)

    def frame(self, device: str, room: str, size: int) -> bool:
        """Count a frame of so many bytes of a device, and of its room once it has one; False when
        it is one too many."""
        now = self._now()
        return (
            self._take(now, ("frames", device), FRAMES_PER_DEVICE)
            and self._take(now, ("bytes", device), BYTES_PER_DEVICE, size)
            and (not room or self._take(now, ("room", room), FRAMES_PER_ROOM))
        )

    def _take(
        self, now: float, key: tuple[str, str], rate: tuple[float, float], amount: float = 1.0
    ) -> bool:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(*rate, now)
            if len(self._buckets) > BUCKETS_KEPT:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        taken = bucket.take(now, amount)
        self.refused += not taken
        return taken

    def command(self, room: str, device: Device, raw: bytes) -> None:
        """Count one command of the seat it speaks for, whichever device sends it; raises
        `Problem("too_many")`. What cannot be read is the room's to refuse."""
        seat = device.seats[0] if device.seats else ""
        with suppress(msgspec.DecodeError, RecursionError):
            named = msgspec.json.decode(raw, type=_Speaking).seat
            seat = named if named in device.seats else seat
        if not self.take("command", f"{room}/{seat}", COMMANDS_PER_SEAT):
            raise Problem("too_many", retry_after=1)

    def request(self, device: str) -> None:
        """Count one HTTP request of a device; raises `Problem("too_many")`."""
        if not self.take("request", device, REQUESTS_PER_DEVICE):
            raise Problem("too_many", retry_after=1)

    @contextmanager
    def socket(self, address: str) -> Iterator[bool]:
        """Hold a place for a websocket; gives False when there is none left."""
        group = address_group(address)
        held = self._sockets.get(group, 0)
        if held >= SOCKETS_PER_ADDRESS or self.open_sockets >= SOCKETS:
            self.refused += 1
            yield False
            return
        self._sockets[group] = held + 1
        try:
            yield True
        finally:
            left = self._sockets[group] - 1
            if left:
                self._sockets[group] = left
            else:
                del self._sockets[group]


def address_group(address: str) -> str:
    """What counts as one address: IPv4 as it is, IPv6 by its /64, which one home gets whole."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.IPv6Network((ip, 64), strict=False))
    return str(ip)
