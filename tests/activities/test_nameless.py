"""Lines without a name: written alone, shown together (NML1 to NML4; ruling *Words*)."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from activities import board, nameless
from activities.blocks import Cards, Form, Note, Words
from activities.kernel import Cut, Event, Lens
from activities.nameless import (
    FEW,
    LINES_EACH,
    PROMISE,
    LineDrop,
    LineGive,
    LinesShow,
    Names,
    mark,
)
from activities.phases import PhaseNext
from activities.plenary import PLENARY, Settings
from tests.activities.driver import World, world


def writing(names: Names, count: int = 5) -> World:
    return world(PLENARY, Settings(form="write", names=names), count=count)


def line(names: Names, text: str) -> LineGive | LineDrop:
    words = Words(text)
    return LineGive(words=words) if names == "peers" else LineDrop(words=words)


def cards(room: World) -> list[board.NoteGiven]:
    return [event for event in room.log if isinstance(event, board.NoteGiven)]


def show(room: World) -> Any:
    return room.send("f1", LinesShow(epoch=1))


def test_each_mode_says_one_sentence_above_the_box_NML1() -> None:
    for names in ("peers", "all"):
        room = writing(names)
        blocks = room.view("s1").blocks
        said = next(
            n for n, b in enumerate(blocks) if isinstance(b, Note) and b.text == PROMISE[names]
        )
        box = next(n for n, b in enumerate(blocks) if isinstance(b, Form))
        assert said < box
        assert not any(isinstance(b, Cards) and b.add for b in blocks)
    named = next(b for b in writing("named").view("s1").blocks if isinstance(b, Cards))
    assert named.add
    assert "sees your name" in (named.hint.id if named.hint else "")
    assert "cannot take them back" in PROMISE["all"].id


def test_a_line_is_shown_to_nobody_before_all_are_NML2() -> None:
    for names in ("peers", "all"):
        room = writing(names)
        for seat in ("s1", "s2", "s3"):
            assert room.send(seat, line(names, f"secret of {seat}")) is None
        eyes: tuple[tuple[str, Lens], ...] = (
            ("s1", "seat"),
            ("s2", "seat"),
            ("f1", "seat"),
            ("f1", "panel"),
        )
        for seat, lens in eyes:
            assert "secret" not in repr(room.view(seat, lens)), (names, seat)
        assert not cards(room)
        assert show(room) is None
        assert {card.words.ref for card in cards(room)} == {f"secret of s{n}" for n in (1, 2, 3)}
        assert show(room) == "stale_phase"
        assert room.send("s4", line(names, "late")) == "stale_phase"


def test_peers_cards_name_nobody_and_know_their_owner_NML3() -> None:
    room = writing("peers")
    for seat in ("s1", "s2", "s3"):
        room.send(seat, line("peers", seat))
    show(room)
    assert {(card.seat, card.owner, card.words.ref) for card in cards(room)} == {
        ("", seat, seat) for seat in ("s1", "s2", "s3")
    }
    assert len({card.at for card in cards(room)}) == 1


def test_without_any_name_no_event_and_no_state_holds_a_seat_NML4() -> None:
    room = writing("all")
    for seat in ("s1", "s2", "s3"):
        for n in range(2):
            room.send(seat, line("all", f"w-{seat[1:]}-{n}"))
    given_ = [event for event in room.log if isinstance(event, nameless.LineGiven)]
    assert all(not event.seat for event in given_)
    assert len({event.mark for event in given_}) == len(given_)  # not even two of one person
    show(room)
    assert all(not card.seat and not card.owner for card in cards(room))
    assert sum(event.first for event in given_) == 3


def test_no_order_of_writing_is_left_NML4() -> None:
    orders = set()
    for seed in range(8):
        room = world(PLENARY, Settings(form="write", names="all"), count=5, seed=seed)
        for n in range(1, 6):
            room.send(f"s{n}", line("all", f"w{n}"))
        show(room)
        orders.add(tuple(card.words.ref for card in cards(room)))
    assert len(orders) > 3


def test_a_person_has_so_many_lines_and_no_more_NML4() -> None:
    for names in ("peers", "all"):
        room = writing(names)
        for n in range(LINES_EACH):
            assert room.send("s1", line(names, f"w{n}")) is None
        assert room.send("s1", line(names, "one more")) == "full"
        assert room.send("s2", line(names, "mine")) is None
        assert not any(isinstance(b, Form) for b in room.view("s1").blocks)


def test_fewer_than_three_are_told_that_others_may_guess_NML2() -> None:
    for names in ("peers", "all"):
        room = writing(names)
        for n in range(1, FEW + 1):
            room.send(f"s{n}", line(names, f"w{n}"))
            room.send(f"s{n}", line(names, f"v{n}"))
            few = "Others may guess" in repr(room.view("f1", "panel").blocks)
            asks = next(o for o in room.view("f1", "panel").may if isinstance(o.command, LinesShow))
            assert few == (n < FEW)
            assert bool(asks.confirm) == (n < FEW)
            assert ("Others may guess" in repr(room.view("s1").blocks)) == (n < FEW)


def test_a_step_that_ends_shows_what_was_written_NML2() -> None:
    for ending in (PhaseNext(epoch=1, phase="open"), Cut(epoch=1)):
        room = writing("all")
        room.send("s1", line("all", "kept"))
        assert room.send("f1", ending) is None
        assert [card.words.ref for card in cards(room)] == ["kept"]
    room = writing("all")
    room.send("f1", Cut(epoch=1))
    assert not cards(room)


def test_the_wrong_mode_is_refused_NML3() -> None:
    room = writing("all")
    assert room.send("s1", line("peers", "x")) == "not_allowed"
    room = writing("peers")
    assert room.send("s1", line("all", "x")) == "not_allowed"
    assert show(room) == "bad_request"
    assert room.send("s1", LinesShow(epoch=1)) == "not_allowed"


@given(st.lists(st.tuples(st.integers(0, 9), st.text(max_size=3)), max_size=40))
def test_marks_are_told_apart_and_never_repeat_NML4(writes: list[tuple[int, str]]) -> None:
    lines, per = nameless.Lines(names="all"), dict.fromkeys(range(10), 0)
    for who, _ in writes:
        token = f"token{who}"
        before = nameless.count(lines, "", token)
        assert before == per[who]
        if before < LINES_EACH:
            event: Event = nameless.LineGiven(
                words=Words("w"), mark=mark(token, before), first=not before
            )
            lines = nameless.evolve(lines, event)
            per[who] += 1
    assert lines.writers == sum(bool(n) for n in per.values())
    assert len(lines.marks) == sum(per.values())
