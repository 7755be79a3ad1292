"""The way to a Redis or Valkey server: writes in order and in groups, reads beside them.

All writes of a process go through one task. It takes whatever has been asked since it last looked,
sends it as one pipeline, waits once, and only then answers: groups grow by themselves when the
server is slow, and the order is that of asking. Where a replica must have a write too, the group
ends with WAIT, and what it says is checked (`reliability.md` 5.2).

A connection that breaks under a write leaves open whether the write was kept. The asker is told
that it was not, and tries again: an append then finds its number taken and its own commit in the
log, and an update of a document changes nothing the second time.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import structlog
from redis.asyncio import Redis, RedisCluster
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ReadOnlyError, RedisError, ResponseError

from rooms.storage import StorageUnwritable

BATCH_LIMIT: Final = 256
"""Requests in one group: bounds how long the first of them waits."""

CONNECT_SECONDS: Final = 2.0
ANSWER_SECONDS: Final = 3.0
"""Longer than a busy disk takes; short enough that people are told within 5 s."""

REPLICA_MS: Final = 1_000
"""For a replica to say that it has a group."""

READS_AT_ONCE: Final = 16
"""Connections for reading; who finds none free waits for one."""

PAUSES: Final = (0.1, 0.2, 0.5, 1.0)
"""Seconds between tries to come back; the last one again and again. A server that is back serves
people within 15 s."""

Command = tuple[Any, ...]

log = structlog.get_logger("rooms")


class _Request:
    """Commands that are sent in a row, and where their answers go."""

    __slots__ = ("commands", "future")

    def __init__(
        self, commands: Sequence[Command], future: "asyncio.Future[list[Any]] | None"
    ) -> None:
        self.commands = commands
        self.future = future


async def stop(task: "asyncio.Task[None]") -> None:
    """End a task that speaks with Redis: the client may keep a cancellation to itself, while it
    makes a connection or waits for an answer, so it is told again until it has ended."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=0.2)


class RedisLine:
    """See the module. Made by `open`, ended by `close`."""

    def __init__(self, url: str, client: "Redis | RedisCluster", writer: "Redis | RedisCluster"):
        self.url = url
        self.client = client
        """For reading, and for questions about the server."""
        self.is_cluster = isinstance(client, RedisCluster)
        self.replicas = 0
        """How many replicas must have a write before it is answered."""
        self._silent_since: float | None = None
        self._refusing_since: float | None = None
        self.groups = 0
        """Groups of writes so far."""
        self._writer = writer
        self._waiting: list[_Request] = []
        self._wake = asyncio.Event()
        self._closing = False
        self._reading = asyncio.Semaphore(READS_AT_ONCE)
        self._task = asyncio.create_task(self._serve(), name="redis writes")

    @classmethod
    async def open(cls, url: str) -> "RedisLine":
        """Reach the server, a single one or any node of a cluster. Raises `StorageUnwritable`."""
        probe = Redis.from_url(url, **_options())
        try:
            info = await probe.info("cluster")
        except (RedisError, OSError, TimeoutError) as error:
            raise unreachable(url, error) from error
        finally:
            await probe.aclose()
        made: list[Redis | RedisCluster] = []
        try:
            for _ in ("reading", "writing"):
                if info.get("cluster_enabled"):
                    made.append(await RedisCluster.from_url(url, **_options(retries=1)))
                else:
                    made.append(Redis.from_url(url, **_options()))
        except (RedisError, OSError, TimeoutError) as error:
            for client in made:
                await client.aclose()
            raise unreachable(url, error) from error
        return cls(url, made[0], made[1])

    @property
    def trouble(self) -> float:
        """For how many seconds the server has not answered, or has kept nothing; 0.0 while all is
        well."""
        since = [at for at in (self._silent_since, self._refusing_since) if at is not None]
        return time.monotonic() - min(since) if since else 0.0

    async def close(self) -> None:
        """Send what waits, and let go."""
        if not self._closing:
            self._closing = True
            self._wake.set()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self._writer.aclose()
        await self.client.aclose()

    async def write(self, *commands: Command) -> list[Any]:
        """Have commands done one after the other, durable as the server is set up to be; returns
        their answers. Raises `StorageUnwritable`. Whoever stops waiting does not stop the work."""
        if self._closing:
            raise StorageUnwritable("The storage is closed.")
        future: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Request(commands, future))
        self._wake.set()
        return await future

    def write_later(self, *commands: Command) -> None:
        """The same for what nobody waits for, and what may be lost."""
        if not self._closing:
            self._waiting.append(_Request(commands, None))
            self._wake.set()

    async def read(self, *command: Any) -> Any:
        """One question. Raises `StorageUnwritable` when the server does not answer."""
        async with self._reading, self.reaching():
            async with asyncio.timeout(ANSWER_SECONDS):
                try:
                    return await self.client.execute_command(*command)
                except RedisConnectionError:
                    # The line may have been cut while nobody used it; asking twice does no harm.
                    return await self.client.execute_command(*command)

    @contextlib.asynccontextmanager
    async def reaching(self) -> AsyncIterator[None]:
        """Whatever is wrong with the server in this block becomes `StorageUnwritable`."""
        since = time.monotonic()
        try:
            yield
        except (RedisError, OSError, TimeoutError) as error:
            self._noticed(error, since)
            raise unreachable(self.url, error) from error
        self._noticed(None)

    @contextlib.asynccontextmanager
    async def nodes(self) -> AsyncIterator[list[Redis]]:
        """Every server that takes writes, for questions about itself: one, or those of a
        cluster."""
        if not isinstance(self.client, RedisCluster):
            yield [self.client]
            return
        options = self.client.connection_kwargs
        kept = ("username", "password", "connection_class", "ssl_ca_certs", "ssl_cert_reqs")
        shared = {name: options[name] for name in kept if options.get(name) is not None}
        shared.pop("connection_class", None)
        made = [
            Redis(host=node.host, port=int(node.port), **{**_options(), **shared})
            for node in self.client.get_primaries()
        ]
        try:
            yield made
        finally:
            for node in made:
                await node.aclose()

    async def _serve(self) -> None:
        while True:
            await self._wake.wait()
            batch, self._waiting = self._waiting[:BATCH_LIMIT], self._waiting[BATCH_LIMIT:]
            if not batch:
                if self._closing:
                    return
                self._wake.clear()
                continue
            since = time.monotonic()
            try:
                answers: list[Any] | BaseException = await self._send(batch)
            except Exception as error:
                if not isinstance(error, (RedisError, OSError, TimeoutError)):
                    # A bug of ours: whoever waits must not wait for ever.
                    log.exception("redis_group_failed", count=len(batch))
                answers = error
                self._noticed(error, since)
            self.groups += 1
            self._answer(batch, answers)

    async def _send(self, batch: list[_Request]) -> list[Any]:
        since = time.monotonic()
        commands = [command for request in batch for command in request.commands]
        async with asyncio.timeout(ANSWER_SECONDS):
            if isinstance(self._writer, RedisCluster):
                cluster = self._writer.pipeline()
                for command in commands:
                    cluster.execute_command(*command)
                answers = await cluster.execute(raise_on_error=False)
            else:
                pipeline = self._writer.pipeline(transaction=False)
                for command in commands:
                    pipeline.execute_command(*command)
                if self.replicas:
                    pipeline.execute_command("WAIT", self.replicas, REPLICA_MS)
                answers = await pipeline.execute(raise_on_error=False)
        self._noticed(None)
        missing = None
        if self.replicas and not self.is_cluster:
            kept = answers.pop()
            if isinstance(kept, BaseException) or kept < self.replicas:
                missing = ResponseError("the replica has not said that it has this")
        refused = missing or next(filter(_is_unwell, answers), None)
        if refused is None:
            self._refusing_since = None
        elif self._refusing_since is None:
            self._refusing_since = since
        if missing is not None:
            raise missing
        return list(answers)

    def _answer(self, batch: list[_Request], answers: list[Any] | BaseException) -> None:
        at = 0
        for request in batch:
            mine: list[Any] = []
            trouble: BaseException | None = None
            if isinstance(answers, BaseException):
                trouble = answers
            else:
                mine = answers[at : at + len(request.commands)]
                at += len(request.commands)
                trouble = next((one for one in mine if isinstance(one, BaseException)), None)
            if request.future is None or request.future.done():
                if trouble is not None:
                    log.warning("redis_lost", reason=type(trouble).__name__)
            elif trouble is None:
                request.future.set_result(mine)
            else:
                refused = unreachable(self.url, trouble)
                refused.__cause__ = trouble
                request.future.set_exception(refused)

    def _noticed(self, error: BaseException | None, since: float = 0.0) -> None:
        """Remember since when the server has not answered."""
        if error is None:
            self._silent_since = None
        elif isinstance(error, ResponseError):  # it answers; what it says is the writer's business
            return
        elif self._silent_since is None:
            self._silent_since = since


def _is_unwell(answer: object) -> bool:
    """Whether the server keeps nothing at all now: no memory, no disk, or a replica meanwhile."""
    if isinstance(answer, (OutOfMemoryError, ReadOnlyError)):
        return True
    return isinstance(answer, ResponseError) and str(answer).startswith(("MISCONF", "NOREPLICAS"))


def unreachable(url: str, error: BaseException) -> StorageUnwritable:
    """What to tell whoever runs the server; never with the password that may be in the address."""
    why = str(error) or type(error).__name__
    return StorageUnwritable(
        f"Redis at {place(url)} does not keep what it is given ({why})."
        " See that it runs, that it can be reached from here, and that its disk is not full."
    )


def place(url: str) -> str:
    """Where a server is, without user and password."""
    options = parse_url(url)
    if "path" in options:
        return str(options["path"])
    return f"{options.get('host', 'localhost')}:{options.get('port', 6379)}"


def _options(retries: int = 0) -> dict[str, Any]:
    """`retries`: in a cluster one, for what has moved to another node."""
    return {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "retry": Retry(NoBackoff(), retries),
        "client_name": "talanoa",
    }
