"""Prints the length of a media file in seconds, or nothing when it cannot be read.

Run as ``python -m weryai_ui.sandbox.probe FILE``, in a child process.
"""

from __future__ import annotations

import sys

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.stream import VideoStream

Track = VideoStream | AudioStream


def seconds_of(path: str) -> float | None:
    """Length of the picture, or of the sound where there is no picture; a cover counts as none."""
    try:
        with av.open(path, metadata_errors="replace") as container:
            films = [each for each in container.streams.video if not _is_cover(each)]
            tracks: list[Track] = [*films, *container.streams.audio]
            return _length(container, tracks[0]) if tracks else None
    except (FFmpegError, OSError, ValueError):
        return None


def _is_cover(stream: VideoStream) -> bool:
    still = stream.frames == 1 and stream.codec_context.name in ("mjpeg", "png")
    return still or bool(stream.disposition & Disposition.attached_pic)


def _length(container: InputContainer, stream: Track) -> float | None:
    """What the container says, unless its last picture comes later: then a moment after that one."""
    said = container.duration / av.time_base if container.duration else None
    if stream.duration and stream.time_base:
        said = float(stream.duration * stream.time_base)
    shown = [(each.pts, each.duration or 0) for each in container.demux(stream) if each.pts is not None and each.size]
    if not shown or stream.time_base is None:
        return said
    times = [at for at, _ in shown]
    last = float((max(times) - min(times)) * stream.time_base)
    if said is not None and said > last:
        return said
    # A packet says how long it is in the order of decoding, which is too long where pictures refer to later ones.
    return last + float(min(length for _, length in shown) * stream.time_base)


def main() -> None:
    """Write the seconds of the file named on the command line."""
    seconds = seconds_of(sys.argv[1])
    sys.stdout.write("" if seconds is None else f"{seconds:.3f}")


if __name__ == "__main__":
    main()
