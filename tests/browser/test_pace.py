"""A submission that waits for its turn says so, goes out by itself, and its card has the countdown of the service."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pydantic import SecretStr

from tests.browser.form import choose, choose_scenario, opened, press, type_in
from tests.conftest import StartApp
from tests.service.conftest import new_submission
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.store.records import SendTo


@pytest.fixture
def service() -> Iterator[SandboxServer]:
    with SandboxServer(pace=0) as server:
        yield server


def test_a_submission_that_waits_for_its_turn_says_how_long_and_then_goes_out(
    start_app: StartApp, service: SandboxServer, page: Page
) -> None:
    app = start_app(api_key=SecretStr("sk-sandbox"), base_url=service.url, submits_apart_s=9.0)
    opened(page, app.url)
    choose(page, "send-to", "WeryAI, owner's key")
    type_in(page, "prompt", "After another")
    assert app.service.submit(new_submission(send_to=SendTo.OWNER_KEY)).intent is not None
    press(page)
    expect(page.locator("#problems .notice")).to_contain_text("Waiting its turn, about", timeout=15_000)
    assert len(service.ledger) == 1
    expect(page.locator("#task-board .card")).to_contain_text("After another", timeout=30_000)
    expect(page.locator("#problems .notice")).to_be_empty()
    assert len(service.ledger) == 2


def test_a_refusal_for_coming_too_fast_counts_down_what_the_service_said(start_app: StartApp, page: Page) -> None:
    app = start_app()
    opened(page, app.url)
    choose_scenario(page, "Refused: too many requests")
    type_in(page, "prompt", "Too fast")
    press(page)
    again = page.locator("#task-board .card [data-not-before]")
    expect(again).to_have_text(re.compile(r"The same again \(in [1-5] s\)"))
    expect(again).to_have_text("The same again")
