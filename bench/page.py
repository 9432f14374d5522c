"""A cold page in Chromium until its prompt can be used, against the plain Gradio app."""

from __future__ import annotations

import json

from playwright.sync_api import Browser

from bench.browser import Subject, both, fresh
from bench.measure import Row, in_turn

GOAL = 0.75
SCRIPT = """(() => {
  const told = window.bench = { typed: 0, answered: 0, presses: 0 };
  const AGAIN_MS = 250;
  let text = %(text)s, pressed = -Infinity, changed = true;
  const there = (node) => node && node.getClientRects().length && !node.disabled && !node.readOnly;
  const type = (box) => {
    box.focus();
    box.select();
    document.execCommand("insertText", false, text);
    if (!told.presses) told.typed = performance.now();
  };
  const look = () => {
    const box = document.querySelector(%(field)s), button = document.querySelector(%(button)s);
    if (told.presses && %(answered)s) {
      told.answered = performance.now();
      return;
    }
    // Text that the page puts away again was typed too early: it is typed once more, and that time counts.
    if (there(box) && box.value !== text) type(box);
    else if (there(box) && %(heard)s && there(button) && performance.now() - pressed > AGAIN_MS) {
      if (!changed) {
        // The submission before was not heard. Other text now, so that the answer to this one differs from one to that.
        text += "x";
        type(box);
        changed = true;
      } else {
        box.blur();
        pressed = performance.now();
        told.presses += 1;
        changed = false;
        button.click();
      }
    }
    setTimeout(look, 2);
  };
  look();
})()"""
"""Types as soon as there is a field, then presses until there is an answer, and notes when each was so."""


def rows(runs: int) -> list[Row]:
    """Milliseconds from the start of the navigation until text that is typed stays and is heard."""
    with both() as (browser, ours, theirs):
        mine, others = in_turn(lambda: _load(browser, ours), lambda: _load(browser, theirs), runs, warm_up=2)
    return [Row("page", "cold load until the prompt takes text", "plain Gradio app", "ms", mine, others, GOAL)]


def _load(browser: Browser, subject: Subject) -> float:
    with fresh(browser) as (_, page, _troubles):
        parts = {"text": subject.text, "field": subject.field, "button": subject.button}
        values = {name: json.dumps(value) for name, value in parts.items()}
        page.add_init_script(SCRIPT % (values | {"answered": subject.answered, "heard": subject.heard}))
        page.goto(subject.url, wait_until="commit")
        page.wait_for_function("() => window.bench.answered")
        typed: float = page.evaluate("() => window.bench.typed")
    return typed
