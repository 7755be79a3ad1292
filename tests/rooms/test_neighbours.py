"""Several processes serve one room on Redis (issue 5, *any number of processes serve any room*)."""

import asyncio
import time
from collections.abc import AsyncIterator

import msgspec
import pytest

from activities.kernel import Refused
from rooms import commits, lib0
from rooms.outgoing import Aware, Bye, Say
from rooms.storage import StorageUnwritable
from tests.redis_server import RedisServer
from tests.rooms.house import House
from tests.rooms.page import Page
from tests.rooms.street import Street
from tests.waiting import until

pytestmark = pytest.mark.redis


@pytest.fixture
async def street(redis_url: str) -> AsyncIterator[Street]:
    """Two processes, a lead and three people, and a session of one person at each."""
    async with await Street.open(redis_url, 2, people=3) as made:
        for house in made.houses:
            await house.room()
        yield made


async def at(house: House, seat: str, client: int) -> Page:
    """Somebody at a process, with the board open."""
    return await Page.open(house, await house.session(seat), "board", client)


async def test_SCA1_a_command_at_one_is_seen_at_the_other(street: Street) -> None:
    one, other = street[0], street[1]
    await one.start()
    await street.same()
    seen = await other.view("s2")
    assert seen["activity"] == (await one.view("s2"))["activity"]
    seq = await other.do("s2", "help.ask")
    await street.same()
    assert (await one.view("s2"))["seq"] >= seq


async def test_commands_at_both_at_once_are_all_applied_LOG2_SCA1(street: Street) -> None:
    done = await asyncio.gather(
        *(
            street[n % 2].do(
                f"s{2 + n % 3}", "help.ask" if n % 4 < 2 else "help.done", request=f"q{n}"
            )
            for n in range(24)
        ),
        return_exceptions=True,
    )
    assert all(isinstance(outcome, int | Refused) for outcome in done)
    await street.same()
    first, second = [(await house.room()).whole for house in street.houses]
    assert first == second


async def test_LOG3_a_request_resent_at_another_process_is_applied_once(street: Street) -> None:
    one, other = street[0], street[1]
    seq = await one.do("s2", "help.ask", request="the same")
    assert await other.do("s2", "help.ask", request="the same") == seq
    assert len(await one.storage.commits(one.opened.room)) == seq


async def test_SCA1_cards_typed_in_one_appear_in_the_other(street: Street) -> None:
    one = await at(street[0], "s2", 102)
    other = await at(street[1], "s3", 103)
    for number in range(5):
        assert await one.card(f"s2-{number}", f"of one, {number}")
        assert await other.card(f"s3-{number}", f"of the other, {number}")

    async def both() -> bool:
        await one.pull()
        await other.pull()
        return one.doc.get_state() == other.doc.get_state()

    await until(both)
    for house in street.houses:
        cards = await (await house.room()).shelf.cards("board")
        assert {card.id for card in cards} == {f"s{s}-{n}" for s in (2, 3) for n in range(5)}


async def test_SCA1_edits_at_both_at_once_are_all_kept_and_none_twice(street: Street) -> None:
    one = await at(street[0], "s2", 102)
    other = await at(street[1], "s3", 103)

    async def write(page: Page, seat: str) -> None:
        for number in range(20):
            assert await page.card(f"{seat}-{number}", f"{number}")

    await asyncio.gather(write(one, "s2"), write(other, "s3"))

    async def both() -> bool:
        await one.pull()
        await other.pull()
        return one.doc.get_state() == other.doc.get_state()

    await until(both)
    stored = await street[0].storage.updates(f"{street[0].opened.room}/board")
    assert [row.id for row in stored] == list(range(1, 41))


async def test_SCA2_a_gap_is_caught_up_before_it_is_refused(street: Street) -> None:
    """Somebody hops: what they wrote at one process is what their next edit builds on."""
    one, other = street[0], street[1]
    page = await at(one, "s2", 102)
    await other.open_document(session := await other.session("s2"), "board")
    page.house, before = other, page.session
    assert before.opened
    for number in range(10):
        house, page.session = (one, before) if number % 2 else (other, session)
        page.house = house
        assert await page.card(f"s2-{number}", "text")
    assert [(await house.room()).shelf.refused for house in street.houses] == [0, 0]


async def test_a_client_id_of_somebody_else_is_refused_at_every_process(street: Street) -> None:
    one = await at(street[0], "s2", 102)
    assert await one.card("s2-1", "mine")
    other = await at(street[1], "s3", 102)
    assert not await other.card("s3-1", "not mine")
    assert await one.card("s2-2", "mine too")


async def test_CLK5_a_timed_turn_ends_once_though_both_alarms_ring(redis_url: str) -> None:
    async with await Street.open(redis_url, 2, "empty", people=5) as street:
        one, other = street.houses
        for house in street.houses:
            for seat in one.tokens:
                await house.session(seat)
        await one.plan("story_circle")
        teller = await one.telling()
        await street.same()
        seq = (await one.room()).whole.room.seq
        tags: list[str] = []
        while "turn.nudged" not in tags[-1:]:  # the last that the clock alone does to a teller
            await street.clock.advance(5_000)
            for house in street.houses:
                await house.everyone_beats()
            await street.same()
            rows = await one.storage.commits(one.opened.room, seq)
            tags = [tag for _, raw in rows for tag in told(commits.decode(raw))]
        await street.clock.advance(5_000)
        await street.same()
        assert sorted(tags) == sorted(set(tags)), "each was told once"
        first, second = [(await house.room()).whole for house in street.houses]
        assert first == second
        done = next(o for o in (await other.view(teller))["may"] if o["type"] == "turn.done")
        ends = [
            house.do(teller, "turn.done", activity="a1", turn=done["turn"], group=done["group"])
            for house in (one, other)
        ]
        outcomes = await asyncio.gather(*ends, return_exceptions=True)
        assert len([outcome for outcome in outcomes if isinstance(outcome, int)]) == 1, outcomes
        rows = await one.storage.commits(one.opened.room, seq)
        tags = [tag for _, raw in rows for tag in told(commits.decode(raw))]
        assert tags.count("turn.done") == 1


def told(commit: commits.Commit) -> list[str]:
    """Kinds of events of the running activity."""
    events = (event for event in commit.events if isinstance(event, commits.ActivityEvent))
    return [msgspec.json.decode(bytes(event.event))["type"] for event in events]


async def test_G1_of_two_who_take_the_lead_at_once_one_has_it(street: Street) -> None:
    one, other = street.houses
    lead = one.lead
    await one.do(lead, "seat.role", seat="s2", role="facilitator", epoch=await one.epoch())
    await one.do(lead, "seat.role", seat="s3", role="facilitator", epoch=await one.epoch())
    await street.same()
    epoch = await one.epoch()
    for seat, house in (("s2", one), ("s3", other)):
        await house.session(seat)
    await street.clock.advance(900_000)
    for seat, house in (("s2", one), ("s3", other)):
        (await house.room()).called(await house.device(seat))
        await (await house.room()).sweep()
    await street.clock.advance(40_000)
    await street.same()
    outcomes = await asyncio.gather(
        one.do("s2", "lead.take", epoch=await one.epoch()),
        other.do("s3", "lead.take", epoch=await other.epoch()),
        return_exceptions=True,
    )
    await street.same()
    leads = {(await house.room()).whole.room.lead.lead for house in street.houses}
    assert len(leads) == 1
    assert leads <= {"s2", "s3", lead}
    assert len([one for one in outcomes if isinstance(one, int)]) <= 1, outcomes
    assert await one.epoch() >= epoch


# Who is here


async def here(house: House) -> set[str]:
    """Seats that are here as a process sees it."""
    room = await house.room()
    return {seat for seat in room.whole.room.seats if room.presence.here(seat)}


async def heard_of(street: Street, seat: str, at: House, by: House) -> None:
    """Wait until `by` has heard that somebody is at another process: that leaves a while to the
    other to say so first. They stay there however long it takes."""

    async def seen() -> bool:
        (await at.room()).called(await at.device(seat))
        await street.clock.advance(100)
        return seat in await here(by)

    await until(seen)


async def test_who_is_at_one_process_is_here_at_the_other(street: Street) -> None:
    one, other = street.houses
    await street.clock.advance(1_000_000)  # nobody is here who has only called
    session = await one.session("s2")
    await heard_of(street, "s2", one, other)
    before = len(await one.storage.commits(one.opened.room))
    third = await street.build()
    assert "s2" in await here(third), "a process that opens the room knows at once"
    assert len(await one.storage.commits(one.opened.room)) == before, "and tells nobody away"
    await session.closed()

    async def gone() -> bool:
        await street.clock.advance(100)
        return "s2" not in await here(other) and "s2" not in await here(third)

    await until(gone)
    await street.same()


async def test_SCA3_a_killed_process_leaves_no_ghosts(street: Street) -> None:
    """Not longer than 30 s: neither people nor pointers."""
    one, other = street.houses
    page, watching = await at(one, "s2", 102), await at(other, "s3", 103)
    assert await page.card("s2-1", "text")
    await page.session.awareness(page.full, pointer(102, 1, "s2"))

    async def pointed() -> bool:
        await one.listen()
        await other.listen()
        return any(isinstance(item, Aware) for item in other.heard[watching.session])

    await until(pointed)
    assert b"Person 1" in (await other.room()).shelf.everyone_aware("board")
    await heard_of(street, "s2", one, other)
    heard = other.storage.subscribe(other.opened.room)
    await street.kill(one)
    await other.storage.publish(other.opened.room, b"the last")
    while await anext(heard) != b"the last":
        pass  # what it had said before its end arrives in time, not in the leap of the clock
    other.heard[watching.session].clear()
    for _ in range(4):
        (await other.room()).called(await other.device("s3"))
        await street.clock.advance(5_000)
        await other.hub._touch()
    assert "s2" not in await here(other)
    assert "s3" in await here(other)
    assert not (await other.room()).shelf.everyone_aware("board")
    await other.listen()
    assert any(isinstance(item, Aware) for item in other.heard[watching.session])


def pointer(client: int, clock: int, seat: str) -> bytes:
    """An awareness update as a provider sends it."""
    state = msgspec.json.encode({"seat": seat, "pointer": {"x": 1, "y": 2}}).decode()
    return lib0.uint(1) + lib0.uint(client) + lib0.uint(clock) + lib0.text(state)


# A process that is killed


async def test_SCA3_what_a_killed_process_left_undone_another_does(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DOC5: the commit is in the log, the card is not on the board."""
    one, other = street.houses
    room = await one.room()
    owed = room.log._effects

    async def never(*_: object) -> None:
        if owed.owed is not None:
            raise StorageUnwritable("killed")

    await one.start()
    await street.same()
    monkeypatch.setattr(owed, "settle", never)
    card = {"document": "board", "section": "", "kind": "theme", "text": "A card"}
    await one.do(one.lead, "note.add", **card)
    log = await one.storage.commits(one.opened.room)
    await street.kill(one)
    await street.same()
    assert not await (await other.room()).shelf.cards("board")
    await street.clock.advance(5_000)
    (made,) = await (await other.room()).shelf.cards("board")
    assert made.text == "A card"
    assert len(log) <= len(await other.storage.commits(other.opened.room))


async def test_STO2_a_room_forgotten_at_one_process_ends_at_the_other(street: Street) -> None:
    one, other = street.houses
    session = await other.session("s2")
    await one.hub.forget(one.opened.room)

    async def told() -> bool:
        await other.listen()
        return any(isinstance(i, Bye) and i.code == 4410 for i in other.heard[session])

    await until(told)
    assert await other.hub.delivery(other.opened.room) is None
    assert list(await other.storage.rooms()) == []


# The line to Redis


@pytest.mark.slow
async def test_SCA4_people_are_told_that_nothing_is_saved_within_5_s_and_are_back_within_15_s(
    own_redis: RedisServer,
) -> None:
    async with await Street.open(own_redis.url, 2, people=2) as street:
        one, other = street.houses
        session = await other.session("s3")
        page = await at(one, "s2", 102)
        assert await page.card("s2-1", "before")
        await street.same()
        own_redis.kill()
        began = time.monotonic()

        async def told() -> bool:
            await other.listen()
            said = [i.payload for i in other.heard[session] if isinstance(i, Say)]
            views = [text for text in said if text.startswith('{"type":"view"')]
            return bool(views) and "Nothing can be saved" in views[-1]

        await until(told, 5)
        with pytest.raises(Refused, match="full") as refused:
            await other.do("s3", "help.ask", request="kept by the page")
        assert refused.value.message is not None
        assert "Nothing was lost" in refused.value.message.id
        assert not await page.card("s2-2", "meanwhile")
        assert time.monotonic() - began < 10
        own_redis.start()

        async def back() -> bool:
            return not await told()

        await until(back, 15)
        await page.session.step2(page.full, page.doc.get_update())
        await one.listen()
        await other.do("s3", "help.ask", request="kept by the page")
        await street.same()

        async def both() -> bool:
            shelves = [(await house.room()).shelf for house in street.houses]
            return [len(await shelf.cards("board")) for shelf in shelves] == [2, 2]

        await until(both)


async def test_SCA6_who_is_sent_to_another_process_counts_as_here_on_the_way(
    street: Street,
) -> None:
    one, other = street[0], street[1]
    session = await one.session("s2")
    room = await other.room()
    await heard_of(street, "s2", one, other)
    log = await one.storage.commits(room.id)
    street.houses.remove(one)
    one.hub.leave()
    await session.closed()
    await one.hub.close()
    await one.storage.close()
    await street.clock.advance(5_000)
    await room.sweep()
    assert room.presence.here("s2")
    assert await other.storage.commits(room.id) == log, "nobody was missed"
    # Who does not come is away in the end.
    await street.clock.advance(20_000)
    await room.sweep()
    assert not room.presence.here("s2")
