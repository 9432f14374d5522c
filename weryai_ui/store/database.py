"""How a database is opened: one that is not there is made, an older one is migrated, any other is refused."""

from __future__ import annotations

import functools
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DisconnectionError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)

from weryai_ui.errors import DatabaseAway, SettingsError, refuse
from weryai_ui.store.inspection import (
    EMPTY_WAYS_OUT,
    FILE_WAYS_OUT,
    SERVER_WAYS_OUT,
    NotOurs,
    inspect_file,
    make_file,
    wrong_tables,
)
from weryai_ui.store.migrations import SCHEMA_VERSION, migrate
from weryai_ui.store.schema import meta, metadata
from weryai_ui.store.silence import end_when_silent
from weryai_ui.store.spare import SpareDescriptors

WAL_IS_SAFE_FROM = (3, 51, 3)
"""Before this SQLite version WAL can lose commits where two connections write; most Pythons link an older one."""
SPOKEN = ("sqlite", "postgresql")
"""The databases whose *insert or update* the store writes."""
BUSY_TIMEOUT_MS = 10_000
CONNECT_S = 4
"""For a server that says nothing; the system itself would wait for minutes."""
READING_TIMEOUT_MS = 4_000
"""Readers wait for a commit, which takes milliseconds, and then tell their visitor."""
READERS = 32
"""Connections that stay open for reading: opening one costs more than what it is asked."""
SCHEMA_LOCK = 8_217_403
"""Any number, the same in every process: PostgreSQL's advisory lock while tables are made."""


_OUR_FAULT = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
"""What a database refuses that answers; everything else is its own state: away, full, locked, read-only, damaged."""

NO_SUCH_TABLE = "42P01"
"""What PostgreSQL says when the one in the database's place is empty, such as a standby that never had its rows."""
P = ParamSpec("P")
R = TypeVar("R")


def needs_database(function: Callable[P, R]) -> Callable[P, R]:
    """A function that raises `DatabaseAway` where the database does not answer."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except _OUR_FAULT as error:
            if getattr(error.orig, "sqlstate", None) != NO_SUCH_TABLE:
                raise
            raise DatabaseAway(refuse("access.database_silent")) from error
        except SQLAlchemyError as error:
            raise DatabaseAway(refuse("access.database_silent")) from error

    return call


def open_database(
    url: str, *, alone: bool = False, connections: int = READERS, remembers: Path | None = None
) -> Engine:
    """An engine on a database whose tables are there.

    `alone`: no other process opens a file of SQLite, so its one connection that writes is the only one there is.
    `connections`: so many at most to a server's database. `remembers`: a file with the names of those that
    were used before; one of them that is empty now is not the one that it was.
    Raises `SettingsError` when the URL is wrong, or the database cannot be opened, is damaged, is another program's or
    has a version unknown here.
    """
    try:
        address = _address(url)
        if path := _file_of(address):
            _have_file(path)
        engine = _engine(address, alone, connections)
        try:
            version = _prepare(engine, _known(remembers, address))
        finally:
            engine.dispose()
    except (ArgumentError, SQLAlchemyError, ImportError, OSError) as error:
        raise SettingsError(f"WERYAI_DATABASE_URL cannot be opened: {_why(error)}.") from error
    if engine.dialect.name == "sqlite":
        _stay_with_the_file(engine)
    elif remembers is not None:
        _remember(remembers, address)
    if version != SCHEMA_VERSION:
        raise SettingsError(
            f"The database {_name(address)} has schema version {version}, this app knows {SCHEMA_VERSION}: "
            "use the matching release, or name a new database in WERYAI_DATABASE_URL."
        )
    end_when_silent(engine)  # not before its tables are there: moving large ones may take long
    return engine


def _known(remembers: Path | None, address: URL) -> bool:
    return remembers is not None and remembers.is_file() and _name(address) in remembers.read_text().splitlines()


def _remember(remembers: Path, address: URL) -> None:
    if not _known(remembers, address):
        remembers.parent.mkdir(parents=True, exist_ok=True)
        with remembers.open("a", encoding="utf-8") as file:
            file.write(f"{_name(address)}\n")


def _prepare(engine: Engine, known: bool) -> int:
    """Makes or migrates the tables, in one transaction; gives the version. Processes may start at the same time."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's write lock is there already
            connection.execute(select(func.pg_advisory_xact_lock(SCHEMA_LOCK)))
        if found := wrong_tables(connection):
            raise NotOurs(_name(engine.url), found, _ways_out(engine.url))
        if not inspect(connection).has_table(meta.name):
            if known:
                raise NotOurs(_name(engine.url), "it is empty, and was not when this app used it last", EMPTY_WAYS_OUT)
            return _make(connection)
        version = migrate(connection, connection.execute(select(meta.c.schema_version)).scalar_one())
        if version == SCHEMA_VERSION and (missing := metadata.tables.keys() - inspect(connection).get_table_names()):
            raise NotOurs(_name(engine.url), f"it is damaged (it has no table {min(missing)})", _ways_out(engine.url))
        return version


def _why(error: Exception) -> str:
    """What went wrong. In SQLite's own words; another database's, and a URL, may quote the password."""
    said = getattr(error, "orig", None)
    return f"{said}" if isinstance(said, sqlite3.Error) else type(error).__name__


def _make(connection: Connection) -> int:
    metadata.create_all(connection)
    connection.execute(insert(meta).values(schema_version=SCHEMA_VERSION))
    return SCHEMA_VERSION


def _have_file(path: Path) -> None:
    """Looks at a database file before anything else does; one that is not there is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not inspect_file(path, BUSY_TIMEOUT_MS / 1000):
        make_file(path, _fill)


def _fill(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path.as_posix()}")
    with engine.begin() as connection:
        _make(connection)
    engine.dispose()


def _address(url: str) -> URL:
    address = make_url(url)
    if address.get_backend_name() not in SPOKEN:
        raise SettingsError(f"WERYAI_DATABASE_URL cannot be opened: it has to name {' or '.join(SPOKEN)}.")
    if address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:"):
        raise ArgumentError("a database in memory would be another one in each connection")
    return address


def _file_of(address: URL) -> Path | None:
    """The file of an SQLite database; None for another, and for SQLite's own notation, which may name anything."""
    name = str(address.database)
    return Path(name) if address.get_backend_name() == "sqlite" and not name.startswith("file:") else None


def _name(address: URL) -> str:
    """What a sentence calls a database: its file, or its server and name, never the password."""
    path = _file_of(address)
    return str(path.absolute()) if path else f"{address.database} on {address.host or 'this machine'}"


def _ways_out(address: URL) -> str:
    return FILE_WAYS_OUT if _file_of(address) else SERVER_WAYS_OUT


def _engine(address: URL, alone: bool, connections: int) -> Engine:
    if address.get_backend_name() != "sqlite":
        # Bounded: a server has a hundred for all, and opening one costs more than what it is asked.
        return create_engine(
            address,
            connect_args={"connect_timeout": CONNECT_S} if "connect_timeout" not in address.query else {},
            pool_pre_ping=True,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=BUSY_TIMEOUT_MS / 1000,
        )
    wait = BUSY_TIMEOUT_MS / 1000
    # SQLite has one writer at a time. They queue for its connection: SQLite itself would have them sleep and retry.
    engine = create_engine(address, connect_args={"timeout": wait}, pool_size=1, max_overflow=0, pool_timeout=wait)
    wal = alone or sqlite3.sqlite_version_info >= WAL_IS_SAFE_FROM
    event.listen(engine, "connect", _write_ahead if wal else _write_in_place)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def reading_beside(engine: Engine) -> Engine:
    """An engine whose connections only read, each statement by itself, so that nobody waits for a reader to end."""
    if engine.dialect.name != "sqlite":
        return engine.execution_options(isolation_level="AUTOCOMMIT")
    reading = create_engine(engine.url, connect_args={"timeout": READING_TIMEOUT_MS / 1000}, pool_size=READERS)
    event.listen(reading, "connect", _only_read)
    _stay_with_the_file(reading)
    return reading


def keep_descriptors(engine: Engine, spare: SpareDescriptors) -> None:
    """Lets SQLite use the spare descriptors when there are no others. It opens a file or two for each transaction."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", lambda *_: spare.lend())
        event.listen(engine, "checkout", lambda *_: spare.lend())
        event.listen(engine, "checkin", lambda *_: spare.take_back())


def _stay_with_the_file(engine: Engine) -> None:
    """Keeps connections to the file that has the database's name: one that was removed or replaced still takes what is
    written, and loses it. None is made anew where it was removed."""
    path = str(engine.url.database)
    if path.startswith("file:"):  # SQLite's own notation, which may name anything
        return

    def open_what_is_there(*_: Any) -> None:
        if _identity(path) is None:
            raise sqlite3.OperationalError("the database file is not there")

    def note(_connection: Any, record: Any) -> None:
        record.info["file"] = _identity(path)

    def compare(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info["file"] != _identity(path):
            raise DisconnectionError

    event.listen(engine, "do_connect", open_what_is_there)
    event.listen(engine, "connect", note)
    event.listen(engine, "checkout", compare)


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - at every transaction, and half as long as by Path
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _write_ahead(connection: Any, _record: Any) -> None:
    """Durable commits beside which everybody can read."""
    _set(connection, "journal_mode=WAL", "synchronous=EXTRA", "foreign_keys=ON")


def _write_in_place(connection: Any, _record: Any) -> None:
    """Durable commits, each of which keeps readers waiting."""
    _set(connection, "journal_mode=TRUNCATE", "synchronous=EXTRA", "foreign_keys=ON")


def _only_read(connection: Any, _record: Any) -> None:
    _set(connection, "query_only=ON", "wal_autocheckpoint=0")


def _set(connection: Any, *pragmas: str) -> None:
    connection.isolation_level = None  # transactions begin where we say (see `_begin_immediate`)
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_immediate(connection: Any) -> None:
    """Takes the write lock at once: a transaction that reads first and writes later can fail halfway."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
