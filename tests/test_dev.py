"""./dev: the one command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_help_names_every_command() -> None:
    told = subprocess.run(
        [sys.executable, ROOT / "dev", "--help"], capture_output=True, text=True, check=True
    ).stdout
    for name in ("run", "test", "check", "bench", "build", "gallery"):
        assert name in told
