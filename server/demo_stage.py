"""Plays the demo evening on a test clock up to a moment; the gallery, the tests and `./dev run
--demo` use it."""

from typing import Final, Literal

from activities.kernel import MINUTE
from rooms.clock import TestClock
from rooms.hub import Hub
from server.demo_company import Company

Moment = Literal[
    "before", "answer", "reveal", "gather", "frame", "form", "settle", "telling",
    "quiet", "reflect", "release", "plenary", "check_out", "after",
]  # fmt: skip

MOMENTS: Final[tuple[Moment, ...]] = (
    "before", "answer", "reveal", "gather", "frame", "form", "settle", "telling",
    "quiet", "reflect", "release", "plenary", "check_out", "after",
)  # fmt: skip
"""Where the staging can stop, in order. "telling" stops in the third story of each circle."""

BREAK_MINUTES: Final = 8
"""As in template T3 (`methods.md` 4)."""

STEP: Final = 5_000
"""Milliseconds the test clock moves between two rounds of the invented people's taps."""


class Staging:
    """Plays an evening on a test clock."""

    def __init__(self, hub: Hub, clock: TestClock) -> None:
        self.clock = clock
        self.company = Company(hub, clock)

    async def pass_time(self, ms: int) -> None:
        """Let time go by; everybody does what they would do meanwhile."""
        end = self.clock.now() + ms
        while self.clock.now() < end:
            await self.clock.advance(min(STEP, end - self.clock.now()))
            await self.company.act()

    async def until(self, phase: str, at_most: int = 3_600_000) -> None:
        """Let time go by until the lead's panel shows a phase. Raises TimeoutError."""
        end = self.clock.now() + at_most
        while not (await self.company.phase()).startswith(phase):
            if self.clock.now() > end:
                raise TimeoutError(f"{phase} was not reached from {await self.company.phase()}")
            await self.pass_time(STEP)

    async def play(self, moment: Moment, *, gathering: int = 300_000) -> Company:
        """Play up to `moment`; people gather for `gathering` ms before the circles."""
        company = self.company
        await company.open()
        if moment == "before":
            return company
        await self.pass_time(60_000)
        await company.next_phase()  # the check-in begins
        await self.pass_time(15_000)
        await company.next_phase()
        if moment == "answer":
            return company
        await self.pass_time(60_000)
        await company.next_phase()
        if moment == "reveal":
            return company
        await self.pass_time(40_000)
        while "a1." in await company.phase():
            await company.next_phase()
            await self.pass_time(STEP)
        await company.next_phase()  # the story circles
        if moment == "gather":
            return company
        await self.pass_time(gathering)
        return await self._circles(moment)

    async def _circles(self, moment: Moment) -> Company:
        company = self.company
        await company.next_phase()
        await self.pass_time(90_000)
        if moment == "frame":
            return company
        await company.next_phase()
        if moment == "form":
            return company
        await self.until("a2.settle")
        if moment == "settle":
            return company
        await self.until("a2.telling")
        if moment == "telling":
            await self._third_story()
            return company
        await self._all_told()
        await company.next_phase()
        if moment == "quiet":
            return company
        await self.until("a2.reflect")
        await self.pass_time(240_000)
        if moment == "reflect":
            return company
        await company.next_phase()
        if moment == "release":
            return company
        return await self._together(moment)

    async def _together(self, moment: Moment) -> Company:
        company = self.company
        await self.pass_time(60_000)
        # The break of the evening is a pause of the same circles (architecture ruling *Time*).
        await company.send(company.lead, "break.start", {"minutes": BREAK_MINUTES})
        await self.pass_time(BREAK_MINUTES * MINUTE)
        await company.send(company.lead, "break.end", {})
        if "a2.release" in await company.phase():
            await company.next_phase()
        await self.pass_time(60_000)
        await company.make_themes()
        if moment == "plenary":
            return company
        await self.pass_time(240_000)
        while "a2." in await company.phase():
            await company.next_phase()
            await self.pass_time(STEP)
        await company.next_phase()  # check-out
        await self.pass_time(15_000)
        await company.next_phase()
        await self.pass_time(60_000)
        if moment == "check_out":
            return company
        for _ in range(6):
            if not await company.phase():
                break
            await company.next_phase()
            await self.pass_time(15_000)
        return company

    async def _stories(self) -> list[tuple[int, bool]]:
        """Of each circle: how many have told, and whether somebody is telling now."""
        shown = await self.company.view(self.company.lead)
        found = []
        for block in shown["blocks"]:
            for group in block.get("groups", []) if block["type"] == "groups" else []:
                ring = group.get("ring") or {"seats": [], "clock": None}
                told = sum(1 for s in ring["seats"] if s["state"] == "told")
                clock = ring.get("clock") or {}
                found.append((told, clock.get("state") == "running"))
        return found

    async def _third_story(self) -> None:
        """Until the first circle is about 80 s into its third story."""
        for _ in range(600):
            stories = await self._stories()
            if stories and stories[0][0] >= 2 and stories[0][1]:
                await self.pass_time(75_000)
                return
            await self.pass_time(STEP)
        raise TimeoutError("no third story")

    async def _all_told(self) -> None:
        for _ in range(1_200):
            offers = {o["type"] for o in (await self.company.view(self.company.lead))["may"]}
            stories = await self._stories()
            ring_done = stories and not any(now for _, now in stories)
            if ring_done and "turn.extend" not in offers and all(t >= 6 for t, _ in stories):
                await self.pass_time(60_000)
                return
            await self.pass_time(STEP)
        raise TimeoutError("the stories did not end")


async def stage(hub: Hub, clock: TestClock, moment: Moment) -> Company:
    """Play the demo evening on a test clock up to `moment`."""
    return await Staging(hub, clock).play(moment)
