"""What a worker's thread tries again and again: it never ends by an error, and a log is not filled by one."""

from __future__ import annotations

import logging
import math
import time
import traceback
from collections.abc import Callable
from pathlib import Path

OURS = Path(__file__).parent.parent
CALM_S = 30.0
"""So long it goes well before it counts as over: what fails now and then is one trouble, and two lines of the log."""


def kind_and_place(error: BaseException) -> str:
    """What an error is and where in this app it came from, without its words: these may quote what people wrote."""
    frames = [(Path(each.filename), each.lineno) for each in traceback.extract_tb(error.__traceback__)]
    ours = [f"{path.relative_to(OURS.parent).as_posix()}:{line}" for path, line in frames if OURS in path.parents]
    return " at ".join([type(error).__name__, *ours[-1:]])


class Complaints:
    """What fails just now, each said once when it begins and once when it is over."""

    def __init__(self, log: logging.Logger, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._monotonic = monotonic
        self._failed_at: dict[str, float] = {}
        """When what is not over yet failed last."""

    def tried(self, failed: str, act: Callable[[], object]) -> bool:
        """Whether it went well. `failed` says what did not happen otherwise."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 - a heart that stops would have this process declared dead
            if failed not in self._failed_at:
                self._log.error("%s: %s", failed, type(error).__name__)
            self._failed_at[failed] = self._monotonic()
            return False
        if self._monotonic() - self._failed_at.get(failed, math.inf) >= CALM_S:
            del self._failed_at[failed]
            self._log.warning("no longer: %s", failed)
        return True
