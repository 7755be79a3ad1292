"""Messages as JSON for one viewer (WRD3)."""

import json

import msgspec
import pytest

from activities.blocks import Line, Need, Offer, Option, Who, Words, say, say_n
from rooms import wire
from rooms.render import FSI, PDI, Renderer, direction, english, flat, formatted

NAMES = {"s1": "Amina", "s2": "أمينة"}
TEXTS = {"w1": "the river", "w2": "النهر", "w3": "secret"}


def renderer() -> Renderer:
    def words(ref: str, viewer: str) -> str | None:
        return None if ref == "w3" and viewer != "s1" else TEXTS.get(ref)

    return Renderer(english, NAMES.get, words)


def test_placeholders_are_filled_with_names_words_and_lines() -> None:
    line = say("{who} says {what}, {n} times", who=Who("s1"), what=Words("w1"), n=2)
    assert renderer().line(line, "en") == "Amina says the river, 2 times"
    inner = say("Next: {activity}", activity=say("Check-in"))
    assert renderer().line(inner, "en") == "Next: Check-in"
    assert renderer().line(Line(id="{missing}"), "en") == "{missing}"


def test_plurals() -> None:
    one, many = say_n("{n} person", "{n} people", 1), say_n("{n} person", "{n} people", 5)
    assert renderer().line(one, "en") == "1 person"
    assert renderer().line(many, "en") == "5 people"


def test_what_runs_the_other_way_is_isolated() -> None:
    assert renderer().line(say("{who} leads", who=Who("s2")), "en") == f"{FSI}أمينة{PDI} leads"
    assert renderer().line(say("{who} leads", who=Who("s1")), "en") == "Amina leads"
    assert direction("123 أ") == "rtl"
    assert direction("...") == "ltr"


def test_an_unknown_person_is_someone_and_erased_words_say_so() -> None:
    assert renderer().value(Who("s9"), "en", "") == "Someone"
    assert "Taken back" in renderer().value(Words("w9"), "en", "")
    assert renderer().value(Words(""), "en", "") == ""


def test_words_are_shown_only_to_whom_they_may_be_shown_WRD3() -> None:
    message = {"text": Words("w3"), "set": frozenset({"x"})}
    assert json.loads(renderer().encode(message, "en", "s1"))["text"] == "secret"
    assert b"secret" not in renderer().encode(message, "en", "s2")
    line = say("{quote}", quote=Words("w3"))
    assert "secret" not in renderer().line(line, "en", "s2")
    with pytest.raises(NotImplementedError):
        renderer().value(object(), "en", "")


def test_a_name_cannot_fill_another_placeholder() -> None:
    NAMES["s3"] = "{what}"
    line = say("{who} says {what}", who=Who("s3"), what=Words("w1"))
    assert renderer().line(line, "en") == "{what} says the river"


def test_an_offer_lies_flat_and_can_be_sent_back_WIR5() -> None:
    offer = Offer(
        command=wire.SeatRemove(epoch=3, seat=""),
        label=say("Remove someone"),
        place="menu",
        needs={"seat": Need(kind="seat")},
        hint=say("Sure?"),
        confirm=say("Really?"),
        shown=False,
    )
    shown = flat(offer)
    assert shown["type"] == "seat.remove"
    assert shown["epoch"] == 3
    assert "seat" not in shown
    assert {"label", "place", "needs", "hint", "confirm"} <= shown.keys()
    assert shown["shown"] is False
    raw = json.loads(renderer().encode(shown, "en")) | {"seat": "s2"}
    assert msgspec.convert(raw, wire.SeatRemove) == wire.SeatRemove(epoch=3, seat="s2")


def test_plain_formatting_leaves_unknown_places() -> None:
    assert formatted("{a} and {b}", {"a": 1}) == "1 and {b}"


def test_a_first_name_alone_is_shown_as_it_was_released() -> None:
    one = Renderer(english, {"s1": "Sefina Tuilagi"}.get, lambda ref, viewer: None)
    assert one.line(say("{who}", who=Who("s1", first=True)), "en") == "Sefina"
    assert one.line(say("{who}", who=Who("s1")), "en") == "Sefina Tuilagi"
    assert Who("s1", first=True) != Who("s1")


def test_a_long_list_of_people_says_what_a_short_one_does_and_follows_new_names() -> None:
    names = {f"s{n}": f"Person {n}" for n in range(1, 41)}
    epoch = [object()]
    made = Renderer(english, names.get, lambda *_: None, named=lambda: (epoch[0],))
    options = tuple(Option(value=id, label=say("{name}", name=Who(id))) for id in names)

    def shown(options: tuple[Option, ...]) -> list[dict[str, str]]:
        need = Need(kind="seat", options=options)
        command = wire.SeatRemove(epoch=3, seat="")
        offer = Offer(command=command, label=say("Remove someone"), needs={"seat": need})
        found: list[dict[str, str]] = json.loads(made.encode(flat(offer), "en"))["needs"]["seat"][
            "options"
        ]
        return found

    assert shown(options) == shown(options[:19]) + shown(options[19:30]) + shown(options[30:])
    assert shown(options) == shown(options)
    names["s3"] = "Wanjiru"
    epoch[0] = object()
    assert [one["label"] for one in shown(options)][1:4] == ["Person 2", "Wanjiru", "Person 4"]
