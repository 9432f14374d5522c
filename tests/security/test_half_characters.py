"""Whatever the service says can be stored, shown, exported: half a character (a lone surrogate) in every field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.conftest import App, StartApp
from tests.security.conftest import FORM, Witness
from tests.service.conftest import until
from weryai_ui.service.preparing import Submission
from weryai_ui.store.records import SendTo
from weryai_ui.ui.handlers import Handlers

HALVES = "\ud83d a \udc00 \x00 \ufffe 😀"
VISITOR = "h" * 43


class Halved(Witness):
    """A service with half characters in all that it says; `where` names the one place that has none."""

    ids = HALVES
    state = "succeed"
    code = 0

    def answer(self, path: str) -> dict[str, Any]:
        if path.endswith("/status"):
            video = {"url": f"https://example.com/{HALVES}", "cover_image_url": HALVES, HALVES: HALVES}
            data: Any = {"task_id": "task-1", "task_status": self.state, "videos": [video], "msg": HALVES}
        else:
            data = {"task_id": self.ids, "task_ids": ["task-1", self.ids], "batch_id": HALVES, HALVES: [HALVES]}
        return {"status": self.code, "desc": HALVES, "message": HALVES, "data": data, HALVES: HALVES}


@pytest.fixture
def halved() -> Iterator[Halved]:
    running = Halved()
    yield running
    running.close()


@pytest.mark.parametrize("state", ["succeed", "failed", f"processing{HALVES}"])
@pytest.mark.parametrize("code", [0, 1002])
def test_everything_of_a_task_with_half_characters_is_shown_and_exported(
    start_app: StartApp, halved: Halved, state: str, code: int
) -> None:
    halved.state, halved.code = state, code
    app = start_app(base_url=halved.url)
    app.service.submit(
        Submission(FORM, SendTo.MY_KEY, VISITOR, key="sk-visitor-0123456789", idempotency_key="halves-00")
    )
    until(lambda: code or app.service.tasks(VISITOR)[0].tasks[0].polls)
    board = requests.post(f"{app.url}/board", json={"visitor": VISITOR, "version": ""}, timeout=30)
    assert board.status_code == 200 and len(board.json()["cards"]) == 1
    (intent,) = app.service.tasks(VISITOR)
    handlers = Handlers(app.service)
    for answer in (
        handlers.history.open_intent({"visitor": VISITOR, "intent": intent.id}),
        handlers.history.list_history({"visitor": VISITOR}),
        handlers.history.export_history({"visitor": VISITOR}),
    ):
        assert json.dumps(answer, ensure_ascii=False).encode()


@pytest.mark.parametrize("endpoint", ["check", "generate"])
def test_half_characters_in_a_request_are_a_problem_and_no_failure(app: App, endpoint: str) -> None:
    request = {**FORM, "prompt": HALVES, "images": [HALVES, f"upload:{HALVES}"], HALVES: HALVES, "model": HALVES}
    more = [] if endpoint == "check" else ["sandbox", HALVES, VISITOR, "halves-01", HALVES]
    url = f"{app.url}/gradio_api/call/{endpoint}"
    body = json.dumps({"data": [request, *more]})
    made = requests.post(url, data=body, headers={"Content-Type": "application/json"}, timeout=30)
    assert made.status_code == 200, made.text
    answer = requests.get(f"{url}/{made.json()['event_id']}", timeout=30).text
    assert "event: complete" in answer and "broken_character" in answer
