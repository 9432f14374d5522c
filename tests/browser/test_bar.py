"""The bar with the buttons answers where it is pressed: sending, refused, checked, and how the result stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect
from pydantic import SecretStr

from tests.browser.form import answer, choose, opened, press, thumbs, type_in
from tests.conftest import App, StartApp
from weryai_ui.i18n import say
from weryai_ui.sandbox.server import SandboxServer

SUBMISSIONS = "**/gradio_api/run/predict"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def service() -> Iterator[SandboxServer]:
    with SandboxServer(pace=0) as server:
        yield server


def in_view(page: Page, selector: str) -> bool:
    """Whether the whole element is to be seen without scrolling."""
    return bool(
        page.locator(selector).evaluate(
            "node => { const box = node.getBoundingClientRect(); return box.height > 0 && box.top >= 0"
            " && box.bottom <= innerHeight; }"
        )
    )


def test_on_a_phone_a_press_is_busy_until_its_answer_and_then_shows_its_result(app: App, page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    opened(page, app.url)
    type_in(page, "prompt", "Pressed on a phone")
    box = page.locator("#field-prompt textarea")
    box.blur()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(SUBMISSIONS, hold, times=1)
    press(page)
    expect(page.locator("#generate")).to_have_attribute("aria-busy", "true")
    expect(page.locator("#bar-status")).to_have_text(say("page.sending"))
    assert in_view(page, "#bar-status") and in_view(page, "#generate")
    press(page)
    press(page)
    while not held:
        page.evaluate("() => new Promise(requestAnimationFrame)")
    held[0].continue_()
    card = page.locator("#task-board .card")
    expect(card).to_have_count(1)
    expect(page.locator("#generate")).to_have_attribute("aria-busy", "false")
    expect(card).to_be_in_viewport()
    expect(page.locator("#bar-status")).to_have_text(re.compile(r"^Ready, \d+ s$"), timeout=30_000)
    assert in_view(page, "#bar-status") and in_view(page, "#generate")
    assert len(app.service.tasks(page.evaluate("() => localStorage.getItem('weryai-visitor')"))) == 1


def test_a_refusal_stands_in_the_bar_where_nothing_was_scrolled(start_app: StartApp, page: Page) -> None:
    app = start_app()
    opened(page, app.url)
    choose(page, "send-to", "WeryAI, my key")
    type_in(page, "prompt", "Without a key")
    press(page)
    expect(page.locator("#problems .refusal")).to_have_text(say("key.empty"))
    assert in_view(page, "#problems .refusal")


def test_a_check_says_that_all_passes_and_counts_what_is_to_be_said(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "Checked")
    press(page, "check")
    expect(page.locator("#problems .notice")).to_have_text(say("page.passes"))
    expect(page.locator("#problems .counts")).to_have_text("1 hint")
    assert in_view(page, "#problems .notice")
    type_in(page, "duration", "99")
    expect(page.locator("#problems .counts")).to_have_text("1 problem, 1 hint")
    expect(page.locator("#problems .notice")).to_be_empty()
    page.locator("#problems .counts").click()
    expect(page.locator("#problems .problems li")).to_be_visible()


@pytest.fixture
def patient_service() -> Iterator[SandboxServer]:
    """A service whose slow tasks are not done before the test is."""
    with SandboxServer(pace=1.0) as server:
        yield server


def test_the_same_form_again_while_it_is_being_made_asks_first_where_it_costs(
    start_app: StartApp, patient_service: SandboxServer, page: Page
) -> None:
    app = start_app(api_key=SecretStr("sk-sandbox-slow"), base_url=patient_service.url)
    opened(page, app.url)
    choose(page, "send-to", "WeryAI, owner's key")
    type_in(page, "prompt", "Once is enough")
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(1)
    expect(page.locator("#generate")).to_have_attribute("aria-busy", "false")
    press(page)
    expect(page.locator("#asking p")).to_contain_text(say("goes.owner-key"))
    assert answer(page, None) == say("page.again_asks")
    expect(page.locator("#generate")).to_be_focused()
    assert len(patient_service.ledger) == 1
    type_in(page, "prompt", "Another one")
    press(page)
    expect(thumbs(page)).to_have_count(2)
