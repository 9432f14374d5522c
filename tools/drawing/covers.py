"""A small picture for each example: what goes in, as slanted strips side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import av
import numpy as np
from PIL import Image, ImageOps

from tools.drawing.draw import Point, Sheet
from tools.drawing.sound import SAMPLE_RATE
from weryai_ui.examples.catalog import Example

SIZE: Final = (400, 225)
SLANT: Final = 22
GAP: Final = 5


FRAMES: Final[Mapping[str, float]] = {"hops.mp4": 0.31, "camera-path.mp4": 0.8}
"""Which part of a clip is over in the frame that stands for it; otherwise `FRAME`."""
FRAME: Final = 0.57
FOCUS: Final[Mapping[str, float]] = {"snail.webp": 0.82, "kitchen.webp": 0.2, "hops.mp4": 0.42, "toy-car.mp4": 0.42}
"""Where in a picture, from left to right, its strip is cut out; otherwise in the middle."""


def cover(example: Example) -> Image.Image:
    """The references of an example in one picture."""
    sheet, count = Sheet(*SIZE), len(example.assets)
    # Two pictures of one place meet in the middle of it.
    same_place = example.id == "image-1-to-image-2"
    for number, path in enumerate(example.assets):
        left, right = SIZE[0] * number / count - SLANT, SIZE[0] * (number + 1) / count + SLANT
        whole = same_place or count == 1
        room = SIZE if whole else (round(right - left), SIZE[1])
        fitted = ImageOps.fit(
            _picture(path), room, Image.Resampling.LANCZOS, centering=(FOCUS.get(path.name, 0.5), 0.5)
        )
        layer = Image.new("RGB", SIZE)
        layer.paste(fitted, (0 if whole else round(left), 0))
        strip = _strip(left, right, first=number == 0, last=number == count - 1)
        sheet.put(sheet.polygon(strip), layer)
    return sheet.image()


def _strip(left: float, right: float, *, first: bool, last: bool) -> list[Point]:
    """A slanted part of the whole height; to the picture's edge where it is the first or the last."""
    top, low = (-1, SIZE[1] + 1)
    lefts = (-SLANT, -SLANT) if first else (left + 2 * SLANT + GAP / 2, left + GAP / 2)
    rights = (SIZE[0] + SLANT, SIZE[0] + SLANT) if last else (right - GAP / 2, right - 2 * SLANT - GAP / 2)
    return [(lefts[0], top), (rights[0], top), (rights[1], low), (lefts[1], low)]


def _picture(path: Path) -> Image.Image:
    if path.suffix == ".webp":
        return Image.open(path).convert("RGB")
    return _frame(path) if path.suffix == ".mp4" else _wave(path)


def _frame(path: Path) -> Image.Image:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    chosen = frames[int(len(frames) * FRAMES.get(path.name, FRAME))]
    return Image.fromarray(chosen.to_ndarray(format="rgb24"))


def _wave(path: Path) -> Image.Image:
    """The outline of a sound as round bars."""
    with av.open(str(path)) as container:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    parts = np.array_split(np.abs(samples[: 3 * SAMPLE_RATE]), 17)
    loud = [float(np.sqrt(np.mean(part**2))) for part in parts]
    sheet = Sheet(300, 225)
    sheet.fill(sheet.slope([(0, "#6c63d9"), (225, "#3a3596")]))
    bars = np.zeros((225, 300), np.float32)
    for number, level in enumerate(loud):
        half = 8 + 74 * (level / max(loud)) ** 1.4
        bars = np.maximum(bars, sheet.box(12 + number * 16.4, 112 - half, 9, 2 * half, 4.5))
    sheet.lay(bars, "#ffd9a8")
    return sheet.image()
