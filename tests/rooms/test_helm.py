"""The record about leading: evolve is total, and what is kept is bounded (`methods.md A5`)."""

import msgspec

from rooms import helm
from rooms.helm import ANSWERS_KEPT, PROPOSALS_KEPT, Helm, Proposal


def proposal(number: int) -> Proposal:
    return Proposal(f"p{number}", "s4", "", msgspec.Raw(b"{}"), "door.close", number)


def after(*events: helm.HelmEvent) -> Helm:
    record = Helm()
    for event in events:
        record = helm.evolve(record, event)
    return record


def test_what_happened_is_kept() -> None:
    said = helm.DebriefSaid(seat="s2", question="saw", text="w1", at=4)
    record = after(
        helm.DutyGiven(duty="time", seat="s2"),
        helm.DutyGiven(duty="door", seat=""),
        helm.CoTimeSet(on=False),
        helm.BatonPassed(item="a2", to="s2"),
        helm.Proposed(proposal=proposal(1)),
        said,
    )
    assert record.duties == {"time": "s2", "door": ""}
    assert not record.co_time
    assert record.batons == {"a2"}
    assert record.debrief == (said,)
    assert record.proposal("p1") == proposal(1)
    settled = helm.evolve(record, helm.ProposalSettled(proposal="p1", state="done"))
    assert settled.proposal("p1") is None
    assert settled.proposals[0].state == "done"
    later = helm.lead_changed(record, 9)
    assert later.led_since == 9


def test_duties_of_who_is_gone_need_a_name_again() -> None:
    record = after(helm.DutyGiven(duty="time", seat="s2"), helm.DutyGiven(duty="door", seat=""))
    assert helm.without(record, "s2").duties == {"door": ""}
    assert helm.without(record, "s3") == record


def test_the_log_of_proposals_and_the_debrief_are_bounded() -> None:
    many = [helm.Proposed(proposal=proposal(n)) for n in range(PROPOSALS_KEPT + 5)]
    assert after(*many).proposals[0].id == "p5"
    said = [
        helm.DebriefSaid(seat="s2", question="saw", text=f"w{n}", at=n)
        for n in range(ANSWERS_KEPT + 5)
    ]
    assert len(after(*said).debrief) == ANSWERS_KEPT
