"""The memo as a message for a chat app."""

import msgspec
import pytest

from rooms.memo import Commitment, NextCall, ProseText, draft
from rooms.memo_chat import CHAT_MAX, calm, chat, plain_text
from rooms.memo_tree import Ask, Edition
from tests.rooms.memo_sample import SAMPLE, note, part

replace = msgspec.structs.replace
SHORT = replace(SAMPLE, stories=(), people=(), prose={}, cards=SAMPLE.cards[:6])


def test_a_short_memo_is_whole() -> None:
    memo = draft(SHORT, "participants").shared()
    assert chat(memo) == plain_text(memo)
    assert memo.short_line not in chat(memo)


@pytest.mark.parametrize("edition", ["participants", "public"])
def test_a_long_one_is_shortened_and_says_so(edition: Edition) -> None:
    more = tuple(
        note(f"m{n}", "insight", f"{n} what we heard of the river " * 14, f"s{n}", "t1",
             scope="public")
        for n in range(40)
    )  # fmt: skip
    memo = draft(replace(SAMPLE, cards=SAMPLE.cards + more, prose={}), edition).shared()
    text = chat(memo)
    assert len(plain_text(memo)) > CHAT_MAX >= len(text)
    assert memo.short_line in text
    for section in memo.sections:
        for block in section.blocks:
            if isinstance(block, Ask):
                assert block.line.text in text


def test_rule_g_questions_commitments_and_consent_lines_stay_longest() -> None:
    many = tuple(
        note(f"m{n}", "insight", f"{n} a long remark about maps and rivers " * 6, f"s{n % 9}", "t1")
        for n in range(60)
    )
    stories = tuple(
        replace(SAMPLE.stories[0], id=f"st{n}", quote=part(f"w{n}x", f"Quote {n} " * 30, "W"))
        for n in range(9)
    )
    pledges = tuple(Commitment(f"c{n}", "Rosa", f"Walk the bank, {n}") for n in range(20))
    prose = {"why": ProseText("We met because of the water. " * 60)}
    source = replace(SAMPLE, cards=SAMPLE.cards + many, commitments=pledges, stories=stories,
                     prose=prose)  # fmt: skip
    memo = draft(source, "participants").shared()
    text = chat(memo)
    assert len(text) <= CHAT_MAX
    assert text.startswith("*Living with the river*")
    assert "→ Since we met, where did you listen before you mapped?" in text
    assert text.count("Walk the bank") == 20
    assert "open the link you came in with" in text
    assert text.rstrip().endswith("Made with Talanoa")
    assert memo.short_line in text


def test_the_last_resort_still_fits() -> None:
    pledges = tuple(Commitment(f"c{n}", "Rosa " * 20, "walk " * 80) for n in range(200))
    memo = draft(replace(SAMPLE, commitments=pledges), "participants").shared()
    assert len(chat(memo)) <= CHAT_MAX


def test_what_people_typed_is_never_formatting() -> None:
    assert calm("*a* _b_ ~c~ `d`") == "∗a∗ ˍbˍ ∼c∼ ˋdˋ"
    assert calm("a`b`c") == "aˋbˋc"
    assert calm("snake_case and 2*3*4") == "snake_case and 2*3*4"
    assert calm("> a\n- b") == "› a\n– b"
    assert calm("a - b > c") == "a - b > c"


def test_an_address_goes_on_being_one() -> None:
    memo = draft(SHORT, "participants")
    assert "https://talanoa.example/r/river-neighbours" in chat(memo.shared())
    odd = replace(SHORT, next_call=NextCall(SAMPLE.ended, (), "https://x.example/_a_/*b*"))
    assert "https://x.example/_a_/*b*" in chat(draft(odd, "participants").shared())
