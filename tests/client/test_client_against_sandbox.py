"""The real client against the real sandbox on loopback: every scenario to its end."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.client.weryai import StatusAnswer, WeryAIClient
from weryai_ui.sandbox.scenarios import SCENARIOS
from weryai_ui.sandbox.server import SandboxServer

BODY = {
    "model": "SEEDANCE_2_0",
    "duration": 5,
    "prompt": "Use image 1 as opening frame.",
    "images": ["https://example.com/image1.jpg"],
}
POLLS = 400
POLL_SECONDS = 0.05


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(pace=0) as server:
        yield server


def follow(client: WeryAIClient, task_id: str) -> StatusAnswer:
    """Poll until the task has ended."""
    for _ in range(POLLS):
        found = client.status(task_id)
        if found.status is not None and found.status.state.is_final:
            return found
        threading.Event().wait(POLL_SECONDS)
    raise AssertionError(f"{task_id} did not end")


def test_one_submit_makes_one_task_and_ends_in_a_video(sandbox: SandboxServer) -> None:
    client = WeryAIClient(sandbox.url, "sk-sandbox")
    submission = client.submit(BODY)
    assert submission.outcome is Outcome.ACCEPTED
    assert len(submission.task_ids) == 1
    ended = follow(client, submission.task_ids[0])
    assert ended.status is not None
    assert ended.status.state is TaskState.SUCCEEDED
    assert ended.status.videos[0].cover_url is not None


def test_several_videos_make_a_batch_of_tasks(sandbox: SandboxServer) -> None:
    client = WeryAIClient(sandbox.url, "sk-sandbox")
    submission = client.submit({**BODY, "video_number": 3})
    assert submission.batch_id is not None
    assert len(submission.task_ids) == 3


def test_the_last_of_several_fails_and_the_others_do_not(sandbox: SandboxServer) -> None:
    client = WeryAIClient(sandbox.url, "sk-sandbox-partial")
    submission = client.submit({**BODY, "video_number": 2})
    ended = [follow(client, task_id).status for task_id in submission.task_ids]
    assert [status.state for status in ended if status] == [TaskState.SUCCEEDED, TaskState.FAILED]


@pytest.mark.parametrize("key", ["sk-sandbox-fails", "sk-sandbox-content"])
def test_a_failure_after_acceptance_says_why(key: str, sandbox: SandboxServer) -> None:
    client = WeryAIClient(sandbox.url, key)
    status = follow(client, client.submit(BODY).task_ids[0]).status
    assert status is not None
    assert status.state is TaskState.FAILED
    assert status.message


@pytest.mark.parametrize(
    ("key", "outcome", "explanation"),
    [
        ("sk-sandbox-no-credits", Outcome.REJECTED, "code.1011"),
        ("sk-sandbox-rate-limited", Outcome.REJECTED, "code.1001"),
        ("sk-sandbox-queue-full", Outcome.REJECTED, "code.1007"),
        ("sk-sandbox-bad-key", Outcome.REJECTED, "code.1002.key"),
        ("sk-sandbox-malformed", Outcome.UNKNOWN, "wire.not_json"),
    ],
)
def test_a_submit_that_makes_no_task_says_why(
    key: str, outcome: Outcome, explanation: str, sandbox: SandboxServer
) -> None:
    submission = WeryAIClient(sandbox.url, key).submit(BODY)
    assert submission.outcome is outcome
    assert submission.task_ids == ()
    assert submission.explanation is not None
    assert submission.explanation.key == explanation


def test_every_scenario_has_an_outcome(sandbox: SandboxServer) -> None:
    outcomes = {key: WeryAIClient(sandbox.url, key).submit(BODY).outcome for key in SCENARIOS}
    assert Outcome.NOT_SENT not in outcomes.values()


def test_a_wrong_field_is_rejected_with_the_services_words(sandbox: SandboxServer) -> None:
    submission = WeryAIClient(sandbox.url, "sk-sandbox").submit({**BODY, "duration": 99})
    assert submission.outcome is Outcome.REJECTED
    assert submission.code == 1002
    assert "duration" in (submission.service_message or "")


def test_rate_limiting_says_how_long_to_wait(sandbox: SandboxServer) -> None:
    assert WeryAIClient(sandbox.url, "sk-sandbox-rate-limited").submit(BODY).exchange.retry_after == 5.0


def test_a_task_that_was_never_made_is_not_found(sandbox: SandboxServer) -> None:
    found = WeryAIClient(sandbox.url, "sk-sandbox").status("task_nobody_made")
    assert found.not_found


def test_the_balance_is_a_number(sandbox: SandboxServer) -> None:
    assert isinstance(WeryAIClient(sandbox.url, "sk-sandbox").balance(), int)
