"""Whose words are whose in a commit, and what is kept of a sender without a name."""

from pathlib import Path

from rooms import commits
from rooms.commit_writing import written
from rooms.commits import Commit
from rooms.whole import Draft
from tests.rooms.house import House


async def said(house: House, *, unnamed: bool = False) -> Commit:
    """Something that the second person typed at the lead's device."""
    room = await house.room()
    draft = Draft(room.whole, room.world.activities, now=7)
    draft.add(commits.NoticeSaid(text="w1", at=7))
    draft.unnamed = "a1" if unnamed else ""
    return written(
        draft,
        {"w1": "We go on at ten"},
        seq=9,
        activity="a1",
        language="en",
        seat="s2",
        entered_by=house.lead,
        request="r1",
        mark="m1",
    )


async def test_texts_belong_to_who_spoke_in_their_language(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        await house.join("Ana", language="pt")
        commit = await said(house)
        assert (commit.seq, commit.at, commit.seat, commit.request) == (9, 7, "s2", "r1")
        assert commit.entered_by == house.lead
        kept = commit.words[0]
        assert (kept.ref, kept.seat, kept.entered_by) == ("w1", "s2", house.lead)
        assert (kept.language, kept.activity) == ("pt", "a1")


async def test_no_text_is_in_it_LOG4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        assert b"at ten" not in commits.encode(await said(house))


async def test_what_is_unnamed_keeps_a_mark_of_its_request_alone_NML4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        commit = await said(house, unnamed=True)
        assert (commit.seat, commit.entered_by, commit.request) == ("", "", "m1")
        assert (commit.words[0].seat, commit.words[0].entered_by) == ("", "")
