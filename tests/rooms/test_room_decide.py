"""What the room itself decides, tried at random (LOG7, G1, WIR2), and help."""

import random
from pathlib import Path
from typing import Any

import pytest

from activities.kernel import Refused
from rooms import commits
from rooms import whole as wholes
from rooms.lead import AUTOPILOT
from rooms.whole import Whole
from tests.rooms.house import House


async def test_help_is_asked_and_seen(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do("s2", "help.ask")
        await house.refused("s2", "help.ask", "duplicate")
        await house.refused("s2", "help.seen", "unknown", seat="s2")
        await house.do(house.lead, "help.answer", seat="s2", epoch=1)
        await house.refused(house.lead, "help.answer", "duplicate", seat="s2", epoch=1)


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
