"""What can be read from a room: views, people, words and cards, as each may see them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from activities.blocks import Line, Note, say
from activities.kernel import Lens, Refused
from rooms import board_reading, call, card_lookup, consent_desk, unnamed
from rooms import whole as wholes
from rooms.agenda_view import plan_message
from rooms.hall_desk import tables
from rooms.hats import roles_of
from rooms.helm_strip import strip
from rooms.names import told_apart
from rooms.offers import Standing
from rooms.permissions import Writer
from rooms.photos import Photos
from rooms.presence import Presence
from rooms.preview import preview_message
from rooms.render import SOMEONE, TAKEN_BACK, Renderer
from rooms.rights import Rights
from rooms.room_view import default_lens, documents_of, view_message
from rooms.room_view_people import device_message, people_message
from rooms.seats import Device, Seat
from rooms.shelf import Shelf
from rooms.whole import Whole
from rooms.words import WordsBook, digest
from rooms.world import World

HIDDEN: Final = say("Hidden for now by a facilitator.")

UNSAVED: Final = say(
    "Nothing can be saved at the moment. Nothing was lost: what you write stays on this device, and"
    " is saved as soon as that works again."
)


class RoomReading:
    """The reading side of a `Room`: what it holds, and what may be read of it. Changes nothing."""

    def __init__(self, id: str, world: World, whole: Whole, book: WordsBook) -> None:
        self.id = id
        self.world = world
        self.whole = whole
        self.book = book
        self.changed: Callable[[], None] = lambda: None  # views are out of date
        self.only_people = False
        """Whether what is new is only that people come and go."""
        self.unsaved = False
        """Whether everybody reads that nothing can be saved."""
        self._named: tuple[Mapping[str, Seat], int, Mapping[str, str]] | None = None
        self.presence = Presence()
        self.rights = Rights(world.activities)
        self.shelf = Shelf(id, world.storage)
        self.photos = Photos(
            id, world.storage, lambda seat, photo: world.doors.is_photo_of(id, seat, photo)
        )
        self.renderer = Renderer(
            world.translate, self.name_of, self.words_for, self.why_gone, self.nameless, self._names
        )

    # Who is who -------------------------------------------------------------------------------

    @property
    def language(self) -> str:
        """The language the room was opened in."""
        return self.whole.room.language

    def name_of(self, seat: str) -> str | None:
        """A person's display name, told apart from others of that name; None when unknown or
        erased."""
        return self._shown().get(seat)

    def _names(self) -> tuple[object, ...]:
        """What all names depend on, each replaced when it changes."""
        return self._shown(), self.whole.room.safety

    def _shown(self) -> Mapping[str, str]:
        seats, changes = self.whole.room.seats, self.book.changes
        if self._named is None or self._named[0] is not seats or self._named[1] != changes:
            own = ((s.id, self.book.get(s.name)) for s in seats.values())
            shown = told_apart((id, name) for id, name in own if name)
            self._named = (seats, changes, shown)
        return self._named[2]

    def words_for(self, ref: str, viewer: str) -> str | None:
        """Text for a screen, if this viewer may see it."""
        return self.book.get(ref) if consent_desk.readable(self.whole, ref, viewer) else None

    def nameless(self, seat: str) -> Line:
        """What somebody without a name is called: those whose names are hidden are told apart, so
        that facilitators know whom they bring back or remove."""
        known = self.whole.room.seats.get(seat)
        if known is None or known.name not in self.whole.room.safety.words:
            return SOMEONE
        return say("Someone ({number})", number=seat.removeprefix("s"))

    def why_gone(self, ref: str) -> Line:
        """What stands where a text is not shown."""
        return HIDDEN if ref in self.whole.room.safety.words else TAKEN_BACK

    def device(self, token: str) -> Device | None:
        """The device a token belongs to, if it still speaks for anyone."""
        if not token or len(token) > 100:
            return None
        device = self.whole.room.device(digest(token))
        return device if device and device.seats else None

    def seats_of(self, device: Device) -> tuple[str, ...]:
        """The seats a device speaks for now, in the order they came."""
        return self.whole.room.device_by_id(device.id).seats

    def seat(self, device: Device, seat: str | None = None) -> Seat:
        """The seat a device speaks for: the named one, or its first. Raises `Refused`."""
        fresh = self.seats_of(device)
        id = seat or (fresh[0] if fresh else "")
        if id not in fresh:
            gone = id in self.whole.room.hall.moved.get(device.id, ())
            raise Refused("stale_seat" if gone else "not_allowed")
        return self.whole.room.seats[id]

    def say(self, line: Line, language: str) -> str:
        """A catalogue line in a language."""
        return self.renderer.line(line, language)

    def code(self) -> str:
        """The spoken code, valid while the door is open."""
        return self.world.code(self.id, self.whole.room.generation)

    # Reading ----------------------------------------------------------------------------------

    def standing(self) -> Standing:
        """What offers depend on besides the log."""
        return Standing(
            here=self.presence.here,
            since=self.presence.since,
            now=self.world.clock.now(),
            running=bool(wholes.current(self.whole, self.world.activities)),
            token=lambda activity, seat: unnamed.token(
                self.whole.room, self.book.get, activity, seat
            ),
            tables=tables(self.whole.room, self.presence, self.adopting),
            call=self.call_of,
        )

    def adopting(self, device: str, since: int) -> str:
        """The code for the people of a shared device that was lost at `since` (ms)."""
        return self.world.doors.adopting(self.id, device, since)

    def call_of(self, group: str) -> str:
        """The link of a group's call (`call.EVERYONE`: of everybody's), "" when there is none."""
        template = self.book.get(self.whole.room.hall.call)
        if not template:
            return ""
        doors = self.world.doors
        return call.link(template, group, lambda name, digits: doors.meeting(self.id, name, digits))

    def here(self) -> int:
        """How many people are here (not sockets, not screens)."""
        return sum(
            1
            for s in self.whole.room.seats.values()
            if s.status == "in" and s.person and self.presence.here(s.id)
        )

    def view(
        self,
        device: Device,
        seat: str | None = None,
        lens: Lens | None = None,
        language: str | None = None,
        *,
        standing: Standing | None = None,
        here: int | None = None,
        code: str | None = None,
    ) -> bytes:
        """The `view` message for a seat of this device as JSON. `standing`, `here` and `code` save
        finding them again for many at once. Raises `Refused`."""
        speaking = self.seat(device, seat)
        wanted = lens or default_lens(speaking)
        allowed = default_lens(speaking)
        peer = "lead" in roles_of(self.whole.room, speaking)
        looks_on = speaking.role == "observer" and speaking.status == "in"
        if wanted not in ("seat", allowed) and not (wanted == "panel" and (peer or looks_on)):
            raise Refused("not_allowed")
        if allowed == "screen":
            wanted = "screen"
        message = view_message(
            self.whole,
            self.world.activities,
            speaking,
            wanted,
            standing or self.standing(),
            self.here() if here is None else here,
            self.code() if code is None else code,
        )
        if self.unsaved:
            said = Note(text=UNSAVED, tone="look")
            message = msgspec.structs.replace(message, blocks=(said, *message.blocks))
        return self.renderer.encode(message, language or speaking.language, speaking.id)

    def preview(self, device: Device, seat: str | None = None, wanted: str = "") -> bytes:
        """What a participant's phone shows, without anybody's private words, as JSON; `wanted` is
        a participant's seat. Raises `Refused`."""
        asking = self.seat(device, seat)
        message = preview_message(
            self.whole, self.world.activities, asking, wanted, self.standing(), self.here()
        )
        return self.renderer.encode(message, asking.language, asking.id)

    def inside(self, speaking: Seat) -> bool:
        """Whether this seat sees what is for facilitators only."""
        return speaking.role == "facilitator" and speaking.status == "in"

    def on_strip(self, speaking: Seat) -> bool:
        """Whether this seat reads the private strip: facilitators, and shadows."""
        return speaking.role in ("facilitator", "observer") and speaking.status == "in"

    def people(self, speaking: Seat) -> bytes:
        """The `people` message as this seat may see it; the same for all of the same language who
        are `inside`, or are not, or wait at the door."""
        message = people_message(
            self.whole,
            self.world.activities,
            self.presence,
            self.world.clock.now(),
            inside=self.inside(speaking),
            waiting=speaking.status == "waiting",
        )
        return self.renderer.encode(message, speaking.language, speaking.id)

    def device_seats(self, device: Device) -> bytes:
        """The `device` message: who is on this device now."""
        fresh = self.whole.room.device_by_id(device.id)
        doors = self.world.doors
        message = device_message(
            self.whole.room,
            fresh,
            self.world.clock.now(),
            lambda seat, nonce: doors.moving(self.id, seat, nonce),
        )
        first = fresh.seats[0] if fresh.seats else ""
        return self.renderer.encode(message, self.language_of(first), first)

    def desk(self, speaking: Seat) -> bytes | None:
        """The private strip, for facilitators and shadows only."""
        if not self.on_strip(speaking):
            return None
        message = strip(
            self.whole.room,
            self.world.clock.now(),
            inside=self.inside(speaking),
            running=bool(wholes.current(self.whole, self.world.activities)),
        )
        return self.renderer.encode(message, speaking.language, speaking.id)

    def plan(self, speaking: Seat) -> bytes | None:
        """The agenda as facilitators edit it, for them only."""
        if not self.inside(speaking):
            return None
        message = plan_message(self.whole, self.world.activities, self.world.clock.now())
        return self.renderer.encode(message, speaking.language, speaking.id)

    def my_words(self, speaking: Seat, found: consent_desk.Items | None = None) -> bytes:
        """The `words` message of this seat. `found` saves looking for everybody's words again."""
        found = consent_desk.items(self.whole, self.world.activities) if found is None else found
        message = consent_desk.my_words(self.whole, found, speaking.id, self.world.clock.now())
        return self.renderer.encode(message, speaking.language, speaking.id)

    def documents(self, device: Device) -> frozenset[str]:
        """Every document this device may open now, without the room's prefix."""
        return self.rights.documents(self.whole, device.id)

    def language_of(self, seat: str) -> str:
        """The language of a seat's screen."""
        known = self.whole.room.seats.get(seat)
        return known.language if known else self.language

    def writer(self, device: Device, name: str) -> Writer:
        """Who this device is in a document: its seats that may write there."""
        return self.rights.writer(self.whole, device.id, name)

    def is_organiser(self, device: Device) -> bool:
        """Whether the organiser sits at this device."""
        seats = self.seats_of(device)
        return any(self.whole.room.seats[s].organiser for s in seats)

    def is_facilitator(self, device: Device) -> bool:
        """Whether a facilitator who has not left sits at this device."""
        return any(self.inside(self.whole.room.seats[s]) for s in self.seats_of(device))

    async def board(self, device: Device, seat: str | None = None) -> dict[str, Any]:
        """Every card this seat may read, by document; of everyone's board the order of themes,
        sections and cards; what this seat can bring back; checkpoints for facilitators."""
        speaking = self.seat(device, seat)
        names = documents_of(self.whole, self.world.activities, speaking)
        cards: list[dict[str, Any]] = []
        for name in names:
            if name in ("memo", "desk"):
                continue
            cards += [
                {"document": "mine" if name.startswith("mine/") else name, **msgspec.to_builtins(c)}
                for c in await self.shelf.cards(name)
            ]
        if not names:
            raise Refused("not_allowed")
        state = self.whole.room
        read = board_reading.reading(
            await self.shelf.cards("board") if "board" in names else (),
            await self.shelf.sections("board") if "board" in names else (),
        )
        found = board_reading.checkpoints(state) if self.inside(speaking) else ()
        return {
            "cards": cards,
            **read,
            "taken": [msgspec.to_builtins(t) for t in board_reading.taken(state, speaking.id)],
            "checkpoints": [
                {**msgspec.structs.asdict(c), "label": self.say(c.label, speaking.language)}
                for c in found
            ],
        }

    async def photo(self, device: Device, id: str) -> tuple[str, bytes] | None:
        """The media type and bytes of a picture, for who may read a card that shows it; None
        otherwise, whether there is such a picture or not."""
        readable = self.documents(device)
        state = self.whole.room
        for note in card_lookup.of_photo(state, id):
            for name in readable.intersection(card_lookup.stands_in(state, note)):
                # What is hidden, or taken away just now, stands in no document people read.
                cards = await self.shelf.cards(name)
                if any(card.id == note.card and card.photo == id for card in cards):
                    return await self.photos.read(id)
        return None
