"""Pictures, in the child: what they are, their size as shown, and a thumbnail."""

from __future__ import annotations

import io
import warnings
from typing import Any, BinaryIO, Final, cast

from PIL import Image, ImageMath, ImageOps
from PIL.TiffImagePlugin import TiffImageFile

from weryai_ui.media.protocol import Fault, Job, Trait, WorkerFault

_FORMATS: Final = {
    "jpg": ("JPEG", "MPO"),
    "png": ("PNG",),
    "webp": ("WEBP",),
    "gif": ("GIF",),
    "heic": ("HEIF",),
    "heif": ("HEIF",),
    "avif": ("AVIF",),
    "tiff": ("TIFF",),
    "bmp": ("BMP",),
    "ico": ("ICO",),
    "jp2": ("JPEG2000",),
}
_DEPTH_OF_PNG: Final = 24
"""Where the bits a channel stand."""
_REDUCED: Final = 254
"""A TIFF's tag for what kind of picture comes first; 1 is a small one."""
_DNG: Final = 50706
"""A TIFF's tag for the version of a camera's raw data."""
_ORIENTATION: Final = 0x0112
_LYING: Final = range(5, 9)
"""The values of the EXIF orientation that swap width and height."""
JPEG_QUALITY: Final = 85
OPAQUE: Final = 255


def picture(job: Job) -> dict[str, Any]:
    """Width and height in pixels as shown. The pixels are decoded too, since only that proves the file whole."""
    with opened_picture(job) as image:
        image.load()
        width, height = image.size
        if orientation(image) in _LYING:
            width, height = height, width
        return {"width": width, "height": height, "trait": _trait(job, image), "clear": is_clear(image)}


def _trait(job: Job, image: Image.Image) -> Trait | None:
    if image.mode == "CMYK":
        return Trait.CMYK
    if job.extension != "png":
        return None
    job.media.seek(_DEPTH_OF_PNG)
    return Trait.DEEP if job.media.read(1) == b"\x10" else None


def is_clear(image: Image.Image) -> bool:
    """Whether something of a picture is not opaque. A GIF's first frame says nothing of its others."""
    if image.format == "GIF" or not image.has_transparency_data:
        return False
    if image.mode.startswith("I"):
        image = eight_bits(image)
    alpha = (image if "A" in image.getbands() else image.convert("RGBA")).getchannel("A")
    return cast(tuple[int, int], alpha.getextrema())[0] < OPAQUE


def thumbnail(job: Job) -> dict[str, Any]:
    """A JPEG whose longer side is at most `figures["side"]`, upright, on white."""
    with opened_picture(job) as image:
        side = int(job.figures["side"])
        image.draft("RGB", (2 * side, 2 * side))
        save_jpeg(ImageOps.exif_transpose(image) if orientation(image) else image, side, job.made)
    return {}


def upright(job: Job, side: int) -> Image.Image:
    """The picture in RGB as it is shown, its longer side at most `side` pixels, what is transparent turned white."""
    with opened_picture(job) as image:
        image.draft("RGB", (side, side))
        image.load()
        small = _small(image, side)
        return on_white(ImageOps.exif_transpose(small) if orientation(image) else small)


def orientation(image: Image.Image) -> int:
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
    on_white(_small(image, side)).save(made, "JPEG", quality=JPEG_QUALITY)


def _small(image: Image.Image, side: int) -> Image.Image:
    """The picture with 8 bits for each colour, and for what is transparent, no side longer than `side` pixels."""
    if image.mode.startswith("I"):
        image = eight_bits(image)
    wanted = "RGBA" if image.has_transparency_data else "RGB"
    small = image if image.mode == wanted else image.convert(wanted)
    small.thumbnail((side, side))
    return small


def on_white(image: Image.Image) -> Image.Image:
    """The picture without anything transparent: that turned white."""
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def eight_bits(image: Image.Image) -> Image.Image:
    """A grey picture of 16 bits a pixel with 8; Pillow by itself turns all that is above 255 white.

    Sensors write 12 bits into the lower part: by their brightest value, since nothing else says so.
    """
    _, brightest = cast(tuple[int, int], image.getextrema())
    step = 1 if brightest <= 0xFF else 16 if brightest <= 0xFFF else 256
    deep = image.convert("I")
    grey = deep.point(lambda value: value * (1 / step)).convert("L")
    # A value that is to be transparent is one of 65,536: among 256 it would be another.
    if (clear := grey.info.pop("transparency", None)) is not None:
        seen = ImageMath.lambda_eval(lambda given: given["convert"]((given["deep"] != clear) * 255, "L"), deep=deep)
        grey.putalpha(seen)
    return grey


def opened_picture(job: Job) -> Image.Image:
    """The picture, of which no more than the header was read; raises `WorkerFault` when that says too many pixels."""
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and refuses where Pillow would warn
    if job.extension == "webp":
        job.check_pixels(*_webp_size(job.media.read(30)))
        job.media.seek(0)
    # The library for TIFF would want a descriptor of its own, which no child may have.
    media = io.BytesIO(job.media.read()) if job.extension == "tiff" else job.media
    image = Image.open(media, formats=_FORMATS[job.extension])
    job.check_pixels(*image.size)
    if isinstance(image, TiffImageFile) and (_DNG in image.tag_v2 or image.tag_v2.get(_REDUCED) == 1):
        raise WorkerFault(Fault.RAW)
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
