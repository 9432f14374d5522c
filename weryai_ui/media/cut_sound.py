"""The sound track of a cut, in the child."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal

from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer

Codec = Literal["aac", "pcm_s16le", "libmp3lame"]
AAC_BITS: Final = 192_000
"""A second."""
RATES: Final = (44_100, 48_000)
"""Samples a second that stay as they are; every other rate becomes the last."""
SAMPLE_BYTES: Final = 2
GAP_S: Final = 0.1
"""A hole in the sound that is filled with silence; a shorter one is rounding."""


def rate_of(source: AudioStream) -> int:
    """The samples a second that the sound will have."""
    return source.rate if source.rate in RATES else RATES[-1]


class Sound:
    """A number of samples, exactly: 16 bits, mono or stereo, silence where the clip has none."""

    def __init__(
        self, source: AudioStream, output: OutputContainer, codec: Codec, samples: int, layout: str = ""
    ) -> None:
        """`layout`: "mono" or "stereo", where it is not to be that of the source."""
        self.source = source
        self._base = 0
        self._output = output
        self._count = max(samples, 0)
        self._rate = rate_of(source)
        self._layout = layout or ("mono" if source.channels == 1 else "stereo")
        self._width = SAMPLE_BYTES * (1 if self._layout == "mono" else 2)
        self._done = 0
        self._due_s = 0.0
        """Seconds from the start of the cut at which the next sound is due."""
        self._next: int | None = None
        """The sample at which the next sound goes in; below 0 before the cut."""
        self._resampler = AudioResampler("s16", self._layout, self._rate)
        self._stream = output.add_stream(codec, rate=self._rate, layout=self._layout)
        if codec != "pcm_s16le":
            self._stream.bit_rate = AAC_BITS

    @property
    def part(self) -> float:
        """How much is done, from 0 to 1."""
        return self._done / max(1, self._count)

    @property
    def enough(self) -> bool:
        """Whether the track is complete, but for what the encoder still has."""
        return self._done >= self._count

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self._rate

    def go_on(self, samples: int) -> None:
        """What is taken from here on comes behind what there is, up to so many samples in all."""
        self._end_source()
        self._silence_until(self._count)
        self._base, self._count = self._count, max(samples, self._count)
        self._next, self._due_s = None, 0.0
        self._resampler = AudioResampler("s16", self._layout, self._rate)

    def take(self, frame: AudioFrame, at_s: float) -> None:
        """Some sound and its moment, in seconds from the start of the cut."""
        if self._next is None:
            self._next, self._due_s = self._base + round(at_s * self._rate), at_s
        if at_s - self._due_s > GAP_S:
            self._next += round((at_s - self._due_s) * self._rate)
            self._due_s = at_s
        self._due_s += frame.samples / frame.sample_rate
        self._put(self._resampler.resample(frame))

    def finish(self) -> None:
        """Fill up with silence, and write what the encoder still has."""
        self._end_source()
        self._silence_until(self._count)
        self._output.mux(self._stream.encode(None))

    def _end_source(self) -> None:
        if self._next is not None:
            self._put(self._resampler.resample(None))

    def _put(self, pieces: list[AudioFrame]) -> None:
        for piece in pieces:
            start = self._next or 0
            self._next = start + piece.samples
            self._silence_until(min(start, self._count))
            data = bytes(piece.planes[0])[: piece.samples * self._width]
            self._write(data[max(0, self._done - start) * self._width : max(0, self._count - start) * self._width])

    def _silence_until(self, sample: int) -> None:
        while self._done < sample:
            self._write(bytes(min(sample - self._done, self._rate) * self._width))

    def _write(self, data: bytes) -> None:
        if not data:
            return
        frame = AudioFrame(format="s16", layout=self._layout, samples=len(data) // self._width)
        frame.planes[0].update(data.ljust(frame.planes[0].buffer_size, b"\0"))
        frame.rate, frame.pts, frame.time_base = self._rate, self._done, Fraction(1, self._rate)
        self._done += frame.samples
        self._output.mux(self._stream.encode(frame))
