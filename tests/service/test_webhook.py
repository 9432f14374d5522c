"""A callback of the app's own: registered per submit, believed by nobody, and quicker than the next poll."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from tests.conftest import StartApp
from tests.service.conftest import FORM, new_submission, until
from tests.visitors import visitor_named
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.jobs.schedule import CALLED_BACK_FACTOR
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Service
from weryai_ui.settings import Settings
from weryai_ui.store.submissions import Store
from weryai_ui.ui.views import cards

PUBLIC = "http://127.0.0.1:9/app"


@pytest.fixture
def service(settings: Settings, sandbox: SandboxServer) -> Iterator[Service]:
    # Polls are minutes apart, so that only a callback can be what shows a result.
    slow = replace(settings, public_url=PUBLIC, base_url=sandbox.url, poll_seconds=120.0)
    service = Service(slow, Store(slow.database_url))
    service.start(sandbox.url)
    sandbox.ledger.clear()
    yield service
    service.stop()


def token_of(sandbox: SandboxServer) -> str:
    url = str(json.loads(sandbox.ledger[-1].body)["webhook_url"])
    assert url.startswith(f"{PUBLIC}/webhook/")
    return url.removeprefix(f"{PUBLIC}/webhook/")


def test_each_submit_registers_a_path_of_its_own_and_the_request_shows_it(
    service: Service, sandbox: SandboxServer
) -> None:
    first = service.submit(new_submission()).intent
    one = token_of(sandbox)
    service.submit(new_submission())
    assert token_of(sandbox) != one
    assert len(one) >= 43
    assert first is not None
    assert first.payload["webhook_url"].endswith(one)
    assert one not in (first.webhook_hash or "")


def test_the_same_submission_is_still_one_submission(service: Service, sandbox: SandboxServer) -> None:
    first = service.submit(new_submission(idempotency_key="press-0001")).intent
    second = service.submit(new_submission(idempotency_key="press-0001")).intent
    assert first is not None
    assert second is not None
    assert first.id == second.id
    assert len(sandbox.ledger) == 1


def test_run_again_and_submit_again_register_a_callback_of_their_own(service: Service, sandbox: SandboxServer) -> None:
    first = service.submit(new_submission(visitor=visitor_named("again"))).intent
    assert first is not None
    one = token_of(sandbox)
    assert "webhook_url" not in cards.card(first, cards.Links("", ""), has_key=False)["form"]
    again = service.submit_again(visitor_named("again"), first.id, key="", idempotency_key="press-0002")
    assert again is not None
    assert again.intent is not None
    assert token_of(sandbox) != one
    assert again.intent.webhook_hash != first.webhook_hash


def test_a_callback_that_a_person_named_goes_out_as_typed(service: Service, sandbox: SandboxServer) -> None:
    service.submit(new_submission(values={**FORM, "webhook_url": "https://a.example/hook"}))
    assert json.loads(sandbox.ledger[-1].body)["webhook_url"] == "https://a.example/hook"


def test_a_callback_is_a_hint_whatever_it_says_and_the_status_is_asked_for(
    service: Service, sandbox: SandboxServer
) -> None:
    intent = service.submit(new_submission(visitor=visitor_named("hinted"), scenario="sk-sandbox-fails")).intent
    assert intent is not None
    assert intent.outcome is Outcome.ACCEPTED
    lie = json.dumps({"status": 0, "data": {"task_status": "succeed", "videos": ["https://evil.example/v.mp4"]}})
    assert service.called_back(token_of(sandbox), lie) is True

    def ended() -> TaskState | None:
        service.called_back(token_of(sandbox), lie)
        (task,) = service.tasks(visitor_named("hinted"))[0].tasks
        return task.state if task.state.is_final else None

    assert until(ended) is TaskState.FAILED
    opened = service.open(visitor_named("hinted"), intent.id)
    assert opened is not None
    assert "webhook" in [each.kind for each in opened[1]]


def test_a_token_that_nobody_gave_out_is_refused(service: Service) -> None:
    service.submit(new_submission())
    assert service.called_back("x" * 43, "{}") is False
    assert service.called_back("", "{}") is False


def test_a_task_that_calls_back_is_asked_for_less_often(service: Service, settings: Settings) -> None:
    intent = service.submit(new_submission()).intent
    assert intent is not None
    plain = service._interval(replace(intent, webhook_hash=None))
    assert service._interval(intent) == plain * CALLED_BACK_FACTOR


def test_a_result_that_is_pushed_to_the_running_app_shows_within_a_second(start_app: StartApp) -> None:
    app = start_app(poll_seconds=60.0, public_url="http://set.below.invalid", sandbox_pace=1.0)
    own = replace(app.service.settings, public_url=app.url)
    app.service.settings = own
    app.service.submit(new_submission(visitor=visitor_named("pushed")))
    upstream = app.service.tasks(visitor_named("pushed"))[0].tasks[0].upstream_id
    status = f"{app.service.accounts.sandbox_url}/v1/generation/{upstream}/status"

    def finished_there() -> float | None:
        answer = requests.get(status, headers={"Authorization": "Bearer sk-sandbox"}, timeout=5).json()
        return time.monotonic() if answer["data"]["task_status"] == "succeed" else None

    ready_at = until(finished_there)
    until(lambda: app.service.tasks(visitor_named("pushed"))[0].tasks[0].state is TaskState.SUCCEEDED)
    assert time.monotonic() - ready_at < 1.5
    unknown = requests.post(f"{app.url}/webhook/{'x' * 43}", json={}, timeout=5)
    assert unknown.status_code == 404
    huge = requests.post(f"{app.url}/webhook/{'x' * 43}", data=b"x" * 200_000, timeout=5)
    assert huge.status_code == 413
