"""The animatic's look: colours, measures, the moving backdrop, panels and pictograms."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from weryai_ui.sandbox.animatic.lettering import Colour, blank
from weryai_ui.sandbox.jobs import Job

WHITE: Final[Colour] = (255, 255, 255, 255)
SOFT: Final[Colour] = (255, 255, 255, 190)
INK: Final[Colour] = (12, 16, 28, 255)
SMOOTH: Final = 3  # panels are drawn this much larger and scaled down: Pillow has no smooth edges
DRIFT: Final = 0.16  # how much larger than the picture the backdrop is

# For each video of a submit: its accent, and three colours of its backdrop.
PALETTES: Final = (
    ((94, 214, 196), ((10, 22, 40), (18, 92, 104), (58, 52, 128))),
    ((255, 184, 92), ((30, 16, 34), (138, 66, 44), (74, 36, 96))),
    ((176, 160, 255), ((14, 16, 44), (70, 52, 152), (24, 96, 136))),
    ((255, 138, 138), ((24, 14, 36), (136, 44, 84), (36, 64, 128))),
)


@dataclass(frozen=True)
class Look:
    """Measures and colours for one job. All lengths are pixels."""

    width: int
    height: int
    number: int
    seed: str

    @staticmethod
    def of(job: Job) -> Look:
        """The look of one job: each of several videos differs."""
        return Look(*job.size, job.number, job.prompt)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.width, self.height

    @property
    def unit(self) -> float:
        """One step of the scale: 1 px of a 480p picture."""
        return min(self.size) / 480

    @property
    def margin(self) -> float:
        """The distance that text keeps from the edges."""
        return 24 * self.unit

    @property
    def accent(self) -> Colour:
        """The one strong colour of this video."""
        return (*PALETTES[(self.number - 1) % len(PALETTES)][0], 255)

    @cached_property
    def _backdrop(self) -> Image.Image:
        """Three soft glows, larger than the picture, so that it can drift behind it."""
        colours = np.array(PALETTES[(self.number - 1) % len(PALETTES)][1], dtype=np.float64)
        lot = np.random.default_rng(list(hashlib.sha256(self.seed.encode("utf-8", "replace")).digest()[:8]))
        rows, columns = np.mgrid[0:1:48j, 0:1:48j]
        field = np.broadcast_to(colours[0], (48, 48, 3)).copy()
        for colour, (x, y) in zip(colours[1:], ((0.15, 0.2), (0.85, 0.75)), strict=True):
            x, y = x + lot.uniform(-0.1, 0.2), y + lot.uniform(-0.2, 0.15)
            glow = np.exp(-(((columns - x) ** 2 + (rows - y) ** 2) / 0.24))[..., None]
            field += (colour - field) * glow * 0.95
        size = round(self.width * (1 + DRIFT)), round(self.height * (1 + DRIFT))
        smooth = Image.fromarray(field.astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
        # A grain of one step hides the bands of an 8-bit gradient.
        grain = lot.integers(-2, 3, (size[1], size[0], 1))
        return Image.fromarray(np.clip(np.asarray(smooth, dtype=np.int16) + grain, 0, 255).astype(np.uint8))

    def backdrop(self, turn: float) -> Image.Image:
        """The backdrop at a turn from 0 to 1 of its slow way round."""
        angle = 2 * math.pi * (turn + self.number / 4)
        x = round(self.width * DRIFT * (0.5 + 0.5 * math.cos(angle)))
        y = round(self.height * DRIFT * (0.5 + 0.5 * math.sin(angle)))
        return self._backdrop.crop((x, y, x + self.width, y + self.height))


def panel(width: float, height: float, radius: float, fill: Colour, edge: Colour) -> Image.Image:
    """A rounded rectangle with smooth edges."""
    large = blank(width * SMOOTH, height * SMOOTH)
    ImageDraw.Draw(large).rounded_rectangle(
        (0, 0, large.width - 1, large.height - 1),
        radius * SMOOTH,
        fill=fill,
        outline=edge,
        width=SMOOTH,
    )
    return large.resize((max(1, round(width)), max(1, round(height))), Image.Resampling.LANCZOS)


def shadow(size: tuple[int, int], radius: float, spread: float) -> Image.Image:
    """A soft shadow for a panel of that size, larger by ``spread`` on each side."""
    layer = blank(size[0] + 2 * spread, size[1] + 2 * spread)
    ImageDraw.Draw(layer).rounded_rectangle(
        (spread, spread, spread + size[0], spread + size[1]), radius, fill=(0, 0, 0, 130)
    )
    return layer.filter(ImageFilter.GaussianBlur(spread / 2.2))


def fade(width: int, height: int, strongest: int, *, down: bool) -> Image.Image:
    """Black that grows towards the bottom (``down``) or the top: text on it can be read."""
    slope = np.clip(np.linspace(0, 1.5, height), 0, 1) ** 1.3 * strongest
    column = (slope if down else slope[::-1]).astype(np.uint8)[:, None]
    layer = Image.new("RGBA", (width, height), (6, 8, 16, 255))
    layer.putalpha(Image.fromarray(np.repeat(column, width, axis=1)))
    return layer


def pictogram(kind: str, side: float, colour: Colour) -> Image.Image:
    """A small drawing of a picture, a clip or a sound."""
    s = side * SMOOTH
    layer = blank(s, s)
    draw = ImageDraw.Draw(layer)
    line = round(s * 0.06)
    if kind == "audio":
        for index, tall in enumerate((0.3, 0.62, 0.9, 0.5, 0.74, 0.36)):
            x = s * (0.09 + 0.155 * index)
            draw.rounded_rectangle((x, s * (1 - tall) / 2, x + s * 0.08, s * (1 + tall) / 2), s * 0.04, fill=colour)
    else:
        draw.rounded_rectangle((line, s * 0.14, s - line, s * 0.86), s * 0.1, None, colour, line)
    if kind == "video":
        draw.polygon(((s * 0.4, s * 0.33), (s * 0.4, s * 0.67), (s * 0.68, s * 0.5)), fill=colour)
    if kind == "image":
        draw.ellipse((s * 0.64, s * 0.26, s * 0.78, s * 0.4), fill=colour)
        peaks = ((0.12, 0.76), (0.38, 0.42), (0.56, 0.64), (0.68, 0.54), (0.88, 0.76))
        draw.polygon([(s * x, s * y) for x, y in peaks], fill=colour)
    return layer.resize((round(side), round(side)), Image.Resampling.LANCZOS)
