"""How a room begins: what is asked for, checked, and made into its first commit."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from activities.consent import Scope
from activities.kernel import Refused
from activities.registry import ACTIVITIES
from rooms import call, commits, keeping
from rooms.agenda_file import read, run_by
from rooms.agenda_items import Frame
from rooms.agenda_templates import offered
from rooms.commits import Commit, WordsKept
from rooms.doors import new_token
from rooms.hall_events import CallSet
from rooms.seats import Seat
from rooms.whole import Activities
from rooms.wire import TITLE_LIMIT
from rooms.words import Mint, clean_name, digest, is_language

CONFIDENTIALITIES: Final = ("circle", "unattributed", "record")

ZONE_LIMIT: Final = 60
"""Characters of a time zone's name; the longest of IANA has 32."""

ORGANISER: Final = "s1"
"""The organiser's seat is the first of every room."""


class Wanted(msgspec.Struct, frozen=True):
    """The room somebody asks for. `zone`: an IANA name, else the memo is in UTC. `plan`: an agenda
    from a file (`rooms/agenda_file.py`), in the place of the template."""

    title: str
    facilitator: str
    template: str = "evening"
    language: str = "en"
    zone: str = "UTC"
    settings: Mapping[str, Any] = msgspec.field(default_factory=dict)
    plan: Any = None


class Opening(msgspec.Struct, frozen=True):
    """A first commit with the texts it refers to, and what the organiser's device gets."""

    commit: Commit
    texts: dict[str, str]
    device: str
    token: str


def opening(
    wanted: Wanted,
    now: int,
    new_id: Callable[[], str],
    activities: Activities = ACTIVITIES,
) -> Opening:
    """Check what is wanted and write the first commit.

    Raises `Refused`: names nobody could read, no such template, setting or language, or a plan
    that cannot be read.
    """
    template = offered(frozenset(activities)).get(wanted.template)
    confidentiality = str(wanted.settings.get("confidentiality", "circle"))
    co_may_time = wanted.settings.get("co_may_time", True)
    if (template is None and wanted.plan is None) or confidentiality not in CONFIDENTIALITIES:
        raise Refused("bad_request")
    if not isinstance(co_may_time, bool):
        raise Refused("bad_request")
    if not is_language(wanted.language) or len(wanted.zone) > ZONE_LIMIT:
        raise Refused("bad_request")
    title, name = new_id(), new_id()
    mint = Mint(new_id)
    agenda, frame = run_by(template, activities) if template else (), Frame()
    if wanted.plan is not None:
        agenda, frame = read(wanted.plan, activities, mint, 1)
    texts = {title: clean_name(wanted.title, TITLE_LIMIT), name: clean_name(wanted.facilitator)}
    events: list[commits.RoomEvent] = []
    if wanted.settings.get("call"):
        link = mint(call.checked(str(wanted.settings["call"])))
        events.append(CallSet(words=link.ref))
    texts |= mint.texts
    token, device = new_token(), new_id()
    seat = Seat(
        id=ORGANISER,
        name=name,
        role="facilitator",
        language=wanted.language,
        organiser=True,
        devices=(device,),
        joined=now,
    )
    event = commits.RoomOpened(
        title=title,
        language=wanted.language,
        zone=wanted.zone,
        confidentiality=confidentiality,
        agenda=agenda,
        seat=seat,
        device=device,
        digest=digest(token),
        links={},
        frame=frame,
        co_may_time=co_may_time,
        default_scope=_default_scope(wanted.settings),
        keep=keeping.wanted(wanted.settings),
    )
    kept = tuple(
        WordsKept(ref, ORGANISER, language=wanted.language, digest=digest(text))
        for ref, text in texts.items()
    )
    commit = Commit(seq=1, at=now, events=(event, *events), seat=ORGANISER, words=kept)
    return Opening(commit, texts, device, token)


def _default_scope(settings: Mapping[str, Any]) -> Scope:
    """How far unattributed insights, questions and practices travel unless their author says
    otherwise (`methods.md` 1.8). Raises `Refused`."""
    match settings.get("default_scope", "memo"):
        case "memo":
            return "memo"
        case "public":
            return "public"
        case "room":
            return "room"
        case _:
            raise Refused("bad_request")
