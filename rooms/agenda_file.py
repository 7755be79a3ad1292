"""A plan as a file: JSON with a version, without rooms and people; written and read back.

    {"talanoa": "agenda", "version": 1, "title": "...", "minutes": 90, "people": 12, "items": [
      {"kind": "check_in", "minutes": 6, "title": "...", "lead": "F", "notes": "...",
       "about": "...", "rest": 0, "rest_at": 0, "settings": {"mode": "word", "prompt": "..."}}]}

Whoever leads is a letter (`methods.md` 4). Titles and `about` of our own templates are written in
English and known again, so that every reader sees them in their own language.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from activities.blocks import Words, say
from activities.kernel import Activity, Refused
from rooms import agenda_settings as forms
from rooms.agenda_items import (
    ITEMS_LIMIT,
    MINUTES_LIMIT,
    PEOPLE_LIMIT,
    ROLE_LETTERS,
    AgendaItem,
    Frame,
)
from rooms.agenda_templates import EVERY, Template
from rooms.room_state import RoomState
from rooms.whole import Activities

VERSION: Final = 1
KIND: Final = "agenda"

TITLE_LIMIT: Final = 120
"""Characters of an item's own title: two lines on a phone, as a room's."""

NOTES_LIMIT: Final = 1_000
"""Characters of notes for whoever leads: a page that can be read while people talk."""

NOT_OURS: Final = say("This is not an agenda of Talanoa. Nothing was changed.")
NEWER: Final = say(
    "This agenda was saved by a newer Talanoa, and cannot be read here. Nothing was changed."
)
EMPTY: Final = say("There are no activities in this agenda. Nothing was changed.")
TOO_MANY: Final = say(
    "An agenda holds at most {limit} activities. Nothing was changed.", limit=ITEMS_LIMIT
)

KNOWN_TITLES: Final = frozenset(item.title for one in EVERY for item in one.items)
KNOWN_ABOUT: Final = frozenset(item.about for one in EVERY for item in one.items)

ITEM_KEYS: Final = frozenset(
    {"kind", "minutes", "title", "lead", "notes", "about", "rest", "rest_at", "settings"}
)

TakeIn = Callable[[str], Words]
"""Takes a text in and gives its reference. Raises `Refused` when it is too long."""


def written(
    state: RoomState, title: str, activities: Activities, text: Callable[[str], str | None]
) -> dict[str, Any]:
    """The whole agenda for a file, what has happened included as planned. `text` gives the words
    of a reference; nobody's name and nothing people said is in it."""
    frame = state.plan.frame
    return {
        "talanoa": KIND,
        "version": VERSION,
        "title": title,
        "minutes": frame.minutes,
        "people": frame.people,
        "items": [_item(state, item, activities, text) for item in state.agenda],
    }


def _item(
    state: RoomState,
    item: AgendaItem,
    activities: Activities,
    text: Callable[[str], str | None],
) -> dict[str, Any]:
    activity = activities.get(item.kind)
    settings = msgspec.to_builtins(
        forms.values(activity, item.settings) if activity else {},
        enc_hook=lambda words: text(words.ref) or "",
    )
    more = {
        "title": (text(item.words) if item.words else None) or item.title,
        "lead": letter(state, item.lead),
        "about": item.about,
        "notes": text(item.notes) if item.notes else None,
        "rest": item.rest,
        "rest_at": item.rest_at,
        "settings": settings,
    }
    told = {key: value for key, value in more.items() if value}
    return {"kind": item.kind, "minutes": item.minutes, **told}


def letter(state: RoomState, lead: str) -> str:
    """Whoever is planned to lead, as a letter: the organiser is the facilitator, anyone else a
    peer co-facilitator."""
    seat = state.seats.get(lead)
    if seat is None:
        return lead if lead in ROLE_LETTERS else ""
    return "F" if seat.organiser else "P"


def read(
    plan: object, activities: Activities, take_in: TakeIn, first: int
) -> tuple[tuple[AgendaItem, ...], Frame]:
    """The items of a plan from a file, numbered from `first`, and what it is made for.

    Raises `Refused` with a sentence that says what is wrong with it and where.
    """
    if not isinstance(plan, dict) or plan.get("talanoa") != KIND:
        raise Refused("bad_request", NOT_OURS)
    version = plan.get("version")
    if type(version) is not int or version < 1:
        raise Refused("bad_request", NOT_OURS)
    if version > VERSION:
        raise Refused("bad_request", NEWER)
    rows = plan.get("items")
    if not isinstance(rows, list):
        raise Refused("bad_request", NOT_OURS)
    if not rows:
        raise Refused("bad_request", EMPTY)
    if len(rows) > ITEMS_LIMIT:
        raise Refused("bad_request", TOO_MANY)
    items = tuple(
        _read(row, at, f"a{first + at - 1}", activities, take_in) for at, row in enumerate(rows, 1)
    )
    frame = Frame(
        minutes=_number(plan, "minutes", MINUTES_LIMIT * 3),
        people=_number(plan, "people", PEOPLE_LIMIT),
    )
    return items, frame


def _read(row: object, at: int, id: str, activities: Activities, take_in: TakeIn) -> AgendaItem:
    if not isinstance(row, dict) or not set(row) <= ITEM_KEYS:
        raise Refused("bad_request", say("Activity {n} of this agenda cannot be read.", n=at))
    kind = row.get("kind")
    activity = activities.get(kind) if isinstance(kind, str) else None
    if activity is None:
        raise Refused(
            "bad_request",
            say("Activity {n} of this agenda is of a kind that we do not have here.", n=at),
        )
    try:
        return _item_of(row, id, activity, take_in)
    except Refused as refused:
        if refused.message is None:
            raise
        why = say("Activity {n}: {why}", n=at, why=refused.message)
        raise Refused(refused.reason, why) from refused


def _item_of(row: dict[str, Any], id: str, activity: Activity[Any], take_in: TakeIn) -> AgendaItem:
    settings = row.get("settings", {})
    if not isinstance(settings, dict):
        raise Refused("bad_request", forms.not_understood(activity))
    minutes = row.get("minutes", activity.planned.minutes)
    lead = row.get("lead", "")
    title, about, notes = (_text(row, key) for key in ("title", "about", "notes"))
    made = AgendaItem(
        id=id,
        kind=activity.kind,
        minutes=checked_minutes(minutes),
        settings=forms.changed(activity, {}, settings, take_in),
        title=title if title in KNOWN_TITLES else activity.title.id,
        words=short(title, TITLE_LIMIT, take_in) if _own(title, activity) else "",
        lead=lead if lead in ROLE_LETTERS else "",
        about=about if about in KNOWN_ABOUT else "",
        notes=short(notes, NOTES_LIMIT, take_in) if notes else "",
    )
    return with_length(with_rest(made, activity, row.get("rest"), row.get("rest_at")), activity)


def _own(title: str, activity: Activity[Any]) -> bool:
    """Whether a title is somebody's own, not one of the catalogue."""
    return title not in KNOWN_TITLES and title not in ("", activity.title.id)


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise Refused("bad_request", say("Its texts cannot be read."))
    return value.strip()


def _number(plan: Mapping[str, Any], key: str, most: int) -> int:
    value = plan.get(key, 0)
    return value if type(value) is int and 0 <= value <= most else 0


def short(text: str, limit: int, take_in: TakeIn) -> str:
    """A text that may not be long, taken in; its reference. Raises `Refused`."""
    if len(text) > limit:
        raise Refused(
            "too_large", say("This text is too long. {limit} characters fit.", limit=limit)
        )
    return take_in(text).ref


def checked_minutes(minutes: object) -> int:
    """The minutes of an item. Raises `Refused` with the range."""
    if type(minutes) is not int or not 1 <= minutes <= MINUTES_LIMIT:
        raise Refused(
            "bad_request",
            say("An activity takes from 1 to {limit} minutes.", limit=MINUTES_LIMIT),
        )
    return minutes


def with_rest(
    item: AgendaItem, activity: Activity[Any], rest: object, rest_at: object
) -> AgendaItem:
    """The item with a break inside it; None leaves it as it is. Raises `Refused`."""
    rest = item.rest if rest is None else rest
    rest_at = item.rest_at if rest_at is None else rest_at
    if rest == 0:
        return replace(item, rest=0, rest_at=0)
    if not activity.planned.rests:
        raise Refused("bad_request", say("A break has an item of its own here."))
    if type(rest) is not int or type(rest_at) is not int or not 1 <= rest <= 60:
        raise Refused("bad_request", say("A break takes from 1 to 60 minutes."))
    if not 0 < rest_at <= item.minutes - rest:
        raise Refused("bad_request", say("The break must lie inside the activity."))
    return replace(item, rest=rest, rest_at=rest_at)


def with_length(item: AgendaItem, activity: Activity[Any]) -> AgendaItem:
    """The item with its minutes among its settings too, where the activity keeps them there.
    Raises `Refused` with the activity's own range."""
    if not forms.mirrors_minutes(activity):
        return item
    return replace(item, settings={**item.settings, **forms.length(activity, item.minutes)})


def run_by(template: Template, activities: Activities) -> tuple[AgendaItem, ...]:
    """The items of a template as these activities run them: each knows its own length."""
    return tuple(with_length(item, activities[item.kind]) for item in template.items)
