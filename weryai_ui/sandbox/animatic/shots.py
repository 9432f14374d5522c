"""The shots of an animatic: one for each reference, or one with the prompt alone."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple, Protocol

import av
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from weryai_ui.media.clips import opened, picture_track, seconds_of
from weryai_ui.media.pictures import upright
from weryai_ui.media.protocol import Job as Media
from weryai_ui.media.shown import Drawer, shown_size
from weryai_ui.sandbox.animatic.lettering import Lettering, blank, clean
from weryai_ui.sandbox.animatic.look import SOFT, WHITE, Look, panel, pictogram, shadow
from weryai_ui.sandbox.animatic.sound import outline
from weryai_ui.sandbox.given import UNREADABLE, given
from weryai_ui.sandbox.jobs import Job, Reference

ZOOM: Final = 0.10  # how much a picture grows or shrinks over its shot
CROP: Final = 1.35  # a picture that would lose more than this to cropping is shown whole
BARS: Final = 56
TURN_SECONDS: Final = 14.0  # of the backdrop, once round
NOT_FETCHED: Final = "A link to elsewhere: the sandbox does not fetch it"


@dataclass(frozen=True)
class Moment:
    """A time within a shot: seconds since its first frame, and the share of it that is over."""

    seconds: float
    progress: float


class Shot(Protocol):
    """Something that gives a frame for a moment."""

    def frame(self, at: Moment) -> Image.Image:
        """An RGB frame of the full size. Moments are asked for in order."""


class PictureShot:
    """An uploaded picture with a gentle zoom."""

    def __init__(self, look: Look, picture: Image.Image, order: int) -> None:
        self._size = look.size
        self._inward = (order + look.number) % 2 == 0
        self._lean = (look.number * 0.37 + order * 0.61) % 1.0
        large = round(look.width * (1 + ZOOM)), round(look.height * (1 + ZOOM))
        self._plate = graded(compose(picture, large), look)

    def frame(self, at: Moment) -> Image.Image:
        share = at.progress if self._inward else 1 - at.progress
        scale = 1 - ZOOM / (1 + ZOOM) * share
        width, height = self._plate.width * scale, self._plate.height * scale
        left = (self._plate.width - width) * (0.25 + 0.5 * self._lean)
        top = (self._plate.height - height) * 0.4
        box = (left, top, left + width, top + height)
        return self._plate.resize(self._size, Image.Resampling.BILINEAR, box)


class Decoded(NamedTuple):
    """A frame of a clip, its time in seconds, and its size as shown."""

    seconds: float
    frame: av.VideoFrame
    width: int
    height: int


class ClipShot:
    """An uploaded clip, playing; its last picture stays when it is shorter than the shot."""

    def __init__(self, look: Look, clip: Media) -> None:
        self._look = look
        self._drawer = Drawer("rgb24")
        self._frames = _decoded(clip)
        self._ahead = next(self._frames, None)
        if self._ahead is None:
            raise ValueError("no picture in this clip")
        self._begin = self._ahead.seconds
        self._shown = self._fitted(self._ahead)

    def frame(self, at: Moment) -> Image.Image:
        newest = None
        while self._ahead is not None and self._ahead.seconds - self._begin <= at.seconds:
            newest = self._ahead
            self._ahead = next(self._frames, None)
        if newest is not None:
            with contextlib.suppress(*UNREADABLE):
                self._shown = self._fitted(newest)
        return self._shown

    def _fitted(self, decoded: Decoded) -> Image.Image:
        width, height = self._look.size
        # No larger than compose() needs to fill the size.
        scale = min(1.0, CROP * min(width / decoded.width, height / decoded.height))
        across, down = (max(2, round(side * scale)) for side in (decoded.width, decoded.height))
        picture = Image.fromarray(self._drawer.of(decoded.frame, across, down).to_ndarray())
        return graded(compose(picture, self._look.size), self._look)


class CardShot:
    """A card on the moving backdrop: for a link to elsewhere, or what cannot be read."""

    def __init__(self, look: Look, reference: Reference, words: str) -> None:
        self._look = look
        self._card = _card(look, reference, words)

    def frame(self, at: Moment) -> Image.Image:
        frame = self._look.backdrop(at.seconds / TURN_SECONDS)
        rise = math.sin(at.seconds * 0.9) * 3 * self._look.unit
        paste_centred(frame, self._card, self._look, rise)
        return frame


class SoundShot:
    """A card with the outline of a sound, filling up as the shot goes on."""

    def __init__(self, look: Look, reference: Reference, sound: Media | None) -> None:
        self._look = look
        words = reference.name if reference.path else NOT_FETCHED
        heights = outline(sound, BARS, reference.name + str(reference.number))
        card = _card(look, reference, words, room=96 * look.unit)
        self._before = _with_bars(card, look, heights, played=False)
        self._after = _with_bars(card, look, heights, played=True)

    def frame(self, at: Moment) -> Image.Image:
        frame = self._look.backdrop(at.seconds / TURN_SECONDS)
        card = self._before.copy()
        played = self._after.crop((0, 0, max(1, round(card.width * at.progress)), card.height))
        card.paste(played, (0, 0))
        paste_centred(frame, card, self._look, 0)
        return frame


class WordsShot:
    """The prompt alone, large, for a request without references."""

    def __init__(self, look: Look, prompt: str) -> None:
        self._look = look
        text = clean(prompt).strip() or "No prompt and no references"
        width, height = look.width - 3 * look.margin, look.height * 0.5
        for size in (44, 36, 30, 25, 21, 18, 15):
            letters = Lettering(size * look.unit)
            lines = letters.wrap(text, width)
            if len(lines) * letters.size * 1.35 <= height:
                break
        step = letters.size * 1.35
        self._layer = blank(width, step * len(lines) + letters.size * 0.4)
        draw = ImageDraw.Draw(self._layer)
        for index, line in enumerate(lines):
            x = (width - letters.width(line)) / 2
            letters.draw(draw, x, step * index + letters.size, line, WHITE)

    def frame(self, at: Moment) -> Image.Image:
        frame = self._look.backdrop(at.seconds / TURN_SECONDS)
        paste_centred(frame, self._layer, self._look, (0.5 - at.progress) * 10 * self._look.unit)
        return frame


def shots_of(job: Job, look: Look, files: Sequence[BinaryIO | None]) -> list[tuple[Reference | None, Shot]]:
    """The shots in the order of the request; at least one. ``files`` are those of the references."""
    found: list[tuple[Reference | None, Shot]] = [
        (each, _shot(look, each, file, order))
        for order, (each, file) in enumerate(zip(job.references, files, strict=True))
    ]
    return found or [(None, WordsShot(look, job.prompt))]


def _shot(look: Look, reference: Reference, file: BinaryIO | None, order: int) -> Shot:
    media = None if file is None else given(file, reference.extension)
    if reference.kind == "audio":
        return SoundShot(look, reference, media)
    if reference.path is None:
        return CardShot(look, reference, NOT_FETCHED)
    try:
        if media is None:
            raise OSError("gone")
        if reference.kind == "video":
            return ClipShot(look, media)
        return PictureShot(look, upright(media, 2 * max(look.size)), order)
    except UNREADABLE:
        return CardShot(look, reference, "This file could not be read")


def _decoded(clip: Media) -> Iterator[Decoded]:
    """The frames until the clip ends or cannot be read any further."""
    try:
        with opened(clip) as container:
            track = picture_track(container, clip)
            for frame in container.decode(track):
                clip.check_pixels(frame.width, frame.height)
                yield Decoded(seconds_of(frame), frame, *shown_size(frame, track))
    except UNREADABLE:
        return


def compose(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture filling the size; shown whole before its own blur where shapes differ much."""
    shape, wanted = picture.width / picture.height, size[0] / size[1]
    if max(shape, wanted) / min(shape, wanted) <= CROP:
        return ImageOps.fit(picture, size, Image.Resampling.BILINEAR)
    # Blurred small and scaled up: the same look for a fraction of the work.
    small = ImageOps.fit(picture, (48, max(2, round(48 / wanted))), Image.Resampling.BILINEAR)
    small = small.filter(ImageFilter.GaussianBlur(2.2))
    frame = small.resize(size, Image.Resampling.BICUBIC).point(lambda value: value * 0.62)
    whole = ImageOps.contain(picture, size, Image.Resampling.BILINEAR)
    place = ((size[0] - whole.width) // 2, (size[1] - whole.height) // 2)
    frame.paste(whole, place)
    return frame


def graded(picture: Image.Image, look: Look) -> Image.Image:
    """A breath of this video's accent over the picture, so that several can be told apart."""
    if look.number == 1:
        return picture
    return Image.blend(picture, Image.new("RGB", picture.size, look.accent[:3]), 0.09)


def paste_centred(frame: Image.Image, layer: Image.Image, look: Look, down: float) -> None:
    """Lay a layer over the middle of the frame, a little above it, where no caption stands."""
    x = (frame.width - layer.width) // 2
    y = round((frame.height - layer.height) / 2 - 24 * look.unit + down)
    frame.paste(layer, (x, y), layer)


def _card(look: Look, reference: Reference, words: str, room: float = 0) -> Image.Image:
    unit = look.unit
    width = min(look.width - 2 * look.margin, 440 * unit)
    height, pad, side = 132 * unit + room, 24 * unit, 52 * unit
    body = panel(width, height, 18 * unit, (14, 18, 34, 150), (255, 255, 255, 60))
    icon = pictogram(reference.kind, side, look.accent)
    body.alpha_composite(icon, (round(pad), round(pad)))
    draw = ImageDraw.Draw(body)
    x, space = pad + side + 18 * unit, width - 2 * pad - side - 18 * unit
    large, small = Lettering(27 * unit), Lettering(14 * unit)
    large.draw(draw, x, pad + 23 * unit, f"{reference.kind} {reference.number}", WHITE)
    place = clean(reference.host if reference.path is None else "uploaded to the sandbox")
    small.draw(draw, x, pad + 48 * unit, small.cut(place, space), SOFT)
    foot = small.cut(clean(words), width - 2 * pad)
    small.draw(draw, pad, height - pad + 4 * unit, foot, (255, 255, 255, 150))
    spread = round(22 * unit)
    layer = shadow(body.size, 18 * unit, spread)
    layer.alpha_composite(body, (spread, spread))
    return layer


def _with_bars(card: Image.Image, look: Look, heights: list[float], *, played: bool) -> Image.Image:
    layer = card.copy()
    draw = ImageDraw.Draw(layer)
    unit, inset = look.unit, 46 * look.unit
    step = (card.width - 2 * inset) / len(heights)
    middle, tallest = card.height / 2 + 17 * unit, 78 * unit
    for index, height in enumerate(heights):
        x, half = inset + step * index, max(1.5 * unit, height * tallest / 2)
        colour = look.accent if played else (255, 255, 255, 70)
        box = (x, middle - half, x + max(1.0, step * 0.55), middle + half)
        draw.rounded_rectangle(box, step * 0.25, fill=colour)
    return layer
