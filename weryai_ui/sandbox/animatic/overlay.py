"""What stands over every shot: the mark, the caption, the reference's number, the time.

Text is drawn once into layers; a frame only pastes them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw

from weryai_ui.sandbox.animatic.lettering import Lettering, blank, clean
from weryai_ui.sandbox.animatic.look import INK, SOFT, WHITE, Look, fade, panel
from weryai_ui.sandbox.jobs import FRAMES_PER_SECOND, Job, Reference

MARK: Final = "Sandbox animatic"
HONEST: Final = "Drawn from the request, by no model"
CAPTION_LINES: Final = {"16:9": 3, "9:16": 5, "1:1": 3}
FADE_FRAMES: Final = 5


class Overlay:
    """Lays everything over a frame, in place."""

    def __init__(self, job: Job, look: Look, shown: Sequence[Reference | None], cuts: list[int]) -> None:
        self._look, self._cuts, self._total = look, cuts, cuts[-1]
        self._top = _top(job, look)
        has_caption = shown[0] is not None
        self._pages = _pages(job, look) if has_caption else []
        self._foot = _foot(job, look, self._pages[0].height if self._pages else 0)
        self._chips = [_chip(look, each) for each in shown]
        self._small = Lettering(13 * look.unit)

    def apply(self, frame: Image.Image, index: int) -> None:
        """Draw over the frame of that index."""
        look, unit = self._look, self._look.unit
        frame.paste(self._top, (0, 0), self._top)
        frame.paste(self._foot, (0, frame.height - self._foot.height), self._foot)
        bottom = frame.height - look.margin - 36 * unit
        if self._pages:
            bottom -= self._pages[0].height
            self._caption(frame, index, round(bottom))
        shot = min(bisect_right(self._cuts, index), len(self._chips)) - 1
        chip = self._chips[shot]
        if chip is not None:
            place = round(look.margin), round(bottom - chip.height - 8 * unit)
            frame.paste(chip, place, chip)
        self._rail(frame, index)

    def _caption(self, frame: Image.Image, index: int, top: int) -> None:
        count = len(self._pages)
        page = min(index * count // self._total, count - 1)
        begin, end = self._total * page // count, self._total * (page + 1) // count
        near = min(index - begin if page else FADE_FRAMES, end - index - 1)
        last = page == count - 1
        strength = 1.0 if last and index - begin >= FADE_FRAMES else min(1.0, near / FADE_FRAMES)
        layer = self._pages[page]
        mask = layer.getchannel("A")
        if strength < 1:
            mask = mask.point(lambda value: value * strength)
        frame.paste(layer, (round(self._look.margin), top), mask)

    def _rail(self, frame: Image.Image, index: int) -> None:
        """A rail with a part for each shot, filled as far as the video has come, and the time."""
        look, unit = self._look, self._look.unit
        draw = ImageDraw.Draw(frame, "RGBA")
        left, width = look.margin, look.width - 2 * look.margin
        top, thick, gap = look.height - look.margin - 22 * unit, 3 * unit, 4 * unit
        for begin, end in zip(self._cuts, self._cuts[1:], strict=False):
            x = left + width * begin / self._total
            stop = left + width * end / self._total - (gap if end < self._total else 0)
            draw.rectangle((x, top, stop, top + thick), fill=(255, 255, 255, 70))
            now = x + (stop - x) * min(1.0, (index + 1 - begin) / (end - begin))
            if now > x:
                draw.rectangle((x, top, now, top + thick), fill=look.accent)
        text = _timecode(index)
        x, baseline = look.margin, look.height - look.margin + 1 * unit
        for character in text:  # one width for every digit, so that the time does not wobble
            digit = _digit(character, self._small.size)
            frame.paste(digit, (round(x), round(baseline - self._small.size)), digit)
            x += self._small.size * (0.6 if character.isdigit() else 0.3)


def _timecode(index: int) -> str:
    seconds, frames = divmod(index, FRAMES_PER_SECOND)
    return f"00:{seconds:02d}:{frames:02d}"


@lru_cache(maxsize=32)
def _digit(character: str, size: int) -> Image.Image:
    layer = blank(size, size * 1.3)
    letters = Lettering(size)
    x = ((0.6 if character.isdigit() else 0.3) * size - letters.width(character)) / 2
    letters.draw(ImageDraw.Draw(layer), max(0, x), size, character, WHITE)
    return layer


def _top(job: Job, look: Look) -> Image.Image:
    unit, margin = look.unit, look.margin
    layer = fade(look.width, round(108 * unit), 170, down=False)
    draw = ImageDraw.Draw(layer)
    dot = panel(10 * unit, 10 * unit, 3 * unit, look.accent, look.accent)
    layer.alpha_composite(dot, (round(margin), round(margin + 4 * unit)))
    Lettering(17 * unit).draw(draw, margin + 18 * unit, margin + 15 * unit, MARK, WHITE)
    small = Lettering(12.5 * unit)
    small.draw(draw, margin + 18 * unit, margin + 34 * unit, HONEST, SOFT)
    if job.of > 1:
        pill = _pill(look, f"{job.number} of {job.of}", 16)
        layer.alpha_composite(pill, (round(look.width - margin - pill.width), round(margin - 4 * unit)))
    return layer


def _foot(job: Job, look: Look, caption: int) -> Image.Image:
    unit, margin = look.unit, look.margin
    height = round(caption + 150 * unit)
    layer = fade(look.width, height, 225, down=True)
    sound = "with sound" if job.sound else "no sound"
    facts = f"{job.seconds} s  ·  {job.aspect_ratio}  ·  {job.resolution}  ·  {sound}"
    small = Lettering(13 * unit)
    x = look.width - margin - small.width(facts)
    small.draw(ImageDraw.Draw(layer), x, height - margin + unit, facts, SOFT)
    return layer


def _pages(job: Job, look: Look) -> list[Image.Image]:
    """The prompt as layers of a few lines each, shown one after the other."""
    letters = Lettering(18 * look.unit)
    width = look.width - 2 * look.margin
    lines = letters.wrap(clean(job.prompt), width)
    most = CAPTION_LINES[job.aspect_ratio]
    count = -(-len(lines) // most)
    each = -(-len(lines) // count) if count else 0
    step = letters.size * 1.36
    pages = []
    for begin in range(0, len(lines), each or 1):
        page = blank(width, step * each)
        draw = ImageDraw.Draw(page)
        for row, line in enumerate(lines[begin : begin + each]):
            letters.draw(draw, 0, step * row + letters.size, line, WHITE)
        pages.append(page)
    return pages


def _chip(look: Look, reference: Reference | None) -> Image.Image | None:
    if reference is None:
        return None
    return _pill(look, f"{reference.kind} {reference.number}", 15)


def _pill(look: Look, text: str, size: float) -> Image.Image:
    letters = Lettering(size * look.unit)
    width, height = letters.width(text) + letters.size * 1.4, letters.size * 1.75
    layer = panel(width, height, height / 2, look.accent, look.accent)
    letters.draw(ImageDraw.Draw(layer), letters.size * 0.7, height * 0.69, text, INK)
    return layer
