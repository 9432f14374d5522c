"""A clip whose subject is to be replaced: a toy car on a bumpy road."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from PIL import Image

from tools.drawing.clips import RATE, SIZE, eased, over
from tools.drawing.draw import (
    FLAT,
    NEAR,
    SHADE,
    Point,
    Shadow,
    Sheet,
    blurred,
    curve,
    oval,
    placed,
    turned,
)
from tools.drawing.nature import cloud, land, pine, ridge, rings, round_tree

SPEED: Final = 190.0
"""Pixels of road a second."""
CAR_X: Final = 380.0
RAMP: Final = 860.0
"""Where on the road the ramp ends and the leap begins."""
LEAP: Final = (230.0, 74.0)
"""Its length and its height."""


def car() -> Iterator[Image.Image]:
    """Five seconds: a red toy car rolls along a bumpy road, leaps off a ramp, lands, and rolls on."""
    still = _noon().pixels
    for index in range(5 * RATE):
        travelled, sheet = SPEED * index / RATE, over(still)
        _passing(sheet, travelled)
        edge = [(x, _road(x + travelled)) for x in np.arange(-20, SIZE[0] + 40, 6.0)]
        ground = [(float(x), float(y)) for x, y in edge]
        sheet.paper(
            sheet.polygon(land(ground, 500)),
            sheet.slope([(330, "#f0c896"), (480, "#c98a64")]),
            Shadow(0, -4, 12, 0.25),
            0.6,
        )
        kerb = [(x, y + 10) for x, y in ground]
        sheet.lay(sheet.lines([kerb], 3), "#a9694c", 0.5)
        _drive(sheet, travelled)
        yield sheet.image()


def _noon() -> Sheet:
    sheet = Sheet(*SIZE)
    sheet.fill(sheet.slope([(0, "#58b7e8"), (230, "#d5eef2"), (330, "#fdf1d4")]))
    rings(sheet, 690, 96, 36, "#fff6d8", 3, 0.15)
    sheet.lay(sheet.ellipse(690, 96, 36), "#fff6d8")
    return sheet


def _passing(sheet: Sheet, travelled: float) -> None:
    """Clouds, hills and trees go by, the near ones faster."""
    for x, y, wide in ((140, 90, 150), (520, 130, 120), (930, 80, 160)):
        sheet.paper(sheet.polygons(cloud(x - travelled * 0.06, y, wide)), "#ffffff", Shadow(0, 5, 8, 0.12), 0.2)
    for base, rise, seed, share, top, low in (
        (262, 70, 4, 0.14, "#9fd0b8", "#cfe8c4"),
        (306, 50, 9, 0.32, "#6fb88f", "#a9d6a0"),
    ):
        whole = [(x - travelled * share, y) for x, y in ridge(1900, base, rise, seed, (1.6, 3.7, 6.3))]
        sheet.paper(
            sheet.polygon(land(whole, 500)),
            sheet.slope([(base - rise, top), (360, low)]),
            Shadow(0, -3, 10, 0.16),
            0.35,
        )
    firs = [
        pine(x - travelled * 0.5, 352, h)
        for x, h in ((60, 120), (130, 88), (520, 132), (980, 110), (1050, 84), (1240, 126))
    ]
    sheet.paper(sheet.polygons(firs), sheet.slope([(220, "#3f9273"), (350, "#2a7566")]), Shadow(0, 2, 6, 0.2), 0.2)
    for x, high in ((310, 104), (760, 120), (1160, 108)):
        round_tree(sheet, x - travelled * 0.5, 356, high, "#e6a94c", "#7a5240")


def _road(place: float) -> float:
    """How far down the road is at a place along it; the ramp rises and ends in a drop."""
    bumps = 7 * math.sin(place / 53) + 4 * math.sin(place / 21 + 1)
    up = eased((place - RAMP + 190) / 190) * 46 if place < RAMP else 46 * (1 - eased((place - RAMP) / 16))
    calm = 1 - 0.8 * math.exp(-(((place - RAMP + 60) / 130) ** 2))
    return 392 - bumps * calm - up


def _drive(sheet: Sheet, travelled: float) -> None:
    place = travelled + CAR_X
    back, front = _road(place - 46), _road(place + 46)
    ground, tilt = (back + front) / 2, math.degrees(math.atan2(front - back, 92))
    share = (place - RAMP + 30) / LEAP[0]
    if 0 < share < 1:
        takeoff = 392.0 - 40
        ground = takeoff + (392 - takeoff) * share - LEAP[1] * 4 * share * (1 - share) * 0.8
        tilt = -18 + 34 * share
    landed = (place - RAMP + 30 - LEAP[0]) / SPEED
    sink = 9 * math.exp(-landed * 7) * math.cos(landed * 16) if landed > 0 else 0.0
    shadow = _road(place)
    sheet.lay(blurred(sheet.ellipse(CAR_X, shadow + 3, 92, 7), 5), SHADE, 0.45 if share <= 0 or share >= 1 else 0.22)
    _puffs(sheet, landed)
    _toy_car(sheet, CAR_X, ground, tilt, travelled, sink)


def _puffs(sheet: Sheet, landed: float) -> None:
    if not 0 < landed < 0.7:
        return
    fade = 1 - landed / 0.7
    x = CAR_X - SPEED * landed
    puffs = [
        (x + dx * (1 + landed * 2), 388 - 20 * landed + dy, r * (0.6 + landed))
        for dx, dy, r in ((-50, -4, 20), (-18, -12, 24), (20, -8, 22), (54, -2, 18))
    ]
    sheet.lay(blurred(sheet.discs(puffs), 4), "#fff3e0", 0.75 * fade)


def _toy_car(sheet: Sheet, x: float, ground: float, tilt: float, travelled: float, sink: float) -> None:
    """A rounded car of 190 pixels; the wheels stand on the ground at `x`, `ground`."""

    def shape(points: Sequence[Point], down: float = 0.0) -> list[Point]:
        return turned(placed(points, x, ground + down), tilt, (x, ground))

    body = curve([(-98, -34), (-92, -66), (-60, -72), (56, -70), (92, -58), (102, -34), (92, -22), (-90, -22)], steps=8)
    roof = curve([(-62, -66), (-50, -104), (-20, -116), (22, -114), (50, -98), (66, -64)], steps=8)
    sheet.plump(sheet.polygon(shape(roof, sink)), "#ff8a6a", 12, NEAR, 0.5)
    panes = [
        [(-48, -70), (-40, -97), (-16, -106), (-6, -106), (-6, -70)],
        [(4, -70), (4, -106), (22, -105), (42, -94), (52, -70)],
    ]
    sheet.lay(sheet.polygons([shape(pane, sink) for pane in panes]), "#bfe6f0")
    gleam = [[(-38, -74), (-22, -102), (-14, -104), (-26, -74)], [(14, -74), (26, -101), (33, -98), (24, -74)]]
    sheet.lay(sheet.polygons([shape(each, sink) for each in gleam]), "#ffffff", 0.55)
    sheet.plump(
        sheet.polygon(shape(body, sink)),
        sheet.slope([(ground - 80, "#f2604d"), (ground, "#c93a3f")]),
        14,
        Shadow(0, 2, 4, 0.2),
        0.5,
    )
    stripe = shape([(-97, -47), (100, -45), (101, -38), (-98, -40)], sink)
    sheet.lay(sheet.polygon(stripe), "#fff1dc", 0.95)
    sheet.plump(sheet.polygon(shape(oval(92, -54, 7, 8), sink)), "#fff0b8", 3, FLAT, 0.4)
    for axle in (-56, 58):
        middle = shape([(axle, -20)])[0]
        sheet.plump(sheet.ellipse(*middle, 25), "#2f2348", 8, NEAR, 0.5)
        sheet.lay(sheet.ellipse(*middle, 14), "#ffd98c")
        spin = travelled / 25
        spokes = [
            [middle, (middle[0] + 13 * math.cos(spin + n * 2.094), middle[1] + 13 * math.sin(spin + n * 2.094))]
            for n in range(3)
        ]
        sheet.lay(sheet.lines(spokes, 4), "#a8613f")
        sheet.lay(sheet.ellipse(*middle, 4), "#a8613f")
