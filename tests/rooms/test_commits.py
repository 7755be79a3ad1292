"""What a commit is: LOG4, LOG7 (`rooms/RULES.md`)."""

from pathlib import Path

import msgspec
import pytest

from activities.blocks import Words
from activities.kernel import ConsentGiven
from rooms import commits
from rooms.commits import Commit
from rooms.seats import Seat
from tests.rooms.house import House

OPENED = commits.RoomOpened(
    title="w1",
    language="en",
    zone="UTC",
    confidentiality="circle",
    agenda=(),
    seat=Seat(id="s1", name="w2", role="facilitator", organiser=True, devices=("d1",)),
    device="d1",
    digest="x1",
    links={},
)


def test_a_commit_survives_its_encoding_LOG7() -> None:
    kept = commits.WordsKept("w1", "s1", digest="d")
    commit = Commit(1, 5, (OPENED,), "s1", "s2", "r-1", (kept,))
    assert commits.decode(commits.encode(commit)) == commit
    with pytest.raises(msgspec.DecodeError):
        commits.decode(b"{}")


def test_words_are_written_as_references_LOG4() -> None:
    given_ = ConsentGiven(words=Words("w9"), seat="s1", choice="keep")
    raw = commits.encode_event(given_)
    assert b'"words":"w9"' in bytes(raw)
    assert commits.decode_event(raw, ConsentGiven) == given_


async def test_names_are_not_in_the_log_LOG4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=0) as house:
        await house.join("Zebracanary Name", organisation="Zebracanary Works")
        await house.do("s2", "seat.name", name="Zebracanary Other")
        rows = await house.storage.commits(house.opened.room)
        assert b"ebracanary" not in b"".join(raw for _, raw in rows)
