"""What changed in a memo that went out: its version, the places, never the text (WRD12)."""

import json
from pathlib import Path

from rooms.words_state import REFUSED_KEPT
from tests.rooms.house import House
from tests.rooms.test_words_desk import board_card, memo, words_of, written


async def sent(house: House) -> None:
    await house.do(house.lead, "memo.send", epoch=await house.epoch())


async def test_a_change_after_sending_is_a_version_and_says_where_WRD12(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        theme = f"s1-{await board_card(house, house.lead, 'theme', 'The river')}"
        for seat, kind in (("s2", "insight"), ("s3", "practice"), ("s2", "quote")):
            ref = await board_card(house, seat, kind, f"Of {seat}, a {kind} all of us know")
            await house.do(seat, "note.move", card=f"{seat}-{ref}", theme=theme)
        await house.do("s2", "consent.release", words=ref, choice="first_name")
        spoken = await written(house, "s4", "We moved at night, all of us")
        await house.do("s4", "consent.release", words=spoken, choice="unnamed")
        await house.do(house.lead, "memo.question", theme=theme, text="And where you are?")
        room = await house.room()
        state = room.whole.room
        assert (state.memo_version, state.changed_since_sent) == (0, ())
        await sent(house)
        assert room.whole.room.memo_version == 1
        (place,) = next(one["places"] for one in await words_of(house, "s4"))
        assert (place["section"], place["heading"]) == ("stories", "Stories")

        await house.do("s4", "consent.withdraw", words=spoken)
        state = room.whole.room
        assert (state.memo_version, state.changed_since_sent) == (2, ("stories",))
        assert "We moved at night" not in await memo(house)
        assert "taken back by the people who said them: 1" in await memo(house)
        await house.do("s2", "consent.release", words=ref, choice="unnamed")
        assert room.whole.room.changed_since_sent == ("stories", f"theme:{theme}")
        await house.crash()
        room = await house.room()
        assert room.whole.room.memo_version == 3
        panel = json.dumps((await house.view(house.lead, "panel"))["blocks"])
        assert "The memo has changed since you sent it." in panel
        assert "Stories, The river. Send it again" in panel
        assert "We moved at night" not in panel
        for seat in ("s2", "s3", "s4"):
            assert "has changed since" not in json.dumps(await house.view(seat))

        await sent(house)
        assert room.whole.room.changed_since_sent == ()
        assert room.whole.room.memo_version == 3, "what people have now is this version"
        await house.clock.advance(REFUSED_KEPT)
        assert room.whole.room.changed_since_sent == (), "it was gone from it already"
        again = await written(house, "s4", "Said after the memo went out")
        assert room.whole.room.memo_version == 3
        await house.do("s4", "consent.release", words=again, choice="unnamed")
        assert "".join(room.whole.room.changed_since_sent) == ""
        assert len(room.whole.room.changed_since_sent) == 1


async def test_before_it_is_sent_nothing_is_sent_again_WRD12(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        ref = await written(house)
        await house.do("s2", "consent.release", words=ref, choice="unnamed")
        await house.do("s2", "consent.withdraw", words=ref)
        state = (await house.room()).whole.room
        assert (state.memo_version, state.changed_since_sent) == (0, ())
