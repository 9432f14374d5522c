"""A file that somebody gave, for the child that draws: opened by the media room's readers, and by no other."""

from __future__ import annotations

import io
from typing import BinaryIO, Final

from av.error import FFmpegError

from weryai_ui.media.limits import MEDIA_LIMITS
from weryai_ui.media.protocol import Job, WorkerFault

UNREADABLE: Final = (FFmpegError, OSError, ValueError, IndexError, SyntaxError, MemoryError, WorkerFault)
"""What a file that cannot be shown may raise: it becomes a card that says so."""


def given(file: BinaryIO, extension: str) -> Job:
    """A reference's file, as the media room takes it; the limit on pixels is that of uploads."""
    return Job(file, io.BytesIO(), extension, MEDIA_LIMITS.pixels, {})
