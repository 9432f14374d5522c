"""Three things that make sound: a record, a loudspeaker, a beat machine."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from tools.drawing.draw import (
    FLAT,
    NEAR,
    SHADE,
    Shadow,
    Sheet,
    arc,
    blurred,
    curve,
    oval,
    turned,
)

SQUARE: Final = 900


def _poster(top: str, low: str, ray: str, turn: float) -> Sheet:
    """A square with broad rays from its middle."""
    sheet = Sheet(SQUARE, SQUARE)
    sheet.fill(sheet.round_slope(450, 450, [(0, top), (640, low)]))
    rays = [[(450, 450), *arc(450, 450, 760, 760, turn + 30 * n, turn + 30 * n + 15)] for n in range(12)]
    sheet.lay(sheet.polygons(rays), ray, 0.34)
    return sheet


def record() -> Image.Image:
    """A record turning, seen from above, with its arm."""
    sheet = _poster("#ff9d7a", "#ee6a5a", "#ffc2a1", 6)
    sheet.paper(sheet.ellipse(430, 460, 340), "#2a1a3c", Shadow(10, 22, 26, 0.45), 0.2)
    across, down = sheet.columns - 430, sheet.rows - 460
    angle = np.arctan2(down, across)
    disc = sheet.ellipse(430, 460, 336)
    sheet.lay(disc, "#33204a")
    sheen = np.abs(np.cos(angle - 0.75)) ** 18 + 0.6 * np.abs(np.cos(angle + 0.7)) ** 26
    sheet.lay(disc * np.asarray(np.clip(sheen, 0, 1), dtype=np.float32), "#c9b6ff", 0.42)
    for radius in range(146, 332, 15):
        sheet.lay(sheet.lines([oval(430, 460, radius, radius)], 1.6), "#150c24", 0.6)
    sheet.lay(sheet.lines([oval(430, 460, 240, 240)], 5), "#150c24", 0.7)
    sheet.paper(sheet.ellipse(430, 460, 122), "#ffd166", NEAR, 0.4)
    sheet.paper(sheet.polygon([(430, 460), *arc(430, 460, 122, 122, -60, 60)]), "#2cb5a6", FLAT, 0)
    sheet.paper(sheet.polygon([(430, 460), *arc(430, 460, 122, 122, 120, 240)]), "#ff7a66", FLAT, 0)
    sheet.lay(sheet.ellipse(430, 460, 52), "#fff4e2")
    sheet.lay(sheet.ellipse(430, 460, 13), "#2a1a3c")
    arm = curve([(792, 150), (786, 420), (742, 560), (664, 650)], closed=False)
    sheet.lay(blurred(sheet.lines([[(x + 14, y + 18) for x, y in arm]], 20), 8), SHADE, 0.4)
    sheet.plump(sheet.lines([arm], 19), "#fff4e6", 6, FLAT, 0.5)
    head = turned([(630, 626), (692, 626), (692, 700), (630, 700)], 38, (661, 663))
    sheet.plump(sheet.polygon(head), "#4b3a78", 9, Shadow(6, 10, 9, 0.4), 0.5)
    sheet.plump(sheet.ellipse(792, 150, 62), "#fff4e6", 18, Shadow(6, 12, 14, 0.4), 0.4)
    sheet.plump(sheet.ellipse(792, 150, 30), "#ffd166", 10, NEAR, 0.5)
    return sheet.image()


def speaker() -> Image.Image:
    """A loudspeaker, straight on, its cones at work."""
    sheet = _poster("#6c63d9", "#33308f", "#8d86ee", 21)
    for number in range(3):
        for side in (-1, 1):
            sound = arc(
                450,
                470,
                330 + 56 * number,
                330 + 56 * number,
                -24 + (180 if side < 0 else 0),
                24 + (180 if side < 0 else 0),
            )
            sheet.lay(sheet.lines([sound], 13), "#ffd166", 0.95 - 0.25 * number)
    sheet.plump(
        sheet.box(238, 92, 424, 716, 44),
        sheet.slope([(92, "#ff9a63"), (808, "#e5553f")]),
        36,
        Shadow(0, 20, 26, 0.5),
        0.45,
    )
    sheet.paper(
        sheet.box(268, 122, 364, 656, 30), sheet.slope([(122, "#3a2a5c"), (778, "#231640")]), Shadow(0, 0, 6, 0.4), 0
    )
    for y, radius in ((268, 92), (558, 158)):
        _cone(sheet, 450, y, radius)
    screws = [(296, 150, 9), (604, 150, 9), (296, 750, 9), (604, 750, 9)]
    sheet.plump(sheet.discs([(float(x), float(y), float(r)) for x, y, r in screws]), "#ffd98c", 4, NEAR, 0.5)
    return sheet.image()


def _cone(sheet: Sheet, x: float, y: float, radius: float) -> None:
    sheet.plump(sheet.ellipse(x, y, radius), "#f3e3cf", radius * 0.1, Shadow(0, 6, 10, 0.4), 0.5)
    sheet.lay(sheet.ellipse(x, y, radius * 0.88), "#1a1030")
    sheet.lay(
        sheet.ellipse(x, y, radius * 0.82),
        sheet.round_slope(x - radius * 0.2, y - radius * 0.25, [(0, "#2a1d4a"), (radius, "#6a5aa8")]),
    )
    for share in (0.72, 0.6, 0.49):
        sheet.lay(sheet.lines([oval(x, y, radius * share, radius * share)], 2), "#1a1030", 0.5)
    sheet.plump(sheet.ellipse(x, y, radius * 0.36), "#2cb5a6", radius * 0.16, Shadow(0, 4, 8, 0.5), 0.65)
    gleam = sheet.ellipse(x - radius * 0.12, y - radius * 0.14, radius * 0.09, radius * 0.07)
    sheet.lay(blurred(gleam, 2), "#ffffff", 0.8)


def pads() -> Image.Image:
    """A beat machine from above: sixteen soft keys, some of them lit."""
    sheet = _poster("#35b8a8", "#12706f", "#62d0bf", 0)
    sheet.plump(
        sheet.box(112, 112, 676, 676, 54),
        sheet.slope([(112, "#fff6ea"), (788, "#ecd6c0")]),
        34,
        Shadow(10, 24, 28, 0.45),
        0.4,
    )
    sheet.paper(sheet.box(150, 150, 600, 600, 34), "#2a1a3c", Shadow(0, 0, 8, 0.3), 0)
    lit = {
        (0, 0): "#ff7a5c",
        (1, 2): "#ffd166",
        (2, 1): "#2cd0bb",
        (3, 3): "#ff7a5c",
        (0, 3): "#a99bff",
        (3, 0): "#ffd166",
        (2, 2): "#a99bff",
    }
    for row in range(4):
        for column in range(4):
            x, y, paint = 174 + column * 141, 174 + row * 141, lit.get((row, column))
            if paint:
                sheet.glow(x + 64, y + 64, 108, paint, 0.75)
            sheet.plump(sheet.box(x, y, 129, 129, 22), paint or "#4a3a6e", 14, Shadow(0, 5, 7, 0.45), 0.5)
            if paint:
                sheet.lay(blurred(sheet.box(x + 22, y + 22, 85, 85, 18), 14), "#ffffff", 0.5)
    return sheet.image()
