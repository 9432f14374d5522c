"""How far the page moves by itself after its first paint, and how late it paints what somebody does, as the browser's
own performance observer reports both."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from bench import apps
from bench.browser import chromium, fresh, studio, until_settled
from bench.measure import CannotMeasure, Row, percentile
from tests.browser.form import choose_example

SHIFT = 0.02
LATE_MS = 100.0
SHORTEST_MS = 16
"""The observer tells of nothing shorter; what took less counts as this."""
EXAMPLE = "mascot-in-two-scenes"
TEXT = "A paper boat sails through a library"
TABS = ("#response-tab", "#code-tab", "#request-tab")
WATCH = f"""
  window.bench = {{ shift: 0, events: new Map() }};
  new PerformanceObserver((list) => {{
    for (const each of list.getEntries()) if (!each.hadRecentInput) window.bench.shift += each.value;
  }}).observe({{ type: "layout-shift", buffered: true }});
  new PerformanceObserver((list) => {{
    for (const each of list.getEntries()) {{
      if (!each.interactionId) continue;
      const before = window.bench.events.get(each.interactionId) ?? 0;
      window.bench.events.set(each.interactionId, Math.max(before, each.duration));
    }}
  }}).observe({{ type: "event", buffered: true, durationThreshold: {SHORTEST_MS} }});
"""


def rows(runs: int) -> list[Row]:
    """The shift of a cold load with an example chosen, and the 95th percentile of each kind of interaction."""
    acts: dict[str, Callable[[Page], int]] = {"typing": _type, "dragging a tile": _drag, "switching tabs": _switch}
    shifts, late = list[float](), {name: list[float]() for name in acts}
    with apps.folder() as within, apps.studio(within) as running, chromium() as browser:
        for _ in range(runs):
            with fresh(browser) as (context, page, _):
                context.add_init_script(WATCH)
                subject = studio(running.url)
                page.goto(subject.url)
                until_settled(page, subject)
                page.wait_for_timeout(1000)
                shifts.append(page.evaluate("() => window.bench.shift"))
                choose_example(page, EXAMPLE)
                page.locator("#references .item .facts").first.wait_for()
                for name, act in acts.items():
                    late[name].append(_late(page, act))
    shift = Row("interaction", "layout shift of a cold load", "0.02", "", shifts, [SHIFT] * runs, 1.0, below=True)
    return [
        shift,
        *(
            Row("interaction", f"p95 to the next paint, {name}", "100 ms", "ms", found, [LATE_MS] * runs, 1.0)
            for name, found in late.items()
        ),
    ]


def _late(page: Page, act: Callable[[Page], int]) -> float:
    page.evaluate("() => window.bench.events.clear()")
    times = act(page)
    page.wait_for_timeout(500)
    told: list[float] = page.evaluate("() => [...window.bench.events.values()]")
    if len(told) > 2 * times:
        raise CannotMeasure(f"{len(told)} interactions were told of, where there were {times}")
    return percentile([*told, *[float(SHORTEST_MS)] * (times - len(told))], 0.95)


def _type(page: Page) -> int:
    page.locator("#field-prompt textarea").focus()
    page.keyboard.press("End")
    page.keyboard.type(TEXT, delay=60)
    return len(TEXT) + 1


def _drag(page: Page) -> int:
    times = 6
    for _ in range(times):
        tiles = page.locator("#references .item")
        one, other = tiles.nth(0).bounding_box(), tiles.nth(1).bounding_box()
        if one is None or other is None:
            raise CannotMeasure("there are no two tiles to drag")
        page.mouse.move(one["x"] + one["width"] / 2, one["y"] + one["height"] / 3)
        page.mouse.down()
        page.mouse.move(other["x"] + other["width"] * 0.9, other["y"] + other["height"] / 3, steps=8)
        page.mouse.up()
        page.wait_for_timeout(200)
    return times


def _switch(page: Page) -> int:
    times = 4
    for _ in range(times):
        for tab in TABS:
            page.locator(tab).click()
            page.wait_for_timeout(60)
    return times * len(TABS)
