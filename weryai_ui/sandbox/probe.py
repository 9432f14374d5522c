"""Prints the length of a media file in seconds, or nothing when it cannot be read.

Run as ``python -m weryai_ui.sandbox.probe FILE``, in a child process.
"""

from __future__ import annotations

import sys

import av
from av.error import FFmpegError


def seconds_of(path: str) -> float | None:
    """Length of the picture, or of the sound where there is no picture."""
    try:
        with av.open(path, metadata_errors="replace") as container:
            stream = next(iter([*container.streams.video, *container.streams.audio]), None)
            if stream is None:
                return None
            if stream.duration is not None and stream.time_base is not None:
                return float(stream.duration * stream.time_base)
            return container.duration / 1_000_000 if container.duration is not None else None
    except (FFmpegError, OSError, ValueError):
        return None


def main() -> None:
    """Write the seconds of the file named on the command line."""
    seconds = seconds_of(sys.argv[1])
    sys.stdout.write("" if seconds is None else f"{seconds:.3f}")


if __name__ == "__main__":
    main()
