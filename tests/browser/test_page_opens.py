"""The page opens in a real browser, quietly, and the fixture that says so can hear."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.conftest import App

SHIFT = """
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) if (!each.hadRecentInput) window.shift += each.value;
  }).observe({ type: "layout-shift", buffered: true });
"""
MOST_SHIFT = 0.02


def test_the_page_opens_with_its_heading_and_without_a_sound(page: Page, app: App) -> None:
    page.goto(app.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Generate", exact=True)).to_be_enabled()


def test_an_error_in_the_console_is_heard(page: Page, app: App, troubles: list[str]) -> None:
    page.goto(app.url)
    with page.expect_console_message():
        page.evaluate("console.error('a complaint')")
    assert troubles == ["console error: a complaint"]
    troubles.clear()


def test_a_request_that_leaves_the_app_is_seen(page: Page, app: App, troubles: list[str]) -> None:
    page.goto(app.url)
    page.route("https://elsewhere.invalid/", lambda route: route.fulfill(body=""))
    with page.expect_request("https://elsewhere.invalid/"):
        page.evaluate("new Image().src = 'https://elsewhere.invalid/'")
    assert troubles == ["left the app: GET https://elsewhere.invalid/"]
    troubles.clear()


@pytest.mark.parametrize("size", [ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)])
def test_nothing_that_is_shown_is_pushed_on_by_what_arrives_later(page: Page, app: App, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.add_init_script(SHIFT)
    page.goto(app.url)
    expect(page.locator("#goes")).to_contain_text("sandbox")
    expect(page.locator("#generate")).to_be_enabled()
    painted = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(painted)
    assert page.evaluate("() => window.shift") < MOST_SHIFT


def test_a_part_that_never_comes_does_not_hide_the_others(page: Page, app: App) -> None:
    page.goto(app.url)
    expect(page.locator("#generate")).to_be_visible()
    page.evaluate("() => document.querySelector('#check').remove()")
    expect(page.locator("#generate")).to_be_hidden()
    expect(page.locator("#generate")).to_be_visible(timeout=15_000)


def test_the_head_names_every_script_that_the_page_loads_and_no_other(page: Page, app: App) -> None:
    answer = page.goto(app.url)
    assert answer is not None
    named = [urljoin(app.url, link) for link in re.findall(r'<link rel="modulepreload" href="([^"]+)"', answer.text())]
    expect(page.locator("#field-prompt textarea")).to_be_visible()
    expect(page.locator("#goes")).to_contain_text("sandbox")
    loaded = page.evaluate("() => performance.getEntriesByType('resource').map((each) => each.name)")
    scripts = {name for name in loaded if name.endswith(".js")}
    # Beside Gradio's own two tags.
    assert {name for name in scripts if not re.search(r"/static/|/assets/index-", name)} == set(named)
    assert len(named) == len(set(named)) > 20
