"""The page opens in a real browser, quietly, and the fixture that says so can hear."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.conftest import App


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
