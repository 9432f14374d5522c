"""Pictures, in the child: size as shown, and a thumbnail."""

from __future__ import annotations

import warnings
from typing import Any, BinaryIO, Final, cast

from PIL import Image, ImageOps

from weryai_ui.media.protocol import Job

_FORMATS: Final = {"jpg": ("JPEG", "MPO"), "png": ("PNG",), "webp": ("WEBP",), "gif": ("GIF",)}
_ORIENTATION: Final = 0x0112
_LYING: Final = range(5, 9)
"""The values of the EXIF orientation that swap width and height."""
JPEG_QUALITY: Final = 85


def picture(job: Job) -> dict[str, Any]:
    """Width and height in pixels as shown. The pixels are decoded too, since only that proves the file whole."""
    with _opened(job) as image:
        image.load()
        width, height = image.size
        if _orientation(image) in _LYING:
            width, height = height, width
        return {"width": width, "height": height}


def thumbnail(job: Job) -> dict[str, Any]:
    """A JPEG whose longer side is at most `figures["side"]`, upright, on white."""
    with _opened(job) as image:
        side = int(job.figures["side"])
        image.draft("RGB", (2 * side, 2 * side))
        save_jpeg(ImageOps.exif_transpose(image) if _orientation(image) else image, side, job.made)
    return {}


def upright(job: Job, side: int) -> Image.Image:
    """The picture in RGB as it is shown, its longer side at most `side` pixels."""
    with _opened(job) as image:
        image.draft("RGB", (side, side))
        turned = _orientation(image)
        small = (_eight_bits(image) if image.mode.startswith("I") else image).convert("RGB")
        small.thumbnail((side, side))
        return ImageOps.exif_transpose(small) if turned else small


def _orientation(image: Image.Image) -> int:
    """How the picture is turned, by EXIF; 0 without a word, or with two, of which browsers believe none."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # Pillow warns of several values, and takes the first
        try:
            found = image.getexif().get(_ORIENTATION, 0)
        except UserWarning:
            return 0
    return found if isinstance(found, int) else 0


def save_jpeg(image: Image.Image, side: int, made: BinaryIO) -> None:
    """Write a picture as a JPEG of at most `side` pixels a side, what is transparent turned white."""
    if image.mode.startswith("I"):
        image = _eight_bits(image)
    if image.mode != "RGB":
        image = image.convert("RGBA")
    image.thumbnail((side, side))
    if image.mode == "RGBA":
        clear = image
        image = Image.new("RGB", clear.size, "white")
        image.paste(clear, mask=clear.getchannel("A"))
    image.save(made, "JPEG", quality=JPEG_QUALITY)


def _eight_bits(image: Image.Image) -> Image.Image:
    """A grey picture of 16 bits a pixel with 8; Pillow by itself turns all that is above 255 white.

    Sensors write 12 bits into the lower part: by their brightest value, since nothing else says so.
    """
    _, brightest = cast(tuple[int, int], image.getextrema())
    step = 1 if brightest <= 0xFF else 16 if brightest <= 0xFFF else 256
    return image.convert("I").point(lambda value: value * (1 / step)).convert("L")


def _opened(job: Job) -> Image.Image:
    """The picture, of which no more than the header was read; raises `WorkerFault` when that says too many pixels."""
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and refuses where Pillow would warn
    if job.extension == "webp":
        job.check_pixels(*_webp_size(job.media.read(30)))
        job.media.seek(0)
    image = Image.open(job.media, formats=_FORMATS[job.extension])
    job.check_pixels(*image.size)
    return image


def _webp_size(head: bytes) -> tuple[int, int]:
    """Width and height by the first chunk: Pillow's reader makes room for the pixels before it can be asked.

    Source: RFC 9649, sections 2.5 to 2.7.
    """
    chunk = head[12:16]
    if chunk == b"VP8X":
        return _little(head[24:27]) + 1, _little(head[27:30]) + 1
    if chunk == b"VP8L":
        bits = _little(head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
