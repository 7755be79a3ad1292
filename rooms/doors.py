"""Links, codes and tokens: what opens a room, made from the server's secret and never stored
readable.

A link's secret is 128 bits, derived from the server's secret, the room, the kind of door and a
generation, so that it can be shown again to whoever may see it while the storage keeps only
digests. The spoken code is 8 letters of an unambiguous alphabet in two groups of four (39 bits;
`architecture.md`, The door).
"""

import base64
import hmac
import secrets
from hashlib import sha256
from typing import Final, Literal

import msgspec

Door = Literal["join", "code", "screen", "facilitate", "move"]

ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""31 signs that are not mistaken for one another when read aloud or from a wall: no I, L, O, 0,
1."""

CODE_LENGTH: Final = 8
MEETING_SIGNS: Final = "abcdefghijkmnpqrstuvwxyz0123456789"
MEETING_LENGTH: Final = 16
ROOM_ID_BYTES: Final = 9


PHOTO_MARK: Final = 16
"""Characters of a picture's id that say whose it is (64 bits): none can be made by guessing."""


class Invitation(msgspec.Struct, frozen=True):
    """What a secret opens."""

    room: str
    kind: Door
    title: str = ""
    seat: str = ""


class Doors:
    """Derives secrets and codes for rooms. `key` is the server's own secret (at least 16 bytes)."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("the server's secret needs at least 16 bytes")
        self._key = key

    def _derive(self, *parts: str) -> bytes:
        return hmac.digest(self._key, "/".join(parts).encode(), "sha256")

    def secret(self, room: str, kind: Door, generation: int = 1, seat: str = "") -> str:
        """The secret of a link: 22 characters."""
        raw = self._derive("link", room, kind, str(generation), seat)[:16]
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def code(self, room: str, generation: int = 1) -> str:
        """The code that can be spoken: "KMQR-7TXA"."""
        return _spoken(self._derive("code", room, str(generation)))

    def moving(self, room: str, seat: str, nonce: str) -> str:
        """The code that takes a seat to another phone, once."""
        return _spoken(self._derive("move", room, seat, nonce))

    def adopting(self, room: str, device: str, since: int) -> str:
        """The code for the people of a shared device that was lost at `since` (ms)."""
        return _spoken(self._derive("adopt", room, device, str(since)))

    def meeting(self, room: str, group: str, digits: bool = False) -> str:
        """The name a room ("") or one of its groups has in a call: 16 letters and digits (83 bits),
        or 12 digits, which is what phone bridges take."""
        number = int.from_bytes(self._derive("call", room, group), "big")
        if digits:
            return f"{number % 10**12:012d}"
        signs = ""
        for _ in range(MEETING_LENGTH):
            number, digit = divmod(number, len(MEETING_SIGNS))
            signs += MEETING_SIGNS[digit]
        return signs

    def photo(self, room: str, seat: str, nonce: str) -> str:
        """The id of a picture this seat sends: only we can tell whose it is."""
        return nonce + self._derive("photo", room, seat, nonce)[: PHOTO_MARK // 2].hex()

    def is_photo_of(self, room: str, seat: str, id: str) -> bool:
        """Whether this seat sent the picture of this id."""
        return same(self.photo(room, seat, id[:-PHOTO_MARK]), id)

    def ways_in(self, room: str, generation: int) -> tuple[tuple[str, Door], ...]:
        """Under which digests the storage knows the link and the code of a generation."""
        link, code = self.secret(room, "join", generation), self.code(room, generation)
        return (self.lookup(link), "join"), (self.lookup(code), "code")

    def lookup(self, secret_or_code: str) -> str:
        """The digest under which the storage knows a secret or a code, however the code was
        typed."""
        typed = secret_or_code.strip()
        plain = "".join(c for c in typed.upper() if c in ALPHABET)
        if len(typed) <= 14 and len(plain) == CODE_LENGTH:
            typed = plain
        return hmac.new(self._key, b"lookup/" + _bytes(typed), sha256).hexdigest()


def _spoken(raw: bytes) -> str:
    number, signs = int.from_bytes(raw, "big"), ""
    for _ in range(CODE_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        signs += ALPHABET[digit]
    return f"{signs[:4]}-{signs[4:]}"


def same(a: str, b: str) -> bool:
    """Whether two secrets are equal, in constant time."""
    return hmac.compare_digest(_bytes(a), _bytes(b))


def _bytes(text: str) -> bytes:
    """Any string as bytes; half a surrogate pair in what somebody typed is just wrong."""
    return text.encode("utf-8", "replace")


def new_token() -> str:
    """A device's token: 128 bits, kept by the device; the log keeps its digest."""
    return secrets.token_urlsafe(16)


def new_room_id() -> str:
    """A room's id: 12 characters that stand in addresses; it opens nothing by itself."""
    return secrets.token_urlsafe(ROOM_ID_BYTES)
