"""What a Redis or Valkey server promises by its settings, and what it promises less than it could.

Measured (`reliability.md` 5.2): with `appendfsync everysec` a mere kill of the server loses writes
that were acknowledged; with `always` none. A failover loses what the replica did not have, unless
WAIT was asked and its answer looked at. `docs/operations.md` has the table for operators.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import ResponseError


class Less(msgspec.Struct, frozen=True):
    """Something that is promised less. `sentence`: for whoever runs the server."""

    code: str
    sentence: str


class Found(msgspec.Struct, frozen=True):
    """What there is to say, and how many replicas a write waits for."""

    warnings: tuple[Less, ...]
    wait_for: int = 0


def judge(
    settings: dict[str, str] | None, attached: int, wanted: int | None, *, cluster: bool = False
) -> Found:
    """From the server's settings (None: it does not say), how many replicas are attached, and how
    many were asked for (None: one wherever there is any)."""
    said: list[Less] = []
    if settings is None:
        said.append(
            Less(
                "settings_hidden",
                "Redis does not say how it is set up (CONFIG is not allowed). What is saved stays"
                " saved only with appendonly yes, appendfsync always, maxmemory-policy noeviction.",
            )
        )
    else:
        said += _of_settings(settings)
    if cluster:
        if attached or wanted:
            said.append(
                Less(
                    "replicas_of_cluster",
                    "In a Redis Cluster no write waits for a replica: when one takes over, about a"
                    " second of what people were told is saved can be lost.",
                )
            )
        return Found(tuple(said))
    wait_for = min(attached, 1) if wanted is None else wanted
    if wait_for > attached:
        said.append(
            Less(
                "no_replica",
                f"TALANOA_REDIS_REPLICAS asks for {wait_for}, and {attached} are attached: nothing"
                " can be saved until there are enough.",
            )
        )
    return Found(tuple(said), wait_for)


def _of_settings(settings: dict[str, str]) -> list[Less]:
    said: list[Less] = []
    if settings.get("appendonly") != "yes":
        said.append(
            Less(
                "no_log",
                "Redis keeps no log (appendonly is not yes): when it ends, what came since its last"
                " snapshot is lost, or all. Set appendonly yes and appendfsync always.",
            )
        )
    elif settings.get("appendfsync") != "always":
        said.append(
            Less(
                "log_not_at_once",
                "Redis does not write its log to the disk at once (appendfsync is not always): when"
                " it is killed, a second of what people were told is saved is lost. Set it to"
                " always.",
            )
        )
    limit = settings.get("maxmemory", "0")
    if limit not in ("", "0") and settings.get("maxmemory-policy", "noeviction") != "noeviction":
        said.append(
            Less(
                "evicts",
                "Redis throws keys away when its memory is full (maxmemory-policy is not"
                " noeviction): whole rooms can vanish. Set maxmemory-policy noeviction.",
            )
        )
    return said


async def look(nodes: Sequence[Redis], wanted: int | None, *, cluster: bool) -> Found:
    """Ask every server, and judge by the one that promises least."""
    found: list[Found] = []
    for node in nodes:
        replication: dict[str, Any] = await node.info("replication")
        attached = int(replication.get("connected_slaves", 0))
        found.append(judge(await _settings(node), attached, wanted, cluster=cluster))
    said = dict.fromkeys(warning for one in found for warning in one.warnings)
    return Found(tuple(said), max((one.wait_for for one in found), default=0))


async def _settings(node: Redis) -> dict[str, str] | None:
    wanted = ("appendonly", "appendfsync", "maxmemory", "maxmemory-policy")
    settings: dict[str, str] = {}
    try:
        for name in wanted:
            answer = await node.config_get(name)
            settings |= {str(setting): str(value) for setting, value in answer.items()}
    except ResponseError:
        return None
    return settings
