"""A paper boat, waves, a lighthouse, and the storyboard that tells the boat's journey."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tools.drawing.draw import NEAR, SHADE, Shadow, Sheet, arc, blurred, curve, oval, placed, turned
from tools.drawing.nature import birds, land, ridge, rings, stars, waves

PAGE: Final = (1280, 720)
PANEL: Final = (388, 300)
CORNER: Final = 16


def paper_boat(sheet: Sheet, x: float, y: float, size: float, tilt: float = 0.0) -> None:
    """A folded boat; its hull's waterline is at `y`, `size` is its length."""
    facets = (
        ([(0.0, -0.50), (-0.25, -0.02), (0.0, 0.04)], "#fffdf8"),
        ([(0.0, -0.50), (0.25, -0.02), (0.0, 0.04)], "#e3d3d6"),
        ([(-0.5, -0.15), (0.0, 0.02), (0.0, 0.22), (-0.3, 0.22)], "#fff6ec"),
        ([(0.5, -0.15), (0.0, 0.02), (0.0, 0.22), (0.3, 0.22)], "#ecdad9"),
        ([(-0.5, -0.15), (0.0, 0.02), (-0.3, 0.22)], "#fffcf6"),
        ([(0.5, -0.15), (0.0, 0.02), (0.3, 0.22)], "#d8c3ca"),
    )
    shapes = [turned(placed(points, x, y - size * 0.12, size), tilt, (x, y)) for points, _ in facets]
    sheet.lay(
        blurred(sheet.polygons([[(px + size * 0.02, py + size * 0.05) for px, py in s] for s in shapes]), size * 0.04),
        SHADE,
        0.3,
    )
    for shape, (_, paint) in zip(shapes, facets, strict=True):
        sheet.lay(sheet.polygon(shape), paint)
    edge = turned(placed([(-0.5, -0.15), (0.0, 0.02), (0.5, -0.15)], x, y - size * 0.12, size), tilt, (x, y))
    sheet.lay(sheet.lines([edge], max(1.0, size * 0.008)), "#ffffff", 0.9)


def lighthouse(sheet: Sheet, x: float, foot: float, height: float) -> None:
    """A striped tower on a rock; its lamp shines to the left."""
    lamp = foot - height * 0.9
    beam = [
        (x, lamp - height * 0.03),
        (x - height * 3.2, lamp - height * 0.35),
        (x - height * 3.2, lamp + height * 0.55),
        (x, lamp + height * 0.03),
    ]
    sheet.lay(blurred(sheet.polygon(beam), height * 0.03), "#ffe9a8", 0.34)
    rock = curve(
        [
            (x - height * 0.6, foot + height * 0.3),
            (x - height * 0.3, foot),
            (x, foot - height * 0.04),
            (x + height * 0.32, foot + 0.01 * height),
            (x + height * 0.7, foot + height * 0.3),
        ]
    )
    sheet.paper(sheet.polygon(rock), "#241f52", NEAR, 0.3)
    tower = sheet.polygon(
        [
            (x - height * 0.15, foot),
            (x - height * 0.09, foot - height * 0.8),
            (x + height * 0.09, foot - height * 0.8),
            (x + height * 0.15, foot),
        ]
    )
    sheet.paper(tower, "#fff4e6", NEAR, 0)
    for low in (0.02, 0.34, 0.66):
        sheet.lay(tower * sheet.box(x - height, foot - height * (low + 0.16), 2 * height, height * 0.16), "#ee6a5a")
    sheet.lay(tower * sheet.box(x + height * 0.02, foot - height, height, height), SHADE, 0.22)
    sheet.lay(sheet.box(x - height * 0.12, foot - height * 0.84, height * 0.24, height * 0.045, 2), "#2b2560")
    sheet.lay(sheet.box(x - height * 0.07, lamp - height * 0.06, height * 0.14, height * 0.13, 2), "#fff0b8")
    sheet.lay(
        sheet.polygon(
            [
                (x - height * 0.1, lamp - height * 0.06),
                (x, lamp - height * 0.17),
                (x + height * 0.1, lamp - height * 0.06),
            ]
        ),
        "#ee6a5a",
    )
    sheet.glow(x, lamp, height * 0.5, "#ffdf8a", 0.8)


# --- the storyboard -------------------------------------------------------------------------------


def storyboard() -> Image.Image:
    """Six numbered panels, two rows of three: a sheet of paper becomes a boat and finds the lighthouse."""
    sheet = Sheet(*PAGE)
    sheet.fill(sheet.slope([(0, "#fdf6ea"), (PAGE[1], "#f6e6d3")]))
    places = [(36 + column * (PANEL[0] + 22), 46 + row * (PANEL[1] + 28)) for row in range(2) for column in range(3)]
    for x, y in places:
        sheet.paper(
            sheet.box(x - 7, y - 7, PANEL[0] + 14, PANEL[1] + 14, CORNER + 5), "#ffffff", Shadow(0, 7, 12, 0.24), 0
        )
    page = sheet.image()
    corners = Sheet(*PANEL).box(0, 0, *PANEL, CORNER)
    mask = Image.fromarray(np.asarray(corners * 255, dtype=np.uint8))
    for number, ((x, y), panel) in enumerate(zip(places, PANELS, strict=True), 1):
        drawn = Sheet(*PANEL)
        panel(drawn)
        page.paste(_numbered(drawn, number), (x, y), mask)
    return page


def _numbered(panel: Sheet, number: int) -> Image.Image:
    panel.paper(panel.ellipse(34, 34, 21), "#4f46e5", Shadow(0, 3, 5, 0.4), 0.3)
    image = panel.image()
    font = ImageFont.load_default(26)
    ImageDraw.Draw(image).text((34, 34), str(number), "#ffffff", font, anchor="mm")
    return image


def _all(sheet: Sheet, top: str, low: str) -> None:
    sheet.fill(sheet.slope([(0, top), (sheet.height, low)]))


def _rain(sheet: Sheet, seed: int, count: int, strength: float) -> None:
    lot = np.random.default_rng(seed)
    drops = [(lot.uniform(0, 420), lot.uniform(-10, 290), lot.uniform(12, 26)) for _ in range(count)]
    sheet.lay(sheet.lines([[(x, y), (x - h * 0.25, y + h)] for x, y, h in drops], 1.7), "#ffffff", strength)


def _desk(sheet: Sheet, top: str, low: str) -> None:
    """A window over a desk."""
    _all(sheet, "#8a6f9e", "#6b5488")
    sheet.paper(sheet.box(96, 14, 226, 176, 8), "#fff4e4", NEAR, 0.3)
    pane = sheet.box(108, 26, 202, 152, 3)
    sheet.lay(pane, sheet.slope([(26, top), (178, low)]))
    sheet.lay(sheet.polygon(land(ridge(388, 156, 24, 3, (1.2, 2.4)), 300)) * pane, "#5f7f9c", 0.7)


def _first(sheet: Sheet) -> None:
    _desk(sheet, "#6f86ad", "#b9c6d8")
    _rain(sheet, 1, 60, 0.0)
    pane = sheet.box(108, 26, 202, 152, 3)
    before = sheet.pixels.copy()
    _rain(sheet, 1, 90, 0.6)
    sheet.pixels = before + (sheet.pixels - before) * pane[..., None]
    _frame_and_board(sheet)
    paper = [(118, 236), (252, 214), (300, 258), (150, 284)]
    sheet.paper(sheet.polygon(paper), sheet.slope([(214, "#ffffff"), (284, "#efe2da")]), Shadow(3, 7, 8, 0.4), 0.6)
    sheet.lay(
        sheet.lines([[(118, 236), (300, 258)], [(252, 214), (150, 284)], [(185, 225), (225, 271)]], 1.6), "#b9a6ad", 0.8
    )
    pencil = [(300, 226), (356, 240), (354, 247), (298, 233)]
    sheet.paper(sheet.polygon(pencil), "#ffc94d", Shadow(2, 4, 4, 0.4), 0.4)


def _frame_and_board(sheet: Sheet) -> None:
    sheet.lay(
        sheet.polygons(
            [[(206, 20), (212, 20), (212, 184), (206, 184)], [(102, 98), (316, 98), (316, 104), (102, 104)]]
        ),
        "#fff4e4",
    )
    sheet.paper(
        sheet.box(-5, 198, 400, 110), sheet.slope([(198, "#e39a70"), (300, "#b56a52")]), Shadow(0, -4, 10, 0.3), 0.5
    )


def _second(sheet: Sheet) -> None:
    _desk(sheet, "#7cc4ec", "#fdf0cf")
    _frame_and_board(sheet)
    light = [(120, 26), (300, 26), (388, 300), (120, 300)]
    sheet.lay(blurred(sheet.polygon(light), 12), "#fff3c4", 0.3)
    sheet.lay(blurred(sheet.ellipse(206, 262, 96, 10), 6), SHADE, 0.45)
    paper_boat(sheet, 200, 258, 176, -3)


def _third(sheet: Sheet) -> None:
    _all(sheet, "#6d7ea6", "#aebdd0")
    for base, rise, seed, paint in ((128, 40, 5, "#6f8fa0"), (158, 30, 2, "#4f7f86")):
        sheet.paper(
            sheet.polygon(land(ridge(388, base, rise, seed, (1.1, 2.3)), 320)), paint, Shadow(0, -2, 8, 0.2), 0.3
        )
    stream = [
        *curve([(250, 166), (196, 196), (150, 240), (40, 320)], closed=False),
        *curve([(388, 320), (340, 240), (300, 196), (282, 166)], closed=False),
    ]
    sheet.paper(sheet.polygon(stream), sheet.slope([(166, "#a6c6dc"), (300, "#5f93bd")]), Shadow(0, 0, 6, 0.35), 0.3)
    paper_boat(sheet, 226, 246, 104, 7)
    rings_on_water = [(140, 272, 24), (306, 262, 20), (270, 204, 12)]
    sheet.lay(sheet.lines([oval(x, y, r, r * 0.3) for x, y, r in rings_on_water], 1.8), "#ffffff", 0.65)
    _rain(sheet, 8, 70, 0.45)


def _fourth(sheet: Sheet) -> None:
    _all(sheet, "#f7c9a0", "#f9e3c0")
    sheet.paper(sheet.polygon(land(ridge(388, 120, 40, 6, (0.9, 2.0)), 320)), "#7fb596", Shadow(0, -2, 8, 0.2), 0.3)
    arch = sheet.polygon([(-10, 92), *curve([(-10, 92), (194, 66), (398, 92)], closed=False), (398, 320), (-10, 320)])
    opening = sheet.polygon([*arc(194, 226, 118, 108, 180, 360), (312, 320), (76, 320)])
    sheet.lay(opening * sheet.box(0, 60, 388, 260), sheet.slope([(110, "#8fc4b0"), (230, "#cfe3c8")]))
    stone = np.clip(arch - opening, 0, 1)
    sheet.paper(stone, sheet.slope([(66, "#a58a9c"), (300, "#6d5878")]), Shadow(0, 6, 8, 0.3), 0.4)
    joints = [arc(194, 226, 134 + 26 * n, 124 + 26 * n, 186, 354) for n in range(5)]
    sheet.lay(sheet.lines(joints, 1.5) * stone, "#4b3a5c", 0.45)
    water = sheet.polygon(waves(388, 240, 4, 90, 0, 320))
    sheet.paper(water, sheet.slope([(236, "#7fb8cf"), (300, "#3f7fa6")]), Shadow(0, -2, 8, 0.3), 0.4)
    paper_boat(sheet, 198, 254, 120, -5)
    sheet.paper(
        sheet.polygon(waves(388, 268, 5, 120, 40, 320)),
        sheet.slope([(260, "#5a9cc0"), (300, "#2f6690")]),
        Shadow(0, -2, 6, 0.25),
        0.4,
    )


def _fifth(sheet: Sheet) -> None:
    _all(sheet, "#5b4a94", "#ffb98c")
    rings(sheet, 268, 150, 34, "#fff0cf", 3, 0.16)
    sheet.lay(sheet.ellipse(268, 150, 34), "#fff3d6")
    birds(sheet, [(110, 66, 12), (140, 54, 9)], "#3a2f6c")
    for base, rise, length, phase, top, low in (
        (168, 9, 150, 20, "#8a6ab0", "#6a58a8"), (196, 15, 200, 90, "#6a5cb4", "#4a489a"),
    ):  # fmt: skip
        sheet.paper(
            sheet.polygon(waves(388, base, rise, length, phase, 320)),
            sheet.slope([(base - 16, top), (300, low)]),
            Shadow(0, -3, 8, 0.25),
            0.4,
        )
    paper_boat(sheet, 176, 206, 112, -12)
    for base, rise, length, phase, top, low in (
        (226, 16, 230, 10, "#4f54b0", "#36388a"),
        (262, 13, 260, 150, "#363c92", "#22255f"),
    ):
        sheet.paper(
            sheet.polygon(waves(388, base, rise, length, phase, 320)),
            sheet.slope([(base - 16, top), (300, low)]),
            Shadow(0, -4, 9, 0.3),
            0.4,
        )


def _sixth(sheet: Sheet) -> None:
    _all(sheet, "#10143c", "#4a4a94")
    stars(sheet, 5, 70, 150)
    lighthouse(sheet, 316, 214, 132)
    sheet.paper(
        sheet.polygon(waves(388, 216, 4, 120, 30, 320)),
        sheet.slope([(210, "#4a52a0"), (300, "#23286a")]),
        Shadow(0, -2, 8, 0.3),
        0.3,
    )
    sheet.lay(blurred(sheet.ellipse(130, 252, 66, 6), 5), "#ffe9a8", 0.55)
    paper_boat(sheet, 130, 248, 108, 3)
    sheet.paper(
        sheet.polygon(waves(388, 268, 5, 170, 90, 320)),
        sheet.slope([(260, "#343c88"), (300, "#171b4e")]),
        Shadow(0, -3, 7, 0.3),
        0.3,
    )


PANELS: Final[tuple[Callable[[Sheet], None], ...]] = (_first, _second, _third, _fourth, _fifth, _sixth)
