"""Keeps the ledger in the background: what has ended is settled, with one question for the balance after a group.

Nothing here stands in the path of a press. Each process does it; who asks for a balance is settled in the store.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.client.weryai import WeryAIClient
from weryai_ui.jobs.complaints import Complaints
from weryai_ui.jobs.costs import BEFORE_LASTS_S, Cost, Member, costs
from weryai_ui.store.ledger_records import End, OpenEntry, Settled
from weryai_ui.store.records import Intent
from weryai_ui.store.submissions import Store

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
ASKED_AT_ONCE = 4
ASK_FOR_S = 120.0
"""A balance that nobody tells, or whose key is not here, is waited for so long; then the group is settled without."""
GROUP_LASTS_S = 2 * 3600.0
"""A group that does not come to an end is settled by about: some task may never be told of again."""
UNKNOWN_COSTS_WITHIN_S = 1800.0
"""A request whose answer was lost may be charged, or paid back, so long after it."""
TIDY_EVERY = 600


class Bookkeeper:
    """Settles what has ended. `client_of` gives a client for an entry's very account, or None without its key."""

    def __init__(
        self,
        store: Store,
        client_of: Callable[[OpenEntry], WeryAIClient | None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._client_of = client_of
        self._clock = clock
        self._tried = Complaints(log).tried
        self._ended_at: dict[str, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="weryai-books", daemon=True)

    def start(self) -> None:
        """Begins to look, once a second."""
        self._thread.start()

    def stop(self) -> None:
        """Ends it, and waits for a question that is under way."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        looks = 0
        with ThreadPoolExecutor(ASKED_AT_ONCE, thread_name_prefix="weryai-balance") as pool:
            while not self._stop.wait(LOOK_EVERY_S):
                self._tried("the ledger was not kept", lambda: self._look(pool))
                looks += 1
                if looks % TIDY_EVERY == 0:
                    self._tried("old entries of the ledger were not deleted", self._store.ledger.forget_old)

    def settle_ended(self) -> int:
        """Settles every group that has ended; gives their number."""
        with ThreadPoolExecutor(1) as pool:
            return self._look(pool)

    def _look(self, pool: ThreadPoolExecutor) -> int:
        now = self._clock()
        groups = _groups(self._store.ledger.open())
        self._ended_at = {
            key: self._ended_at.get(key, now)
            for key, group in groups.items()
            if all(entry.has_ended for entry in group) or group[0].at < now - GROUP_LASTS_S
        }
        return sum(pool.map(self._settle, [groups[key] for key in self._ended_at]))

    def _settle(self, group: Sequence[OpenEntry]) -> bool:
        known = {entry.intent_id: self._intent(entry) for entry in group}
        members = [_member(entry, known[entry.intent_id]) for entry in group]
        after, asked_at = None, self._clock()
        if any(member.known is None for member in members):
            after = self._balance(group)
            if after is None and self._clock() - self._ended_at[group[0].group_id] < ASK_FOR_S:
                return False
        before = next((entry.credits_before for entry in group if entry.credits_before is not None), None)
        found = costs(members, before, after, doubtful=self._is_doubtful(group))
        settled = [_settled(entry, known[entry.intent_id], found[entry.intent_id]) for entry in group]
        done = self._store.ledger.settle(group, settled, after, asked_at)
        if done:
            log.info("settled %d of account=%s before=%s after=%s", len(group), group[0].account[:8], before, after)
        return done

    def _balance(self, group: Sequence[OpenEntry]) -> int | None:
        client = next((client for entry in group if (client := self._client_of(entry)) is not None), None)
        if client is None or not self._store.ledger.claim(group[0].account):
            return None
        return client.balance()

    def _is_doubtful(self, group: Sequence[OpenEntry]) -> bool:
        first = group[0]
        return (
            any(entry.outcome in (None, Outcome.UNKNOWN) or not entry.has_ended for entry in group)
            or first.before_at is None
            or first.at - first.before_at > BEFORE_LASTS_S
            or self._store.ledger.in_doubt(
                first.account, first.at - UNKNOWN_COSTS_WITHIN_S, [entry.intent_id for entry in group]
            )
        )

    def _intent(self, entry: OpenEntry) -> Intent | None:
        try:
            return self._store.intent(entry.intent_id)
        except KeyError:
            return None


def _groups(entries: Iterable[OpenEntry]) -> Mapping[str, Sequence[OpenEntry]]:
    in_order = sorted(entries, key=lambda entry: (entry.group_id, entry.at))
    return {key: list(group) for key, group in groupby(in_order, key=lambda entry: entry.group_id)}


def _member(entry: OpenEntry, intent: Intent | None) -> Member:
    """What is known of an entry by itself: nothing that was refused costs, and the service may say what it took."""
    if intent is None:
        return Member(entry.intent_id, None, entry.shape.all_seconds)
    if intent.outcome in (Outcome.NOT_SENT, Outcome.REJECTED):
        return Member(entry.intent_id, 0.0, 0.0)
    said = [task.cost_credits for task in intent.tasks if task.cost_credits is not None]
    known = sum(said) if said and len(said) == len(intent.tasks) else None
    made = sum(task.state is not TaskState.FAILED for task in intent.tasks) if intent.tasks else entry.shape.number
    return Member(entry.intent_id, known, float(entry.shape.seconds * made))


def _settled(entry: OpenEntry, intent: Intent | None, cost: Cost) -> Settled:
    if intent is None:
        return Settled(entry.intent_id, End.LEFT, cost.credits, cost.about)
    failure = intent.failure
    return Settled(
        entry.intent_id,
        _end_of(intent),
        cost.credits,
        cost.about,
        None if failure is None else failure[0],
        intent.code,
        intent.http_status,
    )


def _end_of(intent: Intent) -> End:
    if intent.outcome is not Outcome.ACCEPTED:
        return _ENDS.get(intent.outcome, End.LEFT)
    if not all(task.state.is_final for task in intent.tasks):
        return End.LEFT
    ready = sum(task.state is TaskState.SUCCEEDED for task in intent.tasks)
    if ready == len(intent.tasks):
        return End.READY
    return End.PARTLY if ready else End.FAILED


_ENDS: Mapping[Outcome, End] = {
    Outcome.REJECTED: End.REFUSED,
    Outcome.NOT_SENT: End.NOT_SENT,
    Outcome.UNKNOWN: End.UNKNOWN,
}
