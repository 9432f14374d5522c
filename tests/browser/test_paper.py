"""The page on paper: what was asked for and what came of it, whole, without a button."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.form import choose, choose_example, choose_scenario, opened, press, type_in
from tests.conftest import App
from weryai_ui.i18n import say

PROMPT = "A paper boat drifts down the river at dusk, past lanterns and reeds, until the rain comes. " * 5 + "The end."
"""As long as a prompt may be, nearly."""
SEEN = """() => [...document.querySelectorAll("button, a, input, textarea, video, summary")]
  .filter((node) => node.checkVisibility()).map((node) => node.outerHTML.slice(0, 120))"""
CUT = """() => [...document.querySelectorAll("#sheet *")]
  .filter((node) => node.scrollHeight > node.clientHeight + 2 && getComputedStyle(node).overflowY !== "visible")
  .map((node) => node.outerHTML.slice(0, 120))"""
PICTURES = os.environ.get("SHARED_PICTURES", "")
"""A folder for the sheets, where somebody wants to look."""


def put_on_paper(page: Page) -> None:
    """What the browser does first when it prints."""
    page.emulate_media(media="print")
    page.evaluate("() => { dispatchEvent(new Event('beforeprint')); }")


def take_off_paper(page: Page) -> None:
    page.evaluate("() => { dispatchEvent(new Event('afterprint')); }")
    page.emulate_media(media="screen")


def sheets(page: Page, name: str) -> int:
    """How many it takes when the browser itself prints."""
    page.emulate_media(media="null")
    found = page.pdf(format="A4", print_background=True)
    if PICTURES:
        Path(PICTURES, f"{name}.pdf").write_bytes(found)
    return len(re.findall(rb"/Type\s*/Page\b", found))


def test_a_result_is_on_paper_with_its_picture_its_whole_prompt_and_its_request(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", PROMPT)
    choose(page, "video_number", "2")
    press(page)
    expect(page.locator("#task-board .cards video")).to_have_count(2, timeout=60_000)
    type_in(page, "prompt", "Already the next one")
    put_on_paper(page)
    sheet = page.locator("#sheet")
    expect(sheet.locator(".prompt")).to_have_text(PROMPT)
    expect(sheet.locator("pre")).to_contain_text('"video_number": 2')
    expect(sheet.locator(".about").first).to_contain_text(say("task_state.succeeded"))
    pictures = sheet.locator(".films img")
    expect(pictures).to_have_count(2)
    page.wait_for_function("() => [...document.querySelectorAll('#sheet img')].every((each) => each.naturalWidth > 0)")
    assert page.evaluate(SEEN) == []
    assert page.evaluate(CUT) == []
    take_off_paper(page)
    expect(sheet).to_have_count(0)
    assert sheets(page, "two-films") == 1
    expect(sheet).to_have_count(0)


def test_a_film_that_was_begun_is_on_paper_where_it_stands(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "Begun")
    press(page)
    video = page.locator("#task-board .cards video")
    expect(video).to_be_visible(timeout=60_000)
    video.evaluate("video => { video.muted = true; return video.play(); }")
    page.wait_for_function("() => document.querySelector('#task-board .cards video').currentTime > 0.3", timeout=60_000)
    put_on_paper(page)
    expect(page.locator("#sheet .films canvas")).to_be_visible()
    take_off_paper(page)


def test_a_form_that_was_not_sent_is_on_paper_as_it_stands(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", PROMPT)
    expect(page.locator("#request-json code")).to_contain_text("The end.")
    put_on_paper(page)
    sheet = page.locator("#sheet")
    expect(sheet.locator(".about").first).to_have_text(say("page.not_sent_yet"))
    expect(sheet.locator(".prompt")).to_have_text(PROMPT)
    expect(sheet.locator(".films > *")).to_have_count(0)
    take_off_paper(page)
    # A refusal has no picture, and a recorded run has its own.
    choose_scenario(page, "not enough credits")
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(1)
    put_on_paper(page)
    expect(sheet.locator(".about").first).to_contain_text(say("outcome.REJECTED"))
    expect(sheet.locator(".films > *")).to_have_count(0)
    take_off_paper(page)
    choose_example(page, "first-frame-lock")
    expect(page.locator("#task-board .recorded video")).to_be_visible()
    put_on_paper(page)
    expect(sheet.locator(".about").first).to_contain_text(say("example.first-frame-lock.title"))
    expect(sheet.locator(".films > *")).to_have_count(1)
    take_off_paper(page)
