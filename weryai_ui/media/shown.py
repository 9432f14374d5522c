"""Frames as they are shown, in the child: square pixels, upright, and in colours that say what they are.

A phone stores an upright video lying, DVDs and some cameras store pixels that are not square, screens and phones
record the full range of values where most players expect the limited one.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from weryai_ui.media.limits import CHILD_THREADS

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
        """The tags of a track; one that stores red, green and blue gets the matrix of HD."""
        found = track.codec_context
        matrix = found.colorspace if found.colorspace in _MATRICES else _UNSPECIFIED
        return cls(_BT709 if _stores_rgb(found.pix_fmt) else matrix, found.color_primaries, found.color_trc)


def _stores_rgb(pixels: str | None) -> bool:
    return pixels is not None and pixels.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "x2", "pal8"))


class Drawer:
    """Draws frames as they are shown, at any size: `yuv420p` in the limited range, `rgb24` in the full one."""

    def __init__(self, pixels: str) -> None:
        self._pixels = pixels
        self._graph: Graph | None = None
        self._key: tuple[object, ...] = ()

    def of(self, frame: VideoFrame, width: int, height: int) -> VideoFrame:
        """The frame, `width` by `height` pixels as shown."""
        key = (frame.format.name, frame.width, frame.height, frame.color_range, frame.colorspace, frame.rotation)
        if self._graph is None or (*key, width, height) != self._key:
            self._graph, self._key = self._made(frame, width, height), (*key, width, height)
        self._graph.vpush(frame)
        return self._graph.vpull()

    def _made(self, frame: VideoFrame, width: int, height: int) -> Graph:
        turns = _TURNS.get(frame.rotation % 360, ())
        if len(turns) == 1:
            width, height = height, width
        graph = Graph()
        with contextlib.suppress(
            AttributeError
        ):  # before PyAV 18 there was no saying: a thread a core, each with a stack
            graph.threads = CHILD_THREADS
        steps = [
            graph.add("buffer", _source(frame)),
            graph.add("scale", f"{width}:{height}:{self._colours(frame)}"),
            graph.add("format", self._pixels),
            *(graph.add("transpose", turn) for turn in turns),
            graph.add("setsar", "1"),
            graph.add("buffersink"),
        ]
        for step, following in itertools.pairwise(steps):
            step.link_to(following)
        graph.configure()
        return graph

    def _colours(self, frame: VideoFrame) -> str:
        rgb_in, rgb_out = _stores_rgb(frame.format.name), self._pixels == "rgb24"
        full = rgb_in or frame.color_range == _RANGE_IS_FULL or frame.format.name.startswith("yuvj")
        ranges = f"in_range={FULL if full else LIMITED}:out_range={FULL if rgb_out else LIMITED}"
        if rgb_in:
            return ranges if rgb_out else f"{ranges}:out_color_matrix=bt709"
        if matrix := _MATRICES.get(frame.colorspace) or (rgb_out and _guessed(frame)):
            return f"{ranges}:in_color_matrix={matrix}" + ("" if rgb_out else f":out_color_matrix={matrix}")
        return ranges


def _guessed(frame: VideoFrame) -> str:
    return "bt709" if frame.height >= _HD_LINES else "smpte170m"


def _source(frame: VideoFrame) -> str:
    size = f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base=1/1000"
    return f"{size}:pixel_aspect=1/1:colorspace={frame.colorspace}:range={frame.color_range}"
