"""Films one after the other, in the child: as one MP4 (H.264, AAC).

The pictures go over as they are where all the films are of one kind; else they are encoded anew, in the shape and at
the rate of the first. The sound is encoded anew in any case: what an encoder puts in front of it would be heard at
every joint, and add up.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from weryai_ui.media import whole
from weryai_ui.media.clips import frames, opened, origin, picture_track, seconds_of, tracks
from weryai_ui.media.cut_pictures import LEAST_RATE, MOST_PIXELS, Pictures, fitting
from weryai_ui.media.cut_sound import AAC_BITS, Sound
from weryai_ui.media.cutting import AAC_FRAME, FILLED
from weryai_ui.media.protocol import Fault, Job, WorkerFault
from weryai_ui.media.shown import shown_size

COPIED: Final = ("h264", ("mp4", "mov"))
"""The pictures that may go over as they are: how they are stored, and in which files."""


@dataclass(frozen=True)
class Film:
    """What has to be known of a film before it is joined. Seconds on the clock that begins with the film."""

    number: int
    job: Job
    seconds: float
    """Up to the end of its last picture."""
    size: tuple[int, int]
    """Pixels as shown."""
    kind: tuple[object, ...] | None
    """What films have in common whose pictures one decoder takes one after the other; None: they are encoded anew."""
    decoded: tuple[float, float]
    """When its first picture is due at a decoder, and when its last."""
    has_sound: bool
    is_mono: bool


def join(job: Job) -> dict[str, Any]:
    """All films of a job as one, light enough for `figures["bytes"]`; a fault's `film` is the number of whose it is."""
    films = [_seen(each, number) for number, each in enumerate(job.each, 1)]
    begins = [*itertools.accumulate((film.seconds for film in films), initial=0.0)]
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(av.open(job.made, "w", format="mp4"))
        source = picture_track(stack.enter_context(opened(films[0].job)), films[0].job)
        pictures = _Copied(source, output) if _alike(films, begins) else _encoded(source, output, films, job)
        sound = _sound(films, output, stack)
        for film, begin in zip(films, begins, strict=False):
            pictures.go_on(begin, film)
            if sound is not None:
                sound.go_on(_samples(pictures.seconds, sound.rate, is_last=film is films[-1]))
            with _naming(film.number):
                for at_s in _poured(film, pictures, sound):
                    job.tell((begin + at_s) / begins[-1])
        pictures.finish()
        if sound is not None:
            sound.finish()
    return {}


def _sound(films: Sequence[Film], output: OutputContainer, stack: contextlib.ExitStack) -> Sound | None:
    """What makes the sound, at the rate of the first that has any; None where all are silent."""
    sounding = [film for film in films if film.has_sound]
    if not sounding:
        return None
    source = tracks(stack.enter_context(opened(sounding[0].job))).audio
    if source is None:
        raise WorkerFault(Fault.DAMAGED, film=sounding[0].number)
    return Sound(source, output, "aac", 0, "mono" if all(film.is_mono for film in sounding) else "stereo")


def _samples(seconds: float, rate: int, *, is_last: bool) -> int:
    """How much sound belongs to the pictures so far; at the end no more than they last, with what an encoder adds."""
    return (int(seconds * rate) // AAC_FRAME - 1) * AAC_FRAME if is_last else round(seconds * rate)


@contextlib.contextmanager
def _naming(number: int) -> Iterator[None]:
    """Says of a fault which film has it."""
    try:
        yield
    except WorkerFault as error:
        error.report["film"] = number
        raise
    except FFmpegError as error:
        if isinstance(error, MemoryError) or error.errno == errno.EFBIG:
            raise
        raise WorkerFault(Fault.DAMAGED, film=number) from error


def _seen(job: Job, number: int) -> Film:
    with _naming(number):
        if whole.ends_early(job.media, job.extension):
            raise WorkerFault(Fault.CUT_OFF)
        with opened(job) as container:
            return _read_through(container, job, number)


def _read_through(container: InputContainer, job: Job, number: int) -> Film:
    video, audio = picture_track(container, job), tracks(container).audio
    begin, end, last = origin(container), -math.inf, -math.inf
    frame_s = float(1 / (video.average_rate or LEAST_RATE))
    first: VideoFrame | None = None
    due: list[float] = []
    may_copy = job.extension in COPIED[1] and video.codec_context.name == COPIED[0]
    for packet in container.demux(video):
        if first is None:
            first = next(iter(frames(packet)), None)
        if not packet.size:
            continue
        if packet.pts is None or packet.dts is None:
            may_copy = False
            continue
        shown, decoded = float(packet.pts * packet.time_base), float(packet.dts * packet.time_base)
        lasts = float(packet.duration * packet.time_base) if packet.duration else frame_s
        end = max(end, shown + lasts - begin)
        may_copy = may_copy and decoded > last and not packet.is_discard and bool(due or packet.is_keyframe)
        last = decoded
        due = [due[0] if due else last - begin, last - begin]
    if first is None or end <= 0:
        raise WorkerFault(Fault.DAMAGED)
    size = shown_size(first, video)
    job.check_pixels(*size)
    kind = _kind(video) if may_copy and not first.rotation else None
    mono = audio is not None and audio.channels == 1
    return Film(number, job, end, size, kind, (due[0], due[-1]) if due else (0, 0), audio is not None, mono)


def _kind(video: VideoStream) -> tuple[object, ...]:
    context = video.codec_context
    return (bytes(context.extradata or b""), video.width, video.height, context.pix_fmt, video.sample_aspect_ratio)


def _alike(films: Sequence[Film], begins: Sequence[float]) -> bool:
    """Whether the pictures of all can go over as they are, each film in time for the decoder."""
    if films[0].kind is None or len({film.kind for film in films}) > 1:
        return False
    due = [(begin + film.decoded[0], begin + film.decoded[1]) for film, begin in zip(films, begins, strict=False)]
    return all(one[1] < other[0] for one, other in itertools.pairwise(due))


class _Copied:
    """The pictures of films of one kind, as they are."""

    def __init__(self, source: VideoStream, output: OutputContainer) -> None:
        self._output = output
        self._base = Fraction(source.time_base or Fraction(1, 90_000))
        self._stream = output.add_stream_from_template(source)
        self._begin = 0.0
        self.seconds = 0.0

    def go_on(self, begin: float, film: Film) -> None:
        self._begin, self.seconds = begin, begin + film.seconds

    def take(self, packet: Packet[Any], start: float) -> None:
        if packet.pts is None or packet.dts is None:
            return
        shift = round((self._begin - start) / self._base)
        for name in ("pts", "dts"):
            setattr(packet, name, round(getattr(packet, name) * packet.time_base / self._base) + shift)
        packet.duration = round(packet.duration * packet.time_base / self._base) if packet.duration else 0
        packet.time_base = self._base
        packet.stream = self._stream
        self._output.mux(packet)

    def finish(self) -> None:
        """Nothing is left."""


class _Encoded:
    """The pictures of films of any kind, in the shape of the first."""

    def __init__(self, pictures: Pictures, size: tuple[int, int]) -> None:
        self._pictures = pictures
        self._size = size

    @property
    def seconds(self) -> float:
        return self._pictures.seconds

    def go_on(self, _begin: float, film: Film) -> None:
        self._pictures.go_on(film.seconds, _within(film.size, self._size))

    def take(self, packet: Packet[Any], start: float) -> None:
        for frame in frames(packet):
            self._pictures.take(frame, seconds_of(frame) - start)

    def finish(self) -> None:
        self._pictures.finish()


def _encoded(source: VideoStream, output: OutputContainer, films: Sequence[Film], job: Job) -> _Encoded:
    size = fitting(*films[0].size, MOST_PIXELS)
    seconds = sum(film.seconds for film in films)
    bits = job.figures["bytes"] * 8 * FILLED / seconds - AAC_BITS
    return _Encoded(Pictures(source, output, size, 0.0, 0.0, bits, is_framed=True), size)


def _within(size: tuple[int, int], frame: tuple[int, int]) -> tuple[int, int]:
    """The largest even size of that shape within a frame; all of it for a shape that is the same but for rounding."""
    scale = min(frame[0] / size[0], frame[1] / size[1])
    found = [max(2, min(most, round(side * scale / 2) * 2)) for side, most in zip(size, frame, strict=True)]
    return found[0], found[1]


def _poured(film: Film, pictures: _Copied | _Encoded, sound: Sound | None) -> Iterator[float]:
    """Gives the film to what makes the two tracks; says at which second it is."""
    with opened(film.job) as container:
        found, start = tracks(container), origin(container)
        if found.video is not None:
            found.video.thread_type = "AUTO"
        for packet in container.demux(*(found.all if sound is not None else [found.video])):
            if isinstance(packet.stream, VideoStream):
                pictures.take(packet, start)
                if packet.pts is not None:
                    yield float(packet.pts * packet.time_base) - start
            elif sound is not None:
                for frame in frames(packet):
                    sound.take(frame, seconds_of(frame) - start)
