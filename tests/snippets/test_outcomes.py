"""The printed programs against a service that misbehaves: one paid request at most, and the right outcome."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.hostile import HostileServer, Talk, after_reading, answer
from tests.faults.tls import TLSServer, self_signed
from tests.snippets.conftest import run
from tests.snippets.test_snippets import SMALL
from weryai_ui.portable.programs import Language

FAILED, REFUSED, NOT_SENT, UNKNOWN = 1, 2, 3, 4
KEY = "sk-canary-7f3a91"


def envelope(status: object, data: object = None, message: str = "the words") -> bytes:
    return json.dumps({"status": status, "desc": "d", "message": message, "data": data}).encode()


ONE = {"task_id": "task_1", "task_status": "waiting"}
TO_ITSELF = ("Location: /v1/generation/almighty-reference-to-video",)
REPLIES: dict[str, tuple[Callable[[Talk], None], int]] = {
    "not enough credits": (after_reading(answer(envelope(1011))), REFUSED),
    "bad request": (after_reading(answer(envelope(1002), "400 Bad Request")), REFUSED),
    "no such address, with an envelope": (after_reading(answer(envelope(0), "404 Not Found")), REFUSED),
    "no such address, without one": (after_reading(answer(b"<html>", "404 Not Found")), UNKNOWN),
    "request timeout": (after_reading(answer(envelope(1002), "408 Request Timeout")), UNKNOWN),
    "server error with an envelope": (after_reading(answer(envelope(6001), "500 Internal Server Error")), UNKNOWN),
    "bad gateway": (after_reading(answer(b"<html>", "502 Bad Gateway")), UNKNOWN),
    "307 to itself": (after_reading(answer(b"", "307 Temporary Redirect", TO_ITSELF)), UNKNOWN),
    "302 to itself": (after_reading(answer(envelope(0, ONE), "302 Found", TO_ITSELF)), UNKNOWN),
    "yes without an id": (after_reading(answer(envelope(0, {}))), UNKNOWN),
    "yes with an id of null": (after_reading(answer(envelope(0, {"task_id": None}))), UNKNOWN),
    "yes without data": (after_reading(answer(envelope(0))), UNKNOWN),
    "status as a boolean": (after_reading(answer(envelope(False, ONE))), UNKNOWN),
    "a list": (after_reading(answer(b'[{"status": 1011}]')), UNKNOWN),
    "nothing": (after_reading(answer(b"")), UNKNOWN),
    "cut off": (after_reading(answer(envelope(0, ONE), length=5000)), UNKNOWN),
    "closed after reading": (after_reading(b""), UNKNOWN),
    "no HTTP": (after_reading(b"\x16\x03\x01 what\r\n\r\n"), UNKNOWN),
}


@pytest.mark.parametrize("reply", REPLIES)
def test_each_answer_has_its_outcome_and_the_request_is_sent_once(
    language: Language, reply: str, tmp_path: Path
) -> None:
    behave, status = REPLIES[reply]
    with HostileServer(behave) as server:
        ran = run(language, SMALL, server.url, tmp_path, key=KEY)
    assert ran.status == status, ran.said
    assert len(server.ledger.submits) == 1
    assert ("may have been accepted and charged" in ran.said) == (status == UNKNOWN)
    assert ("the words" in ran.said) or status != REFUSED
    assert KEY not in ran.said


def test_a_settings_file_of_the_tool_cannot_make_it_send_twice_or_with_another_key(
    language: Language, tmp_path: Path
) -> None:
    (tmp_path / ".curlrc").write_text('retry = 3\nretry-all-errors\nlocation\nheader = "Authorization: Bearer other"\n')
    (tmp_path / ".netrc").write_text("default login other password other\n")
    (tmp_path / ".netrc").chmod(0o600)
    with HostileServer(after_reading(answer(b"", "503 Service Unavailable"))) as server:
        ran = run(language, SMALL, server.url, tmp_path, key=KEY)
    assert ran.status == UNKNOWN
    (visit,) = server.ledger.submits
    assert re.findall(r"(?im)^authorization: (.*?)\r?$", visit.head) == [f"Bearer {KEY}"]


class Service:
    """A made-up service: `submit` answers the paid request; `script` holds for each task what its polls get."""

    def __init__(self, submit: bytes, script: dict[str, list[bytes]]) -> None:
        self._submit = submit
        self._script = script
        self._lock = threading.Lock()
        self.asked: list[str] = []

    def __call__(self, talk: Talk) -> None:
        talk.read_request()
        _, path, _ = talk.visit.head.split(" ", 2)
        with self._lock:
            self.asked.append(path)
            talk.send(self._answer(path))

    def _answer(self, path: str) -> bytes:
        if path.endswith("/almighty-reference-to-video"):
            return self._submit
        if (task := re.fullmatch(r"/v1/generation/(.*)/status", path)) and (answers := self._script[task[1]]):
            return answers.pop(0) if len(answers) > 1 else answers[0]
        return answer(b"the video of " + path.encode())


def status_answer(state: str, **more: Any) -> bytes:
    return answer(envelope(0, {"task_id": "t", "task_status": state, **more}, message="success"))


def served(language: Language, folder: Path, submit: bytes, script: dict[str, list[bytes]]) -> tuple[Any, Service]:
    service = Service(submit, script)
    with HostileServer(service) as server:
        link = server.url.replace("/", r"\/")
        made = {task: [each.replace(b"HERE", link.encode()) for each in answers] for task, answers in script.items()}
        service._script = {task: [_sized(each) for each in answers] for task, answers in made.items()}
        return run(language, SMALL, server.url, folder, key=KEY), service


def _sized(reply: bytes) -> bytes:
    head, _, body = reply.partition(b"\r\n\r\n")
    return re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(body), head) + b"\r\n\r\n" + body


def test_a_poll_that_goes_wrong_is_followed_by_the_next(language: Language, tmp_path: Path) -> None:
    polls = [
        answer(b"<html>", "502 Bad Gateway"),
        b"",
        answer(envelope(1003, message="no such task")),
        answer(b"[1]"),
        status_answer("succeed", videos=7) if language is Language.PYTHON else answer(envelope(0, [])),
        status_answer("Processing"),
        answer(envelope(0, [{"task_status": "SUCCESS", "videos": ["HERE/a.mp4"]}])),
    ]
    ran, service = served(language, tmp_path, answer(envelope(200, ONE)), {"task_1": polls})
    assert ran.status == 0, ran.said
    assert [path.name for path in ran.videos] == ["task_1-1.mp4"]
    assert "no such task" in ran.said
    assert len([path for path in service.asked if path.endswith("to-video")]) == 1


def test_every_shape_of_a_video_link_is_downloaded_once_and_no_cover(language: Language, tmp_path: Path) -> None:
    pretty = json.dumps({"status": 0, "data": {"batch_id": "b", "task_ids": ["t-1", "t-2", "t-1"]}}, indent=4)
    result = {"videos": [{"cover_url": "HERE/cover.png", "video_url": "HERE/two.mp4?a=1&b=[2]"}], "message": "done"}
    script = {
        "t-1": [status_answer("Succeed", videos=[{"url": "HERE/one.mp4", "cover_image_url": "HERE/cover.png"}])],
        "t-2": [_escaped(status_answer("SUCCESS", task_result=result))],
    }
    ran, service = served(language, tmp_path, answer(pretty.encode()), script)
    assert ran.status == 0, ran.said
    assert {path.name: path.read_text() for path in ran.videos} == {
        "t-1-1.mp4": "the video of /one.mp4",
        "t-2-1.mp4": "the video of /two.mp4?a=1&b=%5B2%5D",
    }
    assert not [path for path in service.asked if "cover" in path]


@pytest.mark.parametrize(
    "more",
    [
        {"task_status": "completed", "video_urls": ["HERE/film.mp4"]},
        {"task_status": "Complete", "video_url": "HERE/film.mp4", "cover_url": "HERE/cover.png"},
        {"taskStatus": "COMPLETED", "video": {"url": "HERE/film.mp4", "coverUrl": "HERE/cover.png"}},
        {"task_status": "success", "output": {"videos": ["HERE/film.mp4"]}},
    ],
    ids=["video_urls", "video_url", "an object under video", "in output"],
)
def test_a_finished_film_is_found_under_every_known_name(
    language: Language, more: dict[str, Any], tmp_path: Path
) -> None:
    submitted = answer(envelope(0, [{"taskId": "t-1", "taskStatus": "waiting"}]))
    ran, service = served(language, tmp_path, submitted, {"t-1": [answer(envelope(0, {"taskId": "t-1", **more}))]})
    assert ran.status == 0, ran.said
    assert {path.name: path.read_text() for path in ran.videos} == {"t-1-1.mp4": "the video of /film.mp4"}
    assert not [path for path in service.asked if "cover" in path]


@pytest.mark.parametrize("state", ["fail", "error", "CANCELED", "cancelled"])
def test_every_known_name_of_a_failure_ends_it(language: Language, state: str, tmp_path: Path) -> None:
    ran, _ = served(language, tmp_path, answer(envelope(0, ONE)), {"task_1": [status_answer(state, msg="it said no")]})
    assert ran.status == FAILED, ran.said
    assert "it said no" in ran.said


def _escaped(reply: bytes) -> bytes:
    """As a Java service writes links (Gson escapes these two)."""
    return reply.replace(b"&", rb"\u0026").replace(b"a=", rb"a\u003d").replace(b"[2]", b"%5B2%5D")


@pytest.mark.parametrize(
    ("last", "says"),
    [
        pytest.param(status_answer("FAILED", msg='the "model" said no'), 'the "model" said no', id="failed"),
        pytest.param(status_answer("failed", task_result={"message": "too loud"}), "too loud", id="failed, in result"),
        pytest.param(status_answer("success"), "has no video", id="success without a video"),
        pytest.param(status_answer("success", videos=["http://127.0.0.1:1/x.mp4"]), "not downloaded", id="gone"),
    ],
)
def test_an_end_without_a_video_is_a_failure_that_says_why(
    language: Language, last: bytes, says: str, tmp_path: Path
) -> None:
    ran, _ = served(language, tmp_path, answer(envelope(0, ONE)), {"task_1": [last]})
    assert ran.status == FAILED, ran.said
    assert says in ran.said
    assert sorted(path.name for path in tmp_path.iterdir()) == [language.file_name]


def test_the_key_goes_to_the_service_only_and_not_to_where_the_videos_are(language: Language, tmp_path: Path) -> None:
    script = {"task_1": [status_answer("succeed", videos=["HERE/a.mp4"])]}
    heads: list[str] = []

    class Watched(Service):
        def __call__(self, talk: Talk) -> None:
            super().__call__(talk)
            heads.append(talk.visit.head)

    service = Watched(answer(envelope(0, ONE)), {})
    with HostileServer(service) as server:
        service._script = {"task_1": [_sized(script["task_1"][0].replace(b"HERE", server.url.encode()))]}
        assert run(language, SMALL, server.url, tmp_path, key=KEY).status == 0
    assert [KEY in head for head in heads] == [".mp4" not in head for head in heads]


def test_a_certificate_that_nobody_vouches_for_means_that_nothing_was_sent(language: Language, tmp_path: Path) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    with TLSServer(self_signed(folder), after_reading(answer(envelope(0, ONE)))) as server:
        ran = run(language, SMALL, server.url, tmp_path, key=KEY)
    assert (ran.status, server.ledger.submits) == (NOT_SENT, []), ran.said


def test_a_server_without_a_secure_connection_means_that_nothing_was_sent(language: Language, tmp_path: Path) -> None:
    with HostileServer(lambda talk: talk.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        ran = run(language, SMALL, server.url.replace("http:", "https:"), tmp_path, key=KEY)
    assert (ran.status, server.ledger.submits) == (NOT_SENT, []), ran.said


def test_a_host_that_does_not_exist_means_that_nothing_was_sent(language: Language, tmp_path: Path) -> None:
    ran = run(language, SMALL, "http://nowhere.invalid", tmp_path, key=KEY)
    assert ran.status == NOT_SENT, ran.said


@pytest.mark.slow
def test_a_connection_that_is_never_taken_means_that_nothing_was_sent(
    language: Language, full_port: int, tmp_path: Path
) -> None:
    ran = run(language, SMALL, f"http://127.0.0.1:{full_port}", tmp_path, key=KEY)
    assert ran.status == NOT_SENT, ran.said
