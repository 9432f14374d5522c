"""What a visitor sees of all this: one sentence, a box when it is needed, what is left, and a silent console."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pydantic import SecretStr

from tests.browser.form import choose, opened, press, thumbs, type_in
from tests.conftest import StartApp
from tests.security.conftest import CODE
from weryai_ui.sandbox.server import SandboxServer


def make(page: Page, prompt: str) -> None:
    type_in(page, "prompt", prompt)
    press(page)


def test_a_closed_page_says_in_a_sentence_what_a_visitor_can_do(
    start_app: StartApp, owned: dict[str, Any], page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    app = start_app(**owned)
    opened(page, app.url)
    expect(page.locator("#send-to")).to_contain_text(
        "You can use the sandbox for free, or a WeryAI key of your own; the owner's key is not available on this page."
    )
    expect(page.locator("#send-to label")).to_have_count(2)
    expect(page.locator("#access-code")).to_be_hidden()
    assert "To open it, set WERYAI_ACCESS_CODE" in caplog.text
    make(page, "In the sandbox")
    expect(page.locator("#task-board .card")).to_contain_text("In the sandbox")


def test_the_code_opens_the_owners_key_and_what_is_left_is_shown(
    start_app: StartApp, owned: dict[str, Any], upstream: SandboxServer, page: Page, troubles: list[str]
) -> None:
    app = start_app(**owned, access_code=SecretStr(CODE), tasks_per_day=2)
    opened(page, app.url)
    expect(page.locator("#access-code")).to_be_hidden()
    choose(page, "send-to", "WeryAI, owner's key")
    expect(page.locator("#access-code")).to_be_visible()
    expect(page.locator("#allowance")).to_have_text("2 of 2 tasks left in these 24 hours")
    make(page, "Without the code")
    expect(page.locator("#problems .refusal")).to_contain_text("asks for the access code")
    page.locator("#access-code input").fill("a wrong guess")
    press(page)
    expect(page.locator("#problems .refusal")).to_contain_text("was not taken; nothing was sent. Try again in")
    expect(page.locator("#access-code input")).to_have_value("")
    assert len(upstream.ledger) == 0

    page.wait_for_timeout(1100)  # the wait that the page has just announced
    page.locator("#access-code input").fill(CODE)
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(1)
    expect(page.locator("#access-code")).to_be_hidden()
    expect(page.locator("#allowance")).to_have_text("1 of 2 tasks left in these 24 hours")
    make(page, "The second")
    expect(thumbs(page)).to_have_count(2)
    expect(page.locator("#allowance")).to_contain_text("0 of 2 tasks left in these 24 hours, opens again at")
    make(page, "The third")
    expect(page.locator("#problems .refusal")).to_contain_text("It opens again in 24 h 0 min")
    assert len(upstream.ledger) == 2
    page.reload()
    expect(page.locator("#allowance")).to_contain_text("0 of 2")
    expect(page.locator("#access-code")).to_be_hidden()
    # The service's results are on its own host.
    left = [trouble for trouble in troubles if not trouble.startswith(f"left the app: GET {upstream.url}/media/")]
    assert left == []
    troubles.clear()


def test_the_code_and_the_key_leave_with_the_event_that_needs_them_and_with_no_other(
    start_app: StartApp, owned: dict[str, Any], page: Page
) -> None:
    app = start_app(**owned, access_code=SecretStr(CODE))
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(f"{asked.url} {asked.post_data or ''}"))
    opened(page, app.url)
    key = "sk-visitor-canary-0123456789"
    choose(page, "send-to", "WeryAI, my key")
    page.locator("#my-key input").fill(key)
    choose(page, "send-to", "WeryAI, owner's key")
    page.locator("#access-code input").fill(CODE)
    type_in(page, "prompt", "CheckResult")
    press(page, "check")
    expect(page.locator("#problems .refusal")).to_contain_text("asks for the access code")
    choose(page, "send-to", "Sandbox")
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(1)
    assert not [each for each in sent if CODE in each or key in each]
    assert page.evaluate("() => JSON.stringify(localStorage)").count("canary") == 0


def test_behind_logins_the_page_asks_for_one_and_then_works(
    start_app: StartApp, owned: dict[str, Any], upstream: SandboxServer, page: Page, troubles: list[str]
) -> None:
    app = start_app(**owned, logins={"ann": SecretStr("correct horse")})
    page.goto(app.url)
    page.get_by_label("username").fill("ann")
    page.get_by_label("password").fill("correct horse")
    page.get_by_role("button", name="Login").click()
    expect(page.locator("#field-prompt .counter")).to_be_visible()
    choose(page, "send-to", "WeryAI, owner's key")
    make(page, "Signed in")
    expect(page.locator("#task-board .card")).to_contain_text("Signed in")
    assert len(upstream.ledger) == 1
    # Before the login the browser itself reports the 401 that asks for it.
    assert all("401" in trouble or "/media/" in trouble for trouble in troubles), troubles
    troubles.clear()
