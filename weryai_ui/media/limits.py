"""Every limit on uploaded files and on what looks into them, each with its unit and its source."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from weryai_ui.media.kinds import MediaKind
from weryai_ui.media.units import MEGABYTE

MEGAPIXEL: Final = 1_000_000

UPLOAD_EXTENSIONS: Final[Mapping[MediaKind, frozenset[str]]] = types.MappingProxyType(
    {
        MediaKind.IMAGE: frozenset({"jpg", "png", "webp", "gif"}),
        MediaKind.VIDEO: frozenset({"mp4", "mov"}),
        MediaKind.AUDIO: frozenset({"mp3", "wav"}),
    }
)
"""What the vendor's client uploads (observed). Other kinds are measured too; `fitting` and `trim` make one of these of
them."""

JPEG_QUALITIES: Final = (92, 85, 75)
"""Of a picture that is made to fit, until it is light enough; below, fewer pixels look better."""
CHILDREN_AT_ONCE: Final = 3
"""Child processes at the same time in one process: two for files that come and one for a cut. The pools of the server
let no more in (`weryai_ui.ui.http.turns`), since who waits here holds a thread, and not in order."""
CHILD_THREADS: Final = 2
"""Threads of a decoder or an encoder in a child."""
QUEUE_SECONDS: Final = 120.0
"""How long a call waits for one of the children before it gives up."""


@dataclass(frozen=True)
class MediaLimits:
    """What one file may be, and what one child process may use."""

    picture_bytes: int = 10 * MEGABYTE
    """Observed: the vendor's client."""
    clip_bytes: int = 50 * MEGABYTE
    """Observed: the vendor's client. A cut may not be larger either."""
    pixels: int = 65 * MEGAPIXEL
    """Width times height of a picture, or of a video's frame: phones take pictures of 50 and of 64. A transparent PNG
    of so many needs most of the child's memory to be drawn."""
    clip_min_s: float = 2.0
    """Seconds of the shortest cut: `request.CLIP_MIN_SECONDS`, written again since a child need not load the form."""
    arrival_bytes: int | None = None
    """How large a file may come that will be made to fit; None: no larger than one of its kind may leave."""
    picture_side: int = 6000
    """Pixels of the longer side of a picture that was made to fit: more than other providers of the model take."""
    frame_pixels: int = 927_408
    """Width times height of a video that was made to fit: more than other providers of the model take."""
    fit_seconds: float = 60.0
    """Wall time of a child that makes a picture or a sound fit."""
    measure_seconds: float = 20.0
    """Wall time of a child that measures, or draws a poster or a thumbnail."""
    fit_clip_seconds: float = 300.0
    """Wall time of a child that makes a video fit: 15 s of 4K take it a minute on two processors."""
    trim_seconds: float = 120.0
    """Wall time of a child that cuts."""
    memory_bytes: int = 1 << 30
    """Address space of a child, where the platform can limit it."""

    def bytes_of(self, kind: MediaKind | None) -> int:
        """The most bytes that a file of a kind may leave with; None is a file of which nobody knows yet what it is."""
        return self.picture_bytes if kind is MediaKind.IMAGE else self.clip_bytes

    def arriving_bytes_of(self, kind: MediaKind | None) -> int:
        """The most bytes that a file of a kind may come with."""
        if self.arrival_bytes is None:
            return self.bytes_of(kind)
        return max(self.arrival_bytes, self.bytes_of(kind))


MEDIA_LIMITS: Final = MediaLimits()
