"""A service on loopback whose ledger is the judge, and requests that no polite client would send."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from tests.conftest import App
from tests.durability.scripted import Clock
from weryai_ui.access import visitors
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.ui.http import turns
from weryai_ui.ui.http.pools import Pools

OWNER_KEY = "sk-sandbox"
"""The one key that a sandbox in the service's place takes."""
CODE = "open sesame, please"
FORM: dict[str, Any] = {
    "model": "SEEDANCE_2_0",
    "prompt": "A paper boat",
    "duration": 5,
    "aspect_ratio": "1:1",
    "resolution": "480p",
}


@dataclass(frozen=True)
class Answer:
    """What came back, and everything of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)


def ask(
    url: str, path: str, method: str = "GET", body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Answer:
    """One request whose path goes out exactly as written."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=20)
    sent = {"Host": parts.netloc, **(headers or {})}
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in sent.items():
            connection.putheader(name, value)
        if method not in ("GET", "HEAD") and "Content-Length" not in sent and "Transfer-Encoding" not in sent:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        answer = connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read(4_000_000))
    finally:
        connection.close()


def post(app: App, path: str, value: Any, **headers: str) -> Answer:
    """One JSON request to an app."""
    kinds = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    return ask(app.url, path, "POST", json.dumps(value).encode(), kinds)


def call(app: App, name: str, *data: Any, **headers: str) -> Any:
    """What a named endpoint answers to a program."""
    joined = post(app, f"/gradio_api/call/{name}", {"data": list(data)}, **headers)
    assert joined.status == 200, joined.body
    kinds = {each.replace("_", "-"): text for each, text in headers.items()}
    told = ask(app.url, f"/gradio_api/call/{name}/{joined.data['event_id']}", headers=kinds).body.decode()
    assert told.startswith("event: complete"), told
    (only,) = json.loads(told.partition("data: ")[2])
    return only


def generate(
    app: App, send_to: str = "owner-key", *, visitor: str = "", code: str = "", key: str = "", **headers: str
) -> Any:
    """`/generate` called as a program calls it, by a new visitor unless one is named."""
    return call(app, "generate", FORM, send_to, key, visitor or visitors.new_token(), "", code, **headers)


@pytest.fixture(scope="module")
def unhurried() -> Iterator[None]:
    """Apps that answer one question after another as fast as they come: who asks every function everything would wait
    for minutes, or be refused for the pace and not for what is tested. `tests/fairness` has the pace."""
    sizes = {kind: replace(size, every_s=0.0, newcomers_every_s=0.0) for kind, size in turns.SIZES.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns, "new_pools", lambda: Pools(sizes))
        yield


@pytest.fixture
def upstream() -> Iterator[SandboxServer]:
    """Stands for the real service; its ledger says what reached it."""
    with SandboxServer(pace=0) as server:
        yield server


@pytest.fixture
def owned(upstream: SandboxServer) -> dict[str, Any]:
    """Settings of an app with an owner's key, reachable from elsewhere."""
    return {"api_key": SecretStr(OWNER_KEY), "base_url": upstream.url, "reachable_from_elsewhere": True}


@dataclass(frozen=True)
class Arrived:
    """One request that reached the service."""

    method: str
    path: str
    authorization: str
    body: bytes


class Witness:
    """A service that writes down every request of any kind, and says yes to all."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        witness = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                witness.arrived.append(Arrived(self.command, self.path, self.headers.get("Authorization", ""), body))
                answer = json.dumps(witness.answer(self.path)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_POST = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Its list says it all."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def answer(self, path: str) -> dict[str, Any]:
        """An envelope that fits whatever was asked."""
        if path.endswith("/upload-file"):
            data: dict[str, Any] = {"object_url_list": ["https://example.com/a.png"]}
        elif path.endswith("/status"):
            data = {"task_id": path.split("/")[-2], "task_status": "processing"}
        else:
            data = {"task_id": f"task-{len(self.arrived)}", "task_status": "waiting"}
        return {"status": 0, "desc": "success", "message": "success", "data": data}

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def witness() -> Iterator[Witness]:
    running = Witness()
    yield running
    running.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()
