"""A press of *Generate* until the answer is on the page, against its parts: an empty click and a bare post."""

from __future__ import annotations

import json
import time
from typing import Any

import requests
from playwright.sync_api import Page

from bench.browser import Subject, both, fresh, until_settled
from bench.measure import CannotMeasure, Row, in_turn
from tests.browser.form import type_in

GOAL = 1.25
KEY = "sk-sandbox"
POST_SECONDS = 30
POINTED_MS = 150
FINISHED = ("succeed", "failed")
CLICK = """([button, answered]) => new Promise((resolve) => {
  const began = performance.now();
  const look = () => {
    if (new Function(`return ${answered}`)()) resolve(performance.now() - began);
    else setTimeout(look, 1);
  };
  document.querySelector(button).click();
  look();
})"""
SHOWN = "document.querySelector('#response-json code').textContent.includes('task_id')"
EMPTY = "() => { document.querySelector('#response-json code').textContent = ''; }"


def rows(runs: int) -> list[Row]:
    """Milliseconds; each press is a press of its own, and the sandbox's video is made before the next one."""
    with both() as (browser, ours, theirs), fresh(browser) as (_, page, _t), fresh(browser) as (_, small, _s):
        _open(page, ours)
        type_in(page, "prompt", "A paper boat sails through a library")
        page.locator("#field-resolution").get_by_text("480p", exact=True).click()
        _open(small, theirs)
        parts = {"click": list[float](), "post": list[float]()}

        def bare() -> float:
            body, endpoint = _sent(page)
            parts["click"].append(_empty_click(small, theirs))
            parts["post"].append(_post(endpoint, body))
            return parts["click"][-1] + parts["post"][-1]

        press, sum_of_parts = in_turn(lambda: _press(page), bare, runs, warm_up=2)
    middle = {name: sorted(found[2:])[runs // 2] for name, found in parts.items()}
    note = f"of the parts the empty click takes {middle['click']:.0f} ms, the bare post {middle['post']:.0f} ms"
    return [
        Row(
            "click",
            "Generate until the envelope shows",
            "empty click + bare post",
            "ms",
            press,
            sum_of_parts,
            GOAL,
            note=note,
        )
    ]


def _open(page: Page, subject: Subject) -> None:
    page.goto(subject.url)
    until_settled(page, subject)


def _press(page: Page) -> float:
    page.evaluate(EMPTY)
    taken = _clicked(page, "#generate", SHOWN)
    page.locator("#task-board .card").first.locator("video").wait_for()
    # Whatever the end of a press makes the page do is over before the next one.
    page.wait_for_timeout(500)
    return taken


def _empty_click(page: Page, subject: Subject) -> float:
    page.locator(subject.field).fill("")
    return _clicked(page, subject.button, subject.answered)


def _clicked(page: Page, button: str, answered: str) -> float:
    """Milliseconds from the click; as with people, the pointer is there a moment before."""
    page.mouse.move(0, 0)
    page.locator(button).hover()
    page.wait_for_timeout(POINTED_MS)
    taken: float = page.evaluate(CLICK, [button, answered])
    return taken


def _sent(page: Page) -> tuple[bytes, str]:
    """The body of the last press as it went out, and where it went."""
    shown: dict[str, Any] = json.loads(page.locator("#request-json code").inner_text())
    facts = page.locator("#request-json .facts").inner_text()
    endpoint = next((word for word in facts.split() if word.startswith("http")), None)
    if endpoint is None:
        raise CannotMeasure(f"the request pane names no address: {facts}")
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode(), endpoint


def _post(endpoint: str, body: bytes) -> float:
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    began = time.perf_counter()
    answer = requests.post(endpoint, data=body, headers=headers, timeout=POST_SECONDS)
    taken = 1000 * (time.perf_counter() - began)
    data = answer.json().get("data") or {}
    if "task_id" not in data:
        raise CannotMeasure(f"the sandbox refused the bare post: {answer.text[:200]}")
    status = f"{endpoint.rpartition('/')[0]}/{data['task_id']}/status"
    end = time.monotonic() + POST_SECONDS
    while requests.get(status, headers=headers, timeout=POST_SECONDS).json()["data"]["task_status"] not in FINISHED:
        if time.monotonic() > end:
            raise CannotMeasure("the sandbox did not finish a task")
        time.sleep(0.2)
    return taken
