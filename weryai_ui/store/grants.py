"""To whom the right access code has opened the owner's key, for every process at the database."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, delete, select

from weryai_ui.store.database import needs_database
from weryai_ui.store.schema import grants
from weryai_ui.store.upsert import put


class Grants:
    """The grants in one database. Thread-safe. `clock` is one that nobody can set. Raises `DatabaseAway`."""

    def __init__(self, writer: Engine, reader: Engine, clock: Callable[[], float]) -> None:
        self._writer = writer
        self._reader = reader
        self._clock = clock

    @needs_database
    def keep(self, visitor: str, seal: str, seconds: float) -> None:
        """Keeps that a visitor gave the code of that seal, for so long. What has run out goes."""
        now = self._clock()
        with self._writer.begin() as connection:
            connection.execute(delete(grants).where(grants.c.expires_at <= now))
            put(connection, grants, {"visitor": visitor}, seal=seal, expires_at=now + seconds)

    @needs_database
    def of(self, visitor: str) -> tuple[str, float] | None:
        """The seal of the code that a visitor gave and the seconds for which it still holds; None without one."""
        with self._reader.connect() as connection:
            row = connection.execute(select(grants).where(grants.c.visitor == visitor)).first()
        left = 0.0 if row is None else row.expires_at - self._clock()
        return (row.seal, left) if row is not None and left > 0 else None
