"""Rules about the course of an exchange: what belongs into it, and before what."""

from typing import Final

from activities.blocks import say
from rooms.agenda_lint_facts import FORMAL, LONG, Facts, Found, add, before_last
from rooms.wire_agenda import PlanWarning

CLOSING: Final = 15
"""Minutes at the end in which a commitment comes too late; a tenth of a shorter exchange."""


def together(plan: Facts) -> Found:
    """The whole group is together at the start, in the middle and at the end (seed 002)."""
    if plan.total <= FORMAL:
        return
    whole = [step for step in plan.steps if step.planned.whole or step.gathers]
    third = plan.total / 3
    for name, text in (
        (0, say("Begin with everybody together.")),
        (1, say("Come together once in the middle, too.")),
        (2, say("End with everybody together.")),
    ):
        low, high = name * third, (name + 1) * third
        if not any(step.slot.offset < high and step.end > low for step in whole):
            yield PlanWarning("together", "", text)


def hands(plan: Facts) -> Found:
    """More than two hours need something for hands, feet or tools."""
    if plan.total > LONG and not any(step.moves for step in plan.steps):
        yield PlanWarning(
            "hands", "", say("More than two hours: plan something for hands, feet or tools.")
        )


def reflection(plan: Facts) -> Found:
    """Near the end, before the evaluation, people think about what they take along."""
    if plan.total <= FORMAL:
        return
    late = [step for step in plan.steps if step.end > plan.total * 2 / 3]
    if not any(step.does("reflect", "commit") for step in late):
        yield PlanWarning(
            "reflection",
            "",
            say("Leave time near the end to think about what people take along."),
            mend=add(
                plan, "reflect", say("Add a reflection"), before_last(plan, "evaluate", "close")
            ),
        )


def evaluation(plan: Facts) -> Found:
    """People say what was useful."""
    if plan.total > FORMAL and not any(step.does("evaluate") for step in plan.steps):
        yield PlanWarning(
            "evaluation",
            "",
            say("Nobody is asked what was useful."),
            mend=add(plan, "evaluate", say("Add an evaluation"), before_last(plan, "close")),
        )


def story_first(plan: Facts) -> Found:
    """A story or a bowl comes before talk in general."""
    for step in plan.steps:
        if step.does("tell"):
            return
        if step.planned.whole and not step.planned.does and step.item.minutes > 10:
            if any(one.does("tell") for one in plan.steps):
                yield PlanWarning(
                    "story_first",
                    step.item.id,
                    say("Stories first, then talk in general: people listen differently."),
                )
            return


def purpose(plan: Facts) -> Found:
    """Talk of the whole group says what it is about."""
    for step in plan.steps:
        item = step.item
        bare = not (item.words or item.about or item.notes or item.settings.get("prompt"))
        form = item.settings.get("form", "talk")
        plain = step.planned.whole and not step.planned.does and form == "talk"
        if step.open and plain and bare and item.title == step.activity.title.id:
            yield PlanWarning("purpose", item.id, say("Say what this is about: give it a title."))


def commitment(plan: Facts) -> Found:
    """Commitments are made, and not at the very end."""
    if plan.total <= FORMAL:
        return
    made = [step for step in plan.steps if step.does("commit")]
    if not made:
        yield PlanWarning(
            "commitment",
            "",
            say("Nobody writes down what they will do at home."),
            mend=add(
                plan, "commit", say("Add commitments"), before_last(plan, "evaluate", "close")
            ),
        )
        return
    last = min(CLOSING, plan.total // 10)
    if all(step.slot.offset > plan.total - last for step in made) and made[0].open:
        yield PlanWarning(
            "commitment",
            made[0].item.id,
            say("This comes at the very end, when people are leaving already."),
        )
