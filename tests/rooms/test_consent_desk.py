"""Whose words are what, and who moves their consent: WRD2, WRD3, WRD5, MEM1 (SC9, G8)."""

import json
from pathlib import Path
from typing import Any

import pytest

from activities.kernel import Refused
from rooms import consent_desk
from tests.rooms.house import House


async def _words(house: House, seat: str, kind: str = "quote") -> dict[str, Any]:
    room = await house.room()
    shown = json.loads(room.my_words(room.whole.room.seats[seat]))
    found: dict[str, Any] = next(w for w in shown["words"] if w["kind"] == kind)
    return found


async def _seen(house: House, seat: str) -> str:
    return json.dumps(await house.view(seat))


async def test_only_the_owner_releases_or_withdraws_WRD2_SC9(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        teller = await house.released()
        ref = (await _words(house, teller))["words"]
        room = await house.room()
        before = room.whole.room.consents
        for seat in house.tokens:
            if seat == teller:
                continue
            with pytest.raises(Refused, match="not_allowed"):
                await house.do(seat, "consent.withdraw", words=ref)
            with pytest.raises(Refused, match="not_allowed"):
                await house.do(seat, "consent.release", words=ref, choice="unnamed")
        assert room.whole.room.consents == before
        await house.do(teller, "consent.withdraw", words=ref)
        with pytest.raises(Refused, match="duplicate"):
            await house.do(teller, "consent.withdraw", words=ref)
        assert room.whole.room.withdrawals == 1


async def test_nobody_answers_for_text_that_is_no_quote_WRD2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do("s2", "help.ask", about="my sound")
        room = await house.room()
        about = room.whole.room.help["s2"].about
        for ref in (about, room.whole.room.title, "nothing", ""):
            with pytest.raises(Refused, match="not_allowed"):
                await house.do("s2", "consent.release", words=ref, choice="unnamed")


async def test_withdrawn_words_are_shown_to_their_owner_only_WRD3_MEM1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        teller = await house.released()
        room = await house.room()
        other = next(s for s in house.tokens if s not in (teller, house.lead))
        assert "We were afraid" in await _seen(house, other)
        assert "We were afraid" in str(await room.draft_memo("participants"))
        assert "We were afraid" not in str(await room.draft_memo("public"))
        ref = (await _words(house, teller))["words"]
        await house.do(teller, "consent.withdraw", words=ref)
        for seat in house.tokens:
            if seat != teller:
                assert "We were afraid" not in await _seen(house, seat), seat
        mine = await _words(house, teller)
        assert (mine["text"], mine["state"], mine["in_memo"]) == (
            "We were afraid",
            "withdrawn",
            False,
        )
        assert "We were afraid" not in str(await room.draft_memo("participants"))
        await house.crash()
        assert "We were afraid" not in await _seen(house, other)
        assert (await _words(house, teller))["state"] == "withdrawn"
        await house.do(teller, "consent.release", words=ref, choice="unnamed", outside=True)
        memo = await (await house.room()).draft_memo("public")
        assert "We were afraid" in str(memo)


@pytest.mark.parametrize("choice", ["keep", "lesson"])
async def test_what_its_owner_keeps_is_shown_to_nobody_WRD3(tmp_path: Path, choice: str) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        teller = await house.released(choice)
        room = await house.room()
        for seat in house.tokens:
            if seat != teller:
                assert "We were afraid" not in await _seen(house, seat)
        for edition in ("participants", "public"):
            assert "We were afraid" not in str(await room.draft_memo(edition))
        mine = await _words(house, teller)
        assert not mine["in_memo"]


async def test_what_was_given_by_default_can_be_taken_back_and_answered_WRD5(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        teller = await house.released()
        room = await house.room()
        found = consent_desk.items(room.whole, room.world.activities)
        ref, (_, item) = next(iter(found.items()))
        assert consent_desk.owner(room.whole, room.world.activities, ref) == item.seat == teller
        assert consent_desk.owner(room.whole, room.world.activities, "nothing") == ""
        assert consent_desk.consent_of(room.whole, "nothing", "quote").state == "pending"
        assert consent_desk.consent_of(room.whole, "nothing", "insight").state == "given"


async def test_attribution_is_what_was_released(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=0) as house:
        seat = await house.join("Amina Diallo Sow", organisation="Delta Fishers")
        room = await house.room()

        def line(how: str) -> str:
            return consent_desk.attribution(room.whole, seat, how, room.name_of, room.book.get)

        assert line("none") == line("role") == ""
        assert line("first_name") == "Amina"
        assert line("name_org") == "Amina Diallo Sow, Delta Fishers"
        room.book.erase([room.whole.room.seats[seat].organisation])
        assert line("name_org") == "Amina Diallo Sow"


async def test_my_words_are_mine_alone(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        teller = await house.released()
        room = await house.room()
        for seat in room.whole.room.seats.values():
            shown = json.loads(room.my_words(seat))
            assert bool(shown["words"]) == (seat.id == teller)
