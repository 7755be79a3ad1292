"""The pictures of one room: how many fit, whose they are, and when they are gone for good.

A picture lives as long as the words of the card that shows it: whoever erases those, by whichever
way, erases the picture too. One that no card came to show goes after an hour. Pictures are in no
commit and no document; a card names its own by id. Whose a picture is cannot be told from its id by
anybody else, because a card may be unnamed.
"""

from collections.abc import Callable
from typing import Final

import structlog

from activities.blocks import say
from activities.kernel import Refused
from rooms.room_state import RoomState
from rooms.storage import Storage
from rooms.words import WordsBook

log = structlog.get_logger("rooms")

MEDIA: Final = "image/jpeg"
"""What is kept, whatever came: one kind that every browser and every export can show."""

PHOTO_LIMIT: Final = 614_400
"""Bytes of one picture as it is kept: 1,600 pixels at a good quality, 10 s on a slow line."""

PHOTOS_EACH: Final = 30
"""Pictures of one person: a whole tour, every stop of it."""

PHOTOS_PER_ROOM: Final = 300
"""Pictures of one room: more than anybody looks at in a day."""

BYTES_PER_ROOM: Final = 100_663_296
"""Bytes of all pictures of a room (96 MiB): erasing one rebuilds the data file, in about 1 s."""

UNUSED_MS: Final = 3_600_000
"""Milliseconds for which a picture waits for its card: a line that was lost comes back."""

YOURS_FULL: Final = say("You have as many pictures here as fit: {limit}.", limit=PHOTOS_EACH)
ROOM_FULL: Final = say("This room has as many pictures as fit. Take one away first.")
TOO_HEAVY: Final = say("This picture is too large. Choose a smaller one.")


class Photos:
    """See the module. Times in ms."""

    def __init__(self, room: str, storage: Storage, is_of: Callable[[str, str], bool]) -> None:
        self._room = room
        self._is_of = is_of  # seat, id
        self._storage = storage
        self._held: dict[str, int] = {}  # id -> bytes
        self._unused: dict[str, int] = {}  # id -> when it goes, unless a card shows it by then

    async def load(self, now: int) -> None:
        """Learn what is kept; what no card shows is given its hour again."""
        self._held = dict(await self._storage.photos(self._room))
        self._unused = dict.fromkeys(self._held, now + UNUSED_MS)

    def ensure_place(self, seat: str, size: int = 0) -> None:
        """Raises `Refused` when one more picture of `size` bytes does not fit."""
        if size > PHOTO_LIMIT:
            raise Refused("too_large", TOO_HEAVY)
        if len(self.of(seat)) >= PHOTOS_EACH:
            raise Refused("full", YOURS_FULL)
        held = sum(self._held.values())
        if len(self._held) >= PHOTOS_PER_ROOM or held + size > BYTES_PER_ROOM:
            raise Refused("full", ROOM_FULL)

    def of(self, seat: str) -> frozenset[str]:
        """Ids of the pictures of this seat."""
        return frozenset(id for id in self._held if self._is_of(seat, id))

    def has(self, seat: str, id: str) -> bool:
        """Whether this is a picture that this seat has sent."""
        return id in self._held and self._is_of(seat, id)

    async def keep(self, seat: str, id: str, body: bytes, now: int) -> None:
        """Keep a picture of a seat, durable on return. Raises `Refused`, `StorageUnwritable`, and
        `Conflict` when the room is gone."""
        self.ensure_place(seat, len(body))
        # Counted before it is written: others who come meanwhile do not take the same place.
        self._held[id] = len(body)
        self._unused[id] = now + UNUSED_MS
        try:
            await self._storage.put_photo(self._room, id, body, MEDIA)
        except BaseException:
            del self._held[id], self._unused[id]
            raise

    async def read(self, id: str) -> tuple[str, bytes] | None:
        """The media type and bytes of a picture."""
        return await self._storage.photo(self._room, id)

    @property
    def sweep_due(self) -> int | None:
        """When the next picture that no card shows is to go."""
        return min(self._unused.values(), default=None)

    async def sweep(self, state: RoomState, book: WordsBook, now: int) -> None:
        """Let go of every picture whose card's words are gone, with what was said to be on it, and
        of those that nobody came to show. Doing it again does no harm. Raises
        `StorageUnwritable`: then call again."""
        if not self._held:
            return
        taken = (each.note for each in state.board.taken.values())
        notes = (*state.notes.values(), *taken)
        shown = {note.photo for note in notes if note.photo and book.holds(note.words)}
        alts = [a for id, a in state.photos.items() if id not in shown and book.holds(a)]
        if alts:
            await self._storage.erase_words(self._room, alts)
            book.erase(alts)
        for id in list(self._held):
            if id in state.photos:
                self._unused.pop(id, None)
            if id not in shown and self._unused.get(id, 0) <= now:
                await self._storage.drop_photo(self._room, id)
                del self._held[id]
                self._unused.pop(id, None)
                log.info("photo_dropped", room=self._room)
