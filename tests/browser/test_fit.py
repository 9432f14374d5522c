"""Files that the service does not take, in the tray: made to fit, said so, and undone."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.form import choose, opened, press, type_in
from tests.browser.test_tray import BOAT, given, tiles
from tests.conftest import App
from tests.media import made, pictures
from weryai_ui.files.uploads import Uploads

PHOTO = ("IMG_0001.HEIC", "image/heic", pictures.heic(pictures.plain((640, 480))))
LOGO = ("logo.tiff", "image/tiff", pictures.saved(pictures.clear((640, 480)), "TIFF"))


def test_a_photo_of_a_phone_is_converted_at_once_sent_and_given_under_its_own_name(
    app: App, page: Page, tmp_path: Path
) -> None:
    opened(page, app.url)
    given(page, PHOTO)
    expect(tiles(page)).to_have_count(1, timeout=60_000)
    expect(tiles(page).locator(".name")).to_have_text("IMG_0001.jpg")
    expect(tiles(page).locator(".was")).to_have_text("was HEIC, 2 KB: now JPEG")
    expect(page.locator("#problems .problems li")).to_have_count(0)
    assert not violations(page)
    with page.expect_download() as downloaded:
        page.get_by_label("Download image 1").click()
    assert downloaded.value.suggested_filename == "IMG_0001.jpg"
    type_in(page, "prompt", "Like image 1")
    choose(page, "resolution", "480p")
    press(page)
    expect(page.locator("#task-board video")).to_be_visible(timeout=60_000)
    (link,) = json.loads(page.locator("#request-json code").inner_text())["images"]
    assert link.endswith(".jpg")
    expect(page.locator("#code code")).to_contain_text("upload IMG_0001.jpg image/jpeg")


def test_the_file_as_it_was_given_is_judged_as_before_and_made_to_fit_again(app: App, page: Page) -> None:
    opened(page, app.url)
    given(page, PHOTO)
    expect(tiles(page)).to_have_count(1, timeout=60_000)
    page.get_by_label("Use image 1 as it was given").click()
    expect(tiles(page).locator(".name")).to_have_text("IMG_0001.HEIC")
    expect(page.locator("#problems .problems li")).to_have_text(
        "Image 1 has to be made to fit first. This is a HEIC image, which cannot be used here: save it as JPG or PNG."
    )
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(0)
    page.get_by_label("Make image 1 fit").click()
    expect(tiles(page).locator(".name")).to_have_text("IMG_0001.jpg", timeout=60_000)
    expect(page.locator("#problems .problems li")).to_have_count(0)
    page.locator("#references .undo").click()
    expect(tiles(page).locator(".name")).to_have_text("IMG_0001.HEIC")


def test_a_picture_with_clear_parts_says_so_and_is_put_on_white(app: App, page: Page) -> None:
    opened(page, app.url)
    given(page, LOGO)
    expect(tiles(page)).to_have_count(1, timeout=60_000)
    expect(tiles(page).locator(".was").last).to_have_text("Transparent parts may come out black.")
    page.get_by_label("Put image 1 on white").click()
    expect(tiles(page).locator(".was")).to_have_text(["was TIFF, 1.2 MB: now PNG"], timeout=60_000)
    expect(page.locator("#references .done")).to_contain_text("image 1 is on white now.")


FILM = ("talk.mkv", "video/x-matroska", made.clip(4.0, "matroska", size=(320, 240)))
OTHER = ("walk.webm", "video/webm", made.clip(3.0, "webm", size=(320, 240)))


def test_a_film_is_made_to_fit_by_one_button_and_the_sound_of_a_phone_at_once(app: App, page: Page) -> None:
    opened(page, app.url)
    given(page, FILM, ("memo.m4a", "audio/mp4", made.sound(3.0, "ipod")))
    expect(tiles(page)).to_have_count(2, timeout=60_000)
    expect(tiles(page).locator(".name")).to_have_text(["talk.mkv", "memo.wav"])
    expect(tiles(page).last.locator(".was")).to_contain_text("was M4A, ")
    expect(page.locator("#problems .problems li")).to_contain_text("Video 1 has to be made to fit first.")
    button = page.get_by_label("Make video 1 fit")
    expect(button).to_have_text(re.compile(r"Make it fit \(about \d+ s\)"))
    button.click()
    expect(tiles(page).first.locator(".name")).to_have_text("talk.mp4", timeout=60_000)
    expect(tiles(page).first.locator(".was")).to_contain_text("was MKV, ")
    expect(page.locator("#problems .problems li")).to_have_count(0)
    page.get_by_label("Use video 1 as it was given").click()
    expect(tiles(page).first.locator(".name")).to_have_text("talk.mkv")


def test_one_press_makes_all_films_fit(app: App, page: Page) -> None:
    opened(page, app.url)
    given(page, FILM, OTHER)
    expect(tiles(page)).to_have_count(2, timeout=60_000)
    page.get_by_role("button", name="Make all 2 fit").click()
    expect(tiles(page).locator(".name")).to_have_text(["talk.mp4", "walk.mp4"], timeout=60_000)
    expect(page.locator("#references .fit-all")).to_be_hidden()


def test_a_conversion_says_how_far_it_is_and_can_be_given_up(
    app: App, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    fit = Uploads.fit

    def slowly(*given: Any, **named: Any) -> Any:
        go_on.wait(120)
        return fit(*given, **named)

    monkeypatch.setattr(Uploads, "fit", slowly)
    opened(page, app.url)
    given(page, FILM)
    expect(tiles(page)).to_have_count(1, timeout=60_000)
    page.get_by_label("Make video 1 fit").click()
    expect(tiles(page).locator(".was")).to_have_text("Converting…")
    type_in(page, "prompt", "The page stays usable: video 1")
    page.get_by_label("Cancel the conversion of video 1").click()
    expect(page.get_by_label("Make video 1 fit")).to_be_visible()
    go_on.set()
    page.get_by_label("Make video 1 fit").click()
    expect(tiles(page).locator(".name")).to_have_text("talk.mp4", timeout=60_000)


def test_a_clip_that_is_a_little_too_long_loses_its_end(app: App, page: Page) -> None:
    opened(page, app.url)
    given(page, ("tune.wav", "audio/wav", made.sound(15.02)), BOAT)
    expect(tiles(page)).to_have_count(2, timeout=60_000)
    expect(page.locator("#problems .problems")).to_contain_text("Audio 1 is 15.02 s long")
    page.locator("#references .fitted button", has_text="Trim 0.02 s").click()
    expect(page.locator("#problems .problems li")).to_have_count(0, timeout=60_000)
    expect(tiles(page).last.locator(".name")).to_have_text("tune (0-15 s).wav")
