"""Cuts, and clips made to fit, in the child: a video as MP4 (H.264, AAC), an audio as WAV; both encoded anew.

A copy without encoding could only begin at a keyframe. WAV and not MP3, because every reader finds the same length in
it: an MP3 of 15 s holds 15.05 s for readers that count its frames, and the service refuses more than 15.
"""

from __future__ import annotations

import collections
import math
from dataclasses import dataclass
from typing import Any, Final, Literal

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from weryai_ui.media.clips import frame_at, frames, keyframe_before, opened, origin, seconds_of, tracks
from weryai_ui.media.cut_pictures import MOST_PIXELS, Pictures, fitting
from weryai_ui.media.cut_sound import AAC_BITS, Codec, Sound, rate_of
from weryai_ui.media.protocol import Fault, Job, WorkerFault

AAC_FRAME: Final = 1024
"""Samples."""
FILLED: Final = 0.9
"""Of the room for a file; the rest is for what the encoder takes beyond its orders, and for the container."""
WAV_BITS: Final = 2 * 16 * 48_000
"""A second of a WAV, at most."""
LEAD_S: Final = 1.0
"""Sound decoded before the cut, so that a decoder has found its feet when it begins."""


@dataclass(frozen=True)
class Into:
    """What a clip becomes."""

    pixels: int
    """Of a frame, at most."""
    bits: float = math.inf
    """A second of the pictures, at most."""
    sound: Literal["wav", "mp3"] = "wav"
    """Where nothing is shown."""


@dataclass(frozen=True)
class Shape:
    """What has to be known of a video before it is cut."""

    size: tuple[int, int]
    """Pixels, as shown where the cut begins."""
    first: int
    """The packet from which its pictures are decoded."""


def cut(job: Job) -> dict[str, Any]:
    """The piece from `figures["start_s"]` to `figures["end_s"]`, counted from where the clip begins.

    A video is never longer than asked, and shorter by less than a frame; one that would then be shorter than
    `figures["least_s"]` is longer by less than a frame.
    """
    _make(job, Into(MOST_PIXELS))
    return {}


def fit_clip(job: Job) -> dict[str, Any]:
    """The whole clip, up to `figures["end_s"]`: a video's frames of at most `figures["pixels"]`, all of it light enough
    for `figures["bytes"]`. A sound is a WAV where that has room, else an MP3."""
    seconds, most = job.figures["end_s"], job.figures["bytes"]
    bits = most * 8 * FILLED / seconds
    _make(job, Into(int(job.figures["pixels"]), bits - AAC_BITS, "wav" if bits > WAV_BITS else "mp3"))
    return {}


def _make(job: Job, into: Into) -> None:
    start = job.figures["start_s"]
    shape = _shape(job, start)
    with opened(job) as container, av.open(job.made, "w", format="mp4" if shape else into.sound) as output:
        if shape is not None:
            _decode_ahead(container)
        makers = _makers(container, output, shape, job, into)
        _pour(container, makers, start + origin(container), shape.first if shape else 0, job)


def _decode_ahead(container: InputContainer) -> None:
    """Have several frames decoded at once: few encoders leave a decoder parts of one to share out."""
    if (video := tracks(container).video) is not None:
        video.thread_type = "AUTO"


def _shape(job: Job, start_s: float) -> Shape | None:
    with opened(job) as container:
        if tracks(container).video is None:
            return None
    _, size = frame_at(job, start_s)
    return Shape(size, keyframe_before(job, start_s))


def _makers(
    container: InputContainer, output: OutputContainer, shape: Shape | None, job: Job, into: Into
) -> list[Pictures | Sound]:
    """What makes the tracks of the cut."""
    found = tracks(container)
    seconds = job.figures["end_s"] - job.figures["start_s"]
    if found.video is None or shape is None:
        if found.audio is None:
            raise WorkerFault(Fault.NO_CLIP)
        codec: Codec = "pcm_s16le" if into.sound == "wav" else "libmp3lame"
        return [Sound(found.audio, output, codec, round(seconds * rate_of(found.audio)))]
    size = fitting(*shape.size, into.pixels)
    pictures = Pictures(found.video, output, size, seconds, job.figures["least_s"], into.bits)
    if found.audio is None:
        return [pictures]
    # The encoder puts a frame in front and fills up the last one: even so the sound ends no later than the picture.
    samples = (int(pictures.seconds * rate_of(found.audio)) // AAC_FRAME - 1) * AAC_FRAME
    return [pictures, Sound(found.audio, output, "aac", samples)]


def _pour(container: InputContainer, makers: list[Pictures | Sound], start: float, first: int, job: Job) -> None:
    """Give each maker the frames of its own track from `start` on the clip's clock, until all have enough.

    The pictures are decoded from their packet number `first`.
    """
    by_track = {maker.source.index: maker for maker in makers}
    seen: collections.Counter[int] = collections.Counter()
    for packet in container.demux(*(maker.source for maker in makers)):
        maker = by_track[packet.stream.index]
        seen[packet.stream.index] += 1
        if maker.enough or _before(packet, seen[packet.stream.index] - 1, start, first):
            continue
        for frame in frames(packet):
            maker.take(frame, seconds_of(frame) - start)
        job.tell(makers[0].part)
        if all(each.enough for each in makers):
            break
    for maker in makers:
        maker.finish()


def _before(packet: Packet[Any], number: int, start: float, first: int) -> bool:
    """Whether nothing of the cut needs this packet."""
    if isinstance(packet.stream, VideoStream):
        return number < first
    return packet.pts is not None and float(packet.pts * packet.time_base) < start - LEAD_S
