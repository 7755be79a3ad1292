"""Plans to begin with, as `methods.md` 4 prints them, and the short ones of the house."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from activities.blocks import Line, say
from rooms.agenda_items import AgendaItem, planned_minutes


class Template(msgspec.Struct, frozen=True):
    """A plan to begin with; `people` it is made for, 0 when any number will do."""

    name: str
    title: Line
    summary: Line
    items: tuple[AgendaItem, ...]
    people: int = 0

    @property
    def minutes(self) -> int:
        """How long it is."""
        return planned_minutes(self.items)

    @property
    def kinds(self) -> frozenset[str]:
        """What a room must be able to run for it."""
        return frozenset(item.kind for item in self.items)


class _Row(msgspec.Struct, frozen=True):
    minutes: int
    kind: str
    settings: dict[str, Any]
    title: Line
    lead: str = ""
    about: Line | None = None
    rest: int = 0
    rest_at: int = 0


def _items(*rows: _Row) -> tuple[AgendaItem, ...]:
    return tuple(
        AgendaItem(
            id=f"a{n}",
            kind=row.kind,
            minutes=row.minutes,
            settings=row.settings,
            title=row.title.id,
            lead=row.lead,
            about=row.about.id if row.about else "",
            rest=row.rest,
            rest_at=row.rest_at,
        )
        for n, row in enumerate(rows, 1)
    )


EVENING: Final = Template(
    "evening",
    say("Check-in and story circles"),
    say("Check-in, story circles with a break, check-out."),
    _items(
        _Row(6, "check_in", {"mode": "weather", "direction": "in"}, say("Check-in"), "F"),
        # The break is a pause inside the circle (ruling *Time*).
        _Row(100, "story_circle", {}, say("Story circles"), "F", rest=8, rest_at=77),
        _Row(4, "check_in", {"mode": "word", "direction": "out"}, say("Check-out"), "F"),
    ),
)

CIRCLE: Final = Template(
    "circle",
    say("One story circle"),
    say("Nothing else: gather, tell, listen, reflect."),
    _items(_Row(75, "story_circle", {}, say("Story circle"), "F")),
)

CHECK_IN: Final = Template(
    "check_in",
    say("One check-in"),
    say("A word from everybody; add more from there."),
    _items(_Row(6, "check_in", {"mode": "word", "direction": "in"}, say("Check-in"), "F")),
)

EMPTY: Final = Template(
    "empty", say("An empty agenda"), say("Add activities one by one."), _items()
)

EXCHANGE: Final = Template(
    "exchange",
    say("Online exchange"),
    say("Pairs, a fishbowl with people who lived it, commitments. For 8 to 20 people."),
    _items(
        _Row(
            5, "plenary", {"form": "arrival", "minutes": 5}, say("Arrival"), "F",
            say("Open room, sound test, the rules on the screen."),
        ),
        _Row(
            6, "check_in", {"mode": "weather", "direction": "in"}, say("Check-in"), "P",
            say("The lead goes first; one line spoken by volunteers."),
        ),
        _Row(
            5, "plenary", {"form": "frame", "minutes": 5}, say("Why we are here"), "F",
            say("Why we meet, ground rules, what consent means, who leads what."),
        ),
        _Row(
            15, "dyads",
            {"form": "rotating", "rounds": 3, "per_person_s": 110, "move_s": 20,
             "intro_s": 120, "plenary_s": 60, "odd": "triad"},
            say("Rotating pairs"), "P",
            say("Which challenge do you bring? What could you give?"),
        ),
        _Row(
            25, "fishbowl",
            {"mode": "experience", "S": 4, "satellites": 3, "frame_min": 2, "talk_min": 10,
             "questions_min": 4, "answers_min": 8, "debrief_min": 1},
            say("Fishbowl with those who lived it"), "F",
            say("Hand over to the peer co-facilitator when the questions begin."),
        ),
        _Row(5, "break", {"minutes": 5}, say("Break"), about=say("Return with one word.")),
        _Row(
            10, "dyads", {"form": "paired", "half_s": 180, "open_s": 90},
            say("Paired listening"), "P", say("What would be different at home?"),
        ),
        _Row(
            8, "report_out",
            {"form": "one_line", "prepare_min": 0, "reports_min": 4, "cluster_min": 4,
             "name_min": 0, "missing_min": 0},
            say("Report-out"), "F",
        ),
        _Row(
            6, "commitments", {"say": False, "partner": True}, say("Commitments"), "P",
            say("Think two minutes, write three, find a partner."),
        ),
        _Row(3, "evaluation", {"form": "useful_change"}, say("Evaluation"), "F"),
        _Row(2, "check_in", {"mode": "word", "direction": "out"}, say("Check-out"), "P"),
    ),
    people=12,
)  # fmt: skip
"""T1. The first talk of a bowl's debrief happens in the report-out."""

STORIES: Final = Template(
    "stories",
    say("Story-circle evening"),
    say("Two or three circles, a break, pairs from other circles. For 14 to 24 people."),
    _items(
        _Row(
            100, "story_circle", {"max": 8, "turn_s": 180, "breath_s": 15, "reflect_min": 15},
            say("Story circles"), "F",
            say("Gather with a picture, the rules, circles of eight at most, a host in each."),
            rest=8, rest_at=77,
        ),
        _Row(
            10, "dyads", {"form": "paired"}, say("Paired listening"), "F",
            say("New partners, from another circle: what will I do with this?"),
        ),
        _Row(
            3, "plenary", {"form": "insight", "minutes": 3}, say("Insight card"), "F",
            say("One line each on the board; you choose who may read it."),
        ),
        _Row(4, "evaluation", {"form": "useful_change"}, say("Evaluation"), "F"),
        _Row(3, "check_in", {"mode": "word", "direction": "out"}, say("Check-out"), "F"),
    ),
    people=18,
)  # fmt: skip
"""T3. Its rows of A1 are the phases of one instance, and its break a pause of that instance."""

EVERY: Final = (EVENING, STORIES, EXCHANGE, CIRCLE, CHECK_IN, EMPTY)


def offered(kinds: frozenset[str]) -> Mapping[str, Template]:
    """The templates that a room with these kinds of activity can run, by name."""
    return {one.name: one for one in EVERY if one.kinds <= kinds}
