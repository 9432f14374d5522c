"""Failures that help: the class by the service's words, who acts, and the one next change."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.test_views import INTENT, LINKS, task
from weryai_ui.client.failures import CODES, Failure, failure_of
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.i18n import Locale, has, say, speaking
from weryai_ui.request.changes import suspect_picture, without_picture
from weryai_ui.ui.failed import BUSY_SECONDS, Change
from weryai_ui.ui.views import cards

REQUEST = {
    "model": "SEEDANCE_2_0",
    "prompt": "Image 1 stands beside image 2, then image 3 and [Image3] come; image 12 does not.",
    "images": ["https://a.example/1", "https://a.example/2", "https://a.example/3"],
    "duration": 5,
}
ONE = {**REQUEST, "prompt": "Open with image 1.", "images": ["https://a.example/1"]}
LOUD = {**ONE, "generate_audio": "true"}


@pytest.mark.parametrize(
    ("message", "code", "http", "failure"),
    [
        ("Image asset audit failed", None, None, Failure.IMAGE_AUDIT),
        ("[6004] IMAGE ASSET AUDIT not passed: face", 6004, 200, Failure.IMAGE_AUDIT),
        ("Content moderation: prompt", None, None, Failure.CONTENT),
        ("[2003] The generated audio did not pass the content check.", None, None, Failure.CONTENT),
        ("The prompt has sensitive words", 1002, 200, Failure.CONTENT),
        ("Copyright restrictions", None, None, Failure.COPYRIGHT),
        ("upstream rate limit reached, try later", None, None, Failure.BUSY),
        ("参数错误：包含敏感词", 1002, 200, Failure.CONTENT),
        (None, None, None, Failure.NO_REASON),
        ("  ", None, None, Failure.NO_REASON),
        ("Insufficient credits", 1004, 200, Failure.CREDITS),
        ("Authentication failed", 1002, 200, Failure.DENIED),
        ("no", 1009, 403, Failure.DENIED),
        ("IP denied", None, 403, Failure.DENIED),
        (None, None, 429, Failure.BUSY),
        ("no", 6010, 200, Failure.BUSY),
        ("no", 6101, 200, Failure.LIMIT),
        ("no", 1006, 200, Failure.MODEL_GONE),
        ("something broke", None, None, Failure.OTHER),
        ("workflow error", 6001, 200, Failure.OTHER),
        ("no", 1002, 400, Failure.OTHER),
    ],
    ids=str,
)
def test_a_failure_is_classed_by_the_services_words_and_else_by_its_code(
    message: str | None, code: int | None, http: int | None, failure: Failure
) -> None:
    assert failure_of(message, code, http) is failure


def test_every_class_and_every_change_has_words_in_both_languages() -> None:
    for locale in Locale:
        with speaking(locale):
            assert all(say(f"happened.{each}") and say(f"acts.{each}", seconds=5) for each in Failure)
            assert all(say(f"change.{each}", number=1) for each in Change)
    assert all(has(f"happened.{each}") for each in CODES.values())


def failed(request: dict[str, Any], message: str | None, **changes: Any) -> dict[str, Any]:
    body = json.dumps(request)
    intent = replace(INTENT, body=body, tasks=(task(TaskState.FAILED, message=message),), **changes)
    return cards.card(intent, LINKS, has_key=False)


@pytest.mark.parametrize(
    ("request_", "message", "kind", "change"),
    [
        (ONE, "Image asset audit", "image_audit", "remove_picture"),
        (REQUEST, "Image asset audit", "image_audit", "change_pictures"),
        (REQUEST, "Image asset audit: image 2", "image_audit", "remove_picture"),
        (ONE, "Content moderation", "content", "change_prompt"),
        (LOUD, "Content moderation", "content", "without_sound"),
        (ONE, "Copyright restrictions", "copyright", "change_prompt"),
        (ONE, "hit a rate limit", "busy", "wait"),
        (LOUD, None, "no_reason", "same_again"),
        (LOUD, "it broke", "other", "without_sound"),
        (ONE, "it broke", "other", "change_prompt"),
    ],
    ids=str,
)
def test_a_failed_task_says_what_happened_who_acts_and_the_one_next_change(
    request_: dict[str, Any], message: str | None, kind: str, change: str
) -> None:
    shown = failed(request_, message)
    assert (shown["failure"]["kind"], shown["failure"]["change"]["key"]) == (kind, change)
    said = [line["text"] for line in shown["says"]]
    assert said[0] == shown["failure"]["happened"] == say(f"happened.{kind}")
    assert said[1] == shown["failure"]["acts"]
    assert shown["failure"]["said"] == message
    assert say("says.charged_unknown") in said


def test_the_next_change_brings_the_form_that_it_makes() -> None:
    assert failed(LOUD, "it broke")["failure"]["change"]["form"]["generate_audio"] == "false"
    changed = failed(REQUEST, "Image asset audit: image 2")["failure"]["change"]
    assert changed["label"] == "Again without image 2"
    assert changed["form"]["images"] == ["https://a.example/1", "https://a.example/3"]
    assert changed["form"]["prompt"] == (
        "Image 1 stands beside image ?, then image 2 and [Image2] come; image 11 does not."
    )


def test_a_busy_service_is_to_be_asked_again_after_half_a_minute() -> None:
    change = failed(ONE, "rate limit")["failure"]["change"]
    assert change["not_before"] == 160.0 + BUSY_SECONDS
    refused = replace(INTENT, outcome=Outcome.REJECTED, code=1001, service_message="Too many requests")
    change = cards.card(refused, LINKS, has_key=False)["failure"]["change"]
    assert (change["key"], change["not_before"]) == ("wait", 101.0 + BUSY_SECONDS)
    change = cards.card(replace(refused, retry_after=5.0), LINKS, has_key=False)["failure"]["change"]
    assert change["not_before"] == 101.0 + 5.0
    assert failed(ONE, None)["failure"]["change"]["not_before"] is None


def test_a_refusal_that_only_its_text_explains_is_explained_by_that() -> None:
    refused = replace(INTENT, outcome=Outcome.REJECTED, code=1002, service_message="含敏感词", http_status=200)
    said = [line["text"] for line in cards.card(refused, LINKS, has_key=False)["says"]]
    assert say("happened.content") in said
    assert any("含敏感词" in text for text in said)


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.NOT_SENT, Outcome.SENDING])
def test_nothing_is_called_a_failure_of_which_nobody_knows(outcome: Outcome) -> None:
    assert cards.card(replace(INTENT, outcome=outcome), LINKS, has_key=False)["failure"] is None


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("image 2 refused", 2),
        ("images[0]: audit", 1),
        ("图片3 未通过", 3),
        ("image 1 or image 2", None),
        ("image 9", None),
        ("image ?", None),
        (None, None),
    ],
    ids=str,
)
def test_the_suspect_is_the_picture_that_the_service_names(message: str | None, number: int | None) -> None:
    assert suspect_picture(REQUEST, message) == number
    assert suspect_picture(ONE, message) == 1


def test_a_removed_picture_leaves_the_values_that_were_there() -> None:
    before = json.dumps(REQUEST)
    without_picture(REQUEST, 1)
    assert json.dumps(REQUEST) == before
