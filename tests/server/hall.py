"""A room full of phones on whole servers, all of them writing; and whether anything was lost."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from rooms import commits
from rooms.redis_storage import RedisStorage
from rooms.sqlite_storage import SqliteStorage
from rooms.storage import Storage
from tests.bench.door import Door
from tests.server.https_fronts import HttpsFront
from tests.server.phone import Phone
from tests.server.processes import Front, Process
from tests.waiting import until

EDIT: Final = re.compile(r"~e(\d+)~")

EDITS_A_SECOND: Final = 200
COMMANDS_A_SECOND: Final = 5

SECRET: Final = "a secret of the tests, for every process"


class Hall:
    """`async with Hall(folder, ...) as hall`: servers, a front, a room, and phones in it."""

    def __init__(
        self,
        folder: Path,
        *,
        redis: str = "",
        processes: int = 1,
        phones: int = 10,
        modules: tuple[str, ...] = (),
        front: HttpsFront | None = None,
        **environ: str,
    ) -> None:
        self.folder = folder
        self.redis = redis
        self._wanted = phones
        names = modules or ("server",) * processes
        # One room of tests comes from one address: its limits are another test's matter.
        environ["TALANOA_SECRET"] = SECRET
        if front is not None:
            environ |= {"TALANOA_PUBLIC_URL": front.address, "TALANOA_TRUSTED_PROXIES": "127.0.0.1"}
        self.processes = [
            Process(folder / f"p{n}", redis=redis, module=name, **environ)
            for n, name in enumerate(names)
        ]
        self.front = Front(self.processes)
        self.https = front
        """An https front in its place, if there is one."""
        self.trusts = front.trusts if front else None
        self._fronts = contextlib.AsyncExitStack()
        self.phones: list[Phone] = []
        self.room = ""
        self._loads: list[asyncio.Task[None]] = []
        self._enough = asyncio.Event()

    async def __aenter__(self) -> Hall:
        try:
            await asyncio.gather(*(process.start() for process in self.processes))
            await self._open_front()
            opened = await self.door.open_room()
            self.room, self.lead = opened["room"], opened["token"]
            seats = [(opened["seat"], opened["token"])]
            for number in range(1, self._wanted):
                taken = await self.door.take_seat(self.room, opened["code"], f"Writer {number}")
                seats.append((taken["seat"], taken["token"]))
            self.phones = [
                Phone(self.address, self.room, *seat, trusts=self.trusts) for seat in seats
            ]
            await asyncio.gather(*(phone.start() for phone in self.phones))
            await self.phones[0].ask()
            await self.settled()
            (card,) = await self.board()
            for phone in self.phones[1:]:
                phone.ticks = card
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.rest()
        await asyncio.gather(*(phone.close() for phone in self.phones))
        await self._fronts.aclose()
        for process in self.processes:
            if process.port:
                await process.stop()

    async def _open_front(self) -> None:
        if self.https is not None:
            self.https.behind = [process.port for process in self.processes]
        front = self.https or self.front
        await self._fronts.enter_async_context(front)
        self.address = front.address
        self.door = Door(self.address, trusts=self.trusts)
        self._fronts.push_async_callback(self.door.close)

    # Load -----------------------------------------------------------------------------------------

    def load(self, edits: float = EDITS_A_SECOND, commands: float = COMMANDS_A_SECOND) -> None:
        """From now on all write and ask, so often a second together, whatever the servers do."""
        self._enough.clear()
        for phone in self.phones:
            for work, rate in ((phone.write, edits), (phone.ask, commands)):
                often = _often(work, rate / len(self.phones), self._enough)
                self._loads.append(asyncio.create_task(often))

    async def rest(self) -> None:
        """Nobody does anything new."""
        self._enough.set()
        loads, self._loads = self._loads, []
        await asyncio.gather(*loads)

    async def saved(self, more: int, seconds: float = 60) -> None:
        """Wait until so many more edits were acknowledged."""
        upto = sum(len(phone.saved) for phone in self.phones) + more

        async def enough() -> bool:
            return sum(len(phone.saved) for phone in self.phones) >= upto

        await until(enough, seconds)

    async def settled(self, seconds: float = 60) -> None:
        """Stop the load, and wait until everything is answered."""
        await self.rest()

        async def all_saved() -> bool:
            return all(phone.open.is_set() and not phone.unsaved for phone in self.phones)

        with contextlib.suppress(AssertionError):
            await until(all_saved, seconds)
        left = {
            phone.seat: (set(range(1, phone.written + 1)) - phone.saved, list(phone.waiting))
            for phone in self.phones
            if phone.unsaved
        }
        assert not left, f"not saved: {left}; refused: {[p.refused[-3:] for p in self.phones]}"

    # The end --------------------------------------------------------------------------------------

    async def judge(self, decode: Callable[[bytes], commits.Commit] = commits.decode) -> int:
        """Nothing is lost, nothing is there twice, and all see the same. Ends the servers; gives
        how many edits there were. `decode`: how the servers read commits."""
        await self.settled()
        shown = await self.board()

        async def same() -> bool:
            return all(phone.texts() == shown for phone in self.phones)

        await until(same, 20)
        count = 0
        for phone in self.phones:
            own = (text for id, text in shown.items() if id.startswith(f"{phone.seat}-"))
            numbers = [int(number) for text in own for number in EDIT.findall(text)]
            assert sorted(numbers) == list(range(1, phone.written + 1)), phone.seat
            count += len(numbers)
        for process in self.processes:
            await process.stop()
        storage = await self.storage()
        try:
            log = [decode(raw) for _, raw in await storage.commits(self.room)]
            self._judge_log(log, await storage.words(self.room), shown)
        finally:
            await storage.close()
        return count

    def _judge_log(
        self, log: list[commits.Commit], words: Mapping[str, bytes], shown: dict[str, str]
    ) -> None:
        assert [commit.seq for commit in log] == list(range(1, len(log) + 1))
        asked = Counter((commit.seat, commit.request) for commit in log if commit.request)
        assert set(asked.values()) <= {1}, "a command was applied twice"
        for phone in self.phones:
            assert len(phone.done) == phone.asked, phone.refused
            for number, seq in phone.done.items():
                request = f"{phone.seat}-{number}"
                commit = log[seq - 1]
                assert (commit.seat, commit.request) == (phone.seat, request)
                if phone.ticks:
                    continue
                (added,) = (e for e in commit.events if isinstance(e, commits.NoteAdded))
                assert words[added.words].decode() == f"~{request}~"
                # What it led to is on the board, once.
                assert sum(text == f"~{request}~" for text in shown.values()) == 1
            events = [event for commit in log for event in commit.events]
            ticks = [e for e in events if isinstance(e, commits.NoteTicked)]
            ons = [event.on for event in ticks if event.seat == phone.seat]
            assert ons == [n % 2 == 0 for n in range(len(ons))], "ticks come in turn"
            assert len(ons) == (phone.asked if phone.ticks else 0)

    async def board(self) -> dict[str, str]:
        """Every card as a program reads it."""
        found = await self.door.board(self.room, self.lead)
        return {card["id"]: card["text"] for card in found["cards"]}

    async def view(self) -> dict[str, Any]:
        """What the lead sees."""
        return await self.door.view(self.room, self.lead)

    async def command(self, command: dict[str, Any]) -> None:
        """Something the lead asks for by a program."""
        await self.door.command(self.room, self.lead, command)

    async def storage(self) -> Storage:
        """What is kept, once no process has it any more."""
        if self.redis:
            return await RedisStorage.open(self.redis)
        return await SqliteStorage.open(self.processes[0].folder)

    def heard(self, take: Any) -> None:
        """Call this with every message any phone gets: (phone, message)."""
        for phone in self.phones:
            phone.heard = functools.partial(take, phone)


async def _often(work: Any, rate: float, enough: asyncio.Event) -> None:
    """Do this so often a second until it is enough; what has begun is finished."""
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(random.expovariate(rate)):
                await enough.wait()
                return
        await work()
