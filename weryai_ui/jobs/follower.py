"""Follows every unfinished task to its end: one follower per process, no event held open.

The due time of each task stands in the store and is the only truth about when it is polled next; any
timer can be thrown away and rebuilt from it. `follow_once` follows one task one step, so that another
engine can drive it from several replicas. The follower never submits.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from weryai_ui.client.weryai import WeryAIClient
from weryai_ui.clocks import ClockWatch
from weryai_ui.jobs.complaints import Complaints
from weryai_ui.jobs.schedule import after_poll, waiting_time
from weryai_ui.jobs.worker import Worker
from weryai_ui.settings import DEFAULT_POLLS_AT_ONCE
from weryai_ui.store.following import PollResult, Visitors
from weryai_ui.store.process import HEARTBEAT_EVERY_S, HEARTBEAT_LASTS_S
from weryai_ui.store.records import Intent, Task
from weryai_ui.store.submissions import Store

log = logging.getLogger(__name__)

SWEEP_EVERY_S = 0.25
GATHERS_S = 0.05
"""Tasks that become due within this time are claimed together, and answers that come within it recorded together."""
TIDIES_AFTER_S, TIDIES_AFTER_CLOCK_S = 60.0, 3600.0
"""After a start, and after the wall clock was set, nothing is deleted for its age."""
FUTURE_S = 60.0
"""A task that was made later than this from now was made before the clock was set back."""


@dataclass(frozen=True)
class Claim:
    """A task that this process has `claimed` for one poll, until then."""

    task: Task
    claimed: float
    intent: Intent


class Follower:
    """Drives `follow_once` for every due task of this process.

    `client_for` gives the client for an intent, or None when this process has no key for it. `interval`
    gives the base seconds between two polls. `visitors_with_keys` names the visitors whose own key is here,
    `without_key` the other accounts that this process has no key for. `housekeeping` is called with every
    heartbeat, `forget_old` as often and apart from it, since it may take long.
    """

    def __init__(
        self,
        store: Store,
        *,
        client_for: Callable[[Intent], WeryAIClient | None],
        interval: Callable[[Intent], float],
        visitors_with_keys: Callable[[], Visitors] = tuple,
        without_key: Callable[[], Sequence[str]] = tuple,
        made_with: Callable[[Intent], bool] = lambda _intent: True,
        housekeeping: Callable[[], object] = lambda: None,
        forget_old: Callable[[], object] = lambda: None,
        polls_at_once: int = DEFAULT_POLLS_AT_ONCE,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._client_for = client_for
        self._interval = interval
        self._visitors_with_keys = visitors_with_keys
        self._without_key = without_key
        self._made_with = made_with
        self._housekeeping = housekeeping
        self._forget_old = forget_old
        self._clock = clock
        self._monotonic = monotonic
        self._watch = ClockWatch(clock, monotonic)
        self._settles_from = 0.0
        self._tidies_from = 0.0
        self.unfinished, self.database_silent = 0, False
        """By the last heartbeat: how many tasks have not ended; whether the database did not even say that."""
        self.polls, self.late_s = 0, 0.0
        """How many polls this process made, and how much later than they were due, all together."""
        self._beaten_at: float | None = None
        self._tried = Complaints(log).tried
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._sweep = Worker(
            "poll",
            self._claim,
            self._poll,
            id_of=lambda claim: claim.task.id,
            at_once=polls_at_once,
            looks_every_s=SWEEP_EVERY_S,
            gathers_s=GATHERS_S if polls_at_once > 1 else 0.0,
            also=[("what polls found was not recorded", self._record_found)],
        )
        self._found: list[PollResult] = []
        self._lock = threading.Lock()

    def start(self) -> None:
        """Starts the heartbeat, the sweep over due tasks, and the tidying."""
        self._show_life()
        self._store.ask_again_soon(made_after=self._clock() + FUTURE_S)
        self._tidies_from = self._monotonic() + TIDIES_AFTER_S
        self._sweep.start()
        for target in (self._beat, self._forget):
            thread = threading.Thread(target=target, name=f"weryai-{target.__name__}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Stops them and waits for polls under way."""
        self.end()
        self._sweep.stop()
        self._tried("what polls found was not recorded", self._record_found)
        for thread in self._threads:
            thread.join()

    def end(self) -> None:
        """Begins no more polls, and waits for none."""
        self._stop.set()
        self._sweep.end()

    @property
    def is_alive(self) -> bool:
        """Whether tasks are followed by this process."""
        return self._sweep.is_alive and all(each.is_alive() for each in self._threads)

    @property
    def database_takes(self) -> bool:
        """Whether the database has taken a heartbeat of this process within the time that one lasts."""
        return self._beaten_at is not None and self._monotonic() - self._beaten_at <= HEARTBEAT_LASTS_S

    def under_way(self) -> frozenset[str]:
        """The ids of the tasks that this process is asking for right now, or whose answer is not yet recorded."""
        with self._lock:
            return self._sweep.under_way().union(each.task.id for each in self._found)

    def follow_once(self, task_id: str, expected_due: float) -> float | None:
        """Follows one task one step: one status request at most. Gives the next due time, None at the end.

        Drops the call when it is stale (the due time moved, the task ended or was forgotten) or when this
        process has no key for it. Holds no transaction while it asks. An upstream error gives a later due
        time; it never raises for one. Synchronous and thread-safe.
        """
        task = self._store.task(task_id)
        if task is None or task.due_at != expected_due:
            return None
        intent = self._store.intent(task.intent_id)
        client = self._client_for(intent)
        claimed = None if client is None else self._store.claim(task_id, expected_due)
        if client is None or claimed is None:
            return None
        result = self._ask(Claim(task, claimed, intent), client)
        return result.polled.due_at if self._record([result]) else None

    def _ask(self, claim: Claim, client: WeryAIClient) -> PollResult:
        """What the service says of a claimed task."""
        task, intent = claim.task, claim.intent
        answer = client.status(task.upstream_id)
        wait = waiting_time(self._watch.since(task.created_at), self._interval(intent))
        polled = after_poll(task, answer, self._clock(), wait, believed=self._made_with(intent))
        return PollResult(task, claim.claimed, polled, answer.exchange)

    def _record(self, results: Sequence[PollResult]) -> bool:
        """Whether anything was recorded: not where every claim was lost."""
        recorded = self._store.record_all(results)
        for each in results:
            if each.task.id in recorded:
                _say(each, self._clock())
        return bool(recorded)

    def _record_found(self) -> None:
        """Records what was gathered, in one commit. What the database does not take stays, and is offered again."""
        with self._lock:
            found = tuple(self._found)
        if found:
            self._record(found)
            with self._lock:
                del self._found[: len(found)]

    def heartbeat(self) -> None:
        """What is done every second: shows that this process lives, and settles what dead ones left behind."""
        # Each for itself: what came back of a request is written also while the database takes no heartbeat.
        self._tried("the housekeeping failed", self._housekeeping)
        self.database_silent = not self._tried("the database was not read", self._count)
        if not self.database_silent:
            self._tried("the heartbeat was not recorded", self._show_life)
            self._tried("due times were not moved after the clock was set", self._mind_the_clock)
            # Before they are settled, which forgets who has died.
            self._tried("the tasks of dead processes were not released", self._release)
            self._tried("the submits of dead processes were not settled", self._settle)

    def _show_life(self) -> None:
        self._store.beat()
        self._beaten_at = self._monotonic()

    def _mind_the_clock(self) -> None:
        """Where the wall clock was set, due times and other processes' heartbeats stand by the old one."""
        by = self._watch.set_by()
        if not by:
            return
        log.warning("the clock of this machine was set by %+.0f s", by)
        # Every process that lives has beaten by the new clock then.
        self._settles_from = self._monotonic() + HEARTBEAT_LASTS_S
        # By a clock that is wrong everything is old, and a person may have to set it right first.
        self._tidies_from = self._monotonic() + TIDIES_AFTER_CLOCK_S
        if by < 0:
            self._store.ask_again_soon(self.under_way())

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_EVERY_S):
            self.heartbeat()

    def tidy(self) -> None:
        """Has old records deleted, unless the clock by which they are old may be wrong."""
        if self._monotonic() >= self._tidies_from:
            self._tried("old records were not deleted", self._forget_old)

    def _forget(self) -> None:
        while not self._stop.wait(HEARTBEAT_EVERY_S):
            self.tidy()

    def _count(self) -> None:
        self.unfinished = self._store.unfinished()

    def _settle(self) -> None:
        if self._monotonic() >= self._settles_from and (settled := self._store.settle_dead()):
            log.warning("%d submits of a stopped process have an unknown outcome", settled)

    def _release(self) -> None:
        if self._monotonic() >= self._settles_from and (released := self._store.release_dead()):
            log.warning("%d tasks of a stopped process are polled again", released)

    def _claim(self, most: int, busy: frozenset[str]) -> Sequence[Claim]:
        """Due tasks, each claimed for one poll."""
        now = self._clock()
        found, claimed = self._store.claim_due(now, most, self._visitors_with_keys(), self._without_key(), busy)
        self.polls += len(found)
        self.late_s += sum(now - task.due_at for task in found if task.due_at is not None)
        intents = self._store.intents_of(found) if found else {}
        # One without its intent was forgotten since it was claimed.
        return [Claim(task, claimed, intents[task.intent_id]) for task in found if task.intent_id in intents]

    def _poll(self, claim: Claim) -> None:
        client = self._client_for(claim.intent)
        if client is None:
            return
        result = self._ask(claim, client)
        if result.is_seen:
            self._record([result])
            return
        # Nobody sees it, so it may wait for others and share their commit; where it is lost, it is asked for again.
        with self._lock:
            self._found.append(result)


def _say(result: PollResult, now: float) -> None:
    polled = result.polled
    log.info(
        "poll intent=%s task=%s state=%s http=%s next=%s",
        polled.intent_id[:8],
        polled.id[:8],
        polled.state.value,
        result.exchange.http_status,
        None if polled.due_at is None else round(polled.due_at - now, 1),
    )
