"""Two clips: a boat to sail on, and a figure whose hops are taken. Frames in order, 24 a second."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from PIL import Image

from tools.drawing.draw import (
    SHADE,
    Pixels,
    Point,
    Shadow,
    Sheet,
    arc,
    blurred,
    oval,
    turned,
)
from tools.drawing.nature import birds, cloud, land, ridge, rings, waves
from tools.drawing.sea import paper_boat

SIZE: Final = (854, 480)
"""Just above the smallest frame that other providers take."""
RATE: Final = 24


def over(still: Pixels) -> Sheet:
    """A sheet that begins with what never moves."""
    sheet = Sheet(*SIZE)
    sheet.pixels = still.copy()
    return sheet


# --- the boat -------------------------------------------------------------------------------------

SEAS: Final = (
    (268, 8, 250, 22, "#9a6fae", "#6d58a6"),
    (306, 13, 310, 46, "#7a5fb6", "#4f4a9c"),
    (340, 18, 370, 78, "#565ab4", "#34388a"),
    (410, 18, 430, 120, "#3c429a", "#1f2360"),
)
"""Base, rise and length of each row of waves, its speed in pixels a second, its colours."""


def boat() -> Iterator[Image.Image]:
    """Five seconds: a paper boat sails to the right over an evening sea."""
    still = _evening().pixels
    for index in range(5 * RATE):
        now, sheet = index / RATE, over(still)
        for x, y, wide in ((150, 92, 150), (470, 62, 110), (760, 120, 170)):
            sheet.paper(sheet.polygons(cloud(x - 9 * now, y, wide)), "#ffd9c4", Shadow(0, 5, 8, 0.12), 0.3)
        flap = math.sin(now * 7) * 2
        birds(sheet, [(250 + 26 * now, 150 + flap, 11), (282 + 26 * now, 136 - flap, 8)], "#4a3a78")
        for row, (base, rise, length, speed, top, low) in enumerate(SEAS):
            if row == 2:
                _sail(sheet, now)
            water = sheet.polygon(waves(SIZE[0], base, rise, length, speed * now + 90 * row, SIZE[1] + 10))
            sheet.paper(water, sheet.slope([(base - rise, top), (SIZE[1], low)]), Shadow(0, -4, 10, 0.28), 0.35)
        yield sheet.image()


def _evening() -> Sheet:
    sheet = Sheet(*SIZE)
    sky = sheet.slope([(0, "#5a4a98"), (150, "#c97fa6"), (240, "#ffb98c"), (290, "#ffdfae")])
    sheet.fill(sky)
    rings(sheet, 610, 226, 46, "#fff0cf", 4, 0.14)
    sheet.lay(sheet.ellipse(610, 226, 46), "#fff5da")
    far = ridge(SIZE[0], 262, 30, 12, (1.3, 2.9, 5.1))
    sheet.paper(
        sheet.polygon(land(far, 300)), sheet.slope([(230, "#b07aa8"), (280, "#e0a0a0")]), Shadow(0, -2, 8, 0.15), 0.3
    )
    return sheet


def _sail(sheet: Sheet, now: float) -> None:
    """The boat stands on the second row of waves and leans with it."""
    base, rise, length, speed = SEAS[1][:4]
    x = 250 + 36 * now
    edge = waves(SIZE[0], base, rise, length, speed * now + 90, SIZE[1])[:-2]
    level = [float(np.interp(x + step, [p[0] for p in edge], [p[1] for p in edge])) for step in (-40, 0, 40)]
    tilt = math.degrees(math.atan2(level[2] - level[0], 80)) * 1.3 + 2 * math.sin(now * 2.1)
    paper_boat(sheet, x, level[1] + 14, 176, tilt)


# --- the hops -------------------------------------------------------------------------------------


def hops() -> Iterator[Image.Image]:
    """Four seconds: a wooden figure crouches, makes two small hops, one high somersault, and a bow."""
    still = _stage().pixels
    for index in range(4 * RATE):
        sheet = over(still)
        x, height, squash, turn = _pose(index / RATE)
        spread = 1 / (1 + height / 120)
        sheet.lay(blurred(sheet.ellipse(x, 396, 82 * (0.5 + spread / 2), 13), 7), SHADE, 0.18 + 0.35 * spread)
        _figure(sheet, x, 394 - height, squash, turn)
        yield sheet.image()


def _stage() -> Sheet:
    sheet = Sheet(*SIZE)
    sheet.fill(sheet.round_slope(427, 200, [(0, "#efe9ff"), (560, "#b9aee8")]))
    sheet.paper(
        sheet.polygon(land([(-10, 360), (427, 350), (864, 360)], 500)),
        sheet.slope([(350, "#d8cef7"), (480, "#a597de")]),
        Shadow(0, -3, 14, 0.14),
        0.5,
    )
    for x in (200, 330, 460, 650):
        sheet.lay(sheet.ellipse(x, 400, 46, 8), "#8f7fd0", 0.35)
    for height in (120, 190, 260):
        dashes = [[(x, height), (x + 10, height)] for x in range(20, 840, 26)]
        sheet.lay(sheet.lines(dashes, 1.6), "#8f7fd0", 0.35)
    return sheet


HOPS: Final = ((0.45, 0.85, 200, 330, 84, 0), (1.0, 1.4, 330, 460, 84, 0), (1.85, 2.75, 460, 650, 226, 360))
"""Start and end in seconds, from and to in pixels, height in pixels, degrees turned."""


def _pose(now: float) -> tuple[float, float, float, float]:
    """Where the figure is, how high, how much it is stretched (over 1) or squashed, how far it is turned."""
    x = 200.0
    for start, end, first, last, height, spin in HOPS:
        if now >= end:
            x = last
        if start <= now < end:
            share = (now - start) / (end - start)
            speed = abs(1 - 2 * share)
            return (
                first + (last - first) * share,
                height * 4 * share * (1 - share),
                1 + 0.2 * speed,
                spin * eased(share),
            )
    return x, 0.0, _crouch(now), 22 * eased((now - 3.1) / 0.3) * (1 - eased((now - 3.6) / 0.3))


def _crouch(now: float) -> float:
    """On the ground: down before a jump, down and swinging back after it."""
    squash = 1.0
    for start, end, *_ in HOPS:
        squash -= 0.26 * math.exp(-(((now - start + 0.08) / 0.09) ** 2)) * (now < start)
        if now >= end:
            squash -= 0.3 * math.exp(-(now - end) * 8) * math.cos((now - end) * 15)
    return squash


def eased(share: float) -> float:
    """0 to 1, with a soft beginning and end."""
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


def _figure(sheet: Sheet, x: float, foot: float, squash: float, turn: float) -> None:
    wide, tall = 1.28 / math.sqrt(squash), 1.28 * squash
    about = (x, foot - 62 * tall)

    def shape(points: Sequence[Point]) -> list[Point]:
        return turned([(x + px * wide, foot + py * tall) for px, py in points], turn, about)

    body = [*arc(0, -34, 44, 34, 0, 180), *arc(0, -74, 36, 40, 180, 360)]
    head = oval(0, -132, 31, 31)
    neck = shape([(-14, -108), (14, -108), (14, -100), (-14, -100)])
    sheet.plump(sheet.polygon(shape(body)), "#f08a4b", 17, Shadow(0, 2, 4, 0.1), 0.55)
    band = [(-60, -52), (60, -52), (60, -36), (-60, -36)]
    sheet.lay(sheet.polygon(shape(body)) * sheet.polygon(shape(band)), "#fff1dc", 0.9)
    sheet.lay(sheet.polygon(neck), "#b9603a")
    sheet.plump(sheet.polygon(shape(head)), "#ffd9a8", 13, Shadow(0, 1, 2, 0.1), 0.55)
