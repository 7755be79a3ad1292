"""The invented languages: long, accented, mirrored, whole, and never offered to people."""

from __future__ import annotations

import pytest

from activities.blocks import say, say_n
from server.languages import Languages, direction
from server.messages import Messages
from server.pseudo import KEPT, PSEUDO, pseudo
from server.templating import WEB


@pytest.mark.parametrize(
    "text",
    [
        "Saved",
        "{name} is telling",
        "See <b>this</b> now",
        "about|{time}|left",
        "%(num)s notes",
        " a",
    ],
)
def test_what_must_stay_stays(text: str) -> None:
    made = pseudo(text)
    assert KEPT.findall(made) == KEPT.findall(text)
    assert (made[:1].isspace(), made[-1:].isspace()) == (text[:1].isspace(), text[-1:].isspace())
    assert made != text


def test_a_text_becomes_longer_and_no_letter_stays_plain() -> None:
    made = pseudo("How long, who speaks")
    assert len(made) >= 1.4 * len("How long, who speaks")
    assert made.startswith("[Ĥöŵ ļöñĝ, ŵĥö šþéåķš")
    assert pseudo("") == ""


def test_they_are_there_for_tests_and_nobody_is_offered_them() -> None:
    found = Languages(invented=True)
    assert found.line("en-XB", say("Saved")) == pseudo("Saved")
    assert found.line("en-XA", say_n("{n} story", "{n} stories", 2)).startswith("[2 š")
    assert found.choose("en-XB,en;q=0.5", "en-XB") == "en-XB"
    assert not {each["code"] for each in found.offered()} & PSEUDO.keys()
    assert (direction("en-XA"), direction("en-XB")) == ("ltr", "rtl")
    assert found.catalogue("en-XB")["direction"] == "rtl"
    assert Messages(found, WEB).address("en-XB", "room")
    assert Languages().choose("", "en-XB") == "en"
