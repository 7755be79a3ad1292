"""How long, who speaks, who is next and when it is my turn, from what a page has already
(`web/src/whereabouts.ts`)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.web.test_commands import BUNDLER, WEB

ENTRY = 'export { whereabouts } from "./src/whereabouts";\nexport { learn } from "./src/clock";\n'


@pytest.mark.node
@pytest.mark.slow
@pytest.mark.skipif(not BUNDLER.exists() or not shutil.which("node"), reason="no Node packages")
def test_the_answer_goes_by_the_rooms_clock_and_names_who_comes(tmp_path: Path) -> None:
    entry, bundle = tmp_path / "entry.ts", tmp_path / "whereabouts.mjs"
    entry.write_text(ENTRY.replace("./src", (WEB / "src").as_posix()), "utf-8")
    words = [str(BUNDLER), str(entry), "--format", "esm", "--file", str(bundle)]
    subprocess.run(words, cwd=WEB, check=True, capture_output=True, timeout=60)
    play = ["node", str(Path(__file__).with_name("whereabouts.mjs")), str(bundle)]
    played = subprocess.run(play, capture_output=True, text=True, timeout=60, check=False)
    assert played.returncode == 0, played.stderr
