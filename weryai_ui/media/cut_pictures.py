"""The picture track of a cut, in the child."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final

from av.container import OutputContainer
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from weryai_ui.media.limits import CHILD_THREADS
from weryai_ui.media.protocol import Fault, WorkerFault
from weryai_ui.media.shown import Colours, Drawer, Frame

LEAST_RATE: Final = Fraction(24)
"""Frames a second; a slide show gets more than it has."""
MOST_RATE: Final = Fraction(60)
MOST_PIXELS: Final = 1920 * 1080
"""Of a frame. The model is said to take less than half of it, and an encoder's memory grows with it."""
LEAST_PIXELS: Final = 409_600
"""Of a frame. Other providers of the model take no fewer."""
LIMITED_RANGE: Final = 1
"""AVCOL_RANGE_MPEG: what the drawer makes, and what players expect."""
X264: Final = {"preset": "veryfast", "crf": "20", "threads": str(CHILD_THREADS)}
LEAST_KILOBITS: Final = 100
"""A second; below that there is nothing to see."""
EARLY_S: Final = 0.001
"""A frame that comes this much late still counts for its moment: WebM rounds to milliseconds."""


class Pictures:
    """Frames at a steady rate: each moment shows the last frame that had come by then."""

    def __init__(
        self,
        source: VideoStream,
        output: OutputContainer,
        size: tuple[int, int],
        seconds: float,
        least_s: float,
        bits: float = math.inf,
        *,
        is_framed: bool = False,
    ) -> None:
        """`size` is what the frames are drawn at, in pixels; `bits` are the most a second.

        `is_framed`: frames of another shape may come, which get black beside them and the colours of this source.
        """
        self.source = source
        self._output = output
        rate = Fraction(source.average_rate or source.guessed_rate or LEAST_RATE).limit_denominator(1001)
        self._rate = min(max(rate, LEAST_RATE), MOST_RATE)
        self._count = _frames_in(seconds, self._rate, least_s)
        self._done = self._base = 0
        self._held: VideoFrame | None = None
        self._stream = output.add_stream("libx264", rate=self._rate, options=_options(bits))
        self._stream.width, self._stream.height = self._size = size
        self._stream.pix_fmt = "yuv420p"
        colours = Colours.of(source).kept(size[1], source.height)
        _tag(self._stream, colours)
        self._drawer = Drawer("yuv420p", Frame(size, colours.name(size[1])) if is_framed else None)

    @property
    def part(self) -> float:
        """How much is done, from 0 to 1."""
        return self._done / max(1, self._count)

    @property
    def seconds(self) -> float:
        """How long the track will be."""
        return float(self._count / self._rate)

    @property
    def enough(self) -> bool:
        """Whether the track is complete, but for what the encoder still has."""
        return self._done >= self._count

    @property
    def _at(self) -> float:
        """The moment of the next frame, in seconds since the source began."""
        return float((self._done - self._base) / self._rate)

    def go_on(self, seconds: float, size: tuple[int, int]) -> None:
        """What is taken from here on comes behind what there is: so many seconds of it, drawn at that size."""
        self._hold()
        self._base, self._size = self._count, size
        self._count += _frames_in(seconds, self._rate, 0.0)

    def take(self, frame: VideoFrame, at_s: float) -> None:
        """A frame and its moment, in seconds from the start of the cut; one from before may be the first shown."""
        while self._held is not None and not self.enough and self._at < at_s - EARLY_S:
            self._show(self._held)
        self._held = frame

    def finish(self) -> None:
        """Hold the last frame to the end, and write what the encoder still has."""
        self._hold()
        self._output.mux(self._stream.encode(None))

    def _hold(self) -> None:
        if self._held is None and not self.enough:
            raise WorkerFault(Fault.DAMAGED)
        while self._held is not None and not self.enough:
            self._show(self._held)
        self._held = None

    def _show(self, frame: VideoFrame) -> None:
        shown = self._drawer.of(frame, *self._size)
        shown.pict_type = PictureType.NONE  # the encoder chooses its keyframes itself
        shown.pts, shown.time_base = self._done, 1 / self._rate
        self._done += 1
        self._output.mux(self._stream.encode(shown))


def _tag(stream: VideoStream, colours: Colours) -> None:
    """Say in the file what its colours are: players guess where nothing is said, and not all guess the same."""
    context = stream.codec_context
    context.color_range = LIMITED_RANGE
    context.colorspace = colours.matrix
    context.color_primaries = colours.primaries
    context.color_trc = colours.transfer


def _options(bits: float) -> dict[str, str]:
    if not math.isfinite(bits):
        return X264
    kilobits = max(LEAST_KILOBITS, int(bits / 1000))
    return {**X264, "maxrate": f"{kilobits}k", "bufsize": f"{kilobits}k"}


def fitting(width: int, height: int, most: int = MOST_PIXELS) -> tuple[int, int]:
    """The size of what is made: at most `most` pixels, not fewer than `LEAST_PIXELS` where there were as many, and even
    sides, since H.264 halves them."""
    scale = min(1.0, math.sqrt(most / (width * height)))
    even = max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)
    if math.prod(even) >= LEAST_PIXELS or width * height < LEAST_PIXELS:
        return even
    return math.ceil(width / 2) * 2, math.ceil(height / 2) * 2


def _frames_in(seconds: float, rate: Fraction, least_s: float) -> int:
    """The whole frames in a time, or one more where they would come to less than the least."""
    count = math.floor(seconds * rate + EARLY_S)
    return count if count >= least_s * rate else math.ceil(seconds * rate - EARLY_S)
