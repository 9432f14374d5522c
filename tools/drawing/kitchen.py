"""A kitchen in the morning, with room in the middle for the mascot."""

from __future__ import annotations

from PIL import Image

from tools.drawing.draw import (
    FLAT,
    NEAR,
    SHADE,
    Paint,
    Point,
    Shadow,
    Sheet,
    arc,
    blurred,
    curve,
    mix,
    oval,
    turned,
)
from tools.drawing.nature import land, ridge

WIDTH, HEIGHT = 1200, 900


def kitchen() -> Image.Image:
    """A kitchen in the morning, with room in the middle for somebody."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.fill(sheet.slope([(0, "#ffe9c9"), (460, "#ffd9b3")]))
    _tiles(sheet)
    _window(sheet)
    _shelf(sheet)
    _counter(sheet)
    _on_the_counter(sheet)
    _lamp(sheet)
    beam = [(150, 150), (420, 150), (860, 900), (380, 900)]
    sheet.lay(blurred(sheet.polygon(beam), 30), "#fff3c9", 0.17)
    return sheet.image()


def _tiles(sheet: Sheet) -> None:
    tiles: list[list[Point]] = []
    others: list[list[Point]] = []
    for row in range(4):
        for column in range(-1, 19):
            x, y = column * 66 + (33 if row % 2 else 0), 398 + row * 50
            group = others if (row * 7 + column * 3) % 11 in (2, 6) else tiles
            group.append([(x + 2, y + 2), (x + 63, y + 2), (x + 63, y + 47), (x + 2, y + 47)])
    sheet.lay(sheet.box(0, 396, WIDTH, 206), "#f1e2cf")
    sheet.lay(sheet.polygons(tiles), sheet.slope([(396, "#fffaf0"), (600, "#f7ead8")]))
    sheet.lay(sheet.polygons(others), "#bfe3d8")
    sheet.paper(sheet.box(0, 386, WIDTH, 14), "#d88f66", Shadow(0, 5, 8, 0.25), 0.4)


def _window(sheet: Sheet) -> None:
    sheet.paper(sheet.box(118, 96, 316, 330, 12), "#fffaf2", Shadow(0, 8, 16, 0.3), 0.5)
    pane = sheet.box(140, 118, 272, 276, 4)
    sheet.lay(pane, sheet.slope([(118, "#8fd0ee"), (390, "#fdf0cf")]))
    sheet.lay(sheet.ellipse(330, 214, 34) * pane, "#fff3c4")
    for base, rise, seed, paint in ((320, 50, 3, "#9fd0b8"), (352, 34, 9, "#6db494"), (382, 20, 5, "#3f9273")):
        edge = [(140 + x * 0.25, y) for x, y in ridge(1150, base, rise, seed, (1.0, 2.2))]
        sheet.paper(sheet.polygon(land(edge, 400)) * pane, paint, FLAT, 0.3)
    sheet.lay(
        sheet.polygons(
            [[(271, 112), (281, 112), (281, 400), (271, 400)], [(136, 246), (416, 246), (416, 256), (136, 256)]]
        ),
        "#fffaf2",
    )
    sheet.paper(sheet.box(98, 412, 356, 22, 6), "#d88f66", Shadow(0, 8, 10, 0.3), 0.4)
    for x, flip in ((112, 1), (440, -1)):
        cloth = curve(
            [
                (x, 84),
                (x + 92 * flip, 84),
                (x + 84 * flip, 190),
                (x + 24 * flip, 306),
                (x - 14 * flip, 330),
                (x - 12 * flip, 180),
            ]
        )
        sheet.plump(sheet.polygon(cloth), "#f2846b", 14, Shadow(0, 6, 10, 0.28), 0.4)
    sheet.lay(sheet.lines([[(86, 84), (466, 84)]], 9), "#8a4a3c")


def _shelf(sheet: Sheet) -> None:
    for y in (190, 334):
        sheet.paper(sheet.box(742, y, 380, 18, 4), "#d88f66", Shadow(0, 10, 12, 0.3), 0.4)
    for x, size, paint in ((782, 54, "#2cb5a6"), (850, 54, "#ffd98c"), (918, 54, "#ee6a3c")):
        _jar(sheet, x, 190, size, paint)
    leaves = [turned(oval(1046, 106, 11, 44), angle, (1046, 150)) for angle in (-64, -36, -10, 16, 42, 68)]
    sheet.plump(sheet.polygons(leaves), "#3f9f74", 6, NEAR, 0.5)
    sheet.plump(sheet.polygon([(1012, 142), (1080, 142), (1070, 190), (1022, 190)]), "#fff6ea", 9, NEAR, 0.5)
    for x in (790, 868):
        _cup(sheet, x, 334, "#fffaf2" if x < 800 else "#bfe3d8")
    plates = [[(940, 334 - n * 11), (1070, 334 - n * 11), (1058, 325 - n * 11), (952, 325 - n * 11)] for n in range(5)]
    for number, plate in enumerate(plates):
        sheet.paper(sheet.polygon(plate), "#fffaf2" if number % 2 else "#f7b08c", Shadow(0, 2, 3, 0.25), 0.3)


def _jar(sheet: Sheet, x: float, foot: float, size: float, paint: Paint) -> None:
    sheet.plump(sheet.box(x - size / 2, foot - size * 1.35, size, size * 1.35, 10), "#fff8ee", 10, NEAR, 0.4)
    sheet.plump(sheet.box(x - size / 2 + 4, foot - size * 0.85, size - 8, size * 0.85 - 4, 8), paint, 9, FLAT, 0.5)
    sheet.paper(sheet.box(x - size * 0.42, foot - size * 1.55, size * 0.84, size * 0.26, 5), "#b06a4c", NEAR, 0.4)


def _cup(sheet: Sheet, x: float, foot: float, paint: Paint) -> None:
    sheet.lay(sheet.lines([arc(x + 30, foot - 30, 16, 16, -90, 90)], 7), mix(paint, SHADE, 0.18))
    sheet.plump(
        sheet.polygon([(x - 32, foot - 58), (x + 32, foot - 58), (x + 24, foot), (x - 24, foot)]), paint, 10, NEAR, 0.5
    )


def _counter(sheet: Sheet) -> None:
    sheet.lay(sheet.box(0, 640, WIDTH, 270), sheet.slope([(640, "#2a8f88"), (900, "#1a6468")]))
    for x in (30, 330, 630, 930):
        sheet.paper(
            sheet.box(x, 682, 270, 240, 14),
            sheet.slope([(680, "#37a89c"), (900, "#217a78")]),
            Shadow(0, 4, 8, 0.35),
            0.3,
        )
        sheet.paper(sheet.box(x + 100, 704, 70, 12, 6), "#ffd98c", NEAR, 0.5)
    sheet.paper(
        sheet.box(-10, 594, WIDTH + 20, 54, 6),
        sheet.slope([(594, "#f0b483"), (648, "#c77a52")]),
        Shadow(0, 12, 16, 0.4),
        0.6,
    )
    grain = [[(x, 608 + (x * 7) % 29), (x + 130, 609 + (x * 7) % 29)] for x in range(20, WIDTH, 170)]
    sheet.lay(sheet.lines(grain, 2), "#a85f3f", 0.35)


def _on_the_counter(sheet: Sheet) -> None:
    for x, across in ((270, 112), (800, 0), (1010, 120)):
        if across:
            sheet.lay(blurred(sheet.ellipse(x, 616, across, 9), 6), SHADE, 0.4)
    pot = curve([(170, 500), (370, 500), (366, 590), (340, 618), (200, 618), (174, 590)], steps=6)
    for side in (-1, 1):
        sheet.lay(
            sheet.lines(
                [arc(270 + side * 104, 532, 22, 18, 90, 270) if side < 0 else arc(374, 532, 22, 18, -90, 90)], 11
            ),
            "#a83f33",
        )
    sheet.plump(sheet.polygon(pot), sheet.slope([(500, "#f2705a"), (620, "#b53f3c")]), 24, Shadow(0, 4, 8, 0.3), 0.5)
    sheet.plump(sheet.polygon(arc(270, 504, 108, 46, 180, 360)), "#f58a72", 12, Shadow(0, 3, 4, 0.3), 0.5)
    sheet.plump(sheet.ellipse(270, 452, 15), "#5a2f45", 6, NEAR, 0.5)
    for x, lean in ((222, 10), (270, -12), (318, 12)):
        steam = curve([(x, 430), (x + lean, 392), (x - lean, 352), (x + lean * 0.6, 306)], closed=False)
        sheet.lay(blurred(sheet.lines([steam], 13), 6), "#ffffff", 0.55)
    for x, y, paint in ((960, 548, "#ff9a3d"), (1020, 540, "#ffb24a"), (1066, 552, "#ff8f3a"), (1002, 560, "#ffa445")):
        sheet.plump(sheet.ellipse(x, y, 36), paint, 12, NEAR, 0.5)
    bowl = [*arc(1012, 556, 116, 12, 180, 0), *arc(1012, 556, 116, 66, 0, 180)]
    sheet.plump(sheet.polygon(bowl), sheet.slope([(550, "#fffaf0"), (622, "#d9e8e0")]), 20, Shadow(0, 4, 8, 0.3), 0.4)
    sheet.lay(sheet.lines([arc(1012, 574, 110, 14, 8, 172)], 6) * sheet.polygon(bowl), "#2cb5a6", 0.9)


def _lamp(sheet: Sheet) -> None:
    sheet.lay(sheet.lines([[(600, -10), (600, 96)]], 5), "#5a2f45")
    sheet.glow(600, 190, 250, "#ffd890", 0.5)
    sheet.lay(sheet.ellipse(600, 176, 34), "#fff7da")
    shade = [(560, 92), (640, 92), *curve([(668, 128), (700, 176)], closed=False), (500, 176), (532, 128)]
    sheet.plump(sheet.polygon(shade), sheet.slope([(92, "#37b0a4"), (176, "#1b827e")]), 14, Shadow(0, 8, 12, 0.25), 0.5)
