"""A clip that is nothing but a camera path: through a hall of plain blocks, up, and around the one in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from tools.drawing.clips import RATE, SIZE, eased
from tools.drawing.draw import curve, mix, rgb

Vector = NDArray[np.float64]

LARGE: Final = 3
"""Frames are drawn this much larger and scaled down."""
LENS: Final = 0.92
NEAR_PLANE: Final = 0.15
FOG, FLOOR, SKY = "#d9dcf5", "#b4b8e2", "#8f95cf"
SUN: Final = (0.55, 0.35)
"""How far a shadow reaches along x and z for each unit of height."""
PATH: Final = (
    (0.0, 0.7, 15.0),
    (0.0, 0.75, 10.5),
    (0.35, 1.0, 6.6),
    (3.4, 2.2, 4.6),
    (6.2, 4.2, 1.4),
    (6.4, 6.4, -3.4),
)
"""Where the camera is at equal steps of time: x, height, z."""


@dataclass(frozen=True)
class Block:
    """A box on the floor: its middle, half its width and depth, its height, its colour."""

    x: float
    z: float
    wide: float
    deep: float
    high: float
    paint: str
    low: float = 0.0


BLOCKS: Final = (
    Block(0, 0, 1.7, 1.7, 0.28, "#c9cdf0"),
    Block(0, 0, 0.8, 0.8, 1.9, "#ff8a5c", 0.28),
    Block(-2.9, 11.5, 0.45, 0.45, 3.4, "#e8eafa"), Block(2.9, 11.5, 0.45, 0.45, 3.4, "#e8eafa"),
    Block(-2.9, 8.3, 0.45, 0.45, 3.0, "#e8eafa"), Block(2.9, 8.3, 0.45, 0.45, 3.0, "#e8eafa"),
    Block(-2.9, 5.1, 0.45, 0.45, 2.6, "#e8eafa"), Block(2.9, 5.1, 0.45, 0.45, 2.6, "#e8eafa"),
    Block(-4.6, -1.2, 0.7, 1.4, 1.3, "#a9aee8"), Block(-3.4, -4.4, 1.2, 0.6, 2.4, "#c9cdf0"),
    Block(0.6, -5.6, 0.8, 0.8, 3.4, "#a9aee8"), Block(4.3, -3.6, 0.6, 0.6, 1.0, "#e8eafa"),
    Block(5.6, 3.2, 0.9, 0.5, 0.8, "#a9aee8"), Block(-6.6, 3.4, 0.6, 0.6, 2.0, "#c9cdf0"),
    Block(-7.4, -6.0, 1.0, 1.0, 3.0, "#a9aee8"), Block(6.8, -7.4, 1.4, 0.8, 2.2, "#c9cdf0"),
)  # fmt: skip


class Camera:
    """Looks from one point at another, upright."""

    def __init__(self, eye: Vector, target: Vector) -> None:
        self.eye = eye
        ahead = target - eye
        self.ahead = ahead / np.linalg.norm(ahead)
        right = np.cross(self.ahead, (0.0, 1.0, 0.0))
        self.right = right / np.linalg.norm(right)
        self.up = np.cross(self.right, self.ahead)

    def seen(self, points: Vector) -> Vector:
        """The points as right, up and depth before the camera."""
        return np.asarray((points - self.eye) @ np.stack([self.right, self.up, self.ahead], axis=1))

    def flat(self, seen: Vector) -> list[tuple[float, float]]:
        """Where seen points are in the large frame."""
        scale = SIZE[0] * LARGE * LENS / np.maximum(seen[:, 2], NEAR_PLANE)
        x, y = SIZE[0] * LARGE / 2 + seen[:, 0] * scale, SIZE[1] * LARGE / 2 - seen[:, 1] * scale
        return [(float(px), float(py)) for px, py in zip(x, y, strict=True)]

    def shape(self, points: Vector) -> list[tuple[float, float]]:
        """A flat shape in the large frame, cut where it would come behind the camera."""
        return self.flat(_before(self.seen(points)))


def _before(seen: Vector) -> Vector:
    kept: list[Vector] = []
    for here, there in zip(seen, np.roll(seen, -1, axis=0), strict=True):
        if here[2] >= NEAR_PLANE:
            kept.append(here)
        if (here[2] >= NEAR_PLANE) != (there[2] >= NEAR_PLANE):
            kept.append(here + (there - here) * (NEAR_PLANE - here[2]) / (there[2] - here[2]))
    return np.array(kept).reshape(-1, 3)


def camera_path() -> Iterator[Image.Image]:
    """Five seconds: low along the pillars, then up and around the orange block."""
    steps = 5 * RATE
    path = np.array(_through(PATH))
    for index in range(steps):
        share = index / (steps - 1)
        along = eased(share) * 0.7 + share * 0.3
        place = along * (len(path) - 1)
        below = min(int(place), len(path) - 2)
        eye = path[below] + (path[below + 1] - path[below]) * (place - below)
        yield _frame(Camera(eye, np.array([0.0, 1.05 + 0.15 * (1 - along), 0.0])))


def _through(points: tuple[tuple[float, float, float], ...]) -> list[tuple[float, float, float]]:
    """A smooth way through the points."""
    flat = curve([(x, z) for x, _, z in points], closed=False, steps=40)
    high = curve([(x, y) for x, y, _ in points], closed=False, steps=40)
    return [(x, y, z) for (x, z), (_, y) in zip(flat, high, strict=True)]


def _frame(camera: Camera) -> Image.Image:
    image = _room(camera)
    draw = ImageDraw.Draw(image)
    _grid(draw, camera)
    _shadows(image, camera)
    faces = [face for block in BLOCKS for face in _faces(block, camera)]
    for _, shape, paint in sorted(faces, key=lambda face: -face[0]):
        ImageDraw.Draw(image).polygon(shape, fill=paint)
    return image.reduce(LARGE)


def _room(camera: Camera) -> Image.Image:
    """Floor and air, which meet in fog at the horizon."""
    level = np.array([camera.ahead[0], 0.0, camera.ahead[2]])
    horizon = camera.flat(camera.seen((camera.eye + level * 100)[None]))[0][1]
    rows = np.arange(SIZE[1] * LARGE)
    reach = SIZE[1] * LARGE
    stops = (horizon - reach, horizon, horizon + reach * 0.75)
    colours = np.array([rgb(SKY), rgb(FOG), rgb(FLOOR)])
    column = np.stack([np.interp(rows, stops, colours[:, channel]) for channel in range(3)], axis=-1)
    whole = np.repeat((column[:, None] * 255).astype(np.uint8), SIZE[0] * LARGE, axis=1)
    return Image.fromarray(whole)


def _fogged(paint: str | NDArray[np.float32], distance: float) -> tuple[int, int, int]:
    colour = mix(paint, FOG, min(0.92, max(0.0, (distance - 7) / 26)))
    red, green, blue = (round(float(each) * 255) for each in colour)
    return red, green, blue


def _grid(draw: ImageDraw.ImageDraw, camera: Camera) -> None:
    """Lines on the floor, two apart, in pieces that fade with the distance."""
    for line in range(-14, 15, 2):
        for part in range(-14, 18):
            for ends in (((line, part), (line, part + 1)), ((part, line), (part + 1, line))):
                seen = camera.seen(np.array([(x, 0.0, z) for x, z in ends], dtype=np.float64))
                far = float(seen[:, 2].mean())
                if seen[:, 2].min() >= NEAR_PLANE:
                    wide = max(1, round(LARGE * 15 / (far + 2)))
                    draw.line(camera.flat(seen), fill=_fogged("#7f86d6", far * 1.1), width=wide)


def _shadows(image: Image.Image, camera: Camera) -> None:
    mask = Image.new("L", image.size)
    draw = ImageDraw.Draw(mask)
    for block in BLOCKS:
        top = block.low + block.high
        corners = [(block.x + sx * block.wide, block.z + sz * block.deep) for sx in (-1, 1) for sz in (-1, 1)]
        reach = [(x + SUN[0] * top, z + SUN[1] * top) for x, z in corners]
        for first in range(4):
            for second in range(first + 1, 4):
                floor = [corners[first], corners[second], reach[second], reach[first]]
                shape = camera.shape(np.array([(x, 0.0, z) for x, z in floor]))
                if len(shape) > 2:
                    draw.polygon(shape, fill=110)
    image.paste((70, 68, 150), (0, 0), mask.filter(ImageFilter.GaussianBlur(2.5 * LARGE)))


def _faces(block: Block, camera: Camera) -> list[tuple[float, list[tuple[float, float]], tuple[int, int, int]]]:
    """The sides of a block that can be seen: distance, shape, colour."""
    found = []
    low, high = block.low, block.low + block.high
    middle = np.array([block.x, (low + high) / 2, block.z])
    far = float(np.linalg.norm(middle - camera.eye))
    for (nx, nz), light in (((1, 0), 0.62), ((-1, 0), 0.97), ((0, 1), 0.8), ((0, -1), 0.72)):
        out = np.array([nx, 0.0, nz])
        centre = middle + out * (block.wide if nx else block.deep)
        if (camera.eye - centre) @ out <= 0:
            continue
        ends = [(block.x + (nx or side) * block.wide, block.z + (nz or side) * block.deep) for side in (-1, 1)]
        shape = camera.shape(
            np.array([(x, y, z) for (x, z), y in ((ends[0], low), (ends[1], low), (ends[1], high), (ends[0], high))])
        )
        if len(shape) > 2:
            found.append((far, shape, _fogged(mix(block.paint, "#6a3f96", 1 - light), far)))
    if camera.eye[1] > high:
        lid = [
            (block.x + sx * block.wide, high, block.z + sz * block.deep)
            for sx, sz in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]
        shape = camera.shape(np.array(lid))
        if len(shape) > 2:
            found.append((far - 0.01, shape, _fogged(mix(block.paint, "#ffffff", 0.35), far)))
    return found
