"""Hills, trees, clouds, waves, stars: what landscapes are cut from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from tools.drawing.draw import NEAR, Paint, Point, Shadow, Sheet, oval, placed


def ridge(
    width: float, base: float, rise: float, seed: int, waves: Sequence[float] = (1.1, 2.3, 4.7, 9.0)
) -> list[Point]:
    """The upper edge of hills from left to right: a few waves of falling height laid over each other."""
    lot = np.random.default_rng(seed)
    phases = lot.uniform(0, 2 * math.pi, len(waves))
    across = np.linspace(-0.02, 1.02, 240)
    heights = sum(
        np.sin(across * wave * 2 * math.pi + phase) * 0.62**rank
        for rank, (wave, phase) in enumerate(zip(waves, phases, strict=True))
    )
    return [(float(x * width), float(base - rise * h * 0.5)) for x, h in zip(across, np.asarray(heights), strict=True)]


def peaks(width: float, base: float, rise: float, seed: int, count: int = 7) -> list[Point]:
    """The upper edge of mountains: sharp tops between lower saddles."""
    lot = np.random.default_rng(seed)
    steps = lot.uniform(0.5, 1.5, 2 * count)
    places = np.interp(np.arange(2 * count), (0, 2 * count - 1), (-0.06, 1.06)) + (steps - 1) * 0.6 / (2 * count)
    heights = [lot.uniform(0.5, 1.0) if index % 2 else lot.uniform(0.02, 0.35) for index in range(2 * count)]
    points: list[Point] = []
    for index in range(2 * count - 1):
        for share in (0.0, 0.3, 0.62):
            bend = lot.uniform(-0.045, 0.045) if share else 0.0
            x = places[index] + (places[index + 1] - places[index]) * share
            h = heights[index] + (heights[index + 1] - heights[index]) * share + bend
            points.append((float(x * width), float(base - rise * h)))
    return [*points, (float(places[-1] * width), float(base - rise * heights[-1]))]


def far_sides(edge: Sequence[Point], floor: float) -> list[list[Point]]:
    """The sides of mountains that turn away from a light on the left: from each top down to the right."""
    tops = [n for n in range(1, len(edge) - 1) if edge[n][1] < min(edge[n - 1][1], edge[n + 1][1])]
    sides = []
    for top, after in zip(tops, [*tops[1:], len(edge) - 1], strict=True):
        x, y = edge[top]
        slope = list(edge[top : after + 1])
        low = max(range(len(slope)), key=lambda n: slope[n][1])
        drop = floor - y
        fold = [(x + drop * 0.20, y + drop), (x + drop * 0.02, y + drop * 0.62), (x + drop * 0.10, y + drop * 0.3)]
        sides.append([*slope[: low + 1], (slope[low][0], floor), *fold])
    return sides


def land(edge: Sequence[Point], floor: float) -> list[Point]:
    """Everything below an edge, as one shape."""
    return [*edge, (edge[-1][0], floor), (edge[0][0], floor)]


def height_at(edge: Sequence[Point], x: float) -> float:
    """How far down an edge is at a place."""
    return float(np.interp(x, [px for px, _ in edge], [py for _, py in edge]))


def pine(x: float, foot: float, height: float) -> list[Point]:
    """A fir of five tiers."""
    lows = (0.1, 0.25, 0.41, 0.57, 0.72)
    left: list[Point] = [(-0.03, 0.0), (-0.03, -0.1)]
    for low, above in zip(lows, (*lows[1:], None), strict=True):
        wide = 0.245 * (1.06 - low)
        left += [(-wide, -low), (-wide * 0.94, -low - 0.012)]
        if above is not None:
            left.append((-wide * 0.4, -above - 0.004))
    whole = [*left, (0, -1), *[(-px, py) for px, py in reversed(left)]]
    return placed(whole, x, foot, height)


def pines_along(
    edge: Sequence[Point], places: Iterable[float], height: float, seed: int, sink: float = 4.0
) -> list[list[Point]]:
    """Firs of differing height on an edge."""
    lot = np.random.default_rng(seed)
    return [pine(x, height_at(edge, x) + sink, height * lot.uniform(0.65, 1.15)) for x in places]


def cloud(x: float, y: float, width: float) -> list[list[Point]]:
    """A flat-bottomed cloud of round parts."""
    low, parts = y + 0.07 * width, ((-0.34, -0.02, 0.09), (-0.16, -0.1, 0.17), (0.08, -0.13, 0.2), (0.3, -0.04, 0.11))
    puffs = [oval(x + px * width, y + py * width, r * width, r * width) for px, py, r in parts]
    ends = [oval(x + side * 0.4 * width, y, 0.07 * width, 0.07 * width) for side in (-1, 1)]
    base = [(x - 0.4 * width, y), (x + 0.4 * width, y), (x + 0.4 * width, low), (x - 0.4 * width, low)]
    return [base, *ends, *[[(px, min(py, low)) for px, py in puff] for puff in puffs]]


def waves(width: float, base: float, rise: float, length: float, phase: float, floor: float) -> list[Point]:
    """Water to the floor, with round crests; `phase` in pixels moves them along."""
    xs = np.linspace(-10, width + 10, 260)
    turn = (xs + phase) / length * 2 * math.pi
    ys = base - rise * (np.sin(turn) * 0.75 + np.sin(turn * 0.53 + 1.3) * 0.35)
    return land([(float(x), float(y)) for x, y in zip(xs, ys, strict=True)], floor)


def stars(sheet: Sheet, seed: int, count: int, low: float, paint: Paint = "#fff4d6") -> None:
    """Small lights in the sky, fewer and fainter towards `low`."""
    lot = np.random.default_rng(seed)
    places = [(lot.uniform(0, sheet.width), lot.uniform(0, low) ** 1.0, lot.uniform(0.7, 2.1)) for _ in range(count)]
    for group, strength in ((places[::2], 0.95), (places[1::2], 0.55)):
        sheet.lay(sheet.discs(group), paint, strength)


def rings(
    sheet: Sheet, x: float, y: float, radius: float, paint: Paint, count: int = 4, strength: float = 0.13
) -> None:
    """Pale discs around a sun or a moon, each larger and fainter."""
    for number in range(count, 0, -1):
        sheet.lay(sheet.ellipse(x, y, radius * (1 + 0.55 * number)), paint, strength)


def birds(sheet: Sheet, places: Iterable[tuple[float, float, float]], paint: Paint, strength: float = 0.8) -> None:
    """Far birds: two wings each, by place and size."""
    wings = []
    for x, y, size in places:
        wings.append([(x - size, y - size * 0.35), (x - size * 0.45, y - size * 0.42), (x, y)])
        wings.append([(x, y), (x + size * 0.5, y - size * 0.5), (x + size, y - size * 0.3)])
    sheet.lay(sheet.lines(wings, 2.2), paint, strength)


def round_tree(
    sheet: Sheet, x: float, foot: float, height: float, crown: str, trunk: str, shadow: Shadow = NEAR
) -> None:
    """A tree with a round crown, lit from the upper left."""
    sheet.lay(sheet.polygon(placed([(-0.035, 0), (0.035, 0), (0.02, -0.5), (-0.02, -0.5)], x, foot, height)), trunk)
    parts = ((0.0, -0.72, 0.27), (-0.17, -0.56, 0.2), (0.17, -0.57, 0.21))
    crowns = [oval(x + px * height, foot + py * height, r * height, r * height) for px, py, r in parts]
    sheet.plump(sheet.polygons(crowns), crown, height * 0.1, shadow, 0.55)
