"""Pictures of every kind that phones, scanners and editors make; nothing of them stands in git.

Each shows the same unless it says otherwise: 320 x 180, the upper left quarter red and the rest blue.
"""

from __future__ import annotations

import functools
import io
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image

SIZE = (320, 180)
LYING_DOWN = 6
"""The EXIF orientation of a picture that has to be turned by 90 degrees clockwise to stand upright."""
ORIENTATION = 0x0112


@functools.cache
def plain(size: tuple[int, int] = SIZE) -> Image.Image:
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    return image


def clear(size: tuple[int, int] = SIZE) -> Image.Image:
    """What is blue elsewhere is clear, and black under it."""
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    return image


def saved(image: Image.Image, form: str, **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def turned(form: str, **how: Any) -> bytes:
    """Stored lying, with the word that turns it upright: it is shown as the others are."""
    exif = Image.Exif()
    exif[ORIENTATION] = LYING_DOWN
    lying = plain().transpose(Image.Transpose.ROTATE_90)
    return heic(lying, exif=exif.tobytes()) if form == "HEIF" else saved(lying, form, exif=exif, **how)


def heic(image: Image.Image, **how: Any) -> bytes:
    pillow_heif.register_heif_opener()
    return saved(image, "HEIF", quality=95, **how)


def png16(size: tuple[int, int] = SIZE) -> bytes:
    """16 bits a channel, which Pillow cannot write."""
    rows = np.asarray(plain(size)).astype(">u2") * 257
    lines = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", *size, 16, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def wide_gamut() -> bytes:
    """A colour profile of display primaries that are far wider than sRGB's (ICC version 2, matrix and gamma 2.2)."""

    def fixed(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(map(fixed, values))

    text = b"text\0\0\0\0none\0"
    described = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"wide\0" + bytes(78)
    gamma = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256))
    # Of ProPhoto RGB, whose white is the profile's own.
    tags: Mapping[bytes, bytes] = {
        b"desc": described,
        b"cprt": text,
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.7977, 0.2880, 0.0),
        b"gXYZ": xyz(0.1352, 0.7119, 0.0),
        b"bXYZ": xyz(0.0313, 0.0001, 0.8249),
        b"rTRC": gamma,
        b"gTRC": gamma,
        b"bTRC": gamma,
    }
    at, table, bodies = 128 + 4 + 12 * len(tags), b"", b""
    for name, body in tags.items():
        body += bytes(-len(body) % 4)
        table += name + struct.pack(">II", at + len(bodies), len(body))
        bodies += body
    head = bytearray(128)
    head[8:12], head[12:24], head[36:40] = b"\x02\x10\0\0", b"mntrRGB XYZ ", b"acsp"
    head[68:80] = fixed(0.9642) + fixed(1.0) + fixed(0.8249)
    profile = bytes(head) + struct.pack(">I", len(tags)) + table + bodies
    return struct.pack(">I", len(profile)) + profile[4:]
