"""What a page passes on to the sandbox of several processes: to its owner's address alone, and nobody's secrets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest
from pydantic import SecretStr

from tests.conftest import App, StartApp
from tests.security.conftest import ask

MARKED = "not for the sandbox"


class Impostor:
    """A sandbox in somebody else's hands: it notes what it is told, and answers with all that it should not."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, dict[str, str]]] = []
        told = self.told

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                told.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(302)
                for name, value in (
                    ("Location", "http://169.254.169.254/latest"),
                    ("Set-Cookie", "weryai-owner=9999999999.0"),
                    ("Access-Control-Allow-Origin", "*"),
                    ("Content-Security-Policy", "default-src *"),
                    ("Content-Length", "2"),
                ):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"{}")

            do_POST = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Its list says it all."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def impostor() -> Iterator[Impostor]:
    running = Impostor()
    yield running
    running.close()


@pytest.fixture
def app_of_it(start_app: StartApp, impostor: Impostor) -> App:
    return start_app(sandbox_url=impostor.url, sandbox_secret=SecretStr("shared by both"), poll_seconds=60.0)


def test_the_sandbox_is_told_what_a_call_needs_and_answers_with_no_more(app_of_it: App, impostor: Impostor) -> None:
    headers = {
        "Cookie": f"weryai-owner={MARKED}",
        "X-Visitor": MARKED,
        "X-Sandbox-Address": "http://evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Anything": MARKED,
        "Authorization": "Bearer sk-sandbox",
        "Content-Type": "application/json",
    }
    answer = ask(app_of_it.url, "/sandbox/v1/generation/x?a=1&b=%20", "POST", b"{}", headers)
    ((method, path, told),) = impostor.told
    assert (method, path) == ("POST", "/v1/generation/x?a=1&b=%20")
    assert told.keys() - {"connection", "user-agent"} == {
        *("accept", "accept-encoding", "authorization", "content-length", "content-type", "host", "x-sandbox-address"),
    }
    assert told["x-sandbox-address"] == f"{app_of_it.url}/sandbox"
    assert told["host"] == impostor.url.removeprefix("http://")
    assert MARKED not in str(told)
    assert answer.status == 302
    assert not {"location", "set-cookie", "access-control-allow-origin"} & answer.headers.keys()
    assert "default-src *" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/sandbox/../owner",
        "/sandbox/%2e%2e/owner",
        "/sandbox//169.254.169.254/latest",
        "/sandbox/http://169.254.169.254/latest",
        "/sandbox/\\169.254.169.254",
    ],
)
def test_a_path_that_has_two_readings_reaches_nobody(app_of_it: App, impostor: Impostor, path: str) -> None:
    assert ask(app_of_it.url, path).status == 404
    assert impostor.told == []


@pytest.mark.parametrize("path", ["/sandbox/@169.254.169.254/latest", "/sandbox/:1/", "/sandbox/?http://evil.example"])
def test_whatever_the_path_is_the_sandbox_is_who_is_asked(app_of_it: App, impostor: Impostor, path: str) -> None:
    ask(app_of_it.url, path)
    assert [unquote(each[1]) for each in impostor.told] == [path.removeprefix("/sandbox")]


def test_another_sites_page_cannot_send_there(app_of_it: App, impostor: Impostor) -> None:
    assert ask(app_of_it.url, "/sandbox/tasks", "POST", b"{}", {"Origin": "https://evil.example"}).status == 403
    assert impostor.told == []
