"""Every reason has a status and a sentence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import msgspec

from activities.blocks import Who, say
from activities.kernel import Reason, Refused
from server.errors import SENTENCES, STATUS, Problem, error_json, problem_of, sentence
from server.site import Site

ROOT = Path(__file__).parents[2]
PARTS = ("rooms", "activities", "server")
BLAMES = {"error", "invalid", "illegal", "forbidden", "failed", "failure", "unauthorized"}
"""Words of programs, which say nothing to anybody."""

LONGEST = 180
"""Characters of a sentence that is read at a glance, on a phone, in the middle of something."""


def sentences(value: ast.expr | None) -> list[str]:
    """What `say(...)` and `say_n(...)` say."""
    match value:
        case ast.Call(func=ast.Name("say" | "say_n"), args=[*texts]):
            return [
                text.value
                for text in texts
                if isinstance(text, ast.Constant) and isinstance(text.value, str)
            ]
    return []


def refusals() -> Iterator[tuple[str, str, str]]:
    """Where, why and with which sentence people are refused anything, from the sources."""
    for file in sorted(each for part in PARTS for each in (ROOT / part).glob("*.py")):
        tree = ast.parse(file.read_text())
        named: dict[str, list[str]] = {}
        for each in tree.body:
            match each:
                case ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(target=ast.Name(name)):
                    named[name] = sentences(each.value)
        for call in ast.walk(tree):
            match call:
                case ast.Call(
                    func=ast.Name("Refused" | "Problem"),
                    args=[ast.Constant(str(reason)), said, *_],
                ):
                    found = (
                        named.get(said.id, []) if isinstance(said, ast.Name) else sentences(said)
                    )
                    for text in found:
                        yield f"{file.name}:{call.lineno}", reason, text


def test_every_refusal_is_a_plain_sentence_with_a_known_reason() -> None:
    found = list(refusals())
    assert len(found) > 100
    wrong = [
        (where, text)
        for where, reason, text in [*found, *(("", why, SENTENCES[why].id) for why in SENTENCES)]
        if reason not in STATUS
        or (not text[:1].isupper() and not text.startswith("{"))
        or text[-1] not in ".!?"
        or len(text) > LONGEST
        or BLAMES & set(text.lower().replace(".", " ").split())
    ]
    assert wrong == []


def test_every_reason_of_the_kernel_has_a_status_and_a_sentence() -> None:
    for reason in get_args(Reason):
        assert reason in STATUS
    assert set(STATUS) == set(SENTENCES)


def test_every_stale_is_409() -> None:
    assert {STATUS[reason] for reason in STATUS if reason.startswith("stale_")} == {409}


def test_a_bug_is_not_explained_to_strangers() -> None:
    problem = problem_of(ValueError("what somebody typed"))
    assert (problem.reason, problem.status) == ("tripped", 500)
    assert "typed" not in sentence(problem).id


def test_answers_are_json_that_nobody_stores() -> None:
    made = error_json(Problem("too_many", retry_after=7), "Wait")
    assert msgspec.json.decode(bytes(made.body)) == {
        "error": {"reason": "too_many", "message": "Wait"}
    }
    assert (made.headers["retry-after"], made.headers["cache-control"]) == ("7", "no-store")


def test_a_sentence_of_the_place_comes_first_unless_it_names_people(site: Site) -> None:
    own = problem_of(Refused("closed", say("The chair is taken.")))
    assert site.message(own, "en") == "The chair is taken."
    named = problem_of(Refused("closed", say("{name} was first.", name=Who("s1"))))
    assert site.message(named, "en") == SENTENCES["closed"].id
