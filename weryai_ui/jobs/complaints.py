"""What a worker's thread tries again and again: it never ends by an error, and a log is not filled by one."""

from __future__ import annotations

import logging
from collections.abc import Callable


class Complaints:
    """What fails just now, each said once when it begins and once when it is over."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._failing: set[str] = set()

    def tried(self, failed: str, act: Callable[[], object]) -> bool:
        """Whether it went well. `failed` says what did not happen otherwise."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 - a heart that stops would have this process declared dead
            if failed not in self._failing:
                self._failing.add(failed)
                self._log.error("%s: %s", failed, type(error).__name__)
            return False
        if failed in self._failing:
            self._failing.discard(failed)
            self._log.warning("no longer: %s", failed)
        return True
