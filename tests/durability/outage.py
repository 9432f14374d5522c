"""Ways in which a database goes away and comes back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from weryai_ui.store.database import BUSY_TIMEOUT_MS
from weryai_ui.store.submissions import Store

IMPATIENT_MS = 50


class Outage(Protocol):
    """Begins and ends at the test's word, from any thread."""

    def begin(self) -> None: ...
    def end(self) -> None: ...


class Full:
    """Every write fails as on a full disk; reads go on."""

    def __init__(self, store: Store) -> None:
        self._away = False
        event.listen(store._engine, "before_cursor_execute", self._refuse)

    def begin(self) -> None:
        self._away = True

    def end(self) -> None:
        self._away = False

    def _refuse(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if self._away and statement.split()[0] in ("INSERT", "UPDATE", "DELETE"):
            raise OperationalError(statement, {}, sqlite3.OperationalError("database or disk is full"))


class FullAtCommit(Full):
    """Every statement goes through and the commit fails."""

    def __init__(self, store: Store) -> None:
        self._away = False
        event.listen(store._engine, "commit", self._refuse_commit)

    def _refuse_commit(self, _connection: Any) -> None:
        if self._away:
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("database or disk is full"))


class Locked:
    """Another program holds the lock for longer than anyone waits; SQLite itself says so.

    Meanwhile nobody waits for long, so that the test need not either: neither an open connection nor a new one.
    """

    def __init__(self, store: Store) -> None:
        self._away = False
        self._other = sqlite3.connect(_path(store), isolation_level=None, check_same_thread=False, timeout=10)
        for engine in (store._engine, store._reader):
            event.listen(engine, "do_connect", self._open_with_patience)
            event.listen(engine, "checkout", self._set_patience)

    def begin(self) -> None:
        self._other.execute("BEGIN EXCLUSIVE")
        self._away = True

    def end(self) -> None:
        self._away = False
        self._other.execute("ROLLBACK")

    @property
    def _patience_ms(self) -> int:
        return IMPATIENT_MS if self._away else BUSY_TIMEOUT_MS

    def _open_with_patience(self, _dialect: Any, _record: Any, _arguments: Any, named: dict[str, Any]) -> None:
        named["timeout"] = self._patience_ms / 1000

    def _set_patience(self, connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout={self._patience_ms}").close()


class ReadOnly:
    """What a remounted disk does to connections that are open; SQLite itself says so."""

    def __init__(self, store: Store) -> None:
        self._away = False
        event.listen(store._engine, "checkout", self._set)

    def begin(self) -> None:
        self._away = True

    def end(self) -> None:
        self._away = False

    def _set(self, connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA query_only={int(self._away)}").close()


def _path(store: Store) -> Path:
    return Path(store._engine.url.database or "")


OUTAGES: dict[str, Callable[[Store], Outage]] = {
    "full": Full,
    "full at the commit": FullAtCommit,
    "locked": Locked,
    "read-only": ReadOnly,
}
ON_ANY_DATABASE = {"full", "full at the commit"}
