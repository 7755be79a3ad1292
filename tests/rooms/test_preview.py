"""A facilitator's preview of a participant's phone: the shape of the screen, nobody's own words."""

import json
from pathlib import Path
from typing import Any

import pytest

from activities.blocks import Ballot, BallotOption, Choices, Form, Note, Prompt, Words, say
from activities.kernel import Refused
from rooms.preview import KEPT, ONLY_THEY, cleaned, refs
from tests.rooms.house import House


async def preview(house: House, seat: str, wanted: str = "") -> dict[str, Any]:
    room = await house.room()
    shown: dict[str, Any] = json.loads(room.preview(await house.device(seat), seat, wanted))
    return shown


def test_what_is_ones_own_is_taken_out() -> None:
    none: frozenset[str] = frozenset()
    assert cleaned(Note(text=say("You said 2"), tone="private"), none) == Note(
        text=ONLY_THEY, tone="private"
    )
    words = Prompt(text=Words("w1"))
    assert cleaned(words, none) == Note(text=KEPT, tone="quiet")
    assert cleaned(words, frozenset({"w1"})) == words
    line = Note(text=say("{name} wrote {what}", name="Ana", what=Words("w2")))
    assert cleaned(line, none) == Note(text=KEPT, tone="quiet")
    assert list(refs(line)) == ["w2"]
    choice = Choices(offer="a", field="b", label=say("How?"), options=(), chosen="low")
    assert cleaned(choice, none) == Choices(offer="a", field="b", label=say("How?"), options=())
    ballot = Ballot(
        offer="give",
        back="take",
        field="option",
        options=(BallotOption("o1", 1, say("One"), mine=2),),
        dots=3,
        used=2,
    )
    seen = cleaned(ballot, none)
    assert isinstance(seen, Ballot)
    assert (seen.used, seen.options[0].mine) == (0, 0)
    form = Form(offer="f", title=say("Yours"), fields=(), sees="self", given=True)
    assert cleaned(form, none) == Form(offer="f", title=say("Yours"), fields=(), sees="self")


async def test_only_facilitators_see_it_and_only_of_participants(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        with pytest.raises(Refused, match="not_allowed"):
            await preview(house, "s2", "s3")
        with pytest.raises(Refused, match="unknown"):
            await preview(house, house.lead, house.lead)
        seen = await preview(house, house.lead, "s3")
        assert (seen["seat"], seen["lens"], seen["documents"]) == ("s3", "seat", [])
        assert seen["room"]["code"] == ""
        assert all(set(each) == {"type", "label", "place", "needs"} for each in seen["may"])
        assert all(each["place"] != "menu" for each in seen["may"])


async def test_before_anybody_has_come_it_shows_the_door(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        assert (await preview(house, house.lead))["activity"] is None
        await house.start()
        assert (await preview(house, house.lead))["activity"]["kind"] == "check_in"


async def test_a_tellers_card_stays_the_tellers(tmp_path: Path) -> None:
    """The witness's notes, the answer and the words of the release card are not in a preview."""
    async with await House.open(tmp_path, template="circle", people=4) as house:
        teller = await house.released("keep")
        for seat in house.tokens:
            if seat == house.lead:
                continue
            shown = json.dumps(await preview(house, house.lead, seat))
            assert "We were afraid" not in shown
            assert "The boat" not in shown
        own = json.dumps(await house.view(teller, "seat"))
        assert "We were afraid" in own
