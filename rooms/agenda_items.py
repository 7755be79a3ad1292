"""The items of an agenda, what may happen to them, and the plan they add up to."""

from typing import Any, Final

import msgspec
from msgspec.structs import replace

from activities.kernel import Event

ITEMS_LIMIT: Final = 60
"""Items of one agenda: ten hours in pieces of ten minutes. From a longer list nobody can lead."""

MINUTES_LIMIT: Final = 480
"""Minutes of one item: a working day. What is longer is several items."""

PEOPLE_LIMIT: Final = 400
"""People a plan may be for: as many as a room has seats."""

ROLE_LETTERS: Final = ("F", "P", "V", "K")
"""Who leads, in a plan without people yet (`methods.md` 4): facilitator, peer co-facilitator,
visited host, community facilitator."""


class AgendaItem(msgspec.Struct, frozen=True):
    """One planned activity. `id` is also the id of its instance.

    `title` and `about` are English source texts of the catalogue, from templates; `words` and
    `notes` are references to a facilitator's own title and to notes for whoever leads. `lead` is
    a seat, a letter of `ROLE_LETTERS`, or "". `rest` minutes of break begin `rest_at` minutes into
    it, as a pause of the same instance. `revision` is the agenda's when this was last changed.
    """

    id: str
    kind: str
    minutes: int
    settings: dict[str, Any] = msgspec.field(default_factory=dict)
    title: str = ""
    words: str = ""
    lead: str = ""
    about: str = ""
    notes: str = ""
    rest: int = 0
    rest_at: int = 0
    revision: int = 0


class Frame(msgspec.Struct, frozen=True):
    """What the whole plan is made for: when it starts (ms, 0 unknown), how many minutes there are
    (0: as many as the items need), and how many people are invited (0 unknown)."""

    starts: int = 0
    minutes: int = 0
    people: int = 0
    revision: int = 0


class AgendaItemPut(Event, frozen=True, tag="agenda.put"):
    """A new item stands after the item `after` ("" first), or (None) an item has changed."""

    item: AgendaItem
    after: str | None = None


class AgendaItemMoved(Event, frozen=True, tag="agenda.moved"):
    """An item stands after the item `after` now ("" first)."""

    item: str
    after: str


class AgendaItemRemoved(Event, frozen=True, tag="agenda.removed"):
    """An item that had not begun is no longer planned."""

    item: str


class AgendaReplaced(Event, frozen=True, tag="agenda.replaced"):
    """Everything that had not begun is replaced by these items."""

    items: tuple[AgendaItem, ...]


class AgendaFramed(Event, frozen=True, tag="agenda.framed"):
    """What the plan is made for is now this."""

    frame: Frame


AgendaEvent = AgendaItemPut | AgendaItemMoved | AgendaItemRemoved | AgendaReplaced | AgendaFramed


class Plan(msgspec.Struct, frozen=True):
    """An agenda as the log has made it. `revision` counts its changes; `serial` is the highest
    number an item ever had, so that no id comes back; `promised` is how many minutes everyone was
    told when the first item began."""

    items: tuple[AgendaItem, ...] = ()
    frame: Frame = Frame()
    revision: int = 0
    serial: int = 0
    promised: int = 0


def opened(items: tuple[AgendaItem, ...], frame: Frame) -> Plan:
    """The plan a room begins with."""
    return Plan(items=items, frame=frame, serial=max([0, *map(number, items)]))


def begun(plan: Plan) -> Plan:
    """The plan when its first item begins: what it promises everyone is kept."""
    return replace(plan, promised=plan.frame.minutes or planned_minutes(plan.items))


def number(item: AgendaItem) -> int:
    """The number in an item's id ("a12" is 12)."""
    digits = item.id.removeprefix("a")
    return int(digits) if digits.isdecimal() else 0


def planned_minutes(items: tuple[AgendaItem, ...]) -> int:
    """How long these items are together; a break inside one is part of its minutes."""
    return sum(item.minutes for item in items)


def evolve(plan: Plan, event: AgendaEvent, begun: frozenset[str]) -> Plan:
    """The plan after an event. `begun` are the items that were started or left out. Total."""
    plan = replace(plan, revision=plan.revision + 1)
    match event:
        case AgendaItemPut():
            item = replace(event.item, revision=plan.revision)
            if event.after is None:
                items = tuple(item if old.id == item.id else old for old in plan.items)
            else:
                items = _placed(plan.items, item, event.after)
        case AgendaItemMoved():
            moved = [item for item in plan.items if item.id == event.item]
            left = tuple(item for item in plan.items if item.id != event.item)
            items = _placed(left, moved[0], event.after) if moved else left
        case AgendaItemRemoved():
            items = tuple(item for item in plan.items if item.id != event.item)
        case AgendaReplaced():
            kept = tuple(item for item in plan.items if item.id in begun)
            new = (replace(item, revision=plan.revision) for item in event.items)
            items = (*kept, *new)
        case AgendaFramed():
            return replace(plan, frame=replace(event.frame, revision=plan.revision))
    return replace(plan, items=items, serial=max([plan.serial, *map(number, items)]))


def _placed(items: tuple[AgendaItem, ...], item: AgendaItem, after: str) -> tuple[AgendaItem, ...]:
    at = next((n for n, old in enumerate(items, 1) if old.id == after), 0)
    return (*items[:at], item, *items[at:])
