"""Draws one animatic: a storyboard in motion made from a request, as an H.264 mp4.

Run as ``python -m weryai_ui.sandbox.animatic`` with a job as JSON on its input (see
jobs.py). It writes the video and a JPEG cover, each by replacing the name at once.
"""

from __future__ import annotations

import os
import sys
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream
from PIL import Image

from weryai_ui.sandbox.jobs import FRAMES_PER_SECOND, Job
from weryai_ui.sandbox.look import Look
from weryai_ui.sandbox.overlay import Overlay
from weryai_ui.sandbox.shots import Moment, Shot, shots_of
from weryai_ui.sandbox.sound import SAMPLE_RATE, pad

CROSSFADE_FRAMES: Final = 12
NICENESS: Final = 5
BT709: Final = 1  # the number of this colour space in H.264
AUDIO_FRAME: Final = 1024


class Animatic:
    """The frames of one job, drawn in order."""

    def __init__(self, job: Job) -> None:
        self.total = job.seconds * FRAMES_PER_SECOND
        look = Look.of(job)
        self._shots: list[tuple[int, int, Shot]] = []
        found = shots_of(job, look)
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


def render(job: Job) -> None:
    """Write the video and its cover. Raises what PyAV or the file system raises."""
    animatic = Animatic(job)
    out, cover = Path(job.out), Path(job.cover)
    part, cover_part = _part(out), _part(cover)
    try:
        with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as file:
            video = _video_stream(file, job)
            audio = file.add_stream("aac", rate=SAMPLE_RATE, layout="stereo") if job.sound else None
            for index in range(animatic.total):
                picture = animatic.frame(index)
                if index == animatic.total // 3:
                    picture.save(cover_part, "JPEG", quality=88)
                _encode(file, video, picture, index)
            file.mux(video.encode(None))
            if isinstance(audio, AudioStream):
                accents = [cut / FRAMES_PER_SECOND for cut in animatic.cuts[1:-1]]
                _encode_sound(file, audio, pad(job.prompt, job.seconds, accents))
        # The cover first: whoever sees the video also finds its cover.
        cover_part.replace(cover)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
        cover_part.unlink(missing_ok=True)


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.part")


def _video_stream(file: OutputContainer, job: Job) -> VideoStream:
    stream = file.add_stream("libx264", rate=FRAMES_PER_SECOND)
    stream.width, stream.height = job.size
    stream.pix_fmt = "yuv420p"
    # Drawn pictures and lettering stay clean at this, in a fifth of the bytes of a rate for films.
    stream.options = {"preset": "veryfast", "tune": "animation", "crf": "27"}
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


def main() -> None:
    """Render the job on the standard input, politely: the page needs the processor more."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    render(Job.from_json(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
