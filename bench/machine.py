"""How much of this machine others took while something was measured."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

STAT = Path("/proc/stat")


class Others:
    """From its making on: what ran on this machine and was neither this process nor a child of it that has ended.

    An upper bound: what a browser's own processes took is not always told to whoever started the browser.
    """

    def __init__(self) -> None:
        self._began, self._busy, self._own = time.monotonic(), _busy(), _own()

    def share(self) -> float | None:
        """The share of one processor that others took at most so far; None where the system does not say."""
        if self._busy is None or (busy := _busy()) is None:
            return None
        return max(0.0, (busy - self._busy) - (_own() - self._own)) / (time.monotonic() - self._began)


def _busy() -> float | None:
    """Seconds for which processors of this machine have worked."""
    if not STAT.is_file():
        return None
    user, nice, system, _idle, _waiting, *rest = map(int, STAT.read_text().split("\n", 1)[0].split()[1:9])
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


def _own() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
