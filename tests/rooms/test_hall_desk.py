"""Seats in a hall: taken along, adopted, carried by phone; a yes said aloud (`methods.md` 1.1, 1.2,
1.8, ruling *Seats and devices*)."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from activities.kernel import Refused
from rooms import commits
from rooms.hall_desk import STEWARD_GRACE, lost_tables
from rooms.hall_events import MOVE_WINDOW
from rooms.hub import Joined
from rooms.outgoing import Bye, Say
from rooms.presence import SILENT
from rooms.seats import SEATS_PER_DEVICE, Device
from tests.rooms.house import House

TEMPLATE = "circle"


async def own(house: House, seat: str) -> list[dict[str, Any]]:
    """The seats of the `device` message of this seat's device."""
    room = await house.room()
    message = msgspec.json.decode(room.device_seats(await house.device(seat)))
    return list(message["seats"])


async def code_of(house: House, seat: str) -> str:
    return str(next(one["code"] for one in await own(house, seat) if one["seat"] == seat))


async def take(house: House, code: str, device: Device | None = None) -> Joined:
    return await house.hub.take_over(await house.room(), code, device)


async def table_of(house: House, people: int = 3) -> list[str]:
    """A steward in the hall and the people of their table."""
    steward = await house.join("Rosa", where="room")
    return [steward, *[await house.carry(steward, f"Guest {n}") for n in range(people)]]


# --- a seat is taken along ----------------------------------------------------------------------


async def test_a_carried_person_takes_everything_along_to_an_own_phone_SEA9(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        rosa, guest = await table_of(house, 1)
        await house.do(guest, "seat.willing", willing=True)
        await house.do(guest, "seat.move")
        code = await code_of(house, guest)
        assert len(code) == 9
        joined = await take(house, code)
        assert joined.seat == guest
        assert joined.token
        room = await house.room()
        seat = room.whole.room.seats[guest]
        assert (seat.willing, seat.where) == (True, "room")
        assert room.presence.here(guest)
        # The table no longer speaks for this seat.
        with pytest.raises(Refused, match="stale_seat"):
            await house.do(guest, "help.ask")
        with pytest.raises(Refused, match="stale_seat"):
            await house.view(guest)
        house.tokens[guest] = joined.token
        await house.do(guest, "help.ask")
        assert [one["seat"] for one in await own(house, guest)] == [guest]
        assert [one["seat"] for one in await own(house, rosa)] == [rosa]
        table = (await house.device(rosa)).id
        assert f"mine/{guest}" not in room.documents(Device(table, (rosa,)))


async def test_a_code_works_once_and_for_ten_minutes_SEA9(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        _, first, second = await table_of(house, 2)
        await house.do(first, "seat.move")
        code = await code_of(house, first)
        found = await house.hub.find(code)
        assert found is not None
        assert found.kind == "move"
        await take(house, code)
        with pytest.raises(Refused, match="stale_seat"):
            await take(house, code)
        assert await house.hub.find(code) is None
        await house.do(second, "seat.move")
        with pytest.raises(Refused, match="duplicate"):
            await house.do(second, "seat.move")
        late = await code_of(house, second)
        await house.clock.advance(MOVE_WINDOW)
        await house.everyone_beats()
        assert await house.hub.find(late) is None
        with pytest.raises(Refused, match="stale_seat"):
            await take(house, late)
        await house.do(second, "seat.move")  # another code
        assert await code_of(house, second) != late


async def test_a_code_that_was_taken_back_opens_nothing(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        _, guest = await table_of(house, 1)
        with pytest.raises(Refused, match="duplicate"):
            await house.do(guest, "seat.stay")
        await house.do(guest, "seat.move")
        code = await code_of(house, guest)
        await house.do(guest, "seat.stay")
        assert await code_of(house, guest) == ""
        with pytest.raises(Refused, match="stale_seat"):
            await take(house, code)


async def test_no_code_is_in_the_log_or_in_anybody_elses_view(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        _, guest = await table_of(house, 1)
        await house.do(guest, "seat.move")
        code = await code_of(house, guest)
        rows = await house.storage.commits(house.opened.room)
        assert code.encode() not in b"".join(raw for _, raw in rows)
        for seat in (house.lead, "s2", guest):
            assert code not in str(await house.view(seat))


async def test_a_seat_joins_those_of_a_phone_that_has_one_already(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        _, guest = await table_of(house, 1)
        await house.do(guest, "seat.move")
        joined = await take(house, await code_of(house, guest), await house.device("s2"))
        assert joined == Joined(guest, None)
        house.tokens[guest] = house.tokens["s2"]
        assert [one["seat"] for one in await own(house, "s2")] == ["s2", guest]
        assert (await house.room()).whole.room.seats[guest].where == "carried"


async def test_facilitators_keep_to_their_own_link(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        with pytest.raises(Refused, match="not_allowed"):
            await house.do(house.lead, "seat.move")


async def test_the_session_of_a_device_without_seats_is_told_that_they_moved(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")
        await house.do("s2", "seat.move")
        await take(house, await code_of(house, "s2"))
        await house.listen()
        bye = next(one for one in house.heard[session] if isinstance(one, Bye))
        assert (bye.code, bye.retry) == (4411, False)


async def test_a_shared_device_is_told_who_is_still_on_it(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        rosa, guest = await table_of(house, 1)
        session = await house.session(rosa)
        document = await house.open_document(session, f"mine/{guest}")
        await house.do(guest, "seat.move")
        await take(house, await code_of(house, guest))
        await house.listen()
        told = [
            msgspec.json.decode(one.payload) for one in house.heard[session] if isinstance(one, Say)
        ]
        devices = [one for one in told if one["type"] == "device"]
        assert [one["seat"] for one in devices[-1]["seats"]] == [rosa]
        assert document not in {f"{house.opened.room}/{name}" for name in session.opened}


async def test_moving_survives_a_restart_LOG7(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        _, guest = await table_of(house, 1)
        await house.do(guest, "seat.move")
        code = await code_of(house, guest)
        await house.crash()
        joined = await take(house, code)
        assert joined.token
        house.tokens[guest] = joined.token
        await house.crash()
        await house.do(guest, "help.ask")


# --- a table loses its device -------------------------------------------------------------------


async def lose(house: House, steward: str) -> None:
    """The device falls silent; everybody else is heard of."""
    room = await house.room()
    session = await house.session(steward)
    await session.closed()
    assert not room.presence.here(steward)


async def adopt_code(house: House) -> str:
    tables = (await house.view(house.lead))["room"]["tables"]
    return str(next(table["code"] for table in tables if table["code"]))


async def test_a_lost_table_goes_on_at_another_device_in_the_hall_SEA10(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        people = await table_of(house)
        maria = await house.join("Maria", where="room")
        assert (await house.view(house.lead))["room"]["tables"][0]["code"] == ""
        await lose(house, people[0])
        room = await house.room()
        assert not any(room.presence.here(seat) for seat in people)
        code = await adopt_code(house)
        assert "seat.adopt" in await house.offered(maria)
        with pytest.raises(Refused) as early:
            await house.do(maria, "seat.adopt", code=code)
        assert early.value.reason == "not_allowed"
        await house.clock.advance(STEWARD_GRACE)
        await house.do(maria, "seat.adopt", code=f" {code.lower()} ")
        for seat in people:
            house.tokens[seat] = house.tokens[maria]
            assert room.presence.here(seat)
        seats = await own(house, maria)
        assert [one["seat"] for one in seats] == [maria, *people]
        assert [one["steward"] for one in seats] == [True, False, False, False, False]
        # What Maria types for somebody says so.
        await house.do(people[1], "help.ask", about="louder please")
        state = room.whole.room
        assert state.words[state.help[people[1]].about].entered_by == maria


async def test_the_lost_device_speaks_for_nobody_when_it_comes_back(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        people = await table_of(house)
        maria = await house.join("Maria", where="room")
        await lose(house, people[0])
        await house.clock.advance(STEWARD_GRACE)
        old = house.tokens[people[0]]
        await house.do(maria, "seat.adopt", code=await adopt_code(house))
        assert (await house.room()).device(old) is None


async def test_adopting_needs_the_hall_the_code_and_a_lost_table(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        people = await table_of(house)
        maria = await house.join("Maria", where="room")
        with pytest.raises(Refused, match="unknown"):
            await house.do(maria, "seat.adopt", code="AAAA-AAAA")
        await lose(house, people[0])
        code = await adopt_code(house)
        await house.clock.advance(STEWARD_GRACE)
        with pytest.raises(Refused, match="unknown"):
            await house.do(maria, "seat.adopt", code="AAAA-AAAA")
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s2", "seat.adopt", code=code)  # not in the hall
        assert not (await house.room()).whole.room.hall.moved


async def test_only_facilitators_are_shown_tables_and_codes_SEA10(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        people = await table_of(house)
        await lose(house, people[0])
        code = await adopt_code(house)
        shown = await house.view("s2")
        assert shown["room"]["tables"] == []
        assert code not in str(shown)


async def test_no_facilitator_adopts_a_table_and_what_its_people_wrote_DOC2(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path) as house:
        await house.do(house.lead, "seat.where", where="room")
        people = await table_of(house)
        await lose(house, people[0])
        code = await adopt_code(house)
        await house.clock.advance(STEWARD_GRACE)
        assert "seat.adopt" not in await house.offered(house.lead)
        with pytest.raises(Refused, match="not_allowed"):
            await house.do(house.lead, "seat.adopt", code=code)
        room, device = await house.room(), await house.device(house.lead)
        assert not {f"mine/{seat}" for seat in people} & room.documents(device)


async def test_a_device_carries_nine_at_most(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        people = await table_of(house, 3)
        other = await house.join("Maria", where="room")
        for n in range(SEATS_PER_DEVICE - 3):
            await house.carry(other, f"More {n}")
        await lose(house, people[0])
        await house.clock.advance(STEWARD_GRACE)
        with pytest.raises(Refused, match="full"):
            await house.do(other, "seat.adopt", code=await adopt_code(house))


async def test_whoever_has_another_device_is_not_stranded(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        people = await table_of(house, 2)
        await house.do(people[1], "seat.move")
        await take(house, await code_of(house, people[1]))
        await lose(house, people[0])
        room = await house.room()
        assert list(lost_tables(room.whole.room, room.presence).values()) == [
            (people[0], people[2])
        ]


# --- people on the phone ------------------------------------------------------------------------


async def test_a_facilitator_speaks_for_people_on_the_phone_SEA11(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        kofi = await house.carry(house.lead, "Kofi", where="phone")
        state = (await house.room()).whole.room
        assert state.seats[kofi].where == "phone"
        await house.do(kofi, "help.ask", about="I cannot hear")
        state = (await house.room()).whole.room
        assert state.words[state.help[kofi].about].entered_by == house.lead
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        assert "seat.carry" in await house.offered("s2")
        await house.do("s2", "seat.carry", seat=kofi, epoch=1)
        house.tokens[kofi] = house.tokens["s2"]
        await house.do(kofi, "seat.willing", willing=True)
        with pytest.raises(Refused, match="duplicate"):
            await house.do("s2", "seat.carry", seat=kofi, epoch=1)


async def test_nobody_takes_the_seat_of_somebody_with_an_own_device_SEA11(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        caller = await house.join("Caller", where="phone")
        with pytest.raises(Refused, match="not_allowed"):
            await house.do(house.lead, "seat.carry", seat=caller, epoch=1)
        with pytest.raises(Refused, match="unknown"):
            await house.do(house.lead, "seat.carry", seat="s2", epoch=1)
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s2", "seat.carry", seat=caller, epoch=1)


async def test_people_on_the_phone_are_no_table(tmp_path: Path) -> None:
    """Whoever speaks for two callers does not seat them in one circle for that."""
    async with await House.open(tmp_path, people=4, template=TEMPLATE) as house:
        callers = [await house.carry(house.lead, name, where="phone") for name in ("Kofi", "Ama")]
        await house.start()
        state = (await house.room()).whole.running["a1"].state
        assert [state.members[seat].table for seat in callers] == ["", ""]
        assert {state.members[seat].where for seat in callers} == {"phone"}


async def test_where_one_is_can_change_but_not_from_a_table(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        _, guest = await table_of(house, 1)
        await house.do("s2", "seat.where", where="room")
        assert (await house.room()).whole.room.seats["s2"].where == "room"
        with pytest.raises(Refused, match="duplicate"):
            await house.do("s2", "seat.where", where="room")
        with pytest.raises(Refused, match="not_allowed"):
            await house.do(guest, "seat.where", where="remote")


# --- a yes said aloud ---------------------------------------------------------------------------


async def told_by_a_guest(house: House, choice: str = "unnamed") -> tuple[list[str], str]:
    """A circle whose teller sits at the lead's device and answered the release card there; the
    lead takes no place in circles. Returns the device's people, steward first, and the teller."""
    co = await house.join("Kofi")
    await house.do(house.lead, "seat.role", seat=co, role="facilitator", epoch=1)
    await house.do(co, "seat.deal", dealt_in=False)
    guests = [await house.carry(house.lead, f"Guest {n}") for n in range(3)]
    teller = await house.released(choice)
    assert teller in guests
    return [house.lead, *guests], teller


async def consents(house: House) -> list[tuple[str, str, bool, str]]:
    found = (await house.room()).whole.room.consents.values()
    return [(k.seat, k.consent.state, k.consent.verbal, k.heard) for k in found]


@pytest.mark.parametrize("choice", ["unnamed", "first_name", "name_org"])
async def test_a_yes_of_a_carried_person_counts_once_a_second_person_heard_it_WRD6(
    tmp_path: Path, choice: str
) -> None:
    async with await House.open(tmp_path, template=TEMPLATE) as house:
        people, teller = await told_by_a_guest(house, choice)
        assert {one[1:3] for one in await consents(house)} == {("pending", True)}
        words = msgspec.json.decode((await house.room()).my_words(await seat(house, teller)))
        assert all(one["unheard"] and not one["in_memo"] for one in words["words"])
        other = next(one for one in people[1:] if one != teller)
        offer = next(o for o in (await house.view(other))["may"] if o["type"] == "consent.hear")
        with pytest.raises(Refused, match="not_allowed"):
            await house.do(people[0], "consent.hear", seat=teller, answer=offer["answer"])
        with pytest.raises(Refused, match="not_allowed"):
            await house.do(teller, "consent.hear", seat=teller, answer=offer["answer"])
        with pytest.raises(Refused, match="stale_turn"):
            await house.do(other, "consent.hear", seat=teller, answer=offer["answer"] - 1)
        await house.do(other, "consent.hear", seat=teller, answer=offer["answer"])
        assert {one[1:] for one in await consents(house)} == {("given", True, other)}
        known = next(iter((await house.room()).whole.room.consents.values()))
        assert (known.entered_by, known.heard) == (people[0], other)
        with pytest.raises(Refused, match="duplicate"):
            await house.do("s2", "consent.hear", seat=teller, answer=offer["answer"])


async def seat(house: House, id: str) -> Any:
    return (await house.room()).whole.room.seats[id]


async def test_a_facilitator_may_be_the_second_person(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template=TEMPLATE) as house:
        _, teller = await told_by_a_guest(house)
        offer = next(o for o in (await house.view("s2"))["may"] if o["type"] == "consent.hear")
        await house.do("s2", "consent.hear", seat=teller, answer=offer["answer"])
        assert {one[1] for one in await consents(house)} == {"given"}


async def test_a_no_of_a_carried_person_holds_at_once_WRD6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template=TEMPLATE) as house:
        await told_by_a_guest(house, "keep")
        assert {one[1:3] for one in await consents(house)} == {("refused", True)}
        assert "consent.hear" not in await house.offered(house.lead)


async def test_an_unheard_yes_reaches_no_screen_and_no_memo_MEM1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template=TEMPLATE) as house:
        people, teller = await told_by_a_guest(house)
        for one in (house.lead, people[-1] if people[-1] != teller else people[-2]):
            assert "We were afraid" not in str(await house.view(one))
        room = await house.room()
        memo = await room.draft_memo("participants")
        assert "We were afraid" not in msgspec.json.encode(memo).decode()
        offer = next(o for o in (await house.view("s2"))["may"] if o["type"] == "consent.hear")
        await house.do("s2", "consent.hear", seat=teller, answer=offer["answer"])
        assert "We were afraid" in str(await house.view(house.lead))


async def test_words_of_somebody_with_an_own_phone_need_no_second_person(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template=TEMPLATE, people=3) as house:
        await house.released("unnamed")
        assert {one[1:3] for one in await consents(house)} == {("given", False)}


def test_silence_ends_before_the_grace() -> None:
    assert SILENT < STEWARD_GRACE


# --- where the room talks -----------------------------------------------------------------------

TEMPLATE_OF_CALLS = "https://meet.example.org/{room}-{group}"


async def call(house: House, seat: str, lens: Any = None) -> str:
    """The link on this seat's screen, "" for none."""
    blocks = (await house.view(seat, lens))["blocks"]
    return next((str(block["url"]) for block in blocks if block["type"] == "call"), "")


async def test_everybody_has_one_call_and_each_circle_its_own_WIR7(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template=TEMPLATE, people=10) as house:
        guests = [f"s{n}" for n in range(2, 12)]
        assert await call(house, "s2") == ""
        await house.do(house.lead, "room.call", link=TEMPLATE_OF_CALLS, epoch=1)
        together = {await call(house, seat) for seat in (house.lead, *guests)}
        assert len(together) == 1
        await house.start()
        await house.to("settle")
        circles = {
            group.id: group.members
            for group in (await house.room())
            .world.activities["story_circle"]
            .groups((await house.room()).whole.running["a1"].state)
        }
        assert len(circles) == 2
        links = {id: {await call(house, seat) for seat in who} for id, who in circles.items()}
        assert [len(one) for one in links.values()] == [1, 1]
        assert len(set.union(*links.values())) == 2
        assert not set.union(*links.values()) & together
        assert {await call(house, house.lead)} == together  # a facilitator sits in no circle
        assert house.opened.join not in str(links)
        assert house.opened.code not in str(links)
        await house.to("plenary")
        assert {await call(house, seat) for seat in guests} == together


async def test_who_is_moved_gets_the_call_of_their_new_group_WIR7(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template=TEMPLATE, people=10) as house:
        await house.do(house.lead, "room.call", link=TEMPLATE_OF_CALLS, epoch=1)
        await house.start()
        await house.to("settle")
        room = await house.room()
        one, other = room.world.activities["story_circle"].groups(room.whole.running["a1"].state)
        moved, mate, there = one.members[0], one.members[1], other.members[0]
        before = await call(house, moved)
        assert before == await call(house, mate) != await call(house, there)
        await house.do(house.lead, "group.move", activity="a1", seat=moved, to=other.id, epoch=1)
        after = await call(house, moved)
        assert after == await call(house, there) != before
        assert before == await call(house, mate)  # who stays goes on talking where they are
        # Nothing of the one says what the other is called.
        names = [link.rpartition("/")[2].split("-") for link in (before, after)]
        assert names[0][0] == names[1][0]
        assert len(names[0][1]) == len(names[1][1]) == 16
        assert sum(a == b for a, b in zip(names[0][1], names[1][1], strict=True)) < 8


async def test_a_call_that_is_one_for_all_is_not_called_the_groups_own(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template=TEMPLATE, people=10) as house:

        async def label() -> str:
            blocks = (await house.view("s2"))["blocks"]
            return next(str(block["label"]) for block in blocks if block["type"] == "call")

        await house.do(house.lead, "room.call", link="https://meet.example.org/{room}", epoch=1)
        await house.start()
        await house.to("settle")
        assert await label() == "Open the call"
        await house.do(house.lead, "room.call", link=TEMPLATE_OF_CALLS, epoch=1)
        assert await label() == "Open the call of your group"


async def test_the_call_is_for_facilitators_to_set_and_to_take_away(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s2", "room.call", link=TEMPLATE_OF_CALLS, epoch=1)
        with pytest.raises(Refused, match="stale_epoch"):
            await house.do(house.lead, "room.call", link=TEMPLATE_OF_CALLS, epoch=7)
        with pytest.raises(Refused, match="bad_request"):
            await house.do(house.lead, "room.call", link="javascript:alert(1)", epoch=1)
        assert (await house.room()).whole.room.hall.call == ""
        await house.do(house.lead, "room.call", link=f" {TEMPLATE_OF_CALLS} ", epoch=1)
        assert (await house.view(house.lead))["room"]["call"] == TEMPLATE_OF_CALLS
        assert (await house.view("s2"))["room"]["call"] is None
        rows = await house.storage.commits(house.opened.room)
        assert b"meet.example.org" not in b"".join(raw for _, raw in rows)  # LOG4
        await house.do(house.lead, "room.call", epoch=1)
        assert await call(house, "s2") == ""
        with pytest.raises(Refused, match="duplicate"):
            await house.do(house.lead, "room.call", epoch=1)


async def test_a_room_may_be_opened_with_its_call(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        other = await house.hub.open_room(
            title="River", facilitator="Amina", settings={"call": TEMPLATE_OF_CALLS}
        )
        room = await house.hub.room(other.room)
        assert room.call_of("all").startswith("https://meet.example.org/")
        with pytest.raises(Refused, match="bad_request"):
            await house.hub.open_room(
                title="River", facilitator="Amina", settings={"call": "javascript:alert(1)"}
            )


async def test_a_facilitator_comes_into_the_call_of_a_circle_that_asks_for_help(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, template=TEMPLATE, people=10) as house:
        await house.do(house.lead, "room.call", link=TEMPLATE_OF_CALLS, epoch=1)
        await house.start()
        await house.to("settle")

        async def links() -> set[str]:
            blocks = (await house.view(house.lead))["blocks"]
            return {str(block["url"]) for block in blocks if block["type"] == "call"}

        assert await call(house, "s2") not in await links()
        await house.do("s2", "help.ask")
        assert await call(house, "s2") in await links()
        await house.do(house.lead, "help.answer", seat="s2", epoch=1)
        assert await call(house, "s2") not in await links()


async def test_where_all_sit_in_the_hall_nobody_needs_a_call(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        await house.do(house.lead, "seat.where", where="room")
        people = await table_of(house, 2)
        await house.do(house.lead, "room.call", link=TEMPLATE_OF_CALLS, epoch=1)
        assert await call(house, people[1]) == ""
        remote = await house.join("Jorge")
        assert await call(house, remote) == await call(house, people[1]) != ""
        wall = await house.hub.recover(await house.room(), house.opened.screen)
        house.tokens[wall.seat] = wall.token or ""
        assert await call(house, wall.seat) == ""


# --- what was pressed for somebody says by whom -------------------------------------------------


async def commits_of(house: House, seat: str) -> list[commits.Commit]:
    rows = await house.storage.commits(house.opened.room)
    return [one for _, raw in rows if (one := commits.decode(raw)).seat == seat and one.request]


async def test_a_turn_and_an_answer_keep_seat_and_hand_apart(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template=TEMPLATE) as house:
        co = await house.join("Kofi")
        await house.do(house.lead, "seat.role", seat=co, role="facilitator", epoch=1)
        await house.do(co, "seat.deal", dealt_in=False)
        for n in range(3):
            await house.carry(house.lead, f"Guest {n}")
        teller = await house.telling()
        begun = (await commits_of(house, teller))[-1]
        assert (begun.seat, begun.entered_by) == (teller, house.lead)


async def test_each_person_of_a_device_has_an_own_ballot(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="check_in", people=3) as house:
        rosa, guest = await table_of(house, 1)
        await house.do(house.lead, "activity.skip", item="a1", epoch=1)
        for n in range(4):
            await house.do(
                house.lead,
                "note.add",
                document="board",
                section="",
                kind="theme",
                text=f"Theme {n}",
            )
        await house.do(house.lead, "agenda.add", kind="voting")
        item = (await house.room()).whole.room.agenda[-1].id
        await house.start(item)
        await house.to("open")
        for seat in (rosa, guest):
            offers = (await house.view(seat))["may"]
            cast = next(one for one in offers if one["type"] == "vote.cast")
            option = cast["needs"]["option"]["options"][0]["value"]
            fields = {"ballot": cast["ballot"]} if "ballot" in cast else {}
            await house.do(seat, "vote.cast", option=option, **fields)
        # A secret ballot is kept without seat and without hand (VO3).
        assert not await commits_of(house, rosa)
        assert not await commits_of(house, guest)
        mine = [
            next(b for b in (await house.view(seat))["blocks"] if b["type"] == "ballot")["used"]
            for seat in (rosa, guest)
        ]
        assert mine == [1, 1]
