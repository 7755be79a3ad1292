"""What a session sends (`rooms/outgoing.py`)."""

import weakref

import msgspec
import pytest

from rooms.outgoing import (
    OVERHEAD,
    Ack,
    AuthNo,
    AuthOk,
    Aware,
    Bye,
    ClosedDocument,
    Outgoing,
    Say,
    Step1,
    Step2,
    Update,
    size,
)

EACH: list[Outgoing] = [
    AuthOk("r", False),
    AuthNo("r", "permission-denied"),
    Step1("r", b"12345"),
    Step2("r", b"12345"),
    Update("r", b"12345"),
    Aware("r", b"12345"),
    Ack("r", True),
    Say("r", "12345"),
    ClosedDocument("r", "gone"),
    Bye(4410, "closed"),
]


@pytest.mark.parametrize("item", EACH, ids=lambda item: type(item).__name__)
def test_items_are_immutable_and_can_key_a_cache_of_frames(item: Outgoing) -> None:
    frames: weakref.WeakKeyDictionary[Outgoing, bytes] = weakref.WeakKeyDictionary()
    frames[item] = b"frame"
    assert frames[item] == b"frame"
    for field in item.__struct_fields__:
        with pytest.raises(AttributeError, match="immutable"):
            setattr(item, field, getattr(item, field))


def test_size_grows_with_the_content() -> None:
    for make in (Step1, Step2, Update, Aware):
        assert size(make("r", b"x" * 1_000)) == 1_000 + OVERHEAD
    assert size(Ack("r", True)) == OVERHEAD
    text = "शब्द" * 100
    assert size(Say("r", text)) >= len(text.encode()) / 2
    assert all(size(item) >= OVERHEAD for item in EACH)
    assert msgspec.structs.asdict(Bye(1001, "x")) == {
        "code": 1001,
        "reason": "x",
        "retry": True,
    }
