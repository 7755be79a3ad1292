"""The log: known keys only, one line each, nobody's words."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from server.log import LogBridge, configure, log


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is written."""
    out = io.StringIO()
    configure(out)
    yield out
    structlog.reset_defaults()


def test_a_line_has_only_known_keys_and_no_new_lines(lines: io.StringIO) -> None:
    log().info("refused", room="r1", reason="full\nforged", words="my secret", token="t")
    [line] = lines.getvalue().splitlines()
    read = json.loads(line)
    assert read["room"] == "r1"
    assert read["reason"] == "full?forged"
    assert "my secret" not in line
    assert "token" not in read


def test_an_error_tells_where_and_never_what_it_says(lines: io.StringIO) -> None:
    try:
        raise ValueError("what somebody typed")
    except ValueError as error:
        log().error("tripped", room="r1", exc_info=error)
    assert "what somebody typed" not in lines.getvalue()
    assert "ValueError at server/test_log.py" in lines.getvalue()


def test_libraries_log_without_what_they_fill_in(lines: io.StringIO) -> None:
    bridge = LogBridge()
    bridge.emit(logging.LogRecord("lib", logging.ERROR, __file__, 1, "bad %s", ("a secret",), None))
    assert "a secret" not in lines.getvalue()
    assert "bad %s" in lines.getvalue()
