"""Answers nobody's name is kept with, and answers after the end (ruling *Words*, A11 EV1)."""

from pathlib import Path

import pytest

from activities.kernel import Refused
from rooms import commits, unnamed
from tests.rooms.house import House

HOUR = 3_600_000


async def evaluated(folder: Path, people: int) -> House:
    """An exchange that is an evaluation and a check-out; the evaluation has begun."""
    house = await House.open(folder, "empty", people=people)
    await house.plan("evaluation", after_hours=48)
    await house.plan("check_in")
    await house.start()
    return house


async def over(house: House) -> None:
    """The lead ends the evaluation."""
    await house.do(house.lead, "activity.cut", epoch=await house.epoch())


async def key_of(house: House) -> str | None:
    room = await house.room()
    started = room.whole.room.keys.get("a1", "")
    return room.book.get(started)


async def test_EV1_the_log_keeps_neither_seat_nor_request(tmp_path: Path) -> None:
    async with await evaluated(tmp_path, 2) as house:
        seat = next(seat for seat in house.tokens if seat != house.lead)
        seq = await house.do(seat, "evaluation.give", plus="The stories", request="mine-7")
        rows = dict(await house.storage.commits(house.opened.room))
        commit = commits.decode(rows[seq])
        assert (commit.seat, commit.entered_by) == ("", "")
        assert [kept.seat for kept in commit.words] == [""]
        assert f'"{seat}"'.encode() not in rows[seq]
        assert b"mine-7" not in rows[seq]
        again = await house.do(seat, "evaluation.give", plus="The stories", request="mine-7")
        assert again == seq
        await house.crash()
        again = await house.do(seat, "evaluation.give", plus="The stories", request="mine-7")
        assert again == seq
        after = [row for _, row in await house.storage.commits(house.opened.room, seq)]
        assert not any(b"evaluation." in row for row in after)


async def test_LOG3_a_request_is_marked_for_its_seat_and_activity_alone(tmp_path: Path) -> None:
    async with await evaluated(tmp_path, 2) as house:
        one, two = [seat for seat in house.tokens if seat != house.lead]
        first = await house.do(one, "evaluation.give", plus="The stories", request="r-1")
        other = await house.do(two, "evaluation.give", plus="The food", request="r-1")
        later = await house.do(one, "evaluation.give", plus="The songs", request="r-2")
        rows = dict(await house.storage.commits(house.opened.room))
        marks = {commits.decode(rows[seq]).request for seq in (first, other, later)}
        assert len(marks) == 3
        assert all(marks)


async def test_EV2_a_person_changes_their_own_answer_after_a_restart(tmp_path: Path) -> None:
    async with await evaluated(tmp_path, 2) as house:
        one, two = [seat for seat in house.tokens if seat != house.lead]
        await house.do(one, "evaluation.give", plus="The stories")
        await house.crash()
        await house.do(one, "evaluation.give", plus="The food")
        await house.do(two, "evaluation.give", delta="More time")
        room = await house.room()
        assert len(room.whole.running["a1"].state.given) == 2


async def test_EV1_the_key_is_gone_when_no_more_answers_are_taken(tmp_path: Path) -> None:
    async with await evaluated(tmp_path, 1) as house:
        seat = next(seat for seat in house.tokens if seat != house.lead)
        await house.do(seat, "evaluation.give", plus="The stories")
        key = await key_of(house)
        assert key
        await over(house)
        await house.clock.advance(47 * HOUR)
        await house.do(seat, "evaluation.give", plus="Still the stories", activity="a1")
        assert await key_of(house) == key
        await house.clock.advance(2 * HOUR)
        assert await key_of(house) is None
        with pytest.raises(Refused, match="stale_phase"):
            await house.do(seat, "evaluation.give", plus="Too late", activity="a1")
        room = await house.room()
        texts = await house.storage.words(house.opened.room)
        assert key.encode() not in texts.values()
        assert unnamed.token(room.whole.room, room.book.get, "a1", seat) == ""


async def test_an_activity_that_is_over_still_shows_where_to_answer(tmp_path: Path) -> None:
    async with await evaluated(tmp_path, 1) as house:
        seat = next(seat for seat in house.tokens if seat != house.lead)
        await over(house)
        view = await house.view(seat)
        assert view["activity"]["id"] == "a1"
        assert "evaluation.give" in {offer["type"] for offer in view["may"]}
        await house.start("a2")
        await house.do(seat, "evaluation.give", plus="From the doorstep", activity="a1")
        room = await house.room()
        assert len(room.whole.running["a1"].state.given) == 1
        assert room.whole.room.current == "a2"


async def test_the_memo_has_what_was_answered(tmp_path: Path) -> None:
    async with await evaluated(tmp_path, 3) as house:
        for seat in house.tokens:
            if seat != house.lead:
                await house.do(seat, "evaluation.give", plus="We told real stories")
        await over(house)
        room = await house.room()
        text = repr(await room.draft_memo("participants"))
        assert "We told real stories" in text
        assert "Answers: 3" in text
