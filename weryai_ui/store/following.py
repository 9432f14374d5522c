"""The tasks that are followed: which are due, and what a poll found. Every method is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, or_, select, true, update
from sqlalchemy.exc import SQLAlchemyError

from weryai_ui.client.retry_after import RETRY_AFTER_CAP_SECONDS
from weryai_ui.client.transport import Exchange
from weryai_ui.store.copies import want
from weryai_ui.store.exchanges import fold, keep
from weryai_ui.store.filters import changed
from weryai_ui.store.process import Process, living
from weryai_ui.store.records import Intent, SendTo, Task
from weryai_ui.store.rows import read_intents, task_of, task_row
from weryai_ui.store.schema import intents, tasks

Visitors = Sequence[str] | Select[Any]
CLAIM_LASTS_S = 60.0
"""Longer than any poll may take: a claim that is still there then was lost by a process that lives."""
SEEN = ("state", "message", "videos", "trouble", "cost_credits")
"""What a visitor sees of a task. An unchanged poll would make every open page load its board again."""


FIXED = frozenset({"id", "intent_id", "number", "upstream_id", "created_at"})
CHANGED_BY_A_POLL = tuple(name for name in Task.__dataclass_fields__ if name not in FIXED)


@dataclass(frozen=True)
class PollResult:
    """What a claimed poll made of a `task`: `polled`, and what went over the wire."""

    task: Task
    claimed: float
    polled: Task
    exchange: Exchange

    @property
    def is_seen(self) -> bool:
        """Whether a visitor sees a difference."""
        return any(getattr(self.task, name) != getattr(self.polled, name) for name in SEEN)


class Following(Process):
    """The unfinished tasks of all visitors."""

    def due(
        self, now: float, limit: int, visitors_with_keys: Visitors = (), without_key: Sequence[str] = ()
    ) -> tuple[Task, ...]:
        """Unfinished tasks whose time has come, the longest overdue first.

        Tasks of a visitor's own key count only for `visitors_with_keys`, who are named or found by a query: without
        one there is nothing to ask with. The same holds for the accounts `without_key`.
        """
        with self._reading() as connection:
            return _tasks(connection, _due(now, limit, visitors_with_keys, without_key))

    def claim_due(
        self,
        now: float,
        limit: int,
        visitors_with_keys: Visitors = (),
        without_key: Sequence[str] = (),
        asked_for: Iterable[str] = (),
    ) -> tuple[tuple[Task, ...], float]:
        """Takes as many of the tasks that `due` would give for one poll each, and gives the due time to `record` with.

        Not those that are being `asked_for` already. Processes that claim at once take different ones, and none waits.
        """
        query = _due(now, limit, visitors_with_keys, without_key).where(tasks.c.id.not_in(list(asked_for)))
        until = now + CLAIM_LASTS_S
        with self._reading() as connection:
            # Found without the lock that a writer takes: mostly nothing is due.
            if connection.execute(query.limit(1)).first() is None:
                return (), until
        with self._engine.begin() as connection:
            # SQLite has one writer, and SQLAlchemy leaves the words out for it.
            found = _tasks(connection, query.with_for_update(of=tasks, skip_locked=True))
            mine = {"due_at": until, "claimed_by": self.process_id}
            connection.execute(update(tasks).where(tasks.c.id.in_([task.id for task in found])).values(mine))
        return found, until

    def release_dead(self) -> int:
        """Makes what processes have claimed that live no more due now; gives the number of tasks."""
        now = self._clock()
        lost = and_(tasks.c.claimed_by.is_not(None), tasks.c.claimed_by.not_in(living(self.lease_time())))
        if not self._any(lost):
            return 0
        with self._engine.begin() as connection:
            freed = {"due_at": now, "claimed_by": None}
            return connection.execute(update(tasks).where(lost).values(freed)).rowcount

    def unfinished(self) -> int:
        """How many tasks have not ended, of all visitors."""
        with self._reading() as connection:
            return connection.execute(select(func.count()).where(tasks.c.due_at.is_not(None))).scalar_one()

    def poll_now(self, visitor: str, *, within_s: float = 0.0, younger_than_s: float | None = None) -> int:
        """Makes a visitor's unfinished tasks due now, or within so many seconds; never later than they were.

        Gives their number. Not those with a trouble: the service may have said when to ask again. And not those that
        are being asked for. `younger_than_s` leaves out older ones, and those that call back by themselves.
        """
        now = self._clock()
        soon = now + within_s
        mine = select(intents.c.id).where(intents.c.visitor == visitor, intents.c.running == true())
        if younger_than_s is not None:
            mine = mine.where(intents.c.created_at > now - younger_than_s, intents.c.webhook_hash.is_(None))
        idle = and_(tasks.c.trouble.is_(None), tasks.c.claimed_by.is_(None))
        later = and_(tasks.c.intent_id.in_(mine), tasks.c.due_at > soon, idle)
        if not self._any(later):
            return 0
        # A database that takes nothing just now may still be read: then they are asked for when they are due.
        with suppress(SQLAlchemyError), self._engine.begin() as connection:
            return connection.execute(update(tasks).where(later).values(due_at=soon)).rowcount
        return 0

    def ask_again_soon(self, asked_for: Iterable[str] = (), *, made_after: float | None = None) -> int:
        """Makes every visitor's unfinished tasks due, because the clock was set back and their due times are far away.

        Gives their number. Where the service said to wait, they are polled after the longest wait. Not those that are
        being `asked_for` already; `made_after` narrows it to tasks that were made after that moment.
        """
        now = self._clock()
        soon = case((tasks.c.trouble.is_(None), now), else_=now + RETRY_AFTER_CAP_SECONDS)
        late = and_(tasks.c.due_at > soon, tasks.c.id.not_in(list(asked_for)))
        if made_after is not None:
            late = and_(late, tasks.c.created_at > made_after)
        if not self._any(late):
            return 0
        with self._engine.begin() as connection:
            return connection.execute(update(tasks).where(late).values(due_at=soon)).rowcount

    def _any(self, which: ColumnElement[bool]) -> bool:
        """Whether there is such a task, found without the lock that a writer takes."""
        with self._reading() as connection:
            return connection.execute(select(tasks.c.id).where(which).limit(1)).first() is not None

    def called_back(self, webhook_hash: str, exchange: Exchange) -> bool:
        """A callback came: the tasks of its intent are polled now. False when nobody knows the token.

        What the callback says is kept for the timeline, and believed by nobody.
        """
        now = self._clock()
        with self._reading() as connection:
            found = connection.execute(select(intents.c.id).where(intents.c.webhook_hash == webhook_hash)).scalar()
        if found is None:
            return False
        with self._engine.begin() as connection:
            waiting = and_(tasks.c.intent_id == found, tasks.c.due_at > now)
            made_due = connection.execute(update(tasks).where(waiting).values(due_at=now)).rowcount
            # A callback that changes nothing is not kept: it may be repeated for ever.
            if made_due:
                keep(connection, exchange, intent_id=found, kind="webhook")
                changed(connection, found, now)
        return True

    def task(self, task_id: str) -> Task | None:
        """One task, or None when it is not there (forgotten meanwhile)."""
        with self._reading() as connection:
            row = connection.execute(select(tasks).where(tasks.c.id == task_id)).first()
        return None if row is None else task_of(row)

    def claim(self, task_id: str, expected_due: float) -> float | None:
        """Takes a due task for one poll: compare-and-set on its due time.

        Returns the new due time, to be given to `record`; None when another took it or it ended. A claim
        that is never recorded ends with the heartbeat of its process, and lapses after `CLAIM_LASTS_S`.
        """
        claimed = self._clock() + CLAIM_LASTS_S
        with self._engine.begin() as connection:
            mine = {"due_at": claimed, "claimed_by": self.process_id}
            return claimed if _move_due(connection, task_id, expected_due, **mine) else None

    def intents_of(self, found: Iterable[Task]) -> Mapping[str, Intent]:
        """The intents of some tasks by their ids; without those that are forgotten."""
        query = select(intents).where(intents.c.id.in_({task.intent_id for task in found}))
        with self._reading() as connection:
            return {intent.id: intent for intent in read_intents(connection, query)}

    def record(self, task: Task, claimed: float, polled: Task, exchange: Exchange) -> bool:
        """Writes what a claimed poll made of a task; without a due time it has ended.

        False when the claim was lost; a final state never changes.
        """
        return bool(self.record_all([PollResult(task, claimed, polled, exchange)]))

    def record_all(self, results: Sequence[PollResult]) -> frozenset[str]:
        """Writes what several polls made of tasks in one commit; gives the ids of those whose claim was not lost."""
        now = self._clock()
        with self._engine.begin() as connection:
            held = _held(connection, [each.task.id for each in results])
            mine = [each for each in results if held.get(each.task.id) == each.claimed]
            if mine:
                connection.execute(_POLLED, [_polled_row(each, now) for each in mine])
                _keep_exchanges(connection, mine)
            for each in mine:
                task, polled = each.task, each.polled
                if polled.due_at is None and polled.videos:
                    want(connection, task.intent_id, task.number, polled.videos, now)
                if each.is_seen:
                    changed(connection, task.intent_id, now)
        return frozenset(each.task.id for each in mine)


_POLLED = update(tasks).where(tasks.c.id == bindparam("task_id"))


def _polled_row(result: PollResult, now: float) -> dict[str, Any]:
    ended_at = now if result.polled.due_at is None else None
    row = task_row(replace(result.polled, polls=result.task.polls + 1, ended_at=ended_at))
    return {"task_id": result.task.id, **{name: row[name] for name in CHANGED_BY_A_POLL}, "claimed_by": None}


def _held(connection: Connection, task_ids: Sequence[str]) -> Mapping[str, float | None]:
    """The due times of tasks, which stay until the transaction ends."""
    query = select(tasks.c.id, tasks.c.due_at).where(tasks.c.id.in_(task_ids)).order_by(tasks.c.id)
    return {row.id: row.due_at for row in connection.execute(query.with_for_update())}


def _keep_exchanges(connection: Connection, results: Sequence[PollResult]) -> None:
    """Adds them to the timelines; one that equals the one before is only counted."""
    exchanged = {each.task.id: each.exchange for each in results}
    folded = fold(connection, exchanged)
    for each in results:
        if each.task.id not in folded:
            keep(connection, each.exchange, intent_id=each.task.intent_id, task_id=each.task.id, kind="poll")


def _due(now: float, limit: int, visitors_with_keys: Visitors, without_key: Sequence[str]) -> Select[Any]:
    who = visitors_with_keys if isinstance(visitors_with_keys, Select) else list(visitors_with_keys)
    with_key = or_(intents.c.send_to != SendTo.MY_KEY, intents.c.visitor.in_(who))
    return (
        select(tasks)
        .join(intents, intents.c.id == tasks.c.intent_id)
        .where(tasks.c.due_at <= now, with_key, intents.c.send_to.not_in(list(without_key)))
        .order_by(tasks.c.due_at)
        .limit(limit)
    )


def _tasks(connection: Connection, query: Select[Any]) -> tuple[Task, ...]:
    return tuple(task_of(row) for row in connection.execute(query))


def _move_due(connection: Connection, task_id: str, expected: float, **values: Any) -> bool:
    moved = connection.execute(update(tasks).where(tasks.c.id == task_id, tasks.c.due_at == expected).values(**values))
    return moved.rowcount == 1
