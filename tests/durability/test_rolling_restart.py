"""Three replicas at one database are restarted one after the other while visitors press and watch: nobody notices.

What stands before them, as nginx with `proxy_next_upstream`, is `Front`: it sends each request to the next replica, and
on to another where one refuses the connection. A press whose answer is cut off is sent on as well, as by the page.
"""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests
from requests.exceptions import ChunkedEncodingError

from tests.durability.calls import BODY, KEY, call_at
from tests.durability.upstream import Upstream
from tests.postgres import own_server
from tests.process import START_SECONDS, AppProcess
from tests.visitors import visitor_named
from weryai_ui.access.accounts import visitor_id
from weryai_ui.client.outcome import Outcome
from weryai_ui.i18n import say
from weryai_ui.store.submissions import Store

REPLICAS = 3
VISITORS = 3
BETWEEN_PRESSES_S, BETWEEN_BOARDS_S = 0.4, 0.3
ANSWER_S = 60
TRIES = 2 * REPLICAS
T = TypeVar("T")


class Front:
    """Sends each request to a replica in turn; `moved` counts those that had to go on to another."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = urls
        self._turn = count()
        self.moved = Counter[str]()

    def send(self, ask: Callable[[str], T], again: Callable[[T], bool] = lambda _: False) -> T:
        """What a replica at an address answers; one that is to be had `again` from another is passed over."""
        for _ in range(TRIES):
            try:
                answer = ask(self._urls[next(self._turn) % len(self._urls)])
            except requests.ConnectionError:
                self.moved["no answer"] += 1
                continue
            if not again(answer):
                return answer
            self.moved["restarting"] += 1
        pytest.fail(f"no replica answered: {self.moved}")


def press(front: Front, visitor: str, number: int) -> Any:
    """What became of a press. Wherever it goes to, and however often, its idempotency key is the same."""

    def ask(url: str) -> Any:
        data = [{**BODY, "caller_id": number}, "owner-key", "", visitor, f"rolling-{number:08d}", ""]
        try:
            return call_at(url, "generate", *data)
        except (ChunkedEncodingError, requests.HTTPError) as error:
            # Cut off, or not ready: as the page does, once more under the same key.
            if error.response is not None and error.response.status_code != 503:
                raise
            raise requests.ConnectionError from error

    return front.send(ask, lambda answer: answer["refusal"] == say("access.restarting"))


def board(front: Front, visitor: str) -> int:
    """The status of the answer to a page's question."""
    asked = {"visitor": visitor, "version": ""}
    return front.send(lambda url: requests.post(f"{url}/board", json=asked, timeout=ANSWER_S)).status_code


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with own_server() as server:
        yield server.url


@pytest.fixture
def service() -> Iterator[Upstream]:
    with Upstream(polls_until_ready=1) as running:
        yield running


@pytest.fixture
def replicas(tmp_path: Path, database: str, service: Upstream) -> Iterator[list[AppProcess]]:
    common = {"WERYAI_API_KEY": KEY, "WERYAI_BASE_URL": service.url, "WERYAI_DATABASE_URL": database}
    with ExitStack() as stack, ThreadPoolExecutor(REPLICAS) as pool:
        made = []
        for number in range(REPLICAS):
            (tmp_path / f"{number}").mkdir()
            made.append(AppProcess(tmp_path / f"{number}", WERYAI_POLL_SECONDS="0.5", **common))
            stack.callback(made[-1].__exit__)
        list(pool.map(AppProcess.start, made))
        yield made


def restarted(replica: AppProcess) -> None:
    """As an update does it: the old one ends by itself, a new one is waited for."""
    replica.process.send_signal(signal.SIGTERM)
    assert replica.process.wait(START_SECONDS + 70) == 0, replica.log
    replica.start()


@pytest.mark.timeout(300)
def test_a_rolling_restart_of_three_replicas_fails_no_press_and_no_board_and_sends_nothing_twice(
    replicas: list[AppProcess], service: Upstream, database: str
) -> None:
    front, over, numbers = Front([each.url for each in replicas]), threading.Event(), count(1)
    visitors = [visitor_named(f"rolling-{number}") for number in range(VISITORS)]

    def presses(visitor: str) -> list[Any]:
        made = []
        while not over.wait(BETWEEN_PRESSES_S):
            made.append(press(front, visitor, next(numbers)))
        return made

    def boards(visitor: str) -> list[int]:
        seen = []
        while not over.wait(BETWEEN_BOARDS_S):
            seen.append(board(front, visitor))
        return seen

    with ThreadPoolExecutor(2 * VISITORS) as pool:
        pressing, watching = ([pool.submit(work, each) for each in visitors] for work in (presses, boards))
        try:
            for each in replicas:
                restarted(each)
        finally:
            over.set()
        pressed = [each for future in pressing for each in future.result()]
        watched = [each for future in watching for each in future.result()]

    print(f"{len(pressed)} presses, {len(watched)} boards; sent on to another replica: {dict(front.moved)}")
    assert front.moved["no answer"] and len(pressed) >= REPLICAS and set(watched) == {200}
    assert Counter(each["task"]["outcome"] for each in pressed) == {"ACCEPTED": len(pressed)}
    assert service.submits_by_caller == dict.fromkeys(range(1, len(pressed) + 1), 1)
    store = Store(database)
    recorded = [each for visitor in visitors for each in store.of_visitor(visitor_id(visitor), limit=1000)]
    store.close()
    assert Counter(each.outcome for each in recorded) == {Outcome.ACCEPTED: len(pressed)}
    named = sorted(task.upstream_id for each in recorded for task in each.tasks)
    assert named == sorted(task for each in service.submits for task in each.task_ids)
