"""`python -m server`: serve, or say in plain words why not."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib
import importlib.util
import logging
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

import segno
import uvicorn

from rooms.storage import StorageHeld, StorageTooNew, StorageUnwritable
from rooms.wire import COMMAND_LIMIT
from server import supervisor
from server.app import running
from server.log import LogBridge, configure
from server.protocol import Prompt, limit_dead_peers, listening_socket
from server.settings import Settings, Wrong, is_loopback, parser, settings_from
from server.templating import NOT_BUILT

FRAME_LIMIT: Final = 1_048_576
"""Bytes of a websocket message (`architecture.md`, The door)."""

BACKLOG: Final = 1_024
"""Connections that wait to be accepted: a hall that reconnects in one second."""

GRACE_SECONDS: Final = 5
"""For requests under way when the server is asked to stop."""

assert COMMAND_LIMIT < FRAME_LIMIT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code (see `supervisor`)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = parser().parse_args(words)
    configure()
    logging.basicConfig(handlers=[LogBridge()], level=logging.WARNING, force=True)
    try:
        settings = settings_from(options)
        if options.child is not None:
            listening = socket.socket(fileno=options.child)
            limit_dead_peers(listening)
        else:
            listening = listening_socket(settings.host, settings.port)
    except Wrong as wrong:
        return _say_why(str(wrong), supervisor.WRONG_SETTING)
    except OSError as error:
        return _say_why(port_trouble(error, settings), supervisor.PORT_TAKEN)
    port = listening.getsockname()[1]
    supervised = options.child is None and not options.unsupervised and sys.platform != "win32"
    if supervised:
        with listening:
            return supervisor.Supervisor(listening, _child(words, listening, port)).run()
    return _serve(_replaced(settings, port), listening, parent=options.parent, quiet=options.again)


def _child(words: Sequence[str], listening: socket.socket, port: int) -> Any:
    def command(again: bool, reading: int) -> list[str]:
        made = [sys.executable, "-m", "server", *words, "--port", str(port)]
        made += ["--child", str(listening.fileno()), "--parent", str(reading)]
        return [*made, "--again"] if again else made

    return command


def _replaced(settings: Settings, port: int) -> Settings:
    import msgspec

    return msgspec.structs.replace(settings, port=port)


def _say_why(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return code


def port_trouble(error: OSError, settings: Settings) -> str:
    """What to do about a port that cannot be had."""
    where = f"{settings.host}:{settings.port}"
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Port {settings.port} is in use: another program, perhaps another Talanoa, "
                f"listens on {where}.\nStop it, or choose another port: --port "
                f"{settings.port + 1}."
            )
        case errno.EACCES | errno.EPERM:
            return f"Port {settings.port} needs more rights. Choose one above 1023: --port 8000."
        case errno.EADDRNOTAVAIL:
            return f"{settings.host} is not an address of this machine. Try --host 127.0.0.1."
        case _:
            return f"Cannot listen on {where}: {error.strerror or error}."


def _serve(settings: Settings, listening: socket.socket, *, parent: int | None, quiet: bool) -> int:
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
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        async with running(settings) as app:
            serving = True
            # The first child opens the demo; it is in the storage when another takes over.
            demo = await _demo(app.state.site) if settings.demo and not quiet else []
            # What comes before this line may take its time: reading rooms back, for one.
            watching = asyncio.create_task(supervisor.watchdog()) if parent is not None else None
            try:
                server = Server(uvicorn_config(app, settings))
                if not quiet:
                    server.announcement = announcement(settings, demo, app.state.site)
                await server.serve(sockets=[listening])
            finally:
                if watching is not None:
                    watching.cancel()
    except StorageHeld as held:
        return _say_why(str(held), supervisor.DATA_HELD)
    except StorageTooNew as new:
        return _say_why(str(new), supervisor.DATA_TOO_NEW)
    except (StorageUnwritable, OSError) as error:
        if serving:
            raise
        return _say_why(
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
        ws="websockets-sansio",
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


class Server(uvicorn.Server):
    """uvicorn's server, which says where it is once it serves, and ends quietly on a signal."""

    announcement = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        if self.announcement and not self.should_exit:
            print(self.announcement, flush=True)

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
    import io

    out = io.StringIO()
    segno.make(url, error="l", micro=False).terminal(out=out, border=2, compact=True)
    return out.getvalue()


async def _demo(site: Any) -> Sequence[tuple[str, str]]:
    """Links into the demo's room: [(label, address)]."""
    if importlib.util.find_spec("server.demo") is None:
        return []
    found: Sequence[tuple[str, str]] = await importlib.import_module("server.demo").open_demo(site)
    return found


if __name__ == "__main__":
    sys.exit(main())
