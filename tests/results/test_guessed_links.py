"""Links that are guessed: slowed down for the address that guesses; only the answer tells them from right ones."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.conftest import App, StartApp
from tests.results.conftest import finished, share
from weryai_ui.access.throttle import LINKS_AT_ONCE, SECONDS_PER_LINK

GUESSES, HANDS, PAGES = 1000, 8, 20
"""So many, so many at a time, and each so many-th of a page."""
TIMES = 25
LEAST_S, APART = 0.045, 0.25
"""What each answer about a page takes at least, and how far the medians may lie apart, as a share of the larger one."""


class From(HTTPAdapter):
    """Connects from an address of this machine."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__(pool_maxsize=HANDS)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more, source_address=(self._address, 0))


@pytest.fixture
def elsewhere() -> Iterator[requests.Session]:
    """Somebody at another address."""
    with requests.Session() as session:
        session.mount("http://", From("127.0.0.2"))
        yield session


@pytest.fixture
def shared(start_app: StartApp) -> tuple[App, str]:
    """An app of its own, since an address that guessed waits there, and the link of a page."""
    app = start_app()
    return app, share(app, finished(app.service))[0]


def test_a_wrong_link_is_friendly_and_takes_as_long_as_a_right_one(shared: tuple[App, str]) -> None:
    app, address = shared
    took: dict[str, list[float]] = {"right": [], "wrong": []}
    for number in range(TIMES):
        for which, asked in (("right", address), ("wrong", f"{app.url}/r/{number:032x}")):
            began = time.perf_counter()
            answer = requests.get(asked, timeout=10)
            took[which].append(time.perf_counter() - began)
            assert answer.status_code == (200 if which == "right" else 404)
    right_s, wrong_s = (statistics.median(times) for times in took.values())
    print(f"right {right_s * 1000:.1f} ms, wrong {wrong_s * 1000:.1f} ms")
    assert "There is no such page" in answer.text
    assert min(right_s, wrong_s) > LEAST_S
    assert abs(right_s - wrong_s) < max(right_s, wrong_s) * APART


def test_a_thousand_guesses_are_slowed_down_and_others_are_not(
    shared: tuple[App, str], elsewhere: requests.Session
) -> None:
    """Mostly of files, which are answered at once: a page that is refused keeps its guesser waiting for two seconds."""
    app, address = shared
    began = time.monotonic()
    with requests.Session() as session, ThreadPoolExecutor(HANDS) as hands:
        session.mount("http://", From("127.0.0.1"))

        def guess(number: int) -> int:
            below = "" if number % PAGES == 0 else "/x"
            return session.get(f"{app.url}/r/{number:032x}{below}", timeout=30).status_code

        statuses = list(hands.map(guess, range(GUESSES)))
    took = time.monotonic() - began
    looked_at = statuses.count(404)
    print(f"of {GUESSES} guesses in {took:.1f} s {looked_at} were looked at")
    assert LINKS_AT_ONCE <= looked_at <= LINKS_AT_ONCE + took / SECONDS_PER_LINK + HANDS
    assert statuses.count(429) == GUESSES - looked_at
    slow = requests.get(address, timeout=30)
    assert (slow.status_code, int(slow.headers["retry-after"]) >= 1) == (429, True)
    # Somebody else opens the page meanwhile.
    assert elsewhere.get(address, timeout=30).status_code == 200
