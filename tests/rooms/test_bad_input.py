"""Bad input of every sort: refused in words a facilitator understands, with nothing changed."""

import re
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from activities.kernel import Lens, Refused
from activities.registry import ACTIVITIES
from rooms.agenda_file import VERSION
from rooms.agenda_settings import Field, amount, fields, length_range
from rooms.render import Renderer, english
from rooms.session import SENTENCES
from tests.activities.driver import world
from tests.rooms.house import House
from tests.rooms.test_agenda_file import PLAN

KINDS: Final = sorted(ACTIVITIES)
JARGON: Final = re.compile(
    r"\b(epoch|phase|revision|json|null|none|invalid|payload|token|schema|struct|expected|integer"
    r"|boolean|object|array|exception|error|id|stale|unknown|command|request|a\d+|s\d+)\b|[_{}$<>]",
    re.IGNORECASE,
)
MOST_STEPS: Final = 30
PRINTED: Final = Renderer(english, lambda _: "Amina", lambda ref, _: ref)


async def everything(house: House) -> tuple[int, list[dict[str, Any]]]:
    """How long the log is, and what every screen shows, the wall's too."""
    log = await house.storage.commits(house.opened.room)
    return len(log), [await house.view(seat) for seat in house.tokens]


async def with_wall(house: House) -> None:
    room = await house.room()
    wall = await house.hub.recover(room, house.hub.links(room, house.lead)["screen"])
    assert wall.token
    house.tokens[wall.seat] = wall.token


async def refused(house: House, seat: str, type: str, /, **given: Any) -> str:
    """What the person is told; the log and every screen are as they were."""
    before = await everything(house)
    with pytest.raises(Refused) as caught:
        await house.do(seat, type, **given)
    assert await everything(house) == before
    room = await house.room()
    said = room.say(caught.value.message or SENTENCES[caught.value.reason], "en")
    assert len(said) > 15, said
    assert said[0].isupper()
    assert said[-1] in ".?"
    assert not JARGON.search(said), said
    return said


# --- settings and agendas -------------------------------------------------------------------------


def outside(form: Field) -> list[Any]:
    """What a form does not take."""
    match form.kind:
        case "number":
            return [form.low - form.step, form.high + form.step, 1e300, "many"]
        case "flag":
            return [7]
        case "choice":
            return ["opera"]
        case "words":
            return [7]


@pytest.mark.parametrize("kind", KINDS)
async def test_bad_input_settings_out_of_range(tmp_path: Path, kind: str) -> None:
    async with await House.open(tmp_path, template="empty", people=1) as house:
        await with_wall(house)
        await house.plan(kind)
        room = await house.room()
        edit: dict[str, Any] = {"item": "a1", "revision": room.whole.room.agenda[0].revision}
        for form in fields(ACTIVITIES[kind]):
            for value in outside(form):
                wanted = {"settings": {form.name: value}}
                said = await refused(house, house.lead, "agenda.edit", **edit, **wanted)
                assert room.say(form.label, "en") in said
                if form.kind == "number":
                    assert room.say(amount(form.low, form.unit), "en") in said
        if length_range(ACTIVITIES[kind]):
            await refused(house, house.lead, "agenda.edit", **edit, minutes=480)
        for minutes in (0, 481):
            await refused(house, house.lead, "agenda.edit", **edit, minutes=minutes)


async def test_bad_input_an_agenda_of_200_items(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=1) as house:
        await with_wall(house)
        for rows in ([{"kind": kind} for kind in KINDS] * 20, [{"kind": "check_in"}] * 200):
            said = await refused(
                house, house.lead, "agenda.import", plan={**PLAN, "items": rows}, revision=0
            )
            assert "at most 60 activities" in said


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (None, "not an agenda of Talanoa"),
        ([], "not an agenda of Talanoa"),
        ("[" * 200, "not an agenda of Talanoa"),
        ({**PLAN, "talanoa": "memo"}, "not an agenda of Talanoa"),
        ({**PLAN, "version": VERSION + 1}, "newer"),
        ({**PLAN, "items": [{"kind": "opera"}]}, "Activity 1"),
        ({**PLAN, "items": [*PLAN["items"], {"kind": "dyads", "minutes": -3}]}, "Activity 3"),
        ({**PLAN, "items": [{"kind": "fishbowl", "settings": {"seats": 40}}]}, "Activity 1"),
    ],
)
async def test_bad_input_an_imported_agenda_malformed_or_newer(
    tmp_path: Path, plan: Any, said: str
) -> None:
    async with await House.open(tmp_path, template="evening", people=1) as house:
        await with_wall(house)
        told = await refused(house, house.lead, "agenda.import", plan=plan, revision=0)
        assert said in told


# --- hardly anybody, and everybody ----------------------------------------------------------------


@pytest.mark.parametrize("people", [0, 1])
@pytest.mark.parametrize("kind", KINDS)
async def test_bad_input_begun_with_nobody_or_one(tmp_path: Path, kind: str, people: int) -> None:
    """Whoever leads alone, or with one person: every button does what it says or says why not, and
    the activity can be ended."""
    async with await House.open(tmp_path, template="empty", people=people) as house:
        await with_wall(house)
        await house.plan(kind)
        await house.start()
        for _ in range(MOST_STEPS):
            view = await house.view(house.lead, "panel")
            if view["activity"] is None:
                break
            steps = [o for o in view["may"] if o["type"] == "phase.next"]
            if not steps:
                await house.clock.advance(60_000)
                await house.everyone_beats()
                continue
            given = {n: v for n, v in steps[0].items() if n in ("phase", "epoch")}
            try:
                await house.do(house.lead, "phase.next", activity="a1", **given)
            except Refused:
                await refused(house, house.lead, "phase.next", activity="a1", **given)
                break
        if (await house.view(house.lead))["activity"] is not None:
            await house.do(house.lead, "activity.cut", activity="a1", epoch=await house.epoch())
        assert (await house.view(house.lead))["activity"] is None


@pytest.mark.parametrize("kind", KINDS)
def test_bad_input_begun_with_300_people(kind: str) -> None:
    room = world(ACTIVITIES[kind], count=300)
    started = room.now
    offers = [o for o in room.view("f1", "panel").may if o.place == "main"]
    if offers:
        assert room.tap("f1", offers[0]) is None
    room.work()
    looks: tuple[tuple[str, Lens], ...] = (("s300", "seat"), ("f1", "panel"), ("", "screen"))
    for seat, lens in looks:
        shown = room.view(seat, lens)
        assert shown.phase
        assert shown.blocks
    seated = [s for group in ACTIVITIES[kind].groups(room.state) for s in group.members]
    assert len(seated) == len(set(seated)) <= 301
    assert room.now == started


# --- people, and what is no longer so -------------------------------------------------------------


async def test_bad_input_a_facilitator_who_removes_themselves(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await with_wall(house)
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        said = await refused(house, house.lead, "seat.remove", seat=house.lead, epoch=1)
        assert "Choose Leave" in said
        await refused(house, "s2", "seat.remove", seat="s2", epoch=1)
        for role in ("participant", "observer"):
            await refused(house, house.lead, "seat.role", seat=house.lead, role=role, epoch=1)
        await house.start()
        await refused(house, house.lead, "seat.remove", seat=house.lead, epoch=1)


async def test_bad_input_a_stale_epoch_and_phase(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=4) as house:
        await with_wall(house)
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        await house.do("s2", "lead.accept", epoch=1)
        old = {"epoch": 1, "activity": "a1"}
        await refused(house, house.lead, "activity.start", item="a1", epoch=1)
        await house.do("s2", "activity.start", item="a1", epoch=2)
        phase = (await house.view("s2"))["activity"]["phase"]
        for seat in (house.lead, "s2"):
            for type, given in (("phase.next", {"phase": phase}), ("activity.cut", {}),
                                ("pause.set", {}), ("door.close", {})):  # fmt: skip
                await refused(house, seat, type, **{**old, **given})
        await house.do("s2", "phase.next", phase=phase, epoch=2, activity="a1")
        await refused(house, "s2", "phase.next", phase=phase, epoch=2, activity="a1")
        await refused(house, "s2", "phase.next", phase="opera", epoch=2, activity="a1")
        await refused(house, "s2", "activity.start", item="a1", epoch=2)
        await refused(house, "s2", "activity.start", item="a2", epoch=2)
        await house.do("s2", "activity.cut", epoch=2, activity="a1")
        await refused(house, "s2", "activity.cut", epoch=2, activity="a1")


async def test_bad_input_a_stale_turn(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=5) as house:
        await with_wall(house)
        teller = await house.telling()
        done = next(o for o in (await house.view(teller))["may"] if o["type"] == "turn.done")
        given = {"turn": done["turn"], "group": done["group"], "activity": "a1"}
        other = next(seat for seat in house.tokens if seat not in (teller, house.lead))
        await refused(house, other, "turn.done", **given)
        await house.do(teller, "turn.done", **given)
        for turn in (done["turn"], done["turn"] + 7, -1):
            await refused(house, teller, "turn.done", **{**given, "turn": turn})
        await refused(house, teller, "turn.begin", turn=done["turn"], activity="a1")


async def test_bad_input_a_stale_seat(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await with_wall(house)
        rosa = await house.join("Rosa", where="room")
        guest = await house.carry(rosa, "Mama Zawadi")
        await house.do(guest, "seat.move")
        room = await house.room()
        codes = [one["code"] for one in decode(room.device_seats(await house.device(guest)))]
        moved = await house.hub.take_over(room, next(filter(None, codes)), None)
        assert moved.token
        table, house.tokens[guest] = house.tokens[rosa], moved.token
        before = await everything(house)
        house.tokens[guest] = table
        with pytest.raises(Refused, match="stale_seat") as caught:
            await house.do(guest, "help.ask")
        assert not caught.value.message
        assert not JARGON.search(room.say(SENTENCES["stale_seat"], "en"))
        house.tokens[guest] = moved.token
        assert await everything(house) == before
        # Somebody who was removed is no longer there to be led, spoken for or given anything.
        await house.do(house.lead, "seat.remove", seat="s2", epoch=1)
        del house.tokens["s2"]
        for type in ("seat.remove", "seat.role", "lead.offer", "help.answer"):
            extra = {"role": "facilitator"} if type == "seat.role" else {}
            to = {"to": "s2"} if type == "lead.offer" else {"seat": "s2"}
            await refused(house, house.lead, type, epoch=1, **to, **extra)


def decode(raw: bytes) -> list[dict[str, Any]]:
    """The seats of a `device` message."""
    seats: list[dict[str, Any]] = msgspec.json.decode(raw)["seats"]
    return seats
