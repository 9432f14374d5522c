"""Pictures, clips and sounds as small files: WebP, H.264 in MP4, MP3."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.video.reformatter import Colorspace
from numpy.typing import NDArray
from PIL import Image

from tools.drawing.clips import RATE, SIZE
from tools.drawing.sound import SAMPLE_RATE

BT709: Final = 1
"""The number of this colour space in H.264."""
PICTURE_SIDE: Final = 1080
WEBP_QUALITY: Final = 80
CLIP_QUALITY: Final = "28"
SOUND_BITS: Final = 48_000
"""A second."""


def save_picture(picture: Image.Image, path: Path, quality: int = WEBP_QUALITY) -> None:
    """Writes a WebP, scaled down to at most `PICTURE_SIDE` pixels a side."""
    picture = picture.copy()
    picture.thumbnail((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.LANCZOS)
    picture.save(path, "WEBP", quality=quality, method=6)


def save_clip(frames: Iterable[Image.Image], path: Path) -> None:
    """Writes an MP4 without sound; the frames have the size of the clips."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as file:
        stream = file.add_stream("libx264", rate=RATE)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        # One thread: with several the same frames give other bytes each time.
        stream.options = {"preset": "veryslow", "tune": "animation", "crf": CLIP_QUALITY, "threads": "1"}
        stream.codec_context.colorspace = BT709
        stream.codec_context.color_primaries = BT709
        stream.codec_context.color_trc = BT709
        for index, picture in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def save_sound(samples: NDArray[np.float64], path: Path) -> None:
    """Writes an MP3 of mono samples from -1 to 1."""
    with av.open(str(path), "w", format="mp3") as file:
        stream = file.add_stream("libmp3lame", rate=SAMPLE_RATE, layout="mono")
        stream.bit_rate = SOUND_BITS
        whole = np.asarray(np.clip(samples, -1, 1) * 32767, dtype=np.int16)
        for begin in range(0, whole.size, 1152):
            piece = np.ascontiguousarray(whole[None, begin : begin + 1152])
            frame = av.AudioFrame.from_ndarray(piece, format="s16p", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, begin, Fraction(1, SAMPLE_RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
