"""What an animatic is made from, as plain data that travels to the child process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import Any, Final

FRAMES_PER_SECOND: Final = 24

# Width and height in pixels. The reference page names the choices, not the pixels.
SIZES: Final = {
    ("480p", "16:9"): (854, 480),
    ("480p", "9:16"): (480, 854),
    ("480p", "1:1"): (480, 480),
    ("720p", "16:9"): (1280, 720),
    ("720p", "9:16"): (720, 1280),
    ("720p", "1:1"): (720, 720),
}
ANY_HEIGHT: Final = 480
# The reference page gives no defaults for these two; the sandbox chooses the cheapest.
DEFAULT_RESOLUTION: Final = "480p"
DEFAULT_ASPECT_RATIO: Final = "16:9"


@dataclass(frozen=True)
class Reference:
    """One reference: its kind (image, video, audio) and its number within the kind, from 1.

    ``path`` is the sandbox's own file, None for a link to elsewhere, which is not fetched. The
    child gets only the end of it, which tells the format; the file itself comes open.
    """

    kind: str
    number: int
    path: str | None
    host: str
    name: str

    @property
    def extension(self) -> str:
        """Of the sandbox's own file, without a dot."""
        return PurePath(self.path or "").suffix[1:]


@dataclass(frozen=True)
class Job:
    """Everything that the picture shows and where it goes."""

    out: str
    cover: str
    seconds: int
    resolution: str
    aspect_ratio: str
    sound: bool
    prompt: str
    number: int
    of: int
    references: tuple[Reference, ...]
    extra_frames: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        across, high = map(int, self.aspect_ratio.split(":"))
        known = SIZES.get((self.resolution, self.aspect_ratio))
        # Another shape of a newer model, in the size of the cheapest and with even sides.
        return known or (max(2, round(ANY_HEIGHT * across / high / 2) * 2), ANY_HEIGHT)

    @property
    def text(self) -> str:
        """All the text of a stranger's that the picture may show."""
        return "".join([self.prompt, *(each.host + each.name for each in self.references)])

    def to_order(self) -> dict[str, Any]:
        """The job for the child, without a name of this machine's files."""
        references = [{**asdict(each), "path": each.path and f"file.{each.extension}"} for each in self.references]
        return {**asdict(self), "out": "", "cover": "", "references": references}

    @staticmethod
    def from_order(order: Mapping[str, Any]) -> Job:
        """The job as the child reads it."""
        references = tuple(Reference(**each) for each in order["references"])
        return Job(**{**order, "references": references})
