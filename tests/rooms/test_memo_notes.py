"""The cards an edition may hold."""

import msgspec
from hypothesis import given, settings

from activities.consent import NEVER
from rooms.memo import MemoSource, draft
from rooms.memo_rules import card_withheld
from tests.rooms.memo_sample import SAMPLE, note
from tests.rooms.memo_strategies import sources

replace = msgspec.structs.replace


@settings(max_examples=60)
@given(sources())
def test_G8_CH4_only_what_its_owner_let_travel(source: MemoSource) -> None:
    cards = {card.id: card for card in source.cards}
    for edition in ("participants", "public"):
        for kept in draft(source, edition).notes:
            card = cards[kept.id]
            assert not card_withheld(card, edition)
            assert card.kind not in NEVER
            assert edition == "participants" or card.kind not in ("offer", "need", "contact")


def test_cards_no_list_has_room_for_are_there_too() -> None:
    many = tuple(note(f"x{n}", "question", f"Question {n}?", "s1") for n in range(40))
    memo = draft(replace(SAMPLE, cards=many), "participants")
    assert {kept.id for kept in memo.notes} == {card.id for card in many}
    assert {kept.place for kept in memo.notes} == {"", "open"}


def test_nobodys_seat_is_in_what_leaves() -> None:
    cards = (note("s4-77", "insight", "A pump needs a keeper.", "s4"),)
    shared = draft(replace(SAMPLE, cards=cards), "participants").shared()
    assert [kept.id for kept in shared.notes] == ["77"]


def test_an_unattributed_session_names_nobody_outside() -> None:
    source = replace(SAMPLE, confidentiality="unattributed")
    assert any(kept.attribution for kept in draft(source, "participants").notes)
    assert not any(kept.attribution for kept in draft(source, "public").notes)
