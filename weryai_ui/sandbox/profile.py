"""The two faces of the sandbox: as the documents of the service say, and as a public user of it measured.

What is refused is the same in both: the reference page decides that.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class Profile(StrEnum):
    """How the sandbox answers."""

    DOCUMENTED = "documented"
    MEASURED = "measured"


BURST_SECONDS: Final = 0.5
"""Submits of an account that come sooner after one another draw 1001 (measured); scaled by the pace."""


class Difference(NamedTuple):
    """Where the two differ, in words for the docs."""

    what: str
    documented: str
    measured: str


DIFFERENCES: Final = (
    Difference("A refusal, unless it is for the key", "HTTP 400, 404 or 429", "HTTP 200; only `status` tells"),
    Difference("A finished task's `videos`", "objects with `url` and `cover_image_url`", "links as text"),
    Difference("`batch_id` of several videos", "a text", "an integer beyond 2^53"),
    Difference("A batch's status", "an object with `tasks`", "an array of tasks"),
    Difference("`task_status` in a callback", "in small letters", "in capitals"),
    Difference("A film's frames", "24 for each second", "24 for each second, and one"),
    Difference("Two submits of an account within half a second", "both are taken", "the second is refused (1001)"),
)
