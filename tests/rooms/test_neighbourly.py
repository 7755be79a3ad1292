"""What processes tell each other reads back, and what they do not understand does no harm."""

import pytest

from rooms import neighbourly
from rooms.neighbourly import Bye, Here, Message, Pointed, Settled


@pytest.mark.parametrize(
    "message",
    [Here("p1", {"d1": 20, "d2": 0}), Pointed("p1", "board", b"\0"), Settled("p1", 7), Bye("p1")],
)
def test_messages_read_back(message: Message) -> None:
    assert neighbourly.decode(neighbourly.encode(message)) == message


@pytest.mark.parametrize("said", [b"", b"nonsense", b"\x93\xa5newer\xa2p1\x01"])
def test_what_only_a_newer_version_says_is_let_pass(said: bytes) -> None:
    assert neighbourly.decode(said) is None


def test_a_killed_process_is_not_believed_for_longer_than_promised() -> None:
    """Issue 5: no ghosts longer than 30 s; two tellings in a row may be lost."""
    assert 2 * neighbourly.HERE_EVERY < neighbourly.HERE_SECONDS < 30 - neighbourly.HERE_EVERY
