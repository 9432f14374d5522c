"""Whether the owner has stopped spending: a row that every process at the database asks before it sends."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from weryai_ui.errors import AppError
from weryai_ui.store.database import needs_database
from weryai_ui.store.records import SendTo
from weryai_ui.store.schema import stops

LOOK_EVERY_S = 1.0


class SpendingStopped(AppError):
    """The owner has stopped spending; nothing was recorded."""


def check(connection: Connection, send_to: SendTo) -> None:
    """Raises `SpendingStopped`, within the transaction of an intent: once stopped, no process begins another."""
    if send_to is SendTo.OWNER_KEY and connection.execute(_STOPPED).first() is not None:
        raise SpendingStopped("the owner has stopped spending")


class Stops:
    """The switch in one database. Thread-safe."""

    def __init__(
        self,
        writer: Engine,
        reader: Engine,
        clock: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._clock = clock
        self._monotonic = monotonic
        self._seen = False
        self._seen_at = -LOOK_EVERY_S

    @property
    def is_stopped(self) -> bool:
        """Whether spending is stopped, as of a second ago: for what is said. What is sent asks `check`."""
        if self._monotonic() - self._seen_at >= LOOK_EVERY_S:
            self._seen_at = self._monotonic()
            # While the database is away nothing is sent in any case.
            with suppress(SQLAlchemyError), self._reader.connect() as connection:
                self._seen = connection.execute(_STOPPED).first() is not None
        return self._seen

    @needs_database
    def put(self, *, stopped: bool) -> None:
        """Stops spending with the owner's key, or lets it go on."""
        with self._writer.begin() as connection:
            connection.execute(delete(stops).where(stops.c.send_to == SendTo.OWNER_KEY))
            if stopped:
                connection.execute(insert(stops).values(send_to=SendTo.OWNER_KEY, at=self._clock()))
        self._seen, self._seen_at = stopped, self._monotonic()


_STOPPED = select(stops.c.at).where(stops.c.send_to == SendTo.OWNER_KEY)
