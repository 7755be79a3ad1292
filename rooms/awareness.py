"""Pointers and carets: awareness states, each only of the device it came from, stamped by us.

An honest provider also sends what it believes of others (states that timed out on its clock): what
is not the sender's is left out without a word. A state is cut down to the fields pages use, and
seat and name are written by the server, so nobody can appear as somebody else. Clocks only rise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from rooms import lib0, pointing
from rooms.lib0 import Malformed
from rooms.ownership import SERVER, Index
from rooms.permissions import Writer
from rooms.update_gate import MAX_CLIENT, MAX_CLOCK, BadUpdate

# One caret with its two relative positions is about 300 bytes.
MAX_STATE_BYTES: Final = 1024
# With seat, name twice and colour, which the server adds.
MAX_STAMPED_BYTES: Final = 4096
MAX_STATES: Final = 1_000
MAX_STATE_DEPTH: Final = 6
# What a page may say of itself; seat and user are overwritten.
FIELDS: Final = frozenset({"cursor", "pointer", "typing", "card", "seat", "color"})


class _State(msgspec.Struct):
    device: str
    clock: int
    number: int
    value: dict[str, Any] | None  # None: gone
    moving: dict[str, Any] = {}  # of it, what changes all the time
    rest: dict[str, Any] = {}  # and all else

    @property
    def json(self) -> str:
        """As a provider has it; written when somebody is sent it, which with pages is seldom."""
        return msgspec.json.encode(self.value).decode()


class _Told(msgspec.Struct):
    """One device's news: as a provider's entry, and as a page's."""

    device: str
    client: int
    clock: int
    value: dict[str, Any] | None
    short: bytes

    @property
    def entry(self) -> bytes:
        """As a provider has it."""
        return _entry(self.client, self.clock, msgspec.json.encode(self.value).decode())


class Changes(msgspec.Struct):
    """What is new of a document's pointers, to be sent to its readers."""

    told: list[_Told]

    @property
    def devices(self) -> set[str]:
        """Whose pointers changed."""
        return {one.device for one in self.told}

    def update(self, without: str = "", here: bool = False) -> bytes:
        """An awareness update without those of one device; `here`: of this process alone. Empty:
        nothing."""
        entries = [
            one.entry
            for one in self.told
            if one.device != without and not (here and one.device.startswith(_PROCESS))
        ]
        return lib0.uint(len(entries)) + b"".join(entries) if entries else b""

    def short(self, without: str = "") -> bytes:
        """The same for a page that asked for few bytes."""
        return b"".join([one.short for one in self.told if one.device != without])


_STATE: Final = msgspec.json.Decoder(dict[str, Any] | None)


class Awareness:
    """The awareness states of one document; client ids are bound in its index."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._states: dict[int, _State] = {}
        self._free: list[int] = []  # numbers nobody has any more
        self._gone: list[_Told] = []
        self._fresh: dict[int, bool] = {}  # changed since told, and whether as a whole

    def take(self, update: bytes, writer: Writer, names: Mapping[str, str]) -> bytes:
        """`note`, and what to send to others (empty: nothing)."""
        return self._write(self.note(update, writer, names))

    def note(self, update: bytes, writer: Writer, names: Mapping[str, str]) -> list[int]:
        """Read a device's awareness; gives whose states have changed, for `changes`.

        `names` are display names by seat. Raises `BadUpdate` for what no provider sends.
        """
        kept: list[int] = []
        for client, clock, state in _read(update):
            if not self._index.may_bind(client, writer.device):
                continue
            before = self._states.get(client)
            if before is not None and clock < before.clock:
                continue
            if state is None:
                if before is None:
                    continue
                self._set(client, before.device, clock, None)
            else:
                if client not in self._index.bindings:
                    self._index.bind(client, writer.device)
                self._set(client, writer.device, clock, _stamp(state, writer, names))
            kept.append(client)
        return kept

    def take_elsewhere(self, update: bytes, process: str) -> bytes:
        """States of people at another process, which has judged and stamped them; gives what to
        send to others here. Raises `BadUpdate`."""
        kept: list[int] = []
        for client, clock, state in _read(update, MAX_STAMPED_BYTES):
            before = self._states.get(client)
            if before is not None and clock < before.clock:
                continue
            self._set(client, _elsewhere(process), clock, state)
            kept.append(client)
        return self._write(kept)

    def leave_elsewhere(self, process: str) -> bytes:
        """Another process is gone; gives what to send."""
        return self.leave(_elsewhere(process))

    def everyone(self) -> bytes:
        """All states, for a newcomer or a query (empty: there are none)."""
        return self._write([c for c, state in self._states.items() if state.value is not None])

    def everyone_short(self) -> bytes:
        """The same for a page that asked for few bytes (empty: there are none)."""
        entries = [
            pointing.whole(state.number, client, state.clock, state.json)
            for client, state in self._states.items()
            if state.value is not None
        ]
        return b"".join([pointing.AGAIN, *entries]) if entries else b""

    def changes(self) -> Changes:
        """What changed since this was asked the last time."""
        told, self._gone = self._gone, []
        fresh, self._fresh = self._fresh, {}
        for client, whole in fresh.items():
            state = self._states[client]
            if state.value is None:
                short = pointing.head(state.number, pointing.GONE)
            elif whole:
                short = pointing.whole(state.number, client, state.clock, state.json)
            else:
                short = pointing.moved(state.number, state.moving)
            told.append(_Told(state.device, client, state.clock, state.value, short))
        return Changes(told)

    def _set(self, client: int, device: str, clock: int, state: dict[str, Any] | None) -> None:
        before = self._states.get(client)
        number = before.number if before else self._number()
        if state is None:
            self._states[client] = _State(device, clock, number, None)
            self._fresh[client] = True
            return
        moving = {field: state[field] for field in pointing.MOVES if field in state}
        rest = {field: value for field, value in state.items() if field not in moving}
        self._states[client] = _State(device, clock, number, state, moving, rest)
        whole = before is None or before.value is None or before.rest != rest
        self._fresh[client] = whole or self._fresh.get(client, False)

    def _number(self) -> int:
        return self._free.pop() if self._free else len(self._states)

    def leave(self, device: str) -> bytes:
        """Take a device's states away when its last session closed; gives what to send."""
        gone = [c for c, state in self._states.items() if state.device == device != SERVER]
        for client in gone:
            self._states[client].clock += 1
            self._states[client].value = None
        update = self._write(gone)
        for client in gone:
            state = self._states.pop(client)
            short = pointing.head(state.number, pointing.GONE)
            self._gone.append(_Told(device, client, state.clock, None, short))
            self._fresh.pop(client, None)
            self._free.append(state.number)
        return update

    def _write(self, clients: list[int]) -> bytes:
        if not clients:
            return b""
        return lib0.uint(len(clients)) + b"".join(map(self._entry, clients))

    def _entry(self, client: int) -> bytes:
        state = self._states[client]
        return _entry(client, state.clock, state.json)


def _entry(client: int, clock: int, state: str) -> bytes:
    return lib0.uint(client) + lib0.uint(clock) + lib0.text(state)


_PROCESS: Final = "process "


def _elsewhere(process: str) -> str:
    """In the place of a device, whose id is never like this."""
    return _PROCESS + process


def _read(
    update: bytes, most: int = MAX_STATE_BYTES
) -> list[tuple[int, int, dict[str, Any] | None]]:
    try:
        count, at = lib0.read_uint(update, 0)
        if count > MAX_STATES:
            raise Malformed("too_many_states")
        states: list[tuple[int, int, dict[str, Any] | None]] = []
        for _ in range(count):
            client, at = lib0.read_uint(update, at)
            clock, at = lib0.read_uint(update, at)
            written, at = lib0.read_text(update, at, most)
            if client > MAX_CLIENT or clock > MAX_CLOCK:
                raise Malformed("clock")
            if lib0.nests_deeper(written, MAX_STATE_DEPTH):
                raise Malformed("too_deep")
            try:
                state = _STATE.decode(written)
            except msgspec.MsgspecError:
                raise Malformed("state") from None
            states.append((client, clock, state))
        if at != len(update):
            raise Malformed("trailing_bytes")
    except Malformed as error:
        raise BadUpdate(str(error)) from None
    return states


def _stamp(state: dict[str, Any], writer: Writer, names: Mapping[str, str]) -> dict[str, Any]:
    seat = state.get("seat")
    if not isinstance(seat, str) or seat not in writer.seats:
        seat = min(writer.seats, default="")
    name = names.get(seat, "")
    color = state.get("color")
    said = {field: value for field, value in state.items() if field in FIELDS}
    # `user` is what TipTap's carets show.
    said |= {"seat": seat, "name": name, "user": {"name": name, "color": color}}
    if not isinstance(color, str) or len(color) > 32:
        said.pop("color", None)
        said["user"] = {"name": name}
    return said
