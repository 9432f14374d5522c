"""A forest for the mascot to walk in, and a cottage to be relit."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from tools.drawing.draw import (
    FLAT,
    NEAR,
    SHADE,
    Paint,
    Shadow,
    Sheet,
    arc,
    blurred,
    curve,
    mix,
    oval,
    placed,
    turned,
)
from tools.drawing.nature import birds, cloud, land, pines_along, ridge, rings, round_tree

WIDTH, HEIGHT = 1200, 900


def forest() -> Image.Image:
    """A clearing between old trees, with light falling in."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.fill(sheet.round_slope(640, 330, [(0, "#fff6cf"), (240, "#d8efc0"), (520, "#8fcdb0"), (900, "#4f9f96")]))
    for depth, (top, low, seed, wide) in enumerate(
        (("#a5d6b4", "#c4e6bf", 5, 26), ("#69b59b", "#93cdaa", 11, 38), ("#2c7c74", "#4c9f86", 23, 58))
    ):
        _trunks(sheet, seed, 9 - 2 * depth, wide, top, low, 690)
        _canopy(sheet, seed, 70 + 8 * depth, mix(top, low, 0.15), 130 - 46 * depth)
    for first, last in ((470, 250), (600, 520), (740, 800)):
        shaft = sheet.polygon([(first, -20), (first + 90, -20), (last + 200, 800), (last, 800)])
        sheet.lay(blurred(shaft, 22) * sheet.slope([(70, "#000000"), (260, "#ffffff")])[..., 0], "#fff7cf", 0.3)
    _ground(sheet)
    _undergrowth(sheet)
    lot = np.random.default_rng(2)
    for _ in range(26):
        x, y, size = lot.uniform(240, 960), lot.uniform(180, 640), lot.uniform(2, 4.5)
        sheet.lay(sheet.ellipse(x, y, size), "#fffbe0", 0.75)
    return sheet.image()


def _trunks(sheet: Sheet, seed: int, count: int, wide: float, top: str, low: str, foot: float) -> None:
    lot, shapes = np.random.default_rng(seed), []
    for index in range(count):
        x = (index + 0.5) / count * WIDTH + lot.uniform(-34, 34)
        if abs(x - 620) < 150 + wide:
            x += math.copysign(150 + wide, x - 620)
        half, lean = wide * lot.uniform(0.36, 0.6), lot.uniform(-16, 16)
        left = [
            (x - half * 2.2, foot + 20),
            (x - half * 1.15, foot - 50),
            (x - half + lean * 0.5, 330),
            (x - half * 0.8 + lean, -20),
        ]
        right = [
            (x + half * 0.8 + lean, -20),
            (x + half + lean * 0.5, 330),
            (x + half * 1.15, foot - 50),
            (x + half * 2.2, foot + 20),
        ]
        shapes.append([*curve(left, closed=False), *curve(right, closed=False)])
        y = lot.uniform(160, 320)
        side = math.copysign(1, lot.uniform(-1, 1))
        shapes.append([(x, y), (x + side * 110, y - 84), (x + side * 114, y - 78), (x, y + half * 0.9)])
    sheet.paper(sheet.polygons(shapes), sheet.slope([(60, top), (foot, low)]), Shadow(4, 4, 14, 0.2), 0.0)


def _canopy(sheet: Sheet, seed: int, size: float, paint: Paint, low: float) -> None:
    lot = np.random.default_rng(seed + 1)
    puffs = [
        (x + lot.uniform(-14, 14), low - 60 + abs(x - 620) * 0.2 + lot.uniform(-20, 20), size * lot.uniform(0.65, 1.15))
        for x in np.arange(-30, WIDTH + 60, size * 0.85)
    ]  # fmt: skip
    above = [(-60, -20), *[(float(x), float(y)) for x, y, _ in puffs], (WIDTH + 60, -20)]
    leaves = [oval(float(x), float(y), float(r), float(r), 60) for x, y, r in puffs]
    sheet.plump(sheet.polygons([above, *leaves]), paint, 26, Shadow(0, 12, 18, 0.28), 0.3)


def _ground(sheet: Sheet) -> None:
    edge = ridge(WIDTH, 626, 26, 4, (0.9, 2.1))
    sheet.paper(
        sheet.polygon(land(edge, 960)),
        sheet.slope([(610, "#9bd08f"), (HEIGHT, "#2f7f66")]),
        Shadow(0, -3, 14, 0.25),
        0.4,
    )
    path = [
        *curve([(604, 640), (560, 690), (520, 760), (380, 920)], closed=False),
        *curve([(900, 920), (760, 770), (700, 690), (660, 640)], closed=False),
    ]
    sheet.paper(sheet.polygon(path), sheet.slope([(640, "#fff0c4"), (HEIGHT, "#dfb77f")]), Shadow(0, 0, 5, 0.3), 0.2)
    stones = [(560, 800, 20), (690, 742, 13), (640, 846, 26), (600, 712, 9)]
    sheet.lay(sheet.polygons([oval(x, y, r, r * 0.45) for x, y, r in stones]), "#c79b68", 0.6)


def _undergrowth(sheet: Sheet) -> None:
    for x, y, size in ((250, 716, 62), (326, 738, 40), (946, 720, 54)):
        _mushroom(sheet, x, y, size)
    for x, y, size, seed in ((90, 880, 210, 1), (1110, 890, 230, 2), (280, 920, 150, 3), (960, 930, 160, 4)):
        fronds = []
        for angle in np.linspace(-74, 74, 9):
            frond = curve([(0, 0), (-0.07, -0.45), (0, -1), (0.07, -0.45)])
            fronds.append(
                turned(placed(frond, x, y, size * (0.8 + 0.2 * math.cos(angle + seed))), float(angle), (x, y))
            )
        sheet.paper(
            sheet.polygons(fronds), sheet.slope([(y - size, "#2f8f72"), (y, "#14504f")]), Shadow(0, 4, 10, 0.3), 0.25
        )


def _mushroom(sheet: Sheet, x: float, foot: float, size: float) -> None:
    sheet.lay(blurred(sheet.ellipse(x, foot, size * 0.5, size * 0.1), 4), SHADE, 0.4)
    stem = curve(
        [
            (x - size * 0.16, foot - size * 0.6),
            (x + size * 0.16, foot - size * 0.6),
            (x + size * 0.22, foot),
            (x - size * 0.22, foot),
        ]
    )
    sheet.plump(sheet.polygon(stem), "#fff3e0", size * 0.1, NEAR, 0.5)
    cap = [
        *arc(x, foot - size * 0.5, size * 0.6, size * 0.62, 180, 360),
        *arc(x, foot - size * 0.5, size * 0.6, size * 0.12, 0, 180),
    ]
    sheet.plump(sheet.polygon(cap), "#ee5f4a", size * 0.2, NEAR, 0.5)
    spots = [(-0.26, -0.72, 0.09), (0.1, -0.92, 0.1), (0.3, -0.66, 0.08), (-0.04, -0.64, 0.06)]
    sheet.lay(sheet.discs([(x + px * size, foot + py * size, r * size) for px, py, r in spots]), "#fff6ea", 0.95)


# --- cottage --------------------------------------------------------------------------------------


def cottage() -> Image.Image:
    """A cottage on a hill at noon; nothing is lit inside."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.fill(sheet.slope([(0, "#43aee8"), (400, "#c4e8f4"), (560, "#fdf3d6")]))
    rings(sheet, 210, 190, 54, "#fff6d8", 3, 0.14)
    sheet.lay(sheet.ellipse(210, 190, 54), "#fff6d8")
    for x, y, wide in ((470, 150, 220), (1010, 190, 260)):
        sheet.paper(sheet.polygons(cloud(x, y, wide)), "#ffffff", Shadow(0, 8, 12, 0.14), 0.2)
    birds(sheet, [(330, 250, 16), (372, 232, 11)], "#3f6f9c")
    for base, rise, seed, top, low in ((540, 90, 3, "#9fd0b8", "#cfe8c4"), (600, 70, 8, "#79bd92", "#b5dba4")):
        edge = ridge(WIDTH, base, rise, seed, (0.8, 1.9))
        sheet.paper(
            sheet.polygon(land(edge, 960)), sheet.slope([(base - rise, top), (760, low)]), Shadow(0, -3, 14, 0.18), 0.4
        )
        firs = pines_along(edge, np.arange(10, WIDTH, 74), 60, seed)
        sheet.paper(sheet.polygons(firs), "#5aa588", Shadow(0, 2, 4, 0.15), 0.1)
    hill = curve([(-40, 760), (200, 706), (600, 670), (1000, 706), (1240, 770)], closed=False)
    round_tree(sheet, 930, 716, 420, "#4da273", "#7a5240", Shadow(0, 8, 16, 0.3))
    round_tree(sheet, 236, 726, 210, "#e6a94c", "#7a5240", Shadow(0, 6, 10, 0.3))
    sheet.paper(
        sheet.polygon(land(hill, 960)),
        sheet.slope([(670, "#8fcf86"), (HEIGHT, "#3d9468")]),
        Shadow(0, -3, 14, 0.22),
        0.5,
    )
    _path_and_fence(sheet)
    _cottage_itself(sheet)
    _flowers(sheet)
    return sheet.image()


def _path_and_fence(sheet: Sheet) -> None:
    path = [
        *curve([(548, 700), (520, 770), (440, 920)], closed=False),
        *curve([(760, 920), (650, 770), (612, 700)], closed=False),
    ]
    sheet.paper(sheet.polygon(path), sheet.slope([(690, "#fbe6b8"), (HEIGHT, "#e5c286")]), Shadow(0, 0, 5, 0.25), 0.2)
    for xs in (range(30, 420, 34), range(770, 1190, 34)):
        posts = [[(x, 800), (x, 744), (x + 8, 734), (x + 16, 744), (x + 16, 800)] for x in xs]
        rails = [[(xs[0] - 14, y), (xs[-1] + 30, y), (xs[-1] + 30, y + 9), (xs[0] - 14, y + 9)] for y in (756, 780)]
        sheet.paper(sheet.polygons([*rails, *posts]), "#fffaf0", Shadow(3, 5, 6, 0.28), 0.3)


def _cottage_itself(sheet: Sheet) -> None:
    sheet.lay(blurred(sheet.ellipse(600, 706, 270, 16), 10), SHADE, 0.4)
    sheet.paper(sheet.box(690, 300, 56, 150, 4), sheet.slope([(300, "#c96a54"), (450, "#a34b40")]), NEAR, 0.3)
    sheet.paper(sheet.box(682, 292, 72, 18, 4), "#8a3d38", NEAR, 0.3)
    sheet.plump(
        sheet.box(404, 470, 392, 236, 4),
        sheet.slope([(470, "#fffaf0"), (706, "#f3dfc2")]),
        24,
        Shadow(0, 6, 12, 0.3),
        0.3,
    )
    boards = [[(404, y), (796, y)] for y in range(500, 706, 30)]
    sheet.lay(sheet.lines(boards, 1.6), "#c9a883", 0.5)
    roof = [(360, 484), (468, 328), (732, 328), (840, 484)]
    sheet.paper(sheet.polygon(roof), sheet.slope([(328, "#f0795f"), (484, "#c24e41")]), Shadow(0, 10, 10, 0.4), 0.5)
    rows = []
    for number in range(1, 6):
        y = 328 + number * 26
        half = 132 + (y - 328) * 108 / 156
        rows += [arc(600 - half + 22 + n * 44, y, 22, 11, 180, 0) for n in range(int(half * 2 // 44))]
    sheet.lay(sheet.lines(rows, 2) * sheet.polygon(roof), "#8f332f", 0.5)
    gable = [(500, 470), (580, 372), (660, 470)]
    sheet.paper(sheet.polygon([(486, 478), (580, 356), (674, 478)]), "#a83f38", Shadow(0, 8, 8, 0.35), 0.4)
    sheet.lay(sheet.polygon(gable), "#fffaf0")
    for x, y, size in ((440, 536, 78), (688, 536, 78), (556, 412, 46)):
        _window_at(sheet, x, y, size)
    for side, paint in ((40, "#fffaf0"), (32, "#17706f")):
        leaf = [*arc(580, 604, side, side, 180, 360), (580 + side, 706), (580 - side, 706)]
        sheet.paper(sheet.polygon(leaf), paint, NEAR, 0.3)
    sheet.plump(sheet.polygon(leaf), sheet.slope([(570, "#2ea39a"), (706, "#17706f")]), 12, FLAT, 0.5)
    sheet.lay(sheet.ellipse(600, 640, 5), "#ffd98c")


def _window_at(sheet: Sheet, x: float, y: float, size: float) -> None:
    sheet.paper(sheet.box(x - 7, y - 7, size + 14, size + 14, 5), "#fffdf8", NEAR, 0.3)
    pane = sheet.box(x, y, size, size, 3)
    sheet.lay(pane, sheet.slope([(y, "#3f7f9c"), (y + size, "#7fc0d2")]))
    gleam = [
        (x + size * 0.1, y + size * 0.8),
        (x + size * 0.55, y),
        (x + size * 0.8, y),
        (x + size * 0.35, y + size * 0.8),
    ]
    sheet.lay(sheet.polygon(gleam) * pane, "#d6f0f5", 0.4)
    bars = [[(x + size / 2, y), (x + size / 2, y + size)], [(x, y + size / 2), (x + size, y + size / 2)]]
    sheet.lay(sheet.lines(bars, 5), "#fffdf8")
    if size > 60:
        sheet.paper(sheet.box(x - 10, y + size + 5, size + 20, 18, 4), "#b5654a", NEAR, 0.4)
        blooms = [(x + 4 + n * 17, y + size - 1 - 5 * (n % 2), 10.0) for n in range(5)]
        sheet.lay(sheet.discs([(bx, by + 6, 10) for bx, by, _ in blooms]), "#3f9f74")
        sheet.plump(sheet.discs(blooms), "#ff7f6e", 4, Shadow(0, 2, 2, 0.2), 0.5)


def _flowers(sheet: Sheet) -> None:
    lot = np.random.default_rng(6)
    for paint in ("#ffd166", "#ff8a75", "#fffaf0", "#b794d6"):
        spots = []
        for _ in range(26):
            x = lot.uniform(0, WIDTH)
            y = lot.uniform(820, 892)
            if abs(x - 600) > 190:
                spots.append((x, y, lot.uniform(4, 7.5)))
        sheet.paper(sheet.discs(spots), paint, Shadow(1, 3, 3, 0.3), 0.2)
