"""State to words: what a card says for each state, without a browser."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState, Video
from weryai_ui.errors import cause_of, explain
from weryai_ui.i18n import say
from weryai_ui.store.records import Intent, SendTo, Task
from weryai_ui.ui.views import cards, details, panes

LINKS = cards.Links("http://127.0.0.1:7860/sandbox", "sandbox")
INTENT = Intent(
    id="a" * 32,
    visitor="v",
    body='{"model":"SEEDANCE_2_0","prompt":"A boat","duration":5,"aspect_ratio":"9:16","generate_audio":"true"}',
    send_to=SendTo.OWNER_KEY,
    scenario=None,
    endpoint="https://api.weryai.com/v1/generation/almighty-reference-to-video",
    outcome=Outcome.ACCEPTED,
    created_at=100.0,
    finished_at=101.0,
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
    return cards.card(replace(INTENT, tasks=tasks, **changes), LINKS, has_key=False)


@pytest.mark.parametrize("state", list(TaskState))
def test_every_state_of_a_task_has_words_and_a_tone(state: TaskState) -> None:
    shown = card(task(state))
    assert shown["state"] == say(f"task_state.{state}")
    assert shown["tone"] in {"busy", "good", "bad", "doubt"}
    assert shown["busy"] is not state.is_final


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.ACCEPTED])
def test_every_outcome_has_words(outcome: Outcome) -> None:
    assert card(outcome=outcome)["state"] == say(f"outcome.{outcome}")


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_nobody_is_told_to_try_again_where_the_first_may_have_been_charged(status: int) -> None:
    lost = replace(INTENT, outcome=Outcome.UNKNOWN, send_to=SendTo.OWNER_KEY, explanation=explain(status, None))
    said = [line["text"] for line in cards.card(lost, LINKS, has_key=False)["says"]]
    assert said[0] == cause_of(f"http.{status}" if status < 599 else "http.5xx")
    assert say("says.check_unknown") in said
    assert not any("try again" in each.casefold() for each in said), said


def test_several_tasks_are_counted_and_each_says_its_own_state() -> None:
    shown = card(
        task(TaskState.SUCCEEDED, 1), task(TaskState.FAILED, 2, message="Refused"), task(TaskState.PROCESSING, 3)
    )
    assert shown["state"] == "1 of 3 ready"
    assert shown["busy"] is True
    assert [each["says"] for each in shown["tasks"]] == ["Ready", "Failed. The service says: Refused", "Generating"]


def test_a_failed_task_says_that_nobody_knows_whether_it_is_charged() -> None:
    assert say("says.charged_unknown") in [line["text"] for line in card(task(TaskState.FAILED))["says"]]


def test_a_state_nobody_has_seen_is_shown_by_its_own_spelling() -> None:
    (shown,) = card(task(TaskState.UNKNOWN, raw_state="polishing"))["tasks"]
    assert shown["says"] == "Unrecognised status (polishing)"


def test_trouble_while_following_is_said_and_following_goes_on() -> None:
    (shown,) = card(task(TaskState.PROCESSING, trouble="wire.timeout"))["tasks"]
    assert shown["says"] == "Generating. The service did not answer in time."
    assert shown["busy"] is True


def test_a_sandbox_result_becomes_a_path_on_the_apps_own_origin_and_others_stay() -> None:
    videos = (Video("http://127.0.0.1:7860/sandbox/media/a.mp4", "https://cdn.example/c.jpg"),)
    (shown,) = card(task(TaskState.SUCCEEDED, videos=videos))["tasks"]
    link = "http://127.0.0.1:7860/sandbox/media/a.mp4"
    assert shown["videos"] == [{"url": "sandbox/media/a.mp4", "cover": "https://cdn.example/c.jpg", "link": link}]


def test_my_tasks_ask_for_the_key_only_while_unfinished_and_without_one() -> None:
    waiting = replace(INTENT, send_to=SendTo.MY_KEY, tasks=(task(TaskState.WAITING),))
    assert cards.card(waiting, LINKS, has_key=False)["wants_key"] is True
    assert cards.card(waiting, LINKS, has_key=True)["wants_key"] is False
    done = replace(waiting, tasks=(task(TaskState.SUCCEEDED),))
    assert cards.card(done, LINKS, has_key=False)["wants_key"] is False


def test_the_shape_is_one_line() -> None:
    assert card()["shape"] == "WeryAI, owner's key · 9:16 · 5 s · with sound"


def test_an_answer_is_shown_as_it_came_when_it_is_no_json() -> None:
    assert panes.as_it_came("<html>") == "<html>"
    assert panes.as_it_came('{"a":9223372036854775807}') == '{\n  "a": 9223372036854775807\n}'
    assert panes.as_it_came(None) == ""


def test_the_request_pane_shows_the_key_only_masked() -> None:
    shown = panes.request_pane("https://a.example", {"a": 1}, "sk-secret-secret-abcd")
    assert "Authorization: Bearer sk-…abcd" in shown["facts"]
    assert "secret" not in str(shown)


def test_half_a_character_in_an_answer_is_shown_as_the_escape_that_it_came_as() -> None:
    shown = panes.as_it_came('{"message": "\\ud83d \\ud83d\\ude00 \\udc00"}')
    assert shown.encode() and '"\\ud83d 😀 \\udc00"' in shown
    assert json.loads(shown) == {"message": "\ud83d 😀 \udc00"}


def test_what_the_service_says_that_it_charged_is_shown_and_exported() -> None:
    tasks = (
        task(TaskState.SUCCEEDED, 1, cost_credits=60.0),
        task(TaskState.FAILED, 2, cost_credits=12.5),
        task(TaskState.SUCCEEDED, 3),
    )
    said = [line["text"] for line in card(*tasks)["says"]]
    assert "Charged by the service: 72.5 credits." in said
    assert say("says.charged_unknown") not in said
    exported = details.as_data(replace(INTENT, tasks=tasks))
    assert [each["cost_credits"] for each in exported["tasks"]] == [60.0, 12.5, None]
