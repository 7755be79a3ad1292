"""What the log says of renderings adds up: one for each card and language (BRD10)."""

from rooms.rendering_events import RenderingGone, RenderingMade, Renderings, erased, evolve

ONE = RenderingMade(card="s2-a", language="en", words="r1", by="s3", of="", at=1)
BETTER = RenderingMade(card="s2-a", language="en", words="r2", by="s2", of="", at=2, before="r1")
OTHER = RenderingMade(card="s2-a", language="ar", words="r3", by="s4", of="", at=3)
GONE = RenderingGone(card="s2-a", language="en", words="r2", by="s2")


def test_the_newest_of_a_language_stands_and_nothing_is_left_of_a_card_without_any() -> None:
    found: Renderings = {}
    for event in (ONE, BETTER, OTHER):
        found = evolve(found, event)
    assert found == {"s2-a": {"en": BETTER, "ar": OTHER}}
    found = evolve(found, GONE)
    assert found == {"s2-a": {"ar": OTHER}}
    assert evolve(found, GONE) == found
    last = RenderingGone(card="s2-a", language="ar", words="r3", by="s4")
    assert evolve(found, last) == {}
    assert evolve({}, last) == {}


def test_which_words_are_no_more() -> None:
    assert [erased(event) for event in (ONE, BETTER, GONE)] == ["", "r1", "r2"]
