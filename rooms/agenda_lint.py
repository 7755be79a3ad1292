"""What to look at in a plan (`methods.md` 5): warnings beside the items that never block anything.

Each rule is one small function of the facts. A rule about what is planned speaks only of what has
not begun: what has happened needs no warning.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from activities.blocks import Line, say, say_n
from activities.kernel import MINUTE, Activity, Planned, Purpose
from rooms import agenda_settings as forms
from rooms.agenda import title_line
from rooms.agenda_items import AgendaItem, Frame
from rooms.agenda_times import Slot, slots
from rooms.room_state import RoomState
from rooms.whole import Activities
from rooms.wire_agenda import PlanMend, PlanWarning

BLOCK_WARN: Final = 75
BLOCK_STRONG: Final = 90
"""Minutes without a break (BR1)."""

TALK_WARN: Final = 25
"""Minutes in which the whole group talks or listens."""

LONG: Final = 120
"""Minutes from which hands and feet, and longer breaks, are needed (BR3)."""

BUFFER: Final = 5
"""Per cent of a plan that must lie in soft ends."""

CLOSING: Final = 15
"""Minutes at the end in which a commitment comes too late; a tenth of a shorter exchange."""

FORMAL: Final = 45
"""Minutes from which a plan is an exchange, that needs an evaluation and a voice of its peers; a
shorter one is a single activity."""

SPREAD: Final = 30
"""Per cent by which fewer or more may come than are invited."""

NIGHT: Final = (22, 7)
"""Hours of the clock between which nobody should have to be awake."""

HANDS: Final = ("gesture", "picture")
"""Ways to check in that move more than the tongue."""

PEERS: Final = ("P", "V", "K")
"""Letters of leads who are no facilitator by trade (`methods.md` 4)."""


class Step(msgspec.Struct, frozen=True):
    """One item of the plan that was not left out, with what its activity says of itself."""

    slot: Slot
    item: AgendaItem
    activity: Activity[Any]

    @property
    def planned(self) -> Planned:
        """What the activity says of itself."""
        return self.activity.planned

    @property
    def title(self) -> Line:
        """What people call it."""
        return title_line(self.item)

    @property
    def open(self) -> bool:
        """Whether it can still change."""
        return self.slot.state == "to come"

    @property
    def end(self) -> int:
        """Minutes from the beginning at which it is over."""
        return self.slot.offset + self.item.minutes

    @property
    def gathers(self) -> bool:
        """Whether its groups come together at its end."""
        return "plenary" in self.activity.settings.__struct_fields__ and bool(
            self.item.settings.get("plenary", True)
        )

    @property
    def moves(self) -> bool:
        """Whether it is something for hands, feet or tools."""
        settings = self.item.settings
        livens = settings.get("form") == "energiser" or settings.get("mode") in HANDS
        return livens or "hands" in self.planned.does

    def does(self, *wanted: Purpose) -> bool:
        """Whether it serves one of these purposes. Three minutes of stretching are no rest."""
        if self.item.settings.get("form") == "energiser":
            return False
        return bool(self.planned.does & set(wanted))


class Facts(msgspec.Struct, frozen=True):
    """What the rules look at: the plan, and what the room knows about its people."""

    steps: tuple[Step, ...] = ()
    frame: Frame = Frame()
    total: int = 0
    kinds: frozenset[str] = frozenset()
    by_purpose: dict[Purpose, str] = {}
    facilitators: tuple[str, ...] = ()
    peers: frozenset[str] = frozenset()
    interpreted: bool = False
    zone: str = "UTC"
    begun: bool = False


Found = Iterator[PlanWarning]
Rule = Callable[[Facts], Found]


def facts(state: RoomState, running: str, activities: Activities) -> Facts:
    """What a room's plan looks like to the rules."""
    steps = tuple(
        Step(slot, slot.item, activities[slot.item.kind])
        for slot in slots(state, running)
        if slot.state != "skipped" and slot.item.kind in activities
    )
    seats = [s for s in state.seats.values() if s.status == "in" and s.person]
    by_purpose: dict[Purpose, str] = {}
    for kind, activity in activities.items():
        for purpose in activity.planned.does:
            by_purpose.setdefault(purpose, kind)
    return Facts(
        steps=steps,
        frame=state.plan.frame,
        total=sum(step.item.minutes for step in steps),
        kinds=frozenset(activities),
        by_purpose=by_purpose,
        facilitators=tuple(s.id for s in seats if s.role == "facilitator"),
        peers=frozenset(s.id for s in seats if not s.organiser),
        interpreted=any(s.role == "interpreter" for s in seats),
        zone=state.zone,
        begun=bool(state.started),
    )


def warnings(plan: Facts) -> tuple[PlanWarning, ...]:
    """Everything there is to look at, strong ones first, then in the order of the rules."""
    found = [warning for rule in RULES for warning in rule(plan)]
    return tuple(sorted(found, key=lambda warning: not warning.strong))


def _mend(label: Line, type: str, **fields: Any) -> PlanMend:
    return PlanMend(label=label, command={"type": type, **fields})


def _add(plan: Facts, purpose: Purpose, label: Line, after: str | None) -> PlanMend | None:
    """Add an activity that serves a purpose, if there is one here."""
    kind = plan.by_purpose.get(purpose)
    return _mend(label, "agenda.add", kind=kind, after=after) if kind else None


def _before_last(plan: Facts, *purposes: Purpose) -> str | None:
    """The item after which something belongs that comes before the first item of these purposes
    at the end; None for the very end."""
    at = len(plan.steps)
    while at and plan.steps[at - 1].open and plan.steps[at - 1].does(*purposes):
        at -= 1
    if at == len(plan.steps):
        return None
    return plan.steps[at - 1].item.id if at else ""


# The rules ----------------------------------------------------------------------------------------


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
    mend = _mend(
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
    mend = _add(plan, "rest", say("Put a break before it"), before) if before else None
    if at.planned.rests and not item.rest and item.minutes > BLOCK_WARN:
        mend = _mend(
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
                mend=_mend(
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
            mend=_add(
                plan, "reflect", say("Add a reflection"), _before_last(plan, "evaluate", "close")
            ),
        )


def evaluation(plan: Facts) -> Found:
    """People say what was useful."""
    if plan.total > FORMAL and not any(step.does("evaluate") for step in plan.steps):
        yield PlanWarning(
            "evaluation",
            "",
            say("Nobody is asked what was useful."),
            mend=_add(plan, "evaluate", say("Add an evaluation"), _before_last(plan, "close")),
        )


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


def leads(plan: Facts) -> Found:
    """Each item has a lead."""
    for step in plan.steps:
        if step.open and not step.item.lead and not step.does("rest"):
            mend = None
            if plan.facilitators:
                mend = _mend(
                    say("The facilitator leads it"), "agenda.edit",
                    item=step.item.id, revision=step.item.revision, lead=plan.facilitators[0],
                )  # fmt: skip
            yield PlanWarning("leads", step.item.id, say("Nobody is named to lead this."),
                              mend=mend)  # fmt: skip


def purpose(plan: Facts) -> Found:
    """Talk of the whole group says what it is about."""
    for step in plan.steps:
        item = step.item
        bare = not (item.words or item.about or item.notes or item.settings.get("prompt"))
        form = item.settings.get("form", "talk")
        plain = step.planned.whole and not step.planned.does and form == "talk"
        if step.open and plain and bare and item.title == step.activity.title.id:
            yield PlanWarning("purpose", item.id, say("Say what this is about: give it a title."))


def facilitators(plan: Facts) -> Found:
    """More than one facilitator is named."""
    named = {step.item.lead for step in plan.steps} - {"", "F"}  # F is one who is here
    hosted = any(step.gathers for step in plan.steps)
    if plan.total > FORMAL and not hosted and len(named | set(plan.facilitators)) < 2:
        yield PlanWarning(
            "facilitators", "", say("One person carries it all. Name somebody to stand in.")
        )


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
            mend=_add(
                plan, "commit", say("Add commitments"), _before_last(plan, "evaluate", "close")
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


def interpretation(plan: Facts) -> Found:
    """Interpretation doubles spoken turns."""
    for step in plan.steps if plan.interpreted else ():
        if step.open and step.does("tell", "reflect", "meet"):
            yield PlanWarning(
                "interpretation",
                step.item.id,
                say("With an interpreter every spoken turn takes twice as long."),
                mend=_mend(
                    say("Make it {n} minutes", n=step.item.minutes * 2), "agenda.edit",
                    item=step.item.id, revision=step.item.revision, minutes=step.item.minutes * 2,
                )
                if step.item.minutes * 2 <= step.planned.high
                else None,
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
                mend=_mend(
                    say("Make it {n} minutes", n=fit), "agenda.edit",
                    item=step.item.id, revision=step.item.revision, minutes=fit,
                ),
            )  # fmt: skip


RULES: Final[tuple[Rule, ...]] = (
    no_break,
    short_break,
    time_sum,
    length,
    sizes,
    leads,
    purpose,
    long_talk,
    story_first,
    interpretation,
    commitment,
    reflection,
    evaluation,
    together,
    hands,
    peer_lead,
    facilitators,
    buffer,
    night,
)
"""In the order in which people read them."""
