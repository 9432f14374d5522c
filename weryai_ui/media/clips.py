"""Videos and audios, in the child: what is in them and how long they are, and a picture of one moment."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any, Final

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from weryai_ui.media import whole
from weryai_ui.media.limits import CHILD_THREADS
from weryai_ui.media.pictures import save_jpeg
from weryai_ui.media.protocol import Fault, Job, WorkerFault
from weryai_ui.media.shown import Drawer, shown_size

DEMUXERS: Final = {
    "mp4": "mov",
    "mov": "mov",
    "m4a": "mov",
    "webm": "matroska",
    "mkv": "matroska",
    "mp3": "mp3",
    "wav": "wav",
    "rf64": "wav",
    "ogg": "ogg",
    "ogv": "ogg",
    "opus": "ogg",
    "flac": "flac",
    "aac": "aac",
    "aiff": "aiff",
    "amr": "amr",
    "wma": "asf",
    "wmv": "asf",
    "avi": "avi",
    "ts": "mpegts",
    "mpg": "mpeg",
}
"""The one reader that may open a file, by its extension: no playlist, no stream description, no list of files."""
CONFIRMED_S: Final = 0.1
"""How far the container's own length may be from its packets and be believed: it knows the padding at the ends."""
LAST_QUALITY: Final = 95
"""Of a frame that another film begins with: its edges and colours shall not shift."""
STILL_CODECS: Final = frozenset({"mjpeg", "png", "bmp", "gif", "tiff", "webp"})
"""What a cover is stored as; a track of several such pictures is a video."""


@dataclass(frozen=True)
class Tracks:
    """What a clip shows and plays; a cover picture is not a video."""

    video: VideoStream | None
    audio: AudioStream | None

    @property
    def all(self) -> list[VideoStream | AudioStream]:
        return [track for track in (self.video, self.audio) if track is not None]


def opened(job: Job) -> InputContainer:
    """The clip, read by the one demuxer of its extension and from this file alone."""
    job.media.seek(0)
    demuxer = DEMUXERS[job.extension]
    options = {"protocol_whitelist": "file", "format_whitelist": demuxer}
    container = av.open(job.media, "r", format=demuxer, options=options, metadata_errors="replace", io_open=_no_other)
    for stream in container.streams:
        if isinstance(stream, VideoStream | AudioStream):
            if stream.codec_context is None:  # how PyAV says that nobody knows the codec
                raise WorkerFault(Fault.DAMAGED)
            stream.codec_context.thread_count = CHILD_THREADS
    return container


def _no_other(*_: object) -> None:
    """Refuse what a file asks to have opened besides itself: no demuxer above needs another."""
    raise PermissionError("a clip is one file")


def tracks(container: InputContainer) -> Tracks:
    """The first real video and the first audio."""
    videos = (stream for stream in container.streams.video if not _is_cover(stream))
    return Tracks(next(videos, None), next(iter(container.streams.audio), None))


def _is_cover(stream: VideoStream) -> bool:
    """Whether a track is a picture of the whole: marked as one, or a single frame as pictures are stored."""
    marked = bool(stream.disposition & Disposition.attached_pic)
    return marked or (stream.frames == 1 and stream.codec_context.name in STILL_CODECS)


def origin(container: InputContainer) -> float:
    """Where the clip begins on its own clock, in seconds."""
    return max(0.0, (container.start_time or 0) / av.time_base)


def frames(packet: Packet[Any]) -> list[Any]:
    """The frames that a packet completes; a broken packet has none."""
    try:
        return list(packet.decode())
    except FFmpegError as error:
        if isinstance(error, MemoryError):
            raise
        return []


# --- measuring ------------------------------------------------------------------------------------


@dataclass
class Span:
    """Where a clip begins and ends by its packets, in seconds on its own clock.

    How long the last picture stands is known for sure to the container alone: a packet says how long it is until the
    next one in the order of decoding, which is another one where pictures refer to later ones. So the end lies
    between `least` and `most`.
    """

    begin: float = math.inf
    least: float = -math.inf
    most: float = -math.inf
    last_shown: float = -math.inf

    def take(self, packet: Packet[Any]) -> None:
        """One packet more."""
        at = packet.pts if packet.pts is not None else packet.dts
        if not packet.size or at is None or packet.is_discard:
            return
        start, end = (float(each * packet.time_base) for each in (at, at + (packet.duration or 0)))
        self.begin = min(self.begin, start)
        if not isinstance(packet.stream, VideoStream):
            self.least, self.most = max(self.least, end - CONFIRMED_S), max(self.most, end)
        elif start >= self.last_shown:
            self.last_shown = start
            self.least, self.most = max(self.least, start), max(self.most, end)


def clip(job: Job) -> dict[str, Any]:
    """Width and height in pixels as shown (None without a picture), the length in seconds, whether there is sound."""
    if whole.ends_early(job.media, job.extension):
        raise WorkerFault(Fault.CUT_OFF)
    declared = whole.declared_seconds(job.media, job.extension)
    with opened(job) as container:
        found = tracks(container)
        if not found.all:
            raise WorkerFault(Fault.NO_CLIP)
        if found.video is not None:
            job.check_pixels(found.video.width, found.video.height)
        first, span = _read_through(container, found)
        width, height = (None, None) if found.video is None else shown_size(first, found.video)
        job.check_pixels(width or 0, height or 0)
        sounds = found.audio is not None
        return {
            "width": width,
            "height": height,
            "duration_s": _length(container, span, declared),
            "has_audio": sounds,
        }


def _read_through(container: InputContainer, found: Tracks) -> tuple[Any, Span]:
    """The first frame of the first track, and the span of all packets."""
    first, span = None, Span()
    for packet in container.demux(*found.all):
        if first is None and packet.stream is found.all[0]:
            first = next(iter(frames(packet)), None)
        span.take(packet)
    if first is None:
        raise WorkerFault(Fault.DAMAGED)
    return first, span


def _length(container: InputContainer, span: Span, declared: float | None) -> float:
    """Seconds: what the container says where its packets bear it out, else up to the end of the last one shown."""
    begin = max(span.begin, origin(container))
    for said in (declared, (container.duration or 0) / av.time_base):
        if said is not None and span.least < begin + said <= span.most + CONFIRMED_S:
            return said
    if span.most <= begin:
        raise WorkerFault(Fault.DAMAGED)
    return span.most - begin


# --- one moment -----------------------------------------------------------------------------------


def poster(job: Job) -> dict[str, Any]:
    """A JPEG of the frame shown at `figures["at_s"]` seconds; its longer side at most `figures["side"]` pixels."""
    side = int(job.figures["side"])
    frame, size = frame_at(job, job.figures["at_s"])
    scale = min(1.0, side / max(size))
    width, height = (max(1, round(length * scale)) for length in size)
    image: Image.Image = Drawer("rgb24").of(frame, width, height).to_image()  # type: ignore[no-untyped-call]
    save_jpeg(image, side, job.made)
    return {}


def last_frame(job: Job) -> dict[str, Any]:
    """A JPEG of the last frame, as large as it is shown and close enough to go on from."""
    frame, (width, height) = frame_at(job, math.inf)
    image: Image.Image = Drawer("rgb24").of(frame, width, height).to_image()  # type: ignore[no-untyped-call]
    image.save(job.made, "JPEG", quality=LAST_QUALITY, subsampling=0)
    return {}


def frame_at(job: Job, at_s: float) -> tuple[VideoFrame, tuple[int, int]]:
    """The frame shown at a moment, or the last one, and its size as shown; raises `WorkerFault` where there is none."""
    found: VideoFrame | None = None
    key = keyframe_before(job, at_s)
    with opened(job) as container:
        video = picture_track(container, job)
        for packet in itertools.islice(container.demux(video), key, None):
            for frame in frames(packet):
                if found is not None and seconds_of(frame) - origin(container) > at_s:
                    return found, shown_size(found, video)
                found = frame
        if found is None:
            raise WorkerFault(Fault.DAMAGED)
        return found, shown_size(found, video)


def picture_track(container: InputContainer, job: Job) -> VideoStream:
    """The video, of a size that may be decoded; raises `WorkerFault`."""
    video = tracks(container).video
    if video is None:
        raise WorkerFault(Fault.NO_PICTURE)
    job.check_pixels(video.width, video.height)
    return video


def seconds_of(frame: Any) -> float:
    """A frame's time on the clip's own clock; 0 for a frame without one."""
    return 0.0 if frame.time is None else float(frame.time)


def keyframe_before(job: Job, at_s: float) -> int:
    """How many packets of the video come before the last one from which the moment `at_s` can be decoded.

    Found by reading, since the index of a stranger's file may lie, and seeking by bit rate misses.
    """
    found = 0
    with opened(job) as container:
        until = at_s + origin(container)
        for number, packet in enumerate(container.demux(picture_track(container, job))):
            if packet.is_keyframe and packet.pts is not None and float(packet.pts * packet.time_base) <= until:
                found = number
    return found
