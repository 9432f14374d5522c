"""Polls, uploads and the balance against a server whose every byte the test chooses."""

from __future__ import annotations

import email
import email.policy
import io
import threading
from dataclasses import replace

import pytest

from tests.faults.conftest import CANARY, LIMITS
from tests.faults.hostile import HostileServer, Talk, after_reading, answer, slowly
from tests.faults.rows import MEBIBYTE, envelope
from weryai_ui.client.limits import CallLimits
from weryai_ui.client.tasks import TaskState
from weryai_ui.client.weryai import StatusAnswer, UploadAnswer, WeryAIClient

VIDEO = "https://a.example/v.mp4"
DONE = envelope(0, {"task_id": "t1", "task_status": "succeed", "videos": [VIDEO]})


def ask(data: bytes, task_id: str = "t1") -> tuple[StatusAnswer, HostileServer]:
    with HostileServer(after_reading(data)) as server:
        return WeryAIClient(server.url, CANARY, limits=LIMITS).status(task_id), server


def test_a_status_is_asked_for_at_the_tasks_own_path() -> None:
    found, server = ask(answer(DONE), "a/b?c d")
    assert found.status is not None
    assert found.status.state is TaskState.SUCCEEDED
    assert server.ledger.submits[0].head.startswith("GET /v1/generation/a%2Fb%3Fc%20d/status HTTP/1.1\r\n")


@pytest.mark.parametrize("task_id", ["", " ", ".", "..", "a\nb", "t" * 501], ids=repr)
def test_an_id_that_cannot_stand_in_a_path_is_not_asked_for(task_id: str) -> None:
    found, server = ask(answer(DONE), task_id)
    assert found.status is None
    assert found.explanation is not None
    assert server.ledger.visits == []


@pytest.mark.parametrize(
    ("data", "not_found", "key"),
    [
        pytest.param(answer(envelope(1003)), True, "code.1003", id="1003"),
        pytest.param(answer(envelope(1010)), True, "code.1010", id="1010"),
        pytest.param(answer(envelope(1003), "404 Not Found"), True, "code.1003", id="404 with 1003"),
        pytest.param(answer(envelope(1010), "404 Not Found"), True, "code.1010", id="404 with 1010"),
        pytest.param(answer(b"", "404 Not Found"), False, "http.404", id="a bare 404"),
        pytest.param(answer(b"<html>no route</html>", "404 Not Found"), False, "http.404", id="a gateway's 404"),
        pytest.param(answer(envelope(1002), "404 Not Found"), False, "code.1002", id="404 with another code"),
        pytest.param(answer(envelope(1003), "502 Bad Gateway"), False, "code.1003", id="502 with 1003"),
        pytest.param(answer(envelope(1003), length=999), False, "wire.cut_off", id="1003 cut off"),
        pytest.param(answer(envelope(1001), "429 Too Many Requests"), False, "code.1001", id="429"),
        pytest.param(answer(DONE, "500 Internal Server Error"), False, "http.500", id="500 with a state"),
        pytest.param(answer(DONE, "302 Found", ("Location: /",)), False, "wire.redirect", id="a redirect"),
        pytest.param(answer(b"<html>"), False, "wire.not_json", id="HTML"),
        pytest.param(answer(envelope(0, {"task_id": "t1"})), False, "wire.not_json", id="no state"),
        pytest.param(answer(DONE, length=999), False, "wire.cut_off", id="cut off"),
        pytest.param(b"", False, "wire.cut_off", id="a close"),
    ],
)
def test_a_poll_that_says_nothing_of_the_task_explains_itself(data: bytes, not_found: bool, key: str) -> None:
    found, _ = ask(data)
    assert found.status is None
    assert found.not_found is not_found
    assert found.explanation is not None
    assert found.explanation.key == key


def test_a_refusal_that_says_the_task_failed_is_the_tasks_state() -> None:
    found, _ = ask(answer(envelope(6004, {"task_id": "t1", "task_status": "failed", "msg": "no"})))
    assert found.status is not None
    assert (found.status.state, found.status.message, found.code) == (TaskState.FAILED, "no", 6004)


def test_a_refusal_is_no_proof_of_success() -> None:
    found, _ = ask(answer(envelope(6001, {"task_status": "succeed", "videos": [VIDEO]})))
    assert found.status is None


def test_a_poll_that_trickles_ends_at_the_deadline() -> None:
    with HostileServer(slowly(answer(DONE)[:90], DONE * 9)) as server:
        found = WeryAIClient(server.url, CANARY, limits=LIMITS).status("t1")
    assert found.status is None
    assert found.exchange.seconds < LIMITS.poll.whole + 1.0


@pytest.mark.parametrize(
    ("data", "credits"),
    [
        pytest.param(answer(envelope(0, 1230)), 1230, id="a number"),
        pytest.param(answer(envelope(0, "many")), None, id="a text"),
        pytest.param(answer(envelope(1002, 5), "401 Unauthorized"), None, id="a refusal"),
        pytest.param(b"", None, id="a close"),
    ],
)
def test_the_balance_is_a_number_or_not_known(data: bytes, credits: int | None) -> None:
    with HostileServer(after_reading(data)) as server:
        assert WeryAIClient(server.url, CANARY, limits=LIMITS).balance() == credits


def upload(content: bytes, filename: str = "a.png", kind: str = "image/png") -> tuple[UploadAnswer, HostileServer]:
    data = answer(envelope(0, {"object_url_list": [VIDEO]}))
    with HostileServer(after_reading(data)) as server:
        client = WeryAIClient(server.url, CANARY, limits=LIMITS)
        return client.upload(io.BytesIO(content), filename, kind), server


@pytest.mark.parametrize("size", [0, 1, 3 * MEBIBYTE], ids=["empty", "a byte", "3 MiB"])
def test_an_upload_arrives_byte_for_byte(size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    found, server = upload(content)
    parts = _parts(server)
    assert found.url == VIDEO
    assert parts["fixed"].get_payload(decode=True) == b"false"
    assert parts["file"].get_payload(decode=True) == content
    assert parts["file"].get_content_type() == "image/png"


@pytest.mark.parametrize(
    ("filename", "kind"),
    [('a"; name="fixed', "image/png"), ("a\r\nX-Evil: 1\r\n\r\n", "image/png"), ("a.png", "image/png\r\nX-Evil: 1")],
    ids=["quotes", "a line break", "a line break in the type"],
)
def test_a_hostile_file_name_or_type_stays_inside_its_part(filename: str, kind: str) -> None:
    _, server = upload(b"content", filename, kind)
    parts = _parts(server)
    assert set(parts) == {"fixed", "file"}
    assert parts["file"]["X-Evil"] is None
    assert parts["file"].get_payload(decode=True) == b"content"


def test_an_upload_says_its_length_and_is_not_sent_in_chunks() -> None:
    _, server = upload(b"content")
    visit = server.ledger.submits[0]
    assert f"Content-Length: {len(visit.body)}" in visit.head.split("\r\n")
    assert "Transfer-Encoding" not in visit.head


def test_an_upload_may_stand_still_for_longer_than_connecting_may_take() -> None:
    # Only connecting is short here: a busy machine may take its time for so many bytes.
    limits = replace(LIMITS, upload=CallLimits(connect=0.5, read=20.0, whole=60.0))

    def read_late(talk: Talk) -> None:
        threading.Event().wait(limits.upload.connect + 0.2)
        talk.read_request()
        talk.send(answer(envelope(0, {"object_url_list": [VIDEO]})))

    with HostileServer(read_late) as server:
        client = WeryAIClient(server.url, CANARY, limits=limits)
        found = client.upload(io.BytesIO(b"x" * 16 * MEBIBYTE), "a.png", "image/png")
    assert found.url == VIDEO


def test_a_poll_is_never_repeated_by_itself() -> None:
    _, server = ask(b"")
    assert len(server.ledger.visits) == 1


def test_an_upload_refused_before_it_was_read_says_why() -> None:
    def refuse(talk: Talk) -> None:
        talk.send(answer(envelope(1014, message="too large"), "413 Content Too Large"))
        talk.hang()

    with HostileServer(refuse) as server:
        client = WeryAIClient(server.url, CANARY, limits=LIMITS)
        found = client.upload(io.BytesIO(b"x" * MEBIBYTE), "a.png", "image/png")
    assert found.url is None
    assert found.explanation is not None
    assert found.explanation.key == "code.1014"
    assert found.service_message == "too large"


class _Shrinking(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        return b""


def test_a_file_that_shrinks_while_it_is_sent_ends_the_upload() -> None:
    with HostileServer(after_reading(b"")) as server:
        client = WeryAIClient(server.url, CANARY, limits=LIMITS)
        found = client.upload(_Shrinking(b"content"), "a.png", "image/png")
    assert found.url is None
    assert server.ledger.submits == []


def _parts(server: HostileServer) -> dict[str, email.message.EmailMessage]:
    visit = server.ledger.submits[0]
    header = next(line for line in visit.head.split("\r\n") if line.startswith("Content-Type:"))
    form = email.message_from_bytes(
        header.encode() + b"\r\nContent-Transfer-Encoding: binary\r\n\r\n" + visit.body, policy=email.policy.HTTP
    )
    return {str(part.get_param("name", header="content-disposition")): part for part in form.iter_parts()}  # type: ignore[misc]
