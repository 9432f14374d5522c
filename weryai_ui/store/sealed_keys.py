"""Keys of visitors' own, sealed, for every process at the database that has the owner's secret.

A row is good for `KEPT_S` after its key was given last, and beyond that while a task that the key made is unfinished.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, bindparam, delete, exists, or_, select, true

from weryai_ui.store.database import needs_database
from weryai_ui.store.filters import bump_visitor
from weryai_ui.store.schema import intents, ledger, sealed_keys
from weryai_ui.store.upsert import put

KEPT_S = 24 * 3600.0
MOST_OF_VISITOR = 8
MOST = 10_000
"""Beyond these the oldest go: whoever gives keys may be a stranger."""
AT_ONCE = 100
"""What one transaction deletes."""


@dataclass(frozen=True)
class SealedKey:
    """A key as it is stored. `account`: the fingerprint of service and key; `secret`: the mark of what it is sealed
    with."""

    visitor: str
    account: str
    sealed: str
    secret: str


def keep(connection: Connection, key: SealedKey, now: float) -> None:
    """Keeps a key as its visitor's newest, within a transaction that also bumps what they see."""
    its = {"visitor": key.visitor, "account": key.account}
    put(connection, sealed_keys, its, sealed=key.sealed, secret=key.secret, given_at=now)
    connection.execute(_TRIM, {"visitor": key.visitor})


def visitors_of(secrets: Sequence[str]) -> Select[Any]:
    """The visitors with a key that is sealed with one of these secrets, as a part of another query."""
    return select(sealed_keys.c.visitor).where(sealed_keys.c.secret.in_(secrets))


class SealedKeys:
    """The sealed keys in one database. Thread-safe. Every method raises `DatabaseAway`."""

    def __init__(self, writer: Engine, reader: Engine, clock: Callable[[], float]) -> None:
        self._writer = writer
        self._reader = reader
        self._clock = clock

    @needs_database
    def keep(self, key: SealedKey) -> None:
        """Keeps a key as its visitor's newest."""
        now = self._clock()
        with self._writer.begin() as connection:
            keep(connection, key, now)
            bump_visitor(connection, key.visitor, now)

    @needs_database
    def of(self, visitor: str) -> tuple[SealedKey, ...]:
        """A visitor's keys that are still good, the newest first."""
        asked = {"visitor": visitor, "since": self._clock() - KEPT_S}
        with self._reader.connect() as connection:
            rows = connection.execute(_GOOD_OF, asked).all()
        return tuple(SealedKey(row.visitor, row.account, row.sealed, row.secret) for row in rows)

    @needs_database
    def account_of(self, intent_id: str) -> str:
        """The account that a submission was sent with; empty where nothing tells it."""
        with self._reader.connect() as connection:
            found = connection.execute(select(ledger.c.account).where(ledger.c.intent_id == intent_id)).scalar()
        return found or ""

    @needs_database
    def forget(self, visitor: str) -> None:
        """Deletes all keys of a visitor."""
        with self._writer.begin() as connection:
            if connection.execute(delete(sealed_keys).where(sealed_keys.c.visitor == visitor)).rowcount:
                bump_visitor(connection, visitor, self._clock())

    def forget_old(self) -> None:
        """Deletes some of the keys that are good no more, or too many."""
        now = self._clock()
        over = and_(sealed_keys.c.given_at <= now - KEPT_S, ~_IS_AT_WORK)
        newest = select(sealed_keys.c.given_at).order_by(sealed_keys.c.given_at.desc())
        with self._reader.connect() as connection:
            gone = set(connection.execute(_named(over)).all())
            if (last := connection.execute(newest.offset(MOST).limit(1)).scalar()) is not None:
                gone |= set(connection.execute(_named(sealed_keys.c.given_at <= last)).all())
        if not gone:
            return
        with self._writer.begin() as connection:
            for visitor, account, given_at in sorted(gone):
                # Not one that was given again meanwhile.
                same = and_(sealed_keys.c.account == account, sealed_keys.c.given_at == given_at)
                connection.execute(delete(sealed_keys).where(sealed_keys.c.visitor == visitor, same))
            for visitor in sorted({each.visitor for each in gone}):
                bump_visitor(connection, visitor, now)


def _named(which: ColumnElement[bool]) -> Select[Any]:
    columns = (sealed_keys.c.visitor, sealed_keys.c.account, sealed_keys.c.given_at)
    return select(*columns).where(which).order_by(sealed_keys.c.given_at).limit(AT_ONCE)


_ITS = sealed_keys.c.visitor == bindparam("visitor")
_MADE_WITH_IT = and_(ledger.c.intent_id == intents.c.id, ledger.c.account == sealed_keys.c.account)
_IS_AT_WORK = (
    exists()
    .where(intents.c.visitor == sealed_keys.c.visitor, intents.c.running == true(), _MADE_WITH_IT)
    .correlate(sealed_keys)
)
"""Whether a task that the key made is unfinished."""
_NEWEST_FIRST = (sealed_keys.c.given_at.desc(), sealed_keys.c.account)
_GOOD_OF = (
    select(sealed_keys)
    .where(_ITS, or_(sealed_keys.c.given_at > bindparam("since"), _IS_AT_WORK))
    .order_by(*_NEWEST_FIRST)
)
_NEWEST = select(sealed_keys.c.account).where(_ITS).order_by(*_NEWEST_FIRST).limit(MOST_OF_VISITOR).subquery()
_TRIM = delete(sealed_keys).where(_ITS, sealed_keys.c.account.not_in(select(_NEWEST.c.account)))
