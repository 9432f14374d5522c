"""Budgets in the database: what a submission reserves before it is sent, what is left, and when it opens again.

A reservation is made in the transaction of its intent, under the write lock, so several processes together never
exceed a limit. In credits it reserves what the last ones like it cost at most, and holds the real figure once that is
known; of what has no price yet the tasks are counted. It outlives the intent: forgetting a submission gives no budget
back. Only a submission that certainly
cost nothing (not sent, refused) gives back what it reserved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, func, insert, select, update

from weryai_ui.client.outcome import Outcome
from weryai_ui.errors import AppError
from weryai_ui.store.records import SendTo
from weryai_ui.store.schema import intents, meta, reservations, tasks

DAY_S = 24 * 3600.0
HOUR_S = 3600.0
UNSEEN_RUNS_S = 1800.0
"""A task that nobody follows (forgotten, or of an unknown outcome) counts as running for so long."""
KEPT_S = 2 * DAY_S
UNPRICED_TASKS = 10
"""So many tasks whose price is not known may be reserved in a day under a limit in credits."""


class Rule(StrEnum):
    """What a limit counts."""

    DAY = "day"
    HOUR = "hour"
    AT_ONCE = "at-once"
    CREDITS = "credits"
    PAYER_CREDITS = "payer-credits"
    UNPRICED = "unpriced"

    @property
    def in_credits(self) -> bool:
        """Whether it counts credits, and not tasks."""
        return self in (Rule.CREDITS, Rule.PAYER_CREDITS)


@dataclass(frozen=True)
class Budget:
    """Limits in tasks, and in credits; None is no limit. A day and an hour are the last 24 hours and 60 minutes."""

    per_day: int | None = None
    per_payer_hour: int | None = None
    at_once: int | None = None
    credits_per_day: int | None = None
    credits_per_payer_day: int | None = None

    @property
    def counts_credits(self) -> bool:
        """Whether any limit is in credits."""
        return self.credits_per_day is not None or self.credits_per_payer_day is not None


@dataclass(frozen=True)
class Charge:
    """What one submission takes: `tasks` for `payer` (a hash: the visitor, or the login) under a budget.

    `credits`: what it may cost; None while nobody knows.
    """

    payer: str
    tasks: int
    budget: Budget
    credits: float | None = None


@dataclass(frozen=True)
class Remaining:
    """What is left under one rule. `opens_at`: when the next place opens; None when that is not a matter of time."""

    rule: Rule
    left: float
    limit: int
    opens_at: float | None
    wanted: float = 1


class BudgetSpent(AppError):
    """A submission would exceed a limit; nothing was reserved."""

    def __init__(self, rule: Rule, wanted: float, left: float, limit: int, opens_at: float | None) -> None:
        super().__init__(f"{rule}: {wanted} wanted, {left} of {limit} left")
        self.rule, self.wanted, self.left, self.limit, self.opens_at = rule, wanted, left, limit, opens_at


def reserve(connection: Connection, intent_id: str, send_to: SendTo, charge: Charge, now: float) -> None:
    """Reserves what a submission takes, within the transaction of its intent. Raises `BudgetSpent`."""
    # SQLite holds the write lock since BEGIN IMMEDIATE and leaves this out; other databases take their turn here.
    connection.execute(select(meta.c.schema_version).with_for_update()).all()
    for left in _asked(connection, send_to, charge, now):
        if left.left < left.wanted:
            raise BudgetSpent(left.rule, left.wanted, left.left, left.limit, left.opens_at)
    connection.execute(delete(reservations).where(reservations.c.at < now - KEPT_S))
    connection.execute(
        insert(reservations).values(
            intent_id=intent_id,
            send_to=send_to,
            payer=charge.payer,
            tasks=charge.tasks,
            at=now,
            credits=charge.credits,
        )
    )


def release(connection: Connection, intent_id: str) -> None:
    """Gives back what a submission reserved, because it certainly made no task."""
    connection.execute(delete(reservations).where(reservations.c.intent_id == intent_id))


def cost(connection: Connection, intent_id: str, credits: float) -> None:
    """Puts what a submission did cost in the place of what it was thought to."""
    connection.execute(update(reservations).where(reservations.c.intent_id == intent_id).values(credits=credits))


def _asked(connection: Connection, send_to: SendTo, charge: Charge, now: float) -> Iterator[Remaining]:
    """What is left for a submission under each limit that it is asked by."""
    yield from lefts(connection, send_to, charge.payer, charge.budget, now, charge.tasks, charge.credits or 1)
    if charge.budget.counts_credits and charge.credits is None:
        unpriced = (reservations.c.send_to == send_to) & reservations.c.credits.is_(None)
        yield _window(connection, Rule.UNPRICED, UNPRICED_TASKS, unpriced, DAY_S, now, charge.tasks)


def keep_forgotten(connection: Connection, intent_id: str) -> None:
    """Notes how many tasks of an intent still run, before its rows are deleted."""
    connection.execute(
        update(reservations)
        .where(reservations.c.intent_id == intent_id)
        .values(running_when_forgotten=_running(select(intents.c.outcome).where(intents.c.id == intent_id)))
    )


def lefts(
    connection: Connection,
    send_to: SendTo,
    payer: str,
    budget: Budget,
    now: float,
    wanted: int = 1,
    credits: float = 1,
) -> Iterator[Remaining]:
    """What is left under each limit of a budget, for so many tasks and credits."""
    here = reservations.c.send_to == send_to
    mine = reservations.c.payer == payer
    if budget.per_day is not None:
        yield _window(connection, Rule.DAY, budget.per_day, here, DAY_S, now, wanted)
    if budget.per_payer_hour is not None:
        yield _window(connection, Rule.HOUR, budget.per_payer_hour, mine, HOUR_S, now, wanted)
    if budget.at_once is not None:
        # One account is behind the owner's key, and one behind each visitor's own.
        whose = here if send_to is SendTo.OWNER_KEY else here & mine
        used = _in_flight(connection, whose, now)
        yield Remaining(Rule.AT_ONCE, max(0, budget.at_once - used), budget.at_once, None, wanted)
    if budget.credits_per_day is not None:
        yield _window(connection, Rule.CREDITS, budget.credits_per_day, here, DAY_S, now, credits)
    if budget.credits_per_payer_day is not None:
        rule = Rule.PAYER_CREDITS
        yield _window(connection, rule, budget.credits_per_payer_day, here & mine, DAY_S, now, credits)


def _window(
    connection: Connection,
    rule: Rule,
    limit: int,
    whose: ColumnElement[bool],
    seconds: float,
    now: float,
    wanted: float,
) -> Remaining:
    counted = func.coalesce(reservations.c.credits, 0.0) if rule.in_credits else reservations.c.tasks
    rows = connection.execute(
        select(reservations.c.at, counted.label("taken"))
        .where(whose, reservations.c.at > now - seconds)
        .order_by(reservations.c.at)
    ).all()
    left: float = limit - sum(row.taken for row in rows)
    opens_at, freed = None, left
    for row in rows:
        if freed >= wanted:
            break
        freed += row.taken
        opens_at = row.at + seconds
    return Remaining(rule, max(0, left), limit, opens_at, wanted)


def _in_flight(connection: Connection, whose: ColumnElement[bool], now: float) -> int:
    """Tasks that run, or may: being sent, unfinished, or lately lost sight of."""
    unseen = case((reservations.c.at > now - UNSEEN_RUNS_S, 1), else_=0)
    counted = case(
        (intents.c.id.is_(None), unseen * func.coalesce(reservations.c.running_when_forgotten, reservations.c.tasks)),
        (intents.c.outcome == Outcome.UNKNOWN, unseen * reservations.c.tasks),
        else_=_running(intents.c.outcome),
    )
    query = (
        select(func.coalesce(func.sum(counted), 0))
        .select_from(reservations.outerjoin(intents, intents.c.id == reservations.c.intent_id))
        .where(whose, reservations.c.at > now - DAY_S)
    )
    return int(connection.execute(query).scalar_one())


def _running(outcome: Any) -> Any:
    """The number of a reservation's tasks that have not ended, as an expression over its row."""
    unended = (
        select(func.count())
        .select_from(tasks)
        .where(tasks.c.intent_id == reservations.c.intent_id, tasks.c.ended_at.is_(None))
        .correlate(reservations)
        .scalar_subquery()
    )
    if hasattr(outcome, "scalar_subquery"):
        outcome = outcome.scalar_subquery()
    return case((outcome == Outcome.ACCEPTED, unended), else_=reservations.c.tasks)
