"""The OpenAPI document of the service: valid, true of the sandbox as schemathesis tries it, enough for a client."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # has no types of its own
from openapi_spec_validator import validate

from tests.conftest import App
from weryai_ui.sandbox.openapi import document
from weryai_ui.sandbox.profile import Profile
from weryai_ui.sandbox.scenarios import SCENARIOS
from weryai_ui.sandbox.server import SandboxServer

RULES = Path(__file__).parent / "schemathesis"
BIN = Path(sys.executable).parent
CONFORMS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
"""What holds in both profiles: as measured, a refusal comes with HTTP 200."""
PROGRAM = """
import json, sys, time
from client import AuthenticatedClient
from client.api.default import get_balance, get_task, submit
from client.models import Refusal, Seedance20Request, Seedance20RequestModel

service = AuthenticatedClient(base_url=sys.argv[1], token="sk-sandbox")
before = get_balance.sync(client=service).data
body = Seedance20Request(model=Seedance20RequestModel.SEEDANCE_2_0, duration=5, prompt="A paper boat")
made = submit.sync(client=service, body=body)
end = time.monotonic() + 120
while True:
    told = get_task.sync(made.data.task_id, client=service)
    if told.data.videos or time.monotonic() > end:
        break
    time.sleep(0.1)
refused = submit.sync(client=service, body=Seedance20Request.from_dict({**body.to_dict(), "duration": 99}))
assert isinstance(refused, Refusal), refused
film = told.data.videos[0]
paid = before - get_balance.sync(client=service).data
print(json.dumps({"film": film if isinstance(film, str) else film.url, "paid": paid}))
"""


def run(folder: Path, *command: str, seconds: float = 600, **environment: str) -> str:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        env={**os.environ, "PATH": path, **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_document_is_valid_and_both_ways_give_the_same(app: App, tmp_path: Path) -> None:
    printed = json.loads(run(Path.cwd(), sys.executable, "-m", "weryai_ui.sandbox", "--openapi"))
    validate(printed)
    served = requests.get(f"{app.url}/sandbox/openapi.json", timeout=30).json()
    validate(served)
    assert served["servers"] == [{"url": f"{app.url}/sandbox"}]
    assert printed["paths"] == served["paths"]
    assert printed["openapi"].startswith("3.1.")


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("profile", "how"),
    [
        (Profile.DOCUMENTED, ("--max-examples", "20", "--phases", "fuzzing")),
        pytest.param(Profile.DOCUMENTED, ("--max-examples", "30"), marks=pytest.mark.slow),
        (Profile.MEASURED, ("--max-examples", "20", "--phases", "fuzzing", "--checks", CONFORMS)),
    ],
)
def test_generated_requests_find_nothing(profile: Profile, how: tuple[str, ...], tmp_path: Path) -> None:
    with SandboxServer(pace=0, profile=profile) as sandbox:
        asked = (f"{sandbox.url}/openapi.json", "-H", "Authorization: Bearer sk-sandbox", "--seed", "1", "--no-color")
        command = ("schemathesis", "--config-file", str(RULES / "schemathesis.toml"), "run", *asked, *how)
        said = run(tmp_path, *command, PYTHONPATH=str(RULES), SCHEMATHESIS_HOOKS="hooks")
    cases = re.search(r"(\d+) generated, (\d+) passed", said)
    print(said[-300:])
    assert cases and cases[1] == cases[2] and int(cases[2]) > 50


@pytest.mark.parametrize("profile", list(Profile))
def test_a_generated_client_makes_a_film(profile: Profile, tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(document()))
    generate = ("generate", "--path", "openapi.json", "--output-path", "client", "--meta", "none")
    run(tmp_path, "openapi-python-client", *generate)
    (tmp_path / "film.py").write_text(PROGRAM)
    with SandboxServer(pace=0, profile=profile) as sandbox:
        told = json.loads(run(tmp_path, sys.executable, "film.py", sandbox.url))
        film = requests.get(told["film"], timeout=30).content
    assert film[4:8] == b"ftyp" and told["paid"] == 5


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("key", sorted(SCENARIOS))
def test_every_answer_of_a_submit_is_one_of_the_document(profile: Profile, key: str) -> None:
    """Without the scenarios in which no answer of the service arrives."""
    if "made" in key or "malformed" in key:
        pytest.skip("what comes is a gateway's, not the service's")
    with SandboxServer(pace=0, profile=profile) as sandbox:
        headers = {"Authorization": f"Bearer {key}"}
        url = f"{sandbox.url}/v1/generation/"
        body = {"model": "SEEDANCE_2_0", "duration": 5, "prompt": "A paper boat", "video_number": 2}
        answered = requests.post(f"{url}almighty-reference-to-video", json=body, headers=headers, timeout=30)
        conforms("submit", answered)
        for task_id in (answered.json()["data"] or {}).get("task_ids", []):
            end = time.monotonic() + 30
            status = requests.get(f"{url}{task_id}/status", headers=headers, timeout=30)
            while status.json()["data"]["task_status"] == "waiting" and time.monotonic() < end:
                status = requests.get(f"{url}{task_id}/status", headers=headers, timeout=30)
            conforms("getTask", status)
        batch = (answered.json()["data"] or {}).get("batch_id")
        if batch is not None:
            conforms("getBatch", requests.get(f"{url}batch/{batch}/status", headers=headers, timeout=30))


def conforms(operation: str, answer: requests.Response) -> None:
    whole: dict[str, Any] = document()
    (described,) = [
        each for methods in whole["paths"].values() for each in methods.values() if each["operationId"] == operation
    ]
    schema = described["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": whole["components"]}).validate(answer.json())
