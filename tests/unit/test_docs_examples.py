"""The commands and programs that the docs show, run as they stand."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from tests.conftest import App, StartApp
from tests.process import AppProcess
from tests.service.conftest import new_submission, until
from tests.unit.documents import README, blocks, command_with, text_of
from tests.visitors import VISITOR
from tools.write_docs import DOCS, ROOT
from weryai_ui.sandbox.profile import Profile
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.settings import Settings
from weryai_ui.studio import DRAIN_SECONDS

API, SANDBOX = DOCS / "api.md", DOCS / "sandbox.md"
SANDBOX_URL = "http://127.0.0.1:8765"
APP_URL = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[str]:
    with SandboxServer(pace=0, profile=Profile.MEASURED) as running:
        yield running.url


def curl_examples() -> list[tuple[str, str]]:
    """Each curl block with the answer printed after it."""
    return re.findall(r"^```bash\n(curl .*?)^```\n+```json\n(.*?)^```$", text_of(SANDBOX), re.DOTALL | re.MULTILINE)


def shape(answer: str, url: str) -> Any:
    """An answer with its random names and its address made equal."""
    text = answer.replace(url, SANDBOX_URL)
    return json.loads(re.sub(r"(?<=task_)[0-9a-f]{24}|(?<=/media/)[0-9a-f]{32}", "…", text))


def run(command: str, folder: Path) -> str:
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=60, check=True
    ).stdout


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("bash"), reason="no curl here")
def test_every_curl_example_answers_as_printed(sandbox: str, tmp_path: Path) -> None:
    Image.new("RGB", (640, 360)).save(tmp_path / "picture.png")
    examples = curl_examples()
    assert len(examples) == text_of(SANDBOX).count("\ncurl ") >= 5
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
    (example,) = [block for block in blocks(API, "python") if word in block]
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


def test_the_client_example_prints_what_is_said(app: App) -> None:
    *_, outcome, ended = printed_by("gradio_client", app.url)
    assert outcome == "ACCEPTED"
    assert ended.startswith(f"succeeded {app.url}/sandbox/media/")


def test_the_example_for_agents_prints_what_is_said(start_app: StartApp) -> None:
    shown = Settings.from_env(environment_of(command_with(API, "WERYAI_MCP")))
    app = start_app(mcp=shown.mcp)
    assert printed_by("streamable_http_client", app.url) == ["succeeded"]
    assert "It prints `succeeded`." in text_of(API)


def test_a_callback_arrives_with_the_setting_that_is_shown(start_app: StartApp) -> None:
    shown = Settings.from_env(environment_of(command_with(API, "WERYAI_PUBLIC_URL")))
    assert shown.public_url == APP_URL
    app = start_app(poll_seconds=60.0)
    app.service.settings = dataclasses.replace(app.service.settings, public_url=app.url)
    intent = app.service.submit(new_submission(visitor=VISITOR)).intent
    assert intent is not None
    assert intent.payload["webhook_url"].startswith(f"{app.url}/webhook/")

    def kinds() -> list[str]:
        opened = app.service.open(VISITOR, intent.id)
        return [each.kind for each in opened[1]] if opened else []

    until(lambda: "webhook" in kinds())


def test_a_file_is_given_as_described(app: App) -> None:
    assert "`POST /uploads`" in text_of(API)
    picture = io.BytesIO()
    Image.new("RGB", (640, 360)).save(picture, "PNG")

    def give(data: bytes) -> dict[str, Any]:
        answer = requests.post(f"{app.url}/uploads", data=data, headers={"X-Name": "boat.png"}, timeout=30)
        return dict(answer.json())

    link = give(picture.getvalue())["link"]
    checked = app.service.check({"model": "SEEDANCE_2_0", "duration": 5, "prompt": "Image 1", "images": [link]})
    assert checked.request is not None
    assert give(b"not a picture")["refused"]


def test_the_sandbox_starts_alone_as_described() -> None:
    (command,) = [block for block in blocks(SANDBOX, "bash") if "weryai_ui.sandbox" in block]
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


# --- sharing it ------------------------------------------------------------------------------------


def test_a_share_link_is_asked_for_as_readme_says() -> None:
    name, _, value = command_with(README, "GRADIO_SHARE").split()[0].partition("=")
    assert Settings.from_env({name: value}).share


def instructions() -> list[tuple[str, str]]:
    """The lines of the Dockerfile: instruction and rest."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    split = [line.partition(" ") for line in lines if line and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in split]


def test_what_the_container_holds_starts_answers_and_ends(tmp_path: Path) -> None:
    """Its files, in a folder by themselves, with its variables but for the port; the image itself is not built."""
    image = dict(instructions())
    environment = dict(pair.split("=") for pair in image["ENV"].split())
    assert environment.pop("PATH") == "/opt/venv/bin:$PATH"
    for copied in (rest.split()[0] for word, rest in instructions() if word == "COPY" and "--from=" not in rest):
        copy = shutil.copytree if (ROOT / copied).is_dir() else shutil.copy
        copy(ROOT / copied, tmp_path / copied)
    assert environment.pop("GRADIO_SERVER_PORT") == image["EXPOSE"]
    assert json.loads(image["CMD"]) == ["python", "app.py"]
    app = AppProcess(tmp_path, PYTHONPATH=str(tmp_path), **environment)
    app.program = tmp_path / "app.py"
    with app:
        _, _, check = json.loads(image["HEALTHCHECK"].removeprefix("CMD "))
        subprocess.run([sys.executable, "-c", check.replace(image["EXPOSE"], str(app.port))], check=True, timeout=30)
        assert (tmp_path / "data").is_dir()
        app.process.send_signal(signal.SIGTERM)
        assert app.process.wait(30) == 0


def test_the_container_command_opens_the_port_keeps_the_data_and_gives_time_to_end() -> None:
    image = dict(instructions())
    built, started = (shlex.split(part) for part in command_with(README, "docker").split(" && "))
    said = [each for each in started[3:-1] if each != "--read-only"]
    options = dict(zip(said[::2], said[1::2], strict=True))
    assert len(said) < len(started[3:-1]) and options["--tmpfs"] == "/tmp"
    assert built == ["docker", "build", "-t", started[-1], "."]
    assert options["-p"] == f"{image['EXPOSE']}:{image['EXPOSE']}"
    assert options["-v"].endswith(f":{image['VOLUME']}") and image["VOLUME"] == f"{image['WORKDIR']}/data"
    assert float(options["--stop-timeout"]) > DRAIN_SECONDS
