"""axe finds nothing in any state of the page, light or dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.form import choose_scenario, opened, press, type_in
from tests.conftest import App


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation_when_empty_with_problems_running_ready_and_refused(app: App, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    opened(page, app.url)
    assert violations(page) == []
    type_in(page, "prompt", "x" * 501)
    type_in(page, "audios", "nonsense")
    expect(page.locator("#problems .problems li")).to_have_count(3)
    assert violations(page) == []
    type_in(page, "prompt", "A boat")
    type_in(page, "audios", "")
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(1)
    assert violations(page) == []
    expect(page.locator("#task-board video")).to_be_visible(timeout=30_000)
    assert violations(page) == []
    choose_scenario(page, "not enough credits")
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(2)
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_nothing_scrolls_sideways(app: App, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    opened(page, app.url)
    type_in(page, "images", "https://example.com/" + "x" * 300)
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(1)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
