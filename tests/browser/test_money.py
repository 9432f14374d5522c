"""Money seen whole: the price before, the cost after, and the owner who looks at both and stops spending."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pydantic import SecretStr

from tests.browser.axe import violations
from tests.browser.form import answer, choose, opened, press, thumbs, type_in
from tests.conftest import StartApp
from tests.ready_made import quick_sandbox
from weryai_ui.sandbox.server import SandboxServer

CODE = "open the books"


@pytest.fixture
def service_on_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxServer]:
    with quick_sandbox(monkeypatch) as server:
        yield server


def test_the_price_stands_beside_generate_the_cost_on_the_card_and_the_owner_stops_it(
    start_app: StartApp, service_on_loopback: SandboxServer, page: Page, troubles: list[str]
) -> None:
    app = start_app(
        api_key=SecretStr("sk-sandbox"),
        base_url=service_on_loopback.url,
        owner_code=SecretStr(CODE),
        credits_per_day=90,
    )
    opened(page, app.url)
    expect(page.locator(".studio-credits")).to_have_text("1,240 credits")
    type_in(page, "prompt", "A paper boat")
    expect(page.locator("#price")).to_have_text("Price not known yet: until it is, at most 10 such tasks in 24 hours.")
    expect(page.locator("#allowance")).to_have_text("90 of 90 credits left in these 24 hours")
    press(page)
    card = page.locator("#task-board .card").first
    expect(card).to_contain_text("Cost: 5 credits, by the balance before and after.", timeout=60_000)
    expect(page.locator(".studio-credits")).to_have_text("1,235 credits")
    expect(page.locator("#allowance")).to_have_text("85 of 90 credits left in these 24 hours")
    type_in(page, "prompt", "Another paper boat")
    expect(page.locator("#price")).to_have_text("The last one like this cost 5 credits.")
    choose(page, "send-to", "Sandbox")
    expect(page.locator("#price")).to_be_empty()
    choose(page, "send-to", "WeryAI, owner's key")

    books = page.context.new_page()
    books.goto(f"{app.url}/owner")
    assert violations(books) == []
    books.get_by_label("Owner's code").fill(CODE)
    books.get_by_role("button", name="Open").click()
    expect(books.locator(".cards li", has_text="Credits today")).to_contain_text("5")
    expect(books.locator("body")).not_to_contain_text("paper boat")
    assert violations(books) == []
    with books.expect_download() as download:
        books.get_by_role("link", name="Ledger (CSV)").click()
    assert ",owner-key,SEEDANCE_2_0,720p,5,false,1,ready," in download.value.path().read_text()
    books.get_by_role("button", name="Stop spending").click()
    expect(books.get_by_role("heading", name="Spending is stopped")).to_be_visible()

    press(page)
    expect(page.locator("#problems .refusal")).to_contain_text("The owner has stopped spending")
    assert len(service_on_loopback.ledger) == 1
    books.get_by_role("button", name="Allow spending").click()
    expect(books.get_by_role("button", name="Stop spending")).to_be_visible()
    press(page)
    expect(thumbs(page)).to_have_count(2)
    expect(card).to_contain_text("Cost: 5 credits", timeout=60_000)
    card.get_by_role("button", name="Run again").click()
    expect(page.locator("#asking")).to_contain_text("The last time it cost 5 credits.")
    assert answer(page, None) == "Send the same request once more?"
    assert len(service_on_loopback.ledger) == 2
    card.get_by_role("button", name="Run again").click()
    answer(page, "Run again")
    expect(thumbs(page)).to_have_count(3)
    # A result of the service is on the service's own host, and the browser alone fetches it there.
    page.goto("about:blank")
    assert all(each.startswith(f"left the app: GET {service_on_loopback.url}/media/") for each in troubles), troubles
    troubles.clear()
