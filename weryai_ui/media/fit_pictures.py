"""Pictures made to fit, in the child: JPEG or PNG, upright, in sRGB, 8 bits a channel, within a size and a weight."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import Any, Final

from PIL import Image, ImageCms, ImageOps

from weryai_ui.media.limits import JPEG_QUALITIES
from weryai_ui.media.pictures import eight_bits, is_clear, on_white, opened_picture, orientation
from weryai_ui.media.protocol import Fault, Job, WorkerFault

WHOLE_COLOURS: Final = 92
"""From this quality on the colours keep every pixel, as thin red letters need."""
LOSSLESS: Final = frozenset({"png", "bmp", "ico", "tiff", "gif"})
LOSSLESS_PIXELS: Final = 4_000_000
"""Up to here what came without loss stays so; a larger one is most likely a photo, of which a PNG is slow and heavy."""
PNG_LEVEL: Final = 4
"""Of zlib: three times as fast as its own choice, and hardly heavier."""
SHRINK: Final = 0.9
MOST_SHRINKS: Final = 8
_LCMS_MODES: Final = frozenset({"RGB", "L", "CMYK"})


def fit_picture(job: Job) -> dict[str, Any]:
    """The picture, its longer side at most `figures["side"]` pixels, in at most `figures["bytes"]`.

    What is clear stays so, in a PNG, or becomes white where `figures["white"]` is not 0.
    """
    side = int(job.figures["side"])
    with opened_picture(job) as image:
        image.draft(None, (side, side))
        profile = image.info.get("icc_profile")
        drawn = ImageOps.exif_transpose(image) if orientation(image) else image
        clear = is_clear(drawn)
        drawn = _smaller(_plain(drawn), side)
        drawn = _in_srgb(drawn, profile if isinstance(profile, bytes) else b"", clear=clear)
    if clear and job.figures["white"]:
        drawn = on_white(drawn)
    drawn.info = {}  # nothing of the file that came goes on: neither where a photo was taken nor its colour profile
    job.made.write(_encoded(drawn, int(job.figures["bytes"]), lossless=job.extension in LOSSLESS))
    return {}


def _plain(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be scaled: 8 bits a channel and no palette."""
    if image.mode.startswith("I"):
        image = eight_bits(image)
    if image.mode == "F":
        _, brightest = image.getextrema()
        scale = 255.0 if float(brightest) <= 1.0 else 1.0  # type: ignore[arg-type]
        return image.point(lambda value: value * scale).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in _LCMS_MODES else image.convert("RGB")


def _smaller(image: Image.Image, side: int) -> Image.Image:
    if max(image.size) > side:
        image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return image


def _in_srgb(image: Image.Image, profile: bytes, *, clear: bool) -> Image.Image:
    """The picture in sRGB, in RGB or, where something is clear, RGBA."""
    alpha = image.getchannel("A") if image.mode == "RGBA" and clear else None
    plain = image.convert("RGB") if image.mode == "RGBA" else image
    found = _converted(plain, profile) if profile else plain.convert("RGB")
    if alpha is not None:
        found.putalpha(alpha)
    return found


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    """By its colour profile; as it is where that is broken or one of another kind of picture."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        found = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        found = None
    return found or image.convert("RGB")


def _encoded(image: Image.Image, most: int, *, lossless: bool) -> bytes:
    """JPEG or PNG of at most so many bytes, with fewer pixels where it must be."""
    for _ in range(MOST_SHRINKS):
        lightest = math.inf
        for data in _tries(image, lossless=lossless):
            if len(data) <= most:
                return data
            lightest = min(lightest, len(data))
        shrink = min(SHRINK, math.sqrt(most / lightest))  # each try of a large PNG is slow, so that they have to be few
        width, height = (max(1, int(side * shrink)) for side in image.size)
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    raise WorkerFault(Fault.TOO_LARGE)


def _tries(image: Image.Image, *, lossless: bool) -> Iterator[bytes]:
    if image.mode == "RGBA" or (lossless and image.width * image.height <= LOSSLESS_PIXELS):
        yield _saved(image, "PNG", compress_level=PNG_LEVEL)
    if image.mode != "RGBA":
        for quality in JPEG_QUALITIES:
            yield _saved(image, "JPEG", quality=quality, subsampling=0 if quality >= WHOLE_COLOURS else 2)


def _saved(image: Image.Image, form: str, **how: int) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()
