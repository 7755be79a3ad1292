"""The big-type edition: what is on its pages."""

import msgspec
from hypothesis import given, settings

from rooms.memo import MemoSource, ProseText, draft
from rooms.memo_pages import SENTENCE_MAX, SENTENCES, pages
from rooms.memo_tree import lines_of
from tests.rooms.memo_sample import SAMPLE, note
from tests.rooms.memo_strategies import sources

replace = msgspec.structs.replace


def test_rule_k_a_page_for_each_theme_with_its_question() -> None:
    memo = draft(SAMPLE, "participants").shared()
    made = pages(memo)
    assert [page.title for page in made] == [
        "Listening before mapping", "What keeps the water moving", "After the flood",
    ]  # fmt: skip
    assert len({page.picture for page in made}) == 3
    first = made[0]
    assert [line.text for line in first.sentences] == [
        "Several of us had drawn maps that nobody used.",
        "What people pointed at became the legend.",
        "A floor map of cloth, two metres wide, which elders correct with a stick",
    ]
    assert first.question is not None
    assert first.question.text == "Since we met, where did you listen before you mapped?"


def test_a_long_sentence_is_cut_and_a_long_quotation_left_out() -> None:
    words = "we walked along the bank and " * 8
    cards = (
        note("t1", "theme", "Walking", "s1"),
        note("a", "insight", f"First {words}", "s1", "t1"),
        note("b", "quote", f"Second {words}", "s2", "t1", consent="given"),
    )
    (page,) = pages(draft(replace(SAMPLE, cards=cards, prose={}), "participants").shared())
    (only,) = page.sentences
    assert only.text.startswith("First we walked")
    assert only.text.endswith("…")
    assert len(only.text) <= SENTENCE_MAX


def test_sentences_end_in_every_script() -> None:
    prose = {"theme:t1:heard": ProseText("好的地图。水来了！ हमने सुना। फिर चले।")}
    page = pages(draft(replace(SAMPLE, prose=prose), "participants").shared())[0]
    assert [line.text for line in page.sentences] == ["好的地图。", "水来了！", "हमने सुना।"]


def test_without_a_theme_one_page_says_so() -> None:
    (page,) = pages(draft(replace(SAMPLE, cards=()), "participants").shared())
    assert page.question is None
    assert [line.text for line in page.sentences] == ["No theme was carried by two people yet."]


@settings(max_examples=60)
@given(sources())
def test_G8_nothing_is_on_a_page_that_is_not_in_the_memo(source: MemoSource) -> None:
    for edition in ("participants", "public"):
        memo = draft(source, edition).shared()
        printed = " ".join(
            line.text for section in memo.sections for block in section.blocks
            for line in lines_of(block)
        )  # fmt: skip
        for page in pages(memo):
            assert len(page.sentences) <= SENTENCES
            for line in page.sentences:
                assert line.text.strip("“”").removesuffix("…") in printed
