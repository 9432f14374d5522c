"""How long records of submissions are kept, and how the oldest go: a few at a time, found by indexes of their own.

What is unfinished never goes, nor an unknown outcome of a paid request: somebody still has to look after it. An unknown
outcome in the sandbox cost nothing; it goes when there are too many, and never by age.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, false, select, tuple_

from weryai_ui.store import budget
from weryai_ui.store.copies import bury_of
from weryai_ui.store.filters import bump
from weryai_ui.store.records import SendTo
from weryai_ui.store.schema import intents, reservations, share_results
from weryai_ui.store.stars import starred_ids

DAY_S = 24 * 3600.0
SANDBOX_DAYS = 7
SANDBOX_OF_VISITOR = 1000
SANDBOX_IN_ALL = 20_000
SANDBOX_UNKNOWN_IN_ALL = 5000
OTHERS_OF_VISITOR = 10_000
AT_ONCE = 10
"""What one transaction deletes: submissions wait for it, so it has to be short."""
TRANSACTIONS_AT_ONCE = 5
"""So many of them with each heartbeat: four million records a day."""
VISITORS_AT_ONCE = 50
VISITORS_NOTED = 10_000


@dataclass(frozen=True)
class Rule:
    """What is kept of one kind of record: younger than `seconds`, and the newest so many. None is no limit."""

    send_to: SendTo
    unknown: bool
    seconds: float | None
    of_visitor: int
    in_all: int | None = None

    @property
    def days(self) -> float:
        """How many days the records are kept, where that is limited."""
        return (self.seconds or 0.0) / DAY_S

    @property
    def applies(self) -> ColumnElement[bool]:
        """The records that it is about."""
        return and_(intents.c.send_to == self.send_to, intents.c.running == false(), intents.c.unknown == self.unknown)


def rules(history_days: float) -> tuple[Rule, ...]:
    """What is kept where everything but the sandbox's is kept for so many days."""
    sandbox_s = min(history_days, SANDBOX_DAYS) * DAY_S
    return (
        Rule(SendTo.SANDBOX, False, sandbox_s, SANDBOX_OF_VISITOR, SANDBOX_IN_ALL),
        Rule(SendTo.SANDBOX, True, None, SANDBOX_OF_VISITOR, SANDBOX_UNKNOWN_IN_ALL),
        *(Rule(key, False, history_days * DAY_S, OTHERS_OF_VISITOR) for key in (SendTo.MY_KEY, SendTo.OWNER_KEY)),
    )


class Grown:
    """The visitors with new records since they were last counted. Thread-safe and bounded.

    In memory only: who is not counted after a restart is counted after their next submission.
    """

    def __init__(self) -> None:
        self._visitors: set[str] = set()
        self._lock = threading.Lock()

    def add(self, visitor: str) -> None:
        """Notes that a visitor has one more."""
        with self._lock:
            if len(self._visitors) < VISITORS_NOTED:
                self._visitors.add(visitor)

    def take(self) -> tuple[str, ...]:
        """Some of them, who are no longer noted then."""
        with self._lock:
            some = min(len(self._visitors), VISITORS_AT_ONCE)
            return tuple(self._visitors.pop() for _ in range(some))


_SHARED = select(share_results.c.intent_id)
_MAY_GO = and_(intents.c.id.not_in(_SHARED), intents.c.id.not_in(starred_ids()))
"""What somebody shows to others stays as long as that, and what its visitor starred."""


def forget_old(reader: Engine, writer: Engine, rules: Sequence[Rule], grown: Grown, now: float) -> int:
    """Deletes what has to go by the first rule that finds something, `AT_ONCE` at most; gives the number."""
    visitors = grown.take()
    for rule in rules:
        with reader.connect() as connection:
            ids = next(filter(None, _overdue(connection, rule, visitors, now)), None)
        if ids:
            for visitor in visitors:
                grown.add(visitor)
            with writer.begin() as connection:
                return _forget(connection, ids, rule, now)
    return 0


def _overdue(connection: Connection, rule: Rule, visitors: Sequence[str], now: float) -> Iterator[Sequence[str]]:
    """Ids of records that a rule lets go, by each of its limits, the oldest first.

    The total is counted only where some visitor has grown.
    """
    if rule.seconds is not None:
        yield _oldest(connection, rule.applies, intents.c.created_at < now - rule.seconds)
    if visitors and rule.in_all is not None:
        yield _beyond(connection, rule.applies, rule.in_all)
    for visitor in visitors:
        yield _beyond(connection, and_(rule.applies, intents.c.visitor == visitor), rule.of_visitor)


def _beyond(connection: Connection, which: ColumnElement[bool], kept: int) -> Sequence[str]:
    newest_first = (intents.c.created_at.desc(), intents.c.id.desc())
    last = select(intents.c.created_at, intents.c.id).where(which).order_by(*newest_first).offset(kept).limit(1)
    found = connection.execute(last).first()
    if found is None:
        return ()
    return _oldest(connection, which, tuple_(intents.c.created_at, intents.c.id) <= tuple_(found.created_at, found.id))


def _oldest(connection: Connection, *which: ColumnElement[bool]) -> Sequence[str]:
    query = select(intents.c.id).where(*which, _MAY_GO)
    query = query.order_by(intents.c.created_at, intents.c.id).limit(AT_ONCE)
    return connection.execute(query).scalars().all()


def _forget(connection: Connection, ids: Sequence[str], rule: Rule, now: float) -> int:
    """Deletes those records unless they have changed since; gives their number."""
    still = and_(intents.c.id.in_(ids), rule.applies, _MAY_GO)
    # In the order that everybody takes: rows by visitor, and a visitor's version after them.
    rows = connection.execute(
        select(intents.c.id, intents.c.visitor).where(still).order_by(intents.c.visitor, intents.c.id).with_for_update()
    ).all()
    for intent_id in {row.visitor: row.id for row in rows}.values():
        bump(connection, intent_id, now)
    gone = [row.id for row in rows]
    reserved = select(reservations.c.intent_id).where(reservations.c.intent_id.in_(gone))
    for intent_id in connection.execute(reserved).scalars().all():
        budget.keep_forgotten(connection, intent_id)
    bury_of(connection, gone, now)
    connection.execute(delete(intents).where(intents.c.id.in_(gone)))
    return len(gone)
