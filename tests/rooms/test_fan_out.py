"""One frame to all readers of a document (`rooms/fan_out.py`)."""

from collections.abc import Callable
from pathlib import Path

from rooms.outgoing import Outgoing, Update, size
from rooms.session import Session
from rooms.wire import Goodbye
from tests.rooms.house import House


class Socket:
    """A pipe that remembers what went through it, and on which way."""

    def __init__(self, session: Session, own_name: bool = False) -> None:
        self.free = True
        self.kept = 0
        self.row: list[bytes] = []
        self.singly: list[Outgoing] = []
        self.gone = False
        self.full_after = 1_000
        self._own_name = own_name
        self._outbox = session.outbox
        self._outbox.attach(self)

    def turn(self, free: bool) -> None:
        """Its buffer is full, or no longer."""
        self.free = free
        self._outbox.look()

    def write(self, item: Outgoing) -> None:
        assert self.free
        self.singly.append(item)

    def frame(self, item: Outgoing) -> bytes:
        return b"frame %d" % size(item)

    def way(self, item: Outgoing) -> Callable[[bytes], None] | None:
        return None if self._own_name else self._write

    def _write(self, frame: bytes) -> None:
        if self.gone:
            raise RuntimeError
        assert self.free
        self.row.append(frame)
        if len(self.row) >= self.full_after:
            self.turn(False)

    async def room(self) -> None:
        raise AssertionError


async def _readers(house: House, *seats: str) -> list[Session]:
    found = []
    for seat in seats:
        session = await house.session(seat)
        await house.open_document(session, "board")
        while session.outbox.ready:
            await session.outbox.get()
        found.append(session)
    return found


def _edit(house: House, text: bytes = b"x") -> Update:
    return Update(f"{house.opened.room}/board", text)


async def test_all_readers_are_written_to_but_those_left_out(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        one, two, three = await _readers(house, "s2", "s3", "s4")
        sockets = [Socket(one), Socket(two), Socket(three, own_name=True)]
        readers = (await house.delivery()).readers
        readers.send("board", _edit(house))
        readers.send("board", _edit(house, b"xx"), but={one, three})
        assert [len(socket.row) for socket in sockets] == [1, 2, 0]
        assert sockets[2].singly == [_edit(house)]
        readers.send("memo", _edit(house))
        assert [len(socket.row) for socket in sockets] == [1, 2, 0]


async def test_who_closed_a_document_is_sent_nothing_more_of_it_DOC8(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        one, two, three = await _readers(house, "s2", "s3", "s4")
        sockets = [Socket(one), Socket(two), Socket(three)]
        found = await house.delivery()
        found.readers.send("board", _edit(house))
        await one.close_document(f"{house.opened.room}/board")
        found.dismiss(two, Goodbye(4403, "", retry=False))
        await three.closed()
        found.readers.send("board", _edit(house))
        assert [len(socket.row) for socket in sockets] == [1, 1, 1]
        (again,) = await _readers(house, "s4")
        socket = Socket(again)
        found.readers.send("board", _edit(house))
        assert len(socket.row) == 1


async def test_what_a_full_socket_is_owed_waits_in_order(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        one, two = await _readers(house, "s2", "s3")
        slow, quick = Socket(one), Socket(two)
        slow.full_after = 2
        readers = (await house.delivery()).readers
        for number in range(5):
            readers.send("board", _edit(house, b"x" * number))
        assert len(quick.row) == 5
        assert len(slow.row) == 2
        slow.full_after = 1_000
        slow.turn(True)  # what waits goes first
        readers.send("board", _edit(house, b"xxxxx"))
        assert len(slow.row) == 2
        slow.room = _at_once  # type: ignore[method-assign]
        waited = await one.outbox.get()
        assert [len(item.update) for item in waited if isinstance(item, Update)] == [2, 3, 4, 5]
        readers.send("board", _edit(house, b"x" * 6))
        assert len(slow.row) == 3


async def test_a_socket_that_is_gone_costs_the_others_nothing(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        sessions = await _readers(house, "s2", "s3", "s4")
        sockets = [Socket(session) for session in sessions]
        sockets[1].gone = True
        (await house.delivery()).readers.send("board", _edit(house))
        assert [len(socket.row) for socket in sockets] == [1, 0, 1]
        assert sockets[1].singly == [_edit(house)]  # where its end is noticed


async def _at_once() -> None:
    return None
