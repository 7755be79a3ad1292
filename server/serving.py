"""One serving process: opens the storage, serves until told to stop, and says where it is."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import importlib
import importlib.util
import io
import random
import signal
import socket
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final

import segno
import uvicorn

from rooms import documents
from rooms.storage import StorageDamaged, StorageHeld, StorageTooNew, StorageUnwritable
from rooms.wire import CLOSE_CODES, Goodbye
from server import supervisor
from server.app import running
from server.direct import Direct, fits
from server.log import log
from server.protocol import Prompt
from server.settings import Settings, is_loopback
from server.sockets import Line
from server.supervisor import say_why
from server.templating import NOT_BUILT

FRAME_LIMIT: Final = 1_048_576
"""Bytes of a websocket message (`architecture.md`, The door)."""

BACKLOG: Final = 1_024
"""Connections that wait to be accepted: a hall that reconnects in one second."""

LEAVING_SECONDS: Final = 1.0
"""Over which devices are told to come back when the server goes: at once for a few, spread for a
hall, so that the next process is not asked for everything in the same moment."""

LEAVING_EACH: Final = 0.005
"""Seconds between two devices, at most."""

LEAVING_LOOK: Final = 0.02
"""Seconds between two looks whether all have left."""

GRACE_SECONDS: Final = 5
"""For requests under way when the server is asked to stop."""


COLLECTED: Final = (20_000, 20, 50)
"""How many new objects the garbage collector waits for, and how many of its lesser rounds before a
larger one. Python's own 700 suit a script: with a thousand rooms open, a tenth of a busy core went
into looking through what stays."""


def serve(settings: Settings, listening: socket.socket, *, parent: int | None, quiet: bool) -> int:
    """Serve until a signal comes; returns the exit code. `parent` is the supervisor's pipe, and
    `quiet` leaves out what the first child has said already."""
    gc.collect()
    gc.freeze()  # what was imported stays
    gc.set_threshold(*COLLECTED)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(_run(settings, listening, parent, quiet))
    except KeyboardInterrupt:
        return 0


def _loop_factory() -> Any:
    if importlib.util.find_spec("uvloop") is None:
        return None
    return importlib.import_module("uvloop").new_event_loop


async def _run(
    settings: Settings, listening: socket.socket, parent: int | None, quiet: bool
) -> int:
    if parent is not None:
        supervisor.end_with_parent(parent)
    serving = False
    beating: asyncio.Task[None] | None = None
    try:
        if not settings.redis_url or settings.demo:
            settings.data.mkdir(parents=True, exist_ok=True)
        async with running(settings) as app:
            serving = True
            # The first child opens the demo; it is in the storage when another takes over.
            demo = await _demo(app.state.site, again=quiet) if settings.demo else []
            # What comes before this line may take its time: reading rooms back, for one.
            if parent is not None:
                beating = asyncio.create_task(supervisor.beat(parent))
            documents.warm()
            server = Server(uvicorn_config(app, settings))
            server.lines = lambda: app.state.site.lines
            server.leaving = app.state.site.hub.leave
            if parent is not None:
                server.begun = functools.partial(supervisor.tell_serving, parent)
            if not quiet:
                server.announcement = announcement(settings, demo, app.state.site)
            await server.serve(sockets=[listening])
        if beating is not None:  # to the last: closing takes its time too
            beating.cancel()
    except StorageHeld as held:
        return say_why(str(held), supervisor.DATA_HELD)
    except StorageTooNew as new:
        return say_why(str(new), supervisor.DATA_TOO_NEW)
    except StorageDamaged as damaged:
        return say_why(str(damaged), supervisor.DATA_DAMAGED)
    except (StorageUnwritable, OSError) as error:
        if serving:
            raise
        if settings.redis_url and isinstance(error, StorageUnwritable):
            return say_why(str(error), supervisor.REDIS_AWAY)
        return say_why(
            f"Cannot write in the data folder {settings.data} ({error}).\nMake it writable, free "
            "some space, or choose another one: --data FOLDER.",
            supervisor.DATA_UNWRITABLE,
        )
    return 0


def uvicorn_config(app: Any, settings: Settings) -> uvicorn.Config:
    """The door's settings for uvicorn (`reliability.md` 0.9: its defaults are open doors)."""
    return uvicorn.Config(
        app,
        http=Prompt,
        ws=websocket_protocol(),
        ws_max_size=FRAME_LIMIT,
        ws_per_message_deflate=False,
        # Our own pings say who is there, in frames the browser's provider answers.
        ws_ping_interval=None,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def websocket_protocol() -> Any:
    """Ours where uvicorn's inside is the one it was written for; else uvicorn's own, and then
    every frame goes the ASGI way."""
    if fits():
        return Direct
    log().warning("plain_websockets", reason=f"uvicorn {uvicorn.__version__} is not known inside")
    return "websockets-sansio"


class Server(uvicorn.Server):
    """uvicorn's server, which says where it is once it serves, and ends quietly on a signal."""

    announcement = ""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serves = asyncio.Event()
        self.leaving: Callable[[], None] = lambda: None
        """Called before the first device is told to come back."""
        self.begun: Callable[[], None] = lambda: None
        """Called when it serves."""
        self.lines: Callable[[], Collection[Line]] = lambda: ()
        """The open websockets."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        self.serves.set()
        self.begun()
        if self.announcement and not self.should_exit:
            print(self.announcement, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nobody new, tell everybody to come back, and end."""
        for server in self.servers:
            server.close()
        await self.send_home()
        await super().shutdown(sockets)

    async def send_home(self) -> None:
        """Tell every device, in no order, to come back at once; their pages find the next process
        before anybody notices."""
        self.leaving()
        lines = list(self.lines())
        random.shuffle(lines)
        goodbye = Goodbye(1001, CLOSE_CODES[1001], retry=True)
        pause = min(LEAVING_EACH, LEAVING_SECONDS / (len(lines) or 1))
        for line in lines:
            line.send_home(goodbye)
            await asyncio.sleep(pause)
        for _ in range(round(LEAVING_SECONDS / LEAVING_LOOK)):
            if not self.lines():
                return
            await asyncio.sleep(LEAVING_LOOK)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGTERM and SIGINT, without raising them again afterwards."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            # Not on Windows, and not in a thread of a test.
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def announcement(settings: Settings, demo: Sequence[tuple[str, str]], site: Any) -> str:
    """What is printed when the server serves."""
    lines = ["", f"  Talanoa is here:  {settings.address}/", ""]
    lines += [f"  In this network:  http://{one}:{settings.port}/" for one in settings.lan]
    if settings.lan:
        lines += [
            "",
            *("  " + line for line in terminal_qr(settings.address + "/").splitlines()),
            "  Over plain http a page cannot be kept for offline use; words typed are still kept",
            "  in the browser until they are saved.",
        ]
    elif not is_loopback(settings.host) and not settings.public_url:
        lines.append(
            "  Set TALANOA_PUBLIC_URL to the address people use; browsers that come by another\n"
            "  one than those above are refused at the websocket."
        )
    for label, url in demo:
        lines.append(f"  {label + ':':<26}{url}")
    if settings.test_clock:
        lines.append("  Test clock: time stands still until POST /api/test/clock moves it.")
    if not site.pages.manifest.built:
        lines.append(f"  {NOT_BUILT}")
    return "\n".join(lines) + "\n"


def terminal_qr(url: str) -> str:
    """A QR code in half blocks, dark on light whatever the terminal's colours."""
    out = io.StringIO()
    segno.make(url, error="l", micro=False).terminal(out=out, border=2, compact=True)
    return out.getvalue()


async def _demo(site: Any, *, again: bool) -> Sequence[tuple[str, str]]:
    """Links into the demo's rooms: [(label, address)]."""
    from server.demo import open_demo

    return await open_demo(site, again=again)
