"""Pictures of every activity in every phase, from a real server on a test clock.

One room for each form of an activity; its people do what their own screens offer them and its lead
presses next. Each time somebody comes into a phase that has not been looked at yet, that person's
screen, the panel and the wall are photographed.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import TimeoutError

from tests.browser.evening_gallery import SIZES, WALL, picture
from tests.browser.guests import drive
from tests.browser.house import PHONE, Guest, House, Room, Seat, opened
from tests.browser.test_exchange import Afar
from tests.rooms.crowd import Crowd

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES: Final = (
    "Wanjiru Kamau", "Jorge Mamani", "Meera Devi", "Kofi Owusu", "Rosa Quispe", "Tomasi Vakalala",
    "Anaïs Morel", "José Huamán", "Baraka Otieno", "مريم العلي", "Leilani Kealoha",
)  # fmt: skip
"""Participants; with the lead they are twelve."""

LATE: Final = "Nafula Wekesa"
ANSWERS: Final = (
    "We asked the elders before we drew the map.",
    "The river council pays the wardens themselves now.",
    "Start with the people who lose the most.",
    "Our young people walk the banks every Friday and write down what they see.",
    "I would ask one more question before I answer.",
    "Nobody had told us that we could say no.",
    "Two villages share one boat.",
    "We kept the minutes in three languages.",
)

WALLS: Final = (*WALL, *SIZES)
"""A wall is a hall's projector, a laptop held up, or the phone of somebody without a hall."""

SLICE: Final = 10
"""Seconds between two looks at the screens."""

LONGEST: Final = 14
"""Looks at one phase before the lead presses on."""

MOST_LOOKS: Final = 400
GIVES: Final = frozenset({"option.add"})
"""What a lead gives, twice, where nothing can go on before."""

ONCE: Final = frozenset({"vote.runoff", "round.start"})
CLOSED: Final = "closed"
FLASH: Final = frozenset({"story_circle.gather", "story_circle.form"})
"""Phases that pass within the commit that begins them: no screen ever shows them."""

SHOWN: Final = "document.querySelector('tl-room, tl-panel, tl-wall')?.stage.view"

SAME: Final = """const same = (a, b) => a === b || (
    !!a && !!b && typeof a === "object" && typeof b === "object"
    && Object.keys(a).length === Object.keys(b).length
    && Object.keys(a).every((key) => same(a[key], b[key])))"""
"""Whether two values of JSON are the same, in whatever order their keys came."""


@dataclass(frozen=True)
class Item:
    """An item of a scene's agenda, and the phases of it that are photographed; the first `idle` of
    the people only look on."""

    kind: str
    phases: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    form: str = ""
    idle: int = 0

    @property
    def name(self) -> str:
        """How its pictures are called."""
        return f"{self.kind}-{self.form}" if self.form else self.kind


@dataclass(frozen=True)
class Scene:
    """A room of its own. Its people choose by `seed`.
    A `patient` lead waits until the clocks are over; somebody comes `late`, in that phase."""

    items: tuple[Item, ...]
    people: int = len(NAMES)
    patient: bool = False
    late: str = ""
    seed: int = 1


def _words(phases: str) -> tuple[str, ...]:
    return tuple(phases.split())


def _one(
    kind: str,
    of: str,
    phases: str,
    *,
    idle: int = 0,
    people: int = len(NAMES),
    patient: bool = False,
    late: str = "",
    **settings: Any,
) -> Scene:
    items = (Item(kind, _words(phases), settings, of, idle),)
    return Scene(items, people, patient, late)


STORY: Final = (
    "frame settle telling telling.offer telling.turn telling.breath second_chance.offer "
    "second_chance.turn second_chance.breath telling.done door quiet reflect release plenary closed"
)
BOWL: Final = "frame paused debrief closed"
REPORT: Final = Item(
    "report_out",
    _words("prepare offer turn heard cluster name missing paused closed"),
    {"groups": "mixed"},
)
VOTE: Final = Item(
    "voting", _words("tidy open reveal runoff paused closed"), {"chosen": 1, "dots": 1}, idle=1
)
STEPS: Final = Item(
    "commitments",
    _words("think pair_1 pair_2 pair_3 write say offer turn partner paused closed"),
)
SCENES: Final[tuple[Scene, ...]] = (
    _one("check_in", "word", "frame answer reveal thanks paused closed"),
    _one("check_in", "round", "offer turn heard", patient=True, mode="round"),
    _one("check_in", "weather", "answer reveal", mode="weather", direction="out"),
    _one("story_circle", "round", STORY, late="telling", max=4, turn_s=60),
    _one("story_circle", "harvest", "telling quiet reflect", variant="collective_harvest", max=6),
    _one("fishbowl", "open", f"{BOWL} starters open last_call", frame_min=2, min_stay_s=30),
    _one("fishbowl", "closed", f"{BOWL} batch swap outer_speaks", mode="closed", frame_min=2, S=3),
    _one("fishbowl", "experience", f"{BOWL} talk questions answers", mode="experience"),
    _one("fishbowl", "few", "round", people=3),
    _one("dyads", "paired", "think half_1 breath half_2 half_3 open own_note paused closed",
         patient=True, half_s=60),
    _one("dyads", "rotating", "intro half_1 half_2 move plenary", form="rotating"),
    _one("dyads", "one_two_four", "alone pair four all", form="one_two_four"),
    Scene((REPORT, VOTE, STEPS)),
    _one("voting", "few", "tidy talk", people=2),
    _one("evaluation", "useful_change", "write read_back one_change paused closed"),
    _one("evaluation", "plus_delta", "write round read_back", form="plus_delta", round=True),
    _one("evaluation", "scores", "write read_back", form="scores"),
    _one("plenary", "arrival", "open paused closed", form="arrival"),
    _one("plenary", "frame", "open", form="frame"),
    _one("plenary", "talk", "open", form="talk"),
    _one("plenary", "insight", "open", form="insight"),
    _one("break", "break", "on early back_soon return closed", idle=6),
    _one("break", "energiser", "on", form="energiser"),
)  # fmt: skip
"""Everything there is to see."""


def listed() -> set[str]:
    """Every phase in the list, as "kind.phase"."""
    return {f"{item.kind}.{p}" for scene in SCENES for item in scene.items for p in item.phases}


class Voices(Crowd):
    """A crowd that speaks in sentences, one person at a time."""

    dots = 0

    def _say(self) -> str:
        self.words += 1
        return ANSWERS[self.words % len(ANSWERS)]

    async def _answer(self, seat: str) -> None:
        """Dots are placed on a ballot, which draws its own buttons; one after the other, so that
        options become equal."""
        view = await self.place.view(seat, "seat")
        if offer := next((o for o in view["may"] if o["type"] == "vote.cast"), None):
            need = offer["needs"]["option"]
            values = [option["value"] for option in need["options"]]
            self.dots += 1
            offer["option"] = values[self.dots % len(values)]
            await self.tap(seat, {**offer, "needs": {}}, view)
            return
        await super()._answer(seat)

    async def one(self, seat: str) -> bool:
        """Somebody looks at the own screen; whether anything was done."""
        before = sum(self.told.values())
        await self._answer(seat)
        return sum(self.told.values()) > before


class Staged:
    """A scene with its room, people and open pages."""

    def __init__(self, house: House, browser: Browser, scene: Scene, folder: Path) -> None:
        self.house, self.browser, self.scene, self.folder = house, browser, scene, folder
        self.room: Room = house.open_room("Living with the river", "Amina Diallo", template="empty")
        for item in scene.items:
            asked = {"type": "agenda.add", "kind": item.kind, "settings": dict(item.settings)}
            answer = self.room.lead.send(asked)
            assert answer.is_success, answer.text
        seats = [self.room.join(name) for name in NAMES[: scene.people]]
        self.seats = {seat.seat: seat for seat in (*seats, self.room.lead)}
        self.crowd = Voices(Afar(house, self.room, self.seats), scene.seed)
        self.random = random.Random(scene.seed)
        self.pages: dict[str, Guest] = {}
        self.seen: dict[str, set[str]] = {item.name: set() for item in scene.items}
        self.paused: set[str] = set()
        self.asked: set[tuple[str, str]] = set()
        self.made: list[str] = []
        self.at = -1
        self.running = ""

    @property
    def item(self) -> Item:
        """What is on."""
        return self.scene.items[max(self.at, 0)]

    # Walking -----------------------------------------------------------------------------------

    def walk(self) -> list[str]:
        """Through the whole agenda; returns the pictures."""
        still, looks, where = 0, 0, ""
        for _ in range(MOST_LOOKS):
            panel = self.room.lead.view("panel")
            if panel["activity"] is None:
                self.over()
                if not self.next(panel):
                    break
                continue
            phase = panel["activity"]["phase"]
            looks = looks + 1 if phase == where else 0
            where = phase
            if phase == self.scene.late and LATE not in {each.name for each in self.seats.values()}:
                late = self.room.join(LATE)
                self.seats[late.seat] = late
            moved = self.look()
            still = 0 if moved else still + 1
            ends = panel["ends_at"] if self.scene.patient else None
            if (still > 1 or looks > LONGEST) and (ends is None or ends <= self.house.now()):
                self.pause()
                panel = self.room.lead.view("panel")
                if not self.more(panel):
                    self.next(panel)
                still = looks = 0
            self.house.advance(SLICE)
        return self.made

    def look(self) -> bool:
        """Everybody looks once, in any order; whether anybody did something."""
        order = list(self.seats)[self.item.idle :]
        self.random.shuffle(order)
        self.new()
        moved = False
        for seat in order:
            if drive(self.crowd.one(seat)):
                moved = True
                self.new(seat)
        return moved

    def next(self, panel: dict[str, Any]) -> bool:
        """The lead presses the one right button."""
        main = [offer for offer in panel["may"] if offer["place"] == "main"]
        onward = [offer for offer in main if offer["type"] in ("phase.next", "activity.start")]
        needed = [offer for offer in panel["may"] if offer["type"] in GIVES]
        if not (onward or main or needed):
            return False
        offer = (onward or main or needed)[0]
        if offer["type"] in GIVES:
            drive(self.crowd.tap(self.room.lead.seat, offer, panel))
        self.at += offer["type"] == "activity.start"
        return bool(drive(self.crowd.tap(self.room.lead.seat, offer, panel)))

    def more(self, panel: dict[str, Any]) -> bool:
        """What the lead may begin beside the next phase, once in each activity."""
        for offer in panel["may"]:
            key = (self.item.name, offer["type"])
            if offer["type"] in ONCE and key not in self.asked:
                self.asked.add(key)
                return bool(drive(self.crowd.tap(self.room.lead.seat, offer, panel)))
        return False

    def pause(self) -> None:
        """Once in each activity somebody needs a pause, and it is ended again."""
        if self.item.name in self.paused or "paused" not in self.item.phases:
            return
        view = self.room.lead.view("panel")
        call = next((o for o in view["may"] if o["type"] == "pause.call"), None)
        if call is None:
            return
        self.paused.add(self.item.name)
        drive(self.crowd.tap(self.room.lead.seat, call, view))
        self.new()
        view = self.room.lead.view("panel")
        back = next((o for o in view["may"] if o["type"] == "pause.resume"), None)
        assert back, [o["type"] for o in view["may"]]
        drive(self.crowd.tap(self.room.lead.seat, back, view))

    # Looking -----------------------------------------------------------------------------------

    def new(self, who: str = "") -> None:
        """Photographs every phase that somebody has just come to; told `who` has just done
        something, looks further only when that made a difference."""
        seen = self.seen[self.item.name]
        if who:
            screens = (self.seats[who].view(), self.room.lead.view("panel"))
            if all(
                view["activity"] is None or view["activity"]["phase"] in seen for view in screens
            ):
                return
        found: dict[str, list[tuple[bool, int, str]]] = {}
        for seat, each in self.seats.items():
            view = each.view()
            if view["activity"] is None:
                continue
            asked = sum(o["place"] == "main" for o in view["may"])
            found.setdefault(view["activity"]["phase"], []).append(
                (seat == self.room.lead.seat, -asked, seat)
            )
        for phase, people in found.items():
            if phase not in seen:
                self.take(phase, min(people)[2])
        panel = self.room.lead.view("panel")["activity"]
        if panel and panel["phase"] not in seen:
            self.take(panel["phase"], who or next(iter(self.seats)))

    def over(self) -> None:
        """The room after an activity."""
        if self.at >= 0 and CLOSED not in self.seen[self.item.name]:
            self.take(CLOSED, next(iter(self.seats)))

    def take(self, phase: str, who: str) -> None:
        """One phase: somebody who is in it, the panel, the wall."""
        first = not self.seen[self.item.name]
        self.seen[self.item.name].add(phase)
        if phase not in self.item.phases:
            return
        name = f"{self.item.name}-{phase}"
        themes = ("light", "dark") if first else ("light",)
        self.shots(self.page(self.seats[who], ""), f"{name}-seat", SIZES, themes)
        self.shots(self.page(self.room.lead, "/panel"), f"{name}-panel", SIZES, themes)
        self.shots(self.wall(), f"{name}-wall", WALLS, themes)

    def page(self, seat: Seat, path: str) -> Guest:
        """Somebody's page as it is now."""
        key = f"{seat.seat}{path}"
        if key not in self.pages:
            guest = self.house.browse(self.browser, seat.name, PHONE)
            guest.sit(seat, path)
            self.pages[key] = guest
        self.pages[key].connected()
        self.current(self.pages[key], seat.view("panel" if path else "seat"))
        return self.pages[key]

    def wall(self) -> Guest:
        """The wall."""
        if "wall" not in self.pages:
            guest = self.house.browse(self.browser, "wall", WALL[0])
            guest.page.goto(self.room.links["screen"])
            self.pages["wall"] = guest
        guest = self.pages["wall"]
        guest.page.wait_for_function(f"() => !!({SHOWN})")
        self.current(guest, None)
        return guest

    def current(self, guest: Guest, view: dict[str, Any] | None) -> None:
        """Until the page shows what the server says (for the wall: which phase is on)."""
        if view is None:
            view = self.room.lead.view("panel")
            said = [view["activity"] and view["activity"]["id"]]
            look = "[v.activity ? v.activity.id : null]"
        else:
            said = [view["activity"], view["blocks"]]
            look = "[v.activity, v.blocks]"
        shows = f"(said) => {{ {SAME}; const v = {SHOWN}; return !!v && same({look}, said) }}"
        try:
            guest.page.wait_for_function(shows, arg=said, timeout=5_000)
        except TimeoutError:
            print(f"{self.item.name}: a page of {guest.name} lags behind the server")

    def shots(
        self, guest: Guest, name: str, sizes: tuple[tuple[int, int], ...], themes: tuple[str, ...]
    ) -> None:
        """One page at each size."""
        for theme in themes:
            guest.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            for width, height in sizes:
                made = f"exchange-{name}-{theme}-{width}.png"
                picture(guest.page, self.folder / made, width, height)
                self.made.append(made)
                wide = guest.page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    print(f"{made}: scrolls sideways: {wide}")
        if "dark" in themes:
            guest.page.emulate_media(color_scheme="light")

    def missing(self) -> Iterator[str]:
        """What the list promises and nobody came to."""
        for item in self.scene.items:
            for phase in item.phases:
                if phase not in self.seen[item.name]:
                    yield f"{item.name}-{phase}"

    def close(self) -> None:
        """Close every page, and say what it complained of."""
        for guest in self.pages.values():
            for trouble in dict.fromkeys(guest.troubles):
                print(f"{self.item.name}: {guest.name}: {trouble}")
            guest.context.close()


def pictures(browser: Browser, folder: Path, only: list[str]) -> list[str]:
    """Takes them; returns their names. `only`: kinds of activities or names of forms."""
    made: list[str] = []
    with tempfile.TemporaryDirectory() as data, opened(Path(data)) as house:
        for scene in SCENES:
            names = {each for item in scene.items for each in (item.kind, item.name)}
            if only and not names & set(only):
                continue
            began = time.monotonic()
            staged = Staged(house, browser, scene, folder)
            try:
                made += staged.walk()
            finally:
                staged.close()
            lost = ", ".join(staged.missing())
            print(
                f"{', '.join(i.name for i in scene.items)}: {len(staged.made)} pictures, "
                f"{time.monotonic() - began:.0f} s" + (f"; nobody came to: {lost}" if lost else ""),
                flush=True,
            )
    return made
