"""One process at the database: its connections, its heartbeat, and what processes that died left behind."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from weryai_ui.client.limits import SUBMIT_WHOLE_SECONDS
from weryai_ui.client.outcome import Outcome
from weryai_ui.errors import INTERRUPTED
from weryai_ui.store.database import READERS, keep_descriptors, open_database, reading_beside
from weryai_ui.store.filters import changed
from weryai_ui.store.schema import intents, processes
from weryai_ui.store.spare import SpareDescriptors
from weryai_ui.store.upsert import INSERTS

log = logging.getLogger(__name__)

HEARTBEAT_EVERY_S = 1.0
HEARTBEAT_LASTS_S = 5.0
"""A process that has not renewed its heartbeat for this long counts as dead."""
COUNT_EVERY_S = 5.0
CLOCKS_DIFFER_S = 10.0
HEARTBEATS_AHEAD_S = 60.0
"""The clocks of machines at one database may differ by as much."""
WORKER = "worker-"
"""How the id of a process begins that serves no page."""
SENDING_LASTS_S = 2 * SUBMIT_WHOLE_SECONDS
"""Longer than any submit may take, its outcome's way into the database included."""


class Process:
    """This process's connections to one database. Thread-safe; several processes may share it.

    `by_server`: heartbeats go by the clock of a PostgreSQL server, so that no machine whose own is wrong is declared
    dead, or declares the others dead. `serves`: whether it serves the page, and is a replica of all that do.
    """

    def __init__(
        self,
        url: str,
        *,
        alone: bool = False,
        connections: int = READERS,
        remembers: Path | None = None,
        by_server: bool = False,
        serves: bool = True,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = open_database(url, alone=alone, connections=connections, remembers=remembers)
        self._reader = reading_beside(self._engine)
        self._spare = SpareDescriptors()
        for engine in (self._engine, self._reader):
            keep_descriptors(engine, self._spare)
        self._by_server = by_server and self._engine.dialect.name == "postgresql"
        self._behind_s = 0.0
        """By how much this machine's clock was behind the server's at the last heartbeat."""
        self._clock = clock
        self._monotonic = monotonic
        self._sending: dict[str, float] = {}
        """When each intent of this process began that is still on its way, by a clock that nobody can set."""
        self.process_id = secrets.token_hex(16) if serves else WORKER + secrets.token_hex(12)
        self._alive, self._replicas, self._counted_at = 1, 1, -COUNT_EVERY_S

    def close(self) -> None:
        """Closes the connections and gives up the heartbeat."""
        # A database that is away does not keep the app from stopping; the heartbeat lapses by itself.
        with suppress(SQLAlchemyError), self._engine.begin() as connection:
            connection.execute(delete(processes).where(processes.c.id == self.process_id))
        self._engine.dispose()
        self._reader.dispose()
        self._spare.close()

    def beat(self) -> None:
        """Renews this process's heartbeat."""
        with self._engine.begin() as connection:
            if self._by_server:
                self._compare(connection)
            self._renew(connection)

    def lease_time(self) -> float:
        """The time by which heartbeats are there or over, the same for every process at the database."""
        return self._clock() + self._behind_s

    def alive(self) -> int:
        """How many processes work at the database, this one included, as of some seconds ago."""
        self._count()
        return self._alive

    def has_company(self) -> bool:
        """Whether another process works at the database just now; no where the database does not say."""
        with suppress(SQLAlchemyError), self._reading() as connection:
            others = living(self.lease_time()).where(processes.c.id != self.process_id)
            return connection.execute(others.limit(1)).first() is not None
        return False

    def replicas(self) -> int:
        """How many processes serve the page at the database, as of some seconds ago; 1 where none is known."""
        self._count()
        return self._replicas

    def _count(self) -> None:
        if self._monotonic() - self._counted_at < COUNT_EVERY_S:
            return
        self._counted_at = self._monotonic()
        serves = case((processes.c.id.not_like(f"{WORKER}%"), 1))
        living_now = select(func.count(), func.count(serves)).where(_lives(self.lease_time()))
        # While the database is away, as many as there were.
        with suppress(SQLAlchemyError), self._reading() as connection:
            alive, replicas = connection.execute(living_now).one()
            self._alive, self._replicas = max(1, alive), max(1, replicas)

    def settle_dead(self) -> int:
        """Turns intents that a dead process left in SENDING into UNKNOWN; gives their number.

        So does it with one of its own that is older than any request can be: its thread is lost. Nobody can say what
        became of them, so they are never called failed and never sent again.
        """
        now = self._clock()
        lost = self._lost()
        abandoned = or_(intents.c.process_id.not_in(living(self.lease_time())), intents.c.id.in_(lost))
        orphans = and_(intents.c.outcome == Outcome.SENDING, abandoned)
        with self._reading() as connection:
            if not connection.execute(select(func.count()).select_from(intents).where(orphans)).scalar():
                return 0
        unknown = {"outcome": Outcome.UNKNOWN, "finished_at": now, "explanation": asdict(INTERRUPTED)}
        with self._engine.begin() as connection:
            # In the order of visitors, as two processes that settle at once would wait for each other otherwise.
            found = select(intents.c.id).where(orphans).order_by(intents.c.visitor, intents.c.id).with_for_update()
            settled = connection.execute(found).scalars().all()
            for each in settled:
                connection.execute(update(intents).where(intents.c.id == each).values(**unknown))
                changed(connection, each, now)
            connection.execute(delete(processes).where(not_(_lives(self.lease_time()))))
        for each in lost:
            self._sending.pop(each, None)
        return len(settled)

    def _lost(self) -> list[str]:
        """The intents of this process that began longer ago than any request lasts."""
        before = self._monotonic() - SENDING_LASTS_S
        return [intent_id for intent_id, began in tuple(self._sending.items()) if began < before]

    def _compare(self, connection: Connection) -> None:
        server = float(connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one())
        before, self._behind_s = self._behind_s, server - self._clock()
        if abs(self._behind_s) > CLOCKS_DIFFER_S >= abs(before):
            log.warning("the clock of this machine is %+.0f s off the database server's", -self._behind_s)

    def _renew(self, connection: Connection) -> None:
        beat = {"process_id": self.process_id, "until": self.lease_time() + HEARTBEAT_LASTS_S}
        connection.execute(_RENEWED[connection.dialect.name], beat)

    def _reading(self) -> Connection:
        return self._reader.connect()


def living(now: float) -> Select[tuple[str]]:
    """The ids of the processes that live."""
    return select(processes.c.id).where(_lives(now))


def _lives(now: float) -> ColumnElement[bool]:
    # A heartbeat far ahead is of a clock that was set back since, and of a process that has ended.
    return processes.c.expires_at.between(now, now + HEARTBEATS_AHEAD_S)


def _renewed(insert: Any) -> Any:
    first = insert(processes).values(id=bindparam("process_id"), expires_at=bindparam("until"))
    return first.on_conflict_do_update(index_elements=["id"], set_={"expires_at": bindparam("until")})


_RENEWED = {name: _renewed(insert) for name, insert in INSERTS.items()}
"""In one statement: several submissions may be the first to find that this process has no heartbeat any more."""
