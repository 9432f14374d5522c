"""Two pages and a worker behind nginx with the file that is shipped: any answers, and what is of one stays with it."""

from __future__ import annotations

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
from tests.nginx import Proxy
from tests.process import AppProcess
from tests.visitors import VISITOR

__all__ = ["app", "service"]
CALLS = 6


def answered_by(proxy: Proxy, path: str, times: int = 20) -> set[str]:
    """The pages that answered a question that was asked so often."""
    asked = {"visitor": VISITOR, "version": ""}
    answers = [requests.post(f"{proxy.url}{path}", json=asked, timeout=10) for _ in range(times)]
    return {each.headers["X-Page"] for each in answers}


@pytest.fixture
def pages(app: Start) -> list[AppProcess]:
    return [app("web"), app("web")]


@pytest.fixture
def proxy(tmp_path: Path, pages: list[AppProcess]) -> Iterator[Proxy]:
    with Proxy(tmp_path / "nginx", pages) as running:
        yield running


@pytest.mark.skipif(find_nginx() is None, reason="nginx is not installed")
def test_any_page_answers_and_an_event_finds_its_answer(
    app: Start, service: Upstream, pages: list[AppProcess], proxy: Proxy
) -> None:
    app("worker")
    assert len(answered_by(proxy, "/board")) == 2
    assert len(answered_by(proxy, "/gradio_api/component_server")) == 1
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
