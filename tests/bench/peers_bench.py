"""Ours and the peers on the same work, in turn (`python -m tests.bench peers`): one line of JSON
for each scenario, with its targets (docs/performance.md, *Against the peers*).
"""

import argparse
import asyncio
import contextlib
import importlib
import importlib.util
import json
import os
import platform
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from tests.bench import (
    installed,
    scene_commands,
    scene_crowd,
    scene_join,
    scene_long,
    scene_processes,
    verdict,
)
from tests.bench.peer import EVERYBODY, LOAD_CORE, Ours, Peer, Scene
from tests.bench.verdict import Target

GENERATOR_FULL: Final = 0.9
"""Share of a core from which on this process was the limit, not the server."""

Run = Callable[[Peer, Scene, int], Awaitable[dict[str, float]]]
Prepared = Callable[[Peer], contextlib.AbstractAsyncContextManager[Scene]]

SCENARIOS: Final = (
    "edits",
    "thousand",
    "cursors",
    "rooms",
    "join",
    "commands",
    "long_board",
    "two_processes",
)


def main(words: Sequence[str]) -> None:
    """Read the command line and run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench peers", description=__doc__)
    parser.add_argument("scenario", nargs="*", help=f"{', '.join(SCENARIOS)} (all by default)")
    parser.add_argument("--servers", nargs="+", choices=list(EVERYBODY), default=list(EVERYBODY))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0, help="of load in each run")
    parser.add_argument("--sizes", type=int, nargs="+", help="of edits and cursors; else the usual")
    parser.add_argument("--rooms", type=int, default=1_000)
    parser.add_argument("--edits", type=int, default=100_000, help="of the long board")
    parser.add_argument("--json", type=Path, help="write the lines to this file too")
    parser.add_argument(
        "--first", action="store_true", help="before everything else on both cores (root)"
    )
    options = parser.parse_args(words)
    if unknown := set(options.scenario) - set(SCENARIOS):
        parser.error(f"there is no scenario {', '.join(sorted(unknown))}")
    if options.first:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))  # what we start inherits it
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, {LOAD_CORE})
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(Contest(options).run())


def _loop_factory() -> Any:
    if importlib.util.find_spec("uvloop") is None:
        return None
    return importlib.import_module("uvloop").new_event_loop


class Contest:
    """One call of the command."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.missing: dict[str, str] = {}
        self.notes: dict[str, str] = {}

    async def run(self) -> None:
        """All scenarios, one after the other."""
        peers = self._installed()
        asked = self.options.scenario or SCENARIOS
        for name in SCENARIOS:
            if name in asked:
                await getattr(self, f"_{name}")(peers)

    def _installed(self) -> list[Peer]:
        peers: list[Peer] = []
        for name in self.options.servers:
            peer = EVERYBODY[name]()
            try:
                peer.install()
            except installed.Missing as missing:
                self.missing[name] = str(missing)
            else:
                peers.append(peer)
        return peers

    # The scenarios ------------------------------------------------------------------------------

    async def _edits(self, peers: list[Peer]) -> None:
        for people in self.options.sizes or (10, 50, 200):
            targets = [Target("p95_ms", 1.5 if people >= 200 else 1.0, "best")]
            if people >= 200:
                targets.insert(0, Target("cpu_us_per_delivery", 0.6, "hocuspocus"))
            await self._crowd("edits", peers, 1, people, scene_crowd.edits, targets)

    async def _thousand(self, peers: list[Peer]) -> None:
        targets = [
            Target("within_1s", 1.0, least=True),
            Target("p95_ms", 100.0),
            Target("cpu_percent", 45.0),
        ]
        await self._crowd("thousand", peers, 1, 1_000, scene_crowd.edits, targets)

    async def _cursors(self, peers: list[Peer]) -> None:
        targets = [
            Target("cpu_percent", 0.4, "best"),
            Target("p95_ms", 60.0),
            Target("kb_per_client_s", 0.25, "best"),
        ]
        for people in self.options.sizes or (100, 200):
            await self._crowd("cursors", peers, 1, people, scene_crowd.cursors, targets)

    async def _rooms(self, peers: list[Peer]) -> None:
        targets = [
            Target("cpu_percent", 0.8, "best"),
            Target("p95_ms", 80.0),
            Target("kb_per_connection", 40.0),
        ]
        await self._crowd("rooms", peers, self.options.rooms, 5, scene_crowd.rooms, targets)

    async def _join(self, peers: list[Peer]) -> None:
        board = scene_join.board([f"s{n}" for n in range(1, scene_join.WRITERS + 1)])

        async def run(peer: Peer, scene: Scene, seed: int) -> dict[str, float]:
            return await scene_join.join(peer, scene, seconds=scene_join.OVER_SECONDS, seed=seed)

        targets = [Target("p99_ms", 200.0), Target("p99_ms", 0.1, "hocuspocus")]
        await self._contest(
            {"scenario": "join", "clients": scene_join.PEOPLE},
            peers,
            lambda peer: peer.prepared(1, scene_join.PEOPLE, board),
            run,
            targets,
        )

    async def _commands(self, peers: list[Peer]) -> None:
        people, seconds = scene_commands.PEOPLE, self.options.seconds
        about = {"scenario": "commands", "clients": people}

        async def run(peer: Peer, scene: Scene, seed: int, processes: int) -> dict[str, float]:
            assert isinstance(peer, Ours)
            return await scene_commands.taps(peer, scene, seconds=seconds, processes=processes)

        ours = [peer for peer in peers if isinstance(peer, Ours)]
        await self._contest(
            {**about, "storage": "sqlite", "processes": 1},
            ours,
            lambda peer: peer.prepared(1, people),
            partial(run, processes=1),
            [Target("p95_ms", 60.0)],
        )
        if not ours:
            return
        async with scene_commands.on_redis(1, people) as (peer, scene):
            await self._contest(
                {**about, "storage": "redis", "processes": 2},
                [peer],
                lambda _: _kept(scene),
                partial(run, processes=2),
                [Target("p95_ms", 80.0)],
            )

    async def _long_board(self, peers: list[Peer]) -> None:
        edits = self.options.edits

        async def run(peer: Peer, scene: Scene, seed: int) -> dict[str, float]:
            return await scene_long.opened(peer, edits=edits)

        await self._contest(
            {"scenario": "long_board", "edits": edits},
            [peer for peer in peers if peer.keeps and not peer.name.endswith("flush40")],
            lambda _: _kept(Scene([])),
            run,
            [Target("cold_open_ms", 60.0), Target("disk_ratio", 1.6)],
        )

    async def _two_processes(self, peers: list[Peer]) -> None:
        if not any(isinstance(peer, Ours) for peer in peers):
            return
        seconds = self.options.seconds
        count = min(self.options.rooms, scene_processes.ROOMS)

        async def run(peer: Peer, scene: Scene, seed: int) -> dict[str, float]:
            assert isinstance(peer, Ours)
            return await scene_processes.compared(peer, scene, seconds=seconds, seed=seed)

        async with scene_commands.on_redis(count, scene_processes.PEOPLE) as (peer, scene):
            await self._contest(
                {"scenario": "two_processes", "rooms": count, "by": "processor time"},
                [peer],
                lambda _: _kept(scene),
                run,
                [Target("rooms_ratio", 1.7, least=True)],
            )

    # What they have in common -------------------------------------------------------------------

    async def _crowd(
        self,
        name: str,
        peers: list[Peer],
        rooms: int,
        people: int,
        scene_of: Callable[..., Awaitable[dict[str, float]]],
        targets: list[Target],
    ) -> None:
        seconds = self.options.seconds

        async def run(peer: Peer, scene: Scene, seed: int) -> dict[str, float]:
            return await scene_of(peer, scene, seconds=seconds, seed=seed)

        await self._contest(
            {"scenario": name, "clients": people, "rooms": rooms},
            peers,
            lambda peer: peer.prepared(rooms, people),
            run,
            targets,
        )

    async def _contest(
        self,
        about: dict[str, Any],
        peers: Sequence[Peer],
        prepared: Prepared,
        run: Run,
        targets: list[Target],
    ) -> None:
        """In turn: ours, a peer, the next, and again; then one line."""
        runs: dict[str, list[dict[str, float]]] = {peer.name: [] for peer in peers}
        broken: dict[str, str] = {}
        async with contextlib.AsyncExitStack() as stack:
            scenes = [(peer, await stack.enter_async_context(prepared(peer))) for peer in peers]
            for repeat in range(self.options.repeats):
                for peer, scene in scenes:
                    if peer.name in broken:
                        continue
                    _say(f"{about} {peer.name} {repeat + 1} of {self.options.repeats}")
                    try:
                        runs[peer.name].append(await run(peer, scene, repeat + 1))
                    except (OSError, RuntimeError, TimeoutError) as error:
                        notes = " ".join(getattr(error, "__notes__", ()))
                        broken[peer.name] = f"{error!r} {notes}"[:600]
        found = verdict.summary(runs)
        judged = verdict.judged(found, targets)
        line = {
            **about,
            "seconds": self.options.seconds,
            "repeats": self.options.repeats,
            "machine": f"{platform.machine()} {os.cpu_count()} cores, Python "
            + platform.python_version(),
            "servers": _rounded(found),
            "ratios": verdict.ratios(found),
            "targets": judged,
            "met": all(target["met"] for target in judged),
            "generator_was_the_limit": sorted(
                name
                for name, figures in found.items()
                if figures.get("generator_core", {"median": 0.0})["median"] > GENERATOR_FULL
            ),
            "not_able": sorted(
                name for name, figures in found.items() if verdict.is_broken(figures)
            ),
            "broken": broken,
            "not_installed": self.missing,
        }
        written = json.dumps(line)
        print(written, flush=True)
        if self.options.json:
            with self.options.json.open("a") as file:
                file.write(written + "\n")


@contextlib.asynccontextmanager
async def _kept(scene: Scene) -> AsyncIterator[Scene]:
    yield scene


def _rounded(found: verdict.Summary) -> verdict.Summary:
    return {
        server: {
            figure: {kind: round(value, 3) for kind, value in values.items()}
            for figure, values in figures.items()
        }
        for server, figures in found.items()
    }


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
