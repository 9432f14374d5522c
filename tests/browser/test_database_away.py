"""The app's database goes away and comes back: the page says so once, tells the true outcome, and goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pydantic import SecretStr

from tests.browser.form import box, opened, press, type_in
from tests.conftest import App, StartApp
from tests.durability.outage import Full
from tests.durability.shortage import MovedDatabase
from tests.durability.upstream import Upstream
from tests.durability.victim import OWNER_KEY

AWAY = "The app's own database does not answer just now."
KEPT = "will be recorded as soon as the database answers. Task ids: task-1"


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(polls_until_ready=1) as running:
        yield running


@pytest.fixture
def own_app(start_app: StartApp, upstream: Upstream) -> App:
    return start_app(api_key=SecretStr(OWNER_KEY), base_url=upstream.url)


@pytest.fixture
def database(own_app: App) -> MovedDatabase:
    return MovedDatabase(Path(own_app.service.settings.data_dir))


def only_said_503(troubles: list[str]) -> None:
    """The browser itself reports an answer that is an error; nothing else may be there."""
    known = ("status of 503", "Could not connect to component server")
    assert all(any(words in trouble for words in known) for trouble in troubles), troubles
    troubles.clear()


def test_gone_from_the_post_on_the_card_tells_the_outcome_with_its_ids_and_goes_on_when_it_is_back(
    own_app: App, upstream: Upstream, database: MovedDatabase, page: Page, troubles: list[str]
) -> None:
    opened(page, own_app.url)
    type_in(page, "prompt", "Paid for")
    upstream.stall = lambda: database.begin(0) if not database.is_away else None
    press(page)
    card = page.locator("#task-board .card")
    expect(card).to_contain_text(KEPT)
    expect(card.locator(".state")).to_have_text("Waiting in the queue")
    expect(page.locator("#task-board .outage")).to_contain_text(AWAY)
    expect(page.locator("#response-json")).to_contain_text("task-1")
    card.get_by_role("button", name="Details").click()
    expect(page.locator("#history dialog")).to_contain_text(KEPT)
    expect(page.locator("#history dialog .body")).to_contain_text('"task_id": "task-1"')
    page.locator("#history dialog .close").click()
    upstream.stall = lambda: None
    database.end(None)
    expect(page.locator("#task-board .outage")).to_be_hidden(timeout=30_000)
    expect(card.locator("video")).to_be_visible(timeout=30_000)
    expect(card).not_to_contain_text("as soon as the database answers")
    assert upstream.submits_by_caller == {0: 1}
    only_said_503(troubles)


def test_full_from_the_post_on_the_board_that_can_still_be_read_tells_the_outcome(
    own_app: App, upstream: Upstream, page: Page
) -> None:
    opened(page, own_app.url)
    type_in(page, "prompt", "Paid for")
    outage = Full(own_app.service._store)
    upstream.stall = outage.begin
    press(page)
    card = page.locator("#task-board .card")
    expect(card).to_contain_text(KEPT)
    page.reload()
    expect(card).to_contain_text(KEPT)
    expect(page.locator("#task-board .outage")).to_be_hidden()
    expect(page.locator("#history .rows li")).to_contain_text("Waiting in the queue")
    upstream.stall = lambda: None
    outage.end()
    expect(card.locator("video")).to_be_visible(timeout=30_000)


def test_gone_before_the_press_nothing_is_sent_and_the_same_press_works_when_it_is_back(
    own_app: App, upstream: Upstream, database: MovedDatabase, page: Page, troubles: list[str]
) -> None:
    opened(page, own_app.url)
    type_in(page, "prompt", "Not yet")
    database.begin(0)
    press(page)
    expect(page.locator("#problems .refusal")).to_contain_text("nothing was sent and nothing was spent")
    expect(page.locator("#task-board .outage")).to_contain_text(AWAY)
    assert upstream.submits == []
    database.end(None)
    expect(page.locator("#task-board .outage")).to_be_hidden(timeout=30_000)
    expect(box(page, "prompt")).to_have_value("Not yet")
    press(page)
    expect(page.locator("#task-board .card video")).to_be_visible(timeout=30_000)
    assert upstream.submits_by_caller == {0: 1}
    only_said_503(troubles)


def test_gone_while_a_card_is_opened_the_page_says_why_and_keeps_the_card(
    own_app: App, database: MovedDatabase, page: Page, troubles: list[str]
) -> None:
    opened(page, own_app.url)
    type_in(page, "prompt", "Ready before")
    press(page)
    card = page.locator("#task-board .card")
    expect(card.locator("video")).to_be_visible(timeout=30_000)
    database.begin(0)
    said = page.locator("#task-board .outage")
    page.evaluate(
        """() => {
            window.saidAway = 0;
            const said = document.querySelector("#task-board .outage");
            new MutationObserver(() => { window.saidAway += 1; }).observe(said, { childList: true, subtree: true });
        }"""
    )
    card.get_by_role("button", name="Details").click()
    expect(said).to_contain_text(AWAY)
    with page.expect_response(lambda answer: answer.url.endswith("/board")) as asked_again:
        pass
    assert asked_again.value.status == 503
    assert page.evaluate("() => window.saidAway") == 1
    expect(card).to_contain_text("Ready before")
    expect(page.locator("#history dialog")).to_be_hidden()
    database.end(None)
    expect(said).to_be_hidden(timeout=30_000)
    card.get_by_role("button", name="Details").click()
    expect(page.locator("#history dialog")).to_contain_text("Ready before")
    only_said_503(troubles)
