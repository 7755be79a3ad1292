"""Puts the peers' packages where the bench finds them: `.setup/peers`, which git ignores.

Everything comes from the npm registry and PyPI through their own clients, pinned in `peers/`. What
cannot be installed is left out of the comparison, with the reason.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SOURCES: Final = Path(__file__).parent / "peers"
HOME: Final = ROOT / ".setup" / "peers"
NODE_MODULES: Final = HOME / "node_modules"
PYTHON: Final = HOME / "venv" / "bin" / "python"

INSTALL_SECONDS: Final = 600.0
"""A driver for SQLite may have to be compiled."""


class Missing(Exception):
    """This peer cannot run here; `str(error)` says why."""


def node() -> str:
    """The program Node, with everything in `node_modules`; raises `Missing`."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        raise Missing("not installed: there is no Node on the PATH")
    # Files of ours lie beside the packages, because Node looks for packages from there.
    HOME.mkdir(parents=True, exist_ok=True)
    for file in SOURCES.iterdir():
        if file.is_file():
            shutil.copy(file, HOME)
    stamp = HOME / "node.stamp"
    wanted = _digest("package-lock.json")
    if not stamp.exists() or stamp.read_text() != wanted:
        run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], HOME)
        # Where it can neither be had nor compiled, Hocuspocus keeps files instead, and says so.
        subprocess.run(
            [npm, "rebuild", "better-sqlite3"],
            cwd=HOME,
            capture_output=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
        stamp.write_text(wanted)
    return program


def python() -> str:
    """A Python of its own with pycrdt-websocket; raises `Missing`."""
    HOME.mkdir(parents=True, exist_ok=True)
    for file in SOURCES.glob("*.py"):
        shutil.copy(file, HOME)
    stamp = HOME / "python.stamp"
    wanted = _digest("requirements.txt")
    if not stamp.exists() or stamp.read_text() != wanted:
        needs = str(SOURCES / "requirements.txt")
        # The standard way needs pip inside; uv does without.
        uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
        if uv is not None:
            run([uv, "venv", "--clear", "--python", sys.executable, str(HOME / "venv")], HOME)
            run([uv, "pip", "install", "--python", str(PYTHON), "-r", needs], HOME)
        elif importlib.util.find_spec("venv") is not None:
            run([sys.executable, "-m", "venv", "--clear", str(HOME / "venv")], HOME)
            run([str(PYTHON), "-m", "pip", "install", "-q", "-r", needs], HOME)
        stamp.write_text(wanted)
    return str(PYTHON)


def _digest(name: str) -> str:
    return hashlib.sha256((SOURCES / name).read_bytes()).hexdigest()


def run(words: list[str], folder: Path) -> None:
    """Run one step of an installation; raises `Missing` with its last words."""
    try:
        ran = subprocess.run(
            words, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"not installed: {error}") from error
    if ran.returncode:
        said = (ran.stderr or ran.stdout).strip().splitlines()
        raise Missing("not installed: " + " ".join(said[-3:])[:300])
