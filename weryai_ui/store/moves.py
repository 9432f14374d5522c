"""Histories that move to another browser: what waits behind a one-time code, and whose history joined whose.

Of a code its hash is here, and the visitor token that it hands over only as `move_codes.py` sealed it with the code.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection, Engine, delete, exists, func, insert, select, update

from weryai_ui.store.database import needs_database
from weryai_ui.store.filters import bump_visitor
from weryai_ui.store.records import Identity
from weryai_ui.store.schema import copies, intents, ledger, move_codes, moved, plans, reservations, shares
from weryai_ui.store.search import note_facets
from weryai_ui.store.used_keys import keep

LASTS_S = 600.0
MOST_CODES = 1000
"""That wait at once, whoever made them: each is one more that a guess may hit."""
_ITS_VISITOR = (
    *(table.c.visitor for table in (copies, shares, ledger, plans)),
    reservations.c.payer,
)
"""Where a visitor stands beside the submission itself. What they have used of a budget goes along."""


class HistoryMoved(Exception):
    """A visitor's history has joined another's, where their submissions belong from then on."""

    def __init__(self, home: str) -> None:
        super().__init__(home)
        self.home = home


class Moves:
    """The codes and the joins in one database. Thread-safe."""

    def __init__(self, writer: Engine, clock: Callable[[], float] = time.time) -> None:
        self._writer = writer
        self._clock = clock

    @needs_database
    def offer(self, visitor: str, code: str, sealed: str) -> float | None:
        """Lets a code (its hash) hand over what is sealed, in place of the visitor's last one; until when.

        None where too many codes wait.
        """
        now = self._clock()
        gone = (move_codes.c.expires_at <= now) | (move_codes.c.visitor == visitor)
        with self._writer.begin() as connection:
            connection.execute(delete(move_codes).where(gone))
            if connection.execute(select(func.count()).select_from(move_codes)).scalar_one() >= MOST_CODES:
                return None
            row = {"code": code, "visitor": visitor, "sealed": sealed, "expires_at": now + LASTS_S}
            connection.execute(insert(move_codes), row)
        return now + LASTS_S

    @needs_database
    def take(self, code: str, taker: str) -> tuple[str, str] | None:
        """Uses a code (its hash) up; the visitor who made it and what is sealed behind it.

        None for one that is not there, over, or used. One's own is not used up.
        """
        valid = (move_codes.c.code == code) & (move_codes.c.expires_at > self._clock())
        found = select(move_codes.c.visitor, move_codes.c.sealed).where(valid).with_for_update()
        with self._writer.begin() as connection:
            if (row := connection.execute(found).first()) is None:
                return None
            if row.visitor != taker:
                connection.execute(delete(move_codes).where(move_codes.c.code == code))
            return row.visitor, row.sealed

    @needs_database
    def join(self, visitor: str, into: str) -> int:
        """Makes everything of a visitor another's, and what they still send; gives the number of submissions.

        Again it does nothing, and what failed halfway is finished. Only for who has shown both tokens.
        """
        now = self._clock()
        with self._writer.begin() as connection:
            _send_home(connection, visitor, into, now)
        # What was recorded meanwhile held the visitor's version until it was committed, so that nothing comes later.
        with self._writer.begin() as connection:
            return _hand_over(connection, visitor, into, now)


def check_home(connection: Connection, visitor: str) -> None:
    """Raises `HistoryMoved` where a visitor's history has joined another's.

    To be called in the transaction that records a submission, once it holds the visitor's version (`filters.bump`).
    """
    home = connection.execute(select(moved.c.home).where(moved.c.visitor == visitor)).scalar()
    if home is not None:
        raise HistoryMoved(home)


def _send_home(connection: Connection, visitor: str, into: str, now: float) -> None:
    # One step leads home, whatever joined what before; and who was joined to is at home where they are.
    connection.execute(delete(moved).where(moved.c.visitor.in_([visitor, into])))
    connection.execute(update(moved).where(moved.c.home == visitor).values(home=into))
    connection.execute(insert(moved), {"visitor": visitor, "home": into, "at": now})
    connection.execute(delete(move_codes).where(move_codes.c.visitor == visitor))
    bump_visitor(connection, visitor, now)


def _hand_over(connection: Connection, visitor: str, into: str, now: float) -> int:
    there = intents.alias()
    has_it = exists().where(
        there.c.visitor == into,
        there.c.idempotency_key == intents.c.idempotency_key,
        there.c.body_digest == intents.c.body_digest,
    )
    # The very same submission is one there already.
    theirs = select(intents.c.id, intents.c.idempotency_key, intents.c.body_digest).where(
        intents.c.visitor == visitor, ~has_it
    )
    found = connection.execute(theirs.order_by(intents.c.id).with_for_update()).all()
    for _, key, digest in found:
        keep(connection, Identity(into, key, digest), now)
    connection.execute(update(intents).where(intents.c.visitor == visitor, ~has_it).values(visitor=into))
    for column in _ITS_VISITOR:
        connection.execute(update(column.table).where(column == visitor).values({column: into}))
    note_facets(connection, intents.c.id.in_([each.id for each in found]))
    bump_visitor(connection, into, now)
    return len(found)
