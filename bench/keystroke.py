"""From a keystroke in the prompt until its counter follows, against one animation frame."""

from __future__ import annotations

from playwright.sync_api import Page

from bench import apps
from bench.browser import TOO_LONG, chromium, fresh, studio, until_settled
from bench.measure import CannotMeasure, Row, percentile
from bench.seed import full_form
from tests.browser.form import type_in

FRAME_MS = 1000 / 60
GOAL = 2.0
KEYS = 60
PAUSE_MS = 40
WATCH = """() => {
  const box = document.querySelector("#field-prompt textarea"), told = window.bench = [];
  const began = new Map();
  box.addEventListener("keydown", (event) => began.set(box.value.length + 1, event.timeStamp), true);
  const look = () => {
    const counter = parseInt(document.querySelector("#field-prompt .counter").textContent);
    for (const [length, at] of began) {
      if (counter < length) continue;
      told.push(performance.now() - at);
      began.delete(length);
    }
  };
  const all = { childList: true, subtree: true, characterData: true };
  new MutationObserver(look).observe(document.querySelector("#field-prompt"), all);
}"""


def rows(runs: int) -> list[Row]:
    """Milliseconds at the 95th percentile of `KEYS` keystrokes a run, on a full form with 15 references."""
    with (
        apps.folder() as within,
        apps.studio(within) as running,
        chromium() as browser,
        fresh(browser) as (context, page, _),
    ):
        # Nobody has the references that the form names: they are answered with nothing.
        context.route("https://cdn.example.com/**", lambda route: route.fulfill(status=204))
        subject = studio(running.url)
        page.goto(subject.url)
        until_settled(page, subject)
        for name in ("images", "videos", "audios", "webhook_url", "caller_id"):
            type_in(page, name, full_form()[name])
        page.evaluate(WATCH)
        late = [_late(page) for _ in range(1 + runs)][1:]
    return [Row("keystroke", f"p95 of {KEYS} keystrokes", "one frame", "ms", late, [FRAME_MS] * runs, GOAL)]


def _late(page: Page) -> float:
    type_in(page, "prompt", f"{full_form()['prompt']} {TOO_LONG}"[: len(TOO_LONG)])
    page.evaluate("() => { window.bench.length = 0; }")
    page.locator("#field-prompt textarea").focus()
    page.keyboard.press("End")
    page.keyboard.type("y" * KEYS, delay=PAUSE_MS)
    page.wait_for_timeout(500)
    found: list[float] = page.evaluate("() => window.bench")
    if len(found) != KEYS:
        raise CannotMeasure(f"{len(found)} of {KEYS} keystrokes were followed by the page")
    return percentile(found, 0.95)
