"""State to words: what a card says for each state, without a browser."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from weryai_ui.client.tasks import TaskState, Video
from weryai_ui.i18n import say
from weryai_ui.store.records import Intent, IntentState, Task
from weryai_ui.ui import views

LINKS = views.Links("http://127.0.0.1:7860/sandbox", "sandbox")
INTENT = Intent(
    id="a" * 32,
    visitor="v",
    body='{"model":"SEEDANCE_2_0","prompt":"A boat","duration":5,"aspect_ratio":"9:16","generate_audio":"true"}',
    send_to="owner-key",
    scenario=None,
    endpoint="https://api.weryai.com/v1/generation/almighty-reference-to-video",
    outcome=IntentState.ACCEPTED,
    created_at=100.0,
    finished_at=101.0,
    updated_at=101.0,
    http_status=200,
    seconds=0.5,
    code=0,
    service_message=None,
    response_text='{"status":0}',
    explanation=None,
    batch_id=None,
)


def task(state: TaskState, number: int = 1, **more: Any) -> Task:
    given: dict[str, Any] = {"raw_state": None, "message": None, "videos": (), "trouble": None, "due_at": None, **more}
    return Task(
        id=f"t{number}",
        intent_id=INTENT.id,
        number=number,
        upstream_id=f"up{number}",
        state=state,
        polls=1,
        misses=0,
        first_missed_at=None,
        created_at=100.0,
        ended_at=160.0 if state.is_final else None,
        **given,
    )


def card(*tasks: Task, **changes: Any) -> dict[str, Any]:
    return views.card(replace(INTENT, tasks=tasks, **changes), LINKS, has_key=False)


@pytest.mark.parametrize("state", list(TaskState))
def test_every_state_of_a_task_has_words_and_a_tone(state: TaskState) -> None:
    shown = card(task(state))
    assert shown["state"] == say(f"task_state.{state}")
    assert shown["tone"] in {"busy", "good", "bad", "doubt"}
    assert shown["busy"] is not state.is_final


@pytest.mark.parametrize("outcome", [each for each in IntentState if each is not IntentState.ACCEPTED])
def test_every_outcome_has_words(outcome: IntentState) -> None:
    assert card(outcome=outcome)["state"] == say(f"outcome.{outcome}")


def test_several_tasks_are_counted_and_each_says_its_own_state() -> None:
    shown = card(
        task(TaskState.SUCCEEDED, 1), task(TaskState.FAILED, 2, message="Refused"), task(TaskState.PROCESSING, 3)
    )
    assert shown["state"] == "1 of 3 ready"
    assert shown["busy"] is True
    assert [each["says"] for each in shown["tasks"]] == ["Ready", "Failed. The service says: Refused", "Being made"]


def test_a_failed_task_says_that_nobody_knows_whether_it_is_charged() -> None:
    assert say("says.charged_unknown") in [line["text"] for line in card(task(TaskState.FAILED))["says"]]


def test_a_state_nobody_has_seen_is_shown_by_its_own_spelling() -> None:
    (shown,) = card(task(TaskState.UNKNOWN, raw_state="polishing"))["tasks"]
    assert shown["says"] == "In a state this app does not know (polishing)"


def test_trouble_while_following_is_said_and_following_goes_on() -> None:
    (shown,) = card(task(TaskState.PROCESSING, trouble="wire.timeout"))["tasks"]
    assert shown["says"] == "Being made. The service did not answer in time."
    assert shown["busy"] is True


def test_a_sandbox_result_becomes_a_path_on_the_apps_own_origin_and_others_stay() -> None:
    videos = (Video("http://127.0.0.1:7860/sandbox/media/a.mp4", "https://cdn.example/c.jpg"),)
    (shown,) = card(task(TaskState.SUCCEEDED, videos=videos))["tasks"]
    link = "http://127.0.0.1:7860/sandbox/media/a.mp4"
    assert shown["videos"] == [{"url": "sandbox/media/a.mp4", "cover": "https://cdn.example/c.jpg", "link": link}]


def test_my_tasks_ask_for_the_key_only_while_unfinished_and_without_one() -> None:
    waiting = replace(INTENT, send_to="my-key", tasks=(task(TaskState.WAITING),))
    assert views.card(waiting, LINKS, has_key=False)["wants_key"] is True
    assert views.card(waiting, LINKS, has_key=True)["wants_key"] is False
    done = replace(waiting, tasks=(task(TaskState.SUCCEEDED),))
    assert views.card(done, LINKS, has_key=False)["wants_key"] is False


def test_the_shape_is_one_line() -> None:
    assert card()["shape"] == "WeryAI, owner's key · 9:16 · 5 s · with sound"


def test_an_answer_is_shown_as_it_came_when_it_is_no_json() -> None:
    assert views.as_it_came("<html>") == "<html>"
    assert views.as_it_came('{"a":9223372036854775807}') == '{\n  "a": 9223372036854775807\n}'
    assert views.as_it_came(None) == ""


def test_the_request_pane_shows_the_key_only_masked() -> None:
    shown = views.request_pane("https://a.example", {"a": 1}, "sk-secret-secret-abcd")
    assert "Authorization: Bearer sk-…abcd" in shown["facts"]
    assert "secret" not in str(shown)


def test_half_a_character_in_an_answer_is_shown_as_the_escape_that_it_came_as() -> None:
    shown = views.as_it_came('{"message": "\\ud83d \\ud83d\\ude00 \\udc00"}')
    assert shown.encode() and '"\\ud83d 😀 \\udc00"' in shown
    assert json.loads(shown) == {"message": "\ud83d 😀 \udc00"}
