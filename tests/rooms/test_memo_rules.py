"""Who may land, in what order, how much: the pure rules."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from activities.consent import Consent, ConsentState, default, of_choice
from activities.kernel import Choice
from rooms.card_words import CardKind
from rooms.memo_rules import Echoes, Quota, merged_circles, part_withheld, supported, withheld
from rooms.memo_source import MemoCard, MemoSource, StoryItem, StoryPart


def test_G8_withheld_table() -> None:
    assert withheld(("given", "memo"), True, "participants") == ""
    assert withheld(("given", "public"), True, "public") == ""
    assert withheld(("given", "memo"), True, "public") == "not_public"
    assert withheld(("given", "room"), True, "participants") == "scope"
    assert withheld(("none_needed", "public"), True, "participants") == "not_released"
    assert withheld(("none_needed", "memo"), False, "participants") == ""
    assert withheld(("pending", "public"), False, "participants") == "pending"
    assert withheld(("something new", "public"), False, "participants") == "not_released"
    assert withheld(("given", "something new"), False, "participants") == "scope"


@pytest.mark.parametrize("choice", get_args(Choice))
@pytest.mark.parametrize("outside", [False, True])
def test_G8_the_release_card_decides_what_each_edition_holds(choice: Choice, outside: bool) -> None:
    stands = of_choice(choice, outside)
    given_ = choice not in ("keep", "lesson")
    part = StoryPart("w", "Our words", stands)
    assert (part_withheld(part, "participants") == "") is given_
    assert (part_withheld(part, "public") == "") is (given_ and outside)
    assert part_withheld(replace(part, consent=default("quote", "public")), "participants")


@given(st.dictionaries(st.text(max_size=2), st.integers(0, 12), max_size=8))
def test_merged_circles_hide_no_small_one(groups: dict[str, int]) -> None:
    people = sum(groups.values())
    circles = merged_circles(groups)
    assert circles <= sum(size > 0 for size in groups.values())
    assert circles <= 1 or people >= 4 * circles
    assert (circles > 0) == (people > 0)


def test_rule_d_support() -> None:
    def card(author: str, kind: CardKind = "insight") -> MemoCard:
        return MemoCard("x", kind, "text", author)

    assert supported([card("s1"), card("s2", "practice")])
    assert not supported([card("s1"), card("s1")])
    assert not supported([card("s1"), card("s2", "plus")])
    assert not supported([card(""), card("")])


def test_quota_is_three_a_person() -> None:
    quota = Quota()
    assert [quota.take("s1") for _ in range(4)] == [True, True, True, False]
    assert quota.take("s2")


def test_echoes_find_unreleased_words_and_leave_small_talk_alone() -> None:
    def held(text: str, state: ConsentState = "pending") -> MemoSource:
        part = StoryPart("w", text, Consent("memo", "none", state))
        return MemoSource("x", 0, 0, stories=(StoryItem("s", "c", quote=part),))

    echo = Echoes(held("We left the boat in the reeds"), "participants")
    assert echo("She said: we left, the boat in the REEDS.")
    assert not echo("We left the boat")
    assert not Echoes(held("The river"), "participants")("The river rose")
    assert not Echoes(held("We left the boat in the reeds", "given"), "participants")(
        "We left the boat in the reeds"
    )
    assert Echoes(held("我们把船留在芦苇丛里然后走回家去了"), "participants")(
        "他说我们把船留在芦苇丛里然后走回家去了"
    )
