"""What cards show of renderings, what a memo takes, and what goes with what (BRD10, BRD11)."""

from msgspec.structs import replace

from rooms import renderings
from rooms.board_schema import Rendering
from rooms.board_state import Taken
from rooms.commits import NoteAdded
from rooms.rendering_events import RenderingGone, RenderingMade
from rooms.room_state import RoomState
from rooms.safety import Hidden, Safety
from rooms.words import WordsBook

NOTE = NoteAdded(
    document="board", card="s2-a", kind="insight", section="", theme="", words="w", seat="s2",
    entered_by="", activity="", group="", language="es", scope="memo", at=1,
)  # fmt: skip
BOOK = WordsBook({"r1": b"Two boats", "r2": "قاربان".encode()})


def made(
    card: str = "s2-a", language: str = "en", words: str = "r1", by: str = "s3"
) -> RenderingMade:
    return RenderingMade(card=card, language=language, words=words, by=by, of="", at=2)


def state(*every: RenderingMade, note: NoteAdded = NOTE) -> RoomState:
    cards: dict[str, dict[str, RenderingMade]] = {}
    for one in every:
        cards.setdefault(one.card, {})[one.language] = one
    return RoomState(notes={note.card: note}, renderings=cards)


def test_the_mark_of_an_original_is_that_of_the_page() -> None:
    # `tests/web/renderings.mjs` has the same.
    assert renderings.mark("") == "811c9dc5"
    assert renderings.mark("Walk the river before you draw it.") == "0cfa0dbe"
    assert renderings.mark("Ríos 🌊") == "adba37b5"


def test_beside_a_card_stands_what_is_kept_by_language_BRD10() -> None:
    room = state(made(), made(language="ar", words="r2", by="s2"), made(language="sw", words="no"))
    assert renderings.shown(room, BOOK, NOTE) == (
        Rendering("ar", "قاربان", "s2"),
        Rendering("en", "Two boats", "s3"),
    )
    hidden = Safety(hidden={"s3": Hidden(at=3, by="s1", words=("r1",))})
    shown = renderings.shown(replace(room, safety=hidden), BOOK, NOTE)
    assert [one.language for one in shown] == ["ar"]


def test_beside_a_card_without_a_name_stands_no_name_BRD11() -> None:
    nameless = replace(NOTE, card="-a1n1")
    room = state(made(card="-a1n1"), note=nameless)
    assert renderings.shown(room, BOOK, nameless) == (Rendering("en", "Two boats", ""),)


def test_what_is_of_an_earlier_original_is_no_translation_BRD11() -> None:
    text = "Dos botes"
    now = renderings.mark(text)
    found = (
        Rendering("en-GB", "Two boats", "s3", now),
        Rendering("en", "A boat", "s3", "00000000"),
    )
    assert renderings.translation(found, text, "en") == "Two boats"
    assert renderings.translation(found[1:], text, "en") == ""
    assert renderings.translation(found, text, "ar") == ""
    both = (found[0], replace(found[1], of=now))
    assert renderings.translation(both, text, "en") == "A boat", "the language itself comes first"


def test_what_goes_with_a_card_with_words_and_with_somebody_BRD10() -> None:
    room = state(made(), made(language="ar", words="r2", by="s4"), made(card="s5-b", words="r3"))
    gone = RenderingGone(card="s2-a", language="en", words="r1", by="s3")
    assert [one.words for one in renderings.gone(room, cards={"s2-a"})] == ["r1", "r2"]
    assert list(renderings.gone(room, words={"r1"})) == [gone]
    assert [one.words for one in renderings.gone(room, seat="s3")] == ["r1", "r3"]
    assert list(renderings.gone(room)) == []
    assert [one.words for one in renderings.made_by(room, "s4")] == ["r2"]
    assert renderings.count(room) == 3


def test_a_card_that_was_taken_away_stands_aside_and_is_still_known() -> None:
    there = state(made())
    taken = replace(there, notes={}, board=replace(there.board, taken={"s2-a": Taken(NOTE, 1)}))
    assert renderings.note_of(taken, "s2-a") == NOTE
    assert renderings.is_aside(taken, NOTE)
    assert not renderings.is_aside(there, NOTE)
    assert renderings.note_of(there, "s9-x") is None
