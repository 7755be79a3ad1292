"""A page reads cards in other languages as the server writes them (`web/src/renderings.ts`)."""

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
def test_a_page_reads_renderings_and_marks_originals_as_the_server_does(tmp_path: Path) -> None:
    bundle = tmp_path / "renderings.mjs"
    words = [str(BUNDLER), "src/renderings.ts", "--format", "esm", "--file", str(bundle)]
    subprocess.run(words, cwd=WEB, check=True, capture_output=True, timeout=60)
    play = ["node", str(Path(__file__).with_name("renderings.mjs")), str(bundle)]
    played = subprocess.run(play, capture_output=True, text=True, timeout=60, check=False)
    assert played.returncode == 0, played.stderr
