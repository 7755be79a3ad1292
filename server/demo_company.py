"""The invented people of the demo in their seats: how they come in, tap and stay."""

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
from server.demo_habits import Habits
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

LIVE_EVERY: Final = 2.0
"""Seconds between two looks at their screens once the demo is live: unhurried, as people are."""


class DemoRoom(msgspec.Struct, frozen=True):
    """A staged evening: how it was opened, every token by seat, and who each seat is."""

    opened: Opened
    tokens: Mapping[str, str]
    people: Mapping[str, str]


class Company(Habits):
    """The invented people of one room."""

    def __init__(self, hub: Hub, clock: Clock) -> None:
        super().__init__(clock.now)
        self.hub = hub
        self.opened: Opened
        self.room: Room
        self.tokens: dict[str, str] = {}
        self.lead = ""
        self.co = ""
        self._asked = 0

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
            joined = await self.hub.join(self.room, newcomer(person), carrier=device)
            self.tokens[joined.seat] = self.tokens[steward]
            self.who[joined.seat] = person

    async def _join(self, person: Practitioner) -> str:
        joined = await self.hub.join(self.room, newcomer(person), secret=self.opened.code)
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
            await self.tap(seat, offer, fields, shown)

    async def tap(
        self,
        seat: str,
        offer: Mapping[str, Any],
        fields: Mapping[str, Any],
        shown: Mapping[str, Any],
    ) -> None:
        """Send an offer of the screen that is `shown`; what has passed meanwhile is let go."""
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
                await self.tap(self.lead, offer, {}, shown)
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
                await self.look(seat)

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
        await self.tap(seat, command, {}, {"activity": None})

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


def newcomer(person: Practitioner) -> Newcomer:
    return Newcomer(
        name=person.name,
        language=person.language,
        where=person.where,
        organisation=person.organisation,
        willing=person.willing,
    )
