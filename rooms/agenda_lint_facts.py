"""What the rules about a plan look at, and the changes they propose."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from activities.blocks import Line
from activities.kernel import Activity, Planned, Purpose
from rooms.agenda import title_line
from rooms.agenda_items import AgendaItem, Frame
from rooms.agenda_times import Slot, slots
from rooms.room_state import RoomState
from rooms.whole import Activities
from rooms.wire_agenda import PlanMend, PlanWarning

LONG: Final = 120
"""Minutes from which hands and feet, and longer breaks, are needed (BR3)."""

FORMAL: Final = 45
"""Minutes from which a plan is an exchange, that needs an evaluation and a voice of its peers; a
shorter one is a single activity."""

HANDS: Final = ("gesture", "picture")
"""Ways to check in that move more than the tongue."""


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


def tap(label: Line, type: str, **fields: Any) -> PlanMend:
    """A change of the plan that one tap makes."""
    return PlanMend(label=label, command={"type": type, **fields})


def add(plan: Facts, purpose: Purpose, label: Line, after: str | None) -> PlanMend | None:
    """Add an activity that serves a purpose, if there is one here."""
    kind = plan.by_purpose.get(purpose)
    return tap(label, "agenda.add", kind=kind, after=after) if kind else None


def before_last(plan: Facts, *purposes: Purpose) -> str | None:
    """The item after which something belongs that comes before the first item of these purposes
    at the end; None for the very end."""
    at = len(plan.steps)
    while at and plan.steps[at - 1].open and plan.steps[at - 1].does(*purposes):
        at -= 1
    if at == len(plan.steps):
        return None
    return plan.steps[at - 1].item.id if at else ""
