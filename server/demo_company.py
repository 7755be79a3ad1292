"""The invented people of the demo: each looks at their own screen and taps what it offers them,
never what belongs to the lead."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import structlog

from activities.kernel import Refused
from rooms.clock import Clock
from rooms.hub import Hub, Newcomer, Opened
from rooms.memo_tree import Heading
from rooms.room import Room
from server.demo_people import (
    CO_FACILITATOR,
    HEARD,
    ORGANISER,
    PEOPLE,
    STORIES,
    TABLE,
    THEMES,
    TITLE,
    WHY,
    ZONE,
    Practitioner,
)

log = structlog.get_logger("server")

Shown = Mapping[str, Any]
"""A view, an offer, or part of one, as JSON."""

LIVE_EVERY: Final = 2.0
"""Seconds between two looks at their screens once the demo is live: unhurried, as people are."""


class DemoRoom(msgspec.Struct, frozen=True):
    """A staged evening: how it was opened, every token by seat, and who each seat is."""

    opened: Opened
    tokens: Mapping[str, str]
    people: Mapping[str, str]


class Company:
    """The invented people of one room."""

    def __init__(self, hub: Hub, clock: Clock) -> None:
        self.hub = hub
        self.clock = clock
        self.opened: Opened
        self.room: Room
        self.tokens: dict[str, str] = {}
        self.who: dict[str, Practitioner] = {}
        self.lead = ""
        self.co = ""
        self._asked = 0
        self._done: set[tuple[str, str]] = set()
        self._seen: dict[str, int] = {}

    # Coming in --------------------------------------------------------------------------------

    async def open(self) -> None:
        """Open the room; everybody comes in by the spoken code."""
        self.opened = await self.hub.open_room(
            title=TITLE, facilitator=ORGANISER, template="evening", zone=ZONE
        )
        self.room = await self.hub.room(self.opened.room)
        self.lead = self.opened.seat
        self.tokens[self.lead] = self.opened.token
        self.co = await self._join(CO_FACILITATOR)
        await self.send(self.lead, "seat.role", {"seat": self.co, "role": "facilitator"})
        await self.send(self.co, "seat.deal", {"dealt_in": False})
        for person in PEOPLE:
            await self._join(person)
        steward = await self._join(TABLE[0])
        device = self.room.device(self.tokens[steward])
        for person in TABLE[1:]:
            joined = await self.hub.join(self.room, _newcomer(person), carrier=device)
            self.tokens[joined.seat] = self.tokens[steward]
            self.who[joined.seat] = person

    async def _join(self, person: Practitioner) -> str:
        joined = await self.hub.join(self.room, _newcomer(person), secret=self.opened.code)
        assert joined.token
        self.tokens[joined.seat] = joined.token
        self.who[joined.seat] = person
        return joined.seat

    # Tapping ----------------------------------------------------------------------------------

    async def view(self, seat: str) -> dict[str, Any]:
        """What this seat's own screen shows."""
        device = self.room.device(self.tokens[seat])
        assert device
        shown: dict[str, Any] = json.loads(self.room.view(device, seat))
        return shown

    async def send(self, seat: str, type: str, fields: Mapping[str, Any]) -> None:
        """Send what the seat's screen offers, with these fields filled in; nothing when it is not
        on offer."""
        shown = await self.view(seat)
        offer = next(
            (
                o
                for o in shown["may"]
                if o["type"] == type
                and all(o[k] == v for k, v in fields.items() if k in o and k not in o["needs"])
            ),
            None,
        )
        if offer is not None:
            await self._tap(seat, offer, fields, shown)

    async def _tap(
        self,
        seat: str,
        offer: Mapping[str, Any],
        fields: Mapping[str, Any],
        shown: Mapping[str, Any],
    ) -> None:
        self._asked += 1
        body = {
            "request": f"demo-{self._asked}",
            "activity": (shown["activity"] or {}).get("id"),
            "seat": seat,
            "command": {**offer, **fields},
        }
        device = self.room.device(self.tokens[seat])
        assert device
        try:
            await self.room.command(device, json.dumps(body).encode())
        except Refused as refused:
            if not refused.reason.startswith("stale"):
                log.info("demo_refused", seat=seat, type=offer["type"], reason=refused.reason)

    async def next_phase(self) -> None:
        """The lead presses the one right button."""
        shown = await self.view(self.lead)
        for type in ("phase.next", "activity.start"):
            offer = next((o for o in shown["may"] if o["type"] == type), None)
            if offer:
                await self._tap(self.lead, offer, {}, shown)
                return

    async def phase(self) -> str:
        """Where the lead's panel says we are."""
        activity = (await self.view(self.lead))["activity"]
        return f"{activity['id']}.{activity['phase']}" if activity else ""

    # What each does by themselves -----------------------------------------------------------------

    async def act(self) -> None:
        """Everybody looks at their screen once and does what they would do."""
        for seat in list(self.who):
            device = self.room.device(self.tokens[seat])
            if device is None:
                continue
            self.room.called(device)
            if seat != self.co:
                await self._look(seat)

    def _once(self, seat: str, what: str) -> bool:
        if (seat, what) in self._done:
            return False
        self._done.add((seat, what))
        return True

    async def _look(self, seat: str) -> None:
        shown = await self.view(seat)
        person = self.who[seat]
        offers = {o["type"]: o for o in shown["may"]}
        for type, offer in offers.items():
            fields = self._wish(seat, person, type, offer, shown)
            if fields is not None:
                await self._tap(seat, offer, fields, shown)
                return
        if shown["activity"] and shown["activity"]["phase"] == "reflect":
            await self._write(seat, person, shown)

    def _wish(
        self,
        seat: str,
        person: Practitioner,
        type: str,
        offer: Mapping[str, Any],
        shown: Mapping[str, Any],
    ) -> dict[str, Any] | None:
        """The fields with which this person would press that button now, or None."""
        activity = (shown["activity"] or {}).get("id", "")
        match type:
            case "answer.give" if self._once(seat, f"answer {activity}"):
                return self._answer(person, offer)
            case "insight.give" if person.goes_home_with and self._once(seat, "insight"):
                return {name: person.goes_home_with for name in offer["needs"]}
            case "rules.hear" if self._once(seat, "rules"):
                return {}
            case "prompt.reveal" | "telling.start" if self._waited(seat, type, 20_000):
                return {}
            case "turn.begin" if person.told and self._waited(
                seat, f"{type}{offer['turn']}", 8_000
            ):
                return {}
            case "turn.pass" if person.told is None and self._waited(
                seat, f"{type}{offer['turn']}", 8_000
            ):
                return {}
            case "turn.done" if self._waited(
                seat, f"{type}{activity}{offer['turn']}", person.talks_s * 1000
            ):
                return {}
            case "door.admit":
                return {}
            case "release.answer" if self._once(seat, "release"):
                return self._release(person)
            case "consent.hear":  # a neighbour heard the yes that was said aloud
                return {}
            case "notes.share" if (
                person.written and self._waited(seat, type, 120_000) and self._once(seat, type)
            ):
                return {"share": "all", "cards": []}
            case _:
                return None

    def _waited(self, seat: str, what: str, ms: int) -> bool:
        """Whether `ms` have gone since this seat first saw that."""
        key = f"{seat}/{what}"
        since = self._seen.setdefault(key, self.clock.now())
        return self.clock.now() - since >= ms

    def _answer(self, person: Practitioner, offer: Mapping[str, Any]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name, need in offer["needs"].items():
            if need["kind"] == "choice":
                values = [o["value"] for o in need["options"]]
                fields[name] = person.sky if person.sky in values else values[0]
            elif need["kind"] == "text" and person.word:
                fields[name] = person.word
        return fields

    def _release(self, person: Practitioner) -> dict[str, Any]:
        told = person.told
        if told is None:
            return {"moments": [], "choice": "keep", "outside": False}
        fields: dict[str, Any] = {
            "title": told.title,
            "moments": list(told.moments),
            "choice": told.choice,
            "outside": told.outside,
        }
        return {**fields, "quote": told.quote} if told.quote else fields

    async def _write(self, seat: str, person: Practitioner, shown: Mapping[str, Any]) -> None:
        for number, note in enumerate(person.written):
            offer = next((o for o in shown["may"] if o["type"] == "note.add"), None)
            if offer is None or not self._waited(seat, f"note{number}", 20_000 * (number + 1)):
                return
            kinds = {o["value"] for o in offer["needs"]["kind"]["options"]}
            if note.kind in kinds and self._once(seat, f"note{number}"):
                await self._tap(seat, offer, {"kind": note.kind, "text": note.text}, shown)
                return

    # The facilitators -------------------------------------------------------------------------

    async def make_themes(self) -> None:
        """In the plenary the co-facilitator names themes, puts cards under them and writes their
        questions."""
        themes: list[str] = []
        for title, _ in THEMES:
            await self._command(
                self.co,
                {
                    "type": "note.add",
                    "document": "board",
                    "section": "",
                    "kind": "theme",
                    "text": title,
                },
            )
            notes = self.room.whole.room.notes.values()
            themes.append(next(reversed([n.card for n in notes if n.kind == "theme"])))
        number_of = {
            note.text: note.theme
            for p in (*PEOPLE, *TABLE)
            for note in p.written
            if note.theme >= 0
        }
        for card in await self.room.shelf.cards("board"):
            if card.text in number_of:
                move = {"type": "note.move", "card": card.id, "theme": themes[number_of[card.text]]}
                await self._command(self.co, move)
        for theme, (_, question) in zip(themes, THEMES, strict=True):
            if question:
                await self._command(
                    self.co, {"type": "memo.question", "theme": theme, "text": question}
                )
        sections = {"why": WHY}
        for theme, heard in zip(themes, HEARD, strict=True):
            sections[f"theme:{theme}:heard"] = heard
        memo = await self.room.draft_memo("participants")
        for told in next(part.blocks for part in memo.sections if part.id == "stories"):
            if isinstance(told, Heading) and told.line.text in STORIES:
                sections[told.id] = STORIES[told.line.text]
        for section, text in sections.items():
            if text:
                await self._command(
                    self.co, {"type": "memo.prose", "section": section, "text": text}
                )

    async def _command(self, seat: str, command: Mapping[str, Any]) -> None:
        await self._tap(seat, command, {}, {"activity": None})

    # Live -------------------------------------------------------------------------------------

    async def be_here(self) -> None:
        """Everybody's device gives a sign of life."""
        for seat in self.tokens:
            if device := self.room.device(self.tokens[seat]):
                self.room.called(device)
        await self.room.sweep()

    async def live(self) -> None:
        """Keep everybody in their seats until cancelled."""
        while True:
            with contextlib.suppress(Refused):
                await self.act()
                await self.room.sweep()
            await asyncio.sleep(LIVE_EVERY)

    def facts(self) -> DemoRoom:
        """What links and tests need."""
        names = {seat: person.name for seat, person in self.who.items()}
        return DemoRoom(self.opened, dict(self.tokens), {**names, self.lead: ORGANISER})

    def moved_to(self, hub: Hub, room: Room, clock: Clock) -> "Company":
        """The same people in the room as another hub has opened it."""
        other = Company(hub, clock)
        other.opened, other.tokens, other.who = self.opened, self.tokens, self.who
        other.lead, other.co, other.room = self.lead, self.co, room
        other._asked, other._done = self._asked + 1_000_000, self._done
        other._seen = dict(self._seen)
        return other


def _newcomer(person: Practitioner) -> Newcomer:
    return Newcomer(
        name=person.name,
        language=person.language,
        where=person.where,
        organisation=person.organisation,
        willing=person.willing,
    )
