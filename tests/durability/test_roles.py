"""One process serves the page, another does the work behind it, at one database: nothing between them but that."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.durability.calls import KEY, call, submit
from tests.durability.conftest import SERVER
from tests.durability.upstream import Answer, Upstream
from tests.durability.waiting import until
from tests.process import START_SECONDS, AppProcess
from tests.visitors import VISITOR

CODE = "the owner's own words"
Start = Callable[..., AppProcess]


class CallsBack(Upstream):
    """Keeps the addresses that are to be called."""

    def __init__(self) -> None:
        super().__init__(polls_until_ready=1)
        self.webhooks: list[str] = []

    def take_submit(self, body: Mapping[str, Any]) -> Answer:
        self.webhooks.append(body.get("webhook_url", ""))
        return super().take_submit(body)


@pytest.fixture
def service() -> Iterator[CallsBack]:
    with CallsBack() as running:
        yield running


@pytest.fixture
def app(tmp_path: Path, database_url: str, service: Upstream) -> Iterator[Start]:
    """Makes processes with one data folder and one database: of a server's, or the folder's own."""
    made: list[AppProcess] = []
    common = {
        "WERYAI_API_KEY": KEY,
        "WERYAI_BASE_URL": service.url,
        "WERYAI_DATA_DIR": str(tmp_path / "data"),
        "WERYAI_OWNER_CODE": CODE,
        **({"WERYAI_DATABASE_URL": database_url} if SERVER else {}),
    }

    def make(role: str, **more: str) -> AppProcess:
        folder = tmp_path / f"{role}-{len(made)}"
        folder.mkdir()
        made.append(AppProcess(folder, WERYAI_ROLE=role, **{**common, **more}))
        return made[-1]

    yield make
    for each in made:
        each.__exit__()


def states(web: AppProcess) -> list[str]:
    return sorted(task["state"] for each in call(web, "tasks", VISITOR, 100) for task in each["tasks"])


def test_a_press_at_the_page_becomes_a_film_by_the_worker_and_by_the_next_one_when_it_was_killed(
    app: Start, service: CallsBack
) -> None:
    web, worker = app("web", WERYAI_POLL_SECONDS="0.2"), app("worker", WERYAI_POLL_SECONDS="0.2")
    web.start()
    assert submit(web, 1)["task"]["outcome"] == "ACCEPTED"
    assert service.polls == 0
    worker.start()
    until(lambda: states(web) == ["succeeded"])
    for path, status in (("/", 404), ("/config", 404), ("/board", 404), ("/owner", 404), ("/metrics", 401)):
        assert requests.get(f"{worker.url}{path}", timeout=10).status_code == status
    for path in ("/healthz", "/readyz", "/metrics"):
        bearer = {"Authorization": f"Bearer {CODE}"}
        assert requests.get(f"{worker.url}{path}", headers=bearer, timeout=10).status_code == 200
    worker.kill()
    assert submit(web, 2)["task"]["outcome"] == "ACCEPTED"
    assert requests.get(web.url, timeout=10).status_code == 200
    assert "succeeded" in states(web) and len(states(web)) == 2
    worker.start()
    until(lambda: states(web) == ["succeeded", "succeeded"])
    worker.process.send_signal(signal.SIGTERM)
    assert worker.process.wait(START_SECONDS) == 0
    assert service.submits_by_caller == {1: 1, 2: 1}
    assert all(len(times) == 1 for times in service.polled_at.values())


def test_a_callback_at_the_page_wakes_the_worker(app: Start, service: CallsBack) -> None:
    web = app("web", WERYAI_POLL_SECONDS="300")
    web.environment["WERYAI_PUBLIC_URL"] = web.url
    worker = app("worker", WERYAI_POLL_SECONDS="300")
    web.start()
    worker.start()
    submit(web, 1)
    (webhook,) = service.webhooks
    assert webhook.startswith(f"{web.url}/webhook/") and service.polls == 0
    assert requests.post(webhook, data="{}", timeout=10).ok
    until(lambda: states(web) == ["succeeded"])


def test_a_page_that_stood_still_in_the_middle_of_a_press_records_what_came_once_it_goes_on(
    app: Start, service: CallsBack
) -> None:
    web, worker = app("web", WERYAI_POLL_SECONDS="0.2"), app("worker", WERYAI_POLL_SECONDS="0.2")
    web.start()
    worker.start()
    answered = threading.Event()
    service.stall = answered.wait
    with ThreadPoolExecutor(1) as pool:
        pressed = pool.submit(submit, web, 1)
        until(lambda: service.submits)
        web.process.send_signal(signal.SIGSTOP)
        try:
            until(lambda: "have an unknown outcome" in worker.log)
        finally:
            answered.set()
            web.process.send_signal(signal.SIGCONT)
        assert pressed.result()["task"]["outcome"] == "ACCEPTED"
    until(lambda: states(web) == ["succeeded"])
    assert service.submits_by_caller == {1: 1}


@pytest.mark.skipif(bool(SERVER), reason="a file's own fate")
def test_a_process_that_does_all_has_its_data_folder_for_itself(app: Start) -> None:
    web, whole = app("web"), app("all")
    web.start()
    whole.launch()
    assert whole.process.wait(START_SECONDS) == 2
    assert f"Another app (process {web.pid}) uses the data folder" in whole.log
