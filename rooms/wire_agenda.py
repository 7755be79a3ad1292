"""What facilitators ask of the agenda, and how it is told to them; a part of `wire.py`.

Each edit names what its sender saw (`revision`, or the item before): when a second facilitator was
first, nothing changes and the reason is `stale_phase`.
"""

from typing import Any, Literal

import msgspec

from activities.blocks import Line, Who, Words
from activities.kernel import Command


class AgendaAdd(Command, frozen=True, tag="agenda.add"):
    """A new item of `kind` after the item `after`: "" for the first open place, None for the
    end. Without `minutes` as long as the activity usually takes."""

    kind: str
    after: str | None = None
    minutes: int | None = None
    settings: dict[str, Any] = msgspec.field(default_factory=dict)
    title: Words | None = None
    notes: Words | None = None
    lead: str = ""


class AgendaEdit(Command, frozen=True, tag="agenda.edit"):
    """Change an item as it was at `revision`. What is None or not in `settings` stays; a setting
    given as null returns to its default; `clear` empties "title" or "notes"."""

    item: str
    revision: int
    minutes: int | None = None
    settings: dict[str, Any] = msgspec.field(default_factory=dict)
    title: Words | None = None
    notes: Words | None = None
    lead: str | None = None
    rest: int | None = None
    rest_at: int | None = None
    clear: tuple[str, ...] = ()


class AgendaMove(Command, frozen=True, tag="agenda.move"):
    """Put an item after `after` ("" for the first place); on the sender's screen it stood after
    `was`."""

    item: str
    after: str
    was: str


class AgendaRemove(Command, frozen=True, tag="agenda.remove"):
    """Take an item that has not begun off the plan, as it was at `revision`."""

    item: str
    revision: int


class AgendaUse(Command, frozen=True, tag="agenda.use"):
    """Put a template in the place of everything that has not begun; `revision` is the agenda's."""

    template: str
    revision: int


class AgendaImport(Command, frozen=True, tag="agenda.import"):
    """The same with a plan from a file (`rooms/agenda_file.py`), which may be any JSON at all: what
    is wrong with it is said there."""

    plan: Any
    revision: int


class AgendaFrame(Command, frozen=True, tag="agenda.frame"):
    """What the plan is made for: start (ms), minutes there are, people invited; 0 for not known,
    None for as it is. `revision` is the frame's."""

    revision: int
    starts: int | None = None
    minutes: int | None = None
    people: int | None = None


AgendaCommand = (
    AgendaAdd | AgendaEdit | AgendaMove | AgendaRemove | AgendaUse | AgendaImport | AgendaFrame
)


class AgendaRow(msgspec.Struct, frozen=True):
    """One item of the evening."""

    id: str
    title: Line
    minutes: int
    state: Literal["to come", "now", "done", "skipped"]
    kind: str
    starts: int | None = None  # ms; None while nobody knows
    ends: int | None = None
    lead: Who | None = None  # who is planned to lead it


class PlannedRest(msgspec.Struct, frozen=True):
    """A rest the plan puts inside the item that is on now, for facilitators."""

    at: int  # ms
    minutes: int


class PlanTimes(msgspec.Struct, frozen=True):
    """Where the exchange stands (`rooms/agenda_times.py`, `Times`): a screen shows
    `behind + max(0, now - due)` ms behind, less than 0 ahead, and never counts by itself."""

    total: int  # minutes planned
    starts: int | None = None
    ends: int | None = None
    promised: int | None = None
    behind: int = 0
    due: int | None = None
    next: str = ""


class PlanFrame(msgspec.Struct, frozen=True):
    """What the plan is made for; 0: not known."""

    starts: int
    minutes: int
    people: int
    revision: int


class PlanItem(msgspec.Struct, frozen=True):
    """One item with everything a facilitator may set. `settings` holds what differs from the
    defaults."""

    id: str
    kind: str
    title: Line
    own: Words | None
    minutes: int
    offset: int
    state: Literal["to come", "now", "done", "skipped"]
    starts: int | None
    ends: int | None
    settings: dict[str, Any]
    lead: str
    leader: Who | None
    about: Line | None
    notes: Words | None
    rest: int
    rest_at: int
    revision: int


class PlanMend(msgspec.Struct, frozen=True):
    """What one tap would do about a warning: a command that can be sent as it stands."""

    label: Line
    command: dict[str, Any]


class PlanWarning(msgspec.Struct, frozen=True):
    """Something to look at (`methods.md` 5). Never blocks anything. `item` is "" when it is about
    the whole plan; `strong` ones stand first."""

    rule: str
    item: str
    text: Line
    strong: bool = False
    mend: PlanMend | None = None


class PlanMessage(msgspec.Struct, frozen=True, tag_field="type", tag="plan"):
    """The agenda as facilitators edit it; facilitators only. Others see its outline in every
    view (`room.agenda`, `room.plan`)."""

    seq: int
    now: int
    revision: int
    frame: PlanFrame
    times: PlanTimes
    items: tuple[PlanItem, ...]
    warnings: tuple[PlanWarning, ...]
