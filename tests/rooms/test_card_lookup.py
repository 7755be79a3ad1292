"""Finding cards (`rooms/card_lookup.py`)."""

from msgspec.structs import replace

from rooms import card_lookup
from rooms.room_state import RoomState
from tests.rooms.test_shelf_cards import note


def test_cards_are_found_by_words_by_seat_and_by_picture() -> None:
    one = note("group/a1-c1")
    two = replace(one, card="ana-2", words="v", photo="p", document="board")
    three = replace(one, card="ben-1", words="u", seat="ben", photo="p")
    state = RoomState(notes={n.card: n for n in (one, two, three)}, shared=frozenset({"ana-1"}))
    assert card_lookup.by_words(state) == {"w": one, "v": two, "u": three}
    assert card_lookup.of_seat(state, "ana") == (one, two)
    assert card_lookup.of_seat(state, "cleo") == ()
    assert card_lookup.of_photo(state, "p") == (two, three)
    assert card_lookup.of_photo(state, "") == ()
    assert card_lookup.stands_in(state, one) == ("group/a1-c1", "board")
    assert card_lookup.stands_in(state, two) == ("board",)
    later = replace(state, notes={"ben-1": three})
    assert card_lookup.of_seat(later, "ana") == ()
