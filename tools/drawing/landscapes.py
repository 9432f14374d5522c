"""The landscapes: a lake at dawn, and one valley by day and by night."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from PIL import Image

from tools.drawing.draw import NEAR, Shadow, Sheet, blurred, curve, mix, moved, oval
from tools.drawing.nature import (
    birds,
    cloud,
    far_sides,
    land,
    peaks,
    pine,
    pines_along,
    ridge,
    rings,
    round_tree,
    stars,
)

WIDTH, HEIGHT = 1280, 720


def lake() -> Image.Image:
    """A mountain lake just before sunrise, with a jetty and a boat."""
    sheet = Sheet(WIDTH, HEIGHT)
    shore = 432
    sheet.fill(
        sheet.slope([(0, "#47518f"), (150, "#8f86bd"), (290, "#f0a8a4"), (390, "#ffd3a0"), (shore, "#ffe6bd")]),
    )
    rings(sheet, 890, 338, 74, "#fff3d4", 4, 0.16)
    sheet.lay(sheet.ellipse(890, 338, 74), sheet.slope([(264, "#fffaf0"), (412, "#ffdf9e")]))
    bank = Shadow(0, -3, 16, 0.16)
    for base, rise, seed, count, top, foot in (
        (412, 215, 41, 5, "#b79bc4", "#f6c9b6"),
        (420, 150, 5, 6, "#8f7fb8", "#e0adb4"),
        (428, 100, 36, 4, "#665f9f", "#b98bab"),
    ):
        edge = peaks(WIDTH, base, rise, seed, count)
        body = sheet.polygon(land(edge, shore))
        sheet.paper(body, sheet.slope([(base - rise, top), (shore, foot)]), bank, 0.35)
        sheet.lay(
            sheet.polygons(far_sides(edge, shore)) * body, sheet.slope([(base - rise, "#4a4a8c"), (shore, foot)]), 0.3
        )
    wood = ridge(WIDTH, 424, 16, 8)
    firs = pines_along(wood, np.arange(-10, WIDTH + 20, 17), 46, 3)
    sheet.paper(
        sheet.polygons([land(wood, shore), *firs]), sheet.slope([(370, "#3f4480"), (shore, "#6a5b92")]), bank, 0.15
    )
    _mirror(sheet, shore)
    _mist(sheet, shore)
    birds(sheet, [(560, 150, 17), (604, 128, 12), (640, 166, 10), (520, 118, 9)], "#3a3a72")
    _jetty(sheet)
    _near_shore(sheet)
    return sheet.image()


def _mirror(sheet: Sheet, shore: int) -> None:
    """The water shows what stands above it, darker, pressed together, and broken by ripples."""
    depth, across = sheet.height - shore, np.arange(sheet.width)
    above = sheet.pixels[:shore][::-1]
    for row in range(depth):
        source = above[min(int(row * 1.25), shore - 1)]
        swing = (row / depth) * (7 * np.sin(row * 0.21) + 3 * np.sin(row * 0.47 + 1))
        for channel in range(3):
            sheet.pixels[shore + row, :, channel] = np.interp(across + swing, across, source[:, channel])
    water = np.zeros((sheet.height, sheet.width), np.float32)
    water[shore:] = 1
    sheet.lay(water, sheet.slope([(shore, "#c98f9d"), (560, "#5d5f9c"), (sheet.height, "#2c3468")]), 0.38)
    lot, glints = np.random.default_rng(4), []
    for number in range(30):
        y, half = shore + 8 + number**1.45 * 2.0, (9 + number * 2.1) * lot.uniform(0.5, 1.15)
        x = 890 + lot.uniform(-10, 10) * (0.4 + number / 12)
        glints.append(oval(float(x), float(y), float(half), 1.5 + number * 0.07))
    sheet.lay(blurred(sheet.polygons(glints), 0.8), "#ffeec8", 0.8)


def _mist(sheet: Sheet, shore: int) -> None:
    for x, y, across, down, strength in ((330, 4, 420, 17, 0.5), (900, -3, 520, 13, 0.55), (620, 26, 360, 8, 0.3)):
        sheet.lay(blurred(sheet.ellipse(x, shore + y, across, down), 14), "#ffe9d6", strength)


def _jetty(sheet: Sheet) -> None:
    """Planks on posts, seen a little from above, and a boat tied to them."""
    far, near = [(90, 590), (452, 546)], [(90, 634), (500, 568)]
    posts = [
        [(x, y - 16), (x + 9, y - 16), (x + 9, y + 44), (x, y + 44)] for x, y in ((482, 572), (392, 588), (300, 602))
    ]
    shades = [
        [(x, y + 44), (x + 9, y + 44), (x + 14, y + 96), (x + 3, y + 96)]
        for x, y in ((482, 572), (392, 588), (300, 602))
    ]
    sheet.lay(blurred(sheet.polygons(shades), 2), "#1f1c4a", 0.45)
    deck = sheet.polygon([*far, *near[::-1]])
    sheet.paper(deck, sheet.slope([(546, "#b58a9b"), (634, "#57477d")]), Shadow(0, 18, 9, 0.4), 0)
    front = sheet.polygon([near[0], near[1], (near[1][0], near[1][1] + 9), (near[0][0], near[0][1] + 9)])
    sheet.lay(front, "#372c61")
    seams = [[(90 + 24.1 * n, 590 - 2.93 * n), (90 + 27.3 * n, 634 - 4.4 * n)] for n in range(1, 15)]
    sheet.lay(sheet.lines(seams, 1.5), "#372c61", 0.6)
    sheet.paper(sheet.polygons(posts), sheet.slope([(550, "#4b3c70"), (640, "#241d4d")]), NEAR, 0.25)
    sheet.lay(blurred(sheet.ellipse(640, 606, 84, 9), 4), "#1f1c4a", 0.5)
    hull = curve([(548, 562), (596, 574), (668, 575), (722, 554), (708, 590), (650, 606), (584, 598)])
    sheet.paper(sheet.polygon(hull), sheet.slope([(556, "#f08a68"), (606, "#97405a")]), Shadow(0, 2, 4, 0.2), 0.5)
    sheet.lay(sheet.polygon(curve([(560, 567), (634, 577), (712, 560), (690, 573), (634, 584), (586, 578)])), "#5a2e4f")
    sheet.lay(sheet.lines([[(602, 576), (610, 582)], [(668, 575), (664, 582)]], 4), "#d9a07f")
    sheet.lay(sheet.lines([curve([(494, 558), (522, 572), (550, 564)], closed=False)], 1.6), "#241d4d", 0.85)


def _near_shore(sheet: Sheet) -> None:
    near = Shadow(0, -4, 18, 0.35)
    left = curve([(-20, 590), (60, 598), (150, 630), (240, 652), (360, 690), (420, 740), (-20, 740)], closed=True)
    right = curve(
        [(1300, 560), (1210, 590), (1120, 636), (1010, 668), (900, 700), (860, 740), (1300, 740)], closed=True
    )
    sheet.paper(sheet.polygons([left, right]), sheet.slope([(560, "#3a3a72"), (720, "#171a3f")]), near, 0.3)
    firs = [pine(x, y, h) for x, y, h in ((40, 640, 330), (132, 660, 236), (-20, 650, 420), (210, 676, 150))]
    firs += [pine(x, y, h) for x, y, h in ((1236, 640, 380), (1150, 660, 260), (1306, 640, 300), (1072, 684, 160))]
    sheet.paper(sheet.polygons(firs), sheet.slope([(240, "#2d3168"), (700, "#12153a")]), Shadow(0, 3, 12, 0.3), 0.22)
    reeds = [[(x, 722), (x + lean, 722 - h)] for x, lean, h in _reeds()]
    sheet.lay(sheet.lines(reeds, 2.6), "#12153a")


def _reeds() -> list[tuple[float, float, float]]:
    lot = np.random.default_rng(12)
    places = [*lot.uniform(300, 420, 16), *lot.uniform(860, 1000, 18)]
    return [(float(x), float(lot.uniform(-9, 9)), float(lot.uniform(20, 62))) for x in places]


# --- the valley -----------------------------------------------------------------------------------

DAY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sky": "#3aa5e6", "sky mid": "#b9e4f4", "sky low": "#fdf3d6", "light": "#fff6d8", "cloud": "#ffffff",
        "far": "#6ea9cf", "far foot": "#d7ece6", "snow": "#f7fbff", "foot": "#cfe3b4",
        "hill 1": "#8fbf9f", "hill 2": "#6fae86", "hill 3": "#4f9a73", "hill 4": "#2f7f66",
        "river": "#8fd0e4", "river near": "#5cb3d6", "wall": "#fff4e2", "roof": "#e2725b", "roof 2": "#c8553d",
        "window": "#4d7c8a", "tree": "#3f8f68", "tree 2": "#e0a344", "trunk": "#6b4a3a",
    }
)  # fmt: skip
NIGHT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sky": "#131845", "sky mid": "#35397c", "sky low": "#5a5a9e", "light": "#fdf3cf", "cloud": "#4a5296",
        "far": "#3a4488", "far foot": "#5a5a9c", "snow": "#8f97d6", "foot": "#42508c",
        "hill 1": "#2f3c78", "hill 2": "#26346a", "hill 3": "#1d2a5a", "hill 4": "#151f49",
        "river": "#7f8fd0", "river near": "#4a5aa6", "wall": "#5a629e", "roof": "#35396f", "roof 2": "#2b2f60",
        "window": "#ffd27a", "tree": "#2b3f7c", "tree 2": "#2f3470", "trunk": "#141838",
    }
)  # fmt: skip
HOUSES: Final = (
    (508, 474, 42), (584, 484, 47), (746, 470, 40), (430, 506, 53), (816, 488, 46), (900, 510, 57), (338, 536, 60),
)  # fmt: skip


def valley(*, night: bool) -> Image.Image:
    """A river valley with a village; the same by day and by night, but for the light."""
    sheet, tone = Sheet(WIDTH, HEIGHT), NIGHT if night else DAY
    sheet.fill(
        sheet.slope([(0, tone["sky"]), (230, tone["sky mid"]), (380, tone["sky low"])]),
    )
    if night:
        stars(sheet, 7, 190, 330)
    rings(sheet, 930, 138, 56, tone["light"], 4, 0.05 if night else 0.15)
    sheet.lay(sheet.ellipse(930, 138, 56), tone["light"])
    if night:
        craters = sheet.discs([(912, 124, 11), (944, 150, 15), (938, 112, 6)])
        sheet.lay(craters, "#e6d3a8", 0.55)
    for x, y, wide in ((250, 150, 230), (690, 110, 150), (1120, 230, 190)):
        sheet.paper(sheet.polygons(cloud(x, y, wide)), tone["cloud"], Shadow(0, 7, 10, 0.16), 0.0 if night else 0.3)
    _hills(sheet, tone)
    _river(sheet, tone)
    _village(sheet, tone, lit=night)
    _foreground(sheet, tone)
    return sheet.image()


def _hills(sheet: Sheet, tone: Mapping[str, str]) -> None:
    shade = Shadow(0, -3, 16, 0.2)
    far = peaks(WIDTH, 372, 190, 14, 6)
    body = sheet.polygon(land(far, HEIGHT))
    sheet.paper(body, sheet.slope([(190, tone["far"]), (380, tone["far foot"])]), shade, 0.3)
    zigzag = [(float(x), 252.0 + 13 * (-1) ** n + 9 * (n % 3)) for n, x in enumerate(range(-20, WIDTH + 40, 17))]
    sheet.lay(sheet.polygon([(-20, 0), *zigzag, (WIDTH + 20, 0)]) * body, tone["snow"], 0.9)
    sheet.lay(
        sheet.polygons(far_sides(far, 400)) * body, sheet.slope([(190, tone["far"]), (380, tone["far foot"])]), 0.55
    )
    for number, (base, rise, seed) in enumerate(((378, 70, 3), (424, 62, 19)), 1):
        edge = ridge(WIDTH, base, rise, seed, (0.8, 1.9, 3.7))
        paint = sheet.slope([(base - rise, tone[f"hill {number}"]), (base + 120, tone["foot"])])
        sheet.paper(sheet.polygon(land(edge, HEIGHT)), paint, shade, 0.3)
        firs = pines_along(edge, np.arange(20 * number, WIDTH, 61), 30 + 10 * number, number)
        sheet.paper(sheet.polygons(firs), mix(tone["hill 3"], tone["far"], 0.3), Shadow(0, 1, 3, 0.15), 0.1)


def _river(sheet: Sheet, tone: Mapping[str, str]) -> None:
    meadow = ridge(WIDTH, 452, 20, 2, (0.7, 1.4))
    green = sheet.slope([(440, tone["foot"]), (560, tone["hill 2"]), (HEIGHT, tone["hill 3"])])
    sheet.paper(sheet.polygon(land(meadow, HEIGHT)), green, Shadow(0, -2, 12, 0.15), 0.3)
    left = [(668, 446), (640, 470), (690, 510), (640, 560), (520, 610), (470, 660), (480, 740)]
    right = [(860, 740), (800, 670), (800, 620), (800, 570), (770, 520), (672, 474), (680, 446)]
    shape = [*curve(left, closed=False), *curve(right, closed=False)]
    paint = sheet.slope([(446, tone["river"]), (HEIGHT, tone["river near"])])
    mask = sheet.polygon(shape)
    sheet.lay(mask, paint)
    bank = np.clip(mask - moved(mask, 4, 5), 0, 1)
    sheet.lay(blurred(bank, 1.2) * mask, "#1c1440", 0.35)
    for x, y, half in ((690, 540, 26), (640, 610, 44), (600, 668, 60), (720, 640, 34), (690, 694, 70)):
        sheet.lay(sheet.ellipse(x, y, half, 1.8) * mask, "#ffffff", 0.5)


def _village(sheet: Sheet, tone: Mapping[str, str], *, lit: bool) -> None:
    for x, foot, size in sorted(HOUSES, key=lambda each: each[1]):
        roof = tone["roof"] if size % 4 else tone["roof 2"]
        crown = tone["tree"] if size % 3 else tone["tree 2"]
        round_tree(sheet, x - size * 0.86, foot - 2, size * 1.2, crown, tone["trunk"])
        house(sheet, x, foot, size, tone, roof, lit=lit)


def house(sheet: Sheet, x: float, foot: float, size: float, tone: Mapping[str, str], roof: str, *, lit: bool) -> None:
    """A small house with a pitched roof; its windows shine when lit."""
    half, wall = size * 0.5, size * 0.62
    body = sheet.box(x - half, foot - wall, size, wall)
    sheet.paper(body, sheet.slope([(foot - wall, tone["wall"]), (foot, mix(tone["wall"], tone["foot"], 0.3))]), NEAR, 0)
    hat = [(x - half * 1.22, foot - wall), (x, foot - wall - size * 0.5), (x + half * 1.22, foot - wall)]
    chimney = sheet.box(x + half * 0.35, foot - wall - size * 0.5, size * 0.13, size * 0.34)
    sheet.lay(chimney, mix(roof, "#1c1440", 0.25))
    sheet.paper(sheet.polygon(hat), roof, NEAR, 0.3)
    window = size * 0.19
    panes = [(x - half * 0.62, foot - wall * 0.74), (x + half * 0.24, foot - wall * 0.74)]
    for px, py in panes:
        sheet.lay(sheet.box(px, py, window, window, 2), tone["window"])
    sheet.lay(sheet.box(x - size * 0.08, foot - wall * 0.42, size * 0.17, wall * 0.42, 2), mix(roof, "#1c1440", 0.35))
    if lit:
        for px, py in panes:
            sheet.glow(px + window / 2, py + window / 2, size * 0.62, "#ff9d3d", 0.5)


def _foreground(sheet: Sheet, tone: Mapping[str, str]) -> None:
    shade = Shadow(0, -4, 16, 0.3)
    left = land(curve([(-30, 520), (120, 540), (280, 600), (420, 690), (470, 760)], closed=False), 780)
    right = land(curve([(860, 770), (930, 690), (1060, 620), (1200, 560), (1320, 530)], closed=False), 780)
    paint = sheet.slope([(520, tone["hill 3"]), (HEIGHT, tone["hill 4"])])
    sheet.paper(sheet.polygon(left), paint, shade, 0.35)
    sheet.paper(sheet.polygon(right), paint, shade, 0.35)
    firs = [pine(x, y, h) for x, y, h in ((60, 640, 250), (140, 660, 190), (1216, 640, 270), (1130, 670, 180))]
    sheet.paper(
        sheet.polygons(firs), sheet.slope([(390, tone["tree"]), (680, tone["hill 4"])]), Shadow(0, 3, 10, 0.3), 0.22
    )
    round_tree(sheet, 262, 660, 130, tone["tree 2"], tone["trunk"], Shadow(0, 4, 8, 0.3))
    round_tree(sheet, 1030, 686, 110, tone["tree 2"], tone["trunk"], Shadow(0, 4, 8, 0.3))
