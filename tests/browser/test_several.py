"""Several videos of one submission, side by side: compared in step, and taken home together."""

from __future__ import annotations

import re
import zipfile

from playwright.sync_api import Page, expect

from tests.browser.form import choose, choose_scenario, opened, press, type_in
from tests.conftest import App, StartApp
from weryai_ui.i18n import say

VIDEOS = "#task-board .cards video"
EVERY = "what => [...document.querySelectorAll(what)].every"


def three(page: Page, app: App) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "A boat")
    choose(page, "video_number", "3")
    press(page)
    expect(page.locator(VIDEOS)).to_have_count(3, timeout=60_000)
    page.locator(VIDEOS).first.scroll_into_view_if_needed()
    page.evaluate("what => document.querySelectorAll(what).forEach((video) => { video.preload = 'auto'; })", VIDEOS)
    page.wait_for_function(f"{EVERY}((video) => video.readyState >= 3)", arg=VIDEOS)


def test_they_stand_side_by_side_and_play_in_step(app: App, page: Page) -> None:
    three(page, app)
    tops = {box["y"] for video in page.locator(VIDEOS).all() if (box := video.bounding_box())}
    assert len(tops) <= 2
    together = page.get_by_role("button", name=say("board.together"))
    together.click()
    page.wait_for_function(
        """what => {
          const videos = [...document.querySelectorAll(what)], lead = videos[0].currentTime;
          return lead > 0.8 && videos.every((video) => !video.paused && Math.abs(video.currentTime - lead) < 0.25);
        }""",
        arg=VIDEOS,
    )
    # Moving the first moves them all; one submission stops them all.
    page.evaluate("what => { document.querySelector(what).currentTime = 3; }", VIDEOS)
    page.wait_for_function(f"{EVERY}((video) => video.currentTime >= 2.9)", arg=VIDEOS)
    together.click()
    page.wait_for_function(f"{EVERY}((video) => video.paused)", arg=VIDEOS)


def test_all_are_downloaded_by_one_press_as_one_zip(app: App, page: Page) -> None:
    three(page, app)
    expect(page.locator("#task-board .card .kept").first).to_have_text("Kept here.", timeout=60_000)
    with page.expect_download() as downloading:
        page.get_by_role("button", name=say("board.download_all")).click()
    assert downloading.value.suggested_filename.endswith(".zip")
    names = zipfile.ZipFile(downloading.value.path()).namelist()
    assert [re.split("[ -]", name)[-1] for name in names] == ["1.mp4", "2.mp4", "3.mp4", "boat.json"]


def test_films_that_are_not_kept_here_are_downloaded_one_after_the_other(start_app: StartApp, page: Page) -> None:
    app = start_app()
    app.service.copier.stop()
    three(page, app)
    names = []
    page.on("download", lambda download: names.append(download.suggested_filename))
    page.get_by_role("button", name=say("board.download_all")).click()
    with page.expect_event("download", predicate=lambda download: download.suggested_filename.endswith("3.mp4")):
        pass
    assert [re.split("[ -]", name)[-1] for name in names] == ["1.mp4", "2.mp4", "3.mp4"]


def test_a_failure_with_sound_offers_the_one_change_that_helps(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "A boat")
    choose(page, "generate_audio", "On")
    choose_scenario(page, "6004")
    press(page)
    card = page.locator("#task-board .card").first
    expect(card.locator(".state")).to_have_text("Failed", timeout=30_000)
    expect(card).to_contain_text("Make it again without sound")
    card.get_by_role("button", name=say("adopting.charged")).click()
    expect(card.get_by_role("status")).to_have_text(re.compile(r"^The balance is [\d,]+ credits"))
    card.get_by_role("button", name=say("change.without_sound")).click()
    expect(page.locator('#field-generate_audio input[value="false"]')).to_be_checked()
    expect(page.locator("#field-prompt textarea")).to_have_value("A boat")
    expect(page.locator("#generate")).to_be_focused()
    press(page)
    silent = page.locator("#task-board .card").first
    expect(silent).to_contain_text("silent")
    expect(silent.get_by_role("button", name=say("change.without_sound"))).to_have_count(0)
