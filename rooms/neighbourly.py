"""What the processes that have a room open tell each other, beside the log and the documents.

None of it is kept: who is connected where, where people point, and whose effects are made.
"""

from typing import Final

import msgspec

HERE_EVERY: Final = 5
"""Seconds between two tellings of who is here, if nobody comes or goes."""

HERE_SECONDS: Final = 12
HERE_MS: Final = HERE_SECONDS * 1_000
"""How long such a telling holds: two may be lost. A killed process leaves no ghost longer."""

OTHERS_FIRST: Final = 1_000
"""Milliseconds that a coming or going at another process is left to that process to write down."""


class Here(msgspec.Struct, frozen=True, array_like=True, tag="here"):
    """The devices connected to the process `by`, and how long ago each was heard (ms)."""

    by: str
    devices: dict[str, int]


class Pointed(msgspec.Struct, frozen=True, array_like=True, tag="aware"):
    """Where people at the process `by` point in a document, as awareness states."""

    by: str
    document: str
    states: bytes


class Settled(msgspec.Struct, frozen=True, array_like=True, tag="settled"):
    """The process `by` has made the effects of commit `seq`."""

    by: str
    seq: int


class Bye(msgspec.Struct, frozen=True, array_like=True, tag="bye"):
    """The process `by` has the room open no longer. `moving`: it has told its people to come back,
    and they do, at another process: nobody counts as away until it would have said again who is
    here."""

    by: str
    moving: bool = False


Message = Here | Pointed | Settled | Bye

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Message)


def encode(message: Message) -> bytes:
    """As it is published."""
    return _encoder.encode(message)


def decode(message: bytes) -> Message | None:
    """What another process says; None for what only a newer version understands."""
    try:
        decoded: Message = _decoder.decode(message)
    except msgspec.MsgspecError:
        return None
    return decoded
