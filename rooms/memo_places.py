"""Where people's words stand in a memo, by id and heading; never their text."""

from collections.abc import Iterable, Mapping
from typing import Final

from activities.blocks import Line, Words, say
from rooms.memo_tree import Memo, lines_of
from rooms.room_state import RoomState
from rooms.words_state import NEW_WORDS

HEADINGS: Final[Mapping[str, Line]] = {
    "stories": say("Stories"),
    "open": say("Questions still open"),
    "commitments": say("Commitments"),
    "evaluation": say("How it was for us"),
    "why": say("Why we met"),
    NEW_WORDS: say("New words were given"),
}


def placed(memo: Memo) -> dict[str, str]:
    """Section id by the id of each card or text printed there; a facilitator's prose is nobody's
    words to take back."""
    return {
        id: section.id
        for section in memo.sections
        for block in section.blocks
        for line in lines_of(block)
        for id in line.source
        if not id.startswith("prose:")
    }


def headings(memo: Memo) -> dict[str, str]:
    """The heading of each section as printed."""
    return {section.id: section.heading for section in memo.sections}


def named(state: RoomState, places: Iterable[str]) -> tuple[Line, ...]:
    """Places for a facilitator's screen: a theme by its name, a section by its heading."""
    found: list[Line] = []
    for place in places:
        theme = state.notes.get(place.removeprefix("theme:"))
        if place.startswith("theme:"):
            found.append(say("{theme}", theme=Words(theme.words)) if theme else say("A theme"))
        else:
            found.append(HEADINGS.get(place, say("Another section")))
    return tuple(found)
