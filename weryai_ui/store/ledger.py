"""The ledger: what each submission with a key cost, by the balance of its account before and after it.

Submissions of one account that are under way at the same time are a group: the balance is known before the first and
asked for after the last, so the group's sum is known and each one's own share only about. An entry is made in the
transaction of its intent; everything else is done by `jobs/bookkeeping.py`, far from any press. Entries outlive their
submissions and hold nothing of what was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Engine,
    Float,
    Integer,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from weryai_ui.client.outcome import Outcome
from weryai_ui.request.price import Shape
from weryai_ui.store import budget
from weryai_ui.store.database import needs_database
from weryai_ui.store.filters import bump
from weryai_ui.store.ledger_records import Balance, End, NewEntry, OpenEntry, Price, Settled
from weryai_ui.store.records import NewIntent
from weryai_ui.store.schema import balances, intents, ledger
from weryai_ui.store.sealed_keys import keep
from weryai_ui.store.upsert import INSERTS, put

DAY_S = 24 * 3600.0
KEPT_S = 100 * DAY_S
FORGOTTEN_AT_ONCE = 200
LIKE_IT = 6
"""So many of the last submissions tell what the next one like them costs."""
ASKING_LASTS_S = 30.0
REFUNDS_COME_WITHIN_S = DAY_S


def enter(connection: Connection, intent_id: str, new: NewIntent, entry: NewEntry, now: float) -> None:
    """Opens an entry and keeps its key, within the transaction of its intent.

    Two of one account take turns: SQLite has one writer, elsewhere the lock of the budgets is held.
    """
    found = connection.execute(_BEFORE, {"account": entry.account}).one()
    rested = _is_at_rest(found)
    connection.execute(
        _ENTER,
        {
            "intent_id": intent_id,
            "group_id": found.open_group or intent_id,
            "account": entry.account,
            "service": entry.service,
            "send_to": new.send_to,
            "visitor": new.visitor,
            "who": entry.who,
            **entry.shape._asdict(),
            "at": now,
            "credits_before": found.credits if rested else None,
            "before_at": found.asked_at if rested else None,
        },
    )
    connection.execute(_MOVED[connection.dialect.name], {"account": entry.account, "now": now})
    if entry.key is not None:
        keep(connection, entry.key, now)


class Ledger:
    """The ledger in one database. Thread-safe; several processes may share it. Every method is one transaction."""

    def __init__(self, writer: Engine, reader: Engine, clock: Callable[[], float]) -> None:
        self._writer = writer
        self._reader = reader
        self._clock = clock

    def balance(self, account: str) -> Balance | None:
        """What is known of an account's balance; None when it was never asked for."""
        with self._reader.connect() as connection:
            found = connection.execute(_BEFORE, {"account": account}).one()
        if found.asked_at is None:
            return None
        under_way = found.open_group is not None
        return Balance(found.credits, found.asked_at, _is_at_rest(found), under_way)

    def learn(self, account: str, credits: int, asked_at: float) -> None:
        """Notes what an account was found to have when it was asked at that moment."""
        with self._writer.begin() as connection:
            found = connection.execute(_BEFORE, {"account": account}).one()
            if _is_at_rest(found) and credits > found.credits:
                _refund(connection, account, credits - found.credits, self._clock())
            put(connection, balances, {"account": account}, credits=credits, asked_at=asked_at)

    def open(self) -> tuple[OpenEntry, ...]:
        """Every entry that is not settled, the oldest first."""
        with self._reader.connect() as connection:
            return tuple(
                OpenEntry(
                    *(row[:7]),
                    Shape(*row[7:12]),
                    row.credits_before,
                    row.before_at,
                    None if row.outcome is None else Outcome(row.outcome),
                    row.running,
                )
                for row in connection.execute(_OPEN)
            )

    def claim(self, account: str) -> bool:
        """Whether this process is to ask for an account's balance now; no other one is told so for a while."""
        now = self._clock()
        free = (balances.c.account == account) & (balances.c.asking_until.is_(None) | (balances.c.asking_until <= now))
        with self._writer.begin() as connection:
            return bool(
                connection.execute(update(balances).where(free).values(asking_until=now + ASKING_LASTS_S)).rowcount
            )

    def in_doubt(self, account: str, since: float, but: Sequence[str]) -> bool:
        """Whether other submissions of an account since then have an outcome that nobody knows: they may cost later."""
        others = (ledger.c.account == account) & (ledger.c.at > since) & ledger.c.intent_id.not_in(but)
        with self._reader.connect() as connection:
            return bool(connection.execute(select(exists().where(others, ledger.c.ended == End.UNKNOWN))).scalar())

    def settle(
        self, group: Sequence[OpenEntry], settled: Sequence[Settled], after: int | None, asked_at: float
    ) -> bool:
        """Settles a group as a whole, with the balance `after` it where it was asked for.

        False, and nothing is changed, when another submission has joined it since.
        """
        now, account = self._clock(), group[0].account
        of_group = (ledger.c.group_id == group[0].group_id) & ledger.c.settled_at.is_(None)
        with self._writer.begin() as connection:
            there = connection.execute(select(ledger.c.intent_id).where(of_group).with_for_update()).scalars().all()
            if set(there) != {entry.intent_id for entry in group}:
                return False
            for each in settled:
                connection.execute(_SETTLED, {"intent": each.intent_id, "now": now, "after": after, **_values(each)})
                if each.credits is not None:
                    budget.cost(connection, each.intent_id, each.credits)
                bump(connection, each.intent_id, now)
            if after is not None:
                put(connection, balances, {"account": account}, credits=after, asked_at=asked_at, asking_until=None)
            elif all(each.ended in (End.REFUSED, End.NOT_SENT) for each in settled):
                connection.execute(_UNMOVED, {"account_is": account})
            else:
                put(connection, balances, {"account": account}, moved_at=now, asking_until=None)
        return True

    @needs_database
    def like(self, service: str, shape: Shape) -> Price | None:
        """What the last ones of this shape cost that made all their videos; sure figures where there are some."""
        with self._reader.connect() as connection:
            rows = connection.execute(_LIKE, {"service_is": service, **shape._asdict()}).all()
        sure = [row.credits for row in rows if not row.about]
        found = sure or [row.credits for row in rows]
        return Price(min(found), max(found), len(found), not sure) if found else None

    def forget_old(self) -> int:
        """Deletes some of the entries that are kept long enough; gives their number."""
        before = self._clock() - KEPT_S
        old = select(ledger.c.intent_id).where(ledger.c.at < before).limit(FORGOTTEN_AT_ONCE)
        with self._reader.connect() as connection:
            gone = connection.execute(old).scalars().all()
        if gone:
            with self._writer.begin() as connection:
                connection.execute(delete(ledger).where(ledger.c.intent_id.in_(gone)))
                connection.execute(delete(balances).where(func.coalesce(balances.c.moved_at, 0.0) < before))
        return len(gone)


def _is_at_rest(found: Any) -> bool:
    """Whether the balance that is known is still the account's, as far as this app moves it."""
    return found.open_group is None and found.credits is not None and found.asked_at >= (found.moved_at or 0.0)


def _refund(connection: Connection, account: str, more: int, now: float) -> None:
    """Credits that came back while nothing was under way: of a failed one or of all of them, where the sum fits."""
    failed = (
        (ledger.c.account == account)
        & ledger.c.ended.in_((End.FAILED, End.PARTLY))
        & (ledger.c.settled_at > now - REFUNDS_COME_WITHIN_S)
        & (ledger.c.credits > ledger.c.refunded)
    )
    rows = connection.execute(select(ledger.c.intent_id, ledger.c.credits).where(failed).order_by(ledger.c.at.desc()))
    found = rows.all()
    fits = [row for row in found if row.credits == more][:1]
    if not fits and found and sum(row.credits for row in found) == more:
        fits = list(found)
    for row in fits:
        mine = ledger.c.intent_id == row.intent_id
        connection.execute(update(ledger).where(mine).values(refunded=row.credits))
        budget.cost(connection, row.intent_id, 0.0)
        bump(connection, row.intent_id, now)


def _values(settled: Settled) -> dict[str, Any]:
    return {name: value for name, value in vars(settled).items() if name != "intent_id"}


def _moved(name: str) -> Any:
    row = INSERTS[name](balances).values(account=bindparam("account"), moved_at=bindparam("now"))
    return row.on_conflict_do_update(index_elements=["account"], set_={"moved_at": row.excluded.moved_at})


_MOVED = {name: _moved(name) for name in INSERTS}


def _of_account(column: Any) -> Any:
    return select(column).where(balances.c.account == bindparam("account")).scalar_subquery().label(column.name)


_BEFORE = select(
    *(_of_account(balances.c[name]) for name in ("credits", "asked_at", "moved_at")),
    select(ledger.c.group_id)
    .where(ledger.c.account == bindparam("account"), ledger.c.settled_at.is_(None))
    .limit(1)
    .scalar_subquery()
    .label("open_group"),
)
_ENTER = insert(ledger).values(about=False, refunded=0.0)
_OPEN = (
    select(
        *(ledger.c[name] for name in ("intent_id", "group_id", "account", "service", "send_to", "visitor", "at")),
        *(ledger.c[name] for name in Shape._fields),
        ledger.c.credits_before,
        ledger.c.before_at,
        intents.c.outcome,
        intents.c.running,
    )
    .select_from(ledger.outerjoin(intents, intents.c.id == ledger.c.intent_id))
    .where(ledger.c.settled_at.is_(None))
    .order_by(ledger.c.at)
)
_CREDITS = bindparam("credits", type_=Float)
_SETTLED = (
    update(ledger)
    .where(ledger.c.intent_id == bindparam("intent"))
    .values(
        settled_at=bindparam("now"),
        credits_after=func.coalesce(bindparam("after", type_=Integer), ledger.c.credits_after),
        credits=func.coalesce(_CREDITS, ledger.c.credits),
        about=case((_CREDITS.is_(None), ledger.c.about), else_=bindparam("about", type_=Boolean)),
        **{name: bindparam(name) for name in ("ended", "failure", "code", "http_status")},
    )
)
_UNMOVED = (
    update(balances)
    .where(balances.c.account == bindparam("account_is"))
    .values(moved_at=balances.c.asked_at, asking_until=None)
)
_LIKE = (
    select(ledger.c.credits, ledger.c.about)
    .where(
        ledger.c.service == bindparam("service_is"),
        *(ledger.c[name] == bindparam(name) for name in Shape._fields),
        ledger.c.ended == End.READY,
        ledger.c.credits > 0,
    )
    .order_by(ledger.c.about, ledger.c.at.desc())
    .limit(LIKE_IT)
)
