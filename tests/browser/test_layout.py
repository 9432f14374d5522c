"""What one came for is in view at each size of the page, before a press and after it; and the chosen result."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.form import box, choose, choose_example, choose_scenario, opened, press, show_pane, thumbs, type_in
from tests.browser.states import speak
from tests.conftest import App
from weryai_ui.examples.catalog import EXAMPLES
from weryai_ui.i18n import say

EXAMPLE = "mascot-in-two-scenes"
HIDDEN = """(selectors) => selectors.filter((selector) => {
  const node = [...document.querySelectorAll(selector)].find((each) => each.checkVisibility());
  const box = node?.getBoundingClientRect();
  return !box || box.height === 0 || box.top < 0 || box.bottom > innerHeight || box.left < 0 || box.right > innerWidth;
})"""
COLUMNS = """() => ["#field-prompt", "#task-board .now", "#task-board .panes"]
  .map((selector) => document.querySelector(selector).getBoundingClientRect())
  .map(({ left, top, width }) => ({ left, top, width }))"""
LINES = """() => {
  const pre = document.querySelector("#request-json pre"), { top, height } = pre.getBoundingClientRect();
  const style = getComputedStyle(pre);
  const shown = Math.min(height, innerHeight - top) - parseFloat(style.paddingTop);
  return shown / parseFloat(style.lineHeight);
}"""
JOB = ["#field-prompt textarea", "#references .items", "#field-aspect_ratio", "#field-generate_audio", "#destination"]


def card(page: Page, prompt: str) -> Locator:
    return page.locator("#task-board .card").filter(has_text=prompt)


def test_on_a_laptop_all_that_matters_is_in_view_before_a_press_and_after(app: App, page: Page) -> None:
    opened(page, app.url)
    expect(page.locator("#task-board .empty video")).to_be_visible()
    expect(page.locator("#request-json .live")).to_be_visible()
    choose_example(page, EXAMPLE)
    expect(page.locator("#task-board .recorded video")).to_be_visible()
    expect(page.locator("#examples .strip li")).to_have_count(0)
    expect(page.locator("#references .item")).to_have_count(3)
    page.wait_for_function("() => document.querySelector('#request-json code').innerText.includes('video_number')")
    assert page.evaluate(HIDDEN, [*JOB, "#generate", "#task-board .recorded video"]) == []
    assert page.evaluate(LINES) >= 15
    form, now, panes = page.evaluate(COLUMNS)
    assert form["width"] + 30 >= 440 and form["width"] <= 520
    assert now["left"] > form["left"] + form["width"] and panes["top"] > now["top"]
    press(page)
    expect(page.locator("#task-board .cards video")).to_be_visible(timeout=60_000)
    page.evaluate("() => scrollTo(0, 0)")
    assert page.evaluate(HIDDEN, [*JOB, "#generate", "#bar-status", "#task-board .cards video", "#request-tab"]) == []


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (2560, 1440)])
def test_on_a_wide_screen_the_panes_are_a_third_column(app: App, page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    opened(page, app.url)
    choose_example(page, EXAMPLE)
    expect(page.locator("#task-board .recorded video")).to_be_visible()
    form, now, panes = page.evaluate(COLUMNS)
    assert panes["left"] >= now["left"] + now["width"] and abs(panes["top"] - now["top"]) < 4
    assert form["width"] <= 520
    assert page.evaluate(HIDDEN, [*JOB, "#generate", "#task-board .recorded video", "#request-json pre"]) == []


@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390), (720, 450), (320, 568)])
def test_on_a_narrow_screen_form_and_results_are_pages_and_a_press_shows_its_result(
    app: App, page: Page, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    opened(page, app.url)
    bar = ["#generate", "#check"]
    expect(page.locator("#create-tab")).to_have_attribute("aria-current", "page")
    expect(page.locator(".studio-results")).to_be_hidden()
    assert page.evaluate(HIDDEN, [*bar, "#destination", "#create-tab"]) == []
    type_in(page, "prompt", "Two pages")
    press(page)
    expect(page.locator("#results-tab")).to_have_attribute("aria-current", "page")
    expect(page.locator("#results-tab")).to_have_text(f"{say('page.results_tab')} 1")
    expect(card(page, "Two pages").locator("video")).to_be_visible(timeout=60_000)
    expect(page.locator("#bar-status")).to_have_text(re.compile("^Ready"))
    assert page.evaluate(HIDDEN, [*bar, "#bar-status", "#results-tab"]) == []
    page.locator("#create-tab").click()
    expect(box(page, "prompt")).to_have_value("Two pages")
    expect(page.locator("#task-board")).to_be_hidden()
    # What is to be mended is on the other page: it is shown.
    type_in(page, "duration", "99")
    page.locator("#results-tab").click()
    press(page)
    expect(box(page, "duration")).to_be_focused()


def test_the_panes_belong_to_the_chosen_result_also_after_a_reload(app: App, page: Page) -> None:
    opened(page, app.url)
    for prompt, scenario in (("The first", "Succeeds after a few seconds"), ("The second", "not enough credits")):
        choose_scenario(page, scenario)
        type_in(page, "prompt", prompt)
        press(page)
        expect(card(page, prompt)).to_have_count(1)
    request, response = page.locator("#request-json code"), show_pane(page, "response")
    chosen = page.locator("#task-board .card")
    expect(chosen).to_contain_text("The second")
    expect(request).to_contain_text("The second")
    expect(response.locator("code")).to_contain_text('"status": 1011')
    first = thumbs(page, "The first")
    expect(first.locator("img")).to_be_visible(timeout=60_000)
    expect(first).to_have_attribute("aria-current", "false")
    first.click()
    expect(first).to_have_attribute("aria-current", "true")
    expect(first).to_be_focused()
    expect(chosen).to_have_count(1)
    expect(chosen).to_contain_text("The first")
    page.wait_for_function(f"selectors => ({HIDDEN})(selectors).length === 0", arg=["#task-board .cards video"])
    expect(request).to_contain_text("The first")
    expect(response.get_by_role("button", name=say("panes.final"))).to_have_attribute("aria-pressed", "true")
    expect(response.locator("code")).to_contain_text('"task_status": "succeed"')
    timeline = show_pane(page, "timeline").locator("summary")
    expect(timeline.nth(0)).to_contain_text("Check · passed")
    expect(timeline.nth(1)).to_contain_text("Submit · HTTP 200")
    timeline.last.click()
    expect(page.locator("#timeline details[open]")).to_contain_text('"task_status": "succeed"')
    show_pane(page, "response")
    response.get_by_role("button", name=say("panes.submit")).click()
    expect(response.locator("code")).to_contain_text('"task_status": "waiting"')
    page.reload()
    expect(chosen).to_contain_text("The first")
    expect(request).to_contain_text("The first")
    expect(page.locator("#request-json .live")).to_be_hidden()
    assert "import requests" not in page.locator("#code code").inner_text()
    page.locator("#task-board .feed .all").click()
    expect(page.locator("#history-search")).to_be_focused()
    page.locator("#history .rows button").first.click()
    expect(page.locator("#history dialog")).to_contain_text("The second")
    expect(request).to_contain_text("The second")
    assert json.loads(request.inner_text())["prompt"] == "The second"


def test_the_newest_are_a_row_of_pictures_with_the_seconds_of_what_runs(app: App, page: Page) -> None:
    opened(page, app.url)
    choose(page, "video_number", "2")
    for prompt, scenario in (
        ("Two of them", "Succeeds after a few seconds"),
        ("Refused", "not enough credits"),
        ("Runs on", "minute and a half"),
    ):
        choose_scenario(page, scenario)
        type_in(page, "prompt", prompt)
        press(page)
        expect(card(page, prompt)).to_have_count(1)
        expect(page.locator("#task-board .feed")).to_be_visible(visible=prompt != "Two of them")
    expect(thumbs(page)).to_have_count(3)
    expect(thumbs(page, "Runs on")).to_have_attribute("aria-current", "true")
    expect(thumbs(page, "Runs on").locator(".time")).to_have_text(re.compile(r"^\d+ s$"))
    expect(thumbs(page, "Refused")).to_contain_text(say("outcome.REJECTED"))
    ready = thumbs(page, "Two of them")
    expect(ready.locator("img")).to_be_visible(timeout=60_000)
    expect(ready.locator(".count")).to_have_text("× 2")
    assert violations(page) == []


def test_the_timeline_grows_while_one_looks_and_what_is_open_stays_open(app: App, page: Page) -> None:
    opened(page, app.url)
    timeline = show_pane(page, "timeline")
    expect(timeline).to_have_text(say("panes.timeline_empty"))
    type_in(page, "prompt", "Watched line by line")
    press(page)
    lines = timeline.locator("summary")
    expect(lines).not_to_have_count(0)
    lines.nth(1).click()
    expect(timeline.locator("details[open]")).to_contain_text('"prompt": "Watched line by line"')
    expect(card(page, "Watched line by line").locator("video")).to_be_visible(timeout=60_000)
    expect(timeline).to_contain_text('"task_status": "waiting"')
    expect(lines.last).to_contain_text("Status · HTTP 200")
    expect(timeline.locator("details[open]")).to_have_count(1)
    expect(lines.nth(1)).to_be_focused()
    speak(page, "zh")
    expect(lines.nth(1)).to_contain_text("提交 · HTTP 200")
    speak(page, "en")
    # A form that is being written is not put aside by it.
    type_in(page, "prompt", "The next")
    expect(page.locator("#request-json .live")).to_be_attached()
    expect(page.locator("#request-json code")).to_contain_text("The next")
    assert violations(page) == []


def test_details_have_an_address_and_back_closes_them_and_stays(app: App, page: Page) -> None:
    opened(page, app.url)
    choose_scenario(page, "not enough credits")
    type_in(page, "prompt", "With an address")
    press(page)
    dialog = page.locator("#history dialog")
    details = card(page, "With an address").get_by_role("button", name="Details")
    details.click()
    expect(dialog).to_contain_text("With an address")
    expect(page).to_have_url(re.compile("#result="))
    address = page.url
    page.go_back()
    expect(dialog).to_be_hidden()
    expect(page).to_have_url(re.compile("/$"))
    expect(box(page, "prompt")).to_have_value("With an address")
    details.click()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page).to_have_url(re.compile("/$"))
    page.goto("about:blank")
    page.goto(address)
    expect(dialog).to_contain_text("With an address")


def test_all_examples_are_in_a_gallery_with_films_that_play_where_one_points(app: App, page: Page) -> None:
    opened(page, app.url)
    page.locator("#examples .all").click()
    gallery = page.locator("#examples dialog")
    cards = gallery.locator(".gallery button")
    expect(cards).to_have_count(len(EXAMPLES))
    expect(cards.first.locator(".tag").first).to_be_visible()
    cards.first.hover()
    page.wait_for_function("() => document.querySelector('#examples .gallery video').currentTime > 0.1", timeout=60_000)
    cards.first.click()
    expect(gallery).to_be_hidden()
    expect(page.locator("#task-board .recorded h3")).to_have_text(say(f"example.{next(iter(EXAMPLES))}.title"))
    expect(page.locator("#examples .all")).to_be_focused()
