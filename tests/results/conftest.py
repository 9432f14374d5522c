"""Results that are kept: the service against a sandbox, links of every temper on loopback, and an S3 server."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import App
from tests.media import made
from tests.service.conftest import new_submission, until
from tests.service.conftest import sandbox as sandbox
from tests.service.conftest import service as service
from tests.visitors import VISITOR
from weryai_ui.service import Service
from weryai_ui.service.sharing import Options
from weryai_ui.store.copy_records import Copy, CopyState, Role
from weryai_ui.store.records import Intent

S3_STARTS_WITHIN_S = 60.0


def kept(service: Service, intent: Intent) -> tuple[Copy, ...] | None:
    """The copies of a submission once all of them are kept; None before."""
    found = service.copies.of([intent.id]).get(intent.id, ())
    films = [each for each in found if each.role is Role.FILM]
    return found if films and all(each.state is CopyState.KEPT for each in found) else None


def finished(service: Service, visitor: str = VISITOR, **more: Any) -> Intent:
    """A submission in the sandbox whose films are kept."""
    intent = service.submit(new_submission(visitor, **more)).intent
    assert intent is not None
    until(lambda: kept(service, intent))
    opened = service.open(visitor, intent.id)
    assert opened is not None
    return opened[0]


class Document(HTMLParser):
    """Whatever a document would load or lead to, by the attribute that names it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {"src": [], "poster": [], "href": [], "style": []}
        self.metas: dict[str, str] = {}
        self.inline_scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        for name in self.found.keys() & named.keys():
            self.found[name].append(named[name])
        if tag == "meta":
            self.metas[named.get("property") or named.get("name", "")] = named.get("content", "")
        self.inline_scripts += tag == "script" and "src" not in named
        self.inline_scripts += any(name.startswith("on") for name in named)


def read(html: str) -> Document:
    """What a document holds."""
    parser = Document()
    parser.feed(html)
    return parser


def share(app: App, *intents: Intent, visitor: str = VISITOR, **options: Any) -> tuple[str, str]:
    """The address of a page with those results, and its id."""
    token, made_page = app.service.sharing.share(visitor, tuple(each.id for each in intents), Options(**options))
    return f"{app.url}/r/{token}", made_page.id


class Links:
    """A server on loopback whose paths answer as a test says: a list of (status, body) each, the last for ever."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, bytes]]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.hold: threading.Event | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                left = outer.answers.get(self.path, [(404, b"")])
                status, body = left.pop(0) if len(left) > 1 else left[0]
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    whole = memoryview(body)  # a slice of the bytes would count as memory of a copy
                    self.wfile.write(whole[: len(body) // 2])
                    if outer.hold is not None:
                        outer.hold.wait(60)
                    self.wfile.write(whole[len(body) // 2 :])

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        if self.hold is not None:
            self.hold.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def links() -> Iterator[Links]:
    running = Links()
    yield running
    running.close()


@pytest.fixture(scope="session")
def film() -> bytes:
    """A real film of two seconds."""
    return made.clip()


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A bucket on a real server that speaks S3, in a process of its own; gives the server's address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _made_bucket(address), S3_STARTS_WITHIN_S)
        yield address
    finally:
        process.kill()
        process.wait()


def _made_bucket(address: str) -> bool:
    try:
        return requests.put(f"{address}/films", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.fixture
def s3_keys(s3: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment that names the server and its keys."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "a-key",
        "AWS_SECRET_ACCESS_KEY": "its-secret",
    }.items():
        monkeypatch.setenv(name, value)
    return s3


def files_in(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
