"""What a hall's wall shows in every phase of every activity, with as many people as a hall has; and
if wanted the phones and the panel.

One room in this process for each form of an activity (`exchange_gallery.SCENES`), its people with
long names in three scripts; a few of them do what their screens ask, the lead presses next, and
every screen that looks different is kept, in each of the languages wanted.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from activities.kernel import Lens
from rooms.clock import TestClock
from rooms.hub import Hub
from server.languages import Languages
from tests.browser.exchange_gallery import GIVES, LONGEST, ONCE, SCENES, Item, Scene
from tests.rooms.brittle import Brittle
from tests.rooms.crowd import Crowd, Inside
from tests.rooms.house import SECRET, House

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST: Final = (
    "Friederike-Charlotte", "عبد الرحمن", "Wanjiru", "Maximilian-Alexander", "Meera",
    "فاطمة الزهراء", "Kofi", "Bartholomäus", "Leilani", "Tomasi", "Anaïs", "محمد", "Rosa", "Jorge",
)  # fmt: skip
LAST: Final = (
    "Müller-Lüdenscheidt", "العثماني", "Kamau", "Schwarzenberger", "Devi", "البغدادي", "Owusu",
    "Ng", "Kealoha", "Vakalala", "Morel",
)  # fmt: skip
SAID: Final = (
    "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente gehört abgeschafft.",
    "سألنا كبار القرية قبل أن نرسم الخريطة، ثم رسمناها معهم ومع أولادهم.",
    "Our young people walk the banks every Friday and write down what they see, and nobody pays.",
    "Überschwemmungsgebietskartierung zuerst, danach die Bundesstraßenverwaltung.",
    "Two villages share one boat.",
    "हमने पहले बुज़ुर्गों से पूछा, फिर नक्शा बनाया।",
)
TITLE: Final = "Leben mit dem Fluss: Hochwasserschutzgenossenschaften und junge Menschen"

PEOPLE: Final = 48
ACTIVE: Final = 14
"""People who do what their screens ask; the others only sit there, as many do."""

LOOKS: Final = 120
SLICE: Final = 20_000


LOOKED: Final = 5
"""Phones that are looked at each time."""

ALL: Final[tuple[Lens, ...]] = ("screen", "seat", "panel")


@dataclass(frozen=True)
class Wall:
    """One wall, phone or panel: of which activity, in which phase and language, and its view."""

    name: str
    language: str
    view: dict[str, Any]
    lens: Lens = "screen"


class Speakers(Crowd):
    """A crowd that says things of every length and script."""

    def _say(self) -> str:
        self.words += 1
        return SAID[self.words % len(SAID)]


class Spoken:
    """The language in which every screen is made now, whatever its person chose."""

    def __init__(self, languages: Languages) -> None:
        self.languages = languages
        self.now = "en"

    def translate(self, _own: str, id: str, plural: str, n: int) -> str:
        """The sentence in it."""
        return self.languages.translate(self.now, id, plural, n)


class Hall:
    """A scene in a room of this process, and its wall."""

    def __init__(
        self, house: House, scene: Scene, lenses: tuple[Lens, ...], spoken: Spoken
    ) -> None:
        self.house = house
        self.scene = scene
        self.lenses = lenses
        self.spoken = spoken
        self.random = random.Random(scene.seed)
        self.crowd = Speakers(Inside(house), scene.seed)
        self.seen: set[tuple[str, ...]] = set()
        self.asked: set[tuple[str, str]] = set()
        self.walls: list[Wall] = []
        self.at = -1
        self.wall = ""

    @property
    def item(self) -> Item:
        """What is on."""
        return self.scene.items[max(self.at, 0)]

    async def fill(self, people: int) -> None:
        """The agenda, everybody in the room, and the wall."""
        house = self.house
        for item in self.scene.items:
            await house.plan(item.kind, **dict(item.settings))
        for n in range(people):
            name = f"{FIRST[n % len(FIRST)]} {LAST[n * 3 % len(LAST)]}"
            await house.join(name, where=("room", "remote")[n % 2])
        joined = await house.hub.recover(await house.room(), house.opened.screen)
        assert joined.token
        self.wall = joined.seat
        house.tokens[joined.seat] = joined.token

    async def walk(self, wanted: Iterable[str]) -> list[Wall]:
        """Through the whole agenda; returns the walls that were seen."""
        lead, looks, still, where = self.house.lead, 0, 0, ""
        people = [seat for seat in self.house.tokens if seat not in (lead, self.wall)]
        for _ in range(LOOKS):
            await self.here()
            panel = await self.house.view(lead, "panel")
            await self.look(wanted)
            if panel["activity"] is None:
                if not await self.next(panel):
                    break
                continue
            phase = panel["activity"]["phase"]
            looks = looks + 1 if phase == where else 0
            where = phase
            before = sum(self.crowd.told.values())
            for seat in self.random.sample(people, min(ACTIVE, len(people))):
                await self.crowd._answer(seat)
            await self.look(wanted)
            still = 0 if sum(self.crowd.told.values()) > before else still + 1
            ends = panel["ends_at"] if self.scene.patient else None
            late = ends is None or ends <= self.house.clock.now()
            if (still > 1 or looks > LONGEST // 3) and late:
                panel = await self.house.view(lead, "panel")
                if not await self.more(panel, wanted):
                    await self.next(panel)
                still = looks = 0
            await self.house.clock.advance(SLICE)
        return self.walls

    async def here(self) -> None:
        """Everybody has a line."""
        room = await self.house.room()
        for token in self.house.tokens.values():
            if device := room.device(token):
                room.called(device)

    async def next(self, panel: dict[str, Any]) -> bool:
        """The lead presses the one right button."""
        lead = self.house.lead
        main = [offer for offer in panel["may"] if offer["place"] == "main"]
        onward = [offer for offer in main if offer["type"] in ("phase.next", "activity.start")]
        needed = [offer for offer in panel["may"] if offer["type"] in GIVES]
        if not (onward or main or needed):
            return False
        offer = (onward or main or needed)[0]
        if offer["type"] in GIVES:
            await self.crowd.tap(lead, offer, panel)
        self.at += offer["type"] == "activity.start"
        return await self.crowd.tap(lead, offer, panel)

    async def more(self, panel: dict[str, Any], wanted: Iterable[str]) -> bool:
        """What the lead may begin beside the next phase, once in each activity; and one pause."""
        for offer in panel["may"]:
            key = (self.item.name, offer["type"])
            if offer["type"] in (*ONCE, "pause.call") and key not in self.asked:
                self.asked.add(key)
                taken = await self.crowd.tap(self.house.lead, offer, panel)
                await self.look(wanted)
                return taken
        back = [offer for offer in panel["may"] if offer["type"] == "pause.resume"]
        return bool(back) and await self.crowd.tap(self.house.lead, back[0], panel)

    async def look(self, wanted: Iterable[str]) -> None:
        """Keeps the screens of which none like it was seen in this phase."""
        for lens in self.lenses:
            match lens:
                case "screen":
                    await self.keep(self.wall, lens, wanted)
                case "panel":
                    await self.keep(self.house.lead, lens, wanted)
                case _:
                    people = [s for s in self.house.tokens if s not in (self.house.lead, self.wall)]
                    for seat in self.random.sample(people, min(LOOKED, len(people))):
                        await self.keep(seat, lens, wanted)

    async def keep(self, seat: str, lens: Lens, wanted: Iterable[str]) -> None:
        """Keeps one screen, if none like it was seen in this phase."""
        view = await self.house.view(seat, lens)
        activity = view["activity"]
        name = f"{self.item.name}-{activity['phase']}" if activity else f"between-{self.at + 1}"
        now = next((each["text"] for each in view["blocks"] if each["type"] == "now"), "")
        kinds = tuple(each["type"] for each in view["blocks"])
        # Names and numbers in a head do not make it another wall.
        main = sorted({offer["type"] for offer in view["may"] if offer["place"] == "main"})
        key = (lens, name, now.split("\u2068")[0], *dict.fromkeys(kinds), *main)
        if key in self.seen:
            return
        self.seen.add(key)
        for language in wanted:
            self.spoken.now = language
            self.walls.append(Wall(name, language, await self.house.view(seat, lens), lens))
        self.spoken.now = "en"


async def _collected(
    scenes: Iterable[Scene], wanted: tuple[str, ...], people: int, lenses: tuple[Lens, ...]
) -> list[Wall]:
    languages = Languages(invented=True)
    found: list[Wall] = []
    for scene in scenes:
        with tempfile.TemporaryDirectory() as folder:
            storage, clock = await Brittle.brittle(Path(folder)), TestClock()
            spoken = Spoken(languages)
            hub = Hub(
                storage, clock, secret=SECRET, dice=itertools.count(1).__next__,
                translate=spoken.translate,
            )  # fmt: skip
            await hub.start()
            async with House(storage, clock, hub) as house:
                house.opened = await hub.open_room(
                    title=TITLE, facilitator="Amina Diallo", template="empty"
                )
                house.tokens[house.opened.seat] = house.opened.token
                hall = Hall(house, scene, lenses, spoken)
                await hall.fill(people if scene.people > 9 else scene.people)
                found += await hall.walk(wanted)
    return found


def collected(
    *wanted: str,
    scenes: Iterable[Scene] = SCENES,
    people: int = PEOPLE,
    lenses: tuple[Lens, ...] = ("screen",),
) -> list[Wall]:
    """Every wall of these scenes (or what else `lenses` say), in each of the `wanted` languages. In
    a thread of its own: the caller's may have a browser's loop running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, _collected(scenes, wanted, people, lenses)).result()
