"""Two pages and a worker behind nginx with the file that is shipped: any answers, and what is of one stays with it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.durability.calls import BODY, call
from tests.durability.test_keys_of_processes import Start, app, service, states
from tests.durability.test_sealed_keys import KEY
from tests.durability.upstream import Upstream
from tests.durability.waiting import until
from tests.machine import find_nginx
from tests.process import ROOT, AppProcess, reserved_port
from tests.visitors import VISITOR

__all__ = ["app", "service"]
NGINX = find_nginx()
CALLS = 6


class Proxy:
    """nginx in a folder, told where the pages are. Every answer says which of them gave it."""

    def __init__(self, folder: Path, pages: list[AppProcess]) -> None:
        assert NGINX is not None
        self._reserved = reserved_port()
        port = self._reserved.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        said = (ROOT / "docs" / "deploy" / "nginx.conf").read_text()
        for number, page in enumerate(pages, 1):
            said = said.replace(f"web-{number}:7860", f"127.0.0.1:{page.port}")
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        here = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds) + "access_log off;"
        said = said.replace("http {", "http { " + here + " add_header X-Page $upstream_addr always;")
        said = said.replace("/tmp/nginx.pid", f"{folder}/nginx.pid").replace("listen 8080", f"listen 127.0.0.1:{port}")
        (folder / "nginx.conf").write_text(said)
        where = ["-p", str(folder), "-c", str(folder / "nginx.conf")]
        command = [str(NGINX), *where, "-g", "daemon off; error_log stderr;"]
        with (folder / "nginx.log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self._listens)

    def _listens(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).ok
        except requests.RequestException:
            return False

    def answered_by(self, path: str, times: int = 20) -> set[str]:
        """The pages that answered a question that was asked so often."""
        asked = {"visitor": VISITOR, "version": ""}
        answers = [requests.post(f"{self.url}{path}", json=asked, timeout=10) for _ in range(times)]
        return {each.headers["X-Page"] for each in answers}

    def close(self) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.wait()
        self._reserved.close()


@pytest.fixture
def pages(app: Start) -> list[AppProcess]:
    return [app("web"), app("web")]


@pytest.fixture
def proxy(tmp_path: Path, pages: list[AppProcess]) -> Iterator[Proxy]:
    folder = tmp_path / "nginx"
    folder.mkdir()
    running = Proxy(folder, pages)
    yield running
    running.close()


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_any_page_answers_and_an_event_finds_its_answer(
    app: Start, service: Upstream, pages: list[AppProcess], proxy: Proxy
) -> None:
    app("worker")
    assert len(proxy.answered_by("/board")) == 2
    assert len(proxy.answered_by("/gradio_api/component_server")) == 1
    front = AppProcess(pages[0].folder)
    front.url = proxy.url
    for number in range(CALLS):
        sent = {**BODY, "caller_id": number}
        told = call(front, "generate", sent, "my-key", KEY, VISITOR, f"call-{number:08d}", "")
        assert told["task"]["outcome"] == "ACCEPTED"
    shown = [requests.post(f"{proxy.url}/board", json={"visitor": VISITOR}, timeout=10).json() for _ in range(CALLS)]
    assert not any(card["wants_key"] for each in shown for card in each["cards"])
    until(lambda: set(states(front)) == {"succeeded"})
    assert sorted(service.submits_by_caller.values()) == [1] * CALLS and set(service.keys) == {KEY}
    pages[0].kill()
    assert all(requests.get(f"{proxy.url}/healthz", timeout=10).ok for _ in range(CALLS))
    assert call(front, "tasks", VISITOR, 9)
    front.__exit__()
