"""A history that moves to another browser: the code is shown in one, typed in the other, and both have the same."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.axe import violations
from tests.browser.form import opened, type_in
from tests.browser.test_history import made
from tests.conftest import PAGE_SECONDS, App, watch

PICTURES = os.environ.get("MOVING_PICTURES", "")
"""A folder for pictures of what is seen, where somebody wants to look."""
BOARD = "async (board) => (await window.studio).tell('boardChanged', board)"
TOKEN = "localStorage.getItem('weryai-visitor')"


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


@pytest.fixture
def other(browser: Browser, troubles: list[str]) -> Iterator[Page]:
    """A page in another browser, of a phone's size."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    context.set_default_timeout(PAGE_SECONDS * 1000)
    found = context.new_page()
    watch(found, troubles)
    yield found
    context.close()


def foot(page: Page, words: str) -> None:
    page.locator("#history .foot").get_by_role("button", name=words, exact=True).click()


def shown_code(page: Page) -> str:
    foot(page, "Move to another browser")
    expect(page.locator("#moving .code")).to_have_text(re.compile(r"^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$"))
    return page.locator("#moving .code").inner_text()


def to_history(page: Page) -> None:
    """On a phone the results are another page."""
    tab = page.locator("#results-tab")
    if tab.is_visible():
        tab.click()
    expect(page.locator("#history .foot button").first).to_be_visible()


def prompts(page: Page, *wanted: str) -> None:
    expect(page.locator("#history .prompt")).to_have_text(list(wanted))


def typed(page: Page, code: str) -> None:
    to_history(page)
    foot(page, "I have a code")
    page.locator("#moving input").fill(code)
    page.locator("#moving").get_by_role("button", name="Take over the history").click()


def _after_a_board(page: Page, route: Route) -> None:
    if "join_history" in (route.request.post_data or ""):
        page.evaluate(BOARD, {"newest": None, "count": 0, "skew": 0, "plans": []})
    route.continue_()


def made_on_a_phone(page: Page, prompt: str) -> None:
    type_in(page, "prompt", prompt)
    page.locator("#generate").click()
    expect(page.locator("#task-board .card").filter(has_text=prompt)).to_have_count(1)
    page.locator("#create-tab").click()


def test_a_history_moves_and_both_browsers_have_what_either_had(
    app: App, page: Page, other: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weryai_ui.access.throttle.SERVER_SECONDS_PER_TRY", 1.0)
    opened(page, app.url)
    made(page, "A boat of the first", "not enough credits")
    code = shown_code(page)
    expect(page.locator("#moving .left")).to_have_text(re.compile(r"^(10:00|9:\d\d) left$"))
    assert violations(page) == []
    picture(page, "code")
    page.locator("#moving").get_by_role("button", name="Close").click()

    opened(other, app.url)
    made_on_a_phone(other, "A lantern of the second")
    type_in(other, "prompt", "A draft that stays")
    typed(other, "22222222")
    expect(other.locator("#moving .wrong")).to_contain_text("This code opens nothing")
    assert violations(other) == []
    picture(other, "wrong")
    wait_s = int(re.findall(r"(\d+) s", other.locator("#moving .wrong").inner_text())[0])
    other.wait_for_timeout(wait_s * 1000)  # by a clock of the server's
    other.locator("#moving input").fill(code.lower())
    # A board that arrives before the page begins anew does not use up what is said after that.
    other.route(re.compile("component_server"), partial(_after_a_board, other))
    with other.expect_event("domcontentloaded"):
        other.locator("#moving").get_by_role("button", name="Take over the history").click()
    expect(other.locator("#history .moved")).to_have_text("The history of both browsers is here.")
    expect(other.locator("#history .moved")).to_be_in_viewport()
    prompts(other, "A lantern of the second", "A boat of the first")
    picture(other, "moved")
    assert other.evaluate(TOKEN) == page.evaluate(TOKEN)
    expect(other.locator("#field-prompt textarea")).to_have_value("A draft that stays")

    prompts(page, "A lantern of the second", "A boat of the first")
    made(page, "A third, made in the first", "not enough credits")
    prompts(other, "A third, made in the first", "A lantern of the second", "A boat of the first")
    other.reload()
    expect(other.locator("#results-tab")).to_have_text("Results 3")
    expect(other.locator("#history .moved")).to_be_hidden()
    typed(other, code)
    expect(other.locator("#moving .wrong")).to_contain_text("This code opens nothing")


def test_what_a_browser_had_joins_at_the_next_start_where_the_answer_was_lost(
    app: App, page: Page, other: Page, troubles: list[str]
) -> None:
    opened(page, app.url)
    made(page, "One of the first", "not enough credits")
    code = shown_code(page)
    opened(other, app.url)
    made_on_a_phone(other, "One of the second")

    def loses_the_join(route: Route) -> None:
        if "join_history" in (route.request.post_data or ""):
            route.abort()
        else:
            route.continue_()

    other.route(re.compile("component_server"), loses_the_join)
    typed(other, code)
    expect(other.locator("#history .moved")).to_be_visible()
    prompts(other, "One of the first")
    other.unroute_all()
    other.reload()
    prompts(other, "One of the second", "One of the first")
    prompts(page, "One of the second", "One of the first")
    troubles.clear()


def test_a_code_that_is_over_says_so_and_makes_room_for_another(app: App, page: Page) -> None:
    page.clock.install()
    opened(page, app.url)
    made(page, "A boat", "not enough credits")
    first = shown_code(page)
    page.clock.fast_forward(601_000)
    expect(page.locator("#moving .left")).to_have_text("This code has expired.")
    expect(page.locator("#moving .code")).to_be_hidden()
    page.locator("#moving").get_by_role("button", name="New code").click()
    expect(page.locator("#moving .code")).to_be_visible()
    assert page.locator("#moving .code").inner_text() != first
