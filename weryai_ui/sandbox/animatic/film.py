"""Draws one animatic: a storyboard in motion made from a request, as an H.264 mp4, and a JPEG cover.

What a child process does (see child.py): it gets open files and no names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, BinaryIO, Final

import av
import numpy as np
import numpy.random  # numpy itself would load it when it is first used, and no file can be opened then
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream
from PIL import Image

from weryai_ui import isolation
from weryai_ui.media.libraries import load_pillow, load_pyav
from weryai_ui.media.limits import CHILD_THREADS
from weryai_ui.sandbox.animatic.lettering import prepare
from weryai_ui.sandbox.animatic.look import Look
from weryai_ui.sandbox.animatic.overlay import Overlay
from weryai_ui.sandbox.animatic.shots import Moment, Shot, shots_of
from weryai_ui.sandbox.animatic.sound import SAMPLE_RATE, pad
from weryai_ui.sandbox.jobs import FRAMES_PER_SECOND, Job

CROSSFADE_FRAMES: Final = 12
BT709: Final = 1  # the number of this colour space in H.264
AUDIO_FRAME: Final = 1024
INDEX_BYTES: Final = 32 * 1024
"""Kept free at the beginning, so that a video plays before all of it has come; the longest needs a third of it."""


class Animatic:
    """The frames of one job, drawn in order."""

    def __init__(self, job: Job, files: Sequence[BinaryIO | None]) -> None:
        self.total = job.seconds * FRAMES_PER_SECOND + job.extra_frames
        look = Look.of(job)
        self._shots: list[tuple[int, int, Shot]] = []
        found = shots_of(job, look, files)
        self.cuts = [round(self.total * index / len(found)) for index in range(len(found) + 1)]
        shortest = self.total // len(found)
        self._fade = min(CROSSFADE_FRAMES, shortest // 3)
        for index, (_, shot) in enumerate(found):
            begin = max(0, self.cuts[index] - self._fade)
            self._shots.append((begin, self.cuts[index + 1], shot))
        self._overlay = Overlay(job, look, [each for each, _ in found], self.cuts)

    def frame(self, index: int) -> Image.Image:
        """The frame of that index. Ask in order: clips play forward only."""
        seen = [each for each in self._shots if each[0] <= index < each[1]]
        picture = self._draw(seen[0], index)
        if len(seen) > 1:
            share = (index - seen[1][0] + 1) / (self._fade + 1)
            picture = Image.blend(picture, self._draw(seen[1], index), share)
        self._overlay.apply(picture, index)
        return picture

    @staticmethod
    def _draw(shown: tuple[int, int, Shot], index: int) -> Image.Image:
        begin, end, shot = shown
        since = index - begin
        return shot.frame(Moment(since / FRAMES_PER_SECOND, since / (end - begin)))


def render(job: Job, files: Sequence[BinaryIO | None], video_file: BinaryIO, cover_file: BinaryIO) -> None:
    """Write the video and its cover; ``files`` are those of the references. Raises what PyAV raises, and OSError."""
    animatic = Animatic(job, files)
    with av.open(video_file, "w", format="mp4", options={"moov_size": str(INDEX_BYTES)}) as out:
        video = _video_stream(out, job)
        audio = out.add_stream("aac", rate=SAMPLE_RATE, layout="stereo") if job.sound else None
        for index in range(animatic.total):
            picture = animatic.frame(index)
            if index == animatic.total // 3:
                picture.save(cover_file, "JPEG", quality=88)
            _encode(out, video, picture, index)
        out.mux(video.encode(None))
        if isinstance(audio, AudioStream):
            accents = [cut / FRAMES_PER_SECOND for cut in animatic.cuts[1:-1]]
            _encode_sound(out, audio, pad(job.prompt, job.seconds, accents))
    video_file.flush()
    cover_file.flush()


def _video_stream(file: OutputContainer, job: Job) -> VideoStream:
    stream = file.add_stream("libx264", rate=FRAMES_PER_SECOND)
    stream.width, stream.height = job.size
    stream.pix_fmt = "yuv420p"
    # Drawn pictures and lettering stay clean at this, in a fifth of the bytes of a rate for films.
    stream.options = {"preset": "veryfast", "tune": "animation", "crf": "27", "threads": str(CHILD_THREADS)}
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = BT709
    return stream


def _encode(file: OutputContainer, stream: VideoStream, picture: Image.Image, index: int) -> None:
    frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
    frame = frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
    frame.pts, frame.time_base = index, Fraction(1, FRAMES_PER_SECOND)
    file.mux(stream.encode(frame))


def _encode_sound(
    file: OutputContainer, stream: AudioStream, samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
) -> None:
    for begin in range(0, samples.shape[1], AUDIO_FRAME):
        piece = np.ascontiguousarray(samples[:, begin : begin + AUDIO_FRAME])
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        frame.pts, frame.time_base = begin, Fraction(1, SAMPLE_RATE)
        file.mux(stream.encode(frame))
    file.mux(stream.encode(None))


def load(order: Mapping[str, Any]) -> isolation.Task:
    """The job on its way to be drawn on files for the video and the cover, and those of the references.

    Fonts are files too, so what the text needs of them is read now.
    """
    job = Job.from_order(order["job"])
    load_pillow()
    load_pyav()
    prepare(job.text)

    def work(files: list[BinaryIO]) -> Mapping[str, Any]:
        video, cover, *given = files
        render(job, [None if at is None else given[at] for at in order["given"]], video, cover)
        return {}

    return work
