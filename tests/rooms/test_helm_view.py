"""What screens show and offer about leading (`methods.md A5`)."""

from pathlib import Path
from typing import get_args

from msgspec.structs import replace

from activities.blocks import Who, say
from activities.registry import ACTIVITIES
from rooms import helm_strip, helm_view, wire_helm
from rooms.agenda_items import AgendaItem, Plan
from rooms.helm import BRIDGE_LASTS, Helm
from rooms.lead import AUTOPILOT, Lead
from rooms.room_state import RoomState
from rooms.seats import Seat
from tests.rooms.house import House

LEAD = Seat(id="a", name="", role="facilitator", organiser=True)
NEXT = Seat(id="b", name="", role="facilitator")
OTHER = Seat(id="c", name="", role="facilitator")
ITEMS = (
    AgendaItem("a1", "check_in", 6, {}, "Check-in"),
    AgendaItem(
        "a2",
        "check_in",
        1,
        {"mode": "word", "prompt": "w9", "care_view": True, "cap_s": 30},
        "Check-out",
        lead="b",
    ),
)
STATE = RoomState(
    plan=Plan(items=ITEMS),
    seats={s.id: s for s in (LEAD, NEXT, OTHER)},
    lead=Lead(lead="a", acting="a", succession=("b", "c")),
)
RUNNING = replace(STATE, started={"a1": 1_000}, current="a1")


def test_every_duty_code_and_question_has_words() -> None:
    assert set(helm_view.DUTIES) == set(get_args(wire_helm.Duty))
    assert set(helm_strip.CODES) == set(get_args(wire_helm.Code))
    assert set(helm_strip.QUESTIONS) == set(get_args(wire_helm.Question))


def test_the_card_comes_a_minute_before_the_planned_end_to_both_and_nobody_else() -> None:
    ends = 1_000 + 6 * 60_000
    assert helm_view.baton(RUNNING, ACTIVITIES, NEXT, "a1", ends - 60_001) is None
    card = helm_view.baton(RUNNING, ACTIVITIES, NEXT, "a1", ends - 60_000)
    assert card is not None
    assert (card.item, card.to, card.offered) == ("a2", "b", False)
    (form,) = card.settings
    assert (form.args["setting"], form.args["value"]) == (say("How people answer"), say("One word"))
    assert card.prompt is not None
    assert helm_view.baton(RUNNING, ACTIVITIES, LEAD, "a1", ends) == card
    assert helm_view.baton(RUNNING, ACTIVITIES, OTHER, "a1", ends) is None
    between = replace(RUNNING, lead=replace(STATE.lead, offered_to="b", offer_ends=9, planned="a2"))
    offered = helm_view.baton(between, ACTIVITIES, NEXT, "", ends)
    assert offered is not None
    assert (offered.offered, offered.ends_at) == (True, 9)


def test_a_baton_nobody_took_leaves_no_card_behind() -> None:
    passed = replace(RUNNING, current="", helm=Helm(batons=frozenset({"a2"})))
    for seat in (LEAD, NEXT):
        assert helm_view.baton(passed, ACTIVITIES, seat, "", 10**9) is None
    again = replace(passed, lead=replace(STATE.lead, offered_to="b", offer_ends=9))
    assert helm_view.baton(again, ACTIVITIES, NEXT, "", 10**9) is not None


def test_somebody_who_left_and_a_host_nobody_named_get_no_card() -> None:
    left = {**STATE.seats, "b": replace(NEXT, status="left")}
    for lead, seats in (("V", STATE.seats), ("b", left), ("", STATE.seats)):
        items = (ITEMS[0], replace(ITEMS[1], lead=lead))
        state = replace(RUNNING, plan=Plan(items=items), seats=seats)
        assert helm_view.baton(state, ACTIVITIES, LEAD, "", 10**9) is None


def test_the_bridge_says_who_leads_what_comes_and_how_long() -> None:
    led = replace(STATE, helm=Helm(led_since=5_000), lead=replace(STATE.lead, lead="b", acting="b"))
    said = helm_view.bridge(led, "", 6_000)
    assert said is not None
    assert said.text.id == "{name} leads now. Next: {activity}, about {n} minute."
    assert (said.text.n, said.text.args["name"]) == (6, Who("b"))
    assert helm_view.bridge(led, "", 5_000 + BRIDGE_LASTS) is None
    assert helm_view.bridge(STATE, "", 6_000) is None
    on = replace(led, started={"a1": 1_000}, current="a1")
    during = helm_view.bridge(on, "a1", 6_000)
    assert during is not None
    assert during.text.n == 6
    late = helm_view.bridge(replace(on, helm=Helm(led_since=10**6)), "a1", 10**6)
    assert late is not None
    assert late.text.id == "{name} leads now. We go on with {activity}."
    alone = replace(led, lead=replace(led.lead, acting=AUTOPILOT))
    nobody = helm_view.bridge(alone, "", 6_000)
    assert nobody is not None
    assert "by themselves" in nobody.text.id
    over = replace(led, started={"a1": 1, "a2": 2})
    last = helm_view.bridge(over, "", 6_000)
    assert last is not None
    assert last.text.id == "{name} leads now."


async def test_every_offer_about_leading_can_be_sent_back_WIR5(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        epoch = await house.epoch()
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=epoch)
        await house.do(house.lead, "seat.role", seat="s3", role="observer", epoch=epoch)
        offers = (await house.view("s3", "panel"))["may"]
        proposals = [o for o in offers if o["type"] == "lead.propose"]
        assert proposals
        for offer in proposals:
            await house.do("s3", "lead.propose", command=offer["command"], item=offer["item"])
        duty = next(o for o in (await house.view("s2"))["may"] if o["type"] == "duty.set")
        for option in duty["needs"]["duty"]["options"]:
            await house.do("s2", "duty.set", duty=option["value"], epoch=duty["epoch"])
        time = next(o for o in (await house.view(house.lead))["may"] if o["type"] == "room.co_time")
        await house.do(house.lead, "room.co_time", on=time["on"], epoch=time["epoch"])
        aside = [o for o in (await house.view(house.lead))["may"] if o["type"] == "lead.set_aside"]
        assert len(aside) == len(proposals)
        for offer in aside:
            await house.do(
                house.lead, "lead.set_aside", proposal=offer["proposal"], epoch=offer["epoch"]
            )
