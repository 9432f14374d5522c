"""What of a filter of the history is asked for, and in which order."""

from __future__ import annotations

from typing import NamedTuple


class Narrowing(NamedTuple):
    """By itself all of it, the newest first.

    `since` and `until`: when it was submitted, in seconds since 1970; what was submitted at `until` is left out.
    """

    model: str = ""
    send_to: str = ""
    since: float | None = None
    until: float | None = None
    oldest_first: bool = False

    @property
    def bounds(self) -> dict[str, str | float]:
        """What narrows it, by name."""
        asked = {"model": self.model, "send_to": self.send_to, "since": self.since, "until": self.until}
        return {name: value for name, value in asked.items() if value not in ("", None)}


ALL_OF_IT = Narrowing()
