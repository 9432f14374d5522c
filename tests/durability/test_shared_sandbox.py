"""Two pages, a worker and one sandbox for all of them: real processes, at one database and one data folder."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest
import requests

from tests.durability.calls import call, submit
from tests.durability.conftest import SERVER
from tests.durability.waiting import until
from tests.process import START_SECONDS, AppProcess
from tests.sandbox.media_files import picture
from tests.visitors import VISITOR
from weryai_ui.access.accounts import visitor_id
from weryai_ui.sandbox.keys import Keys

PICTURE = picture()
SECRET = "what the sandbox and its pages share"
Start = Callable[..., AppProcess]


@pytest.fixture
def start(tmp_path: Path, database_url: str) -> Iterator[Start]:
    made: list[AppProcess] = []

    def make(role: str, **more: str) -> AppProcess:
        (folder := tmp_path / f"{role}-{len(made)}").mkdir()
        common = {
            "WERYAI_DATA_DIR": str(tmp_path / ("apart" if role == "sandbox" else "data")),
            "WERYAI_SANDBOX_SECRET": SECRET,
            **({"WERYAI_DATABASE_URL": database_url} if SERVER and role != "sandbox" else {}),
        }
        made.append(AppProcess(folder, WERYAI_ROLE=role, **{**common, **more}))
        made[-1].start()
        return made[-1]

    yield make
    for each in made:
        each.__exit__()


@pytest.fixture
def pages(start: Start) -> tuple[AppProcess, AppProcess, AppProcess]:
    """Two pages and the sandbox of both, with a worker behind them."""
    # As measured it would refuse two presses of one visitor within half a second.
    sandbox = start("sandbox", WERYAI_SANDBOX_PROFILE="documented")
    shared = {"WERYAI_SANDBOX_URL": sandbox.url}
    one, other, _ = start("web", **shared), start("web", **shared), start("worker", **shared)
    return one, other, sandbox


def press(page: AppProcess, number: int, scenario: str = "sk-sandbox") -> Any:
    return submit(page, number, "sandbox", scenario)["task"]


def cards(page: AppProcess) -> Any:
    return requests.post(f"{page.url}/board", json={"visitor": VISITOR, "version": ""}, timeout=30).json()["cards"]


def films(page: AppProcess) -> list[str]:
    """The links of finished films, as this page's board gives them to a browser."""
    return [video["url"] for card in cards(page) for task in card["tasks"] for video in task["videos"]]


def made(page: AppProcess) -> list[str]:
    """The same as the sandbox named them."""
    return [
        video["url"] for each in call(page, "tasks", VISITOR, 100) for task in each["tasks"] for video in task["videos"]
    ]


def credits(page: AppProcess) -> int:
    key = Keys(SECRET).key_for("sk-sandbox", visitor_id(VISITOR))
    bearer = {"Authorization": f"Bearer {key}"}
    answer = requests.get(f"{page.url}/sandbox/v1/generation/balance", headers=bearer, timeout=30)
    return int(answer.json()["data"])


def test_what_is_pressed_at_either_page_is_made_once_paid_from_one_purse_and_plays_at_the_other(
    pages: tuple[AppProcess, AppProcess, AppProcess],
) -> None:
    one, other, sandbox = pages
    for number, page in enumerate((one, other), 1):
        assert press(page, number)["outcome"] == "ACCEPTED"
    until(lambda: len(made(one)) == 2)
    until(lambda: all(link.startswith("kept/") for link in films(other)))
    for link in made(other):
        assert link.startswith(f"{sandbox.url}/media/")
        for page in (one, other):
            path = f"{page.url}/sandbox{link.removeprefix(sandbox.url)}"
            whole = requests.get(path, timeout=30)
            assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
            part = requests.get(path, headers={"Range": "bytes=4-7"}, timeout=30)
            assert (part.status_code, part.content) == (206, whole.content[4:8]) and part.content == b"ftyp"
            assert requests.head(path, timeout=30).headers["content-length"] == str(len(whole.content))
    assert credits(one) == credits(other) == 1240 - 2 * 5
    assert [page.folder.joinpath("app.log").read_text().count("outcome=ACCEPTED") for page in (one, other)] == [1, 1]


def test_a_sandbox_that_is_killed_goes_on_with_its_tasks_and_meanwhile_the_pages_say_that_nothing_was_sent(
    pages: tuple[AppProcess, AppProcess, AppProcess],
) -> None:
    one, other, sandbox = pages
    assert press(one, 1)["outcome"] == "ACCEPTED"
    sandbox.kill()
    assert press(other, 2)["outcome"] == "NOT_SENT"
    away = requests.get(f"{other.url}/sandbox/openapi.json", timeout=30)
    assert (away.status_code, away.json()["status"]) == (502, 6001)
    assert requests.get(f"{other.url}/healthz", timeout=30).ok
    sandbox.start()
    until(lambda: len(made(other)) == 1)
    sandbox.process.send_signal(signal.SIGTERM)
    assert sandbox.process.wait(START_SECONDS) == 0


def test_at_a_pages_own_address_programs_find_the_sandbox_with_links_that_lead_back_there(
    pages: tuple[AppProcess, AppProcess, AppProcess],
) -> None:
    one, other, _ = pages
    form = {"model": "SEEDANCE_2_0", "duration": 5, "prompt": "A boat"}
    told = requests.post(f"{one.url}/check", json={"values": form, "code": True}, timeout=30).json()
    assert all(f"{one.url}/sandbox" in each["text"] for each in told["code"]["programs"])
    bare, wrong = {"Authorization": "Bearer sk-sandbox"}, {"Authorization": f"Bearer sk-sandbox.{'0' * 32}"}
    door = f"{one.url}/sandbox/v1/generation/upload-file"
    sent = requests.post(door, headers=bare, files={"file": ("a.png", PICTURE)}, timeout=30).json()
    (link,) = sent["data"]["object_url_list"]
    assert link.startswith(f"{one.url}/sandbox/media/")
    assert requests.get(link.replace(one.url, other.url), timeout=30).content == PICTURE
    # An account that nobody proved is the key's own, at every page.
    body = {**form, "images": [link]}
    submit_at = f"{other.url}/sandbox/v1/generation/almighty-reference-to-video"
    assert requests.post(submit_at, headers=wrong, json=body, timeout=30).json()["status"] == 0
    left = requests.get(f"{one.url}/sandbox/v1/generation/balance", headers=bare, timeout=30).json()["data"]
    assert (left, credits(one)) == (1240 - 5, 1240)


def test_the_sandbox_calls_back_where_its_owner_says_that_the_pages_are(start: Start) -> None:
    with Called() as public:
        sandbox = start("sandbox", WERYAI_PUBLIC_URL=public.url)
        page = start("web", WERYAI_PUBLIC_URL=public.url, WERYAI_SANDBOX_URL=sandbox.url)
        assert press(page, 1)["outcome"] == "ACCEPTED"
        until(lambda: public.paths)
        body = {"model": "SEEDANCE_2_0", "duration": 5, "prompt": "A boat", "webhook_url": f"{public.url}/admin"}
        submit_at = f"{page.url}/sandbox/v1/generation/almighty-reference-to-video"
        answer = requests.post(submit_at, headers={"Authorization": "Bearer sk-sandbox"}, json=body, timeout=30)
        assert answer.headers["X-Sandbox-Note"].startswith("webhook_url is not called")
    (path,) = public.paths
    assert path.startswith("/webhook/")


class Called:
    """Somebody who notes at which paths they are called."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        paths = self.paths

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                paths.append(self.path)
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Its list says it all."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
