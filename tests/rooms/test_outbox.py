"""The bounded outbox (`rooms/outbox.py`; architecture.md Delivery, reliability.md U3)."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.outbox import BATCH, HARD_LIMIT, LIMIT, STALL, Outbox
from rooms.outgoing import (
    OVERHEAD,
    Ack,
    AuthOk,
    Aware,
    Bye,
    ClosedDocument,
    Outgoing,
    Say,
    Step2,
    Update,
    size,
)
from rooms.wire import Goodbye


class Dial:
    """Seconds, moved by hand."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def resync(document: str, since: bytes) -> Sequence[Outgoing]:
    return [Step2(document, b"all that was missed")]


async def drain(outbox: Outbox) -> list[Outgoing]:
    items: list[Outgoing] = []
    while outbox.waiting or outbox.overflowed:
        items.extend(await asyncio.wait_for(outbox.get(), 5))
    return items


async def test_items_leave_in_order() -> None:
    outbox = Outbox()
    items: list[Outgoing] = [
        AuthOk("r", False),
        Step2("r", b"1"),
        Update("r", b"2"),
        Ack("r", True),
        Say("r", "x"),
    ]
    for item in items:
        outbox.put(item)
    assert await outbox.get() == items
    assert outbox.waiting == 0


async def test_get_waits_until_there_is_something() -> None:
    outbox = Outbox()
    getting = asyncio.create_task(outbox.get())
    await asyncio.sleep(0)
    assert not getting.done()
    outbox.put(Ack("r", True))
    assert await asyncio.wait_for(getting, 5) == [Ack("r", True)]


async def test_only_the_newest_view_of_a_key_is_kept() -> None:
    outbox = Outbox()
    outbox.put_latest("view/s1", Say("r", "s1 old"))
    outbox.put_latest("view/s2", Say("r", "s2"))
    outbox.put(Ack("r", True))
    outbox.put_latest("view/s1", Say("r", "s1 new"))
    assert await outbox.get() == [Say("r", "s2"), Ack("r", True), Say("r", "s1 new")]
    outbox.put_latest("view/s1", Say("r", "s1 newest"))
    assert await outbox.get() == [Say("r", "s1 newest")]


async def test_acks_and_answers_are_neither_merged_nor_dropped() -> None:
    outbox = Outbox(resync)
    expected: list[Outgoing] = []
    for number in range(500):
        outbox.put(Update("r/board", b"x" * 10_000))
        for item in (Ack("r/board", True), Say("r", f"done {number}")):
            outbox.put(item)
            expected.append(item)
    got = await drain(outbox)
    assert [item for item in got if isinstance(item, Ack | Say)] == expected


async def test_U3_awareness_goes_first() -> None:
    outbox = Outbox(resync, limit=10_000)
    outbox.put(Update("r/board", b"edit"))
    for _ in range(100):
        outbox.put(Aware("r/board", b"x" * 1_000))
    assert outbox.waiting <= 10_000
    assert not outbox.overflowed
    got = await drain(outbox)
    assert Update("r/board", b"edit") in got
    assert len(got) < 12


async def test_U3_then_the_document_with_most_content_is_owed_a_resync() -> None:
    outbox = Outbox(resync, limit=10_000)
    outbox.put(Update("r/memo", b"small"))
    for _ in range(20):
        outbox.put(Update("r/board", b"x" * 1_000))
        outbox.put(Ack("r/board", True))
    assert outbox.overflowed == {"r/board"}
    assert outbox.waiting <= 10_000
    got = await drain(outbox)
    assert Update("r/memo", b"small") in got
    assert [item for item in got if isinstance(item, Update)] == [Update("r/memo", b"small")]
    assert got[-1] == Step2("r/board", b"all that was missed")
    assert not outbox.overflowed
    outbox.put(Update("r/board", b"after"))
    assert await outbox.get() == [Update("r/board", b"after")]


async def test_without_a_resync_the_owed_documents_stay_named() -> None:
    outbox = Outbox(limit=1_000)
    outbox.put(Step2("r/board", b"x" * 2_000))
    assert await outbox.get() == []
    assert outbox.overflowed == {"r/board"}


async def test_the_resync_is_made_when_the_device_reads_not_before() -> None:
    asked: list[str] = []

    def resync(document: str, since: bytes) -> Sequence[Outgoing]:
        asked.append(document)
        return [Step2(document, b"fresh"), Aware(document, b"all")]

    outbox = Outbox(resync, limit=1_000)
    outbox.put(Update("r/board", b"x" * 2_000))
    outbox.put(Update("r/board", b"late"))
    assert asked == []
    assert await outbox.get() == [Step2("r/board", b"fresh"), Aware("r/board", b"all")]
    assert asked == ["r/board"]


async def test_a_document_closed_or_opened_anew_is_owed_nothing() -> None:
    items: list[Outgoing] = [ClosedDocument("r/board", "gone"), AuthOk("r/board", False)]
    for item in items:
        outbox = Outbox(resync, limit=1_000)
        outbox.put(Update("r/board", b"x" * 2_000))
        outbox.put(item)
        assert await outbox.get() == [item]


async def test_U3_a_device_that_does_not_read_is_told_to_come_back() -> None:
    time = Dial()
    outbox = Outbox(resync, limit=1_000, time=time)
    outbox.put(Update("r/board", b"x" * 2_000))
    time.at = STALL
    outbox.put(Update("r/board", b"x"))
    lost: list[Goodbye] = []
    outbox.lost = lost.append
    assert lost == []
    time.at = STALL + 0.1
    outbox.put(Update("r/board", b"x"))
    outbox.put(Update("r/board", b"x"))
    assert [(goodbye.code, goodbye.retry) for goodbye in lost] == [(4429, True)]
    with pytest.raises(Goodbye):
        await outbox.get()
    outbox.put(Ack("r", True))
    outbox.put_latest("view", Say("r", "x"))
    assert outbox.waiting == 0


async def test_a_slow_reader_is_kept_as_long_as_it_reads() -> None:
    time = Dial()
    outbox = Outbox(resync, limit=1_000, time=time)
    for _ in range(20):
        outbox.put(Update("r/board", b"x" * 2_000))
        time.at += STALL - 1
        assert await outbox.get() == [Step2("r/board", b"all that was missed")]


async def test_a_slow_reader_of_little_is_never_closed() -> None:
    time = Dial()
    outbox = Outbox(resync, time=time)
    outbox.put(Ack("r", True))
    time.at = 10 * STALL
    outbox.put(Ack("r", True))
    assert await outbox.get() == [Ack("r", True), Ack("r", True)]


async def test_answers_alone_beyond_the_hard_limit_end_the_session() -> None:
    outbox = Outbox(resync)
    for _ in range(HARD_LIMIT // OVERHEAD):
        outbox.put(Ack("r", True))
    assert outbox.waiting == HARD_LIMIT
    outbox.put(Ack("r", True))
    with pytest.raises(Goodbye) as raised:
        await outbox.get()
    assert raised.value.code == 4429


async def test_a_batch_is_bounded_so_that_the_rest_can_still_be_merged() -> None:
    outbox = Outbox()
    for _ in range(10):
        outbox.put(Update("r", b"x" * (BATCH // 4)))
    assert len(await outbox.get()) == 3
    outbox.put(Update("r", b"x" * (BATCH * 2)))
    assert len(await outbox.get()) == 3
    assert len(await outbox.get()) == 3
    assert len(await outbox.get()) == 1
    assert [size(item) for item in await outbox.get()] == [BATCH * 2 + OVERHEAD]


async def test_nothing_follows_a_bye() -> None:
    outbox = Outbox()
    outbox.put(Bye(4410, "closed"))
    outbox.put(Ack("r", True))
    outbox.put_latest("view", Say("r", "x"))
    assert await outbox.get() == [Bye(4410, "closed")]
    assert outbox.waiting == 0


PUT = st.one_of(
    st.builds(lambda d, n: Update(f"r/{d}", b"u" * n), st.integers(0, 3), st.integers(0, 600)),
    st.builds(lambda d, n: Step2(f"r/{d}", b"s" * n), st.integers(0, 3), st.integers(0, 600)),
    st.builds(lambda d, n: Aware(f"r/{d}", b"a" * n), st.integers(0, 3), st.integers(0, 200)),
    st.builds(lambda n: Say("r", "v" * n), st.integers(0, 100)),
    st.just(Ack("r", True)),
)


@given(st.lists(st.one_of(PUT, st.just("get"), st.integers(0, 2)), max_size=80))
async def test_bytes_are_counted_exactly_and_no_content_is_lost_unowed(
    steps: list[Outgoing | str | int],
) -> None:
    """Whatever happens: the count is the sum of what waits, the bound holds, and every dropped
    edit is followed by a resync of its document."""
    outbox = Outbox(resync, limit=2_000, hard_limit=1_000_000)
    put: list[Outgoing] = []
    views: dict[int, Say] = {}
    got: list[Outgoing] = []
    for number, step in enumerate(steps):
        if step == "get":
            if outbox.waiting or outbox.overflowed:
                got.extend(await outbox.get())
        elif isinstance(step, int):
            views[step] = Say(f"v{step}", str(number))
            outbox.put_latest(f"v{step}", views[step])
        else:
            assert not isinstance(step, str)
            put.append(step)
            outbox.put(step)
        assert outbox.waiting == sum(size(item) for item, _ in outbox._items.values())
        undroppable = sum(
            size(item) for item, _ in outbox._items.values() if isinstance(item, Ack | Say)
        )
        assert outbox.waiting <= max(2_000, undroppable)
    got.extend(await drain(outbox))
    kept = [item for item in put if isinstance(item, Ack) or item == Say("r", "")]
    assert [item for item in got if isinstance(item, Ack) or item == Say("r", "")] == kept
    for view in views.values():
        assert view in got
    for document in {item.document for item in put if isinstance(item, Update)}:
        contents = [i for i in put if isinstance(i, Update | Step2) and i.document == document]
        received = [i for i in got if isinstance(i, Update | Step2) and i.document == document]
        if contents != received:
            lost = [item for item in contents if item not in received]
            assert not lost or Step2(document, b"all that was missed") in received


def test_limits_are_as_promised() -> None:
    assert (LIMIT, HARD_LIMIT, BATCH, STALL) == (1_310_720, 1_441_792, 65_536, 30.0)


async def test_what_is_on_its_way_counts_until_the_reader_asks_for_more() -> None:
    """A device that stopped reading in the middle of a large frame does not get a second one."""
    outbox = Outbox(resync, limit=1_000)
    outbox.put(Step2("d", b"x" * 900))
    assert len(await outbox.get()) == 1
    assert outbox.held > 900
    outbox.put(Update("d", b"y" * 200))
    assert outbox.overflowed == {"d"}
    assert [type(item) for item in await outbox.get()] == [Step2]
    assert outbox.waiting == 0


async def test_the_resync_begins_where_the_first_thing_dropped_did() -> None:
    asked: list[tuple[str, bytes]] = []

    def fresh(document: str, since: bytes) -> Sequence[Outgoing]:
        asked.append((document, since))
        return [Step2(document, b"what is missing", since)]

    outbox = Outbox(fresh, limit=300)
    outbox.put(Update("d", b"1" * 10, since=b"before 1"))
    await outbox.get()
    for n in (b"2", b"3", b"4", b"5"):
        outbox.put(Update("d", n * 100, since=b"before " + n))
    assert outbox.overflowed == {"d"}
    assert [item for item in await outbox.get() if isinstance(item, Step2)]
    assert asked == [("d", b"before 2")]


async def test_whoever_writes_is_called_when_something_waits_and_not_before() -> None:
    outbox = Outbox(resync)
    called: list[bool] = []
    outbox.waits = lambda: called.append(outbox.ready)
    assert not outbox.ready
    outbox.put(Ack("r", True))
    assert called == [True]
    assert await outbox.get() == [Ack("r", True)]
    assert not outbox.ready
    assert outbox.held > 0  # it may be on its way yet
    outbox.passed_on()
    assert outbox.held == 0
