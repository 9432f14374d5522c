"""Background work as its owner sees it: how much there is, what is late, what was set aside, and another try of that.

Each kind of work has its truth in rows of its own. What fails in a way that nobody foresaw has a fault noted in its
row; with `MOST_FAULTS` in a row it is set aside, so that it is not tried for ever. What waits for somebody else (a link
that gives nothing yet, a storage that is away) has no fault, and its own end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, literal, select, union_all, update

from weryai_ui.store.copy_records import UNDER_WAY, CopyState
from weryai_ui.store.database import needs_database
from weryai_ui.store.filters import bump, bump_visitor
from weryai_ui.store.plan_records import PlanState
from weryai_ui.store.records import SendTo
from weryai_ui.store.schema import copies, intents, plans, removals, tasks

MOST_FAULTS: Final = 5
NO_FAULTS: Final[Mapping[str, Any]] = {"faults": 0, "error": None}
AS_NEW: Final = {"state": CopyState.WAITING, "why": None, "tries": 0, "first_tried_at": None, **NO_FAULTS}
"""A copy that is tried as if it never was."""
ENDED_IN_THE_MIDDLE: Final = "the process ended in the middle"
LISTED = 20
TRIED_AT_ONCE = 200
POLL_LATE_S, COPY_LATE_S, PLAN_LATE_S, REMOVAL_LATE_S = 10.0, 60.0, 600.0, 600.0
"""From so long after it was due, or of a plan since it last moved, work is late."""


@dataclass(frozen=True)
class Work:
    """Work of one kind: how much is to be done, how much of that is late, and how much is no longer tried."""

    kind: str
    queue: int
    late: int
    failed: int
    set_aside: int


@dataclass(frozen=True)
class SetAside:
    """One piece of work that is no longer tried, when it was begun or last moved, and what failed the last time."""

    kind: str
    visitor: str
    at: float
    error: str


class SetAsides:
    """Work of every kind in one database. Every method is one transaction. Raises `DatabaseAway`."""

    def __init__(self, writer: Engine, reader: Engine, clock: Callable[[], float] = time.time) -> None:
        self._writer = writer
        self._reader = reader
        self._clock = clock

    @needs_database
    def work(self) -> Sequence[Work]:
        """Each kind."""
        now = self._clock()
        with self._reader.connect() as connection:
            return (_polls(connection, now), _copies(connection, now), _plans(connection, now), _gone(connection, now))

    @needs_database
    def newest(self) -> Sequence[SetAside]:
        """What was set aside, the newest first, some of it."""
        at = func.coalesce(copies.c.first_tried_at, copies.c.created_at).label("at")
        found = union_all(
            select(literal("copy").label("kind"), copies.c.visitor, at, copies.c.error).where(_ASIDE_COPY),
            select(literal("plan"), plans.c.visitor, plans.c.updated_at, plans.c.error).where(_ASIDE_PLAN),
        ).subquery()
        query = select(found).order_by(found.c.at.desc()).limit(LISTED)
        with self._reader.connect() as connection:
            return [SetAside(*row) for row in connection.execute(query)]

    @needs_database
    def try_again(self) -> int:
        """Has what was set aside done again, so much at a time; gives how much."""
        now = self._clock()
        with self._writer.begin() as connection:
            films = select(copies.c.id, copies.c.intent_id).where(_ASIDE_COPY).limit(TRIED_AT_ONCE).with_for_update()
            rows = connection.execute(films).all()
            which = copies.c.id.in_([row.id for row in rows])
            connection.execute(update(copies).where(which).values(**AS_NEW, due_at=now))
            for intent_id in {row.intent_id for row in rows}:
                bump(connection, intent_id, now)
            return len(rows) + _plans_again(connection, now)


def _plans_again(connection: Connection, now: float) -> int:
    which = select(plans.c.id, plans.c.visitor).where(_ASIDE_PLAN).limit(TRIED_AT_ONCE).with_for_update()
    rows = connection.execute(which).all()
    runs = {"state": PlanState.RUNNING, "said": None, "stopped_by": None, "updated_at": now}
    connection.execute(update(plans).where(plans.c.id.in_([row.id for row in rows])).values(**runs, **NO_FAULTS))
    for visitor in {row.visitor for row in rows}:
        bump_visitor(connection, visitor, now)
    return len(rows)


def _polls(connection: Connection, now: float) -> Work:
    # With a visitor's own key a task waits for as long as nobody has that key: nobody is late with it.
    late = and_(tasks.c.due_at < now - POLL_LATE_S, intents.c.send_to != SendTo.MY_KEY)
    open_tasks = tasks.join(intents, intents.c.id == tasks.c.intent_id)
    query = select(func.count(), _count(late)).select_from(open_tasks).where(tasks.c.due_at.is_not(None))
    queue, late = connection.execute(query).one()
    return Work("poll", queue, late, 0, 0)


def _copies(connection: Connection, now: float) -> Work:
    to_do = and_(copies.c.state.in_(UNDER_WAY), copies.c.due_at.is_not(None))
    late = and_(copies.c.state == CopyState.WAITING, copies.c.due_at < now - COPY_LATE_S)
    failed = copies.c.state == CopyState.FAILED
    parts = map(_count, (to_do, late, and_(failed, copies.c.error.is_(None)), _ASIDE_COPY))
    query = select(*parts).where(copies.c.state.in_([*UNDER_WAY, CopyState.FAILED]))
    return Work("copy", *connection.execute(query).one())


def _plans(connection: Connection, now: float) -> Work:
    running = plans.c.state == PlanState.RUNNING
    parts = map(_count, (running, and_(running, plans.c.updated_at < now - PLAN_LATE_S), _ASIDE_PLAN))
    queue, late, aside = connection.execute(select(*parts).select_from(plans)).one()
    return Work("plan", queue, late, 0, aside)


def _gone(connection: Connection, now: float) -> Work:
    parts = map(_count, (removals.c.due_at <= now, removals.c.due_at < now - REMOVAL_LATE_S))
    queue, late = connection.execute(select(*parts).select_from(removals)).one()
    return Work("removal", queue, late, 0, 0)


def _count(which: ColumnElement[bool]) -> Any:
    return func.count().filter(which)


_ASIDE_COPY = and_(copies.c.state == CopyState.FAILED, copies.c.error.is_not(None))
_ASIDE_PLAN = and_(plans.c.state == PlanState.STOPPED, plans.c.error.is_not(None))
