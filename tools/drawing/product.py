"""A bottle on a plinth, and what it smells of."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tools.drawing.draw import (
    FLAT,
    NEAR,
    SHADE,
    Mask,
    Point,
    Shadow,
    Sheet,
    arc,
    blurred,
    curve,
    mix,
    placed,
    rgb,
    smooth_step,
    turned,
)

TALL: Final = (900, 1200)

Profile = list[tuple[float, float]]
"""How wide a turned thing is: height in the picture, radius, from top to bottom."""


def bottle() -> Image.Image:
    """A plain glass bottle with a gold cap on a stone plinth, in evening sun."""
    sheet = Sheet(*TALL)
    sheet.fill(sheet.slope([(0, "#f4b79c"), (700, "#fbd9bd"), (1200, "#e9a78d")]))
    sheet.glow(560, 470, 620, "#ffe6c2", 0.35)
    _leaf_shadows(sheet)
    sheet.paper(
        sheet.box(-10, 960, 920, 260), sheet.slope([(960, "#f0b397"), (1200, "#cf7f6f")]), Shadow(0, -4, 22, 0.2), 0.4
    )
    _plinth(sheet)
    _glass(sheet)
    return sheet.image()


def _leaf_shadows(sheet: Sheet) -> None:
    leaves = []
    for x, y, size, first, last in ((-40, 90, 430, 0, 80), (930, 40, 470, 105, 190), (-60, 800, 330, -60, 10)):
        for angle in np.linspace(first, last, 8):
            leaf = curve([(0, -0.015), (0.5, -0.07), (1, 0), (0.5, 0.07), (0, 0.015)])
            leaves.append(turned(placed(leaf, x, y, size), float(angle), (x, y)))
    sheet.lay(blurred(sheet.polygons(leaves), 9), "#a0485a", 0.3)


def _plinth(sheet: Sheet) -> None:
    sheet.lay(blurred(sheet.ellipse(450, 1096, 360, 34), 22), SHADE, 0.5)
    side = sheet.polygon([*arc(450, 930, 310, 46, 180, 0), *arc(450, 1080, 310, 46, 0, 180)])
    across = (sheet.columns - 450) / 310
    light = np.clip(0.62 - across * 0.5 - across**2 * 0.22, 0, 1).astype(np.float32)
    sheet.lay(side, "#b9685f")
    sheet.lay(side * light, "#ffe3cb")
    sheet.lay(side, sheet.slope([(930, "#ffffff"), (1126, "#8d4a5a")]), 0.13)
    top = sheet.ellipse(450, 930, 310, 46)
    sheet.paper(top, sheet.round_slope(360, 920, [(0, "#fff1e0"), (520, "#edb89c")]), Shadow(0, 0, 2, 0), 0)
    sheet.lay(np.clip(top - sheet.ellipse(450, 932, 309, 45), 0, 1), "#ffffff", 0.8)


def _glass(sheet: Sheet) -> None:
    x, foot = 450.0, 935.0
    cast = curve([(430, 930), (640, 915), (770, 905), (780, 930), (640, 952), (450, 958)])
    sheet.lay(blurred(sheet.polygon(cast), 10) * sheet.ellipse(450, 930, 312, 48), "#7a2f4a", 0.5)
    sheet.lay(blurred(sheet.ellipse(610, 934, 90, 11), 8) * sheet.ellipse(450, 930, 312, 48), "#ffb56b", 0.75)
    body: Profile = [
        (430, 60),
        (446, 78),
        (470, 118),
        (505, 150),
        (560, 168),
        (700, 174),
        (850, 170),
        (900, 160),
        (foot, 138),
    ]
    neck: Profile = [(372, 46), (432, 46)]
    cap: Profile = [(232, 74), (240, 80), (366, 80), (374, 76)]
    _turned_glass(sheet, x, neck, "#f6c79a", "#b5603f", 0.7)
    _turned_glass(sheet, x, body, "#ffb867", "#a8433f", 1.0)
    _turned_metal(sheet, x, cap)


def _turned(sheet: Sheet, x: float, profile: Profile) -> tuple[Mask, NDArray[np.float32]]:
    """The mask of a turned thing, and how far each pixel is from its axis: -1 at the left edge to 1 at the right."""
    heights, radii = [y for y, _ in profile], [r for _, r in profile]
    steps = np.linspace(heights[0], heights[-1], 90)
    smooth = np.interp(steps, heights, radii)
    smooth = np.convolve(np.pad(smooth, 4, "edge"), np.ones(9) / 9, "valid") if len(profile) > 4 else smooth
    left = [(float(x - r), float(y)) for r, y in zip(smooth, steps, strict=True)]
    low = arc(x, heights[-1], float(smooth[-1]), float(smooth[-1]) * 0.13, 0, 180)
    high = arc(x, heights[0], float(smooth[0]), float(smooth[0]) * 0.13, 180, 360)
    right = [(2 * x - px, py) for px, py in reversed(left)]
    mask = sheet.polygon([*left[::-1], *high, *right[::-1], *low])
    radius = np.interp(sheet.rows, steps, smooth)
    return mask, np.asarray(np.clip((sheet.columns - x) / radius, -1, 1), dtype=np.float32)


def _band(across: NDArray[np.float32], first: float, last: float, soft: float = 0.05) -> Mask:
    return smooth_step((across - first) / soft) * smooth_step((last - across) / soft)


def _turned_glass(sheet: Sheet, x: float, profile: Profile, light: str, deep: str, strength: float) -> None:
    mask, across = _turned(sheet, x, profile)
    top, foot = profile[0][0], profile[-1][0]
    behind = sheet.pixels.copy()
    sheet.lay(mask, sheet.slope([(top, light), ((top + foot) / 2, mix(light, deep, 0.35)), (foot, deep)]), 0.86)
    middle = np.exp(-((across - 0.12) ** 2) / 0.16)
    sheet.lay(mask * np.asarray(middle, dtype=np.float32), "#ffd08a", 0.42 * strength)
    edge = np.clip((np.abs(across) - 0.72) / 0.28, 0, 1) ** 1.6
    sheet.lay(mask * np.asarray(edge, dtype=np.float32), "#6e2238", 0.62)
    sheet.lay(mask * np.asarray(np.clip((np.abs(across) - 0.93) / 0.07, 0, 1), dtype=np.float32), behind, 0.55)
    upright = smooth_step((sheet.rows - top - 36) / 50) * smooth_step((foot - 26 - sheet.rows) / 50)
    if strength < 1:
        upright = np.ones_like(mask)
    sheet.lay(mask * _band(across, -0.80, -0.56) * upright, "#fff4e2", 0.85)
    sheet.lay(mask * _band(across, -0.50, -0.45, 0.03) * upright, "#fff4e2", 0.5)
    sheet.lay(mask * _band(across, 0.70, 0.84) * upright, "#ffe3c4", 0.55)
    if strength == 1:
        level = sheet.ellipse(x, 508, 143, 15) * mask
        sheet.lay(sheet.box(0, 430, 900, 78) * mask, "#ffe9d6", 0.42)
        sheet.lay(level, sheet.slope([(493, "#ffe2b4"), (523, "#f0a763")]), 0.9)
        sheet.lay(blurred(sheet.ellipse(x + 10, 905, 120, 24), 14) * mask, "#ffcf7d", 0.75)
        shoulder = curve([(374, 474), (396, 452), (426, 446), (410, 462), (388, 484)])
        sheet.lay(blurred(sheet.polygon(shoulder), 2) * mask, "#ffffff", 0.85)


def _turned_metal(sheet: Sheet, x: float, profile: Profile) -> None:
    mask, across = _turned(sheet, x, profile)
    sheet.lay(blurred(mask, 5), SHADE, 0.2)
    places = (-1, -0.86, -0.66, -0.5, -0.3, 0.05, 0.4, 0.62, 0.78, 0.9, 1)
    golds = (
        "#6b3a26",
        "#b57a3f",
        "#fff2c8",
        "#fbe0a0",
        "#d9a257",
        "#b9793e",
        "#8f5530",
        "#e9bd74",
        "#ffedc0",
        "#b57a3f",
        "#6b3a26",
    )
    colours = np.array([rgb(each) for each in golds])
    bands = [np.interp(across, places, colours[:, channel]) for channel in range(3)]
    sheet.lay(mask, np.stack(bands, axis=-1).astype(np.float32))
    top, foot = profile[0][0], profile[-1][0]
    lid = sheet.ellipse(x, top + 2, 74, 74 * 0.13)
    sheet.lay(lid, sheet.slope([(top - 8, "#f3cf8d"), (top + 12, "#fff3d0")]))
    for y in (foot - 22, foot - 14):
        sheet.lay(sheet.lines([arc(x, y, 79, 79 * 0.13, 0, 180)], 2), "#6b3a26", 0.55)


def citrus() -> Image.Image:
    """What the bottle smells of: slices of orange and lime, leaves, blossoms, laid flat."""
    sheet = Sheet(*TALL)
    sheet.fill(sheet.round_slope(430, 520, [(0, "#fff0dc"), (900, "#f6c8a6")]))
    lot = np.random.default_rng(9)
    leaves = (
        (150, 520, 250, -40),
        (720, 340, 270, 200),
        (640, 880, 260, 60),
        (300, 960, 240, 140),
        (470, 110, 220, 20),
        (800, 720, 220, 110),
    )
    for x, y, size, angle in leaves:
        _leaf(sheet, x, y, size, angle)
    for x, y, radius, peel, flesh in (
        (300, 300, 205, "#ff8f2e", "#ffb454"),
        (640, 590, 230, "#ff7a2e", "#ff9f45"),
        (250, 760, 165, "#8bbf3f", "#cfe58a"),
        (700, 160, 130, "#8bbf3f", "#cfe58a"),
        (560, 1010, 170, "#ff8f2e", "#ffb454"),
    ):
        _slice(sheet, x, y, radius, peel, flesh, float(lot.uniform(0, 60)))
    for x, y, size in ((470, 420, 52), (110, 1010, 60), (810, 950, 54), (90, 130, 48), (420, 640, 40)):
        _blossom(sheet, x, y, size, float(lot.uniform(0, 70)))
    return sheet.image()


def _slice(sheet: Sheet, x: float, y: float, radius: float, peel: str, flesh: str, turn: float) -> None:
    sheet.plump(sheet.ellipse(x, y, radius), peel, radius * 0.08, Shadow(8, 14, 16, 0.36), 0.5)
    sheet.lay(sheet.ellipse(x, y, radius * 0.92), "#fff8ea")
    parts = []
    for number in range(10):
        wedge = curve([(0.1, 0), (0.55, -0.165), (0.82, -0.19), (0.86, 0), (0.82, 0.19), (0.55, 0.165)])
        parts.append(turned(placed(wedge, x, y, radius), turn + number * 36, (x, y)))
    mask = sheet.polygons(parts)
    paint = sheet.round_slope(
        x, y, [(0, mix(flesh, "#fffbe0", 0.45)), (radius * 0.5, flesh), (radius, mix(flesh, peel, 0.7))]
    )
    sheet.plump(mask, paint, radius * 0.05, FLAT, 0.35)
    lot = np.random.default_rng(round(x))
    drops = []
    for _ in range(26):
        angle, far = lot.uniform(0, 360), lot.uniform(0.25, 0.8) * radius
        drop = curve([(0, 0), (0.6, -0.22), (1, 0), (0.6, 0.22)], steps=5)
        drops.append(turned(placed(drop, x + far, y, radius * 0.13), float(angle), (x, y)))
    sheet.lay(sheet.polygons(drops) * mask, "#fffbe6", 0.32)
    shine = sheet.lines([arc(x, y, radius * 0.955, radius * 0.955, 200, 262)], radius * 0.03)
    sheet.lay(blurred(shine, 1.5), "#ffffff", 0.7)


def _leaf(sheet: Sheet, x: float, y: float, size: float, angle: float) -> None:
    shape = curve([(0, 0), (0.25, -0.17), (0.6, -0.19), (1, 0), (0.6, 0.19), (0.25, 0.17)])
    mask = sheet.polygon(turned(placed(shape, x, y, size), angle, (x, y)))
    sheet.plump(mask, "#3f9a63", size * 0.06, Shadow(6, 10, 12, 0.32), 0.45)
    half = sheet.polygon(turned(placed([(0, 0), (1, 0), (0.6, 0.3), (0.2, 0.3)], x, y, size), angle, (x, y)))
    sheet.lay(half * mask, "#1f6b50", 0.4)
    veins: list[list[Point]] = [
        [(0.02, 0), (0.96, 0)],
        *[[(t, 0), (t + 0.14, side * 0.12)] for t in (0.2, 0.36, 0.52, 0.68) for side in (-1, 1)],
    ]
    sheet.lay(sheet.lines([turned(placed(v, x, y, size), angle, (x, y)) for v in veins], 2) * mask, "#bfe6b5", 0.55)


def _blossom(sheet: Sheet, x: float, y: float, size: float, turn: float) -> None:
    for number in range(5):
        petal = curve([(0, 0), (0.35, -0.3), (0.85, -0.28), (1, 0), (0.85, 0.28), (0.35, 0.3)])
        mask = sheet.polygon(turned(placed(petal, x, y, size), turn + number * 72, (x, y)))
        sheet.plump(mask, "#fffaf4", size * 0.12, Shadow(3, 6, 7, 0.26), 0.4)
    sheet.plump(sheet.ellipse(x, y, size * 0.22), "#ffc94d", size * 0.06, NEAR, 0.5)
