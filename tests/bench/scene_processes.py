"""Two processes on Redis against one: how many rooms two cores carry.

Two cores for two servers, one for Redis and one for the people are more than most machines have to
spare. So all servers share one core here, and processor time is compared: one process with half of
the rooms, then two with all of them, so that each has as much to do as the one had. If each of them
then takes as long as the one did, two cores carry twice the rooms at the same delays.
"""

from typing import Final

from tests.bench.peer import Ours, Scene
from tests.bench.scene_commands import redis_used
from tests.bench.scene_crowd import rooms

ROOMS: Final = 100
PEOPLE: Final = 5


async def compared(peer: Ours, scene: Scene, *, seconds: float, seed: int) -> dict[str, float]:
    """One process, then two with each room on one of them, then with its people on both."""
    found: dict[str, float] = {}
    spent: dict[str, float] = {}
    half = Scene(scene.places[: len(scene.places) // 2], scene.folder)
    runs = (("one", half, 1, True), ("two", scene, 2, True), ("mixed", scene, 2, False))
    for turn, (name, part, processes, by_room) in enumerate(runs):
        before = redis_used(peer)
        run = await rooms(
            peer,
            part,
            seconds=seconds,
            seed=seed * len(runs) + turn,
            processes=processes,
            by_room=by_room,
        )
        spent[name] = run["cpu_s"]
        found |= {
            f"{name}_p50_ms": run["p50_ms"],
            f"{name}_p95_ms": run["p95_ms"],
            f"{name}_cpu_percent": run["cpu_percent"],
            f"{name}_arrived": run["arrived"],
            f"{name}_redis_cpu_s": redis_used(peer).cpu - before.cpu,
        }
        found["probe_missing"] = found.get("probe_missing", 0) + run["probe_missing"]
    found["rooms_ratio"] = 2 * spent["one"] / (spent["two"] / 2)
    found["rooms_ratio_mixed"] = 2 * spent["one"] / (spent["mixed"] / 2)
    return found
