"""Leading together in a real room: planned batons, force, proposals, duties, the strip, the debrief
(`methods.md A5`; CO2, CO3, CO7)."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from activities.kernel import Refused
from rooms import commits
from rooms.agenda_items import AgendaReplaced
from rooms.helm_desk import PROPOSALS_OPEN
from rooms.lead_rights import PEER_TAGS
from rooms.outgoing import Say
from rooms.session import Session
from tests.rooms.house import House


async def make_co(house: House, seat: str) -> None:
    await house.do(
        house.lead, "seat.role", seat=seat, role="facilitator", epoch=await house.epoch()
    )


async def plan(house: House, *leads: str) -> None:
    """Items of the plan get their leads, as the agenda editor writes them."""
    room = await house.room()
    items = tuple(
        replace(item, lead=lead) for item, lead in zip(room.whole.room.agenda, leads, strict=True)
    )
    await room.run(lambda draft: draft.add(AgendaReplaced(items=items)))


async def company(house: House) -> None:
    """s2 and s3 are co-facilitators, s4 a shadow."""
    for seat in ("s2", "s3"):
        await make_co(house, seat)
    await house.do(house.lead, "seat.role", seat="s4", role="observer", epoch=await house.epoch())


async def cut(house: House, by: str) -> None:
    await house.do(by, "activity.cut", epoch=await house.epoch())


async def acting(house: House) -> str:
    return (await house.room()).whole.room.lead.acting


async def heard(house: House, session: Session, type: str) -> list[dict[str, Any]]:
    """Messages of a type this session was sent, the newest last."""
    await house.listen()
    said = [json.loads(m.payload) for m in house.heard[session] if isinstance(m, Say)]
    return [m for m in said if m["type"] == type]


# The planned baton --------------------------------------------------------------------------------


async def test_at_the_boundary_the_next_lead_is_offered_and_accepts_CO3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, "evening", people=4) as house:
        await company(house)
        await plan(house, house.lead, "s2", "s3")
        await house.start("a1")
        assert (await house.view(house.lead))["room"]["baton"] is None
        await cut(house, house.lead)
        lead = (await house.room()).whole.room.lead
        assert (lead.offered_to, lead.planned, lead.acting) == ("s2", "a2", house.lead)
        assert "activity.start" in await house.offered(house.lead)  # the old lead acts until then
        await house.do("s2", "lead.accept", epoch=lead.epoch)
        assert await acting(house) == "s2"
        with pytest.raises(Refused, match="not_allowed"):
            await house.do(house.lead, "activity.start", item="a2", epoch=await house.epoch())
        await house.do("s2", "activity.start", item="a2", epoch=await house.epoch())
        bridge = (await house.view("s4"))["room"]["bridge"]
        assert bridge["text"].startswith("Person 1 leads now. We go on with Story circles")
        await house.clock.advance(61_000)
        assert (await house.view("s4"))["room"]["bridge"] is None


async def test_not_accepted_in_twenty_seconds_the_old_lead_goes_on(tmp_path: Path) -> None:
    async with await House.open(tmp_path, "evening", people=4) as house:
        await company(house)
        await plan(house, "", "s2", "")
        sessions = [await house.session(s) for s in (house.lead, "s2")]
        await house.start("a1")
        await cut(house, house.lead)
        for _ in range(3):
            await house.clock.advance(7_000)
            for session in sessions:
                session.beat()
        lead = (await house.room()).whole.room.lead
        assert (lead.offered_to, lead.acting, lead.epoch) == ("", house.lead, 1)
        told = (await heard(house, sessions[0], "desk"))[-1]["lines"][-1]
        assert (told["code"], told["text"]) == (
            "not_taken",
            "Person 1 did not take the lead; I go on",
        )
        await house.start("a2")  # and it is not offered again
        assert (await house.room()).whole.room.lead.offered_to == ""


async def test_a_minute_before_both_see_who_leads_next_and_nobody_else(tmp_path: Path) -> None:
    async with await House.open(tmp_path, "evening", people=4) as house:
        await company(house)
        await plan(house, "", "s2", "")
        session = await house.session(house.lead)
        await house.start("a1")
        for _ in range(33):  # 297 s of a check-in planned for 6 minutes
            await house.everyone_beats()
            await house.clock.advance(9_000)
        assert (await house.view("s2"))["room"]["baton"] is None
        await house.everyone_beats()
        house.heard[session].clear()
        await house.clock.advance(3_100)  # by time alone
        card = (await heard(house, session, "view"))[-1]["room"]["baton"]
        assert (card["to"], card["name"], card["minutes"]) == ("s2", "Person 1", 100)
        assert card["purpose"]
        assert not card["offered"]
        mine = await house.view("s2", "seat")
        titles = [b.get("title") for b in mine["blocks"] if b["type"] == "note"]
        assert "You lead next: Story circles" in titles
        for other in ("s3", "s4", "s5"):
            view = await house.view(other)
            assert view["room"]["baton"] is None
            assert "lead next" not in json.dumps(view)


async def test_a_plan_for_somebody_who_is_not_there_offers_nothing(tmp_path: Path) -> None:
    async with await House.open(tmp_path, "evening", people=4) as house:
        await company(house)
        await plan(house, "", "s2", "")
        await house.do("s2", "seat.leave")
        await house.start("a1")
        await cut(house, house.lead)
        assert (await house.room()).whole.room.lead.offered_to == ""
        assert await acting(house) == house.lead


# Force --------------------------------------------------------------------------------------------


async def test_the_organiser_forces_and_everyone_is_told(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await company(house)
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        await house.do("s2", "lead.accept", epoch=1)
        epoch = await house.epoch()
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s3", "lead.force", to="s3", epoch=epoch)
        offer = next(o for o in (await house.view(house.lead))["may"] if o["type"] == "lead.force")
        assert offer["confirm"]
        assert {o["value"] for o in offer["needs"]["to"]["options"]} == {house.lead, "s3"}
        await house.do(house.lead, "lead.force", to="s3", epoch=epoch)
        assert await acting(house) == "s3"
        bridge = (await house.view("s5"))["room"]["bridge"]
        assert bridge["text"] == "Person 2 leads now. Next: Check-in, about 6 minutes."
        rows = await house.storage.commits(house.opened.room)
        events = [e for _, raw in rows for e in commits.decode(raw).events]
        said = [e for e in events if isinstance(e, commits.DeskLineSaid)]
        assert [(line.code, line.seat, line.about) for line in said] == [
            ("forced", house.lead, "s3")
        ]
        strip = json.loads((await house.room()).desk((await house.room()).whole.room.seats["s2"])
                           or b"{}")  # fmt: skip
        assert strip["lines"][-1]["text"] == "Gave the lead to Person 2"


async def test_who_asks_for_the_lead_is_offered_it_with_one_tap(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await company(house)
        await house.do("s2", "lead.request")
        view = await house.view(house.lead)
        assert view["room"]["lead"]["asked"] == ["s2"]
        tap = next(o for o in view["may"] if o["type"] == "lead.offer" and not o["needs"])
        assert tap["hint"] == "Person 1 asks for the lead."
        assert await acting(house) == house.lead  # nothing changes until the lead offers
        await house.do(house.lead, "lead.offer", to=tap["to"], epoch=tap["epoch"])
        await house.do("s2", "lead.accept", epoch=1)
        assert await acting(house) == "s2"
        assert (await house.view("s2"))["room"]["lead"]["asked"] == []


async def test_CO7_a_stale_command_says_who_leads(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await company(house)
        await house.start()
        room = await house.room()
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        await house.do("s2", "lead.accept", epoch=1)
        phase = (await house.view("s2"))["activity"]["phase"]
        before = room.whole
        late: tuple[tuple[str, str, dict[str, Any]], ...] = (
            (house.lead, "phase.next", {"phase": phase, "activity": "a1"}),
            (house.lead, "activity.cut", {}),
            (house.lead, "door.close", {}),
            (house.lead, "lead.force", {"to": "s3"}),
            (house.lead, "duty.set", {"duty": "time", "seat": "s3"}),
            ("s2", "lead.accept", {}),
            ("s3", "lead.take", {}),
            ("s3", "room.freeze", {}),
        )
        for by, kind, fields in late:
            with pytest.raises(Refused, match="stale_epoch") as refused:
                await house.do(by, kind, epoch=1, **fields)
            assert refused.value.message is not None
            said = room.say(refused.value.message, "en")
            assert said == "Person 1 leads now. Nothing was changed."
        assert room.whole == before


async def test_CO2_only_the_acting_lead_moves_phases(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await company(house)
        await house.start()
        phase = (await house.view(house.lead))["activity"]["phase"]
        epoch = await house.epoch()
        for other in ("s2", "s3", "s4", "s5"):
            with pytest.raises(Refused, match="not_allowed"):
                await house.do(other, "phase.next", activity="a1", phase=phase, epoch=epoch)
        await house.do(house.lead, "phase.next", activity="a1", phase=phase, epoch=epoch)


# Shadows ------------------------------------------------------------------------------------------


async def shadow_offers(house: House) -> list[dict[str, Any]]:
    view = await house.view("s4", "panel")
    return [o for o in view["may"] if o["type"] == "lead.propose"]


async def test_a_shadow_sees_the_panel_and_only_proposes(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await company(house)
        await house.start()
        view = await house.view("s4", "panel")
        assert view["lens"] == "panel"
        types = {o["type"] for o in view["may"]}
        assert types <= {
            "lead.propose", "desk.code", "desk.say", "help.ask", "seat.willing", "seat.name",
            "seat.leave",
        }  # fmt: skip
        phase = view["activity"]["phase"]
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s4", "phase.next", activity="a1", phase=phase, epoch=1)
        with pytest.raises(Refused):
            await house.view("s5", "panel")


async def test_a_proposal_runs_with_the_rights_and_epoch_of_the_approval_SAF7(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await company(house)
        await house.start()
        offer = next(o for o in await shadow_offers(house) if o["command"]["type"] == "phase.next")
        assert offer["label"].startswith("Propose: ")
        await house.do("s4", "lead.propose", command=offer["command"], item="a1")
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        await house.do("s2", "lead.accept", epoch=1)  # the epoch it was proposed in is over
        phase = (await house.view("s2"))["activity"]["phase"]
        approve = next(o for o in (await house.view("s2"))["may"] if o["type"] == "lead.approve")
        assert approve["hint"] == "Person 3 proposes this."
        for other in (house.lead, "s4"):
            with pytest.raises(Refused, match="not_allowed"):
                await house.do(
                    other, "lead.approve", proposal=approve["proposal"], epoch=await house.epoch()
                )
        await house.do(
            "s2", "lead.approve", proposal=approve["proposal"], epoch=await house.epoch()
        )
        assert (await house.view("s2"))["activity"]["phase"] != phase
        with pytest.raises(Refused, match="duplicate"):
            await house.do(
                "s2", "lead.approve", proposal=approve["proposal"], epoch=await house.epoch()
            )
        room = await house.room()
        strip = json.loads(room.desk(room.whole.room.seats["s4"]) or b"{}")
        assert [(p["who"], p["what"], p["state"]) for p in strip["proposals"]] == [
            ("Person 3", "Move on", "done")
        ]


async def test_a_proposal_the_room_left_behind_is_refused_and_changes_nothing(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await company(house)
        await house.start()
        phase = (await house.view(house.lead))["activity"]["phase"]
        wanted = {"type": "phase.next", "phase": phase, "epoch": 1}
        await house.do("s4", "lead.propose", command=wanted, item="a1")
        await house.do(house.lead, "phase.next", activity="a1", phase=phase, epoch=1)
        proposal = (await house.room()).whole.room.helm.proposals[0]
        before = (await house.room()).whole
        with pytest.raises(Refused, match="stale_phase"):
            await house.do(house.lead, "lead.approve", proposal=proposal.id, epoch=1)
        assert (await house.room()).whole == before
        await house.do(house.lead, "lead.set_aside", proposal=proposal.id, epoch=1)
        wanted = {"type": "activity.cut", "epoch": 1}
        await house.do("s4", "lead.propose", command=wanted)
        await cut(house, house.lead)
        late = (await house.room()).whole.room.helm.proposals[-1]
        with pytest.raises(Refused, match="stale_phase"):
            await house.do(house.lead, "lead.approve", proposal=late.id, epoch=1)
        with pytest.raises(Refused, match="duplicate"):
            await house.do(house.lead, "lead.set_aside", proposal=proposal.id, epoch=1)


async def test_what_cannot_be_proposed(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await company(house)
        say = {"type": "say.all", "text": "Tea is ready", "epoch": 1}
        tries: tuple[tuple[str, dict[str, Any], str, str], ...] = (
            ("s2", say, "", "not_allowed"),  # a co-facilitator does it
            ("s5", say, "", "not_allowed"),
            ("s4", {"type": "seat.remove", "seat": "s5", "epoch": 1}, "", "not_allowed"),
            ("s4", {"type": "memo.send", "epoch": 1}, "", "not_allowed"),
            ("s4", {"type": "lead.approve", "proposal": "p", "epoch": 1}, "", "not_allowed"),
            ("s4", {"type": "seat.leave"}, "", "not_allowed"),
            ("s4", {"type": "phase.next", "phase": "frame", "epoch": 1}, "", "bad_request"),
            ("s4", {"type": "phase.next", "phase": "frame", "epoch": 1}, "a1", "stale_phase"),
            ("s4", {"type": "nonsense"}, "", "bad_request"),
            ("s4", {"type": "door.close"}, "", "bad_request"),
        )
        for by, command, activity, reason in tries:
            with pytest.raises(Refused, match=reason):
                await house.do(by, "lead.propose", command=command, item=activity)
        for number in range(PROPOSALS_OPEN):
            text = {**say, "text": f"Line {number}"}
            await house.do("s4", "lead.propose", command=text)
        with pytest.raises(Refused, match="too_many"):
            await house.do("s4", "lead.propose", command=say)


async def test_words_of_a_proposal_are_not_in_the_log_LOG4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await company(house)
        say = {"type": "say.all", "text": "Zebracanary tea", "epoch": 1}
        await house.do("s4", "lead.propose", command=say)
        rows = await house.storage.commits(house.opened.room)
        assert b"ebracanary" not in b"".join(raw for _, raw in rows)
        await house.crash()
        proposal = (await house.room()).whole.room.helm.proposals[0]
        await house.do(house.lead, "lead.approve", proposal=proposal.id, epoch=await house.epoch())
        assert (await house.view("s5"))["room"]["notice"] == "Zebracanary tea"


# Duties, time, strip, debrief ---------------------------------------------------------------------


async def test_a_duty_without_a_name_is_warned_of_at_the_start(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await company(house)
        view = await house.view("s2")
        warned = [b for b in view["blocks"] if b["type"] == "rules"]
        assert len(warned[0]["lines"]) == 5
        epoch = await house.epoch()
        await house.do("s2", "duty.set", duty="time", seat="s3", epoch=epoch)
        for duty in ("door", "notes", "care"):
            await house.do(house.lead, "duty.set", duty=duty, epoch=epoch)  # nobody, said so
        view = await house.view(house.lead)
        assert [d["duty"] for d in view["room"]["duties"] if not d["set"]] == ["producer", "watch"]
        warned = [b for b in view["blocks"] if b["type"] == "rules"]
        assert warned[0]["lines"] == ["Producer: keeps the room alive"]
        for seat in ("s5", "s99"):
            with pytest.raises(Refused, match="unknown"):
                await house.do("s2", "duty.set", duty="producer", seat=seat, epoch=epoch)
        with pytest.raises(Refused, match="duplicate"):
            await house.do("s2", "duty.set", duty="time", seat="s3", epoch=epoch)
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s5", "duty.set", duty="time", seat="s3", epoch=epoch)
        roles = [o for o in (await house.view(house.lead))["may"] if o["type"] == "seat.role"]
        assert {o["role"] for o in roles} == {
            "facilitator", "observer", "interpreter", "participant",
        }  # fmt: skip
        await house.do(house.lead, "seat.role", seat="s3", role="participant", epoch=epoch)
        # and the duty needs a name again
        duty = next(d for d in (await house.view("s2"))["room"]["duties"] if d["duty"] == "time")
        assert not duty["set"]
        assert (await house.view("s5"))["room"]["duties"] == []


async def test_a_co_facilitator_moves_the_time_only_if_the_room_lets_them(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await company(house)
        await house.start()
        await house.do(
            house.lead, "phase.next", activity="a1", phase="frame", epoch=await house.epoch()
        )
        more: dict[str, Any] = {"phase": "answer", "seconds": 60, "activity": "a1", "epoch": 1}
        assert "phase.extend" in await house.offered("s2")
        await house.do("s2", "phase.extend", **more)
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s2", "room.co_time", on=False, epoch=1)
        await house.do(house.lead, "room.co_time", on=False, epoch=1)
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s2", "phase.extend", **more)
        assert "phase.extend" not in await house.offered("s2")
        assert "phase.extend" in await house.offered(house.lead)
        await house.do(house.lead, "phase.extend", **more)
        assert not (await house.view("s2"))["room"]["co_time"]


async def test_the_strip_is_for_facilitators_and_shadows_alone(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await company(house)
        sessions = {s: await house.session(s) for s in ("s2", "s4", "s5")}
        await house.do("s3", "desk.code", code="five_left")
        await house.do("s4", "desk.code", code="back")
        await house.do("s4", "desk.say", text="Zebracanary, slower please")
        await house.do(house.lead, "duty.set", duty="watch", seat="s3", epoch=1)
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s5", "desk.code", code="sound")
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s5", "desk.say", text="let me in")
        for seat in ("s2", "s4"):
            desk = (await heard(house, sessions[seat], "desk"))[-1]
            assert [line["text"] for line in desk["lines"]] == [
                "5 minutes left",
                "I am back",
                "Zebracanary, slower please",
            ]
            assert [line["code"] for line in desk["lines"]] == ["five_left", "back", ""]
            assert desk["watcher"] == "s3"
        assert await heard(house, sessions["s5"], "desk") == []
        room = await house.room()
        taken = json.dumps(await room.board_for_export(await house.device(house.lead)))
        memo = str(await room.draft_memo("participants"))
        assert "ebracanary" not in taken + memo


async def test_facilitators_look_back_when_it_is_over(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await company(house)
        with pytest.raises(Refused, match="stale_phase"):
            await house.do("s2", "debrief.answer", question="saw", text="Much quiet")
        await house.start()
        await cut(house, house.lead)
        await house.do("s2", "debrief.answer", question="saw", text="Much quiet")
        for other in ("s4", "s5"):
            with pytest.raises(Refused, match="not_allowed"):
                await house.do(other, "debrief.answer", question="saw", text="Me too")
        room = await house.room()
        seats = room.whole.room.seats
        debrief = json.loads(room.desk(seats[house.lead]) or b"{}")["debrief"]
        assert [q["question"] for q in debrief["questions"]] == ["saw", "follow", "change"]
        assert debrief["questions"][0]["lines"] == [{"who": "Person 1", "text": "Much quiet"}]
        assert json.loads(room.desk(seats["s4"]) or b"{}")["debrief"] is None


# Autopilot and the peer lead ----------------------------------------------------------------------


async def leave_alone(house: House, *stay: str) -> None:
    """Every facilitator goes; those who stay keep their lines for six minutes."""
    sessions = [await house.session(s) for s in stay]
    await house.do(house.lead, "seat.leave")
    for _ in range(40):
        await house.clock.advance(9_000)
        for session in sessions:
            session.beat()
        await (await house.room()).sweep()


async def test_in_autopilot_nothing_is_opened_released_or_closed(tmp_path: Path) -> None:
    async with await House.open(tmp_path, "evening", people=4) as house:
        await plan(house, "s2", "s3", "s2")
        await house.start("a1")
        room = await house.room()
        before = room.whole.room
        await leave_alone(house, "s2", "s3", "s4", "s5")
        after = room.whole.room
        assert after.lead.acting == "autopilot"
        assert set(after.started) == {"a1"}  # clocks run, but no activity begins by itself
        assert after.consents == before.consents
        assert after.sent == 0
        assert all(after.seats[s].status == "in" for s in ("s2", "s3", "s4", "s5"))
        assert after.helm.batons == frozenset()


async def test_a_peer_lead_goes_on_extends_pauses_and_closes_and_no_more(tmp_path: Path) -> None:
    async with await House.open(tmp_path, "circle", people=6) as house:
        await house.do("s2", "seat.willing", willing=True)
        await house.start()
        await leave_alone(house, "s2", "s3", "s4", "s5", "s6", "s7")
        await house.do("s2", "lead.volunteer", epoch=await house.epoch())
        view = await house.view("s2", "panel")
        assert view["room"]["lead"]["peer"]
        led = [o for o in view["may"] if "epoch" in o]
        assert led
        assert {o["type"] for o in led} <= PEER_TAGS
        count = len(view["may"])
        for block in view["blocks"]:
            if block["type"] == "groups":
                assert all(n < count for group in block["groups"] for n in group["offers"])
        epoch = await house.epoch()
        for kind, fields in (
            ("group.move", {"seat": "s3", "to": "c1"}),
            ("round.stop", {}),
            ("break.start", {"minutes": 10}),
        ):
            with pytest.raises(Refused):
                await house.do("s2", kind, activity="a1", epoch=epoch, **fields)
        await house.do("s2", "activity.cut", epoch=epoch)
