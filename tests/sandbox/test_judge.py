"""The reference page's rules, each through the wire."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.conftest import NEVER_DRAWN, SUBMIT, Caller
from tests.sandbox.media_files import clip, picture, sound
from weryai_ui.request.fields import FIELDS
from weryai_ui.sandbox.envelope import ApiError
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.sandbox.validation import ProbeResult, judge

LEAST: dict[str, Any] = {"model": "SEEDANCE_2_0", "duration": 5}
LINK = "https://example.com/a"
EXAMPLE = {
    "model": "SEEDANCE_2_0",
    "prompt": "Use image 1 as opening frame, keep style of video 1, and use audio 1 as BGM.",
    "images": ["https://example.com/image1.jpg"],
    "videos": ["https://example.com/video1.mp4"],
    "audios": ["https://example.com/audio1.mp3"],
    "aspect_ratio": "16:9",
    "resolution": "720p",
    "duration": 5,
    "generate_audio": "false",
    "video_number": 1,
}


def test_the_example_of_the_reference_page_is_answered_in_its_exact_shape(caller: Caller) -> None:
    answer = caller.post(EXAMPLE, NEVER_DRAWN)
    assert answer.status_code == 200
    body = answer.json()
    task_id = body["data"].pop("task_id")
    assert task_id.startswith("task_")
    assert body == {
        "status": 0,
        "desc": "success",
        "message": "success",
        "data": {"task_status": "waiting"},
    }


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "字" * 500},
        {"prompt": "🌄" * 500},
        {"prompt": ""},
        {"images": [LINK] * 9, "videos": [LINK] * 3, "audios": [LINK] * 3},
        {"images": [], "videos": [], "audios": []},
        {"videos": [LINK], "audios": [LINK]},
        {"duration": 15, "video_number": 4},
        {"caller_id": -(2**63)},
        {"caller_id": 2**63 - 1},
        {"webhook_url": "http://example.com:8080/hook?x=1"},
        {"generate_audio": "true", "aspect_ratio": "9:16", "resolution": "480p"},
        {"images": ["https://example.com/" + "a" * 2028]},
    ],
)
def test_what_the_page_allows_is_taken(change: dict[str, Any]) -> None:
    body = {**LEAST, **change}
    assert judge(json.dumps(body).encode(), lambda _: None) == body


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("unknown field", {"seed": 1}, "'seed'"),
    ("duration too short", {"duration": 4}, "duration: must be from 5 to 15"),
    ("duration too long", {"duration": 16}, "duration: must be from 5 to 15"),
    ("duration as text", {"duration": "5"}, "duration: must be an integer"),
    ("duration as a fraction", {"duration": 5.0}, "duration: must be an integer"),
    ("duration as a boolean", {"duration": True}, "duration: must be an integer"),
    ("prompt too long", {"prompt": "a" * 501}, "prompt: has 501 characters; the limit is 500"),
    ("prompt null", {"prompt": None}, "prompt: must be a string"),
    ("half a character", {"prompt": "\ud83c"}, "prompt: contains half a character"),
    ("ten images", {"images": [LINK] * 10}, "images: has 10 entries; the limit is 9"),
    ("four videos", {"videos": [LINK] * 4}, "videos: has 4 entries; the limit is 3"),
    ("four audios", {"images": [LINK], "audios": [LINK] * 4}, "audios: has 4 entries"),
    ("images not a list", {"images": LINK}, "images: must be an array"),
    ("an image null", {"images": [None]}, "images: [0] must be a string"),
    ("an image empty", {"images": [LINK, ""]}, "images: [1] must be an absolute"),
    ("relative link", {"images": ["/a.jpg"]}, "images: [0] must be an absolute"),
    ("other scheme", {"images": ["file:///etc/passwd"]}, "images: [0] must be an absolute"),
    ("no host", {"images": ["https:///a.jpg"]}, "images: [0] must be an absolute"),
    ("space in link", {"images": ["https://example.com/a b"]}, "images: [0] must be"),
    ("line end in link", {"images": ["https://example.com/a\n"]}, "images: [0] must be"),
    ("port out of range", {"images": ["https://example.com:99999/"]}, "images: [0] must be"),
    ("broken host", {"images": ["https://[::1/"]}, "images: [0] must be"),
    ("link too long", {"images": ["https://a.b/" + "a" * 8192]}, "images: [0] has 8204"),
    ("audio alone", {"audios": [LINK]}, "audios: cannot be used alone"),
    ("audio beside empty lists", {"audios": [LINK], "images": []}, "audios: cannot be used"),
    ("aspect ratio", {"aspect_ratio": "4:3"}, "aspect_ratio: must be one of 1:1, 9:16, 16:9"),
    ("resolution", {"resolution": "1080p"}, "resolution: must be one of 480p, 720p"),
    ("audio as a boolean", {"generate_audio": True}, "generate_audio: must be a string"),
    ("audio as another word", {"generate_audio": "True"}, "generate_audio: must be one of"),
    ("no videos", {"video_number": 0}, "video_number: must be from 1 to 4"),
    ("five videos", {"video_number": 5}, "video_number: must be from 1 to 4"),
    ("number as a boolean", {"video_number": True}, "video_number: must be an integer"),
    ("webhook", {"webhook_url": "ftp://example.com"}, "webhook_url: must be an absolute"),
    ("webhook empty", {"webhook_url": ""}, "webhook_url: must be an absolute"),
    ("caller too large", {"caller_id": 2**63}, "caller_id: must be from"),
    ("caller as text", {"caller_id": "1"}, "caller_id: must be an integer"),
    ("model of a wrong type", {"model": 1}, "model: must be a string"),
]


@pytest.mark.parametrize(("change", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_broken_rule_is_refused_with_its_field_and_limit(caller: Caller, change: dict[str, Any], words: str) -> None:
    answer = caller.post({**LEAST, **change})
    body = answer.json()
    assert (answer.status_code, body["status"], body["data"]) == (400, 1002, None)
    assert words in body["message"]


@pytest.mark.parametrize("missing", ["model", "duration"])
def test_a_required_field_that_is_missing_is_named(caller: Caller, missing: str) -> None:
    body = {key: value for key, value in LEAST.items() if key != missing}
    assert caller.post(body).json()["message"] == f"{missing}: is required"


@pytest.mark.parametrize("model", ["", "SEEDANCE_3_0", "seedance_2_0"])
def test_an_unknown_model_has_a_code_of_its_own(caller: Caller, model: str) -> None:
    answer = caller.post({**LEAST, "model": model})
    assert (answer.status_code, answer.json()["status"]) == (400, 1006)


def test_all_broken_rules_come_in_one_message(caller: Caller) -> None:
    message = caller.post({"model": "SEEDANCE_2_0", "resolution": "4k"}).json()["message"]
    assert "duration: is required" in message
    assert "resolution: must be one of" in message


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b'{"duration": NaN}', "NaN is not a JSON number"),
        (b'{"duration": 5, "duration": 6}', "a field stands in the body twice"),
        (b'{"duration": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
        (b"[" * 200_000, "not valid JSON"),
        (b'{"a": "' + b"x" * 1024 * 1024 + b'"}', "at most 1048576 bytes"),
    ],
    ids=lambda value: value[:20].decode("ascii", "replace") if isinstance(value, bytes) else "",
)
def test_a_body_that_is_not_strict_json_is_an_envelope_not_a_crash(caller: Caller, raw: bytes, words: str) -> None:
    answer = caller.post(raw)
    assert (answer.status_code, answer.json()["status"]) == (400, 1002)
    assert words in answer.json()["message"]


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer sk-", "Basic sk-sandbox", "sk-sandbox"])
def test_without_a_bearer_key_nothing_is_answered(caller: Caller, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = requests.post(caller.url + SUBMIT, json=LEAST, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["status"]) == (401, 1002)
    assert "authentication failed" in answer.json()["message"]


def test_an_unknown_key_hears_which_keys_exist_and_is_never_repeated(caller: Caller, server: SandboxServer) -> None:
    answer = caller.post(LEAST, "sk-canary-9b1f")
    assert answer.status_code == 401
    assert "sk-sandbox-partial" in answer.text
    assert "canary" not in answer.text
    assert server.ledger[-1].key is None
    assert "canary" not in repr(server.ledger[-1]) + repr(server.ledger[-1].headers)


def test_own_uploads_are_measured(caller: Caller) -> None:
    short, long = caller.uploaded(clip(1)), caller.uploaded(clip(16))
    message = caller.post({**LEAST, "videos": [short, long]}).json()["message"]
    assert "videos[0]: is 1.0 s; each must be 2 to 15 s" in message
    assert "videos[1]: is 16.0 s" in message


def test_own_uploads_are_measured_together(caller: Caller) -> None:
    link, image = caller.uploaded(sound(8)), caller.uploaded(picture())
    body = {**LEAST, "images": [image], "audios": [link, link]}
    assert "audios: are 16.0 s in all; the limit is 15 s" in caller.post(body).json()["message"]


def test_an_own_upload_of_another_kind_is_refused(caller: Caller) -> None:
    link = caller.uploaded(picture())
    message = caller.post({**LEAST, "videos": [link]}).json()["message"]
    assert "videos[0]: is one of the images, not videos" in message


def test_an_own_upload_whose_length_nobody_knows_is_refused() -> None:
    body = json.dumps({**LEAST, "videos": [LINK]}).encode()
    with pytest.raises(ApiError, match=re.escape("videos[0]: could not be read")):
        judge(body, lambda _: ProbeResult("videos", None))


def test_an_own_upload_that_is_damaged_is_refused_at_the_door(caller: Caller) -> None:
    answer = caller.upload(b"\0\0\0\x18ftypmp42" + b"\0" * 200).json()
    assert (answer["status"], answer["message"]) == (
        2004,
        "file: This file is cut off or damaged: it could not be measured.",
    )


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)) | st.text(), ANYTHING) | ANYTHING)
def test_any_json_is_taken_or_refused_in_words(body: object) -> None:
    with contextlib.suppress(ApiError):
        judge(json.dumps(body).encode(), lambda _: None)


@given(st.binary())
def test_any_bytes_are_taken_or_refused_in_words(raw: bytes) -> None:
    with contextlib.suppress(ApiError):
        judge(raw, lambda _: None)
