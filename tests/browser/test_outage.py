"""The app goes away and comes back: nothing typed is lost, nothing reloads, tasks are followed to their end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.form import box, choose, choose_scenario, opened, press, thumbs, type_in, unfolded
from tests.conftest import App
from tests.process import AppProcess


@pytest.fixture
def own_app(tmp_path: Path) -> Iterator[AppProcess]:
    with AppProcess(tmp_path, WERYAI_SANDBOX_PACE="0.1") as process:
        yield process


def test_a_reload_in_the_middle_keeps_the_draft_and_the_task_is_seen_to_its_end(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "Reloaded in the middle")
    choose(page, "resolution", "480p")
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(1)
    type_in(page, "prompt", "Already typing the next")
    type_in(page, "images", "https://example.com/1.png")
    choose(page, "aspect_ratio", "1:1")
    page.reload()
    expect(box(page, "prompt")).to_have_value("Already typing the next")
    expect(page.locator("#references .item")).to_have_count(1)
    unfolded(page, "images")
    expect(box(page, "images")).to_have_value("https://example.com/1.png")
    expect(page.locator("#field-aspect_ratio input:checked")).to_have_value("1:1")
    expect(page.locator("#field-resolution input:checked")).to_have_value("480p")
    card = page.locator("#task-board .card").first
    expect(card).to_contain_text("Reloaded in the middle")
    expect(card.locator("video")).to_be_visible(timeout=30_000)


def test_a_second_tab_shows_the_same_tasks(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "Seen in two tabs")
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(1)
    second = opened(page.context.new_page(), app.url)
    expect(second.locator("#task-board .card")).to_contain_text("Seen in two tabs")
    expect(second.locator("#task-board video")).to_be_visible(timeout=30_000)
    expect(page.locator("#task-board video")).to_be_visible(timeout=30_000)


def test_another_browser_sees_nothing_of_it(app: App, page: Page, browser: Browser) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "Mine alone")
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(1)
    with browser.new_context() as stranger:
        other = opened(stranger.new_page(), app.url)
        expect(other.locator("#task-board .empty")).to_be_visible()
        expect(other.locator("#task-board .card")).to_have_count(0)


def test_an_outage_while_typing_loses_no_text_and_reloads_nothing(
    own_app: AppProcess, page: Page, troubles: list[str]
) -> None:
    opened(page, own_app.url)
    page.evaluate("() => { window.neverReloaded = true; }")
    type_in(page, "prompt", "Typed before ")
    choose_scenario(page, "minute and a half")
    press(page)
    card = page.locator("#task-board .card").first
    expect(card).to_contain_text("Typed before")
    own_app.kill()
    box(page, "prompt").press_sequentially("and during the outage")
    expect(page.locator("#task-board .outage")).to_contain_text("Can't reach the app")
    press(page)
    expect(page.locator("#problems .refusal")).to_contain_text("nothing was sent")
    own_app.start()
    expect(page.locator("#task-board .outage")).to_be_hidden(timeout=30_000)
    expect(box(page, "prompt")).to_have_value("Typed before and during the outage")
    assert page.evaluate("() => window.neverReloaded") is True
    choose_scenario(page, "Succeeds after a few seconds")
    press(page)
    expect(thumbs(page)).to_have_count(2)
    expect(page.locator("#task-board .thumbs [data-tone=good]")).to_have_count(2, timeout=60_000)
    # The browser itself reports every request that met no server; nothing else may be there.
    assert all("ERR_CONNECTION" in trouble or "Failed to fetch" in trouble for trouble in troubles), troubles
    troubles.clear()
