"""Rules about minutes: how long, how full, with what rests, at what hour."""

from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from activities.blocks import say, say_n
from activities.kernel import MINUTE
from rooms import agenda_settings as forms
from rooms.agenda_lint_facts import LONG, Facts, Found, Step, add, tap
from rooms.wire_agenda import PlanWarning

BLOCK_WARN: Final = 75
BLOCK_STRONG: Final = 90
"""Minutes without a break (BR1)."""

TALK_WARN: Final = 25
"""Minutes in which the whole group talks or listens."""

BUFFER: Final = 5
"""Per cent of a plan that must lie in soft ends."""

NIGHT: Final = (22, 7)
"""Hours of the clock between which nobody should have to be awake."""


def time_sum(plan: Facts) -> Found:
    """The sum of minutes is the time there is."""
    if not plan.frame.minutes or plan.frame.minutes == plan.total or not plan.steps:
        return
    over = plan.total - plan.frame.minutes
    text = (
        say_n("{n} minute more is planned than there is.", "{n} minutes more are planned than"
              " there are.", over)
        if over > 0
        else say_n("{n} minute is not planned yet.", "{n} minutes are not planned yet.", -over)
    )  # fmt: skip
    mend = tap(
        say("Take {n} minutes as the whole", n=plan.total),
        "agenda.frame",
        revision=plan.frame.revision,
        minutes=plan.total,
    )
    yield PlanWarning("time_sum", "", text, mend=mend)


def buffer(plan: Facts) -> Found:
    """A twentieth of the time lies in items that may end softly."""
    soft = sum(step.item.minutes for step in plan.steps if step.planned.soft)
    if plan.steps and soft * 100 < plan.total * BUFFER:
        yield PlanWarning(
            "buffer", "", say("Every activity ends to the minute. Leave room somewhere.")
        )


def no_break(plan: Facts) -> Found:
    """BR1: no stretch without a break above 75 minutes, and above 90 never."""
    length, at, before, where = 0, None, "", ""
    for step in plan.steps:
        rests = step.does("rest")
        length += 0 if rests else step.item.rest_at if step.item.rest else step.item.minutes
        if at is None and step.open and not rests and length > BLOCK_WARN:
            at, where = step, before
        if rests or step.item.rest:
            yield from _stretch(plan, length, at, where)
            at = None
            length = 0 if rests else step.item.minutes - step.item.rest_at - step.item.rest
        before = step.item.id
    yield from _stretch(plan, length, at, where)


def _stretch(plan: Facts, length: int, at: Step | None, before: str) -> Found:
    """The warning about a stretch of `length` minutes that gets too long at the item `at`."""
    if at is None:
        return
    item = at.item
    mend = add(plan, "rest", say("Put a break before it"), before) if before else None
    if at.planned.rests and not item.rest and item.minutes > BLOCK_WARN:
        mend = tap(
            say("Plan a break inside it"), "agenda.edit",
            item=item.id, revision=item.revision, rest=8, rest_at=item.minutes * 3 // 4,
        )  # fmt: skip
    yield PlanWarning(
        "no_break",
        item.id,
        say_n("{n} minute without a break.", "{n} minutes without a break.", length),
        strong=length > BLOCK_STRONG,
        mend=mend,
    )


def short_break(plan: Facts) -> Found:
    """BR3: a break takes 5 minutes, 10 in an exchange of more than two hours."""
    least = 10 if plan.total > LONG else 5
    for step in plan.steps:
        if step.open and step.does("rest") and step.item.minutes < least:
            yield PlanWarning(
                "short_break",
                step.item.id,
                say("A break of {n} minutes is hardly one; {least} are.",
                    n=step.item.minutes, least=least),
                mend=tap(
                    say("Make it {n} minutes", n=least), "agenda.edit",
                    item=step.item.id, revision=step.item.revision, minutes=least,
                ),
            )  # fmt: skip


def long_talk(plan: Facts) -> Found:
    """The same format, the whole group talking, for more than 25 minutes."""
    length = 0
    for step in plan.steps:
        if not step.planned.whole:
            length = 0
            continue
        told = length > TALK_WARN
        length += step.item.minutes
        if length > TALK_WARN and not told and step.open:
            yield PlanWarning(
                "long_talk",
                step.item.id,
                say_n("{n} minute of talk in the whole group. Pairs or circles would wake it up.",
                      "{n} minutes of talk in the whole group. Pairs or circles would wake it up.",
                      length),
            )  # fmt: skip


def night(plan: Facts) -> Found:
    """Nobody has to be awake at night. The room's zone is the one we know; each person's own page
    looks at its own."""
    timed = [step.slot for step in plan.steps if step.slot.starts is not None]
    if plan.begun or not timed:
        return
    first, last = timed[0].starts or 0, timed[-1].ends or 0
    zone = _zone(plan.zone)
    for at in (first, last - MINUTE):
        hour = datetime.fromtimestamp(at / 1000, zone).hour
        if hour >= NIGHT[0] or hour < NIGHT[1]:
            yield PlanWarning(
                "night", "", say("Some of it lies at night in {zone}.", zone=plan.zone)
            )
            return


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def length(plan: Facts) -> Found:
    """Each activity has a length in which it can work (`methods.md` 1.12)."""
    for step in plan.steps:
        low, high = step.planned.low, step.planned.high
        if step.open and not low <= step.item.minutes <= high:
            fit = low if step.item.minutes < low else high
            yield PlanWarning(
                "length",
                step.item.id,
                say("{activity} usually takes from {low} to {high}.", activity=step.activity.title,
                    low=forms.amount(low, "min"), high=forms.amount(high, "min")),
                mend=tap(
                    say("Make it {n} minutes", n=fit), "agenda.edit",
                    item=step.item.id, revision=step.item.revision, minutes=fit,
                ),
            )  # fmt: skip
