"""Rules of a room over real SQLite: LOG (commits), PRE (presence), the clock at load, the lead
(`rooms/RULES.md`)."""

import asyncio
import json
from pathlib import Path

import pytest

from activities.kernel import Refused
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


async def test_replaying_the_log_gives_the_same_room_G7(tmp_path: Path) -> None:
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


async def test_no_text_of_a_person_is_in_the_log(tmp_path: Path) -> None:
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
async def test_nonsense_is_refused_with_a_reason_and_changes_nothing(
    tmp_path: Path, raw: bytes, reason: str
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        before = room.whole
        with pytest.raises(Refused) as refused:
            await room.command(await house.device(house.lead), raw)
        assert refused.value.reason == reason
        assert room.whole is before


async def test_every_offer_can_be_sent_back_as_it_stands(tmp_path: Path) -> None:
    """`architecture.md`, Shapes on the wire: label, place and needs may stay in."""
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        offer = next(o for o in (await house.view("s2"))["may"] if o["type"] == "help.ask")
        raw = json.dumps({"request": "as it stands", "command": offer}).encode()
        assert (await room.command(await house.device("s2"), raw)).seq


async def test_away_after_ten_silent_seconds_gone_after_five_minutes_PRE(tmp_path: Path) -> None:
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


async def test_leaving_and_coming_back_is_the_same_seat_G9(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do("s2", "seat.leave")
        assert await house.offered("s2") >= {"seat.return"}
        with pytest.raises(Refused, match="not_present"):
            await house.do("s2", "help.ask")
        await house.do("s2", "seat.return")
        room = await house.room()
        assert room.whole.room.seats["s2"].status == "in"
        assert len(room.whole.room.seats) == 2
