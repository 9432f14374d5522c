"""Answers from bytes to data: what is read, what is refused, and that nothing else ever happens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weryai_ui.client.envelope import MAX_ENVELOPE_BYTES, Envelope, EnvelopeError, parse_envelope
from weryai_ui.client.tasks import (
    MAX_TASKS,
    MAX_VIDEOS,
    TaskState,
    Video,
    credits_left,
    identifier,
    submitted_ids,
    task_status,
    uploaded_url,
    web_link,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)
FIELDS = st.sampled_from(
    ["task_id", "task_ids", "batch_id", "task_status", "videos", "url", "task_result", "msg", "object_url_list"]
)
SHAPED = st.recursive(
    JSON | st.sampled_from(["succeed", "FAILED", "https://a.example/v.mp4", "\ud800"]),
    lambda children: st.lists(children) | st.dictionaries(FIELDS, children),
)


def wrapped(data: Any, status: int = 0) -> Envelope:
    return Envelope(status=status, message=None, data=data, text="")


def test_the_reference_pages_answer_is_read() -> None:
    body = b'{"status": 0, "desc": "success", "message": "ok", "data": {"task_id": "task_abc123"}}'
    envelope = parse_envelope(body)
    assert (envelope.status, envelope.message, envelope.ok) == (0, "ok", True)
    assert envelope.data == {"task_id": "task_abc123"}
    assert envelope.text.encode() == body


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "not JSON", id="empty"),
        pytest.param(b"<html>", "not JSON", id="HTML"),
        pytest.param(b'{"status": 0} x', "not JSON", id="something after it"),
        pytest.param(b'{"status": NaN}', "not JSON", id="NaN"),
        pytest.param(b'{"status": 0, "data": -Infinity}', "not JSON", id="minus infinity"),
        pytest.param(b'{"status": 0, "data": 1e999}', "not JSON", id="a number that overflows"),
        pytest.param(b'{"status": ' + b"9" * 5_000 + b"}", "not JSON", id="an integer of 5,000 digits"),
        pytest.param(b'{"status": ' + b"9" * 20 + b"}", "too large a number", id="a status past 64 bits"),
        pytest.param(b'{"status": 0, "status": 1}', "not JSON", id="a name twice"),
        pytest.param(b"[" * 200_000, "too deeply", id="200,000 brackets"),
        pytest.param(b'{"status": 0, "data": ' + b"[" * 99 + b"]" * 99 + b"}", "too deeply", id="99 levels"),
        pytest.param(b'{"status": 0, "message": "\xff"}', "not UTF-8", id="not UTF-8"),
        pytest.param('{"status": 0}'.encode("utf-16"), "not UTF-8", id="UTF-16"),
        pytest.param(b"[]", "not a JSON object", id="a list"),
        pytest.param(b"null", "not a JSON object", id="null"),
        pytest.param(b" " * MAX_ENVELOPE_BYTES + b'{"status": 0}', "1 MiB", id="larger than 1 MiB"),
    ],
)
def test_what_two_readers_could_understand_in_two_ways_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(EnvelopeError, match=reason):
        parse_envelope(body)


@pytest.mark.parametrize(
    ("fields", "status", "ok"),
    [
        ({"status": "0"}, 0, True),
        ({"status": " 200 "}, 200, True),
        ({"status": "1002"}, 1002, False),
        ({"status": 0, "success": True}, 0, True),
        ({"status": 0, "success": False}, 0, False),
        ({"status": 0, "success": "no"}, 0, True),
        ({"success": True}, None, True),
        ({"success": 1}, None, False),
        ({}, None, False),
        ({"status": False}, None, False),
        ({"status": 0.0}, None, False),
        ({"status": None}, None, False),
        ({"status": "٣"}, None, False),
        ({"status": "ok"}, None, False),
    ],
    ids=repr,
)
def test_a_status_is_a_whole_number_also_as_text_and_success_may_say_no(
    fields: dict[str, object], status: int | None, ok: bool
) -> None:
    envelope = parse_envelope(json.dumps(fields).encode())
    assert (envelope.status, envelope.ok) == (status, ok)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parse_envelope(b'\xef\xbb\xbf{"status": 200}').ok


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"message": "a", "desc": "b", "msg": "c"}, "a"),
        ({"message": " ", "desc": "b"}, "b"),
        ({"message": 7, "msg": "c"}, "c"),
        ({"message": "积分不足"}, "积分不足"),
        ({"message": "a\x00b\x1b[31m"}, "a b [31m"),
        ({"message": "half \ud800"}, "half ?"),
        ({}, None),
    ],
    ids=lambda value: repr(value),
)
def test_the_message_is_the_first_text_and_safe_to_show(fields: dict[str, object], message: str | None) -> None:
    assert parse_envelope(json.dumps({"status": 1, **fields}).encode()).message == message


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param({"task_id": "t1"}, (None, ("t1",), 1), id="one task"),
        pytest.param({"batch_id": "b", "task_ids": ["t1", "t2"]}, ("b", ("t1", "t2"), 2), id="a batch"),
        pytest.param({"task_id": "t1", "task_ids": ["t2", "t1", "t2"]}, (None, ("t1", "t2"), 2), id="both, duplicates"),
        pytest.param({"task_id": 17}, (None, ("17",), 1), id="a number as id"),
        pytest.param({"task_id": 0}, (None, ("0",), 1), id="nought as id"),
        pytest.param({"task_ids": "t1"}, (None, ("t1",), 1), id="one id where a list belongs"),
        pytest.param({"task_ids": [" t1 ", "", None, True, False, {}, []]}, (None, ("t1",), 1), id="blanks"),
        pytest.param({"task_ids": ["t1", 1.5, "a\nb", {"id": "t2"}]}, (None, ("t1",), 4), id="ids that are none"),
        pytest.param({"task_id": "t" * 500}, (None, ("t" * 500,), 1), id="a long id"),
        pytest.param({"task_id": "t" * 501}, (None, (), 1), id="an id too long"),
        pytest.param({"task_ids": ["t1", "字" * 167, "t2"]}, (None, ("t1", "t2"), 3), id="too long in bytes"),
        pytest.param({"task_id": "\ud800"}, (None, (), 1), id="half a character"),
        pytest.param({"task_id": ".."}, (None, (), 1), id="an id that would name another path"),
        pytest.param({"batch_id": "b"}, ("b", (), 0), id="a batch without tasks"),
        pytest.param(["t1"], (None, (), 0), id="a list"),
        pytest.param("t1", (None, (), 0), id="a text"),
        pytest.param(None, (None, (), 0), id="nothing"),
    ],
)
def test_every_task_id_of_a_submit_is_found_once_and_what_is_no_id_is_counted(
    data: Any, expected: tuple[str | None, tuple[str, ...], int]
) -> None:
    assert submitted_ids(wrapped(data)) == expected


def test_of_ten_thousand_ids_the_first_sixteen_are_followed_and_all_are_counted() -> None:
    found = submitted_ids(wrapped({"task_ids": [f"t{number}" for number in range(10_000)]}))
    assert found == (None, tuple(f"t{number}" for number in range(MAX_TASKS)), 10_000)
    assert MAX_TASKS == 16


def test_of_ten_thousand_videos_the_first_sixteen_are_kept() -> None:
    videos = [f"https://example.com/{number}.mp4" for number in range(10_000)]
    told = task_status(wrapped({"task_status": "succeed", "task_result": {"videos": videos}}))
    assert [video.url for video in told.videos] == videos[:MAX_VIDEOS]


@pytest.mark.parametrize(
    ("spelling", "state"),
    [
        ("waiting", TaskState.WAITING),
        ("PENDING", TaskState.WAITING),
        ("Processing", TaskState.PROCESSING),
        ("running", TaskState.PROCESSING),
        ("succeed", TaskState.SUCCEEDED_WITHOUT_VIDEO),
        ("SUCCESS", TaskState.SUCCEEDED_WITHOUT_VIDEO),
        ("failed", TaskState.FAILED),
        (" failed ", TaskState.FAILED),
        ("queued", TaskState.WAITING),
        ("completed", TaskState.SUCCEEDED_WITHOUT_VIDEO),
        ("Complete", TaskState.SUCCEEDED_WITHOUT_VIDEO),
        ("fail", TaskState.FAILED),
        ("error", TaskState.FAILED),
        ("canceled", TaskState.FAILED),
        ("CANCELLED", TaskState.FAILED),
        ("resting", TaskState.UNKNOWN),
        ("", TaskState.UNKNOWN),
        (3, TaskState.UNKNOWN),
        (None, TaskState.UNKNOWN),
    ],
)
def test_every_observed_spelling_is_known_in_any_case(spelling: object, state: TaskState) -> None:
    assert task_status(wrapped({"task_status": spelling})).state is state


def test_only_ends_are_final() -> None:
    following = {TaskState.WAITING, TaskState.PROCESSING, TaskState.UNKNOWN}
    assert {state for state in TaskState if not state.is_final} == following


VIDEO = "https://a.example/v.mp4"
COVER = "https://a.example/c.jpg"


@pytest.mark.parametrize(
    ("data", "videos"),
    [
        pytest.param({"videos": [VIDEO]}, (Video(VIDEO),), id="a link"),
        pytest.param(
            {"videos": [{"url": VIDEO, "cover_image_url": COVER}]}, (Video(VIDEO, COVER),), id="url, cover_image_url"
        ),
        pytest.param(
            {"videos": [{"video_url": VIDEO, "cover_url": COVER}]}, (Video(VIDEO, COVER),), id="video_url, cover_url"
        ),
        pytest.param({"task_result": {"videos": [VIDEO]}}, (Video(VIDEO),), id="in task_result"),
        pytest.param({"videos": [], "output": {"videos": [VIDEO]}}, (Video(VIDEO),), id="in output"),
        pytest.param({"videos": [VIDEO, VIDEO]}, (Video(VIDEO),), id="the same twice"),
        pytest.param({"videos": ["javascript:alert(1)", "file:///etc/passwd", "//a", ""]}, (), id="no http links"),
        pytest.param(
            {"videos": ["http://[", "https://", "https://a b", "https://a\n", None, 1]},
            (Video("https://a"),),
            id="broken links",
        ),
        pytest.param(
            {"videos": [{"url": VIDEO, "cover_url": "data:x"}]}, (Video(VIDEO),), id="a cover that is no link"
        ),
        pytest.param({"videos": VIDEO}, (Video(VIDEO),), id="a text where a list belongs"),
        pytest.param({"video_urls": [VIDEO]}, (Video(VIDEO),), id="video_urls"),
        pytest.param({"videoUrls": [VIDEO]}, (Video(VIDEO),), id="videoUrls"),
        pytest.param({"video_url": VIDEO, "cover_url": COVER}, (Video(VIDEO, COVER),), id="video_url beside a cover"),
        pytest.param({"videoUrl": VIDEO, "coverUrl": COVER}, (Video(VIDEO, COVER),), id="videoUrl beside coverUrl"),
        pytest.param({"video": {"src": VIDEO, "coverUrl": COVER}}, (Video(VIDEO, COVER),), id="an object under video"),
        pytest.param({"taskResult": {"video": [{"url": VIDEO}]}}, (Video(VIDEO),), id="in taskResult"),
        pytest.param({"output": {"video_urls": VIDEO}}, (Video(VIDEO),), id="video_urls in output, a text"),
    ],
)
def test_videos_are_found_in_every_observed_shape(data: dict[str, Any], videos: tuple[Video, ...]) -> None:
    status = task_status(wrapped({"task_status": "succeed", **data}))
    assert status.videos == videos
    assert status.state is (TaskState.SUCCEEDED if videos else TaskState.SUCCEEDED_WITHOUT_VIDEO)


@pytest.mark.parametrize("data", [{"msg": "refused"}, {"task_result": {"message": "refused"}}], ids=str)
def test_a_failures_own_words_are_kept(data: dict[str, Any]) -> None:
    assert task_status(wrapped({"task_status": "failed", **data})).message == "refused"


def test_a_list_of_one_task_is_read_as_that_task() -> None:
    assert task_status(wrapped([{"task_id": "t1", "task_status": "failed"}])).task_id == "t1"


@pytest.mark.parametrize(
    ("data", "url"),
    [
        ({"object_url_list": [VIDEO, COVER]}, VIDEO),
        ({"object_url_list": []}, None),
        ({"object_url_list": VIDEO}, None),
        ({"object_url_list": ["ftp://a/b"]}, None),
        (None, None),
    ],
    ids=str,
)
def test_an_uploads_link_is_the_first_of_its_list(data: Any, url: str | None) -> None:
    assert uploaded_url(wrapped(data)) == url
    assert uploaded_url(wrapped(data, status=1014)) is None


@pytest.mark.parametrize(
    ("data", "credits"),
    [(1230, 1230), (0, 0), (12.9, 12), (True, None), ("12", 12), ("a lot", None), (None, None)],
    ids=repr,
)
def test_a_balance_is_a_number_or_not_known(data: Any, credits: int | None) -> None:
    assert credits_left(wrapped(data)) == credits


@given(st.binary())
def test_any_bytes_give_an_envelope_or_an_envelope_error(body: bytes) -> None:
    try:
        assert isinstance(parse_envelope(body), Envelope)
    except EnvelopeError as error:
        assert str(error)


@settings(max_examples=40)
@given(SHAPED, st.integers())
def test_any_document_gives_an_envelope_or_an_envelope_error(data: Any, status: int) -> None:
    try:
        envelope = parse_envelope(json.dumps({"status": status, "message": data, "data": data}).encode())
    except EnvelopeError:
        return
    envelope.text.encode()
    assert envelope.message is None or envelope.message.encode()


@settings(max_examples=40)
@given(SHAPED)
def test_any_data_gives_a_status_ids_and_links(data: Any) -> None:
    envelope = wrapped(data)
    status = task_status(envelope)
    ids = submitted_ids(envelope).task_ids
    assert isinstance(status.state, TaskState)
    assert all(identifier(value) == value for value in ids)
    assert all(web_link(video.url) == video.url for video in status.videos)
    for reader in (uploaded_url, credits_left):
        reader(envelope)
