"""From forms without script to commands."""

from __future__ import annotations

import pytest

from server.bodies import Form
from server.errors import Problem
from server.forms import command_from


def test_an_offer_with_its_needs() -> None:
    sent = command_from(
        Form(
            {
                "offer": ['{"type":"answer.give","phase":"answer"}'],
                "request": ["f-1"],
                "activity": ["a1"],
                "need-value:choice": ["sun"],
                "need-words:text": ["one\r\ntwo"],
                "need-list:texts": ["a", " ", "b"],
                "need-n:number": ["3"],
                "flag": ["yes", "no"],
                "need-yes:flag": ["1"],
            }
        )
    )
    assert sent == {
        "request": "f-1",
        "activity": "a1",
        "command": {
            "type": "answer.give", "phase": "answer", "value": "sun", "words": "one\ntwo",
            "list": ["a", "b"], "n": 3, "yes": True, "no": False,
        },
    }  # fmt: skip


def test_without_a_request_each_post_is_its_own() -> None:
    form = Form({"offer": ['{"type":"x"}']})
    assert command_from(form)["request"] != command_from(form)["request"]


@pytest.mark.parametrize("offer", ["", "3", "[]", "{", "[" * 10_000, "\ud800"])
def test_offers_nobody_made(offer: str) -> None:
    with pytest.raises(Problem, match="bad_request"):
        command_from(Form({"offer": [offer]}))


def test_an_offer_over_the_limit_and_a_number_that_is_none() -> None:
    with pytest.raises(Problem, match="too_large"):
        command_from(Form({"offer": ["x" * 40_000]}))
    with pytest.raises(Problem, match="bad_request"):
        command_from(Form({"offer": ["{}"], "need-n:number": ["many"]}))
