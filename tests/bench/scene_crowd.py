"""One room or many, edits or pointers: what each delivery costs and how long it takes."""

import random
from typing import Final

from tests.bench.crowd import Crowd
from tests.bench.peer import Peer, Place, Running, Scene

WRITERS: Final = {10: 10}
"""Of ten all write; of more, twenty."""

EDITS_A_SECOND: Final = 5.0
MOVES_A_SECOND: Final = 10.0

COUNTED_EDITS: Final = 40
"""Of a thousand, so many are looked at; of up to 200 everybody."""

COUNTED_POINTERS: Final = 20
PROBES: Final = 3


async def edits(peer: Peer, scene: Scene, *, seconds: float, seed: int) -> dict[str, float]:
    """Twenty of a room's people write five times a second each."""
    async with peer.started(scene.folder) as running:
        crowd = await _gathered(peer, running, scene.places)
        people = len(crowd.lines)
        dice = random.Random(seed)
        crowd.probe(range(people - PROBES, people))
        await crowd.take_pens(range(WRITERS.get(people, 20)), dice)
        await crowd.quiet()
        counted = range(people) if people <= 200 else range(0, people, people // COUNTED_EDITS)
        load = await crowd.write(EDITS_A_SECOND, seconds, counted, dice)
        crowd.leave()
        return load.figures() | {"entered_s": crowd.entered}


async def cursors(peer: Peer, scene: Scene, *, seconds: float, seed: int) -> dict[str, float]:
    """Everybody moves a pointer ten times a second."""
    async with peer.started(scene.folder) as running:
        crowd = await _gathered(peer, running, scene.places)
        people = len(crowd.lines)
        dice = random.Random(seed)
        counted = range(0, people, people // COUNTED_POINTERS)
        load = await crowd.point(MOVES_A_SECOND, seconds, counted, dice)
        crowd.leave()
        figures = load.figures()
        figures["kb_per_client_s"] = load.received / people / load.seconds / 1000
        del figures["probe_missing"]
        return figures


async def rooms(
    peer: Peer, scene: Scene, *, seconds: float, seed: int, processes: int = 1, by_room: bool = True
) -> dict[str, float]:
    """Many small rooms in which everybody writes once a second."""
    async with peer.started(scene.folder, processes=processes) as running:
        first = await _gathered(peer, running, scene.places[:processes], by_room=by_room)
        first.leave()
        empty = running.used()
        crowd = await _gathered(peer, running, scene.places, by_room=by_room)
        people = len(crowd.lines)
        full = running.used()
        dice = random.Random(seed)
        crowd.probe([room[-1] for room in crowd.rooms[:: max(1, len(crowd.rooms) // 5)]])
        await crowd.take_pens(range(people), dice)
        await crowd.quiet()
        load = await crowd.write(1.0, seconds, range(people), dice)
        crowd.leave()
        figures = load.figures()
        figures["cpu_s"] = load.cpu
        figures["kb_per_connection"] = (full.memory - empty.memory) / people / 1000
        return figures


async def _gathered(
    peer: Peer, running: Running, places: list[list[Place]], *, by_room: bool = False
) -> Crowd:
    crowd = Crowd(running, by_room=by_room)
    crowd.stay(peer.alive)
    await crowd.enter(places)
    await crowd.quiet()
    return crowd
