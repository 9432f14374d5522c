"""A picture of any kind becomes what the service takes: JPEG or PNG, upright, in sRGB, not too large or too heavy."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.media import made, pictures
from tests.media.conftest import Saved, refusal
from weryai_ui.media import MEDIA_LIMITS, Media, MediaError, Need, fit, measure, needs

LIMITS = replace(MEDIA_LIMITS, arrival_bytes=500_000_000)
RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)
CLOSE = 12
"""Of 255: what JPEG does to a plain colour, and a conversion for printing."""

PLAIN, TIFF = pictures.plain, "TIFF"


def fitted(path: Path, *, white: bool = False) -> tuple[Media, Image.Image]:
    target = path.with_name("fitted")
    media = fit(path, target, white=white, limits=LIMITS)
    return media, Image.open(io.BytesIO(target.read_bytes()))


def corners(image: Image.Image) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """A pixel of the upper left quarter, and one of the lower right."""
    width, height = image.size
    rgb = image.convert("RGB")
    return rgb.getpixel((width // 4, height // 4)), rgb.getpixel((3 * width // 4, 3 * height // 4))  # type: ignore[return-value]


MADE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "heic": (lambda: pictures.heic(PLAIN()), "heic", "jpg"),
    "heic, turned": (lambda: pictures.turned("HEIF"), "heic", "jpg"),
    "avif": (lambda: pictures.saved(PLAIN(), "AVIF", quality=95), "avif", "jpg"),
    "avif, turned": (lambda: pictures.turned("AVIF", quality=95), "avif", "jpg"),
    "tiff": (lambda: pictures.saved(PLAIN(), TIFF), "tiff", "png"),
    "tiff, packed": (lambda: pictures.saved(PLAIN(), TIFF, compression="tiff_lzw"), "tiff", "png"),
    "tiff with a JPEG": (lambda: pictures.saved(PLAIN(), TIFF, compression="jpeg"), "tiff", "png"),
    "tiff, turned": (lambda: pictures.turned(TIFF), "tiff", "png"),
    "tiff for printing": (lambda: pictures.saved(PLAIN().convert("CMYK"), TIFF), "tiff", "png"),
    "bmp": (lambda: pictures.saved(PLAIN(), "BMP"), "bmp", "png"),
    "ico": (lambda: pictures.saved(PLAIN((256, 256)), "ICO"), "ico", "png"),
    "jpeg 2000": (lambda: pictures.saved(PLAIN(), "JPEG2000"), "jp2", "jpg"),
    "jpeg 2000, bare": (lambda: pictures.saved(PLAIN(), "JPEG2000", no_jp2=True), "jp2", "jpg"),
    "png of 16 bits": (pictures.png16, "png", "png"),
    "jpeg for printing": (lambda: pictures.saved(PLAIN().convert("CMYK"), "JPEG", quality=95), "jpg", "jpg"),
}


@pytest.mark.parametrize("name", MADE)
def test_a_picture_of_another_kind_becomes_what_the_service_takes_and_shows_the_same(saved: Saved, name: str) -> None:
    make, extension, becomes = MADE[name]
    path = saved(make())
    before = measure(path, limits=LIMITS)
    assert before.extension == extension
    assert needs(before, LIMITS)
    after, image = fitted(path)
    size = (256, 256) if extension == "ico" else pictures.SIZE
    assert (after.extension, after.width, after.height) == (becomes, *size)
    assert (before.width, before.height) == size
    assert not needs(after, LIMITS)
    assert image.mode == "RGB"
    assert image.size == size
    assert not image.getexif()
    for found, right in zip(corners(image), (RED, BLUE), strict=True):
        assert np.abs(np.subtract(found, right)).max() <= CLOSE, (name, found, right)


@pytest.mark.parametrize("form", ["HEIF", "AVIF", "TIFF", "JPEG2000"])
def test_clear_parts_stay_clear_or_become_white(saved: Saved, form: str) -> None:
    image = pictures.clear()
    path = saved(pictures.heic(image) if form == "HEIF" else pictures.saved(image, form))
    assert measure(path, limits=LIMITS).clear
    media, kept = fitted(path)
    assert (media.extension, media.clear, kept.mode) == ("png", True, "RGBA")
    assert kept.getpixel((240, 135))[3] < CLOSE  # type: ignore[index]
    media, white = fitted(path, white=True)
    assert not media.clear
    assert np.abs(np.subtract(corners(white), (RED, WHITE))).max() <= CLOSE


def test_a_picture_without_a_clear_part_is_none_whatever_its_mode_says(saved: Saved) -> None:
    path = saved(pictures.saved(PLAIN().convert("RGBA"), "PNG"))
    assert not measure(path).clear
    assert fitted(path)[1].mode == "RGB"


def test_colours_of_a_wide_profile_become_those_of_srgb(saved: Saved) -> None:
    grey_red = Image.new("RGB", pictures.SIZE, (140, 60, 60))
    path = saved(pictures.saved(grey_red, "TIFF", icc_profile=pictures.wide_gamut()))
    _, image = fitted(path)
    red, green, blue = image.getpixel((9, 9))  # type: ignore[misc]
    print(f"140, 60, 60 of the wide profile: {red}, {green}, {blue} of sRGB")
    assert red > 170
    assert green < 45
    assert "icc_profile" not in image.info


def test_a_broken_profile_changes_nothing(saved: Saved) -> None:
    path = saved(pictures.saved(PLAIN(), "TIFF", icc_profile=b"no profile"))
    assert np.abs(np.subtract(corners(fitted(path)[1]), (RED, BLUE))).max() <= CLOSE


@pytest.mark.parametrize("name", ["gray16.png", "gray12in16.png"])
def test_a_grey_picture_of_many_bits_keeps_its_greys(name: str) -> None:
    path = Path(__file__).parent / "files" / name
    assert needs(measure(path)) == (Need.PIXELS,)


def test_a_picture_of_floats_is_seen(saved: Saved) -> None:
    ramp = np.tile(np.linspace(0, 1, 320, dtype=np.float32), (180, 1))
    _, image = fitted(saved(pictures.saved(Image.fromarray(ramp), "TIFF")))
    assert abs(image.convert("L").getpixel((160, 90)) - 128) < 4  # type: ignore[operator]


@pytest.mark.parametrize(("form", "size"), [("JPEG", (7000, 300)), ("PNG", (300, 7000)), ("WEBP", (7000, 300))])
def test_a_side_beyond_6000_pixels_becomes_6000(saved: Saved, form: str, size: tuple[int, int]) -> None:
    path = saved(made.picture(form, size))
    assert needs(measure(path, limits=LIMITS), LIMITS) == (Need.LARGE,)
    media, image = fitted(path)
    assert max(image.size) == 6000
    assert not needs(media, LIMITS)


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF"])
def test_a_picture_over_10_megabytes_becomes_lighter(saved: Saved, form: str) -> None:
    path = saved(made.noise(form, (2600, 1700)))
    before = measure(path, limits=LIMITS)
    assert Need.HEAVY in needs(before, LIMITS)
    after, _ = fitted(path)
    print(f"{form} {before.size} bytes -> {after.extension} {after.size} bytes, {after.width} x {after.height}")
    assert after.size <= 10_000_000


def test_a_clear_picture_over_10_megabytes_becomes_smaller_and_stays_clear(saved: Saved) -> None:
    noise = np.random.default_rng(2).integers(0, 255, (1700, 1800, 4), dtype=np.uint8)
    path = saved(pictures.saved(Image.fromarray(noise, "RGBA"), "PNG", compress_level=1))
    after, image = fitted(path)
    print(f"{path.stat().st_size} bytes -> {after.size} bytes, {image.size}")
    assert after.size <= 10_000_000
    assert after.clear


def test_nothing_of_where_a_photo_was_taken_goes_on(saved: Saved) -> None:
    exif = Image.Exif()
    exif[0x0110] = "a camera"
    path = saved(pictures.heic(PLAIN(), exif=exif.tobytes()))
    _, image = fitted(path)
    assert not image.getexif()
    assert b"a camera" not in path.with_name("fitted").read_bytes()


def test_a_cameras_raw_data_is_not_taken_for_the_small_picture_in_front_of_it(saved: Saved) -> None:
    out = io.BytesIO()
    PLAIN().save(out, "TIFF", tiffinfo={50706: b"\1\4\0\0"})
    said = "This is a camera's raw photo with only a small picture in front: save it as JPG or PNG."
    assert refusal(measure, saved(out.getvalue())) == said


@pytest.mark.parametrize("name", ["heic", "avif", "tiff, packed", "bmp", "ico", "jpeg 2000"])
@pytest.mark.parametrize("part", [0.3, 0.7])
def test_a_picture_that_is_cut_off_is_refused_or_shown(saved: Saved, name: str, part: float) -> None:
    data = MADE[name][0]()
    path = saved(data[: int(len(data) * part)])
    said = "This file is cut off or damaged: it could not be measured."
    try:
        measure(path, limits=LIMITS)
    except MediaError as error:
        assert str(error) == said
    else:
        assert fitted(path)[0].size
