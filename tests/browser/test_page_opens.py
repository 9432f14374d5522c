"""The page opens in a real browser, quietly."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.conftest import App


def test_the_page_opens_with_its_heading_and_without_a_sound(page: Page, app: App) -> None:
    page.goto(app.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Generate", exact=True)).to_be_enabled()


def test_a_console_error_and_a_request_to_elsewhere_are_noticed(page: Page, app: App, troubles: list[str]) -> None:
    page.goto(app.url)
    page.evaluate("console.error('seen'); void fetch('http://127.0.0.1:9/away').catch(() => 0)")
    page.wait_for_function("true")
    seen = [trouble for trouble in troubles if "seen" in trouble or "/away" in trouble]
    troubles.clear()
    assert len(seen) >= 2
