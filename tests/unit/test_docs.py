"""The papers say what the code does: commands, settings, tables, examples, paths."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from packaging.requirements import Requirement
from PIL import Image

from tests.conftest import App, StartApp
from tests.service.conftest import new_submission, until
from tests.visitors import VISITOR
from tools.write_docs import FIELDS_PAPER, PARTS, README, ROOT, fields_paper, with_parts
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.settings import Settings

TEXT = README.read_text(encoding="utf-8")
SANDBOX_URL = "http://127.0.0.1:8765"
APP_URL = "http://127.0.0.1:7860"
SET_BY_SPACES = {"SPACE_ID", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET"}
NOT_OURS = {".git", ".venv", "build", "data", "node_modules", "test-results"}
TEXT_FILES = {".py", ".md", ".toml", ".txt", ".yml", ".js", ".css", ".html", ".json", ".example", ""}
MACHINE_PATH = re.compile(r"/(?:work|root|Users|home)/\w|[A-Z]:\\\\?Users")


def blocks(language: str) -> list[str]:
    """The code blocks of README in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def command_with(word: str) -> str:
    """The one block of README that holds a word, as one line."""
    (found,) = [block for block in blocks("bash") if word in block]
    return found.strip()


# --- commands --------------------------------------------------------------------------------------


def test_the_command_that_runs_the_app_is_one_line_with_all_set_up() -> None:
    wanted = "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt && .venv/bin/python app.py"
    assert command_with("-r requirements.txt") == wanted


def test_ci_runs_the_test_command_exactly_as_readme_prints_it() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert command_with("python -m tests") in script
    assert "set -euo pipefail" in script


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
def test_ci_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


# --- settings --------------------------------------------------------------------------------------


class Recorder(dict[str, str]):
    """An environment that remembers what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return default

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return False


def settings_read() -> set[str]:
    """Every variable that `Settings.from_env` reads."""
    recorder = Recorder()
    Settings.from_env(recorder)
    return recorder.asked - SET_BY_SPACES


def example_settings() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.removeprefix("# ").split("=", 1) for line in lines if re.match(r"# [A-Z_]+=", line))


def test_every_setting_stands_in_the_example_and_no_other() -> None:
    assert set(example_settings()) == settings_read()


def test_every_setting_stands_in_readmes_table_and_no_other() -> None:
    table = TEXT.partition("## Settings")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE)) == settings_read()


def test_the_example_sets_nothing_by_itself() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert all(not line or line.startswith("#") for line in lines)


def test_what_the_example_shows_are_the_defaults() -> None:
    assert Settings.from_env(example_settings()) == Settings.from_env({})


# --- what is derived -------------------------------------------------------------------------------


def test_the_fields_paper_is_what_the_fields_say() -> None:
    assert FIELDS_PAPER.read_text(encoding="utf-8") == fields_paper(), "run: python -m tools.write_docs"


@pytest.mark.parametrize("paper", PARTS, ids=lambda paper: paper.name)
def test_the_tables_in_the_docs_are_what_the_code_says(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    assert with_parts(text, PARTS[paper]) == text, "run: python -m tools.write_docs"


def test_the_space_gets_the_gradio_that_the_app_asks_for() -> None:
    head = dict(line.split(": ", 1) for line in TEXT.split("---\n")[1].splitlines())
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    gradio = next(Requirement(line.partition("#")[0]) for line in lines if line.startswith("gradio"))
    assert head["sdk"] == "gradio"
    assert head["sdk_version"] in gradio.specifier
    assert (ROOT / head["app_file"]).is_file()
    assert len(head["short_description"]) <= 60
    assert {"title", "emoji", "colorFrom", "colorTo", "python_version", "pinned"} <= set(head)


# --- paths -----------------------------------------------------------------------------------------


def named_paths() -> Iterator[str]:
    map_of_code = TEXT.partition("## Map")[2].split("```")[1]
    yield from (line.split()[0] for line in map_of_code.strip().splitlines())
    for paper in (README, ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md"):
        text = paper.read_text(encoding="utf-8")
        yield from re.findall(r"`((?:weryai_ui|tests|docs|\.github)/[\w./-]*|[\w-]+\.(?:toml|md|py))`", text)
        links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
        yield from ((paper.parent / link).resolve().relative_to(ROOT).as_posix() for link in links)


@pytest.mark.parametrize("path", sorted(set(named_paths())))
def test_what_the_papers_name_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def own_files() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        hidden = {name for name in folders if name.endswith("_cache")}
        folders[:] = [
            name for name in folders if name not in NOT_OURS | hidden | {"__pycache__", ".hypothesis", ".gradio"}
        ]
        yield from (
            Path(folder, name) for name in names if Path(name).suffix in TEXT_FILES and name not in {".env", ".git"}
        )


def test_no_paper_and_no_code_names_a_path_of_somebodys_machine() -> None:
    named = {
        path.relative_to(ROOT).as_posix(): found[0]
        for path in own_files()
        if (found := MACHINE_PATH.findall(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert not named


# --- examples --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sandbox() -> Iterator[str]:
    with SandboxServer(pace=0) as running:
        yield running.url


def curl_examples() -> list[tuple[str, str]]:
    """Each curl block of README with the answer printed after it."""
    return re.findall(r"^```bash\n(curl .*?)^```\n+```json\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def shape(answer: str, url: str) -> Any:
    """An answer with its random names and its address made equal."""
    text = answer.replace(url, SANDBOX_URL)
    return json.loads(re.sub(r"(?<=task_)[0-9a-f]{24}|(?<=/media/)[0-9a-f]{32}", "…", text))


def run(command: str, folder: Path) -> str:
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=60, check=True
    ).stdout


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("bash"), reason="no curl here")
def test_every_curl_example_answers_as_readme_prints(sandbox: str, tmp_path: Path) -> None:
    Image.new("RGB", (640, 360)).save(tmp_path / "picture.png")
    examples = curl_examples()
    assert len(examples) == TEXT.count("\ncurl ") >= 5
    printed_id = json.loads(examples[0][1])["data"]["task_id"]
    own_id = printed_id
    for command, printed in examples:
        asked = command.replace(SANDBOX_URL, sandbox).replace(printed_id, own_id)
        answer = run(asked, tmp_path)
        deadline = time.monotonic() + 30
        while '"succeed"' in printed and '"succeed"' not in answer and time.monotonic() < deadline:
            answer = run(asked, tmp_path)
        assert shape(answer, sandbox) == shape(printed, SANDBOX_URL)
        if own_id == printed_id:
            own_id = json.loads(answer)["data"]["task_id"]


def printed_by(word: str, url: str) -> list[str]:
    """The lines that the one Python example with a word prints against an app."""
    (example,) = [block for block in blocks("python") if word in block]
    assert APP_URL in example
    done = subprocess.run(
        [sys.executable, "-c", example.replace(APP_URL, url)],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def environment_of(command: str) -> dict[str, str]:
    """The variables that a command line sets for the app that it starts."""
    return dict(re.findall(r"\b(WERYAI_[A-Z_]+)=(\S+)", command))


def test_the_client_example_prints_what_readme_says(app: App) -> None:
    *_, outcome, ended = printed_by("gradio_client", app.url)
    assert outcome == "ACCEPTED"
    assert ended.startswith(f"succeeded {app.url}/sandbox/media/")


def test_the_example_for_agents_prints_what_readme_says(start_app: StartApp) -> None:
    set_by_readme = Settings.from_env(environment_of(command_with("gradio[mcp]")))
    app = start_app(mcp=set_by_readme.mcp)
    assert printed_by("streamable_http_client", app.url) == ["ACCEPTED waiting"]
    assert "It prints `ACCEPTED waiting`." in TEXT


def test_a_callback_arrives_with_the_setting_that_readme_shows(start_app: StartApp) -> None:
    set_by_readme = Settings.from_env(environment_of(command_with("WERYAI_PUBLIC_URL")))
    assert set_by_readme.public_url == APP_URL
    app = start_app(poll_seconds=60.0)
    app.service.settings = dataclasses.replace(app.service.settings, public_url=app.url)
    intent = app.service.submit(new_submission(visitor=VISITOR)).intent
    assert intent is not None
    assert intent.payload["webhook_url"].startswith(f"{app.url}/webhook/")

    def kinds() -> list[str]:
        opened = app.service.open(VISITOR, intent.id)
        return [each.kind for each in opened[1]] if opened else []

    until(lambda: "webhook" in kinds())


def test_a_file_is_given_as_readme_says(app: App) -> None:
    assert "`POST /uploads`" in TEXT
    picture = io.BytesIO()
    Image.new("RGB", (640, 360)).save(picture, "PNG")

    def give(data: bytes) -> dict[str, Any]:
        answer = requests.post(f"{app.url}/uploads", data=data, headers={"X-Name": "boat.png"}, timeout=30)
        return dict(answer.json())

    link = give(picture.getvalue())["link"]
    checked = app.service.check({"model": "SEEDANCE_2_0", "duration": 5, "prompt": "Image 1", "images": [link]})
    assert checked.request is not None
    assert give(b"not a picture")["refused"]


def test_the_sandbox_starts_alone_as_readme_says() -> None:
    (command,) = [block for block in blocks("bash") if "weryai_ui.sandbox" in block]
    arguments = command.split()[1:]
    assert arguments == ["-m", "weryai_ui.sandbox", "--port", "8765"]
    # Another port, so that a sandbox somebody runs here does not matter.
    process = subprocess.Popen([sys.executable, *arguments[:-1], "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Sandbox at http://127.0.0.1:")
    finally:
        process.terminate()
        process.communicate(timeout=20)
