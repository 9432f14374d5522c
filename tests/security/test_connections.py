"""Connections that say nothing, say it slowly, or read nothing, and many of them: they end, and others are served."""

from __future__ import annotations

import contextlib
import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.conftest import App, StartApp
from tests.media.made import clip
from tests.process import AppProcess
from tests.security.conftest import ask
from weryai_ui.ui.http import guard
from weryai_ui.ui.http.bodies import ARRIVAL, GRACE_SECONDS, UPLOAD_ARRIVAL, Arrival
from weryai_ui.ui.http.connections import HEADER_SECONDS, TAKEN_AT_ONCE, Bounds, Connections, Seldom, bound

SHORT = 0.4
WAIT_SECONDS = 20.0
DESCRIPTORS = 1024
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def bounded(app: App) -> Callable[..., Connections]:
    """Puts other bounds on the connections that the app takes from now on."""

    def put(**bounds: float) -> Connections:
        wanted = Bounds(**{"in_all": 100, "of_address": 100, "header_seconds": SHORT, **bounds})  # type: ignore[arg-type]
        return bound(app.blocks.server.config, wanted, app.service.settings.trusts)

    return put


@contextlib.contextmanager
def connected(app: App, said: bytes = b"", source: str = "127.0.0.1") -> Iterator[socket.socket]:
    port = int(app.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), WAIT_SECONDS, (source, 0)) as connection:
        connection.sendall(said)
        yield connection


def trickle_until_closed(connection: socket.socket) -> float:
    """Sends a byte every little while; the seconds until the other side has had enough."""
    began = time.monotonic()
    connection.settimeout(SHORT / 8)
    with contextlib.suppress(ConnectionError):
        while time.monotonic() - began < WAIT_SECONDS:
            connection.sendall(b"x")
            with contextlib.suppress(TimeoutError):
                if not connection.recv(4096):
                    break
    return time.monotonic() - began


def test_headers_have_ten_seconds() -> None:
    assert Bounds().header_seconds == HEADER_SECONDS == 10


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_connection_whose_headers_do_not_come_is_closed(
    app: App, bounded: Callable[..., Connections], said: bytes
) -> None:
    bounded()
    with connected(app, said) as connection:
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):
            assert connection.recv(1) == b""
        assert SHORT / 2 < time.monotonic() - began < WAIT_SECONDS / 2


def test_headers_that_come_byte_by_byte_win_no_time(app: App, bounded: Callable[..., Connections]) -> None:
    bounded()
    with connected(app, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ") as connection:
        assert trickle_until_closed(connection) < WAIT_SECONDS / 2


def test_the_second_request_of_a_connection_has_no_more_time_than_the_first(
    app: App, bounded: Callable[..., Connections]
) -> None:
    bounded()
    with connected(app, GET) as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        assert trickle_until_closed(connection) < WAIT_SECONDS / 2


def test_a_body_that_goes_on_after_its_answer_holds_no_connection(
    app: App, bounded: Callable[..., Connections]
) -> None:
    bounded()
    with connected(app, b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n") as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 404")
        assert trickle_until_closed(connection) < WAIT_SECONDS / 2


def test_a_request_under_way_may_take_longer_than_its_headers(
    app: App, bounded: Callable[..., Connections], monkeypatch: pytest.MonkeyPatch
) -> None:
    bounded()
    with connected(app, b"POST /board HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n") as connection:
        connection.settimeout(3 * SHORT)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(WAIT_SECONDS)
        connection.sendall(b"{}")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")


def test_an_answer_that_nobody_reads_holds_no_connection(app: App, bounded: Callable[..., Connections]) -> None:
    connections = bounded(unread_seconds=SHORT, header_seconds=WAIT_SECONDS)
    given = ask(app.url, "/uploads", "POST", clip() + b"\0" * 20_000_000, {"X-Name": "long.mp4"}).data
    path = f"/uploads/{given['link'].removeprefix('upload:')}"
    with connected(app, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()):
        until(lambda: len(connections) == 1)
        until(lambda: len(connections) == 0)


# --- many of them --------------------------------------------------------------------------------------


def test_who_holds_all_connections_and_says_nothing_shuts_nobody_out(
    app: App, bounded: Callable[..., Connections]
) -> None:
    connections = bounded(in_all=20, header_seconds=WAIT_SECONDS)
    with ExitStack() as held:
        for _ in range(60):
            held.enter_context(connected(app))
        assert requests.get(f"{app.url}/healthz", timeout=WAIT_SECONDS).ok
        until(lambda: len(connections) <= 20)


def test_one_address_has_its_share_and_takes_no_others(app: App, bounded: Callable[..., Connections]) -> None:
    connections = bounded(in_all=40, of_address=5, header_seconds=WAIT_SECONDS)
    with ExitStack() as held:
        mine = held.enter_context(connected(app, source="127.0.0.9"))
        for _ in range(30):
            held.enter_context(connected(app, source="127.0.0.2"))
        mine.sendall(GET)
        assert mine.recv(4096).startswith(b"HTTP/1.1 200")
        until(lambda: len(connections) <= 6)


def test_a_request_under_way_is_not_ended_to_make_room(app: App, bounded: Callable[..., Connections]) -> None:
    connections = bounded(in_all=2 * TAKEN_AT_ONCE, header_seconds=WAIT_SECONDS)
    with ExitStack() as held:
        mine = held.enter_context(connected(app, b"POST /board HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"))
        for _ in range(6 * TAKEN_AT_ONCE):
            held.enter_context(connected(app))
        until(lambda: len(connections) == 2 * TAKEN_AT_ONCE)
        mine.sendall(b"{}")
        assert mine.recv(4096).startswith(b"HTTP/1.1 200")


def test_many_more_connections_than_descriptors_fill_no_log_and_shut_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({DESCRIPTORS}, {DESCRIPTORS}))"]
    (tmp_path / "sitecustomize.py").write_text("\n".join(few))
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 3 * DESCRIPTORS
    with AppProcess(tmp_path, PYTHONPATH=f"{tmp_path}:{Path.cwd()}") as process, ExitStack() as held:
        for _ in range(2 * DESCRIPTORS):
            with contextlib.suppress(OSError):
                held.enter_context(socket.create_connection(("127.0.0.1", process.port), WAIT_SECONDS))
        assert requests.get(f"{process.url}/healthz", timeout=WAIT_SECONDS).ok
        board = requests.post(f"{process.url}/board", json={}, timeout=WAIT_SECONDS)
        assert board.json()["cards"] == []
        lines = (tmp_path / "app.log").read_text().splitlines()
    print(f"\n{len(lines)} lines in the log for {2 * DESCRIPTORS} connections")
    assert len(lines) < 100


def test_what_happens_a_thousand_times_is_said_once_a_minute() -> None:
    now = [0.0]
    seldom = Seldom(lambda: now[0])
    assert seldom.times() == 1
    assert [seldom.times() for _ in range(999)] == [None] * 999
    now[0] = 60.0
    assert seldom.times() == 1000


# --- bodies --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arrival", "waited", "read", "left"),
    [
        (UPLOAD_ARRIVAL, 0.0, 0, GRACE_SECONDS),
        (UPLOAD_ARRIVAL, 9.0, 0, 1.0),
        (UPLOAD_ARRIVAL, 20.0, 16 * 1024 * 15, 5.0),
        (UPLOAD_ARRIVAL, 500.0, 52_000_000, 1300.0),
        (ARRIVAL, 29.0, 256 * 1024, -3.0),
        (ARRIVAL, 29.0, 16 * 1024 * 25, 1.0),
    ],
)
def test_a_body_comes_at_a_least_rate_and_within_a_time(
    arrival: Arrival, waited: float, read: int, left: float
) -> None:
    assert arrival.left(waited, read) == pytest.approx(left)


@pytest.mark.parametrize("path", ["/uploads", "/board", "/gradio_api/component_server", "/webhook/x"])
def test_a_body_that_does_not_come_is_refused(start_app: StartApp, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    slow = Arrival(WAIT_SECONDS, grace=SHORT)
    monkeypatch.setattr(guard, "ARRIVAL", slow)
    monkeypatch.setattr(guard, "UPLOAD_ARRIVAL", slow)
    app = start_app()
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n"
    with connected(app, head.encode()) as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 408")
    assert not list((app.service.settings.data_dir / "uploads").glob("*.incoming"))


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
