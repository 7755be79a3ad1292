"""Heavy decisions: computed off the loop, replayed from the log, asked again after a crash."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from msgspec.structs import replace

from activities.blocks import Now, View, say
from activities.kernel import (
    PEOPLE,
    Activity,
    Command,
    Cut,
    Event,
    Harvest,
    Job,
    Member,
    MemberJoined,
    MemberLeft,
    Moment,
)
from activities.registry import ACTIVITIES
from tests.rooms.house import House


class Settings(msgspec.Struct, frozen=True):
    """Nothing to set."""


class Counted(Command, frozen=True, kw_only=True, tag="people.count"):
    """The work is done."""

    basis: str
    dice: int


class Told(Event, frozen=True, kw_only=True, tag="people.counted"):
    """What was counted."""

    basis: str
    dice: int


class Moved(Event, frozen=True, kw_only=True, tag="people.moved"):
    """Somebody came or went."""

    seat: str
    came: bool


class Over(Event, frozen=True, kw_only=True, tag="people.over"):
    """The end."""


class State(msgspec.Struct, frozen=True):
    """Who is here, and what was counted of them."""

    people: tuple[str, ...]
    told: str = ""
    dice: int = 0
    over: bool = False


class Counting:
    """An activity that wants everybody counted whenever somebody comes or goes, and holds the
    computation until the test lets it go on."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.begun = threading.Event()
        self.threads: list[int] = []
        self.runs = 0
        self.broken: Exception | None = None

    def run(self, basis: str, dice: int) -> Command:
        self.runs += 1
        self.threads.append(threading.get_ident())
        self.begun.set()
        assert self.go.wait(10)
        if self.broken:
            raise self.broken
        return Counted(basis=basis, dice=dice)

    def work(self, state: State) -> Job | None:
        basis = ",".join(state.people)
        if state.told == basis:
            return None
        return Job(basis, lambda dice: self.run(basis, dice))

    def activity(self) -> Activity[State]:
        row: dict[str, frozenset[type[Command]]] = {
            "clock": frozenset((*PEOPLE, Counted)),
            "lead": frozenset({Cut}),
        }
        return Activity(
            kind="counting",
            version=1,
            title=say("Counting"),
            summary=say("Counting"),
            settings=Settings,
            state=State,
            commands=(Counted, Cut, *PEOPLE),
            events=(Told, Moved, Over),
            phases=("open",),
            allowed={"open": row},
            initial=initial,
            phase=lambda state, seat: "open",
            roles=lambda state, seat, roles: roles,
            stale=lambda state, command, moment: None,
            decide=decide,
            evolve=evolve,
            view=lambda state, viewer: View("open", (Now(text=say("Counting")),)),
            harvest=lambda state: Harvest(),
            deadline=lambda state: None,
            closed=lambda state: state.over,
            work=self.work,
        )


def initial(settings: Settings, members: tuple[Member, ...], moment: Moment) -> State:
    return State(tuple(member.seat for member in members))


def decide(state: State, command: Command, moment: Moment) -> tuple[Event, ...]:
    match command:
        case Counted():
            return (Told(basis=command.basis, dice=command.dice),)
        case MemberJoined(member=member) if member.seat not in state.people:
            return (Moved(seat=member.seat, came=True),)
        case MemberLeft(seat=seat) if seat in state.people:
            return (Moved(seat=seat, came=False),)
        case Cut():
            return (Over(),)
        case _:
            return ()


def evolve(state: State, event: Event) -> State:
    match event:
        case Told():
            return replace(state, told=event.basis, dice=event.dice)
        case Moved():
            others = tuple(seat for seat in state.people if seat != event.seat)
            return replace(state, people=(*others, event.seat) if event.came else others)
        case Over():
            return replace(state, over=True)
        case _:
            return state


@pytest.fixture
async def house(
    tmp_path: Path, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setitem(cast("dict[str, Any]", ACTIVITIES), "counting", counting.activity())
    async with await House.open(tmp_path, "empty", people=2) as opened:
        await opened.plan("counting", "counting")
        yield opened


@pytest.fixture
def counting() -> Iterator[Counting]:
    made = Counting()
    yield made
    made.go.set()


async def state_of(house: House, item: str = "a1") -> State:
    found = (await house.room()).whole.running[item].state
    assert isinstance(found, State)
    return found


async def begin(house: House) -> None:
    """Start without waiting for the computation."""
    room, epoch = await house.room(), await house.epoch()
    item = {"type": "activity.start", "item": "a1", "epoch": epoch}
    body = json.dumps({"request": "begin", "seat": house.lead, "command": item})
    await room.command(await house.device(house.lead), body.encode())


async def begun(counting: Counting) -> None:
    await asyncio.to_thread(counting.begun.wait, 10)


async def test_WRK2_the_result_is_in_the_log_and_replay_does_not_compute(
    house: House, counting: Counting
) -> None:
    """G7: what was computed, and with which dice, is in the event."""
    await house.start()
    state = await state_of(house)
    assert state.told == ",".join(state.people)
    assert state.dice
    assert threading.get_ident() not in counting.threads
    runs = counting.runs
    await house.crash()
    assert await state_of(house) == state
    assert counting.runs == runs


async def test_WRK1_the_room_goes_on_while_it_is_computed(house: House, counting: Counting) -> None:
    counting.go.clear()
    await begin(house)
    await begun(counting)
    assert (await state_of(house)).told == ""
    seat = await house.join("Late One")
    room = await house.room()
    body = {"type": "seat.willing", "willing": True}
    ask = json.dumps({"request": "w", "seat": seat, "command": body}).encode()
    await room.command(await house.device(seat), ask)  # answered while a thread computes
    assert room.whole.room.seats[seat].willing
    counting.go.set()
    await room.bench.settled()


async def test_WRK3_a_stale_result_changes_nothing_and_is_computed_again(
    house: House, counting: Counting
) -> None:
    counting.go.clear()
    await begin(house)
    await begun(counting)
    seat = await house.join("Late One")
    counting.go.set()
    await (await house.room()).bench.settled()
    state = await state_of(house)
    assert seat in state.people
    assert state.told == ",".join(state.people)
    assert counting.runs == 2


async def test_WRK4_killed_between_job_and_result_it_is_asked_again_at_load(
    house: House, counting: Counting
) -> None:
    counting.go.clear()
    await begin(house)
    await begun(counting)
    before = (await house.room()).bench
    before._closed = True  # what a dead process computed reaches nobody
    await house.crash()
    counting.go.set()
    room = await house.room()
    await room.bench.settled()
    state = await state_of(house)
    assert state.told == ",".join(state.people)
    await before.settled()


async def test_of_two_processes_one_result_counts(house: House, counting: Counting) -> None:
    counting.go.clear()
    await begin(house)
    await begun(counting)
    first = await house.room()
    await house.another()
    second = await house.room()
    counting.go.set()
    await first.bench.settled()
    await second.bench.settled()
    await second.log.follow()
    rows = await house.storage.commits(house.opened.room)
    assert sum(b"people.counted" in raw for _, raw in rows) == 1
    assert first.whole.running["a1"].state == second.whole.running["a1"].state
    await first.close()


async def test_WRK4_a_broken_job_does_not_end_the_room_and_is_not_tried_again_and_again(
    house: House, counting: Counting
) -> None:
    counting.broken = ZeroDivisionError("a bug")
    await house.start()
    assert counting.runs == 1
    assert (await state_of(house)).told == ""
    counting.broken = None
    await house.join("Another")  # another basis is tried
    await (await house.room()).bench.settled()
    assert (await state_of(house)).told != ""


async def test_WRK4_what_cannot_be_written_is_asked_for_again(
    house: House, counting: Counting
) -> None:
    """STO1"""
    counting.go.clear()
    await begin(house)
    await begun(counting)
    house.storage.full = True
    counting.go.set()
    await (await house.room()).bench.settled()
    assert (await state_of(house)).told == ""
    house.storage.full = False
    await house.clock.advance(2_000)
    assert (await state_of(house)).told != ""


async def test_nothing_is_computed_for_an_activity_that_is_over(
    house: House, counting: Counting
) -> None:
    counting.go.clear()
    await begin(house)
    await begun(counting)
    await house_cut(house)
    counting.go.set()
    await (await house.room()).bench.settled()
    assert (await state_of(house)).told == ""
    assert counting.runs == 1


async def house_cut(house: House) -> None:
    room, epoch = await house.room(), await house.epoch()
    body = {"type": "activity.cut", "epoch": epoch}
    ask = json.dumps({"request": "cut", "seat": house.lead, "command": body})
    await room.command(await house.device(house.lead), ask.encode())
