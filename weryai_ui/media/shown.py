"""Frames as they are shown, in the child: square pixels, upright, and in colours that say what they are.

A phone stores an upright video lying, DVDs and some cameras store pixels that are not square, screens and phones
record the full range of values where most players expect the limited one.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from weryai_ui.media.limits import CHILD_THREADS
from weryai_ui.media.tones import is_high, picture

FULL, LIMITED = "full", "limited"
_RANGE_IS_FULL: Final = 2
"""AVCOL_RANGE_JPEG."""
_UNSPECIFIED: Final = 2
"""AVCOL_SPC_UNSPECIFIED, and the same for primaries and transfer."""
_BT709: Final = 1
_MATRICES: Final[Mapping[int, str]] = {
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    9: "bt2020",
    10: "bt2020",
}
"""The scaler's names by the number in the stream (ITU-T H.273)."""
_HD_LINES: Final = 720
"""From here on players take a video that does not say for BT.709, below it for BT.601."""
_TURNS: Final = {90: ("cclock",), 180: ("clock", "clock"), 270: ("clock",)}
"""By the degrees counter-clockwise."""
_PIXEL_SHAPES: Final = (Fraction(1, 8), Fraction(8))
"""How wide a pixel may be for its height; beyond that the figure is damaged."""


def shown_size(frame: VideoFrame, track: VideoStream) -> tuple[int, int]:
    """Width and height in square pixels, turned as the frame's rotation says; no side is smaller than it is stored."""
    shape = Fraction(track.sample_aspect_ratio or 1)
    if not _PIXEL_SHAPES[0] <= shape <= _PIXEL_SHAPES[1]:
        shape = Fraction(1)
    wide, high = (shape, 1) if shape > 1 else (1, 1 / shape)
    width, height = round(frame.width * wide), round(frame.height * high)
    return (height, width) if frame.rotation % 180 else (width, height)


@dataclass(frozen=True)
class Colours:
    """What the tags of a track say of its colours, by the numbers of ITU-T H.273."""

    matrix: int
    primaries: int
    transfer: int

    @classmethod
    def of(cls, track: VideoStream) -> Colours:
        """The tags of a track; what stores red, green and blue gets the matrix of HD, and what is mapped its tags."""
        found = track.codec_context
        if is_high(found.color_trc):
            return cls(_BT709, _BT709, _BT709)
        matrix = found.colorspace if found.colorspace in _MATRICES else _UNSPECIFIED
        return cls(_BT709 if _stores_rgb(found.pix_fmt) else matrix, found.color_primaries, found.color_trc)

    def name(self, lines: int) -> str:
        """The scaler's name of the matrix of a track of so many lines."""
        return _MATRICES.get(self.matrix) or guessed(lines)

    def kept(self, lines: int, of_lines: int) -> Colours:
        """The tags of a track of `lines` made of one of `of_lines`: players guess by them where nothing is said."""
        if self.matrix != _UNSPECIFIED or guessed(lines) == guessed(of_lines):
            return self
        return replace(self, matrix=next(number for number, name in _MATRICES.items() if name == guessed(of_lines)))


def _stores_rgb(pixels: str | None) -> bool:
    return pixels is not None and pixels.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "x2", "pal8"))


@dataclass(frozen=True)
class Frame:
    """What frames of any shape are put into, on black: its pixels, and the scaler's name of its colours."""

    size: tuple[int, int]
    matrix: str


class Drawer:
    """Draws frames as they are shown, at any size: `yuv420p` in the limited range, `rgb24` in the full one.

    Both for a screen of BT.709 where the frame's range of light is a high one.
    """

    def __init__(self, pixels: str, around: Frame | None = None) -> None:
        self._pixels = pixels
        self._around = around
        self._draw: Callable[[VideoFrame], VideoFrame] | None = None
        self._key: tuple[object, ...] = ()
        self._last: tuple[VideoFrame, VideoFrame] | None = None

    def of(self, frame: VideoFrame, width: int, height: int) -> VideoFrame:
        """The frame, `width` by `height` pixels as shown. The same one twice is drawn once."""
        look = (frame.format.name, frame.width, frame.height, frame.color_range, frame.colorspace, frame.rotation)
        key = (*look, frame.color_trc, width, height)
        if self._draw is None or key != self._key:
            self._draw, self._key, self._last = self._made(frame, width, height), key, None
        if self._last is None or self._last[0] is not frame:
            self._last = frame, self._draw(frame)
        return self._last[1]

    def _made(self, frame: VideoFrame, width: int, height: int) -> Callable[[VideoFrame], VideoFrame]:
        turns = _TURNS.get(frame.rotation % 360, ())
        if len(turns) == 1:
            width, height = height, width
        graph = Graph()
        with contextlib.suppress(
            AttributeError
        ):  # before PyAV 18 there was no saying: a thread a core, each with a stack
            graph.threads = CHILD_THREADS
        source = graph.add("buffer", _source(frame))
        steps = [
            source,
            *self._in_colours(graph, frame, f"{width}:{height}"),
            graph.add("format", self._pixels),
            *(graph.add("transpose", turn) for turn in turns),
            graph.add("setsar", "1"),
            *([graph.add("pad", "{}:{}:-1:-1:black".format(*self._around.size))] if self._around else []),
            graph.add("buffersink"),
        ]
        for step, following in itertools.pairwise(steps):
            step.link_to(following)
        if not is_high(frame.color_trc):
            graph.configure()
            return _through(source, graph)
        table = graph.add("buffer", _source(tones := picture(frame.color_trc)))
        table.link_to(steps[2], 0, 1)
        graph.configure()
        table.push(tones)
        table.push(None)
        return _through(source, graph)

    def _in_colours(self, graph: Graph, frame: VideoFrame, size: str) -> list[FilterContext]:
        """The steps that bring a frame to its size and its colours."""
        if not is_high(frame.color_trc):
            return [graph.add("scale", f"{size}:{self._colours(frame)}")]
        full = f"in_range={FULL}:out_range={FULL if self._pixels == 'rgb24' else LIMITED}"
        matrix = f"in_range={_range_of(frame)}:in_color_matrix={_MATRICES.get(frame.colorspace, 'bt2020')}"
        return [
            graph.add("scale", f"{size}:{matrix}:out_range={FULL}"),
            graph.add("haldclut"),
            graph.add("scale", f"{full}:out_color_matrix={self._around.matrix if self._around else 'bt709'}"),
        ]

    def _colours(self, frame: VideoFrame) -> str:
        rgb_in, rgb_out = _stores_rgb(frame.format.name), self._pixels == "rgb24"
        ranges = f"in_range={_range_of(frame)}:out_range={FULL if rgb_out else LIMITED}"
        if self._around is not None:
            of = "" if rgb_in else f":in_color_matrix={_MATRICES.get(frame.colorspace) or guessed(frame.height)}"
            return f"{ranges}{of}:out_color_matrix={self._around.matrix}"
        if rgb_in:
            return ranges if rgb_out else f"{ranges}:out_color_matrix=bt709"
        if matrix := _MATRICES.get(frame.colorspace) or (rgb_out and guessed(frame.height)):
            return f"{ranges}:in_color_matrix={matrix}" + ("" if rgb_out else f":out_color_matrix={matrix}")
        return ranges


def _through(source: FilterContext, graph: Graph) -> Callable[[VideoFrame], VideoFrame]:
    def draw(frame: VideoFrame) -> VideoFrame:
        source.push(frame)
        return graph.vpull()

    return draw


def _range_of(frame: VideoFrame) -> str:
    name = frame.format.name
    return FULL if _stores_rgb(name) or frame.color_range == _RANGE_IS_FULL or name.startswith("yuvj") else LIMITED


def guessed(lines: int) -> str:
    """The matrix that players take for a video of so many lines that does not say."""
    return "bt709" if lines >= _HD_LINES else "smpte170m"


def _source(frame: VideoFrame) -> str:
    size = f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base=1/1000"
    return f"{size}:pixel_aspect=1/1:colorspace={frame.colorspace}:range={frame.color_range}"
