"""The body and the programs follow the form from the first second, and belong to what was sent after a press."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.form import opened, press, show_pane, type_in
from tests.conftest import App


def body(page: Page) -> dict[str, object]:
    shown: dict[str, object] = json.loads(page.locator("#request-json code").inner_text())
    return shown


def test_the_body_follows_the_form_and_marks_what_is_wrong_until_it_is_sent(app: App, page: Page) -> None:
    opened(page, app.url)
    live, code = page.locator("#request-json .live"), page.locator("#request-json code")
    expect(live).to_have_text("Not sent yet")
    expect(page.locator("#request-json .facts")).to_contain_text("Bearer sk-…")
    type_in(page, "prompt", "Seen before it is sent")
    type_in(page, "duration", "99")
    expect(code.locator("mark")).to_have_text('  "duration": 99,\n')
    assert body(page)["prompt"] == "Seen before it is sent"
    type_in(page, "duration", "7")
    expect(code.locator("mark")).to_have_count(0)
    expect(code).to_contain_text('"duration": 7')
    would_go_out = body(page)
    press(page)
    expect(page.locator("#response-json code")).to_contain_text("task_id")
    expect(live).to_be_hidden()
    assert body(page) == would_go_out
    sent = app.service.tasks(page.evaluate("() => localStorage.getItem('weryai-visitor')"))[0]
    assert sent.payload == would_go_out
    type_in(page, "prompt", "The next one")
    expect(live).to_be_visible()
    expect(code).to_contain_text("The next one")
    expect(page.locator("#response-json code")).to_contain_text("task_id")
    type_in(page, "prompt", "Seen before it is sent")
    expect(live).to_be_hidden()
    assert body(page) == would_go_out


@pytest.mark.parametrize("button", ["generate", "check"])
def test_a_press_that_is_refused_leaves_the_body_that_would_go_out(app: App, page: Page, button: str) -> None:
    opened(page, app.url)
    code = page.locator("#request-json code")
    type_in(page, "prompt", "Too long by far")
    type_in(page, "duration", "99")
    with page.expect_response(lambda answer: "/check" in answer.url):
        press(page, button)
        expect(page.locator("#problems .problems li")).to_have_count(1)
    expect(page.locator("#request-json .live")).to_be_visible()
    expect(code.locator("mark")).to_have_text('  "duration": 99,\n')
    assert body(page)["prompt"] == "Too long by far"


def test_the_programs_follow_once_somebody_looks_at_them(app: App, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    asked: list[bool] = []

    def note(sent: Request) -> None:
        if sent.url.endswith("/check"):
            asked.append(bool(json.loads(sent.post_data or "{}")["code"]))

    page.on("request", note)
    opened(page, app.url)
    type_in(page, "prompt", "A program before it is sent")
    expect(page.locator("#request-json code")).to_contain_text("A program before")
    assert asked and not any(asked)
    page.locator("#results-tab").click()
    show_pane(page, "code")
    expect(page.locator("#code code")).to_contain_text("A program before it is sent")
    assert asked[-1]
