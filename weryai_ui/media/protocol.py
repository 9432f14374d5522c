"""What the page's process and its child agree on."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import BinaryIO, Final

PART: Final = struct.Struct("<d")
"""How the part that is done stands in the file for it."""


class Fault(StrEnum):
    """What a child reports instead of figures. A child that can no longer report counts as `DAMAGED`."""

    DAMAGED = "damaged"
    CUT_OFF = "cut_off"
    MEMORY = "memory"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    """With `width` and `height` in the report."""
    NO_CLIP = "no_clip"
    NO_PICTURE = "no_picture"
    RAW = "raw"
    """A camera's own data with a small picture in front."""


class Trait(StrEnum):
    """What few programs expect of the pixels of a picture."""

    DEEP = "deep"
    """More than 8 bits a channel."""
    CMYK = "cmyk"
    """Mixed for printing."""


class WorkerFault(Exception):
    """An order cannot be done, for a reason that has a word of its own; raised in the child only."""

    def __init__(self, fault: Fault, **figures: int) -> None:
        super().__init__(fault)
        self.report = {"fault": fault, **figures}


@dataclass(frozen=True)
class Job:
    """One order as the child sees it."""

    media: BinaryIO
    made: BinaryIO
    """Takes what is made: a picture, a cut."""
    extension: str
    pixels: int
    """The most that may be decoded at once."""
    figures: Mapping[str, float]
    """The order's own: moments in seconds, sides in pixels."""
    progress: BinaryIO | None = None
    others: tuple[tuple[BinaryIO, str], ...] = ()
    """Further files that it is about, each with its extension."""

    @property
    def each(self) -> tuple[Job, ...]:
        """The same order for each of its files, in their order."""
        return self, *(replace(self, media=media, extension=extension) for media, extension in self.others)

    def tell(self, part: float) -> None:
        """Say how much is done, from 0 to 1, to whoever watches."""
        if self.progress is not None:
            os.pwrite(self.progress.fileno(), PART.pack(part), 0)

    def check_pixels(self, width: int, height: int) -> None:
        """Raise `WorkerFault` for a picture or a frame of too many pixels."""
        if width * height > self.pixels:
            raise WorkerFault(Fault.TOO_MANY_PIXELS, width=width, height=height)
