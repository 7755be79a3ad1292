"""The server as a version of tomorrow: it knows one more kind of event, and writes it with every
line on the private strip.

`python -m tests.server.newer_server` takes the words of `python -m server`, and has no supervisor
(which would start the program as it is on the disk).
"""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from activities.kernel import Event
from rooms import commits, helm_desk, room_state
from rooms.asking import Asking
from rooms.commits import Commit, RoomEvent
from rooms.sealed import unseal
from rooms.whole import Draft


class Tomorrow(Event, frozen=True, tag="room.of_tomorrow"):
    """What today's version has not heard of."""

    at: int


class CommitOfTomorrow(Commit, frozen=True):
    """A commit that may hold it."""

    events: tuple[RoomEvent | Tomorrow, ...] = ()  # type: ignore[assignment]


_decoder = msgspec.json.Decoder(CommitOfTomorrow, dec_hook=commits._from_reference)
_evolve, _say = room_state.evolve, helm_desk.say_on_strip


def decode(stored: bytes) -> Commit:
    """As tomorrow's version reads it."""
    return _decoder.decode(unseal(stored))


def evolve(state: room_state.RoomState, commit: Commit) -> room_state.RoomState:
    """Tomorrow's event changes nothing of what today's version shows."""
    known = tuple(event for event in commit.events if not isinstance(event, Tomorrow))
    return _evolve(state, msgspec.structs.replace(commit, events=known))


def say_on_strip(draft: Draft, asking: Asking, **said: Any) -> None:
    """Writes tomorrow's event too."""
    _say(draft, asking, **said)
    draft.add(Tomorrow(at=asking.now))  # type: ignore[arg-type]


def main() -> int:
    """Serve."""
    commits._decoder = _decoder  # type: ignore[assignment]
    room_state.evolve = evolve
    helm_desk.say_on_strip = say_on_strip
    from server.__main__ import main as serve

    return serve([*sys.argv[1:], "--unsupervised"])


if __name__ == "__main__":
    sys.exit(main())
