"""What seats that move add up to: pure, total, one device a seat."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from rooms.hall_events import (
    HALL_EVENTS,
    CallSet,
    ConsentHeard,
    Hall,
    HallEvent,
    SeatKept,
    SeatMoved,
    SeatOffered,
    hall_after,
    moved,
)
from rooms.seats import Seat

SEAT = Seat(id="s2", name="n", where="carried", devices=("d1",))


def test_a_code_ends_when_it_is_used_taken_back_or_late() -> None:
    hall = hall_after(Hall(), SeatOffered(seat="s2", nonce="x", until=10), SEAT)
    assert hall.offer("s2", 9) is not None
    assert hall.offer("s2", 10) is None
    assert hall.offer("s3", 9) is None
    assert hall_after(hall, SeatKept(seat="s2"), SEAT).offer("s2", 1) is None
    went = SeatMoved(seat="s2", device="d2", where="room")
    assert hall_after(hall, went, SEAT).offer("s2", 1) is None


def test_the_old_device_is_remembered_until_the_seat_is_back_on_it() -> None:
    there = SeatMoved(seat="s2", device="d2", where="room")
    hall = hall_after(Hall(), there, SEAT)
    assert hall.moved == {"d1": ("s2",)}
    now = moved(SEAT, there)
    assert (now.devices, now.where) == (("d2",), "room")
    back = hall_after(hall, SeatMoved(seat="s2", device="d1", where="carried"), now)
    assert back.moved == {"d1": (), "d2": ("s2",)}


def test_the_call_is_the_last_that_was_set() -> None:
    hall = hall_after(Hall(), CallSet(words="w1"), None)
    assert hall_after(hall, CallSet(words=""), None).call == ""
    assert hall_after(hall, ConsentHeard(seat="s2", by="s3", words=()), SEAT) == hall


event = st.one_of(
    st.builds(
        SeatOffered, seat=st.sampled_from(["s2", "s3"]), nonce=st.just("x"), until=st.just(9)
    ),
    st.builds(SeatKept, seat=st.sampled_from(["s2", "s3"])),
    st.builds(
        SeatMoved,
        seat=st.just("s2"),
        device=st.sampled_from(["d1", "d2", "d3"]),
        where=st.just("room"),
        digest=st.just(""),
    ),
    st.builds(CallSet, words=st.sampled_from(["", "w"])),
)


@given(st.lists(event, max_size=12))
def test_a_seat_is_on_one_device_and_counts_as_gone_from_no_device_it_is_on(
    history: list[HallEvent],
) -> None:
    hall, seat = Hall(), SEAT
    for one in history:
        hall = hall_after(hall, one, seat)
        if isinstance(one, SeatMoved):
            seat = moved(seat, one)
        assert len(seat.devices) == 1
        assert "s2" not in hall.moved.get(seat.devices[0], ())


def test_events_survive_the_log_LOG7() -> None:
    for kind in HALL_EVENTS:
        fields: dict[str, Any] = {
            field.name: {int: 3, str: "x", tuple[str, ...]: ("a",)}.get(field.type, "room")
            for field in msgspec.structs.fields(kind)
        }
        made = kind(**fields)
        assert msgspec.json.decode(msgspec.json.encode(made), type=HallEvent) == made
