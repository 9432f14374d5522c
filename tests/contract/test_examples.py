"""The reference page's examples pass through every layer unchanged."""

from __future__ import annotations

import json

from tests.contract import examples
from weryai_ui.client.envelope import parse_envelope
from weryai_ui.client.tasks import TaskState, submitted_ids, task_status
from weryai_ui.request.validation import check
from weryai_ui.sandbox.validation import judge


def test_the_example_body_passes_the_checks_and_leaves_as_it_stands_in_the_same_order() -> None:
    body = json.loads(examples.REQUEST)
    request = check(body).request
    assert request is not None
    assert json.dumps(request.payload(), indent=2) == examples.REQUEST


def test_the_example_body_typed_into_text_boxes_is_the_same_body() -> None:
    body = json.loads(examples.REQUEST)
    typed = {name: "\n".join(value) if isinstance(value, list) else str(value) for name, value in body.items()}
    request = check({**typed, "webhook_url": "", "caller_id": ""}).request
    assert request is not None
    assert request.payload() == body


def test_the_sandbox_takes_the_example_body() -> None:
    assert judge(examples.REQUEST.encode(), lambda _url: None) == json.loads(examples.REQUEST)


def test_the_example_answer_is_read_as_one_waiting_task() -> None:
    envelope = parse_envelope(examples.ANSWER.encode())
    assert envelope.ok
    assert envelope.text == examples.ANSWER
    assert submitted_ids(envelope) == (None, ("task_abc123",), 1)
    assert task_status(envelope).state is TaskState.WAITING
