"""What the owner's page shows: sums over the ledger and the tasks, read with a few queries, and no prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Integer, Row, bindparam, case, cast, func, select

from weryai_ui.client.tasks import TaskState
from weryai_ui.store.copy_records import CopyState
from weryai_ui.store.database import needs_database
from weryai_ui.store.ledger_records import End
from weryai_ui.store.records import SendTo
from weryai_ui.store.schema import copies, intents, ledger, tasks

DAY_S = 86_400.0
DAYS = 30
MOST_PEOPLE = 20
LAST_ERRORS = 20
MOST_ROWS = 100_000
"""Of the file with every entry."""


@dataclass
class Period:
    """What happened since some moment. Credits are those of the owner's key; visitors' own are their own business."""

    submissions: dict[str, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    credits: float = 0.0
    credits_about: float = 0.0
    refunded: float = 0.0
    unpriced: int = 0


@dataclass(frozen=True)
class Person:
    """Somebody who used the page: their checked name, or without one a visitor's id."""

    who: str
    visitor: str
    submissions: int
    credits: float


@dataclass(frozen=True)
class Overview:
    """Everything that the owner's page shows. `days`: day since 1970 (UTC), submissions, credits of the owner's key."""

    today: Period
    month: Period
    days: Sequence[tuple[int, int, float]]
    people: Sequence[Person]
    running: Mapping[str, int]
    waiting: Mapping[str, int]
    stored_bytes: int
    stored_films: int
    errors: Sequence[Row[Any]]


@needs_database
def overview(reader: Engine, now: float) -> Overview:
    """What happened today and in 30 days, by days of UTC."""
    today = now - now % DAY_S
    first = today - (DAYS - 1) * DAY_S
    with reader.connect() as connection:
        stored = connection.execute(
            select(func.coalesce(func.sum(copies.c.size), 0), func.count()).where(copies.c.state == CopyState.KEPT)
        ).one()
        return Overview(
            _period(connection, today),
            _period(connection, first),
            _days(connection, first),
            _people(connection, first),
            _unfinished(connection, TaskState.PROCESSING, TaskState.UNKNOWN),
            _unfinished(connection, TaskState.WAITING),
            int(stored[0]),
            int(stored[1]),
            connection.execute(_ERRORS, {"since": first}).all(),
        )


@needs_database
def entries(reader: Engine, since: float) -> Sequence[Row[Any]]:
    """Every entry of the ledger since then, the newest first."""
    query = select(ledger).where(ledger.c.at >= since).order_by(ledger.c.at.desc()).limit(MOST_ROWS)
    with reader.connect() as connection:
        return connection.execute(query).all()


def _period(connection: Connection, since: float) -> Period:
    found = Period()
    by = (ledger.c.send_to, ledger.c.ended, ledger.c.failure, ledger.c.about, ledger.c.credits.is_(None))
    sums = func.coalesce(func.sum(ledger.c.credits), 0.0), func.coalesce(func.sum(ledger.c.refunded), 0.0)
    query = select(*by, func.count(), *sums).where(ledger.c.at >= since).group_by(*by)
    for send_to, ended, failure, about, unpriced, count, credits, refunded in connection.execute(query):
        _add(found.submissions, send_to, count)
        _add(found.ends, ended or "open", count)
        if failure:
            _add(found.failures, failure, count)
        if send_to == SendTo.OWNER_KEY:
            found.credits += 0.0 if about else credits - refunded
            found.credits_about += credits - refunded if about else 0.0
            found.refunded += refunded
            found.unpriced += count if unpriced and ended else 0
    sandbox = select(func.count()).where(intents.c.send_to == SendTo.SANDBOX, intents.c.created_at >= since)
    if count := connection.execute(sandbox).scalar_one():
        _add(found.submissions, SendTo.SANDBOX, count)
    return found


def _days(connection: Connection, first: float) -> Sequence[tuple[int, int, float]]:
    day = cast(func.floor(ledger.c.at / DAY_S), Integer)
    query = select(day, func.count(), func.sum(_OWNERS)).where(ledger.c.at >= first).group_by(day)
    found = {number: (count, credits) for number, count, credits in connection.execute(query)}
    began = int(first // DAY_S)
    return [(number, *found.get(number, (0, 0.0))) for number in range(began, began + DAYS)]


def _people(connection: Connection, first: float) -> Sequence[Person]:
    visitor = case((ledger.c.who == "", ledger.c.visitor), else_="")
    credits = func.sum(_OWNERS)
    query = select(ledger.c.who, visitor, func.count(), credits).where(ledger.c.at >= first)
    query = query.group_by(ledger.c.who, visitor)
    query = query.order_by(credits.desc(), func.count().desc()).limit(MOST_PEOPLE)
    return [Person(*row) for row in connection.execute(query)]


def _unfinished(connection: Connection, *states: TaskState) -> Mapping[str, int]:
    query = (
        select(intents.c.send_to, func.count())
        .select_from(tasks.join(intents, intents.c.id == tasks.c.intent_id))
        .where(tasks.c.due_at.is_not(None), tasks.c.state.in_(states))
        .group_by(intents.c.send_to)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _add(counts: dict[str, int], name: str, count: int) -> None:
    counts[name] = counts.get(name, 0) + count


_OWNERS = case(
    (ledger.c.send_to == SendTo.OWNER_KEY, func.coalesce(ledger.c.credits, 0.0) - ledger.c.refunded), else_=0.0
)
_WRONG = (End.PARTLY, End.FAILED, End.REFUSED, End.NOT_SENT, End.UNKNOWN)
_ERRORS = (
    select(ledger)
    .where(ledger.c.at >= bindparam("since"), ledger.c.ended.in_(_WRONG))
    .order_by(ledger.c.at.desc())
    .limit(LAST_ERRORS)
)
