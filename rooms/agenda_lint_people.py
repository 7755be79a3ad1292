"""Rules about people: who leads, how many fit, who interprets."""

from typing import Final

from activities.blocks import say
from rooms.agenda_lint_facts import FORMAL, Facts, Found, tap
from rooms.wire_agenda import PlanWarning

SPREAD: Final = 30
"""Per cent by which fewer or more may come than are invited."""

PEERS: Final = ("P", "V", "K")
"""Letters of leads who are no facilitator by trade (`methods.md` 4)."""


def peer_lead(plan: Facts) -> Found:
    """At least one item is led by a peer or a host."""
    if plan.total <= FORMAL:
        return
    leads = {step.item.lead for step in plan.steps}
    hosted = any(step.gathers for step in plan.steps)  # each circle has a host of its own
    if not hosted and not leads & (plan.peers | set(PEERS)):
        yield PlanWarning(
            "peer_lead", "", say("No peer leads any of it. Whom could you ask to lead one?")
        )


def leads(plan: Facts) -> Found:
    """Each item has a lead."""
    for step in plan.steps:
        if step.open and not step.item.lead and not step.does("rest"):
            mend = None
            if plan.facilitators:
                mend = tap(
                    say("The facilitator leads it"), "agenda.edit",
                    item=step.item.id, revision=step.item.revision, lead=plan.facilitators[0],
                )  # fmt: skip
            yield PlanWarning("leads", step.item.id, say("Nobody is named to lead this."),
                              mend=mend)  # fmt: skip


def facilitators(plan: Facts) -> Found:
    """More than one facilitator is named."""
    named = {step.item.lead for step in plan.steps} - {"", "F"}  # F is one who is here
    hosted = any(step.gathers for step in plan.steps)
    if plan.total > FORMAL and not hosted and len(named | set(plan.facilitators)) < 2:
        yield PlanWarning(
            "facilitators", "", say("One person carries it all. Name somebody to stand in.")
        )


def interpretation(plan: Facts) -> Found:
    """Interpretation doubles spoken turns."""
    for step in plan.steps if plan.interpreted else ():
        if step.open and step.does("tell", "reflect", "meet"):
            yield PlanWarning(
                "interpretation",
                step.item.id,
                say("With an interpreter every spoken turn takes twice as long."),
                mend=tap(
                    say("Make it {n} minutes", n=step.item.minutes * 2), "agenda.edit",
                    item=step.item.id, revision=step.item.revision, minutes=step.item.minutes * 2,
                )
                if step.item.minutes * 2 <= step.planned.high
                else None,
            )  # fmt: skip


def sizes(plan: Facts) -> Found:
    """The invited number, give or take thirty per cent, fits each activity."""
    if not plan.frame.people:
        return
    low = plan.frame.people * (100 - SPREAD) // 100
    high = -(-plan.frame.people * (100 + SPREAD) // 100)
    for step in plan.steps:
        if not step.open:
            continue
        if high > step.planned.most:
            yield PlanWarning(
                "sizes", step.item.id,
                say("If {n} people come, this is too small: it works with up to {most}.",
                    n=high, most=step.planned.most),
            )  # fmt: skip
        elif low < step.planned.fewest:
            yield PlanWarning(
                "sizes", step.item.id,
                say("If only {n} people come, this needs more: at least {fewest}.",
                    n=low, fewest=step.planned.fewest),
            )  # fmt: skip
