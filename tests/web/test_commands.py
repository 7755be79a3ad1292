"""Commands that cannot be saved for a while are asked again in the order in which they were done
(`web/src/commands.ts`)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
BUNDLER = WEB / "node_modules" / ".bin" / "rolldown"


@pytest.mark.node
@pytest.mark.slow
@pytest.mark.skipif(not BUNDLER.exists() or not shutil.which("node"), reason="no Node packages")
def test_what_was_judged_before_an_earlier_one_was_saved_is_asked_again(tmp_path: Path) -> None:
    bundle = tmp_path / "commands.mjs"
    words = [str(BUNDLER), "src/commands.ts", "--format", "esm", "--file", str(bundle)]
    subprocess.run(words, cwd=WEB, check=True, capture_output=True, timeout=60)
    play = ["node", str(Path(__file__).with_name("commands.mjs")), str(bundle)]
    played = subprocess.run(play, capture_output=True, text=True, timeout=60, check=False)
    assert played.returncode == 0, played.stderr
