"""References in the drawn film: upright, in their own shape, on white where they are clear, as bright as they are."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.media import made
from tests.media.test_cut_looks import bt709
from weryai_ui.sandbox import child
from weryai_ui.sandbox.jobs import Job, Reference

FILES = Path(__file__).parents[1] / "media" / "files"
RED, GREEN, BLUE, WHITE, BLACK = (200, 30, 30), (30, 160, 40), (30, 50, 200), (255, 255, 255), (0, 0, 0)
NEAR = 9
"""Of 255: how far a colour may be from what it was, after two encoders that keep colours at half the size."""
FILM = ("16:9", (854, 480))
TALL_FILM = ("9:16", (480, 854))
MIDDLE = 12
"""Of the 24 frames of a film of one second."""

Film = Callable[..., av.VideoFrame]
Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


@pytest.fixture
def film(tmp_path: Path) -> Film:
    """The middle frame of a film whose one reference is a file."""

    def draw(kind: str, extension: str, content: bytes, shape: str = FILM[0]) -> av.VideoFrame:
        path = tmp_path / f"given.{extension}"
        path.write_bytes(content)
        reference = Reference(kind, 1, str(path), "", "given")
        out = str(tmp_path / "film")
        assert child.draw(Job(f"{out}.mp4", f"{out}.jpg", 1, "480p", shape, False, "", 1, 1, (reference,))) is None
        with av.open(f"{out}.mp4") as file:
            return list(file.decode(video=0))[MIDDLE]

    return draw


def at(frame: av.VideoFrame, x: float, y: float) -> list[float]:
    """The colour at a place, in parts of the film's width and height."""
    return bt709(frame, int(x * frame.width), int(y * frame.height))


def near(colour: tuple[int, ...]) -> object:
    return pytest.approx(list(colour), abs=NEAR)


def still(pixels: Pixels, shape: Fraction = Fraction(1)) -> bytes:
    """An MP4 of 2 s that shows one picture, whose pixels are `shape` times as wide as high."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        video = file.add_stream("libx264", rate=made.RATE, options={"crf": "4"})
        video.width, video.height, video.pix_fmt = pixels.shape[1], pixels.shape[0], "yuv420p"
        video.codec_context.sample_aspect_ratio = shape
        for _ in range(2 * made.RATE):
            file.mux(video.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        file.mux(video.encode(None))
    return out.getvalue()


def quarters(width: int, height: int) -> Pixels:
    """Red and green above, blue and white below."""
    pixels = np.empty((height, width, 3), dtype=np.uint8)
    pixels[: height // 2, : width // 2], pixels[: height // 2, width // 2 :] = RED, GREEN
    pixels[height // 2 :, : width // 2], pixels[height // 2 :, width // 2 :] = BLUE, WHITE
    return pixels


# --- clips -----------------------------------------------------------------------------------------


def test_a_clip_of_a_phone_held_upright_stands_upright(film: Film) -> None:
    frame = film("video", "mp4", made.turned(still(quarters(320, 180))), TALL_FILM[0])
    assert at(frame, 0.25, 0.35) == near(BLUE)
    assert at(frame, 0.75, 0.35) == near(RED)
    assert at(frame, 0.25, 0.6) == near(WHITE)
    assert at(frame, 0.75, 0.6) == near(GREEN)


def test_an_upright_clip_stands_in_the_middle_of_a_wide_film_and_is_not_turned_to_fill_it(film: Film) -> None:
    frame = film("video", "mp4", made.turned(still(quarters(320, 180))))
    half = 480 * 180 / 320 / 854 / 2
    assert at(frame, 0.5 - 0.8 * half, 0.4) == near(BLUE)
    assert at(frame, 0.5 + 0.8 * half, 0.4) == near(RED)
    assert sum(at(frame, 0.5 - 1.3 * half, 0.4)) < sum(BLUE), "beside it is its own dark blur"


@pytest.mark.parametrize(
    ("stored", "shape"),
    [((240, 180), Fraction(4, 3)), ((320, 136), Fraction(3, 4)), ((320, 180), Fraction(1))],
    ids=["wider than high", "higher than wide", "square"],
)
def test_what_is_square_in_a_clip_stays_square_whatever_shape_its_pixels_have(
    film: Film, stored: tuple[int, int], shape: Fraction
) -> None:
    width, height = stored
    across, down = round(width * 0.25 / 2), round(width * 0.25 * shape / 2)
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[height // 2 - down : height // 2 + down, width // 2 - across : width // 2 + across] = 255
    frame = film("video", "mp4", still(pixels, shape))
    wide = sum(at(frame, x / 854, 0.5)[1] > 128 for x in range(854))
    high = sum(at(frame, 0.5, y / 480)[1] > 128 for y in range(480))
    assert wide > 60
    assert wide == pytest.approx(high, rel=0.05)


@pytest.mark.parametrize("full", [True, False], ids=["full range", "limited range"])
@pytest.mark.parametrize("matrix", [1, 6, 2])
def test_the_greys_of_a_clip_stay(film: Film, full: bool, matrix: int) -> None:
    # Eight times as wide as high: the whole of it stands in the middle.
    frame = film("video", "mp4", made.ramp(full=full, matrix=matrix))
    found = [at(frame, (step + 0.5) / 16, 0.5)[0] for step in range(16)]
    assert found == pytest.approx(made.ramp_greys(), abs=4)


def test_the_colours_of_a_full_range_film_stay(film: Film) -> None:
    frame = film("video", "mp4", (FILES / "fullrange.mp4").read_bytes())
    assert at(frame, 200 / 1280, 350 / 720) == near((60, 60, 60))


def test_a_film_of_a_phone_has_its_corners_where_they_belong(film: Film) -> None:
    lying = film("video", "mov", (FILES / "phone_portrait.mov").read_bytes(), TALL_FILM[0])
    red, _, blue = at(lying, 0.1, 0.2)
    assert red > 100 > blue, "the upper left corner is red"


# --- pictures --------------------------------------------------------------------------------------


def saved(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


def png(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint16]], clear: bytes = b"") -> bytes:
    """A PNG of 16 bits for each channel; `clear`: the value that is to be transparent, as the file says it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    height, width, channels = pixels.shape
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0))
    key = chunk(b"tRNS", clear) if clear else b""
    return b"\x89PNG\r\n\x1a\n" + head + key + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def logo(mode: str, clear: int | tuple[int, ...], solid: int | tuple[int, ...]) -> Image.Image:
    """Solid in the middle, clear around."""
    image = Image.new(mode, (320, 180), clear)
    ImageDraw.Draw(image).rectangle((120, 50, 199, 129), fill=solid)
    return image


def palette(clear: int | bytes) -> bytes:
    image = logo("P", 0, 1)
    image.putpalette([*RED, *BLUE])
    return saved(image, transparency=clear)


CLEAR = {
    "red, green, blue, alpha": (saved(logo("RGBA", (0, 0, 0, 0), (*BLUE, 255))), BLUE),
    "grey, alpha": (saved(logo("LA", (0, 0), (40, 255))), (40, 40, 40)),
    "a palette with one clear colour": (palette(0), BLUE),
    "a palette with an alpha for each colour": (palette(b"\x00\xff"), BLUE),
    "one colour of all that is clear": (saved(logo("RGB", RED, BLUE), transparency=RED), BLUE),
    "a grey that is clear": (saved(logo("L", 7, 90), transparency=7), (90, 90, 90)),
}


@pytest.mark.parametrize("name", CLEAR)
def test_what_is_clear_in_a_picture_is_white_in_the_film(film: Film, name: str) -> None:
    content, solid = CLEAR[name]
    frame = film("image", "png", content)
    assert at(frame, 0.5, 0.5) == near(solid)
    assert at(frame, 0.1, 0.5) == near(WHITE)
    assert at(frame, 0.9, 0.5) == near(WHITE)


def test_what_is_half_clear_is_half_white(film: Film) -> None:
    frame = film("image", "png", saved(logo("RGBA", (0, 0, 0, 0), (0, 0, 0, 128))))
    assert at(frame, 0.5, 0.5) == near((127, 127, 127))


def in_halves(*values: tuple[int, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint16]]:
    """Parts of equal width, each of one value."""
    return np.repeat(np.array([values], dtype=np.uint16), 320 // len(values), axis=1).repeat(180, axis=0)


DEEP = {
    "grey": (png(in_halves((60 * 257,), (200 * 257,))), (60, 60, 60), (200, 200, 200)),
    "grey, alpha": (png(in_halves((60 * 257, 65535), (0, 0))), (60, 60, 60), WHITE),
    "grey, one of which is clear": (png(in_halves((60 * 257,), (100 * 257,)), b"\x64\x64"), (60, 60, 60), WHITE),
    "grey, a dark one of which is clear": (png(in_halves((200 * 257,), (40,)), b"\x00\x28"), (200, 200, 200), WHITE),
    "colours": (
        png(in_halves(tuple(257 * each for each in BLUE), tuple(257 * each for each in RED))),
        BLUE,
        RED,
    ),
    "colours, alpha": (png(in_halves((*(257 * each for each in BLUE), 65535), (0, 0, 0, 0))), BLUE, WHITE),
}


@pytest.mark.parametrize("name", DEEP)
def test_a_picture_of_16_bits_is_as_bright_as_it_is(film: Film, name: str) -> None:
    content, left, right = DEEP[name]
    frame = film("image", "png", content)
    assert at(frame, 0.2, 0.5) == near(left)
    assert at(frame, 0.8, 0.5) == near(right)


def test_what_a_16_bit_picture_shows_as_grey_is_not_clear_because_another_depth_had_that_number(film: Film) -> None:
    """The clear value is one of 65,536: nothing of it is left among 256."""
    frame = film("image", "png", png(in_halves((60 * 257,), (200 * 257,)), struct.pack(">H", 60)))
    assert at(frame, 0.2, 0.5) == near((60, 60, 60))


@pytest.mark.parametrize(("kind", "extension"), [("JPEG", "jpg"), ("WEBP", "webp"), ("PNG", "png"), ("GIF", "gif")])
@pytest.mark.parametrize("side", [160, 1600])
def test_a_plain_picture_of_any_size_is_drawn(film: Film, kind: str, extension: str, side: int) -> None:
    frame = film("image", extension, made.picture(kind, (2 * side, side)))
    assert at(frame, 0.2, 0.3) == near((255, 0, 0))
    assert at(frame, 0.8, 0.3) == near((0, 0, 255))


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_clear_picture_that_is_turned_is_turned(film: Film, orientation: int) -> None:
    image = Image.new("RGBA", (320, 180), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((0, 0, 159, 179), fill=(*BLUE, 255))
    exif = Image.Exif()
    exif[0x0112] = orientation
    frame = film("image", "png", saved(image, exif=exif), FILM[0] if orientation == 3 else TALL_FILM[0])
    places = {3: ((0.8, 0.4), (0.2, 0.4)), 6: ((0.5, 0.3), (0.5, 0.7)), 8: ((0.5, 0.7), (0.5, 0.3))}[orientation]
    assert at(frame, *places[0]) == near(BLUE)
    assert at(frame, *places[1]) == near(WHITE)
