"""Bodies and answers of the JSON API, as msgspec structs; the OpenAPI document is made of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from rooms.wire import NAME_LIMIT, TITLE_LIMIT
from rooms.wire_board import TakenCard


def _text(limit: int, what: str) -> msgspec.Meta:
    # Only described here: lengths are checked by `server.bodies`, which can say what to change.
    return msgspec.Meta(description=what, extra_json_schema={"minLength": 1, "maxLength": limit})


Title = Annotated[str, _text(TITLE_LIMIT, "What the exchange is about.")]
Name = Annotated[str, _text(NAME_LIMIT, "How others call this person.")]
Language = Annotated[
    str, msgspec.Meta(description="BCP 47, of this person's screen.", max_length=35)
]
Secret = Annotated[str, msgspec.Meta(description="From a link.", max_length=200)]


class OpenRoom(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Open a room and take its first facilitator's seat."""

    title: Title
    facilitator: Name
    template: Annotated[
        str, msgspec.Meta(description="A name of `GET /api/templates`.", max_length=40)
    ] = "evening"
    language: Language = "en"
    zone: Annotated[str, msgspec.Meta(description="IANA time zone.", max_length=60)] = "UTC"
    settings: Annotated[
        dict[str, Any],
        msgspec.Meta(
            description="`confidentiality`: circle, unattributed or record; `co_may_time`: whether"
            " co-facilitators may extend for all (default true); `keep_board_days` (90) and"
            " `keep_memo_days` (365): days until what people wrote, and then the memo, is deleted;"
            " `default_scope`: memo or public, of insights, questions and practices."
        ),
    ] = {}
    agenda: Annotated[
        dict[str, Any] | None,
        msgspec.Meta(description="A plan as `agenda.json` gives it, instead of a template."),
    ] = None
    agenda_from: Annotated[
        str,
        msgspec.Meta(description="A room of one's own, whose agenda is used again.", max_length=40),
    ] = ""


class Links(msgspec.Struct, frozen=True):
    """Addresses whose part behind # is the secret. `facilitate` is one person's: keep it."""

    join: str
    facilitate: str
    screen: str


class RoomOpened(msgspec.Struct, frozen=True):
    """The new room; `token` speaks for `seat`, and is told only now."""

    room: str
    code: str
    seat: str
    token: str
    links: Links


class TakeSeat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Come in, by the spoken code or the secret of a link; or, with `carried_by` and the carrier's
    token, add a person to the carrier's device."""

    name: Name
    code: Annotated[str, msgspec.Meta(description="Spoken code.", max_length=40)] = ""
    secret: Secret = ""
    language: Language = "en"
    where: Literal["remote", "room", "phone"] = "remote"
    organisation: str = ""
    willing: bool = False
    carried_by: Annotated[str, msgspec.Meta(description="Seat of the carrier.", max_length=40)] = ""


class SeatTaken(msgspec.Struct, frozen=True, omit_defaults=True):
    """A seat; `token` is the device's, absent for a carried seat."""

    seat: str
    token: str | None = None


class TakeOver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code that a seat's old device shows after `seat.move`."""

    code: Annotated[str, msgspec.Meta(description="Spoken code.", max_length=40)]


class Done(msgspec.Struct, frozen=True):
    """The command `done` is in the log as commit `seq`; the same for a repeated one."""

    done: str
    seq: int


class AnyCommand(msgspec.Struct, frozen=True):
    """A command: `type` and that command's own fields, as an offer in `may` shows them."""

    type: str


class SendCommand(msgspec.Struct, frozen=True):
    """A command as sent. `request` is the sender's own id, unique in the room: a repeated one is
    answered, not done twice."""

    request: str
    command: AnyCommand
    activity: str | None = None
    seat: str | None = None


class Enter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The secret of a link, as the page that was opened by it posts it."""

    secret: Secret


class Entered(msgspec.Struct, frozen=True):
    """What a secret opens; a cookie remembers it for the join form. `path` is where to go now."""

    room: str
    title: str
    kind: Literal["join", "code", "screen", "facilitate", "move"]
    path: str


class ActivityKind(msgspec.Struct, frozen=True):
    """One kind of activity: what it is called, how it can be set, and its whole diagram."""

    kind: str
    version: int
    title: str
    summary: str
    settings: dict[str, Any]
    phases: list[str]
    allowed: dict[str, dict[str, list[str]]]
    plan: dict[str, Any] = {}
    """How the agenda page speaks of it: minutes, people, and a field for each setting."""


class Board(msgspec.Struct, frozen=True):
    """Cards this seat may read. `themes` and `sections` of everyone's board hold the ids of their
    cards in order, `unplaced` those that stand in none; `checkpoints` are for facilitators."""

    cards: list[dict[str, Any]]
    themes: list[dict[str, Any]] = []
    sections: list[dict[str, Any]] = []
    unplaced: list[str] = []
    taken: list[TakenCard] = []
    checkpoints: list[dict[str, Any]] = []


class PhotoKept(msgspec.Struct, frozen=True):
    """A picture was kept; `photo` is its id, for `note.add`. Without a card it goes in an hour."""

    photo: str


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far tests move time on, in milliseconds; alarms ring before the answer."""

    advance_ms: Annotated[int, msgspec.Meta(ge=0, le=30 * 86_400_000)]


class TestTime(msgspec.Struct, frozen=True):
    """The test clock, in milliseconds since the epoch."""

    now: int


class Alive(msgspec.Struct, frozen=True):
    """The process answers."""

    status: Literal["alive", "ready"]
