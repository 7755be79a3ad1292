"""Medians and spread of interleaved repeats, ratios against the peers, and which target is met."""

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

OURS: Final = "ours"
DEFAULT: Final = "hocuspocus"

BROKEN_WITHIN: Final = 0.99
"""A server that delivers less than this within a second is no best peer."""

BROKEN_P95_MS: Final = 1_000.0

Runs = Mapping[str, Sequence[Mapping[str, float]]]
"""The figures of each repeat, by server."""

Summary = dict[str, dict[str, dict[str, float]]]
"""server -> figure -> median, min, max"""


class Target(msgspec.Struct, frozen=True):
    """A figure to reach. `against` a peer the limit is a factor, else a plain value; `least`: at
    least, not at most."""

    figure: str
    limit: float
    against: Literal["", "best", "hocuspocus"] = ""
    least: bool = False
    server: str = OURS


def summary(runs: Runs) -> Summary:
    """Median, least and most of every figure."""
    found: Summary = {}
    for server, repeats in runs.items():
        if repeats:
            found[server] = {
                figure: {
                    "median": statistics.median(run[figure] for run in repeats),
                    "min": min(run[figure] for run in repeats),
                    "max": max(run[figure] for run in repeats),
                }
                for figure in repeats[0]
            }
    return found


def is_broken(figures: Mapping[str, Mapping[str, float]]) -> bool:
    """Whether a server did not manage this work at all."""
    within = figures.get("within_1s", figures.get("arrived", {"median": 1.0}))["median"]
    missing = figures.get("probe_missing", {"median": 0.0})["median"]
    late = "within_1s" in figures and figures["p95_ms"]["median"] > BROKEN_P95_MS
    return within < BROKEN_WITHIN or late or missing > 0


def judged(found: Summary, targets: Sequence[Target]) -> list[dict[str, Any]]:
    """Each target with what was reached: met, missed, or None when nothing can be said."""
    lines: list[dict[str, Any]] = []
    for target in targets:
        line: dict[str, Any] = {
            "figure": target.figure,
            "at_least" if target.least else "at_most": target.limit,
            "against": target.against or "itself",
        }
        value: float | None = None
        if target.server in found and target.figure in found[target.server]:
            value = found[target.server][target.figure]["median"]
        if target.against and value is not None:
            name, reference = _reference(found, target)
            line["peer"] = name
            value = value / reference if reference else None
        if value is None or math.isnan(value):
            line |= {"reached": None, "met": None}
        else:
            met = value >= target.limit if target.least else value <= target.limit
            line |= {"reached": round(value, 3), "met": met}
        lines.append(line)
    return lines


def _reference(found: Summary, target: Target) -> tuple[str, float]:
    peers = {
        name: figures[target.figure]["median"]
        for name, figures in found.items()
        if not name.startswith(OURS) and target.figure in figures
    }
    if target.against == DEFAULT:
        return DEFAULT, peers.get(DEFAULT, 0.0)
    # Somebody who did not do the work was not quick at it.
    able = {name: value for name, value in peers.items() if not is_broken(found[name])}
    if not able:
        return "", 0.0
    best = min(able, key=lambda name: able[name])
    return best, able[best]


def ratios(found: Summary) -> dict[str, dict[str, float]]:
    """Ours against each peer, figure by figure."""
    ours = found.get(OURS, {})
    return {
        name: {
            figure: round(ours[figure]["median"] / values["median"], 3)
            for figure, values in figures.items()
            if figure in ours and values["median"]
        }
        for name, figures in found.items()
        if name != OURS
    }
