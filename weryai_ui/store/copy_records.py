"""What the store hands out of the copies of results: frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a copy is of its submission."""

    FILM = "film"
    COVER = "cover"
    REFERENCE = "reference"


class CopyState(StrEnum):
    """How far a copy is. A reference is `WAITING` until its film is kept."""

    WAITING = "waiting"
    COPYING = "copying"
    KEPT = "kept"
    FAILED = "failed"
    REMOVED = "removed"


UNDER_WAY = frozenset({CopyState.WAITING, CopyState.COPYING})


@dataclass(frozen=True)
class Copy:
    """One copy, wanted or kept. Times are seconds since 1970 (UTC).

    `task` and `number`: which task's film, the how manieth; of a reference which `field` of the form and its place
    there. `source` is the link that it comes from. `why`: a key of the words for what went wrong last.
    `faults`: how often in a row it failed in a way that nobody foresaw, by `error` the last time.
    """

    id: str
    intent_id: str
    visitor: str
    role: Role
    task: int
    number: int
    field: str | None
    name: str | None
    source: str
    state: CopyState
    why: str | None
    tries: int
    first_tried_at: float | None
    due_at: float | None
    key: str | None
    size: int | None
    sha256: str | None
    mime: str | None
    extension: str | None
    width: int | None
    height: int | None
    duration_s: float | None
    has_poster: bool
    created_at: float
    kept_at: float | None
    removed_at: float | None
    faults: int
    error: str | None

    @property
    def poster_key(self) -> str:
        """The key of the picture that was drawn of a film, where `has_poster`."""
        return f"{self.key}.jpg"


@dataclass(frozen=True)
class ReferenceFile:
    """A file of this app that a submission used: which field of the form, its place there, its link and its name."""

    field: str
    number: int
    link: str
    name: str


@dataclass(frozen=True)
class Kept:
    """What is known of an object that is whole."""

    size: int
    sha256: str
    mime: str
    extension: str
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    has_poster: bool = False
