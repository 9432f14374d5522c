"""Every row of the fault matrix that happens on the wire, judged by the hostile server's own ledger."""

from __future__ import annotations

import json
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.conftest import CANARY, Submission
from tests.faults.hostile import HostileServer, Talk, after_reading, answer
from tests.faults.rows import HEAVY_ROWS, HTTP_ERRORS, MEBIBYTE, ROWS, TASK_ID, YES, Row, chunked, envelope
from weryai_ui.client.limits import Limits
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.weryai import SubmitAnswer, WeryAIClient

MEMORY_FOR_ONE_ANSWER = 64 * MEBIBYTE
PATIENT = Limits()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_fault_after_the_connection_stands(row: Row, submit: Submission) -> None:
    with HostileServer(row.behave) as server:
        submission = submit(server.url)
    assert (submission.outcome, _key(submission)) == (row.outcome, row.key)
    assert len(server.ledger.visits) == 1
    assert len(server.ledger.submits) == row.complete


def test_a_reset_on_accept_is_unclear_unless_it_came_before_the_first_byte(submit: Submission) -> None:
    with HostileServer(Talk.reset) as server:
        submission = submit(server.url)
    assert server.ledger.submits == []
    assert submission.outcome in (Outcome.UNKNOWN, Outcome.NOT_SENT)
    assert submission.outcome is Outcome.NOT_SENT or _key(submission) == "wire.cut_off"


@pytest.mark.parametrize("row", HEAVY_ROWS, ids=lambda row: row.name)
def test_a_heavy_answer_takes_bounded_memory(row: Row, submit: Submission) -> None:
    with HostileServer(row.behave) as server:
        tracemalloc.start()
        submission = submit(server.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (submission.outcome, _key(submission)) == (row.outcome, row.key)
    assert peak < MEMORY_FOR_ONE_ANSWER
    assert len(server.ledger.visits) == 1


@pytest.mark.parametrize("status", HTTP_ERRORS)
@pytest.mark.parametrize("body", [envelope(1007), b"<html>no</html>"], ids=["envelope", "no envelope"])
def test_retry_after_comes_back_with_every_error(status: str, body: bytes, submit: Submission) -> None:
    with HostileServer(after_reading(answer(body, status, ("Retry-After: 7",)))) as server:
        assert submit(server.url).exchange.retry_after == 7.0


@pytest.mark.parametrize("body", [YES, b""], ids=["with an envelope", "empty"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("elsewhere", [False, True], ids=["same host", "another host"])
def test_a_redirect_is_unclear_and_never_followed(
    status: int, elsewhere: bool, body: bytes, submit: Submission
) -> None:
    def redirect(talk: Talk) -> None:
        talk.read_request()
        base = target.url if elsewhere else ""
        talk.send(answer(body, f"{status} Moved", (f"Location: {base}/elsewhere",)))

    with HostileServer(after_reading(answer(YES))) as target, HostileServer(redirect) as server:
        submission = submit(server.url)
    assert submission.outcome is Outcome.UNKNOWN
    assert _key(submission) == "wire.redirect"
    assert len(server.ledger.visits) == 1
    assert target.ledger.visits == []


@pytest.mark.parametrize(
    ("whole", "needless"),
    [(answer(YES), 0), (chunked(YES, b""), len(b"\r\n\r\n")), (b"HTTP/1.1 200 OK\r\n\r\n" + YES, 0)],
    ids=["with a length", "in chunks", "until the connection ends"],
)
def test_an_answer_cut_after_any_byte_is_not_believed(whole: bytes, needless: int, submit: Submission) -> None:
    cut: list[bytes] = []

    def behave(talk: Talk) -> None:
        talk.read_request()
        talk.send(cut[-1])

    with HostileServer(behave) as server:
        for length in range(len(whole) - needless):
            cut.append(whole[:length])
            assert submit(server.url).outcome is Outcome.UNKNOWN, cut[-1]
    assert len(server.ledger.submits) == len(server.ledger.visits) == len(cut)


def test_a_server_that_quotes_the_key_does_not_bring_it_back(submit: Submission) -> None:
    def quote(talk: Talk) -> None:
        talk.read_request()
        words = f"unknown key {talk.header('Authorization')}"
        talk.send(answer(envelope(1002, {"key": CANARY}, words), "401 Unauthorized"))

    with HostileServer(quote) as server:
        submission = submit(server.url)
    assert submission.outcome is Outcome.REJECTED
    assert submission.service_message == "unknown key Bearer [key removed]"


def test_a_server_that_writes_the_key_into_a_broken_header_does_not_bring_it_into_a_log(submit: Submission) -> None:
    def quote(talk: Talk) -> None:
        talk.read_request()
        talk.send(answer(YES, headers=(f"{talk.header('Authorization')}",)))

    with HostileServer(quote) as server:
        assert submit(server.url).outcome is Outcome.UNKNOWN


def test_one_client_in_many_threads_sends_each_submit_once() -> None:
    def echo(talk: Talk) -> None:
        talk.read_request()
        talk.send(answer(envelope(0, {"task_id": json.loads(talk.visit.body)["prompt"]})))

    with HostileServer(echo) as server, ThreadPoolExecutor(16) as pool:
        client = WeryAIClient(server.url, CANARY, limits=PATIENT)
        submissions = list(pool.map(lambda n: client.submit({"prompt": f"t{n}"}), range(100)))
    assert [submission.task_ids for submission in submissions] == [(f"t{n}",) for n in range(100)]
    assert len(server.ledger.submits) == len(server.ledger.visits) == 100


def test_netrc_proxies_and_cookies_of_the_environment_are_not_used(
    submit: Submission, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login thief password secret\ndefault login thief password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    with HostileServer(after_reading(answer(YES))) as proxy, HostileServer(after_reading(answer(YES))) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        submission = submit(server.url)
    assert submission.outcome is Outcome.ACCEPTED
    assert f"Authorization: Bearer {CANARY}" in server.ledger.submits[0].head
    assert proxy.ledger.visits == []


def test_a_cookie_does_not_come_back() -> None:
    with HostileServer(after_reading(answer(YES, headers=("Set-Cookie: who=you; Path=/",)))) as server:
        client = WeryAIClient(server.url, CANARY, limits=PATIENT)
        client.submit({})
        client.submit({})
    assert [visit.head.count("Cookie") for visit in server.ledger.submits] == [0, 0]


def test_the_request_is_sent_exactly_as_it_is_shown(submit: Submission) -> None:
    with HostileServer(after_reading(answer(YES))) as server:
        submission = submit(server.url)
    visit = server.ledger.submits[0]
    assert visit.body.decode() == submission.exchange.request_text
    assert visit.head.startswith("POST /v1/generation/almighty-reference-to-video HTTP/1.1\r\n")
    assert sorted(visit.head.split("\r\n")[1:]) == [
        "Accept-Encoding: identity",
        "Accept: application/json",
        f"Authorization: Bearer {CANARY}",
        "Connection: close",
        f"Content-Length: {len(visit.body)}",
        "Content-Type: application/json",
        f"Host: 127.0.0.1:{server.port}",
        "User-Agent: weryai-ui",
    ]
    assert submission.task_ids == (TASK_ID,)


def test_a_broken_off_answer_still_names_the_task_it_named(submit: Submission) -> None:
    with HostileServer(after_reading(chunked(YES))) as server:
        submission = submit(server.url)
    assert submission.outcome is Outcome.UNKNOWN
    assert submission.task_ids == (TASK_ID,)


def _key(submission: SubmitAnswer) -> str | None:
    return submission.explanation.key if submission.explanation else None
