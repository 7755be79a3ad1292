"""`python -m server`: serve, or say in plain words why not; `... memo` remakes a memo's files,
`... backup`, `... restore` and `... mend` keep and bring back the rooms."""

from __future__ import annotations

import errno
import logging
import socket
import sys
import time
from collections.abc import Callable, Sequence

import msgspec

from server import supervisor
from server.log import LogBridge, configure
from server.settings import Settings, Wrong, parser, settings_from
from server.supervisor import limit_dead_peers, listening_socket, say_why


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code (see `supervisor`)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["memo"]:
        from server import memo_command

        return memo_command.main(words[1:])
    if words[:1] in (["backup"], ["restore"], ["mend"]):
        from server import backup_command

        return backup_command.main(words)
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
        return say_why(str(wrong), supervisor.WRONG_SETTING)
    except OSError as error:
        return say_why(port_trouble(error, settings), supervisor.PORT_TAKEN)
    port = listening.getsockname()[1]
    supervised = options.child is None and not options.unsupervised and sys.platform != "win32"
    if supervised:
        with listening:
            return supervisor.Supervisor(listening, _child(words, listening, port)).run()
    # Only here, so that the parent stays small and starts its child at once.
    from server.serving import serve

    settings = msgspec.structs.replace(settings, port=port)
    return serve(settings, listening, parent=options.parent, quiet=options.again)


def _child(
    words: Sequence[str], listening: socket.socket, port: int
) -> Callable[[bool, int], list[str]]:
    # A child that is replaced after the machine's clock was set goes on from the same time.
    since = time.time() - time.monotonic()

    def command(again: bool, reading: int) -> list[str]:
        made = [sys.executable, "-m", "server", *words, "--port", str(port)]
        made += ["--child", str(listening.fileno()), "--parent", str(reading)]
        made += ["--since", str(since)]
        return [*made, "--again"] if again else made

    return command


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


if __name__ == "__main__":
    sys.exit(main())
