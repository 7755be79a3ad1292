"""Where cards stand, and what puts them elsewhere; `test_board_laws.py` has the laws."""

import pytest
from msgspec.structs import replace

from activities.kernel import Refused
from rooms import board_moves
from rooms.board_moves import SECTION, THEME, THEMES, Spot
from rooms.board_state import Checkpoint
from rooms.commits import NoteAdded
from rooms.room_state import RoomState
from tests.rooms.test_board_state import NOTE

WATER = replace(NOTE, card="s1-t", kind="theme", order="a5")


def room(*notes: NoteAdded, shared: frozenset[str] = frozenset()) -> RoomState:
    return RoomState(notes={n.card: n for n in (NOTE, WATER, *notes)}, shared=shared)


def test_a_card_stands_in_exactly_one_place_BRD2() -> None:
    under = replace(NOTE, card="s1-b", theme="s1-t", section="x1")
    loose = replace(NOTE, card="s1-c", theme="gone", section="x1")
    circle = replace(NOTE, card="s1-d", document="group/a1-c1", section="reflect")
    state = room(under, loose, circle)
    spots = {card: board_moves.spot_of(state, note) for card, note in state.notes.items()}
    assert spots == {
        "s1-a": Spot(SECTION),
        "s1-t": Spot(THEMES),
        "s1-b": Spot(THEME, "s1-t"),
        "s1-c": Spot(SECTION, "x1"),
        "s1-d": Spot(SECTION, "reflect", "group/a1-c1"),
    }
    shared = room(circle, shared=frozenset({"s1-d"}))
    assert board_moves.spot_of(shared, circle) == Spot(SECTION, "reflect")


def test_cards_come_in_the_order_they_are_named() -> None:
    other = replace(NOTE, card="s1-b", order="a1")
    state = room(other)
    moved = board_moves.put(state, ["s1-b", "s1-a"], theme="s1-t")
    assert moved
    assert [(p.card, p.theme, p.order) for p in moved.places] == [
        ("s1-b", "s1-t", "a0"),
        ("s1-a", "s1-t", "a1"),
    ]
    assert board_moves.put(state, []) is None
    with pytest.raises(Refused, match="stale_phase"):
        board_moves.put(state, ["s1-a"], after="s1-t")


def test_a_theme_that_goes_leaves_its_cards_where_they_came_from() -> None:
    one = replace(NOTE, card="s1-b", theme="s1-t", section="x1", order="a0")
    two = replace(NOTE, card="s1-c", theme="s1-t", order="a1")
    events = board_moves.emptied(room(one, two), "s1-t", "")
    places = {p.card: (p.section, p.theme) for event in events for p in event.places}
    assert places == {"s1-b": ("x1", ""), "s1-c": ("", "")}


def test_a_place_that_is_as_it_was_is_not_put_back_BRD7() -> None:
    state = room()
    then = Checkpoint(1, 1, "", "", state.notes, frozenset())
    assert board_moves.restored(state, then, Spot(SECTION)) is None
    assert board_moves.restored(state, then, Spot(THEME, "s1-t")) is None
