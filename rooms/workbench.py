"""Heavy decisions, off the loop: what the running activity wants computed (`Activity.work`).

One job at a time per room, in a thread. Its command goes through the log like any other, so that
replay never computes (G7); nothing of a job is kept anywhere before that. A process that dies in
between asks again at load (the state still wants it), and of two processes that computed the same
one is first and the other's command is stale. What the state no longer wants when it arrives is
refused as stale, and asked for anew from the new basis.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import structlog

from activities.kernel import Command, Job, Refused

log = structlog.get_logger("rooms")

Compute = Callable[[Callable[[], Command]], Awaitable[Command]]

STALE_AT_MOST: Final = 50
"""Jobs in a row whose result came too late: a storm of arrivals ends before; then the next commit
asks again."""


class Workbench:
    """The jobs of one room. `wanted` says what is wanted now; `hand_in` commits a result and
    raises `Refused`; `later` is called when a result could not be written and should be asked
    for again after a while."""

    def __init__(
        self,
        room: str,
        wanted: Callable[[], tuple[str, Job] | None],
        hand_in: Callable[[str, Job, Command], Awaitable[None]],
        dice: Callable[[], int],
        later: Callable[[], None],
        compute: Compute = asyncio.to_thread,
    ) -> None:
        self._room = room
        self._wanted = wanted
        self._hand_in = hand_in
        self._dice = dice
        self._later = later
        self._compute = compute
        self._task: asyncio.Task[None] | None = None
        self._failed: tuple[str, str] | None = None
        self._closed = False

    def look(self) -> None:
        """Begin what is wanted, unless something is being computed: that looks again itself."""
        if self._closed or (self._task and not self._task.done()) or self._next() is None:
            return
        self._task = asyncio.get_running_loop().create_task(self._work())

    async def settled(self) -> None:
        """Wait until what is being computed now is in the log, or refused."""
        if self._task:
            await asyncio.shield(self._task)

    async def close(self) -> None:
        """Begin nothing more, and wait for what is being computed."""
        self._closed = True
        await self.settled()

    def _next(self) -> tuple[str, Job] | None:
        wanted = self._wanted()
        if wanted is None or (wanted[0], wanted[1].basis) == self._failed:
            return None
        return wanted

    async def _work(self) -> None:
        for _ in range(STALE_AT_MOST):
            if self._closed or (wanted := self._next()) is None:
                return
            activity, job = wanted
            dice = self._dice()
            try:
                command = await self._compute(partial(job.run, dice))
            except Exception:
                # A bug of the activity's. The room goes on without; another basis is tried again.
                log.exception("job_failed", room=self._room, activity=activity, basis=job.basis)
                self._failed = (activity, job.basis)
                continue
            try:
                await self._hand_in(activity, job, command)
            except Refused as refused:
                if refused.reason == "full":
                    self._later()
                    return
                if refused.reason != "closed" and not refused.reason.startswith("stale"):
                    log.error("job_refused", room=self._room, reason=refused.reason)
                    self._failed = (activity, job.basis)
