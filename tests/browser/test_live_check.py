"""What is checked while typing: the server says it, at the field, a moment after the last key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.form import box, choose, opened, type_in, unfolded
from tests.conftest import App
from tests.process import AppProcess
from weryai_ui.request.fields import FIELDS

TOO_LONG = "Prompt is 501 characters; the limit is 500."
KEY = "sk-visitor-0123456789"


@pytest.fixture
def own_app(tmp_path: Path) -> Iterator[AppProcess]:
    with AppProcess(tmp_path) as process:
        yield process


def checks_of(page: Page) -> list[Request]:
    """The questions that the page asks from now on."""
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if request.url.endswith("/check") else None)
    return asked


def test_a_problem_shows_and_goes_at_its_field_while_typing(app: App, page: Page) -> None:
    opened(page, app.url)
    box(page, "prompt").press_sequentially("A boat")
    expect(page.locator("#field-prompt .counter")).to_have_text("6 / 500")
    box(page, "prompt").fill("x" * 501)
    expect(page.locator("#note-prompt")).to_have_text(TOO_LONG)
    expect(box(page, "prompt")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#problems .problems li")).to_have_text([TOO_LONG])
    box(page, "prompt").press("Backspace")
    expect(page.locator("#note-prompt")).not_to_contain_text("limit")
    expect(page.locator("#problems .problems li")).to_have_count(0)


def test_it_is_said_in_the_language_of_the_page(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "x" * 501)
    expect(page.locator("#note-prompt")).to_have_text(TOO_LONG)
    page.locator("#heading [lang=zh]").click()
    expect(page.locator("#note-prompt")).to_contain_text("501")
    expect(page.locator("#note-prompt")).not_to_contain_text("characters")


TYPED_AT_ONCE = """(field, text) => {
    for (let end = 1; end <= text.length; end++) {
        field.value = text.slice(0, end);
        field.dispatchEvent(new Event("input", { bubbles: true }));
    }
}"""
"""Key after key while no timer of the page can end, however slow the machine is."""


def test_a_word_is_asked_about_once_and_not_key_by_key(app: App, page: Page) -> None:
    opened(page, app.url)
    asked = checks_of(page)
    with page.expect_response(lambda each: each.url.endswith("/check") and "A boat" in (each.request.post_data or "")):
        box(page, "prompt").evaluate(TYPED_AT_ONCE, "A boat")
    expect(page.locator("#field-prompt .counter")).to_have_text("6 / 500")
    prompts = [json.loads(each.post_data or "")["values"]["prompt"] for each in asked]
    # The form as it was at the start may be asked about too.
    assert [each for each in prompts if each] == ["A boat"]


def test_the_forms_values_travel_and_no_key(app: App, page: Page) -> None:
    opened(page, app.url)
    choose(page, "send-to", "WeryAI, my key")
    page.locator("#my-key input").fill(KEY)
    with page.expect_request(
        lambda request: request.url.endswith("/check") and "A boat" in (request.post_data or "")
    ) as asked:
        type_in(page, "prompt", "A boat")
    sent = json.loads(asked.value.post_data or "")
    assert set(sent) == {"values", "measured", "language", "send_to", "code"} and set(sent["values"]) == set(FIELDS)
    assert KEY not in json.dumps(sent) and page.evaluate(
        "async () => (await window.studio).visitor()"
    ) not in json.dumps(sent)


def test_a_late_answer_does_not_stand_over_a_newer_one(app: App, page: Page) -> None:
    opened(page, app.url)
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/check", hold_the_first)
    with page.expect_request("**/check"):
        type_in(page, "prompt", "x" * 501)
    type_in(page, "prompt", "x" * 502)
    newer = "Prompt is 502 characters; the limit is 500."
    expect(page.locator("#note-prompt")).to_have_text(newer)
    late: dict[str, Any] = {"problems": [{"field": "prompt", "text": TOO_LONG}], "warnings": []}
    held[0].fulfill(json=late)
    type_in(page, "duration", "")
    expect(page.locator("#note-duration")).to_have_text("Length is empty; it is required.")
    expect(page.locator("#note-prompt")).to_have_text(newer)


def test_what_was_said_stays_while_the_app_is_away_and_is_looked_at_again_once_it_is_back(
    own_app: AppProcess, page: Page, troubles: list[str]
) -> None:
    opened(page, own_app.url)
    type_in(page, "prompt", "x" * 501)
    expect(page.locator("#note-prompt")).to_have_text(TOO_LONG)
    own_app.kill()
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/check")):
        type_in(page, "prompt", "A boat")
    expect(page.locator("#field-prompt .counter")).to_have_text("6 / 500")
    expect(page.locator("#note-prompt")).to_have_text(TOO_LONG)
    own_app.start()
    expect(page.locator("#note-prompt")).not_to_contain_text("limit", timeout=30_000)
    expect(box(page, "prompt")).to_have_value("A boat")
    # The browser itself reports every request that met no server; nothing else may be there.
    assert all("ERR_CONNECTION" in trouble for trouble in troubles), troubles
    troubles.clear()


def test_every_field_has_its_label_its_help_and_its_id(app: App, page: Page) -> None:
    opened(page, app.url)
    for name, spec in FIELDS.items():
        unfolded(page, name)
        field = page.locator(f"#field-{name}")
        expect(field).to_contain_text(spec.label)
        expect(field).to_contain_text(spec.help)


def test_an_empty_length_is_a_problem_at_its_field(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "duration", "")
    expect(page.locator("#note-duration")).to_have_text("Length is empty; it is required.")
