"""Bytes over the wire of a cold load and of a warm one, against the plain Gradio app."""

from __future__ import annotations

import time
from collections.abc import Set
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from bench.browser import Subject, both, fresh, until_settled
from bench.measure import CannotMeasure, Row, in_turn

GOALS = {"cold": 0.65, "warm": 1.0}
QUIET_S = 0.5
MOST_S = 30.0


class Counter:
    """The encoded bytes of what a page has loaded, by the browser's own account; `without` some kinds of resource."""

    def __init__(self, context: BrowserContext, page: Page, without: Set[str] = frozenset()) -> None:
        self.bytes, self._without = 0.0, without
        self._under_way: dict[str, str] = {}
        self._page, self._changed = page, time.monotonic()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.loadingFailed", self._over)

    def total(self) -> float:
        """The bytes so far, once nothing has been under way for `QUIET_S`."""
        end = time.monotonic() + MOST_S
        while self._under_way or time.monotonic() - self._changed < QUIET_S:
            if time.monotonic() > end:
                raise CannotMeasure(f"still loading: {sorted(self._under_way.values())}")
            self._page.wait_for_timeout(50)
        return self.bytes

    def _sent(self, event: dict[str, Any]) -> None:
        left_out = event.get("type") in self._without
        if not left_out and not event["request"]["url"].startswith(("data:", "blob:")):
            self._under_way[event["requestId"]] = event["request"]["url"]
            self._changed = time.monotonic()

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._under_way:
            self.bytes += event["encodedDataLength"]
        self._over(event)

    def _over(self, event: dict[str, Any]) -> None:
        self._under_way.pop(event["requestId"], None)
        self._changed = time.monotonic()


def rows(runs: int) -> list[Row]:
    """KiB of all answers, headers included."""
    with both() as (browser, ours, theirs):
        loads = {"ours": list[dict[str, float]](), "theirs": list[dict[str, float]]()}
        in_turn(lambda: _load(browser, ours, loads["ours"]), lambda: _load(browser, theirs, loads["theirs"]), runs)
    return [
        Row(
            "bytes",
            f"{name} load",
            "plain Gradio app",
            "KiB",
            [load[name] / 1024 for load in loads["ours"][1:]],
            [load[name] / 1024 for load in loads["theirs"][1:]],
            goal,
        )
        for name, goal in GOALS.items()
    ]


def _load(browser: Browser, subject: Subject, loads: list[dict[str, float]]) -> float:
    with fresh(browser) as (context, page, _troubles):
        counter = Counter(context, page)
        page.goto(subject.url)
        until_settled(page, subject)
        cold = counter.total()
        page.reload()
        until_settled(page, subject)
        loads.append({"cold": cold, "warm": counter.total() - cold})
    return loads[-1]["cold"]
