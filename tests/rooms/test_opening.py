"""How a room begins (LOG4, WRD1; STO3 is in `test_hub.py`)."""

import itertools
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from activities.kernel import Refused
from rooms import commits, room_state
from rooms.opening import CONFIDENTIALITIES, ORGANISER, ZONE_LIMIT, Wanted, opening
from rooms.room_state import RoomState
from rooms.wire import TITLE_LIMIT

WANTED = Wanted(title="  Living with   the river ", facilitator="Amina Diallo")


def ids() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"i{next(numbers)}"


def test_the_first_commit_seats_the_organiser_who_leads() -> None:
    begun = opening(WANTED, 5, ids())
    state = room_state.evolve(RoomState(), begun.commit)
    seat = state.seats[ORGANISER]
    assert (seat.role, seat.organiser, seat.devices) == ("facilitator", True, (begun.device,))
    assert (state.lead.lead, state.lead.acting) == (ORGANISER, ORGANISER)
    assert begun.texts[state.title] == "Living with the river"
    assert (state.opened, state.seq, state.door) == (5, 1, True)


def test_neither_texts_nor_the_token_are_in_the_commit_LOG4() -> None:
    begun = opening(WANTED, 5, ids())
    raw = commits.encode(begun.commit)
    for secret in (*begun.texts.values(), begun.token):
        assert secret.encode() not in raw


@pytest.mark.parametrize("word", CONFIDENTIALITIES)
def test_confidentiality_is_a_setting(word: str) -> None:
    begun = opening(replace(WANTED, settings={"confidentiality": word}), 5, ids())
    assert room_state.evolve(RoomState(), begun.commit).confidentiality == word


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * (TITLE_LIMIT + 1)},
        {"facilitator": "\u202e"},
        {"template": "none"},
        {"language": "x/../y"},
        {"zone": "x" * (ZONE_LIMIT + 1)},
        {"settings": {"confidentiality": "none"}},
    ],
)
def test_what_cannot_be_is_refused_WRD1(wrong: dict[str, object]) -> None:
    with pytest.raises(Refused):
        opening(replace(WANTED, **wrong), 5, ids())


def test_whether_co_facilitators_move_the_time_is_settled_at_the_start() -> None:
    assert room_state.evolve(RoomState(), opening(WANTED, 5, ids()).commit).helm.co_time
    wanted = replace(WANTED, settings={"co_may_time": False})
    assert not room_state.evolve(RoomState(), opening(wanted, 5, ids()).commit).helm.co_time
    with pytest.raises(Refused, match="bad_request"):
        opening(replace(WANTED, settings={"co_may_time": "often"}), 5, ids())
