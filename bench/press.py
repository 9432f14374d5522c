"""A submission until the envelope is on the page, against the plain Gradio app with the same service."""

from __future__ import annotations

from playwright.sync_api import Page

from bench.browser import Subject, both, fresh, until_settled
from bench.measure import Row, in_turn

GOAL = 0.5
POINTED_MS = 150
PAUSE_MS = 700
PROMPT = "A paper boat sails through a library"
CLICK = r"""([button, response]) => new Promise((resolve) => {
  const task = () => /task_id\W+([\w-]+)/.exec(document.querySelector(response)?.textContent ?? "")?.[1];
  const before = task(), began = performance.now();
  const look = () => {
    if (task() && task() !== before) resolve(performance.now() - began);
    else setTimeout(look, 1);
  };
  document.querySelector(button).click();
  look();
})"""


def rows(runs: int) -> list[Row]:
    """Milliseconds; each submission makes a task of its own. 100 of them are the imitated service's answer."""
    with both() as (browser, ours, theirs), fresh(browser) as (_, page, _t), fresh(browser) as (_, beside, _s):
        for opened, subject in ((page, ours), (beside, theirs)):
            opened.goto(subject.url)
            until_settled(opened, subject)
        mine, others = in_turn(lambda: _press(page, ours), lambda: _press(beside, theirs), runs, warm_up=2)
    return [Row("click", "Generate until the envelope shows", "plain Gradio app", "ms", mine, others, GOAL)]


def _press(page: Page, subject: Subject) -> float:
    """Milliseconds from the click; as with people, the pointer is there a moment before."""
    # Another form each time: an unchanged one might be taken for the same submission.
    page.locator(subject.field).fill(f"{PROMPT}, {page.evaluate('() => Math.random()')}")
    page.locator(subject.field).blur()
    page.mouse.move(0, 0)
    page.locator(subject.button).hover()
    page.wait_for_timeout(POINTED_MS)
    taken: float = page.evaluate(CLICK, [subject.button, subject.response])
    # Whatever the end of a submission makes the page do is over before the next one.
    page.wait_for_timeout(PAUSE_MS)
    return taken
