"""The demo evening behind `./dev run --demo`: invented practitioners who really use the room.

Staged by the same commands people send (`demo_stage.py`), on a clock of its own; then the server's
hub opens the rooms and the people (`demo_company.py`) stay in their seats beside whoever comes.
"""

import asyncio
import itertools
from typing import TYPE_CHECKING, Final

import msgspec

from rooms.clock import TestClock
from rooms.hub import Hub
from server.demo_company import Company, DemoRoom
from server.demo_people import (
    CO_FACILITATOR,
    PEOPLE,
    TABLE,
)
from server.demo_stage import MOMENTS, Moment, Staging, stage

if TYPE_CHECKING:
    from server.site import Site

__all__ = ["MOMENTS", "Company", "DemoRoom", "Moment", "Staging", "open_demo", "stage"]

TELLING_BEFORE: Final = 1_086_000
"""Milliseconds before now at which tonight's evening begins: with `DEMO_DICE` the third story is
then just being told. A test holds it to that."""

DAY: Final = 26 * 3_600_000

KEPT: Final = "demo.json"
"""Where the demo keeps its people's tokens, so that a restarted server seats them again."""

DEMO_DICE: Final = 7
"""The demo is dealt the same way every time, so that pictures of it can be compared."""


_company: set[asyncio.Task[None]] = set()


async def open_demo(site: "Site", *, again: bool = False) -> list[tuple[str, str]]:
    """Open the demo: tonight's evening in the third story, and yesterday's with its memo. Returns
    labelled links.

    Both are staged on a clock of their own over the server's storage, then opened by the server's
    hub.
    """
    kept = site.settings.data / KEPT
    if again and kept.exists():
        tonight, yesterday = [
            await _moved(site, _seated(site, facts))
            for facts in msgspec.json.decode(kept.read_bytes(), type=list[DemoRoom])
        ]
    else:
        now = site.clock.now()
        tonight = await _staged(site, "telling", now - TELLING_BEFORE)
        yesterday = await _staged(site, "after", now - DAY)
        kept.write_bytes(msgspec.json.encode([tonight.facts(), yesterday.facts()]))
    for company in (tonight, yesterday):
        task = asyncio.create_task(company.live())
        _company.add(task)
        task.add_done_callback(_company.discard)
    base = site.settings.address
    here, there = tonight.opened, yesterday.opened
    return [
        ("Join as a participant", f"{base}/j#{here.join}"),
        ("The code to say aloud", here.code),
        ("Lead from the panel", f"{base}/r/{here.room}/panel#{here.facilitate}"),
        ("The wall screen", f"{base}/r/{here.room}/screen#{here.screen}"),
        ("Its memo, so far", f"{base}/r/{here.room}/memo#{here.facilitate}"),
        ("Yesterday's memo", f"{base}/r/{there.room}/memo#{there.facilitate}"),
    ]


async def _staged(site: "Site", moment: Moment, begin: int) -> Company:
    clock = TestClock(begin)
    dice = itertools.count(DEMO_DICE)
    hub = Hub(
        site.storage,
        clock,
        secret=site.hub.key,
        translate=site.languages.translate,
        dice=lambda: next(dice),
    )
    await hub.start()
    try:
        company = await stage(hub, clock, moment)
    finally:
        await hub.close()
    return await _moved(site, company)


async def _moved(site: "Site", company: Company) -> Company:
    room = await site.hub.room(company.opened.room)
    moved = company.moved_to(site.hub, room, site.clock)
    await moved.be_here()
    return moved


def _seated(site: "Site", facts: DemoRoom) -> Company:
    """The people of a demo that a server which was killed had staged."""
    company = Company(site.hub, site.clock)
    everyone = {p.name: p for p in (CO_FACILITATOR, *PEOPLE, *TABLE)}
    company.opened, company.tokens = facts.opened, dict(facts.tokens)
    company.who = {s: everyone[name] for s, name in facts.people.items() if name in everyone}
    company.lead = facts.opened.seat
    company.co = next(s for s, p in company.who.items() if p is CO_FACILITATOR)
    company._asked = 2_000_000
    return company
