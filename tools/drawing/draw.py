"""A sheet that shapes are laid on like cut paper: smooth edges, gradients, soft shadows, rims of light.

Lengths are pixels of the finished picture, colours are "#rrggbb" or RGB from 0 to 1. A mask has one figure from 0 to 1
for each pixel; it is drawn four times as large and scaled down, which is what makes its edge smooth.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Mask: TypeAlias = NDArray[np.float32]
"""Height x width, 0 to 1."""
Pixels: TypeAlias = NDArray[np.float32]
"""Height x width x RGB, 0 to 1."""
Paint: TypeAlias = "str | Pixels"
Point: TypeAlias = tuple[float, float]

SMOOTH: Final = 4
SHADE: Final = "#1c1440"
"""Shadows are a deep violet; black ones look dirty."""


@dataclass(frozen=True)
class Shadow:
    """Where a shape's shadow falls, how soft it is, how dark."""

    x: float = 0.0
    y: float = 6.0
    blur: float = 10.0
    strength: float = 0.35


SOFT: Final = Shadow()
NEAR: Final = Shadow(0, 2, 4, 0.28)
FLAT: Final = Shadow(0, 0, 1, 0)
"""No shadow."""


def rgb(paint: Paint) -> Pixels:
    """A colour as RGB from 0 to 1."""
    if not isinstance(paint, str):
        return paint
    return np.array([int(paint[at : at + 2], 16) / 255 for at in (1, 3, 5)], dtype=np.float32)


def mix(first: Paint, second: Paint, share: float) -> Pixels:
    """A colour between two; `share` is how much of the second."""
    return np.asarray(rgb(first) * (1 - share) + rgb(second) * share, dtype=np.float32)


def smooth_step(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """0 to 1, with a soft beginning and end."""
    clipped = np.clip(values, 0, 1)
    return np.asarray(clipped * clipped * (3 - 2 * clipped), dtype=np.float32)


def blurred(mask: Mask, radius: float) -> Mask:
    """The mask, soft."""
    if radius <= 0:
        return mask
    image = Image.fromarray(np.asarray(np.clip(mask, 0, 1) * 255, dtype=np.uint8))
    return _shares(image.filter(ImageFilter.GaussianBlur(radius)))


def moved(mask: Mask, x: float, y: float) -> Mask:
    """The mask, shifted by whole pixels; what comes in at the edges repeats the edge."""
    right, down = round(x), round(y)
    rows = np.clip(np.arange(mask.shape[0]) - down, 0, mask.shape[0] - 1)
    columns = np.clip(np.arange(mask.shape[1]) - right, 0, mask.shape[1] - 1)
    return mask[rows][:, columns]


class Sheet:
    """A picture under way."""

    def __init__(self, width: int, height: int, paint: str = "#ffffff") -> None:
        self.width, self.height = width, height
        self.pixels: Pixels = np.empty((height, width, 3), dtype=np.float32)
        self.pixels[:] = rgb(paint)
        self.rows, self.columns = np.mgrid[0:height, 0:width].astype(np.float32) + np.float32(0.5)

    # --- masks ------------------------------------------------------------------------------------

    def polygons(self, shapes: Iterable[Sequence[Point]]) -> Mask:
        """One mask of several closed shapes."""
        large, draw = self._large()
        for shape in shapes:
            draw.polygon([(x * SMOOTH, y * SMOOTH) for x, y in shape], fill=255)
        return _reduced(large)

    def polygon(self, points: Sequence[Point]) -> Mask:
        """A closed shape."""
        return self.polygons([points])

    def ellipse(self, x: float, y: float, across: float, down: float | None = None) -> Mask:
        """A disc, or an ellipse, by its middle and its radii."""
        down = across if down is None else down
        return self.polygon(oval(x, y, across, down))

    def discs(self, places: Iterable[tuple[float, float, float]]) -> Mask:
        """Many discs in one mask: middle and radius of each."""
        return self.polygons([oval(x, y, radius, radius, 40) for x, y, radius in places])

    def box(self, x: float, y: float, width: float, height: float, radius: float = 0.0) -> Mask:
        """A rectangle by its upper left corner, with round corners."""
        large, draw = self._large()
        corners = (x * SMOOTH, y * SMOOTH, (x + width) * SMOOTH - 1, (y + height) * SMOOTH - 1)
        draw.rounded_rectangle(corners, radius * SMOOTH, fill=255)
        return _reduced(large)

    def lines(self, paths: Iterable[Sequence[Point]], width: float) -> Mask:
        """Strokes of one width with round ends."""
        large, draw = self._large()
        half = width * SMOOTH / 2
        for path in paths:
            points = [(x * SMOOTH, y * SMOOTH) for x, y in path]
            draw.line(points, fill=255, width=max(1, round(width * SMOOTH)), joint="curve")
            for x, y in (points[0], points[-1]):
                draw.ellipse((x - half, y - half, x + half, y + half), fill=255)
        return _reduced(large)

    def _large(self) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        large = Image.new("L", (self.width * SMOOTH, self.height * SMOOTH))
        return large, ImageDraw.Draw(large)

    # --- paints -----------------------------------------------------------------------------------

    def slope(self, stops: Sequence[tuple[float, Paint]]) -> Pixels:
        """A gradient from top to bottom: heights in pixels, each with its colour."""
        heights = [height for height, _ in stops]
        colours = np.array([rgb(colour) for _, colour in stops])
        bands = [np.interp(self.rows, heights, colours[:, channel]) for channel in range(3)]
        return np.stack(bands, axis=-1).astype(np.float32)

    def round_slope(self, x: float, y: float, stops: Sequence[tuple[float, Paint]]) -> Pixels:
        """A gradient outwards from a point: distances in pixels, each with its colour."""
        distance = np.hypot(self.columns - x, self.rows - y)
        colours = np.array([rgb(colour) for _, colour in stops])
        bands = [np.interp(distance, [at for at, _ in stops], colours[:, channel]) for channel in range(3)]
        return np.stack(bands, axis=-1).astype(np.float32)

    # --- laying on --------------------------------------------------------------------------------

    def fill(self, paint: Paint) -> None:
        """Colour everywhere."""
        self.pixels[:] = rgb(paint)

    def put(self, mask: Mask, picture: Image.Image) -> None:
        """A picture of the same size where the mask is."""
        self.lay(mask, _shares(picture))

    def lay(self, mask: Mask, paint: Paint, strength: float = 1.0) -> None:
        """Colour where the mask is."""
        share = (mask * np.float32(strength))[..., None]
        self.pixels += (rgb(paint) - self.pixels) * share

    def paper(self, mask: Mask, paint: Paint, shadow: Shadow = SOFT, rim: float = 0.3) -> None:
        """A piece of paper: its shadow, its colour, and light on its upper edge."""
        cast = blurred(moved(mask, shadow.x, shadow.y), shadow.blur)
        self.lay(cast, SHADE, shadow.strength)
        self.lay(mask, paint)
        if rim:
            self.lay(np.clip(mask - moved(mask, 0, 2), 0, 1), "#ffffff", rim)

    def plump(self, mask: Mask, paint: Paint, depth: float, shadow: Shadow = SOFT, strength: float = 0.5) -> None:
        """A soft body: like paper, but rounded, lit from the upper left."""
        self.paper(mask, paint, shadow, rim=0)
        inner = blurred(mask, depth)
        light = (moved(inner, -depth * 0.5, -depth * 0.6) - moved(inner, depth * 0.5, depth * 0.6)) * mask
        self.lay(np.clip(light, 0, 1), "#fff6e6", strength)
        self.lay(np.clip(-light, 0, 1), SHADE, strength * 0.75)

    def glow(self, x: float, y: float, radius: float, paint: Paint, strength: float = 1.0) -> None:
        """Light around a point, added like light is."""
        distance = np.hypot(self.columns - x, self.rows - y)
        share = np.exp(-((distance / radius) ** 2) * 2.2)[..., None] * strength
        self.pixels = np.asarray(1 - (1 - self.pixels) * (1 - rgb(paint) * share), dtype=np.float32)

    def image(self) -> Image.Image:
        """The finished picture."""
        return Image.fromarray(np.asarray(np.clip(self.pixels, 0, 1) * 255 + 0.5, dtype=np.uint8))


def _reduced(large: Image.Image) -> Mask:
    return _shares(large.reduce(SMOOTH))


def _shares(image: Image.Image) -> NDArray[np.float32]:
    return np.asarray(np.asarray(image) / 255, dtype=np.float32)


# --- shapes as points -----------------------------------------------------------------------------


def oval(x: float, y: float, across: float, down: float, count: int = 120) -> list[Point]:
    """The outline of an ellipse."""
    angles = np.linspace(0, 2 * math.pi, count, endpoint=False)
    return [(x + across * math.cos(a), y + down * math.sin(a)) for a in angles]


def arc(x: float, y: float, across: float, down: float, first: float, last: float) -> list[Point]:
    """A part of an ellipse; degrees, clockwise from the right."""
    angles = np.radians(np.linspace(first, last, 40))
    return [(x + across * math.cos(a), y + down * math.sin(a)) for a in angles]


def curve(points: Sequence[Point], *, closed: bool = True, steps: int = 14) -> list[Point]:
    """A smooth line through all points (Catmull-Rom)."""
    known = np.array(points, dtype=np.float64)
    if closed:
        before, after, then = np.roll(known, 1, 0), np.roll(known, -1, 0), np.roll(known, -2, 0)
    else:
        padded = np.vstack([2 * known[0] - known[1], known, 2 * known[-1] - known[-2]])
        before, known, after, then = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    found: list[Point] = []
    for p0, p1, p2, p3 in zip(before, known, after, then, strict=True):
        for t in np.linspace(0, 1, steps, endpoint=False):
            place = 0.5 * (
                2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
            found.append((float(place[0]), float(place[1])))
    return found if closed else [*found, (float(points[-1][0]), float(points[-1][1]))]


def turned(points: Iterable[Point], degrees: float, about: Point = (0.0, 0.0)) -> list[Point]:
    """The points, turned clockwise about one of them all."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x0, y0 = about
    return [(x0 + (x - x0) * cosine - (y - y0) * sine, y0 + (x - x0) * sine + (y - y0) * cosine) for x, y in points]


def placed(points: Iterable[Point], x: float, y: float, scale: float = 1.0) -> list[Point]:
    """The points, scaled about the origin and then moved there."""
    return [(x + px * scale, y + py * scale) for px, py in points]
