"""Rules of a room over real SQLite: LOG (commits), PRE (presence), the clock at load, the lead
(`rooms/RULES.md`)."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from activities.kernel import Refused
from rooms import commits
from rooms import whole as wholes
from rooms.room import Room
from rooms.room_log import DISK_FULL
from rooms.wire import COMMAND_LIMIT
from tests.rooms.house import House


async def test_a_request_is_applied_once_LOG3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        first = await house.do("s2", "help.ask", request="tap")
        again = await house.do("s2", "help.ask", request="tap")
        assert first == again
        room = await house.room()
        assert len(room.whole.room.help) == 1


async def test_the_same_request_id_of_another_seat_is_another_request_LOG3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.do("s2", "help.ask", request="tap")
        await house.do("s3", "help.ask", request="tap")
        assert set((await house.room()).whole.room.help) == {"s2", "s3"}


async def test_forty_taps_at_once_are_one_commit_LOG3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        before = (await house.room()).whole.room.seq
        seqs = await asyncio.gather(*(house.do("s2", "help.ask", request="tap") for _ in range(40)))
        assert len(set(seqs)) == 1
        assert (await house.room()).whole.room.seq == before + 1


async def test_two_facilitators_press_next_together_and_move_one_step(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        epoch = await house.epoch()
        phase = (await house.view(house.lead))["activity"]["phase"]
        results = await asyncio.gather(
            *(
                house.do(house.lead, "phase.next", phase=phase, epoch=epoch, activity="a1")
                for _ in range(2)
            ),
            return_exceptions=True,
        )
        refused = [r for r in results if isinstance(r, Refused)]
        assert [r.reason for r in refused] == ["stale_phase"]


async def test_replaying_the_log_gives_the_same_room_G7_LOG7(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await house.start()
        await house.do("s2", "seat.willing", willing=True)
        room = await house.room()
        state, running = room.whole.room, room.whole.running
        await house.crash()
        loaded = await house.room()
        assert loaded is not room
        assert {**loaded.whole.room.seats} == {**state.seats}
        assert loaded.whole.running["a1"].kind == running["a1"].kind
        assert loaded.whole.room.lead == state.lead


async def test_no_text_of_a_person_is_in_the_log_LOG4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do("s2", "help.ask", about="my canary sentence")
        rows = await house.storage.commits(house.opened.room)
        everything = b"".join(raw for _, raw in rows)
        assert b"canary" not in everything
        assert b"Amina" not in everything


async def test_a_command_of_a_seat_that_is_not_mine_is_refused(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        room, device = await house.room(), await house.device("s2")
        raw = json.dumps({"request": "x", "seat": "s3", "command": {"type": "help.ask"}}).encode()
        with pytest.raises(Refused, match="not_allowed"):
            await room.command(device, raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "bad_request"),
        (b"{", "bad_request"),
        (b"[]", "bad_request"),
        (b'{"request": "", "command": {}}', "bad_request"),
        (b'{"request": "a", "command": {}, "extra": 1}', "bad_request"),
        (b'{"request": "a", "command": {"type": "no.such"}}', "unknown"),
        (b'{"request": "a", "command": {"type": 3}}', "bad_request"),
        (b'{"request": "a", "command": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "bad_request"),
        (b'{"request": "a", "command": "' + b"x" * COMMAND_LIMIT + b'"}', "too_large"),
        (b'{"request": "a", "command": {"type": "desk.say", "text": {"ref": "x"}}}', "bad_request"),
    ],
)
async def test_nonsense_is_refused_with_a_reason_and_changes_nothing_WIR2(
    tmp_path: Path, raw: bytes, reason: str
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        before = room.whole
        with pytest.raises(Refused) as refused:
            await room.command(await house.device(house.lead), raw)
        assert refused.value.reason == reason
        assert room.whole is before


async def test_every_offer_can_be_sent_back_as_it_stands_WIR5(tmp_path: Path) -> None:
    """`architecture.md`, Shapes on the wire: label, place and needs may stay in."""
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        offer = next(o for o in (await house.view("s2"))["may"] if o["type"] == "help.ask")
        raw = json.dumps({"request": "as it stands", "command": offer}).encode()
        assert (await room.command(await house.device("s2"), raw)).seq


async def test_away_after_ten_silent_seconds_gone_after_five_minutes_PRE1_PRE2(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        session = await house.session("s2")
        assert room.presence.word("s2") == "here"
        await house.clock.advance(10_001)
        assert room.presence.word("s2") == "away"
        session.beat()
        await house.clock.advance(1)
        await room.sweep()
        assert room.presence.word("s2") == "here"
        await session.closed()
        assert room.presence.word("s2") == "away"
        await house.clock.advance(300_001)
        assert room.presence.word("s2") == "gone"


async def test_the_lead_gone_for_thirty_seconds_offers_the_lead_and_nothing_else_changes(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        session, other = await house.session(house.lead), await house.session("s2")
        await session.closed()
        for _ in range(5):
            await house.clock.advance(5_000)
            other.beat()
        assert "lead.take" not in await house.offered("s2")
        await house.clock.advance(5_001)
        other.beat()
        assert "lead.take" in await house.offered("s2")
        assert room.whole.room.lead.acting == house.lead
        await house.do("s2", "lead.take", epoch=await house.epoch())
        assert room.whole.room.lead.acting == "s2"
        back = await house.session(house.lead)
        assert room.whole.room.lead.acting == "s2"
        assert "lead.request" in await house.offered(house.lead)
        await back.closed()


async def test_a_removed_person_has_no_seat_any_more(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do(house.lead, "seat.remove", seat="s2", epoch=1)
        assert (await house.room()).device(house.tokens["s2"]) is None


async def test_leaving_and_coming_back_is_the_same_seat_G9_SEA5(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do("s2", "seat.leave")
        assert await house.offered("s2") >= {"seat.return"}
        with pytest.raises(Refused, match="not_present"):
            await house.do("s2", "help.ask")
        await house.do("s2", "seat.return")
        room = await house.room()
        assert room.whole.room.seats["s2"].status == "in"
        assert len(room.whole.room.seats) == 2


async def test_a_resent_request_is_answered_after_a_restart_LOG3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        first = await house.do("s2", "help.ask", request="tap")
        await house.crash()
        before = (await house.room()).whole.room.seq
        assert await house.do("s2", "help.ask", request="tap") == first
        assert (await house.room()).whole.room.seq == before


async def test_forty_commands_at_once_are_forty_commits_LOG2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        before = (await house.room()).whole.room.seq
        seqs = await asyncio.gather(
            *(house.do(house.lead, "desk.say", text=f"line {n}") for n in range(40))
        )
        assert sorted(seqs) == list(range(before + 1, before + 41))
        rows = await house.storage.commits(house.opened.room)
        assert [seq for seq, _ in rows] == list(range(1, before + 41))


async def test_nobody_is_told_before_it_is_written_LOG1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")
        await house.listen()
        house.heard[session].clear()
        house.storage.held = asyncio.Event()
        house.storage.written.clear()
        tap = asyncio.ensure_future(house.do(house.lead, "say.all", text="hello", epoch=1))
        await house.storage.written.wait()
        await house.listen()
        assert house.heard[session] == []
        assert (await house.view("s2"))["room"]["notice"] is None
        house.storage.held.set()
        await tap
        await house.listen()
        assert len(house.heard[session]) == 1


async def test_two_hubs_on_one_storage_lose_nothing_LOG2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        first = await house.room()
        before = await house.another()
        second = await house.room()
        assert first is not second
        raws = [
            json.dumps(
                {"request": f"q{n}", "command": {"type": "desk.say", "text": f"line {n}"}}
            ).encode()
            for n in range(30)
        ]
        rooms = [first, second]
        device = await house.device(house.lead)
        await asyncio.gather(*(rooms[n % 2].command(device, raw) for n, raw in enumerate(raws)))
        # The same request at both: applied once, answered alike.
        one, two = await asyncio.gather(
            first.command(device, raws[0]), second.command(device, raws[0])
        )
        assert one.seq == two.seq
        for room in rooms:
            await room.run(lambda draft: draft.add(commits.HelpSeen(seat="nobody")))
        texts = [second.book.get(line.text) for line in second.whole.room.desk]
        assert sorted(str(t) for t in texts) == sorted(f"line {n}" for n in range(30))
        assert first.whole.room.seq + 1 == second.whole.room.seq
        await before.close()


async def test_a_deadline_rings_once_for_two_hubs_CLK1_CLK5(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await house.start()
        first = await house.room()
        due = wholes.deadline(first.whole, first.world.activities)
        assert due is not None
        before = await house.another()
        second = await house.room()
        assert _rings(await house.storage.commits(house.opened.room)) == 0
        await house.clock.advance(due[1].at - house.clock.now() + 1)
        assert _rings(await house.storage.commits(house.opened.room)) == 1
        for room in (first, second):
            later = wholes.deadline(room.whole, room.world.activities)
            assert later is None or later[1].at > house.clock.now()
            assert room.whole == first.whole
        await before.close()


def _rings(rows: Sequence[tuple[int, bytes]]) -> int:
    return sum(raw.count(b'"timer.rang"') for _, raw in rows)


async def test_killed_in_a_telling_everyone_is_back_in_the_same_turn_CLK3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        teller = await house.telling()
        sessions = {seat: await house.session(seat) for seat in house.tokens}
        for _ in range(8):
            await house.clock.advance(5_000)
            for session in sessions.values():
                session.beat()
        before = _circle(await house.view(teller))
        assert before["floor"] == teller
        left = before["clock"]["ends_at"] - house.clock.now()
        await house.crash()
        await house.clock.advance(12_000)
        for seat in house.tokens:
            await house.session(seat)
        after = _circle(await house.view(teller))
        assert after["floor"] == teller
        assert after["next"] == before["next"]
        assert {s["seat"] for s in after["seats"]} == {s["seat"] for s in before["seats"]}
        resume = next(
            o for o in (await house.view(teller))["may"] if o["type"] in ("turn.begin", "turn.done")
        )
        if resume["type"] == "turn.begin":
            await house.do(teller, "turn.begin", activity="a1", turn=resume["turn"])
            after = _circle(await house.view(teller))
        assert after["clock"]["ends_at"] - house.clock.now() == left


def _circle(view: dict[str, Any]) -> dict[str, Any]:
    ring: dict[str, Any] = next(b for b in view["blocks"] if b["type"] == "ring")
    return ring


async def test_a_deadline_passed_while_the_server_was_down_rings_at_load_CLK2(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await house.start()
        room = await house.room()
        due = wholes.deadline(room.whole, room.world.activities)
        assert due is not None
        await house.crash()
        house.clock._now = due[1].at + 60_000  # nothing of ours runs meanwhile
        room = await house.room()
        later = wholes.deadline(room.whole, room.world.activities)
        assert later is None or later[1].at > house.clock.now()


async def test_a_full_disk_refuses_and_nothing_is_half_done_STO1_LOG6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        room = await house.room()
        before, rows = room.whole, await house.storage.commits(room.id)
        house.storage.full = True
        with pytest.raises(Refused) as refused:
            await house.do("s2", "help.ask", about="a canary sentence", request="tap")
        assert refused.value.reason == "full"
        assert refused.value.message == DISK_FULL
        assert room.whole is before
        assert (await house.view("s2"))["seat"] == "s2"
        house.storage.full = False
        assert await house.storage.commits(room.id) == rows
        assert not [t for t in (await house.storage.words(room.id)).values() if b"canary" in t]
        assert await house.do("s2", "help.ask", about="a canary sentence", request="tap")


async def test_people_can_connect_while_the_disk_is_full_PRE6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        room = await house.room()
        session = await house.session("s2")
        house.storage.full = True
        await session.closed()
        again = await house.session("s3")
        assert room.presence.word("s2") == "away"
        assert _here(room, "s2")
        house.storage.full = False
        await house.clock.advance(1_000)
        again.beat()
        assert not _here(room, "s2")


async def test_a_deadline_that_cannot_be_written_rings_again_CLK4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        room = await house.room()
        due = wholes.deadline(room.whole, room.world.activities)
        assert due is not None
        house.storage.full = True
        await house.clock.advance(due[1].at - house.clock.now() + 1)
        stays = wholes.deadline(room.whole, room.world.activities)
        assert stays is not None
        assert stays[1].at == due[1].at
        house.storage.full = False
        await house.clock.advance(120_000)
        later = wholes.deadline(room.whole, room.world.activities)
        assert later is None or later[1].at > due[1].at


async def test_a_room_opens_from_a_full_disk_for_reading_STO1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        await house.crash()
        house.storage.full = True
        assert (await house.view("s2"))["activity"]["id"] == "a1"
        with pytest.raises(Refused, match="full"):
            await house.do("s2", "help.ask")
        house.storage.full = False
        await house.do("s2", "help.ask")


def _here(room: Room, seat: str) -> bool:
    here: bool = room.whole.running["a1"].state.members[seat].here
    return here


async def test_a_client_that_goes_away_stops_no_commit_LOG5(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        house.storage.held = asyncio.Event()
        house.storage.written.clear()
        tap = asyncio.ensure_future(
            house.do(house.lead, "note.add", document="board", section="", kind="insight", text="x")
        )
        await house.storage.written.wait()
        seq = room.whole.room.seq
        tap.cancel()
        with pytest.raises(asyncio.CancelledError):
            await tap
        assert room.whole.room.seq == seq  # written, and still on its way to everyone
        house.storage.held.set()
        await house.do("s2", "help.ask")
        assert room.whole.room.seq == seq + 2
        assert [c.text for c in await room.shelf.cards("board")] == ["x"]


async def test_somebody_gone_before_a_restart_is_let_in_again_PRE2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        room = await house.room()
        session, stays = await house.session("s2"), await house.session("s3")
        await session.closed()
        for _ in range(31):
            await house.clock.advance(10_000)
            stays.beat()
            await room.sweep()
        assert room.presence.word("s2") == "gone"
        assert "s2" not in room.whole.running["a1"].state.members
        await house.crash()
        await house.session("s2")
        assert _here(await house.room(), "s2")


async def test_a_blinking_line_changes_presence_and_nothing_else_PRE4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        teller = await house.telling()
        room = await house.room()
        before = room.whole
        blinking = "s3" if teller != "s3" else "s4"
        for _ in range(10):
            session = await house.session(blinking)
            await house.clock.advance(100)
            await session.closed()
        await house.session(blinking)
        after = room.whole
        assert after.room.seats == before.room.seats
        assert after.room.lead == before.room.lead
        ring = _circle(await house.view(teller))
        assert ring["floor"] == teller
        assert {s["seat"] for s in ring["seats"]} == {"s2", "s3", "s4", "s5"}


async def test_a_seat_removed_while_its_command_waits_is_refused_SEA6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        device = await house.device("s2")
        await house.do(house.lead, "seat.remove", seat="s2", epoch=1)
        raw = json.dumps({"request": "x", "command": {"type": "help.ask"}}).encode()
        with pytest.raises(Refused, match="not_allowed"):
            await (await house.room()).command(device, raw)


async def test_forgotten_while_a_command_is_under_way_STO2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        await house.storage.forget_room(room.id)  # another process did
        with pytest.raises(Refused, match="closed"):
            await house.do("s2", "help.ask")
        assert not await house.storage.commits(room.id)


# The lead -------------------------------------------------------------------------------------


async def _two_facilitators(house: House) -> None:
    await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)


async def test_a_lead_who_leaves_by_choice_passes_it_at_once_SEA8_G1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await _two_facilitators(house)
        room = await house.room()
        await house.do(house.lead, "seat.leave")
        assert (room.whole.room.lead.lead, room.whole.room.lead.acting) == ("s2", "s2")
        with pytest.raises(Refused, match="stale_epoch"):
            await house.do("s2", "door.close", epoch=1)
        await house.do("s2", "door.close", epoch=await house.epoch())
        await house.do(house.lead, "seat.return")
        assert room.whole.room.lead.acting == "s2"
        assert house.lead in room.whole.room.lead.succession


async def test_the_only_facilitator_leaves_and_comes_back_SEA8_G1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        room = await house.room()
        await house.do(house.lead, "seat.leave")
        assert (room.whole.room.lead.lead, room.whole.room.lead.acting) == (house.lead, "autopilot")
        await house.do(house.lead, "seat.return")
        assert room.whole.room.lead.acting == house.lead
        assert room.presence.here(house.lead)


async def test_autopilot_after_thirty_seconds_then_a_willing_member_may_lead_SEA8(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        room = await house.room()
        await house.do("s2", "seat.willing", willing=True)
        lead = await house.session(house.lead)
        others = [await house.session("s2"), await house.session("s3")]
        await lead.closed()

        async def wait(ms: int) -> None:
            for _ in range(ms // 5_000):
                await house.clock.advance(5_000)
                for session in others:
                    session.beat()

        await wait(25_000)
        assert room.whole.room.lead.acting == house.lead
        await wait(10_000)
        assert room.whole.room.lead.acting == "autopilot"
        assert "lead.volunteer" not in await house.offered("s2")
        await wait(300_000)
        assert "lead.volunteer" in await house.offered("s2")
        assert "lead.volunteer" not in await house.offered("s3")
        with pytest.raises(Refused, match="stale_epoch"):
            await house.do("s2", "lead.volunteer", epoch=1)
        await house.do("s2", "lead.volunteer", epoch=await house.epoch())
        assert room.whole.room.lead.peer
        epoch = await house.epoch()
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s2", "seat.remove", seat="s3", epoch=epoch)
        await house.do("s2", "activity.start", item="a1", epoch=epoch)


@pytest.mark.parametrize(
    ("type", "fields"),
    [
        ("door.close", {}),
        ("say.all", {"text": "hello"}),
        ("seat.remove", {"seat": "s3"}),
        ("activity.start", {"item": "a1"}),
        ("lead.offer", {"to": "s2"}),
    ],
)
async def test_an_old_epoch_changes_nothing_G7_CO7_SEA8(
    tmp_path: Path, type: str, fields: dict[str, Any]
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await _two_facilitators(house)
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        await house.do("s2", "lead.accept", epoch=1)
        room = await house.room()
        before = room.whole
        for seat in (house.lead, "s2"):
            with pytest.raises(Refused, match="stale_epoch"):
                await house.do(seat, type, epoch=1, **fields)
        assert room.whole is before


async def test_a_program_is_here_for_a_quarter_of_an_hour_and_back_by_a_call_PRE3(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        room = await house.room()
        await house.clock.advance(10 * 60_000)
        await house.do("s2", "help.ask")
        await house.clock.advance(5 * 60_000 + 1)
        assert [room.presence.word(s) for s in ("s2", "s3")] == ["here", "away"]
        assert not _here(room, "s3")
        await house.do("s3", "help.ask")
        assert _here(room, "s3")
