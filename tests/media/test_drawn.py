"""Posters and thumbnails: small JPEGs, upright, of the right moment."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.media import made
from tests.media.conftest import Saved, refusal
from weryai_ui.media import poster, thumbnail


def drawn(jpeg: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg))
    assert image.format == "JPEG"
    image.load()
    return image


def colour(image: Image.Image, x: float, y: float) -> tuple[int, ...]:
    """The colour at a place, in parts of the picture's width and height."""
    found = image.convert("RGB").getpixel((int(x * (image.width - 1)), int(y * (image.height - 1))))
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize(("at_s", "frame"), [(0.0, 0), (0.5, 5), (2.05, 20), (99.0, 29), (-1.0, 0)])
def test_a_poster_is_the_frame_of_its_moment(saved: Saved, at_s: float, frame: int) -> None:
    image = drawn(poster(saved(made.clip(3.0)), at_s=at_s))
    assert image.size == made.SIZE
    assert colour(image, 0.5, 0.5)[0] == pytest.approx(made.shade(frame), abs=4)


def test_a_poster_is_no_larger_than_asked(saved: Saved) -> None:
    assert drawn(poster(saved(made.clip(2.0)), max_side=32)).size == (32, 24)


def test_a_poster_of_a_turned_video_is_upright(saved: Saved) -> None:
    image = drawn(poster(saved(made.turned(made.halves()))))
    assert image.size == made.SIZE[::-1]
    assert colour(image, 0.5, 0.1)[0] > 200
    assert colour(image, 0.5, 0.9)[0] < 50


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_thumbnail_is_a_small_jpeg(saved: Saved, kind: str) -> None:
    image = drawn(thumbnail(saved(made.picture(kind)), 100))
    assert image.size == (100, 56)
    red, _, blue = colour(image, 0.2, 0.2)
    assert red > 200 > 60 > blue


def test_a_thumbnail_is_upright(saved: Saved) -> None:
    image = drawn(thumbnail(saved(made.picture("JPEG", orientation=6)), 100))
    assert image.size == (56, 100)
    assert colour(image, 0.8, 0.2)[0] > 200


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "CMYK", "I;16"])
def test_a_thumbnail_of_any_mode_can_be_drawn_and_what_is_clear_is_white(saved: Saved, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (50, 50)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    image = drawn(thumbnail(saved(out.getvalue())))
    assert image.size == (50, 50)
    if mode in ("RGBA", "LA"):
        assert colour(image, 0.5, 0.5) == (255, 255, 255)


def test_a_thumbnail_is_for_pictures_and_a_poster_for_videos(saved: Saved) -> None:
    assert refusal(poster, saved(made.picture())) == "This is not a video."
    assert refusal(poster, saved(made.sound(2.0))) == "This is not a video."
    assert refusal(poster, saved(made.sound(2.0, "mp4"))) == "This is not a video."
    assert refusal(thumbnail, saved(made.clip(2.0))) == "This is not an image."


def test_a_bomb_is_not_drawn(saved: Saved) -> None:
    assert refusal(thumbnail, saved(made.huge("PNG"))).startswith("This image is 30000 x 30000 pixels;")
