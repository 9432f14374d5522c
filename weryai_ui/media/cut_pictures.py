"""The picture track of a cut, in the child."""

from __future__ import annotations

import contextlib
import itertools
import math
from fractions import Fraction
from typing import Final

from av.container import OutputContainer
from av.filter import Graph
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from weryai_ui.media.limits import CHILD_THREADS
from weryai_ui.media.protocol import Failed, Fault

LEAST_RATE: Final = Fraction(24)
"""Frames a second; a slide show gets more than it has."""
MOST_RATE: Final = Fraction(60)
MOST_PIXELS: Final = 1920 * 1080
"""Of a frame. The model is said to take less than half of it, and an encoder's memory grows with it."""
X264: Final = {"preset": "veryfast", "crf": "20", "threads": str(CHILD_THREADS)}
EARLY_S: Final = 0.001
"""A frame that comes this much late still counts for its moment: WebM rounds to milliseconds."""


class Pictures:
    """Frames at a steady rate: each moment shows the last frame that had come by then."""

    def __init__(
        self, source: VideoStream, output: OutputContainer, size: tuple[int, int], seconds: float, least_s: float
    ) -> None:
        """`size` is the frames' as shown, in pixels."""
        self.source = source
        self._output = output
        rate = Fraction(source.average_rate or source.guessed_rate or LEAST_RATE).limit_denominator(1001)
        self._rate = min(max(rate, LEAST_RATE), MOST_RATE)
        self._count = _frames_in(seconds, self._rate, least_s)
        self._done = 0
        self._held: VideoFrame | None = None
        self._upright = Upright()
        self._stream = output.add_stream("libx264", rate=self._rate, options=X264)
        self._stream.width, self._stream.height = self._size = _fitting(*size)
        self._stream.pix_fmt = "yuv420p"

    @property
    def seconds(self) -> float:
        """How long the track will be."""
        return float(self._count / self._rate)

    @property
    def enough(self) -> bool:
        """Whether the track is complete, but for what the encoder still has."""
        return self._done >= self._count

    def take(self, frame: VideoFrame, at_s: float) -> None:
        """A frame and its moment, in seconds from the start of the cut; one from before may be the first shown."""
        while self._held is not None and not self.enough and float(self._done / self._rate) < at_s - EARLY_S:
            self._show(self._held)
        self._held = frame

    def finish(self) -> None:
        """Hold the last frame to the end, and write what the encoder still has."""
        if self._held is None:
            raise Failed(Fault.DAMAGED)
        while not self.enough:
            self._show(self._held)
        self._output.mux(self._stream.encode(None))

    def _show(self, frame: VideoFrame) -> None:
        shown = self._upright.of(frame, *self._size)
        shown.pict_type = PictureType.NONE  # the encoder chooses its keyframes itself
        shown.pts, shown.time_base = self._done, 1 / self._rate
        self._done += 1
        self._output.mux(self._stream.encode(shown))


def _fitting(width: int, height: int) -> tuple[int, int]:
    """The size of the cut: no more pixels than `MOST_PIXELS`, and even sides, since H.264 halves them."""
    scale = min(1.0, math.sqrt(MOST_PIXELS / (width * height)))
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


def _frames_in(seconds: float, rate: Fraction, least_s: float) -> int:
    """The whole frames in a time, or one more where they would come to less than the least."""
    count = math.floor(seconds * rate + EARLY_S)
    return count if count >= least_s * rate else math.ceil(seconds * rate - EARLY_S)


class Upright:
    """Sizes frames, and turns them as their rotation says: a phone stores an upright video lying."""

    _TURNS: Final = {90: ("cclock",), 180: ("clock", "clock"), 270: ("clock",)}
    """By the degrees counter-clockwise."""

    def __init__(self) -> None:
        self._graph: Graph | None = None
        self._turns: tuple[str, ...] = ()

    def of(self, frame: VideoFrame, width: int, height: int) -> VideoFrame:
        """The frame as it is shown, `width` by `height` pixels, in yuv420p."""
        turns = self._TURNS.get(frame.rotation % 360, ())
        if len(turns) == 1:
            width, height = height, width
        sized = frame.reformat(width, height, "yuv420p")
        if not turns:
            return sized
        if self._graph is None or turns != self._turns:
            self._graph, self._turns = _turning(sized, turns), turns
        self._graph.vpush(sized)
        return self._graph.vpull()


def _turning(frame: VideoFrame, turns: tuple[str, ...]) -> Graph:
    graph = Graph()
    with contextlib.suppress(
        AttributeError
    ):  # before PyAV 17 there was no saying: one thread a core, each with a stack
        graph.threads = CHILD_THREADS
    buffer = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base or Fraction(1, 1000)
    )
    steps = [buffer, *(graph.add("transpose", turn) for turn in turns), graph.add("buffersink")]
    for step, following in itertools.pairwise(steps):
        step.link_to(following)
    graph.configure()
    return graph
