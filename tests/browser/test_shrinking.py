"""Photos that are far too large: the browser makes them smaller before they leave, and the tile says so."""

from __future__ import annotations

import functools
import io
import math
from typing import Any

import pytest
import requests
from PIL import Image, ImageCms
from playwright.sync_api import Page, expect

from tests.browser.form import opened
from tests.browser.test_tray import given, tiles
from tests.conftest import App
from tests.media import pictures
from weryai_ui.files import uploads
from weryai_ui.media import MEDIA_LIMITS

SIDE = MEDIA_LIMITS.picture_side
LYING, UPRIGHT = (8064, 6048), (6048, 8064)
WIDE, ELSE = (90, 160, 70), (60, 60, 170)
CLOSE = 6
"""Of 255: what JPEG does to a plain colour, and two libraries to a colour profile."""


@functools.cache
def photo() -> bytes:
    """48 megapixels as a phone stores them: lying, to be shown upright, in colours of its own display, with a place."""
    image = Image.new("RGB", LYING, ELSE)
    image.paste(WIDE, (0, LYING[1] // 2, LYING[0] // 2, LYING[1]))  # the upper left quarter once it is turned
    exif = Image.Exif()
    exif[pictures.ORIENTATION] = pictures.LYING_DOWN
    exif[0x010E] = "where I live"
    return pictures.saved(image, "JPEG", quality=60, exif=exif, icc_profile=pictures.wide_gamut())


def in_srgb(colour: tuple[int, int, int]) -> tuple[int, ...]:
    wide = ImageCms.ImageCmsProfile(io.BytesIO(pictures.wide_gamut()))
    shown = ImageCms.profileToProfile(Image.new("RGB", (1, 1), colour), wide, ImageCms.createProfile("sRGB"))
    assert shown is not None
    return shown.getpixel((0, 0))  # type: ignore[return-value]


def kept(app: App, page: Page) -> Image.Image:
    """The one file of the tray as the app has it."""
    href = page.get_by_label("Download image 1").get_attribute("href")
    return Image.open(io.BytesIO(requests.get(href or app.url, timeout=30).content))


@pytest.fixture
def nothing_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server makes nothing fit: what arrives was made so before."""

    def fit(*_: Any, **__: Any) -> None:
        raise AssertionError("the server had to make it fit")

    monkeypatch.setattr(uploads, "fit", fit)


@pytest.mark.usefixtures("nothing_fits")
def test_a_photo_of_48_megapixels_leaves_upright_in_srgb_and_within_the_bounds(app: App, page: Page) -> None:
    opened(page, app.url)
    given(page, ("IMG_0001.JPG", "image/jpeg", photo()))
    expect(tiles(page)).to_have_count(1, timeout=60_000)
    expect(tiles(page).locator(".name")).to_have_text("IMG_0001.JPG")
    was = f"was JPEG, {math.ceil(len(photo()) / 1000)} KB, {UPRIGHT[0]} x {UPRIGHT[1]}: now JPEG"
    expect(tiles(page).locator(".was")).to_have_text(was)
    image = kept(app, page)
    assert (image.format, image.size) == ("JPEG", (round(SIDE * UPRIGHT[0] / UPRIGHT[1]), SIDE))
    assert not image.getexif()
    width, height = image.size
    for at, colour in (((width // 4, height // 4), WIDE), ((3 * width // 4, 3 * height // 4), ELSE)):
        pixel: Any = image.getpixel(at)
        assert all(abs(is_ - was) <= CLOSE for is_, was in zip(pixel, in_srgb(colour), strict=True)), (pixel, colour)
    expect(page.locator("#problems .problems li")).to_have_count(0)


def test_undo_brings_the_photo_back_as_it_was_given(app: App, page: Page) -> None:
    opened(page, app.url)
    given(page, ("IMG_0001.JPG", "image/jpeg", photo()))
    expect(tiles(page)).to_have_count(1, timeout=60_000)
    page.get_by_label("Use image 1 as it was given").click()
    expect(tiles(page).locator(".facts")).to_contain_text(f"{UPRIGHT[0]} x {UPRIGHT[1]}", timeout=60_000)
    expect(page.locator("#references .done")).to_contain_text("image 1 is the original file again.")
    page.get_by_label("Make image 1 fit").click()
    expect(tiles(page).locator(".was")).to_contain_text("was JPEG", timeout=60_000)


def test_after_a_reload_the_tile_still_says_what_it_was_and_that_the_original_is_gone(app: App, page: Page) -> None:
    opened(page, app.url)
    given(page, ("IMG_0001.JPG", "image/jpeg", photo()))
    expect(tiles(page)).to_have_count(1, timeout=60_000)
    page.reload()
    expect(tiles(page).locator(".was")).to_contain_text("was JPEG")
    page.get_by_label("Use image 1 as it was given").click()
    expect(page.locator("#references .refused")).to_contain_text("this page no longer has the original")


@pytest.mark.usefixtures("nothing_fits")
def test_an_opaque_png_of_too_many_pixels_becomes_a_jpeg_under_a_name_that_is_free(app: App, page: Page) -> None:
    opened(page, app.url)
    wide = pictures.saved(pictures.plain((7000, 700)), "PNG")
    given(page, ("map.jpg", "image/jpeg", pictures.saved(pictures.plain(), "JPEG")), ("map.png", "image/png", wide))
    expect(tiles(page).locator(".name")).to_have_text(["map.jpg", "map (2).jpg"], timeout=60_000)
    expect(tiles(page).last.locator(".was")).to_contain_text("7000 x 700: now JPEG")


def test_a_picture_with_clear_parts_and_what_is_no_picture_leave_as_they_are(
    app: App, page: Page, troubles: list[str]
) -> None:
    opened(page, app.url)
    clear = pictures.saved(pictures.clear((6400, 640)), "PNG")
    with page.expect_request(lambda asked: asked.url.endswith("/uploads")) as arriving:
        given(page, ("logo.png", "image/png", clear))
    expect(tiles(page).locator(".was").first).to_contain_text("6400 x 640: now PNG", timeout=60_000)
    assert "x-made-of" not in arriving.value.headers
    given(page, ("broken.jpg", "image/jpeg", photo()[:200]))
    expect(page.locator("#references .refused")).to_contain_text("broken.jpg: ", timeout=60_000)
    troubles.clear()
