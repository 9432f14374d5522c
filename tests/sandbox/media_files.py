"""Small real media, made in memory."""

from __future__ import annotations

import io
import wave

import av
import numpy as np
from PIL import Image


def picture(size: tuple[int, int] = (320, 180), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 90, 60)).save(out, kind)
    return out.getvalue()


def clip(seconds: float, rate: int = 10) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index in range(round(seconds * rate)):
            shade = np.full((48, 64, 3), index % 256, dtype=np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        file.mux(stream.encode(None))
    return out.getvalue()


def sound(seconds: float, rate: int = 8000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        wave_form = np.sin(np.arange(round(seconds * rate)) / 9) * 9000
        file.writeframes(wave_form.astype("<i2").tobytes())
    return out.getvalue()


def sound_of(size: int) -> bytes:
    """A WAV of so many bytes: silence, 44,100 Hz, stereo."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes(bytes((size - 44) // 4 * 4))
    return out.getvalue()
