"""What real Yjs wrote: the committed fixture, fresh recordings, and reading them back in pycrdt."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path
from typing import Any

import msgspec
from pycrdt import XmlElement, XmlFragment, XmlText

HERE = Path(__file__).parent
FIXTURE = HERE / "yjs_updates.json"


class Sent(msgspec.Struct, frozen=True):
    """One update as a device sent it."""

    device: str
    step2: bool
    update: str

    @property
    def data(self) -> bytes:
        return base64.b64decode(self.update)


class Scenario(msgspec.Struct, frozen=True):
    """Some people at one document, and what Yjs reads in the end."""

    name: str
    family: str
    devices: dict[str, list[str]]
    updates: list[Sent]
    expected: Any


class Recording(msgspec.Struct, frozen=True):
    """A run of record_yjs.mjs."""

    seed: int
    yjs: str
    scenarios: list[Scenario]


def fixture() -> Recording:
    """The committed recording."""
    return msgspec.json.decode(FIXTURE.read_bytes(), type=Recording)


def node_modules() -> Path | None:
    """Where the web packages are, if they are anywhere."""
    named = os.environ.get("TALANOA_NODE_MODULES")
    folder = Path(named) if named else HERE.parents[1] / "web" / "node_modules"
    return folder if (folder / "yjs").is_dir() else None


def fresh(seed: int, rounds: int) -> Recording:
    """Record anew with Node."""
    done = subprocess.run(
        [
            "node",
            str(HERE / "record_yjs.mjs"),
            "--seed",
            str(seed),
            "--rounds",
            str(rounds),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
    return msgspec.json.decode(done.stdout, type=Recording)


def tree(node: XmlFragment | XmlElement | XmlText) -> list[Any]:
    """XML as [tag, attributes, children], text as runs: the form record_yjs.mjs prints."""
    if isinstance(node, XmlText):
        return [[piece, dict(marks or {})] for piece, marks in node.diff()]
    children = [tree(child) for child in node.children]
    if isinstance(node, XmlElement):
        # pycrdt declares that its iterator is no more than iterable.
        return [node.tag, dict(node.attributes.__iter__()), children]
    return children
