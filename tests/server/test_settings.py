"""Settings: defaults, environment, origins, and what cannot work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.settings import Settings, Wrong, origin_of, parser, secret_bytes, settings_from


def made(*words: str, **environ: str) -> Settings:
    """Settings of a command line."""
    return settings_from(parser().parse_args(words), environ)


def test_defaults_serve_on_the_loopback() -> None:
    found = made()
    assert (found.host, found.port, found.data.name) == ("127.0.0.1", 8000, "data")
    assert found.address == "http://127.0.0.1:8000"


def test_the_environment_of_production() -> None:
    found = made(
        "--host", "0.0.0.0", PORT="5000", TALANOA_DATA="/srv/t",
        TALANOA_PUBLIC_URL="https://rooms.example.org/",
    )  # fmt: skip
    assert (found.port, found.data) == (5000, Path("/srv/t"))
    assert found.address == "https://rooms.example.org"
    assert "https://rooms.example.org" in found.origins


def test_origins_are_an_exact_list() -> None:
    assert Settings(data=Path("d"), port=8123, lan=("192.168.1.9",)).origins == {
        "http://127.0.0.1:8123",
        "http://localhost:8123",
        "http://[::1]:8123",
        "http://192.168.1.9:8123",
    }


@pytest.mark.parametrize(
    ("url", "origin"),
    [("https://a.example", "https://a.example"), ("https://a.example:443/x", "https://a.example"),
     ("http://a.example:8080", "http://a.example:8080"), ("http://[::1]:80", "http://[::1]")],
)  # fmt: skip
def test_an_origin_is_spelled_as_browsers_do(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("words", "environ"),
    [(["--test-clock", "--lan"], {}), (["--test-clock", "--host", "0.0.0.0"], {}),
     (["--seed", "1"], {}), (["--port", "70000"], {}), ([], {"PORT": "x"}),
     ([], {"TALANOA_PUBLIC_URL": "rooms.example.org"}),
     ([], {"TALANOA_REDIS_URL": "localhost:6379"}), ([], {"TALANOA_REDIS_URL": "http://x"}),
     ([], {"TALANOA_REDIS_URL": "redis://"}), ([], {"TALANOA_REDIS_URL": "redis://x:port"}),
     ([], {"TALANOA_REDIS_REPLICAS": "some"})],
)  # fmt: skip
def test_what_cannot_work_says_why(words: list[str], environ: dict[str, str]) -> None:
    with pytest.raises(Wrong, match=r"\w{4,}"):
        made(*words, **environ)


def test_the_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    first = secret_bytes(settings)
    assert len(first) == 32
    assert secret_bytes(settings) == first
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    assert secret_bytes(Settings(data=tmp_path, secret="given by hand")) == b"given by hand"


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:6379/0", "rediss://me:x@host/1", "unix:///run/redis.sock"]
)
def test_rooms_may_be_kept_in_redis(url: str) -> None:
    found = made(TALANOA_REDIS_URL=url, TALANOA_REDIS_REPLICAS="2")
    assert (found.redis_url, found.redis_replicas) == (url, 2)
    assert made(TALANOA_REDIS_URL="").redis_url == ""
    assert made().redis_replicas is None


def test_of_processes_that_start_at_once_one_makes_the_secret(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: secret_bytes(settings), range(8)))
    assert len(found) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]
