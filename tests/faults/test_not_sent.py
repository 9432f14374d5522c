"""The rows of the fault matrix in which no byte of the request leaves: NOT_SENT, and the ledger stays empty."""

from __future__ import annotations

import contextlib
import gc
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from urllib3.connection import HTTPConnection

from tests.faults.conftest import BODY, CANARY, LIMITS, SHORT, Submission
from tests.faults.hostile import HostileServer, Talk, after_reading, answer, slowly
from tests.faults.rows import YES
from tests.faults.tls import TLSServer, self_signed
from tests.process import reserved_port
from weryai_ui.client import transport
from weryai_ui.client.limits import CallLimits, Limits
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.weryai import SubmitAnswer, WeryAIClient
from weryai_ui.client.wire import THREAD_NAME
from weryai_ui.errors import Trouble, explain_trouble

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port that is taken and that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield int(sock.getsockname()[1])


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue is full, so that a connection is neither taken nor refused."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield int(listener.getsockname()[1])


def test_a_name_that_cannot_be_looked_up(submit: Submission) -> None:
    _assert_not_sent(submit("http://nowhere.invalid"), "wire.dns")


@pytest.mark.parametrize("host", [f"{'a' * 70}.example", "a..example", ".example", "*.example", "a%zz"])
def test_a_name_that_is_no_name(host: str, submit: Submission) -> None:
    _assert_not_sent(submit(f"http://{host}"), "wire.dns")


def test_a_refused_connection(submit: Submission, dead_port: int) -> None:
    _assert_not_sent(submit(f"http://127.0.0.1:{dead_port}"), "wire.refused")


def test_a_connection_that_is_not_taken_in_time(submit: Submission, full_port: int) -> None:
    _assert_not_sent(submit(f"http://127.0.0.1:{full_port}"), "wire.connect_timeout")


def test_connecting_has_a_limit_of_its_own(full_port: int) -> None:
    limits = Limits(poll=CallLimits(connect=0.2, read=20.0, whole=20.0))
    found = WeryAIClient(f"http://127.0.0.1:{full_port}", CANARY, limits=limits).status("t1")
    assert found.explanation == explain_trouble(Trouble.CONNECT_TIMEOUT)
    assert found.exchange.seconds < 5


def _plain_words(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def _close(talk: Talk) -> None:
    talk.sock.recv(1)


def _trickle_a_handshake(talk: Talk) -> None:
    talk.trickle(b"\x16\x03\x03\x40\x00" + b"\x00" * 400)


@pytest.mark.parametrize(
    ("behave", "key"),
    [
        pytest.param(_plain_words, "wire.tls", id="plain words instead of a handshake"),
        pytest.param(_close, "wire.tls", id="a close in the handshake"),
        pytest.param(Talk.hang, "wire.connect_timeout", id="silence in the handshake"),
        pytest.param(_trickle_a_handshake, "wire.connect_timeout", id="a handshake that trickles"),
    ],
)
def test_a_secure_connection_that_fails(behave: object, key: str, submit: Submission) -> None:
    assert callable(behave)
    with HostileServer(behave) as server:
        submission = submit(server.url.replace("http:", "https:"))
    _assert_not_sent(submission, key)
    assert server.ledger.submits == []


# CPython 3.11 leaves the socket to the collector when the reset comes before its `wrap_socket` has begun.
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
def test_a_reset_in_the_handshake(submit: Submission) -> None:
    with HostileServer(Talk.reset) as server:
        submission = submit(server.url.replace("http:", "https:"))
    gc.collect()
    # Which of the two depends on whether the reset comes before the connection is seen to stand.
    assert submission.explanation in (explain_trouble(Trouble.TLS), explain_trouble(Trouble.UNREACHABLE))
    assert submission.outcome is Outcome.NOT_SENT
    assert server.ledger.submits == []


@needs_openssl
def test_a_certificate_that_nobody_vouches_for(submit: Submission, tmp_path: Path) -> None:
    with TLSServer(self_signed(tmp_path), after_reading(answer(YES))) as server:
        _assert_not_sent(submit(server.url), "wire.tls")
    assert server.ledger.submits == []


@needs_openssl
@pytest.mark.parametrize(("host", "outcome"), [("localhost", Outcome.ACCEPTED), ("127.0.0.1", Outcome.NOT_SENT)])
def test_a_trusted_certificate_serves_its_own_name_only(
    host: str, outcome: Outcome, submit: Submission, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    transport.tls_context.cache_clear()
    try:
        with TLSServer(certificate, after_reading(answer(YES))) as server:
            assert submit(server.url.replace("localhost", host)).outcome is outcome
    finally:
        transport.tls_context.cache_clear()


def test_a_look_up_that_ends_after_the_deadline_sends_nothing_late(
    submit: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    with HostileServer(after_reading(answer(YES))) as server:
        monkeypatch.setattr(socket, "getaddrinfo", _released_by(released, socket.getaddrinfo))
        submission = submit(server.url)
        released.set()
        _wait_for_the_wire()
    _assert_not_sent(submission, "wire.connect_timeout")
    assert server.ledger.submits == []


def test_a_connection_that_stands_after_the_deadline_sends_nothing_late(
    submit: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    came: list[bytes] = []
    with HostileServer(lambda talk: came.append(talk.sock.recv(1))) as server:
        monkeypatch.setattr(HTTPConnection, "connect", _released_by(released, HTTPConnection.connect))
        submission = submit(server.url)
        released.set()
        _wait_for_the_wire()
    _assert_not_sent(submission, "wire.connect_timeout")
    assert came == [b""]


def test_a_call_that_is_given_up_lets_go_of_its_connection(submit: Submission) -> None:
    with HostileServer(slowly(answer(length=999), b" " * 999)) as server:
        submit(server.url)
        _wait_for_the_wire()


def _released_by(released: threading.Event, real: Callable[..., object]) -> Callable[..., object]:
    """`real`, which in the wire's thread returns only once it is released."""

    def slow(*arguments: object, **named: object) -> object:
        result = real(*arguments, **named)
        if threading.current_thread().name == THREAD_NAME:
            released.wait(10)
        return result

    return slow


def _wait_for_the_wire() -> None:
    for thread in threading.enumerate():
        if thread.name == THREAD_NAME:
            thread.join(5)
            assert not thread.is_alive()


def test_it_is_tried_twice_more_with_growing_pauses_and_then_given_up(dead_port: int) -> None:
    pauses: list[float] = []
    client = WeryAIClient(
        f"http://127.0.0.1:{dead_port}", CANARY, limits=LIMITS, sleep=pauses.append, random=lambda: 0.0
    )
    assert client.submit(BODY).outcome is Outcome.NOT_SENT
    assert pauses == [0.5, 1.0]


def test_a_quiet_retry_that_gets_through_is_accepted_once() -> None:
    with contextlib.ExitStack() as stack:
        servers: list[HostileServer] = []

        def start_the_server(_: float) -> None:
            server = HostileServer(after_reading(answer(YES)), port=port)
            servers.append(stack.enter_context(server))

        port = int(stack.enter_context(reserved_port()).getsockname()[1])
        client = WeryAIClient(f"http://127.0.0.1:{port}", CANARY, limits=LIMITS, sleep=start_the_server)
        submission = client.submit(BODY)
    assert submission.outcome is Outcome.ACCEPTED
    assert len(servers) == len(servers[0].ledger.submits) == 1


def test_no_retry_begins_after_the_deadline(dead_port: int) -> None:
    moments = iter([0.0, 0.0, 0.0, 0.0, SHORT.whole - 0.1, SHORT.whole - 0.1])
    pauses: list[float] = []
    client = WeryAIClient(
        f"http://127.0.0.1:{dead_port}",
        CANARY,
        limits=LIMITS,
        sleep=pauses.append,
        clock=lambda: next(moments, SHORT.whole),
    )
    assert client.submit(BODY).outcome is Outcome.NOT_SENT
    assert pauses == []


@pytest.mark.parametrize(
    "body", [{"prompt": "\ud800"}, {"caller_id": float("nan")}, {"images": {1, 2}}, "\ud800"], ids=repr
)
def test_a_body_that_has_no_json_form_is_not_sent(body: dict[str, object] | str) -> None:
    with HostileServer(after_reading(answer(YES))) as server:
        submission = WeryAIClient(server.url, CANARY, limits=LIMITS).submit(body)
    _assert_not_sent(submission, "wire.bad_request")
    assert server.ledger.visits == []


def _assert_not_sent(submission: SubmitAnswer, key: str) -> None:
    assert submission.outcome is Outcome.NOT_SENT
    assert submission.explanation is not None
    assert submission.explanation.key == key
    assert submission.exchange.http_status is None
    assert submission.exchange.response_text is None
