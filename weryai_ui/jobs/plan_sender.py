"""Sends plans in the background: the variants of one plan one after the other, a few plans at once.

What is to be sent stands in the store (`store/plans.py`), so that a page that is closed and a process that ends
lose nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from sqlalchemy.exc import InterfaceError, OperationalError

from weryai_ui.errors import DatabaseAway
from weryai_ui.jobs.worker import Worker

AT_ONCE = 4
LOOKS_EVERY_S = 1.0
_AWAY = (DatabaseAway, OperationalError, InterfaceError)


class PlanSender(Worker[str]):
    """The worker. `due` gives the ids of the plans to go on with, `step` sends one variant of one.

    `step` gives the seconds until the plan may be gone on with: a submit that has to wait is no reason to stop.
    `broke` is told of a step that failed in a way that nobody foresaw, unless the database was away.
    """

    def __init__(
        self,
        due: Callable[[], Sequence[str]],
        step: Callable[[str], float],
        broke: Callable[[str, Exception], object] = lambda _plan, _error: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("plan", self._ready, self._go_on, id_of=str, at_once=AT_ONCE, looks_every_s=LOOKS_EVERY_S)
        self._due = due
        self._step = step
        self._broke = broke
        self._monotonic = monotonic
        self._not_before: dict[str, float] = {}

    def _ready(self, most: int, busy: frozenset[str]) -> Sequence[str]:
        due, now = self._due(), self._monotonic()
        for plan, at in tuple(self._not_before.items()):
            if plan not in due or at <= now:
                self._not_before.pop(plan, None)
        return [each for each in due if each not in busy and each not in self._not_before][:most]

    def _go_on(self, plan_id: str) -> None:
        """One variant; the plan queues again after it, so that no visitor's keeps the others waiting."""
        if self.is_ending:
            return
        wait_s = LOOKS_EVERY_S  # where it fails, the variant is looked for in the records before it is tried again
        try:
            wait_s = self._step(plan_id)
        except _AWAY:
            raise
        except Exception as error:
            self._broke(plan_id, error)
            raise
        finally:
            if wait_s:
                self._not_before[plan_id] = self._monotonic() + wait_s
