"""The mascot and the snail: paper animals on a plain stage, so that a model sees nothing else."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from tools.drawing.draw import (
    FLAT,
    NEAR,
    SHADE,
    Mask,
    Shadow,
    Sheet,
    arc,
    blurred,
    curve,
    oval,
    turned,
)

WIDTH, HEIGHT = 1200, 900
INK = "#2b1b3d"


def _stage(wall: str, low: str, disc: str, floor: str) -> Sheet:
    """A wall with a large paper disc, and a floor."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.fill(sheet.slope([(0, wall), (HEIGHT, low)]))
    sheet.paper(sheet.ellipse(600, 430, 380), disc, Shadow(0, 10, 26, 0.16), 0.5)
    ground = curve([(-40, 742), (300, 722), (600, 716), (900, 722), (1240, 742)], closed=False)
    sheet.paper(
        sheet.polygon([*ground, (1240, 960), (-40, 960)]), sheet.slope([(716, floor), (HEIGHT, low)]),
        Shadow(0, -4, 18, 0.12), 0.5,
    )  # fmt: skip
    return sheet


def fox() -> Image.Image:
    """The mascot: a round paper fox with a teal scarf."""
    sheet = _stage("#fff4e3", "#ffdcc0", "#ffe9d0", "#ffcfae")
    sheet.lay(blurred(sheet.ellipse(615, 762, 270, 26), 16), SHADE, 0.42)
    _tail(sheet)
    _ears(sheet)
    feet = sheet.polygons([oval(512, 742, 66, 34), oval(688, 742, 66, 34)])
    sheet.plump(feet, "#5a2f45", 18, NEAR, 0.5)
    body = sheet.polygon(_body())
    sheet.plump(body, sheet.slope([(210, "#ff9a57"), (740, "#ee6a3c")]), 60, Shadow(0, 8, 16, 0.3), 0.5)
    _front(sheet, body)
    _scarf(sheet)
    for side in (-1, 1):
        arm = turned(oval(600 + side * 214, 622, 36, 74), side * 24, (600 + side * 214, 590))
        sheet.plump(sheet.polygon(arm), "#d9552f", 22, Shadow(0, 6, 8, 0.3), 0.5)
        paw = sheet.polygon(arm) * sheet.ellipse(600 + side * 184, 688, 46, 36)
        sheet.lay(paw, "#5a2f45")
    _face(sheet)
    return sheet.image()


def _body() -> list[tuple[float, float]]:
    right = [(600, 214), (712, 236), (790, 330), (826, 470), (822, 600), (760, 706)]
    return curve([*right, (600, 742), *[(1200 - x, y) for x, y in reversed(right[1:])]])


def _tail(sheet: Sheet) -> None:
    points = [
        (730, 716), (840, 734), (950, 680), (1004, 560), (984, 430), (906, 356), (884, 440), (868, 540), (800, 600),
    ]  # fmt: skip
    tail = sheet.polygon(curve(points))
    sheet.plump(tail, sheet.slope([(350, "#ff9450"), (740, "#dd5a33")]), 42, Shadow(0, 8, 16, 0.3), 0.5)
    tip = sheet.polygon(curve([(850, 330), (1040, 330), (1030, 520), (972, 476), (936, 520), (900, 470), (868, 500)]))
    sheet.plump(tail * tip, "#fff3e2", 26, FLAT, 0.3)


def _ears(sheet: Sheet) -> None:
    for side in (-1, 1):
        outer = [
            (600 + side * x, y)
            for x, y in ((44, 262), (104, 176), (164, 104), (190, 84), (204, 116), (214, 230), (206, 360))
        ]
        inner = [(600 + side * x, y) for x, y in ((98, 268), (130, 200), (176, 144), (184, 230), (180, 320))]
        sheet.plump(sheet.polygon(curve(outer)), "#f07a43", 26, Shadow(0, 5, 10, 0.25), 0.5)
        sheet.paper(sheet.polygon(curve(inner)), "#5a2f45", FLAT, 0)


def _front(sheet: Sheet, body: Mask) -> None:
    right = [(600, 520), (650, 432), (724, 398), (800, 432), (860, 520), (850, 700), (760, 790)]
    cream = sheet.polygon(curve([*right, (600, 800), *[(1200 - x, y) for x, y in reversed(right[1:])]])) * body
    sheet.paper(cream, sheet.slope([(400, "#fffaf1"), (740, "#ffe6cd")]), Shadow(0, 3, 6, 0.16), 0)
    within = np.clip(blurred(body, 30) * 2 - 1, 0, 1)
    belly = blurred(np.asarray(within, dtype=np.float32), 34)
    sheet.lay((1 - belly) * cream, "#c46a4a", 0.32)


def _scarf(sheet: Sheet) -> None:
    end = sheet.polygon(curve([(452, 620), (508, 630), (500, 700), (478, 758), (414, 742), (438, 684)]))
    sheet.plump(end, sheet.slope([(620, "#1f9c93"), (760, "#157a78")]), 16, Shadow(0, 6, 9, 0.35), 0.45)
    sheet.lay(end * sheet.polygons([[(400, 700), (520, 718), (516, 734), (396, 716)]]), "#bff0e2", 0.85)
    band = [
        (372, 566),
        (470, 604),
        (600, 618),
        (730, 604),
        (828, 566),
        (832, 622),
        (740, 664),
        (600, 680),
        (460, 664),
        (368, 622),
    ]
    mask = sheet.polygon(curve(band))
    sheet.plump(mask, sheet.slope([(560, "#2cb5a6"), (680, "#178b85")]), 16, Shadow(0, 7, 10, 0.35), 0.5)
    stripe = curve([(360, 592), (470, 633), (600, 647), (730, 633), (840, 592)], closed=False)
    sheet.lay(sheet.lines([stripe], 9) * mask, "#bff0e2", 0.85)
    knot = sheet.polygon(turned(oval(474, 636, 40, 32), 16, (474, 636)))
    sheet.plump(knot, "#23a69a", 12, Shadow(0, 4, 6, 0.3), 0.5)


def _face(sheet: Sheet) -> None:
    for side in (-1, 1):
        x = 600 + side * 98
        sheet.lay(blurred(sheet.ellipse(600 + side * 152, 528, 40, 22), 12), "#ff8f78", 0.6)
        sheet.lay(sheet.ellipse(x, 462, 23, 30), INK)
        sheet.lay(sheet.ellipse(x - 7, 450, 8, 9), "#ffffff")
        sheet.lay(sheet.ellipse(x + 8, 474, 4, 4), "#ffffff", 0.7)
    nose = curve([(566, 496), (600, 488), (634, 496), (622, 518), (600, 530), (578, 518)])
    sheet.plump(sheet.polygon(nose), INK, 8, Shadow(0, 3, 4, 0.25), 0.6)
    smile = [arc(578, 546, 22, 20, 170, 0), arc(622, 546, 22, 20, 180, 10)]
    sheet.lay(sheet.lines(smile, 5), INK, 0.85)


def snail() -> Image.Image:
    """A snail from the side, with a shell of glazed amber."""
    sheet = _stage("#e9f4ec", "#bfe0d3", "#d9eee2", "#a9d4c4")
    sheet.lay(blurred(sheet.ellipse(600, 764, 380, 24), 14), SHADE, 0.42)
    foot = [
        (232, 752), (300, 700), (420, 676), (600, 672), (760, 660), (842, 590), (880, 500), (940, 462), (1002, 500),
        (1010, 580), (970, 690), (880, 756), (700, 768), (400, 770),
    ]  # fmt: skip
    for x, y, lean in ((916, 500, -26), (970, 492, 22)):
        sheet.lay(
            sheet.lines([curve([(x, y), (x + lean * 0.2, y - 66), (x + lean, y - 128)], closed=False)], 19), "#e58a72"
        )
        sheet.plump(sheet.ellipse(x + lean, y - 140, 25), "#fff6ee", 9, Shadow(0, 3, 5, 0.2), 0.4)
        sheet.lay(sheet.ellipse(x + lean + 7, y - 142, 12), INK)
        sheet.lay(sheet.ellipse(x + lean + 3, y - 147, 4), "#ffffff")
    body = sheet.polygon(curve(foot))
    sheet.plump(body, sheet.slope([(460, "#ffb497"), (770, "#e57f6d")]), 40, Shadow(0, 6, 12, 0.25), 0.5)
    sheet.lay(blurred(body * sheet.box(0, 742, WIDTH, 60), 4) * body, "#b9554f", 0.4)
    sheet.lay(blurred(sheet.ellipse(958, 606, 26, 15), 9), "#ff6f61", 0.55)
    sheet.lay(sheet.lines([arc(972, 560, 26, 20, 20, 160)], 5.5), INK, 0.85)
    _shell(sheet, 560, 500, 232)
    return sheet.image()


def _shell(sheet: Sheet, x: float, y: float, radius: float) -> None:
    """A disc whose pixels know how far along a spiral they are: one round is one coil."""
    across, down = sheet.columns - x, sheet.rows - y
    distance, angle = np.hypot(across, down) + 1e-3, np.arctan2(down, across)
    coil = np.log(distance / radius) / math.log(2.0) * 1.0 - angle / (2 * math.pi)
    within = np.mod(coil, 1.0)
    disc = sheet.ellipse(x, y, radius)
    sheet.paper(disc, "#8a3d2c", Shadow(0, 12, 18, 0.4), 0)
    hump = np.sin(np.pi * within) ** 0.8
    base = sheet.round_slope(x, y, [(0, "#ffd98c"), (radius * 0.5, "#f5a54a"), (radius, "#d9703a")])
    sheet.lay(disc * np.asarray(hump, dtype=np.float32), base)
    light = np.clip(-(across * 0.6 + down * 0.8) / radius, -1, 1)
    sheet.lay(disc * np.asarray(np.clip(light, 0, 1) * hump, dtype=np.float32), "#fff3d2", 0.65)
    sheet.lay(disc * np.asarray(np.clip(-light, 0, 1), dtype=np.float32), "#5a1f3a", 0.5)
    gleam = np.exp(-((within - 0.62) ** 2) / 0.006) * np.clip(light * 1.5, 0, 1)
    sheet.lay(disc * np.asarray(gleam, dtype=np.float32), "#ffffff", 0.6)
