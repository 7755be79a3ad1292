"""`./dev`: what it says, what it skips, what it passes on, and the pins it installs from."""

from __future__ import annotations

import ast
import asyncio
import importlib.machinery
import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import IO

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
PYTHON = Path(sys.executable)


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`./dev` as a module that keeps its things in an empty folder."""
    loader = importlib.machinery.SourceFileLoader("dev_under_test", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # no devc beside dev
    loader.exec_module(module)
    for name, place in {
        "ROOT": ".",
        "SETUP": ".setup",
        "VENV": ".venv",
        "LOG": ".setup/log.txt",
    }.items():
        monkeypatch.setattr(module, name, tmp_path / place)
    return module


# ---------------------------------------------------------------- what it says


def test_help_names_every_command() -> None:
    told = subprocess.run(
        [PYTHON, ROOT / "dev", "--help"], capture_output=True, text=True, check=True
    ).stdout
    for name in ("run", "test", "check", "bench", "build", "gallery"):
        assert re.search(rf"^ +{name} ", told, re.M)


def test_an_older_python_can_read_the_file() -> None:
    """Or it could not say that it is too old."""
    ast.parse((ROOT / "dev").read_text(), feature_version=(3, 7))


def test_a_python_too_old_is_told_in_words(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(dev.Trouble, match=r"needs Python 3\.11 or newer; this is 3\.9"):
        dev.newer_python()


def test_a_step_says_what_it_does_and_how_long(
    dev: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.step("Making tea", [PYTHON, "-c", "print('hot')"]).strip() == "hot"
    assert re.fullmatch(r"  Making tea \.\.\. done, \d+(\.\d)? s\n", capsys.readouterr().out)


@pytest.mark.slow
def test_a_long_step_says_that_it_goes_on(
    dev: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "STILL_AT_IT_SECONDS", 0)
    dev.step("Waiting", [PYTHON, "-c", "import threading; threading.Event().wait(0.5)"])
    assert "still at it after" in capsys.readouterr().out


def test_a_failed_step_tells_why_and_where_to_read_on(dev: ModuleType) -> None:
    code = "print('the reason'); raise SystemExit(3)"
    with pytest.raises(dev.Trouble) as caught:
        dev.step("Making tea", [PYTHON, "-c", code])
    told = str(caught.value)
    assert told.startswith("Making tea: that did not work.")
    assert "the reason" in told
    assert "log.txt" in told
    assert "registries cannot be reached" not in told


@pytest.mark.parametrize(
    "output",
    [
        "npm error code ENOTFOUND",
        "Failed to establish a new connection: [Errno -3] Temporary failure in name resolution",
        "ERROR: No matching distribution found for starlette",
        "Temporary failure resolving 'deb.example.org'",
    ],
)
def test_no_network_is_named_as_such(dev: ModuleType, output: str) -> None:
    told = dev.explain("Installing", output)
    assert "registries cannot be reached" in told
    assert "PIP_INDEX_URL" in told


def test_a_program_that_is_not_there_is_trouble(dev: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(dev.Trouble, match="Could not start"):
        dev.step("Making tea", [tmp_path / "kettle"])


def test_an_unknown_browser_is_refused(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(dev.Trouble, match="CHROMIUM names /nowhere/chromium"):
        dev.ensure_browser()


def test_a_browser_that_does_not_start_is_passed_over(dev: ModuleType, tmp_path: Path) -> None:
    stub = tmp_path / "chromium-browser"
    stub.write_text("#!/bin/sh\necho 'please install the snap'\nexit 1\n")
    stub.chmod(0o755)
    assert not dev.starts(str(stub))
    assert not dev.starts(None)


# ---------------------------------------------------------------- what it skips


def test_a_stamp_holds_until_a_source_changes(dev: ModuleType, tmp_path: Path) -> None:
    source = tmp_path / "src" / "deep" / "a.ts"
    source.parent.mkdir(parents=True)
    source.write_text("one")
    before = dev.fingerprint("words", tmp_path / "src", tmp_path / "absent")
    assert not dev.stamped(tmp_path, "build", before)
    dev.stamp(tmp_path, "build", before)
    assert dev.stamped(
        tmp_path, "build", dev.fingerprint("words", tmp_path / "src", tmp_path / "absent")
    )
    source.write_text("two")
    assert not dev.stamped(tmp_path, "build", dev.fingerprint("words", tmp_path / "src"))


def test_running_needs_nothing_of_the_tests(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "ROOT", ROOT)
    running, testing = set(dev.requirements(False)), set(dev.requirements(True))
    assert running < testing
    assert not any(re.match("pytest|playwright|hypothesis|mypy|ruff", name) for name in running)


def test_two_set_ups_do_not_run_together(dev: ModuleType, tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")

    def free(lock: IO[str]) -> bool:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    with dev.alone(), (tmp_path / ".setup" / "lock").open("w") as second:
        assert not free(second)
    with (tmp_path / ".setup" / "lock").open("w") as second:
        assert free(second)


# ---------------------------------------------------------------- what it passes on


def test_run_passes_its_flags_to_the_server(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(dev, "set_up", lambda **_: None)

    def become(words: list[str | Path]) -> int:
        started.append([str(word) for word in words])
        return 0

    monkeypatch.setattr(dev, "become", become)
    monkeypatch.chdir(tmp_path)
    line = "run --port 8123 --host ::1 --data rooms --demo --lan --test-clock --seed 7 --new 1"
    options, rest = dev.parser().parse_known_args(line.split())
    assert options.do(options, rest) == 0
    flags = " ".join(started[0][1:])
    assert flags == (
        f"-m server --host ::1 --port 8123 --seed 7 --data {tmp_path / 'rooms'} "
        "--demo --lan --test-clock --new 1"
    )


def test_every_test_runs_once_and_promised_seconds_by_themselves(dev: ModuleType) -> None:
    """No test is left between the three runs, and named tests are one plain run."""
    (_, others), (_, browsers), (_, promises) = dev.test_runs([], [], browsers=True)
    assert others[-2:] == ["-m", "not browser"]
    assert browsers[-2:] == ["-m", "browser and not alone"]
    assert browsers[2:4] == ["--dist", "loadfile"]  # a module's server and its dice stay one row
    assert promises == ["-m", "browser and alone"]
    assert [name for name, _ in dev.test_runs(["--quick"], [], browsers=False)] == [
        "pytest, all but browsers"
    ]
    assert dev.test_runs(["--quick"], ["tests/rooms"], browsers=True) == [
        ("pytest", ["--quick", "tests/rooms"])
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--quick"], {"plain"}),
        ([], {"plain", "slow", "browser", "node"}),
        (["--long"], {"plain", "slow", "browser", "node", "long"}),
    ],
)
def test_campaigns_run_what_they_say(flags: list[str], expected: set[str], tmp_path: Path) -> None:
    marks = ("slow", "browser", "node", "long")
    body = "".join(f"@pytest.mark.{mark}\ndef test_{mark}(): pass\n" for mark in marks)
    file = tmp_path / "test_marks.py"
    file.write_text(f"import pytest\ndef test_plain(): pass\n{body}")
    config = str(ROOT / "pyproject.toml")
    command = [str(PYTHON), "-m", "pytest", "-c", config, "-p", "tests.conftest", "--collect-only"]
    told = subprocess.run(
        [*command, "-q", "-p", "no:cacheprovider", *flags, str(file)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout
    assert set(re.findall(r"::test_(\w+)", told)) == expected


# ---------------------------------------------------------------- pins and papers


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_python_package_is_pinned_and_no_host_is_named() -> None:
    pins = (ROOT / "constraints.txt").read_text()
    assert "://" not in pins
    assert "index-url" not in pins
    pinned = {plain(line.partition("==")[0]) for line in pins.splitlines() if "==" in line}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {plain(re.split(r"[<>=!;\[ ]", one, maxsplit=1)[0]) for one in asked}
    assert names <= pinned, f"not in constraints.txt: {sorted(names - pinned)}"


def test_every_web_package_is_pinned_exactly_and_has_no_address() -> None:
    package = json.loads((ROOT / "web" / "package.json").read_text())
    for wanted in (package["dependencies"], package["devDependencies"]):
        for name, version in wanted.items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} {version}"
    lock = (ROOT / "web" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    root = json.loads(lock)["packages"][""]
    assert root["dependencies"] == package["dependencies"]
    assert root["devDependencies"] == package["devDependencies"]


def test_every_platform_of_a_web_package_is_in_the_lock() -> None:
    """A partly published version would install here and nowhere else."""
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    missing = [
        f"{place}: {name}"
        for place, package in packages.items()
        for name in package.get("optionalDependencies", {})
        if f"node_modules/{name}" not in packages
    ]
    assert not missing


@pytest.mark.parametrize(
    "name",
    [
        "./dev run",
        "./dev test",
        "TALANOA_DATA",
        "TALANOA_REDIS_URL",
        "TALANOA_SECRET",
        "TALANOA_PUBLIC_URL",
        "`PORT`",
        "CHROMIUM",
    ],
)
def test_the_readme_names_commands_and_settings(name: str) -> None:
    assert name in (ROOT / "README.md").read_text()


def test_ci_runs_what_developers_run() -> None:
    assert "./dev test" in (ROOT / ".ci" / "run").read_text()


@pytest.mark.browser
def test_the_browser_that_dev_found_shows_a_page(page: Page) -> None:
    page.goto("data:text/html,<title>Talanoa</title>")
    assert page.title() == "Talanoa"


async def test_coroutines_run_beside_browser_tests() -> None:
    """They come first, whatever the order in the file (see conftest.py)."""
    await asyncio.sleep(0)
