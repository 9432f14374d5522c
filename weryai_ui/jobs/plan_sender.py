"""Sends plans in the background: the variants of one plan one after the other, a few plans at once.

What is to be sent stands in the store (`store/plans.py`), so that a page that is closed and a process that ends
lose nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from weryai_ui.jobs.complaints import Complaints

log = logging.getLogger(__name__)

AT_ONCE = 4
LOOKS_EVERY_S = 1.0


class PlanSender:
    """The worker. `due` gives the ids of the plans to go on with, `step` sends one variant of one.

    `step` gives the seconds until the plan may be gone on with: a submit that has to wait is no reason to stop.
    """

    def __init__(
        self,
        due: Callable[[], Sequence[str]],
        step: Callable[[str], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._due = due
        self._step = step
        self._monotonic = monotonic
        self._not_before: dict[str, float] = {}
        self._under_way: set[str] = set()
        self._tried = Complaints(log).tried
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to look for plans."""
        self._thread = threading.Thread(target=self._run, name="weryai-plans", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Begins no further variant, and waits for those under way."""
        self._stopped.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def look(self) -> None:
        """A plan was made, or goes on: looks now."""
        self._wake.set()

    def _run(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="weryai-plan") as pool:
            while not self._stopped.is_set():
                self._wake.clear()
                self._tried("plans were not looked for", lambda: self._hand_out(pool))
                self._wake.wait(LOOKS_EVERY_S)

    def _hand_out(self, pool: ThreadPoolExecutor) -> None:
        due, now = self._due(), self._monotonic()
        with self._lock:
            self._not_before = {plan: at for plan, at in self._not_before.items() if plan in due and at > now}
            ready = [each for each in due if each not in self._under_way and each not in self._not_before]
            taken = ready[: AT_ONCE - len(self._under_way)]
            self._under_way.update(taken)
        for each in taken:
            pool.submit(self._go_on, each)

    def _go_on(self, plan_id: str) -> None:
        """One variant; the plan queues again after it, so that no visitor's keeps the others waiting."""
        wait_s = LOOKS_EVERY_S
        try:
            if not self._stopped.is_set():
                wait_s = self._step(plan_id)
        except Exception:  # whatever it was, the variant is looked for in the records before it is tried again
            log.exception("plan %s was not gone on with", plan_id[:8])
        finally:
            with self._lock:
                self._under_way.discard(plan_id)
                if wait_s:
                    self._not_before[plan_id] = self._monotonic() + wait_s
            self._wake.set()
