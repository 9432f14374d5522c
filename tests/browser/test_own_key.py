"""A visitor's own key: for their tasks only, forgotten when they say so, asked for again after a restart."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pydantic import SecretStr

from tests.browser.form import box, choose, opened, press, type_in
from tests.conftest import StartApp
from tests.process import AppProcess
from weryai_ui.sandbox.server import SandboxServer

KEY = "sk-sandbox-slow"


@pytest.fixture
def service_on_loopback() -> Iterator[SandboxServer]:
    """Stands for the real service: a sandbox at the base URL, whose keys are a visitor's own."""
    with SandboxServer(pace=0.05) as server:
        yield server


def test_my_key_makes_a_task_and_is_neither_kept_by_the_browser_nor_shown(
    start_app: StartApp, service_on_loopback: SandboxServer, page: Page, troubles: list[str]
) -> None:
    app = start_app(base_url=service_on_loopback.url)
    opened(page, app.url)
    choose(page, "send-to", "WeryAI, my key")
    type_in(page, "prompt", "On my own account")
    press(page)
    expect(page.locator("#problems .refusal")).to_have_text("The API key is empty.")
    page.locator("#my-key input").fill(KEY)
    press(page)
    expect(page.locator("#task-board .card")).to_contain_text("WeryAI, my key")
    expect(page.locator("#request-json .facts")).to_contain_text("Bearer sk-…slow")
    assert KEY not in page.evaluate("() => JSON.stringify(localStorage)")
    assert KEY not in page.locator("#task-board").inner_html()
    (sent,) = service_on_loopback.ledger
    assert sent.key == KEY
    expect(page.locator("#task-board video")).to_be_visible(timeout=60_000)
    page.reload()
    expect(page.locator("#field-prompt .counter")).to_be_visible()
    expect(page.locator("#my-key input")).to_have_value("")
    # A result of the service is on the service's own host, and the browser alone fetches it there.
    media = f"left the app: GET {service_on_loopback.url}/media/"
    page.goto("about:blank")
    assert all(trouble.startswith(media) for trouble in troubles), troubles
    troubles.clear()


@pytest.mark.parametrize("sealed", [False, True])
def test_a_key_is_forgotten_by_one_press_and_asked_for_again(
    start_app: StartApp, service_on_loopback: SandboxServer, page: Page, troubles: list[str], sealed: bool
) -> None:
    secret = SecretStr(base64.urlsafe_b64encode(bytes(range(32))).decode())
    app = start_app(base_url=service_on_loopback.url, sealing_keys=(secret,) if sealed else (), poll_seconds=300.0)
    opened(page, app.url)
    choose(page, "send-to", "WeryAI, my key")
    told = "stored encrypted for a day" if sealed else "kept in memory while your tasks are followed"
    expect(page.locator("#my-key .info-text")).to_contain_text(told)
    forget = page.get_by_role("button", name="Forget my key")
    expect(forget).to_be_hidden()
    page.locator("#my-key input").fill(KEY)
    type_in(page, "prompt", "With a key that goes")
    press(page)
    card = page.locator("#task-board .card").first
    expect(card).to_contain_text("With a key that goes")
    expect(card.get_by_label("My WeryAI API key")).to_be_hidden()
    forget.click()
    expect(card.get_by_label("My WeryAI API key")).to_be_visible()
    expect(page.locator("#task-board .outage")).to_contain_text("Your key is deleted from this server.")
    expect(page.locator("#my-key input")).to_have_value("")
    expect(forget).to_be_hidden()
    type_in(page, "prompt", "Once more")
    press(page)
    expect(page.locator("#problems .refusal")).to_have_text("The API key is empty.")
    choose(page, "send-to", "Sandbox")
    expect(forget).to_be_hidden()


def test_after_a_restart_the_card_asks_for_the_key_and_goes_on(
    tmp_path: Path, service_on_loopback: SandboxServer, page: Page, troubles: list[str]
) -> None:
    with AppProcess(tmp_path, WERYAI_BASE_URL=service_on_loopback.url, WERYAI_POLL_SECONDS="1") as process:
        opened(page, process.url)
        choose(page, "send-to", "WeryAI, my key")
        page.locator("#my-key input").fill(KEY)
        type_in(page, "prompt", "Followed with my key")
        press(page)
        card = page.locator("#task-board .card").first
        expect(card).to_contain_text("Followed with my key")
        process.kill()
        process.start()
        expect(card).to_contain_text("Enter your key to resume tracking", timeout=30_000)
        card.get_by_label("My WeryAI API key").fill(KEY)
        card.get_by_role("button", name="Resume tracking").click()
        expect(card.locator("video")).to_be_visible(timeout=60_000)
        expect(box(page, "prompt")).to_have_value("Followed with my key")
    assert KEY not in (tmp_path / "app.log").read_text()
    assert KEY.encode() not in (tmp_path / "data" / "weryai.sqlite3").read_bytes()
    page.goto("about:blank")
    troubles.clear()
