"""The log: one line per refusal or error, with room, seat and request; never words or secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

ALLOWED: Final = frozenset(
    {
        "event", "level", "timestamp", "room", "seat", "request", "reason", "status", "method",
        "path", "code", "document", "device", "address", "seconds", "count", "port", "host",
        "data", "exception", "kind", "child", "exit", "origin", "hint", "title_length", "bytes",
    }
)  # fmt: skip
"""Keys a line may have. A list of what may be said, so that a new key cannot leak by accident."""

VALUE_LIMIT: Final = 200
"""Characters of one value; a hostile path or origin is cut."""

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def only_allowed(
    _logger: object, _name: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop keys that are not in `ALLOWED`, cut long values, and take out control characters so
    that nobody writes lines of their own."""
    for key in list(line):
        if key not in ALLOWED:
            del line[key]
        elif isinstance(line[key], str) and key != "exception":
            line[key] = CONTROL.sub("?", line[key][:VALUE_LIMIT])
    return line


def bare_traceback(
    _logger: object, _name: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Turn `exc_info` into file, line and kind of error; the error's text may quote somebody."""
    info = line.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else sys.exc_info()[1] if info else None
    if error is not None:
        line["exception"] = trail(error)
    return line


def trail(error: BaseException) -> str:
    """Where an error came from, without what it says: `ValueError at rooms/room.py:12 < ...`."""
    places: list[str] = []
    at = error.__traceback__
    while at is not None:
        code = at.tb_frame.f_code
        file = "/".join(code.co_filename.replace("\\", "/").split("/")[-2:])
        places.append(f"{file}:{at.tb_lineno} {code.co_name}")
        at = at.tb_next
    return f"{type(error).__name__} at " + " < ".join(reversed(places[-12:]))


def configure(stream: Any = None) -> None:
    """Write lines to stderr: JSON for machines, aligned text on a terminal."""
    out = stream or sys.stderr
    pretty = bool(getattr(out, "isatty", lambda: False)())
    last: Any = (
        structlog.dev.ConsoleRenderer(colors=False)
        if pretty
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            bare_traceback,
            only_allowed,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )


def log() -> Any:
    """The logger."""
    return structlog.get_logger()


class LogBridge(logging.Handler):
    """Puts what libraries log into the same lines: their sentence without what they fill into it,
    which may be somebody's."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        error = record.exc_info[1] if record.exc_info else None
        write = log().error if record.levelno >= logging.ERROR else log().warning
        write(str(record.msg), kind=record.name, exc_info=error)
