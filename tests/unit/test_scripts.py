"""The page's scripts: their pure parts in Node, and the joined file against its modules."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.scripting import HERE, NODE, SCRIPTS
from tools.write_scripts import first_line
from weryai_ui.ui.http.scripts import JOINED
from weryai_ui.ui.theme import known_here

MOST_LINES = 300


@pytest.mark.parametrize("file", sorted((HERE / "scripts").glob("*.test.js")), ids=lambda path: path.stem)
def test_the_pure_parts_do_what_their_own_tests_say(file: Path, tmp_path: Path) -> None:
    data = tmp_path / "data.json"
    data.write_text(json.dumps(known_here(), default=dict), encoding="utf-8")
    environment = {**os.environ, "STUDIO_DATA": str(data)}
    done = subprocess.run(
        [str(NODE), "--test", str(file)], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_joined_file_is_made_from_the_modules_as_they_stand() -> None:
    assert JOINED.read_text("utf-8").splitlines()[0] == first_line(), "run python -m tools.write_scripts"


def test_no_module_is_longer_than_may_be() -> None:
    root = HERE.parent
    lengths = {
        path: len(path.read_text("utf-8").splitlines()) for each in SCRIPTS for path in (root / each).rglob("*.js")
    }
    assert {str(path): length for path, length in lengths.items() if length > MOST_LINES} == {}
