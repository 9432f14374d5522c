"""One submission: what goes out, what comes back, and what is never sent."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from tests.service.conftest import FORM, new_submission, until
from tests.visitors import VISITOR, visitor_named
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Service
from weryai_ui.settings import Settings
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.store.submissions import Store


def submitted(service: Service, **more: Any) -> Intent:
    result = service.submit(new_submission(**more))
    intent = result.intent
    assert intent is not None, result.refusal
    return intent


def ended(service: Service, visitor: str = VISITOR) -> Intent:
    def look() -> Intent | None:
        newest = service.tasks(visitor)[0]
        return newest if newest.tasks and all(task.state.is_final for task in newest.tasks) else None

    return until(look)


def test_a_submission_sends_exactly_the_checked_body_once_and_follows_it_to_the_video(
    service: Service, sandbox: SandboxServer
) -> None:
    intent = submitted(service)
    assert intent.outcome is Outcome.ACCEPTED
    (sent,) = sandbox.ledger
    assert json.loads(sent.body) == FORM
    assert intent.payload == FORM
    assert json.loads(intent.response_text or "")["data"]["task_id"] == intent.tasks[0].upstream_id
    (task,) = ended(service).tasks
    assert task.state is TaskState.SUCCEEDED
    assert task.videos[0].url.startswith(sandbox.url)


def test_several_videos_are_several_tasks_and_one_failure_hides_none(service: Service) -> None:
    submitted(service, values={**FORM, "video_number": 3}, scenario="sk-sandbox-partial")
    states = [task.state for task in ended(service).tasks]
    assert states == [TaskState.SUCCEEDED, TaskState.SUCCEEDED, TaskState.FAILED]


def test_problems_send_nothing(service: Service, sandbox: SandboxServer) -> None:
    result = service.submit(new_submission(values={**FORM, "duration": 4}))
    assert result.intent is None
    assert [found.field for found in result.checked.problems] == ["duration"]
    assert len(sandbox.ledger) == 0
    assert service.tasks(VISITOR) == ()


def test_the_same_submission_is_sent_once_however_often_it_arrives(service: Service, sandbox: SandboxServer) -> None:
    with ThreadPoolExecutor(8) as pool:
        intents = list(pool.map(lambda _: submitted(service, idempotency_key="press-0001"), range(8)))
    assert len(sandbox.ledger) == 1
    assert len({intent.id for intent in intents}) == 1


def test_a_changed_form_is_another_submission_even_with_the_same_token(
    service: Service, sandbox: SandboxServer
) -> None:
    submitted(service, idempotency_key="press-0001")
    submitted(service, idempotency_key="press-0001", values={**FORM, "duration": 6})
    assert len(sandbox.ledger) == 2


def test_what_was_forgotten_is_not_sent_again_by_its_key(service: Service, sandbox: SandboxServer) -> None:
    intent = submitted(service, idempotency_key="press-0001")
    assert service.forget(VISITOR, intent.id)
    for _ in range(3):
        again = service.submit(new_submission(idempotency_key="press-0001"))
        assert again.intent is None
        assert again.refusal == (
            "This submission was sent before and then removed from the history, so nothing was sent now. "
            "A new submission needs a new idempotency key; with the next press of Generate the page makes one."
        )
    assert len(sandbox.ledger) == 1
    assert submitted(service, idempotency_key="press-0002").id != intent.id


@pytest.mark.parametrize(
    ("scenario", "outcome", "code", "move"),
    [
        ("sk-sandbox-no-credits", Outcome.REJECTED, 1011, "top_up"),
        ("sk-sandbox-rate-limited", Outcome.REJECTED, 1001, "wait"),
        ("sk-sandbox-queue-full", Outcome.REJECTED, 1007, "wait"),
        ("sk-sandbox-bad-key", Outcome.REJECTED, 1002, "key_owner"),
        ("sk-sandbox-malformed", Outcome.UNKNOWN, None, "check"),
    ],
)
def test_a_refusal_says_whose_move_it_is(
    service: Service, scenario: str, outcome: Outcome, code: int | None, move: str
) -> None:
    intent = submitted(service, scenario=scenario)
    assert (intent.outcome, intent.code) == (outcome, code)
    assert intent.explanation is not None
    assert intent.explanation.move == move
    assert intent.tasks == ()


def test_a_task_that_fails_keeps_the_services_own_words(service: Service) -> None:
    submitted(service, scenario="sk-sandbox-content")
    (task,) = ended(service).tasks
    assert task.state is TaskState.FAILED
    assert task.message


def test_without_a_network_nothing_is_sent_and_the_intent_says_so(settings: Settings) -> None:
    service = Service(settings, Store(settings.database_url))
    service.start("http://127.0.0.1:9")
    try:
        intent = submitted(service)
    finally:
        service.stop()
    assert intent.outcome is Outcome.NOT_SENT
    assert intent.http_status is None


def test_my_key_must_be_a_key_and_is_never_stored(service: Service, settings: Settings) -> None:
    empty = service.submit(new_submission(send_to=SendTo.MY_KEY, key=" "))
    assert empty.intent is None
    assert empty.refusal == "The API key is empty."
    broken = service.submit(new_submission(send_to=SendTo.MY_KEY, key="sk-abc\ndef"))
    assert broken.refusal is not None
    assert "abc" not in broken.refusal


def test_the_owners_key_on_a_page_for_strangers_is_closed_for_every_entrance(settings: Settings) -> None:
    open_page = replace(settings, api_key=SecretStr("sk-owner-canary"))
    with closing(Store(settings.database_url)) as store:
        assert Service(open_page, store).access.offers[0] is SendTo.OWNER_KEY
        result = Service(replace(open_page, reachable_from_elsewhere=True), store).submit(
            new_submission(send_to=SendTo.OWNER_KEY)
        )
        assert result.intent is None
        assert result.refusal is not None
        assert "closed" in result.refusal
        opened = replace(open_page, reachable_from_elsewhere=True, anyone_may_spend=True, tasks_per_day=5)
        assert SendTo.OWNER_KEY in Service(opened, store).access.offers


def test_a_live_task_goes_to_the_base_url_with_the_owners_key(settings: Settings, sandbox: SandboxServer) -> None:
    live = replace(settings, api_key=SecretStr("sk-sandbox"), base_url=sandbox.url)
    service = Service(live, Store(settings.database_url))
    service.start("http://127.0.0.1:9")
    try:
        assert submitted(service, send_to=SendTo.OWNER_KEY).outcome is Outcome.ACCEPTED
        assert ended(service).tasks[0].state is TaskState.SUCCEEDED
    finally:
        service.stop()


def test_another_visitor_can_neither_list_nor_open_nor_forget(service: Service) -> None:
    intent = submitted(service)
    assert service.tasks(visitor_named("stranger")) == ()
    assert service.open(visitor_named("stranger"), intent.id) is None
    assert service.forget(visitor_named("stranger"), intent.id) is False
    assert service.open(VISITOR, intent.id) is not None
    assert service.forget(VISITOR, intent.id) is True
    assert service.tasks(VISITOR) == ()


def test_a_task_is_followed_with_the_key_that_made_it_when_its_visitor_goes_on_with_another(
    settings: Settings, sandbox: SandboxServer
) -> None:
    live = replace(settings, base_url=sandbox.url)
    service = Service(live, Store(settings.database_url))
    service.start("http://127.0.0.1:9")
    try:
        intent = submitted(service, send_to=SendTo.MY_KEY, key="sk-sandbox")
        service.remember_key(VISITOR, "sk-sandbox-bad-key")
        client = service.accounts.client_for(intent)
        assert client is not None
        assert client.status(intent.tasks[0].upstream_id).status is not None
        assert ended(service).tasks[0].state is TaskState.SUCCEEDED
    finally:
        service.stop()
