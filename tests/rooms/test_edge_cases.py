"""The edge cases of `methods.md` 1.13: each cell of the table is a test of its name here.

Forms are tried with an activity that has them: round and circle with the story circle, bowl with
the fishbowl, solo writing with the evaluation, the vote with voting, plenary with the plenary.
*Two devices, one person* follows the ruling *Seats and devices*: both stay, one seat, one vote.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from activities import _dyads_model as pairs
from activities import _story_circle_state as story
from activities._fishbowl_commands import SeatOffer, SeedAsk
from activities._fishbowl_seats import ChairTaken
from activities.blocks import Words
from activities.dyads import DYADS
from activities.evaluation import EVALUATION, AnswersGive
from activities.fishbowl import FISHBOWL
from activities.kernel import MINUTE, BoardNote, Member, Refused
from activities.kernel import Before as Left
from activities.phases import PhaseNext
from activities.plenary import PLENARY
from activities.voting import VOTING
from rooms.hall_desk import STEWARD_GRACE
from tests.activities.driver import SECOND, World, check, tag, world
from tests.activities.test_dyads import SHORT, begun, go, spoken, voice
from tests.activities.test_story_circle import (
    circle,
    evening,
    finish_round,
    holder,
    host_of,
    lead_to,
    offered,
    sentences,
    tell,
    telling,
)
from tests.rooms.house import House

FORMS: Final = ("round", "pairs", "group", "bowl", "solo", "plenary")

TABLE: Final[dict[str, tuple[str, ...]]] = {
    "late_joiner": (
        "end of running queue", "next round; triad only in think", "door: at boundary, smallest",
        "outer", "may answer till close", "simply in",
    ),
    "leaver": (
        "out of both queues", "repair in 60 s", "order closes up; < 3 at boundary -> merge",
        "chair frees", "sent answers stay, drafts private", "nothing",
    ),
    "reconnect": (
        "same place; own turn resumes", "same pair if still open, else next round", "same circle",
        "back to outer, keeps queue place 45 s", "own draft back", "nothing",
    ),
    "odd_number": ("-", "one triad, or C fills", "sizes differ by 1", "-", "-", "-"),
    "pass": (
        "deferred once, then final", "silence in own half is allowed", "as round",
        "never obliged to enter", "blank is an answer", "nothing",
    ),
    "silent_person": (
        "quiet, then kind offer, then note card", "time stays theirs", "note card",
        "private invitation only if agreed before", "none", "none",
    ),
    "too_many": (
        "split, or mode word", "any number", "k = ceil(N/max)", "satellites", "any",
        "voice by group",
    ),
    "too_few": (
        "N = 1: skip; 2: pair form", "N = 1: C joins", "one group", "< 6: use a round",
        "< 4: talk, no vote", "fine",
    ),
    "unequal_groups": (
        "equal turn length; early group gets next prompt", "triad: same total, shorter turns",
        "as round", "batches differ by 1", "-", "equal report time",
    ),
    "lead_leaves": (
        "H goes on; else autopilot", "hard timers finish, then hold", "H; else autopilot",
        "chairs run, state waits", "closes at time", "C takes over or hold",
    ),
    "table_device_lost": (
        "members away, 60 s grace, then adopt code", "room pair goes on unrecorded",
        "room group goes on, notes later", "S chairs freed after 60 s", "paper, entered later",
        "buddy tells C",
    ),
    "two_devices": ("both stay, one seat, one vote",) * 6,
}  # fmt: skip
"""case -> what is to happen, form by form, in the words of 1.13."""


def cells() -> list[str]:
    """Every cell that asks for something."""
    return [
        f"{case}__{form}"
        for case, row in TABLE.items()
        for form, wanted in zip(FORMS, row, strict=True)
        if wanted != "-"
    ]


def test_every_cell_of_1_13_has_its_test() -> None:
    here = {name for name in vars(sys.modules[__name__]) if name.startswith("test_1_13_")}
    named = {name.removeprefix("test_1_13_") for name in here}
    assert set(cells()) - named == set()
    assert named - set(cells()) == set()


def test_the_table_is_whole() -> None:
    assert len(TABLE) == 12
    assert all(len(row) == len(FORMS) for row in TABLE.values())
    assert len(cells()) == 67


# --- late joiner --------------------------------------------------------------------------------


def test_1_13_late_joiner__round() -> None:
    """At the end of the running queue: after those who wait, before anybody's second turn."""
    room = telling(5)
    first = holder(room)
    assert room.do(first, "turn.pass") is None  # deferred: first in the second queue
    room.join(Member("late"))
    host = host_of(room)
    told = [tell(room)]
    if host:
        for seat in (host, "f1"):
            if "door.admit" in offered(room, seat, "panel" if seat == "f1" else "seat"):
                room.do(seat, "door.admit", "panel" if seat == "f1" else "seat")
                break
    while len(told) < 6:
        told.append(tell(room))
    assert told[-2:] == ["late", first]


def test_1_13_late_joiner__group() -> None:
    """At a boundary, into the smallest group."""
    room = telling(9)  # 5 and 4
    room.join(Member("late"))
    assert story.circle_of(room.state, "late") is None
    assert room.state.door[0].group == "c2"
    room.do("f1", "door.admit", "panel")
    room.do(holder(room, "c2"), "turn.begin")
    assert story.circle_of(room.state, "late") is None  # nobody enters a story
    room.do(holder(room, "c2"), "turn.done")
    found = story.circle_of(room.state, "late")
    assert found is not None
    assert found.id == "c2"


def test_1_13_late_joiner__bowl() -> None:
    room = bowl()
    room.join(Member("late"))
    assert "late" not in inside(room)
    assert "late" in listening(room)
    assert {"seat.ask", "seat.take"} & kinds(room, "late")


def test_1_13_late_joiner__solo() -> None:
    room = world(EVALUATION, count=4)
    room.wait(2 * MINUTE)
    room.join(Member("late"))
    assert room.send("late", AnswersGive(plus=Words("w9"))) is None


def test_1_13_late_joiner__plenary() -> None:
    room = plenary()
    room.join(Member("late"))
    assert room.do("late", "hand.up") is None
    assert "late" in room.state.hands


# --- leaver -------------------------------------------------------------------------------------


def test_1_13_leaver__round() -> None:
    room = telling(6)
    first = holder(room)
    room.do(first, "turn.pass")  # in the second queue now
    waiting = circle(room).round.first[-1]
    room.leave(first)
    room.leave(waiting)
    round_ = circle(room).round
    assert not {first, waiting} & {*round_.first, *round_.second}
    told = [tell(room) for _ in range(4)]
    assert not {first, waiting} & set(told)


def test_1_13_leaver__group() -> None:
    """The order closes up; fewer than three at a boundary join another circle."""
    room = lead_to(evening(7, max=4), "form")  # 4 and 3
    small = next(one for one in room.state.circles if len(one.seats) == 3)
    room.leave(small.seats[0])
    assert len(circle(room, small.id).seats) == 2
    lead_to(room, "settle")
    assert circle(room, small.id).seats == ()
    assert sum(len(one.seats) for one in room.state.circles) == 6


def test_1_13_leaver__bowl() -> None:
    room = bowl()
    fish = inside(room)[0]
    room.leave(fish)
    assert fish not in inside(room)
    check(room)


def test_1_13_leaver__solo() -> None:
    room = world(EVALUATION, count=4)
    assert room.send("s1", AnswersGive(plus=Words("w1"))) is None
    room.leave("s1")
    assert len(room.state.given) == 1
    vote = election(5)
    assert vote.do("s1", "vote.cast", option="f1-t1") is None
    vote.leave("s1")
    assert vote.do("f1", "phase.next", "panel") is None
    check(vote)


def test_1_13_leaver__plenary() -> None:
    room = plenary()
    before = room.state.phases
    room.leave("s1")
    assert room.state.phases == before


# --- reconnect ----------------------------------------------------------------------------------


def test_1_13_reconnect__round() -> None:
    room = telling(4)
    teller = holder(room)
    room.do(teller, "turn.begin")
    room.wait(60 * SECOND)
    begun = circle(room).round.floor
    assert begun is not None
    left = (begun.timer.ends_at or 0) - room.now
    order = circle(room).round.first
    room.drop(teller)
    room.wait(40 * SECOND)
    room.back(teller)
    floor = circle(room).round.floor
    assert floor is not None
    assert (floor.seat, (floor.timer.ends_at or 0) - room.now) == (teller, left)
    assert circle(room).round.first == order


def test_1_13_reconnect__group() -> None:
    room = telling(9)
    seat = circle(room, "c2").seats[-1]
    before = circle(room, "c2").seats
    room.drop(seat)
    room.wait(3 * MINUTE)
    room.back(seat)
    assert circle(room, "c2").seats == before


def test_1_13_reconnect__bowl() -> None:
    """A place in the waiting list is kept for 45 s; a chair is freed, and one is outside then."""
    room = bowl(people=9)
    fill(room)
    waiting = room.state.bowl.queue[0].seat
    room.drop(waiting)
    room.wait(40 * SECOND)
    room.back(waiting)
    assert room.state.bowl.queue[0].seat == waiting
    room.drop(waiting)
    room.wait(46 * SECOND)
    assert waiting not in [one.seat for one in room.state.bowl.queue]
    fish = inside(room)[0]
    room.drop(fish)
    room.wait(46 * SECOND)
    assert fish not in inside(room)
    room.back(fish)
    assert fish not in inside(room)
    assert fish in listening(room)


async def test_1_13_reconnect__solo(tmp_path: Path) -> None:
    """A draft lies in a document of its own, which the same person opens again after a drop."""
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")
        await house.open_document(session, "mine/s2")
        await session.closed()
        again = await house.session("s2")
        await house.open_document(again, "mine/s2")
        assert "mine/s2" in again.opened
    vote = election(5)
    assert vote.do("s1", "vote.cast", option="f1-t1") is None
    vote.drop("s1")
    vote.back("s1")
    assert "vote.uncast" in kinds(vote, "s1")


def test_1_13_reconnect__plenary() -> None:
    room = plenary()
    before = room.state.phases
    room.drop("s1")
    room.wait(30 * SECOND)
    room.back("s1")
    assert room.state.phases == before
    assert room.do("s1", "hand.up") is None


# --- odd number ---------------------------------------------------------------------------------


@pytest.mark.parametrize("count", range(3, 32))
def test_1_13_odd_number__group(count: int) -> None:
    room = lead_to(evening(count), "form")
    sizes = [len(one.seats) for one in room.state.circles]
    assert sum(sizes) == count
    assert max(sizes) - min(sizes) <= 1


# --- pass ---------------------------------------------------------------------------------------


def passes_twice(room: World, group: str) -> None:
    seat = holder(room, group)
    assert room.do(seat, "turn.pass") is None
    assert circle(room, group).round.status[seat] == "deferred"
    while circle(room, group).round.first or holder(room, group) != seat:
        tell(room, group)
    assert room.do(seat, "turn.pass") is None
    assert circle(room, group).round.status[seat] == "passed"


def test_1_13_pass__round() -> None:
    passes_twice(telling(4), "c1")


def test_1_13_pass__group() -> None:
    passes_twice(telling(9), "c2")


def test_1_13_pass__bowl() -> None:
    """Nobody is ever put on a chair: who does nothing listens to the end."""
    room = bowl(people=8)
    quiet = next(seat for seat in listening(room))
    room.wait(20 * MINUTE)
    assert quiet not in {event.seat for event in room.log if isinstance(event, ChairTaken)}


def test_1_13_pass__solo() -> None:
    room = world(EVALUATION, count=4)
    assert room.send("s1", AnswersGive()) is None
    vote = election(5)
    assert vote.do("f1", "phase.next", "panel") is None  # a blank ballot of everybody
    check(vote)


def test_1_13_pass__plenary() -> None:
    room = plenary()
    room.wait(10 * MINUTE)
    assert room.state.floor == ""  # nobody is given the floor without a hand
    assert "hand.up" in kinds(room, "s1")


# --- silent person ------------------------------------------------------------------------------


def test_1_13_silent_person__round() -> None:
    """Quiet; then a word for the teller alone; then the host asks kindly; never passed before 90 s;
    a note card instead."""
    room = telling(4)
    teller, host = holder(room), host_of(room)
    other = next(seat for seat in circle(room).seats if seat != teller)
    room.wait(21 * SECOND)
    assert "Take your time" in sentences(room, teller)
    assert "Take your time" not in sentences(room, other)
    room.wait(60 * SECOND)
    assert holder(room) == teller
    assert host
    lead_to(room, "quiet")
    silent = next(seat for seat in circle(room).seats if seat not in room.state.tellers)
    assert "leave a note instead" in sentences(room, silent)


def test_1_13_silent_person__group() -> None:
    room = lead_to(telling(9), "quiet")
    silent = circle(room, "c2").seats[0]
    assert "leave a note instead" in sentences(room, silent)
    assert "leave a note instead" not in sentences(room, "f1", "panel")


def test_1_13_silent_person__bowl() -> None:
    """Who has not said yes before is never invited; the invitation is private."""
    room = bowl(people=8)
    first, second = listening(room)[:2]
    assert room.send("f1", SeedAsk(epoch=room.epoch, seat=first)) is None
    assert room.do(first, "seed.answer", yes=True) is None
    room.wait(5 * MINUTE)
    assert room.send("f1", SeatOffer(epoch=room.epoch, seat=second)) is not None
    assert room.send("f1", SeatOffer(epoch=room.epoch, seat=first)) is None
    assert "seat.decline" in kinds(room, first)
    shown = [sentences_of(room, seat) for seat in (second, "s1")]
    assert not any("seat.decline" in kinds(room, seat) for seat in (second, "s1")), shown


def test_1_13_silent_person__solo() -> None:
    """Nobody is reminded by name, and no screen says who has not answered."""
    room = world(EVALUATION, count=4)
    room.send("s1", AnswersGive(plus=Words("w1")))
    assert "s2" not in sentences_of(room, "f1", "panel")


def test_1_13_silent_person__plenary() -> None:
    room = plenary()
    room.wait(5 * MINUTE)
    assert "s2" not in sentences_of(room, "s1")


# --- too many, too few --------------------------------------------------------------------------


def test_1_13_too_many__round() -> None:
    """More than fit one round: circles."""
    room = lead_to(evening(40), "form")
    assert [len(one.seats) for one in room.state.circles] == [8] * 5


@pytest.mark.parametrize("count", [9, 31, 60, 200, 300])
def test_1_13_too_many__group(count: int) -> None:
    room = lead_to(evening(count, max=8), "form")
    assert len(room.state.circles) == -(-count // 8)


def test_1_13_too_many__bowl() -> None:
    """Above fifty still one bowl; listeners speak in satellites."""
    room = bowl(people=60)
    assert len(inside(room)) <= room.state.settings.S
    for _ in range(3):
        if room.state.phases.phase == "outer_speaks":
            break
        room.do("f1", "phase.next", "panel")
    sizes = {len(group.seats) for group in room.state.groups}
    assert sizes
    assert min(sizes) >= 2
    assert max(sizes) <= room.state.settings.satellites + 1


def test_1_13_too_many__solo() -> None:
    room = world(EVALUATION, count=300)
    for number in range(1, 301):
        assert room.send(f"s{number}", AnswersGive(plus=Words(f"w{number}"))) is None
    assert len(room.state.given) == 300


def test_1_13_too_many__plenary() -> None:
    """After circles, one voice speaks for each."""
    room = lead_to(evening(24), "plenary")
    assert len(story.voices(room.state)) == 3
    assert room.state.voice == 1


@pytest.mark.parametrize("count", [0, 1])
def test_1_13_too_few__round(count: int) -> None:
    """One person makes no round: the lead is told in a sentence, nothing changes."""
    room = evening(count)
    lead_to(room, "frame")
    before = room.state
    assert room.send("f1", PhaseNext(epoch=room.epoch, phase="frame")) == "bad_request"
    assert room.state == before
    pair = telling(2)
    assert len(circle(pair).seats) == 2
    finish_round(pair)


@pytest.mark.parametrize("count", [2, 3, 4, 8])
def test_1_13_too_few__group(count: int) -> None:
    room = lead_to(evening(count), "form")
    assert [len(one.seats) for one in room.state.circles] == [count]


def test_1_13_too_few__bowl() -> None:
    room = world(FISHBOWL, count=4)
    assert "round.start" in kinds(room, "f1", "panel")
    assert room.do("f1", "round.start", "panel") is None
    assert room.state.phases.phase == "round"
    many = world(FISHBOWL, count=9)
    assert "round.start" not in kinds(many, "f1", "panel")


def test_1_13_too_few__solo() -> None:
    room = world(VOTING, count=3, earlier=lambda _: themes(4))
    assert room.do("f1", "phase.next", "panel") is None
    assert room.state.phases.phase == "talk"


def test_1_13_too_few__plenary() -> None:
    for count in (0, 1):
        room = world(PLENARY, count=count)
        room.wait(MINUTE)
        check(room)


# --- unequal groups -----------------------------------------------------------------------------


def test_1_13_unequal_groups__round() -> None:
    """Every turn has the same length in the larger and the smaller circle; who is early gets the
    next question, not more stories."""
    room = telling(9)  # 5 and 4
    assert circle(room, "c1").round.length == circle(room, "c2").round.length
    finish_round(room, "c2")
    assert circle(room, "c2").stage == "done"
    assert "question.next" in offered(room, host_of(room, "c2"))
    assert not {"turn.begin", "turn.volunteer"} & offered(room, host_of(room, "c2"))


def test_1_13_unequal_groups__group() -> None:
    room = telling(9)
    finish_round(room, "c2")
    assert "still telling" in sentences(room, circle(room, "c2").seats[0])
    assert circle(room, "c1").stage == "telling"


def test_1_13_unequal_groups__bowl() -> None:
    room = world(FISHBOWL, FISHBOWL.settings(mode="closed"), count=11)
    for seat in listening(room)[:4]:
        if "batch.choose" in kinds(room, seat):
            room.do(seat, "batch.choose")
    assert room.do("f1", "phase.next", "panel") is None
    sizes = [len(batch) for batch in room.state.batches]
    assert len(sizes) > 1
    assert max(sizes) - min(sizes) <= 1


def test_1_13_unequal_groups__plenary() -> None:
    """Each circle has the same time to report, however many sat in it."""
    room = lead_to(evening(9), "plenary")
    first = room.state.voice_timer.duration
    room.do("f1", "turn.next", "panel")
    assert room.state.voice == 2
    assert room.state.voice_timer.duration == first


# --- the lead leaves ----------------------------------------------------------------------------


def test_1_13_lead_leaves__round() -> None:
    room = telling(4)
    for lead in ("f1", "f2"):
        room.leave(lead)
    tell(room)  # the host tells first
    teller = holder(room)
    room.do(teller, "turn.begin")
    room.wait(4 * MINUTE + SECOND)
    assert room.do(host_of(room), "turn.next") is None
    assert holder(room) != teller
    alone = telling(4, hosts=False)
    for lead in ("f1", "f2"):
        alone.leave(lead)
    silent = holder(alone)
    alone.wait(3 * MINUTE)
    assert holder(alone) != silent  # the autopilot goes on by the clock
    check(alone)


def test_1_13_lead_leaves__group() -> None:
    room = lead_to(evening(9, hosts=False), "settle")
    for lead in ("f1", "f2"):
        room.leave(lead)
    room.wait(10 * MINUTE)
    assert room.state.phase == "telling"
    check(room)


def test_1_13_lead_leaves__bowl() -> None:
    """Chairs go on changing hands; the phase waits for somebody to lead."""
    room = bowl(people=9)
    room.leave("f1")
    room.wait(40 * MINUTE)
    assert room.state.phases.phase == "open"
    seat = listening(room)[0]
    assert room.do(seat, "seat.take" if "seat.take" in kinds(room, seat) else "seat.ask") is None


def test_1_13_lead_leaves__solo() -> None:
    vote = election(5)
    vote.leave("f1")
    vote.wait(20 * MINUTE)
    assert vote.state.phases.phase != "open"
    room = world(EVALUATION, count=4)
    room.leave("f1")
    before = room.state.phases.phase
    room.wait(2 * 60 * MINUTE)
    assert room.state.phases.phase != before


async def test_1_13_lead_leaves__plenary(tmp_path: Path) -> None:
    """A co-facilitator takes over with one tap; with none, everything holds."""
    async with await House.open(tmp_path, template="check_in", people=2) as house:
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        await house.start()
        await house.do(house.lead, "seat.leave")
        assert (await house.room()).whole.room.lead.acting == "s2"
        room = plenary()
        room.leave("f1")
        before = room.state.phases.phase
        room.wait(30 * MINUTE)
        assert room.state.phases.phase == before


# --- a table's device is lost -------------------------------------------------------------------


async def lost_table(house: House) -> list[str]:
    """Rosa's device with two people falls silent."""
    rosa = await house.join("Rosa", where="room")
    people = [rosa, *[await house.carry(rosa, name) for name in ("Baraka", "Asha")]]
    session = await house.session(rosa)
    await session.closed()
    return people


async def adopt(house: House, by: str) -> None:
    tables = (await house.view(house.lead))["room"]["tables"]
    code = next(table["code"] for table in tables if table["code"])
    await house.do(by, "seat.adopt", code=code)


async def test_1_13_table_device_lost__round(tmp_path: Path) -> None:
    """Everybody at it is away; a minute later another device in the hall may take them over; their
    places in the order are kept."""
    async with await House.open(tmp_path, template="circle", people=2) as house:
        rosa = await house.join("Rosa", where="room")
        people = [rosa, *[await house.carry(rosa, name) for name in ("Baraka", "Asha")]]
        maria = await house.join("Maria", where="room")
        await house.telling()
        room = await house.room()
        seats = [c.seats for c in room.whole.running["a1"].state.circles]
        session = await house.session(rosa)
        await session.closed()
        assert {room.presence.word(seat) for seat in people} == {"away"}
        with pytest.raises(Refused, match="not_allowed"):
            await adopt(house, maria)
        await house.clock.advance(STEWARD_GRACE)
        await adopt(house, maria)
        assert {room.presence.word(seat) for seat in people} == {"here"}
        assert [c.seats for c in room.whole.running["a1"].state.circles] == seats


async def test_1_13_table_device_lost__group(tmp_path: Path) -> None:
    """The table stays in its circle and goes on; what its people write later is theirs."""
    async with await House.open(tmp_path, template="circle", people=3) as house:
        rosa = await house.join("Rosa", where="room")
        guest = await house.carry(rosa, "Baraka")
        maria = await house.join("Maria", where="room")
        await house.start()
        await house.to("reflect")
        session = await house.session(rosa)
        await session.closed()
        await house.clock.advance(STEWARD_GRACE)
        state = (await house.room()).whole.running["a1"].state
        circle_id = next(c.id for c in state.circles if guest in c.seats)
        await adopt(house, maria)
        house.tokens[guest] = house.tokens[maria]
        await house.do(
            guest,
            "note.add",
            document=f"group/a1-{circle_id}",
            section="reflect",
            kind="insight",
            text="from our paper",
        )
        note = next(iter((await house.room()).whole.room.notes.values()))
        assert (note.seat, note.entered_by) == (guest, maria)


def test_1_13_table_device_lost__bowl() -> None:
    """Chairs of people at a table are kept for 60 s, not 45."""
    table = tuple(Member(f"t{n}", where="carried", table="d1") for n in (1, 2))
    people = (Member("f1", facilitator=True), *table, *(Member(f"s{n}") for n in range(1, 8)))
    room = World(FISHBOWL, FISHBOWL.settings(), people, 1)
    for seat in ("t1", "s1", "s2", "s3"):
        assert room.do(seat, "seat.take") is None
    for _ in range(2):
        assert room.do("f1", "phase.next", "panel") is None
    room.drop("t1")
    room.wait(55 * SECOND)
    assert "t1" in inside(room)
    room.wait(6 * SECOND)
    assert "t1" not in inside(room)


async def test_1_13_table_device_lost__solo(tmp_path: Path) -> None:
    """What stands on paper is entered later, by whoever took the table over, and says by whom."""
    async with await House.open(tmp_path, template="check_in") as house:
        maria = await house.join("Maria", where="room")
        people = await lost_table(house)
        await house.start()
        await house.to("answer")
        await house.clock.advance(STEWARD_GRACE)
        await adopt(house, maria)
        house.tokens[people[1]] = house.tokens[maria]
        await answer(house, people[1], "river")
        state = (await house.room()).whole.room
        kept = [w for w in state.words.values() if w.seat == people[1] and w.entered_by]
        assert [w.entered_by for w in kept][-1] == maria


async def test_1_13_table_device_lost__plenary(tmp_path: Path) -> None:
    """Facilitators see at once which table it is, and the code to read out; nobody else does."""
    async with await House.open(tmp_path, people=1) as house:
        people = await lost_table(house)
        table = (await house.view(house.lead))["room"]["tables"][0]
        assert (table["steward"], table["seats"]) == (people[0], people)
        assert table["code"]
        assert table["lost_since"]
        assert (await house.view("s2"))["room"]["tables"] == []


# --- two devices, one person --------------------------------------------------------------------


async def two_devices(house: House) -> tuple[str, str]:
    """The organiser takes a place, on two devices; returns both tokens."""
    await house.do(house.lead, "seat.deal", dealt_in=True)
    again = await house.hub.recover(await house.room(), house.opened.facilitate)
    assert again.token
    assert again.seat == house.lead
    return house.tokens[house.lead], again.token


async def answer(house: House, seat: str, words: str) -> None:
    """Answer the check-in as the screen offers it."""
    offers = (await house.view(seat, "seat"))["may"]
    offer = next(one for one in offers if one["type"] == "answer.give")
    sent = {
        name: value
        for name, value in offer.items()
        if name not in ("type", "label", "place", "needs", "hint", "confirm", "shown", "words")
    }
    await house.do(seat, "answer.give", activity="a1", words=words, **sent)


async def both_see(house: House, tokens: tuple[str, str]) -> set[str | None]:
    """Which phase either device shows; both stay."""
    room = await house.room()
    shown: set[str | None] = set()
    for token in tokens:
        device = room.device(token)
        assert device is not None
        view = msgspec.json.decode(room.view(device, house.lead, "seat"))
        shown.add(view["activity"]["phase"] if view["activity"] else None)
    return shown


async def test_1_13_two_devices__round(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=3) as house:
        tokens = await two_devices(house)
        await house.start()
        await house.to("settle")
        state = (await house.room()).whole.running["a1"].state
        ring = [seat for c in state.circles for seat in c.seats]
        assert ring.count(house.lead) == 1
        assert len(await both_see(house, tokens)) == 1


async def test_1_13_two_devices__group(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=3) as house:
        tokens = await two_devices(house)
        await house.start()
        await house.to("form")
        assert await both_see(house, tokens) == {"form"}
        room = await house.room()
        documents = [room.documents(d) for t in tokens if (d := room.device(t)) is not None]
        assert documents[0] == documents[1]


def test_1_13_two_devices__bowl() -> None:
    """Two taps of one person from two screens are one chair."""
    room = world(FISHBOWL, count=8)
    offers = [o for o in room.view("s1").may if tag(o.command) == "seat.take"]
    assert room.send("s1", offers[0].command) is None
    assert room.send("s1", offers[0].command) is not None
    assert inside(room).count("s1") == 1


async def test_1_13_two_devices__solo(tmp_path: Path) -> None:
    """One answer, one ballot: the last tap holds, whichever device it came from."""
    async with await House.open(tmp_path, template="check_in", people=2) as house:
        tokens = await two_devices(house)
        await house.start()
        await house.to("answer")
        for token, words in zip(tokens, ("first", "second"), strict=True):
            house.tokens[house.lead] = token
            await answer(house, house.lead, words)
        answers = (await house.room()).whole.running["a1"].state.answers
        assert list(answers).count(house.lead) == 1


async def test_1_13_two_devices__plenary(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        tokens = await two_devices(house)
        room = await house.room()
        assert room.here() == 2
        assert len(await both_see(house, tokens)) == 1


# --- pairs and trios ----------------------------------------------------------------------------


def test_1_13_late_joiner__pairs() -> None:
    """While people think they sit down with a pair; later they wait for the next round."""
    room = begun("rotating", count=4)
    go(room, "half_1")
    room.join(Member("late"))
    assert pairs.group_of(room.state, "late") == ""
    assert "late" in pairs.waiting(room.state)
    go(room, "half_2")
    room.work()
    go(room, "move")
    assert pairs.group_of(room.state, "late")
    thinking = begun("paired", count=4)
    thinking.join(Member("late"))
    assert len(thinking.state.groups[pairs.group_of(thinking.state, "late")]) == 3


def test_1_13_leaver__pairs() -> None:
    """Mended within a minute: nobody sits alone."""
    room = begun("paired", count=6)
    go(room, "half_1")
    gone, left = next(iter(room.state.groups.values()))
    room.leave(gone)
    room.wait(60 * SECOND)
    assert len(room.state.groups[pairs.group_of(room.state, left)]) == 3


def test_1_13_reconnect__pairs() -> None:
    room = begun("paired", count=6)
    go(room, "half_1")
    lost, left = next(iter(room.state.groups.values()))
    room.drop(lost)
    room.wait(40 * SECOND)
    room.back(lost)
    assert pairs.group_of(room.state, lost) == pairs.group_of(room.state, left) != ""
    room.drop(lost)
    room.wait(61 * SECOND)
    room.back(lost)
    assert pairs.group_of(room.state, lost) == ""
    assert lost in pairs.waiting(room.state)


@pytest.mark.parametrize("count", [3, 7, 31])
def test_1_13_odd_number__pairs(count: int) -> None:
    sizes = sorted(map(len, begun("paired", count=count).state.groups.values()))
    assert sizes == [2] * ((count - 3) // 2) + [3]
    filled = begun("paired", count=7, facilitators=2, odd="facilitator_fills")
    assert {len(seats) for seats in filled.state.groups.values()} == {2}


def test_1_13_pass__pairs() -> None:
    """Silence in one's own half is allowed: nothing asks, nothing passes the floor on."""
    room = begun("paired", count=2, half_s=180)
    go(room, "half_1")
    speaker = next(s for s in ("s1", "s2") if voice(room, s).mode == "speak")
    room.wait(150 * SECOND)
    assert voice(room, speaker).mode == "speak"
    assert not any(offer.place == "main" for offer in room.view(speaker).may)


def test_1_13_silent_person__pairs() -> None:
    """The time stays theirs: the other one's half is not a second longer."""
    room = begun("paired", count=2, half_s=60)
    had = spoken(room)
    assert had["s1"] == pytest.approx(had["s2"], abs=1_000)


@pytest.mark.parametrize("count", [40, 200])
def test_1_13_too_many__pairs(count: int) -> None:
    room = begun("paired", count=count)
    assert {len(seats) for seats in room.state.groups.values()} == {2}
    assert len(room.state.groups) == count // 2


def test_1_13_too_few__pairs() -> None:
    room = begun("rotating", count=1, facilitators=2)
    go(room, "half_1")
    assert sorted(map(sorted, room.state.groups.values())) == [["f2", "s1"]]


def test_1_13_unequal_groups__pairs() -> None:
    """A trio has the same total in three shorter turns."""
    room = begun("paired", count=5, half_s=180)
    had = spoken(room)
    totals = {len(seats): sum(had[seat] for seat in seats) for seats in room.state.groups.values()}
    assert set(totals) == {2, 3}
    assert totals[2] == pytest.approx(totals[3], abs=3_000)


def test_1_13_lead_leaves__pairs() -> None:
    """Hard timers finish by themselves."""
    room = begun("paired", count=4)
    go(room, "half_1")
    room.leave("f1")
    room.wait(20 * MINUTE)
    assert room.state.phases.phase in ("own_note", "closed")


def test_1_13_table_device_lost__pairs() -> None:
    """Two at one table talk face to face: their pair goes on when the device is silent."""
    table = tuple(Member(f"t{n}", where="carried", table="d1") for n in (1, 2))
    people = (Member("f1", facilitator=True), *table, Member("s1"), Member("s2"))
    room = World(DYADS, SHORT["paired"], people, 1)
    room.work()
    go(room, "half_1")
    together = pairs.group_of(room.state, "t1")
    for seat in ("t1", "t2"):
        room.drop(seat)
    room.wait(45 * SECOND)
    for seat in ("t1", "t2"):
        room.back(seat)
    assert pairs.group_of(room.state, "t1") == pairs.group_of(room.state, "t2") == together


def test_1_13_two_devices__pairs() -> None:
    """Two taps of one person are one: a pair has each person once."""
    room = begun("paired", count=4)
    go(room, "half_1")
    seats = [seat for pair in room.state.groups.values() for seat in pair]
    assert sorted(seats) == sorted(set(seats))
    lost, left = next(iter(room.state.groups.values()))
    room.drop(lost)
    room.wait(31 * SECOND)
    offer = next(o for o in room.view(left).may if tag(o.command) == "pair.join")
    assert room.send(left, offer.command) is None
    assert room.send(left, offer.command) is not None


# --- short words --------------------------------------------------------------------------------


def kinds(room: World, seat: str, lens: Any = "seat") -> set[str]:
    """The commands on offer."""
    return {tag(offer.command) for offer in room.view(seat, lens).may}


def sentences_of(room: World, seat: str, lens: Any = "seat") -> str:
    return repr(room.view(seat, lens).blocks)


def bowl(people: int = 8) -> World:
    """An open fishbowl in its open phase: four inside, one chair free."""
    room = world(FISHBOWL, count=people)
    for n in range(1, 5):
        assert room.do(f"s{n}", "seat.take") is None
    for _ in range(2):
        assert room.do("f1", "phase.next", "panel") is None
    assert room.state.phases.phase == "open"
    return room


def fill(room: World) -> None:
    """The free chair is taken, and somebody waits."""
    first, second = listening(room)[:2]
    room.do(first, "seat.take" if "seat.take" in kinds(room, first) else "seat.ask")
    room.do(second, "seat.ask")
    assert room.state.bowl.queue


def inside(room: World) -> list[str]:
    return [chair.seat for chair in room.state.bowl.chairs if chair.seat]


def listening(room: World) -> list[str]:
    found = set(inside(room))
    return [s for s in room.here() if s not in found and not room.people[s].member.facilitator]


def plenary() -> World:
    return world(PLENARY, PLENARY.settings(form="talk"), count=4)


def themes(count: int) -> Left:
    notes = tuple(
        BoardNote(f"f1-t{n}", "theme", Words(f"theme{n}"), "f1") for n in range(1, count + 1)
    )
    return Left(notes=notes)


def election(count: int) -> World:
    """A vote on four themes that is open."""
    room = world(VOTING, count=count, earlier=lambda _: themes(4))
    assert room.do("f1", "phase.next", "panel") is None
    assert room.state.phases.phase == "open"
    return room
