"""A newer model, added by the owner's file alone, makes a film in the sandbox; one that has gone offers the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests

from tests.conftest import App, StartApp
from tests.service.conftest import new_submission, until
from tests.unit.test_models import NEW
from tests.visitors import VISITOR
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.request.models import SHIPPED, SHIPPED_FILE
from weryai_ui.sandbox.profile import Profile
from weryai_ui.settings import Settings
from weryai_ui.store.records import Intent

LONG: dict[str, Any] = {
    "model": NEW["key"],
    "duration": 30,
    "prompt": "Thirty pictures in a row",
    "images": [f"https://example.com/{number}.jpg" for number in range(30)],
    "aspect_ratio": "1:1",
    "resolution": "480p",
}


def submitted(app: App, values: dict[str, Any], **more: Any) -> Intent:
    result = app.service.submit(new_submission(values=values, **more))
    assert result.checked.problems == ()
    assert result.intent is not None
    return result.intent


def test_a_model_that_a_file_adds_makes_a_film_of_30_s_from_30_references(tmp_path: Path, start_app: StartApp) -> None:
    path = tmp_path / "models.json"
    path.write_text(json.dumps([*json.loads(SHIPPED_FILE.read_text("utf-8")), NEW]), encoding="utf-8")
    models = Settings.from_env({"WERYAI_MODELS": str(path)}).models
    app = start_app(models=models, sandbox_pace=0.0)
    assert "SEEDANCE_2_5 (SEEDANCE_2_5)" in requests.get(f"{app.url}/config", timeout=30).text
    intent = submitted(app, LONG)
    assert intent.outcome is Outcome.ACCEPTED

    def task_now() -> Any:
        opened = app.service.open(VISITOR, intent.id)
        return opened and opened[0].tasks[0]

    until(lambda: task_now().state.is_final)
    assert task_now().state is TaskState.SUCCEEDED
    assert requests.get(task_now().videos[0].url, timeout=30).content[4:8] == b"ftyp"


def test_a_model_that_has_gone_offers_the_others_in_one_press(start_app: StartApp) -> None:
    app = start_app(sandbox_profile=Profile.MEASURED)
    body = {**LONG, "model": "SEEDANCE_2_0", "duration": 5, "images": LONG["images"][:2]}
    assert submitted(app, body, scenario="sk-sandbox-model-gone").code == 1006
    (card,) = requests.post(f"{app.url}/board", json={"visitor": VISITOR}, timeout=30).json()["cards"]
    assert card["failure"]["kind"] == "model_gone"
    assert [other["key"] for other in card["failure"]["others"]] == list(SHIPPED.keys[1:])
    assert card["failure"]["others"][0]["label"] == "Again with Werydance 2.0"
    assert card["failure"]["others"][0]["form"]["model"] == "WERYDANCE_2_0"


def test_the_live_check_takes_a_typed_key_only_for_a_key_of_the_visitors_own(app: App) -> None:
    values = {**LONG, "model": "SOMETHING_NEW", "duration": 5, "images": ""}

    def problems(send_to: str) -> list[str]:
        body = {"values": values, "send_to": send_to}
        return [each["field"] for each in requests.post(f"{app.url}/check", json=body, timeout=30).json()["problems"]]

    assert problems("sandbox") == problems("owner-key") == ["model"]
    assert problems("my-key") == []
