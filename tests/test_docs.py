"""The documents say what is so: their code runs, their examples are of the wire."""

import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from activities import blocks
from activities.kernel import Reason
from activities.registry import ACTIVITIES
from rooms import wire
from rooms.words import Mint, decode_command

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```(.*?)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def fences(document: str, language: str) -> list[str]:
    """Code blocks of a document in a language."""
    text = (ROOT / "docs" / document).read_text("utf-8")
    return [body for name, body in FENCE.findall(text) if name == language]


@pytest.fixture
def hands() -> Iterator[dict[str, Any]]:
    """The example activity and its tests, run from the page."""
    module = types.ModuleType("hands_of_the_docs")
    sys.modules[module.__name__] = module  # msgspec looks annotations up there
    for body in fences("adding-an-activity.md", "python"):
        exec(compile(body, "adding-an-activity.md", "exec"), module.__dict__)
    for body in fences("adding-an-activity.md", "python test"):
        exec(compile(body, "adding-an-activity.md", "exec"), module.__dict__)
    yield module.__dict__
    del sys.modules[module.__name__]


@pytest.mark.slow
def test_the_activity_of_the_page_keeps_every_promise(hands: dict[str, Any]) -> None:
    tests = [value for name, value in hands.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()


def test_the_activity_of_the_page_is_short(hands: dict[str, Any]) -> None:
    (body,) = fences("adding-an-activity.md", "python")
    assert len(body.splitlines()) < 200
    assert "hands" not in ACTIVITIES


# protocol.md


def tags(union: Any) -> set[str]:
    return {str(kind.__struct_config__.tag) for kind in get_args(union)}


def examples() -> list[dict[str, Any]]:
    return [msgspec.json.decode(body) for body in fences("protocol.md", "json")]


def test_every_block_command_and_message_has_an_example() -> None:
    shown = {example["type"] for example in examples() if "type" in example}
    wanted = tags(blocks.AnyBlock) | tags(wire.RoomCommand) | tags(wire.ServerMessage)
    assert wanted - shown == set()


@pytest.mark.parametrize("union", [blocks.AnyBlock, wire.RoomCommand, wire.ServerMessage])
def test_every_example_has_the_fields_of_the_wire(union: Any) -> None:
    kinds = {str(kind.__struct_config__.tag): kind for kind in get_args(union)}
    found = [example for example in examples() if example.get("type") in kinds]
    assert found
    for example in found:
        kind = kinds[example["type"]]
        fields = {field.encode_name for field in msgspec.structs.fields(kind)}
        assert set(example) - {"type"} == fields, example["type"]


def test_every_example_of_a_command_decodes() -> None:
    kinds = tags(wire.RoomCommand)
    for example in (e for e in examples() if e.get("type") in kinds):
        mint = Mint(lambda: "ref")
        decode_command(msgspec.json.encode(example), wire.RoomCommand, mint)


def test_every_close_code_and_reason_is_explained() -> None:
    text = (ROOT / "docs" / "protocol.md").read_text("utf-8")
    for code in wire.CLOSE_CODES:
        assert f"`{code}`" in text
    for reason in get_args(Reason):
        assert f"`{reason}`" in text


# promises.md


def test_every_moment_and_cross_check_is_a_test_by_its_name() -> None:
    page = (ROOT / "docs" / "promises.md").read_text("utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    sources = (ROOT / "tests").rglob("test_*.py")
    text = "\n".join(source.read_text("utf-8") for source in sources)
    there = set(re.findall(r"def (test_\w+)\(", text))
    assert named - there == set()
    moments = {int(n) for name in named for n in re.findall(r"^test_moment_(\d+)_", name)}
    assert moments == set(range(1, 11))
    checks = ("two_languages", "sleeping_phone", "restart", "two_next", "wrong_clock")
    for check in checks:
        assert any(name.startswith(f"test_crosscheck_{check}_") for name in named), check
    files = re.findall(r"`(?:tests/browser/)?(test_\w+\.py)`", page)
    assert all((ROOT / "tests" / "browser" / file).is_file() for file in files)
