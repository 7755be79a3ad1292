"""What the room itself decides: seats, door, help, notes, the plan (SEA, LOG6, WIR2)."""

import random
from pathlib import Path
from typing import Any

import pytest

from activities.kernel import Refused
from rooms import commits
from rooms import whole as wholes
from rooms.lead import AUTOPILOT
from rooms.room_decide import SECTION_LIMIT
from rooms.whole import Whole
from tests.rooms.house import House

BOARD = {"document": "board", "section": ""}


async def _refused(house: House, seat: str, type: str, reason: str, /, **fields: Any) -> None:
    room = await house.room()
    before = room.whole
    with pytest.raises(Refused) as refused:
        await house.do(seat, type, **fields)
    assert refused.value.reason == reason, (type, fields)
    assert room.whole is before


async def test_activities_run_one_at_a_time_in_their_order(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=3) as house:
        lead = house.lead
        await _refused(house, lead, "activity.start", "stale_phase", item="a2", epoch=1)
        await _refused(house, lead, "activity.start", "unknown", item="a9", epoch=1)
        await _refused(house, lead, "activity.cut", "stale_phase", epoch=1)
        await _refused(house, "s2", "activity.start", "not_allowed", item="a1", epoch=1)
        await house.start()
        await _refused(house, lead, "activity.start", "stale_phase", item="a2", epoch=1)
        await _refused(house, lead, "activity.skip", "stale_phase", item="a1", epoch=1)
        await house.do(lead, "activity.skip", item="a2", epoch=1)
        await house.do(lead, "activity.cut", activity="a1", epoch=1)
        await house.start("a3")


async def test_a_command_for_another_activity_is_late_or_unknown(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=3) as house:
        await _refused(house, "s2", "turn.pass", "unknown", activity="a1", turn=1)
        await house.start()
        await house.do(house.lead, "activity.cut", epoch=1)
        await _refused(house, "s2", "answer.pass", "stale_phase", activity="a1")


async def test_who_may_remove_whom_SEA6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        await _refused(house, "s2", "seat.remove", "not_allowed", seat="s3", epoch=1)
        await _refused(house, house.lead, "seat.remove", "not_allowed", seat="s1", epoch=1)
        await _refused(house, house.lead, "seat.remove", "unknown", seat="s9", epoch=1)
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        await house.do("s2", "lead.accept", epoch=1)
        await _refused(house, "s2", "seat.remove", "not_allowed", seat="s1", epoch=2)
        await _refused(
            house, "s2", "seat.role", "not_allowed", seat="s1", role="participant", epoch=2
        )
        await house.do("s2", "seat.remove", seat="s3", epoch=2)
        await _refused(house, "s2", "seat.remove", "unknown", seat="s3", epoch=2)


async def test_a_removed_person_does_not_come_back_SEA6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        device = await house.device("s2")
        await house.do(house.lead, "seat.remove", seat="s2", epoch=1)
        room = await house.room()
        with pytest.raises(Refused, match="not_allowed"):
            await room.command(device, b'{"request": "r", "command": {"type": "seat.return"}}')
        assert room.seats_of(device) == ()


async def test_what_one_may_change_of_oneself(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do("s2", "seat.language", language="pt-BR")
        await _refused(house, "s2", "seat.language", "duplicate", language="pt-BR")
        await _refused(house, "s2", "seat.language", "bad_request", language="x/../y")
        await house.do("s2", "seat.name", name="  New   Name ")
        assert (await house.room()).name_of("s2") == "New Name"
        await _refused(house, "s2", "seat.name", "bad_request", name="\u202e")
        await _refused(house, "s2", "seat.name", "too_large", name="x" * 61)
        await house.do("s2", "seat.willing", willing=True)
        await _refused(house, "s2", "seat.willing", "duplicate", willing=True)
        await _refused(house, "s2", "seat.deal", "not_allowed", dealt_in=True)
        await house.do(house.lead, "seat.deal", dealt_in=True)


async def test_help_is_asked_and_seen(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do("s2", "help.ask")
        await _refused(house, "s2", "help.ask", "duplicate")
        await _refused(house, "s2", "help.seen", "unknown", seat="s2")
        await house.do(house.lead, "help.answer", seat="s2", epoch=1)
        await _refused(house, house.lead, "help.answer", "duplicate", seat="s2", epoch=1)


async def test_notes_go_where_a_screen_offers_a_place(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        add = {"kind": "insight", "text": "x"}
        await _refused(house, "s2", "note.add", "not_allowed", **BOARD, **add)
        for document in ("mine", "group/a1-c1", "mine/s3", "desk", "memo", "", "../x"):
            await _refused(
                house, "s2", "note.add", "not_allowed", document=document, section="", **add
            )
        await _refused(house, house.lead, "note.add", "not_allowed", **BOARD, kind="x", text="x")
        long = {"document": "board", "section": "x" * (SECTION_LIMIT + 1)}
        await _refused(house, house.lead, "note.add", "bad_request", **long, **add)
        await house.do(house.lead, "note.add", **BOARD, **add)
        (card,) = (await house.room()).whole.room.notes
        await _refused(house, "s2", "note.delete", "not_allowed", document="board", card=card)
        await _refused(house, house.lead, "note.delete", "unknown", document="mine", card=card)
        await _refused(house, house.lead, "note.move", "unknown", card=card, theme=card)
        await _refused(house, house.lead, "note.move", "unknown", card="no", theme="")
        await _refused(house, house.lead, "note.add", "bad_request", **BOARD, **add, theme=card)


async def test_the_memo_is_the_facilitators_to_write(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        for type, fields in (
            ("memo.question", {"theme": "t", "text": "why?"}),
            ("memo.prose", {"section": "why", "text": "because"}),
            ("memo.send", {"epoch": 1}),
            ("desk.say", {"text": "x"}),
        ):
            await _refused(house, "s2", type, "not_allowed", **fields)
        await _refused(house, house.lead, "memo.question", "unknown", theme="t")
        await _refused(house, house.lead, "memo.prose", "bad_request", section="", text="x")
        await _refused(house, house.lead, "memo.prose", "bad_request", section="x" * 81, text="x")
        await house.do(house.lead, "memo.prose", section="why", text="because")


# A walk through everything ----------------------------------------------------------------------

SEEDS = 6
"""Walks of the normal campaign."""

STEPS = 120


def _fill(need: dict[str, Any], dice: random.Random) -> Any:
    match need["kind"]:
        case "text":
            return dice.choice(["hello", "নমস্কার", "x" * 10])
        case "texts":
            return [dice.choice("abc")]
        case "flag":
            return dice.random() < 0.5
        case "number":
            return dice.randint(need["low"], max(need["low"], need["high"]))
        case _:
            values = [o["value"] for o in need["options"]] or ["s2"]
            return dice.choice(values)


WILD: list[tuple[str, dict[str, Any]]] = [
    ("lead.request", {}),
    ("lead.take", {"epoch": 1}),
    ("lead.volunteer", {"epoch": 2}),
    ("seat.leave", {}),
    ("seat.return", {}),
    ("note.move", {"card": "s1-x", "theme": ""}),
    ("consent.withdraw", {"words": "w"}),
    ("memo.send", {"epoch": 1}),
    ("turn.begin", {"turn": 3}),
    ("phase.next", {"phase": "telling", "epoch": 1}),
]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEEDS))
async def test_a_random_evening_has_no_bugs_LOG7_G1_WIR2(tmp_path: Path, seed: int) -> None:
    """Taps of everybody, offered and not, drops, restarts: only refusals, and one lead (G1)."""
    dice = random.Random(seed)
    async with await House.open(tmp_path, template="evening", people=6) as house:
        await house.carry("s4", "Carried")
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        sessions: dict[str, Any] = {}
        done: dict[str, int] = {}
        for _ in range(STEPS):
            seat = dice.choice([s for s in house.tokens])
            room = await house.room()
            if room.device(house.tokens[seat]) is None:
                continue
            try:
                match dice.random():
                    case r if r < 0.75:
                        view = await house.view(seat)
                        if not view["may"]:
                            continue
                        offer = dice.choice(view["may"])
                        if offer["type"] in ("seat.remove", "activity.cut") and dice.random() < 0.9:
                            continue
                        fields = {k: v for k, v in offer.items() if k != "type"}
                        for name, need in offer["needs"].items():
                            fields[name] = _fill(need, dice)
                        activity = (view["activity"] or {}).get("id")
                        await house.do(seat, offer["type"], activity=activity, **fields)
                        done[offer["type"]] = done.get(offer["type"], 0) + 1
                    case r if r < 0.85:
                        type, fields = dice.choice(WILD)
                        await house.do(seat, type, **fields)
                    case r if r < 0.9:
                        if old := sessions.pop(seat, None):
                            await old.closed()
                        else:
                            sessions[seat] = await house.session(seat)
                    case r if r < 0.98:
                        await house.clock.advance(dice.choice([1_000, 40_000, 400_000]))
                        for session in sessions.values():
                            session.beat()
                    case _:
                        await house.crash()
                        sessions.clear()
                        house.heard.clear()
            except Refused:
                continue
            finally:
                record = (await house.room()).whole.room.lead
                assert record.acting in (record.lead, AUTOPILOT)
                assert record.lead not in record.succession
        assert len(done) > 8, (seed, done)  # not hollow
        room = await house.room()
        replayed = Whole()
        for _, raw in await house.storage.commits(room.id):
            replayed = wholes.apply(replayed, commits.decode(raw), room.world.activities)
        assert replayed == room.whole
        assert (await room.draft_memo("public")).head
