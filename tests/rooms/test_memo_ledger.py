"""Where every note went, and who may read what of it."""

from msgspec.structs import replace

from rooms.memo import Consent, MemoCard, MemoSource, StoryItem, StoryPart, draft
from rooms.memo_ledger import TEXT_MAX, NoteEntry, entries

NAMES = {"s1": "Ana", "s2": "Ben"}


def listed(source: MemoSource, *board: str) -> dict[str, NoteEntry]:
    memo = draft(source, "participants")
    return {note.id: note for note in entries(memo, source, frozenset(board), NAMES.get)}


def test_every_card_is_there_once_with_its_place_or_reason() -> None:
    cards = (
        MemoCard("t", "theme", "River"),
        MemoCard("a", "insight", "One", "s1", theme="t"),
        MemoCard("b", "insight", "Two " * TEXT_MAX, "s2", theme="t"),
        MemoCard("c", "insight", "Mine", "s1", scope="room"),
    )
    found = listed(MemoSource("An evening", 0, 0, cards=cards), "t", "a", "b", "c")
    assert found.keys() == {"t", "a", "b", "c"}
    assert (found["a"].place, found["a"].heading) == ("theme:t:heard", "River")
    assert (found["a"].text, found["a"].owner, found["a"].board) == ("One", "Ana", True)
    assert len(found["b"].text) <= TEXT_MAX
    assert (found["c"].place, found["c"].reason) == ("", "scope")


def test_ME6_words_that_wait_show_their_owner_and_never_text() -> None:
    title = StoryPart("w1", "The night", Consent("memo", "none", "given"))
    moment = StoryPart("w2", "The boat", Consent("circle", "none", "pending"))
    no = StoryPart("w3", "w3", Consent("memo", "none", "refused"))
    back = StoryPart("w4", "w4", Consent("memo", "none", "withdrawn"))
    story = StoryItem("s1", "c1", title, (moment, no), back, id="st")
    found = listed(MemoSource("An evening", 0, 0, stories=(story,)))
    assert (found["w1"].text, found["w1"].kind, found["w1"].heading) == (
        "The night", "story_title", "Stories",
    )  # fmt: skip
    assert found["w1"].owner == ""  # given without a name
    assert (found["w2"].text, found["w2"].owner, found["w2"].reason) == ("", "Ana", "pending")
    for id in ("w3", "w4"):
        assert (found[id].text, found[id].owner) == ("", "")


def test_WRD3_a_card_whose_words_were_taken_back_shows_nothing() -> None:
    quote = MemoCard("q", "quote", "Ours", "s1", consent="withdrawn")
    found = listed(MemoSource("An evening", 0, 0, cards=(quote,)), "q")
    assert (found["q"].text, found["q"].owner, found["q"].reason) == ("", "", "withdrawn")
    asked = replace(quote, consent="pending")
    assert listed(MemoSource("An evening", 0, 0, cards=(asked,)), "q")["q"].text == "Ours"
