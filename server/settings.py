"""Every setting of the server, read once from the command line and the environment."""

from __future__ import annotations

import argparse
import ipaddress
import os
import secrets
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

DEFAULT_PORT: Final = 8000
DEFAULT_DATA: Final = "data"
SECRET_BYTES: Final = 32
"""Signs short-lived cookies; as long as the hash that uses it."""

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")


class Wrong(Exception):
    """A setting that cannot work; `str(error)` says what to change."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the server was started with.

    `public_url` is the address people type, when it is not this machine's own. `lan` lists the
    addresses of this machine that phones in the same network can reach. `trusted_proxies` is
    passed to uvicorn: only these may say for whom they speak (X-Forwarded-For). `fonts` is a folder
    of typefaces for PDFs in scripts the program does not bring. With `redis_url` the rooms are kept
    there, for any number of processes, and a write waits for `redis_replicas` (None: for one
    wherever there is any). `since` is when the steady clock began, in seconds since the epoch, as a
    parent found it; None: as this process finds it.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    demo: bool = False
    lan: tuple[str, ...] = ()
    test_clock: bool = False
    seed: int | None = None
    since: float | None = None
    secret: str = ""
    public_url: str = ""
    trusted_proxies: str = "127.0.0.1"
    fonts: Path | None = None
    redis_url: str = ""
    redis_replicas: int | None = None

    @property
    def address(self) -> str:
        """The address a link starts with when nothing better is known, without a last slash."""
        if self.public_url:
            return self.public_url.rstrip("/")
        if self.lan:
            return f"http://{self.lan[0]}:{self.port}"
        own = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else bracketed(self.host)
        return f"http://{own}:{self.port}"

    @property
    def origins(self) -> frozenset[str]:
        """The exact list of origins a browser may come from (`architecture.md`, The door)."""
        hosts = [*LOOPBACK, *self.lan]
        if self.host not in ("0.0.0.0", "::", ""):
            hosts.append(bracketed(self.host))
        found = {f"http://{host}{'' if self.port == 80 else f':{self.port}'}" for host in hosts}
        if self.public_url:
            found.add(origin_of(self.public_url))
        return frozenset(found)


def bracketed(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def origin_of(url: str) -> str:
    """Scheme, host and port of an address as a browser spells its Origin."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Wrong(f"TALANOA_PUBLIC_URL must look like https://rooms.example.org, not {url!r}.")
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = f":{parts.port}" if parts.port and parts.port != usual else ""
    return f"{parts.scheme}://{bracketed(parts.hostname)}{port}"


def parser() -> argparse.ArgumentParser:
    """The command line of `python -m server`."""
    made = argparse.ArgumentParser(
        prog="python -m server", description="Serve Talanoa rooms.", allow_abbrev=False
    )
    made.add_argument("--host", help="address to listen on (127.0.0.1; with --lan all)")
    made.add_argument("--port", type=int, help=f"port ($PORT or {DEFAULT_PORT}; 0: any free one)")
    made.add_argument("--data", type=Path, help=f"data folder ($TALANOA_DATA or {DEFAULT_DATA}/)")
    made.add_argument("--demo", action="store_true", help="open a room in full swing as well")
    made.add_argument("--lan", action="store_true", help="let phones in this network in")
    made.add_argument("--test-clock", action="store_true", help="tests drive time; loopback only")
    made.add_argument("--seed", type=int, help="with --test-clock: the same dice every time")
    made.add_argument("--unsupervised", action="store_true", help="without a parent that restarts")
    # Between parent and child only: the listening socket, the parent's pipe, when the steady clock
    # began, not the first child.
    made.add_argument("--child", type=int, metavar="FD", help=argparse.SUPPRESS)
    made.add_argument("--parent", type=int, metavar="FD", help=argparse.SUPPRESS)
    made.add_argument("--since", type=float, metavar="EPOCH", help=argparse.SUPPRESS)
    made.add_argument("--again", action="store_true", help=argparse.SUPPRESS)
    return made


def settings_from(options: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from parsed options and the environment; raises `Wrong`."""
    port = options.port if options.port is not None else _port(environ.get("PORT", ""))
    if not 0 <= port <= 65535:
        raise Wrong(f"--port must be between 0 and 65535, not {port}.")
    host = options.host or ("0.0.0.0" if options.lan else "127.0.0.1")
    if options.test_clock and (options.lan or not is_loopback(host)):
        raise Wrong("--test-clock lets anyone move time: it works on 127.0.0.1 only.")
    if options.seed is not None and not options.test_clock:
        raise Wrong("--seed makes the dice predictable: it works with --test-clock only.")
    redis = redis_url(environ.get("TALANOA_REDIS_URL", "").strip())
    public = environ.get("TALANOA_PUBLIC_URL", "").strip()
    if public:
        origin_of(public)
    fonts = environ.get("TALANOA_FONTS", "").strip()
    if fonts and not Path(fonts).is_dir():
        raise Wrong(f"TALANOA_FONTS must be a folder of typefaces; there is none at {fonts}.")
    # Invented people never sit among somebody's own rooms.
    usual = f"{DEFAULT_DATA}/demo" if options.demo else DEFAULT_DATA
    return Settings(
        data=Path(options.data or environ.get("TALANOA_DATA") or usual).absolute(),
        host=host,
        port=port,
        demo=options.demo,
        lan=tuple(lan_addresses()) if options.lan else (),
        test_clock=options.test_clock,
        seed=options.seed,
        since=options.since,
        secret=environ.get("TALANOA_SECRET", ""),
        public_url=public,
        trusted_proxies=environ.get("TALANOA_TRUSTED_PROXIES", "127.0.0.1"),
        fonts=Path(fonts).absolute() if fonts else None,
        redis_url=redis,
        redis_replicas=_replicas(environ.get("TALANOA_REDIS_REPLICAS", "").strip()),
    )


def redis_url(url: str) -> str:
    """The address of a Redis or Valkey server, checked; raises `Wrong`, without the password."""
    if not url:
        return ""
    example = "redis://127.0.0.1:6379/0, rediss://user:password@host/0 or unix:///run/redis.sock"
    try:
        parts = urlsplit(url)
        usable = bool(parts.path if parts.scheme == "unix" else parts.hostname)
        usable = usable and (parts.port is None or parts.port > 0)
    except ValueError:
        raise Wrong(f"TALANOA_REDIS_URL must look like {example}.") from None
    if not usable or parts.scheme not in ("redis", "rediss", "unix"):
        raise Wrong(f"TALANOA_REDIS_URL must look like {example}.")
    return url


def _replicas(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or int(text) > 9:
        raise Wrong(f"TALANOA_REDIS_REPLICAS must be a number from 0 to 9, not {text!r}.")
    return int(text)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def lan_addresses() -> Sequence[str]:
    """IPv4 addresses of this machine that others in its network can reach, likeliest first."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: only asks which way it would go
            found.append(probe.getsockname()[0])
        except OSError:
            pass  # no way out: a hall without internet; the names below may still know
    try:
        infos = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        found += [str(info[4][0]) for info in infos]
    except OSError:
        pass
    usable = [address for address in found if not ipaddress.ip_address(address).is_loopback]
    return list(dict.fromkeys(usable))


def secret_bytes(settings: Settings) -> bytes:
    """The server's secret: `TALANOA_SECRET`, or one kept in the data folder, readable by its owner.

    Raises `OSError` when the folder cannot be written.
    """
    if settings.secret:
        return settings.secret.encode()
    settings.data.mkdir(parents=True, exist_ok=True)
    place = settings.data / "secret"
    try:
        kept = place.read_bytes()
        if len(kept) >= SECRET_BYTES:
            return kept
        place.unlink()  # cut off by a crash of an older version
    except FileNotFoundError:
        pass
    beside = place.with_suffix(f".{os.getpid()}-{secrets.token_hex(4)}")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, place)  # of several processes that start at once, one makes it
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
    return place.read_bytes()


def _port(text: str) -> int:
    if not text:
        return DEFAULT_PORT
    try:
        return int(text)
    except ValueError:
        raise Wrong(f"PORT must be a number, not {text!r}.") from None
