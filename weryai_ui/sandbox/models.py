"""What each model takes, by the sandbox's own reading of the reference page and of what was measured.

Models that only its host knows are handed in as rows, so that one that is newer than the sandbox can be tried in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final


@dataclass(frozen=True)
class Limits:
    """The bounds of one model's requests."""

    seconds: tuple[int, int] = (5, 15)
    prompt: int = 500
    images: int = 9
    videos: int = 3
    audios: int = 3
    films: int = 4
    ratios: tuple[str, ...] = ("1:1", "9:16", "16:9")
    resolutions: tuple[str, ...] = ("480p", "720p")

    def most(self, kind: str) -> int:
        """How many references of a kind."""
        return {"images": self.images, "videos": self.videos, "audios": self.audios}[kind]


Models = Mapping[str, Limits]

MODELS: Final[Models] = MappingProxyType(
    {
        "SEEDANCE_2_0": Limits(),
        "WERYDANCE_2_0": Limits(seconds=(4, 15), prompt=2000),
        "WERYDANCE_2_0_FAST": Limits(seconds=(4, 15), prompt=2000),
    }
)


def with_rows(rows: Iterable[Mapping[str, Any]]) -> Models:
    """The sandbox's own models, and those of the rows that it does not know."""
    return MappingProxyType({**{str(row["key"]): _limits(row) for row in rows}, **MODELS})


def _limits(row: Mapping[str, Any]) -> Limits:
    given: dict[str, Any] = {name: row[name] for name in Limits.__dataclass_fields__ if name in row}
    return Limits(**given)
