"""Whether a database is one of this app's and whole, looked at before anything is written to it.

SQLite makes an empty database of a file that is not there, adds tables to another program's, and finds damage only
where it reads: an owner could begin again from nothing without a word.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.exc import DatabaseError

from weryai_ui.errors import SettingsError
from weryai_ui.store.schema import meta, metadata

HEADER = b"SQLite format 3\0"
COMPANIONS = ("-wal", "-journal")
"""What SQLite keeps beside a file while it writes; without the file they cannot be read."""
CHECK_SECONDS = 0.5
"""How long pages are looked through: some hundred MB, so the whole of an ordinary database."""
STEPS_BETWEEN_LOOKS = 10_000
TABLES_NAMED = 3
FILE_WAYS_OUT = "Restore a backup of it, or move it away: the app then starts with an empty one."
EMPTY_WAYS_OUT = (
    "Bring its rows back, or name another database; to begin anew in this one, delete databases.txt in the data folder."
)
SERVER_WAYS_OUT = "Restore a backup of it, or name an empty database, or a schema of its own, in WERYAI_DATABASE_URL."


class NotOurs(SettingsError):
    """A database that cannot be used as it is; the text says which, what is wrong, and the two ways out."""

    def __init__(self, name: object, found: str, ways_out: str = FILE_WAYS_OUT) -> None:
        super().__init__(f"The database {name} cannot be used: {found}. {ways_out}")


def inspect_file(path: Path, patience_s: float) -> bool:
    """Whether the file is there, and then a whole database of this app. Raises `NotOurs`.

    Waits for a program that has it locked, as long as `patience_s`.
    """
    if not path.exists():
        _refuse_what_is_left_of(path)
        return False
    found = _wrong_at_first_sight(path) or _wrong_inside(path, patience_s)
    if found:
        raise NotOurs(path.absolute(), found)
    return True


def wrong_tables(connection: Connection) -> str | None:
    """What is wrong with the tables of a database that should be this app's, of any version, or empty."""
    tables = set(inspect(connection).get_table_names())
    ours = tables & metadata.tables.keys()
    if meta.name in tables and meta.c.schema_version.name in _columns_of_meta(connection):
        rows = connection.exec_driver_sql(f"SELECT count(*) FROM {meta.name}").scalar()
        return None if rows == 1 else f"it is damaged (it has {rows} versions)"
    if len(ours) > len(metadata.tables) // 2:
        return "it is damaged (its version is missing)"
    if not tables:
        return None
    named = ", ".join(sorted(tables)[:TABLES_NAMED])
    return f"it belongs to another program (its tables are {named}{' ...' if len(tables) > TABLES_NAMED else ''})"


def make_file(path: Path, fill: Callable[[Path], None]) -> None:
    """Makes a database file whole or not at all: no kill in between leaves an empty one of that name.

    Where another process was quicker, its file stays.
    """
    making = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    try:
        fill(making)
        with suppress(FileExistsError):
            _name(making, path)
    finally:
        making.unlink(missing_ok=True)


def _name(made: Path, path: Path) -> None:
    """Gives a file its name, unless another has it. Raises `FileExistsError` then."""
    try:
        os.link(made, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if not path.exists():
            made.rename(path)


def _columns_of_meta(connection: Connection) -> set[str]:
    return {str(column["name"]) for column in inspect(connection).get_columns(meta.name)}


def _refuse_what_is_left_of(path: Path) -> None:
    for companion in (path.with_name(path.name + ending) for ending in COMPANIONS):
        if companion.exists() and companion.stat().st_size:
            raise NotOurs(
                path.absolute(),
                f"it is not there, but {companion.name}, which belongs to it, is",
                f"Put it back, or move {companion.name} away: the app then starts with an empty one.",
            )


def _wrong_at_first_sight(path: Path) -> str | None:
    if not path.is_file():
        return "it is not a file"
    try:
        with path.open("rb") as file:
            begins = file.read(len(HEADER))
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    if not begins:
        return "it is empty (0 bytes), as this app leaves no database"
    return None if begins == HEADER else "it is not an SQLite database"


def _wrong_inside(path: Path, patience_s: float) -> str | None:
    # Without the app's own settings of a connection: they change a file, and this one may be somebody else's.
    engine = create_engine(f"sqlite:///{path.as_posix()}", connect_args={"timeout": patience_s})
    try:
        with engine.connect() as connection:
            found = wrong_tables(connection)
        return found or _wrong_pages(path, patience_s)
    except DatabaseError as error:
        return _in_words(error.orig)
    except sqlite3.DatabaseError as error:
        return _in_words(error)
    finally:
        engine.dispose()


def _wrong_pages(path: Path, patience_s: float) -> str | None:
    end = time.monotonic() + CHECK_SECONDS
    with closing(sqlite3.connect(path, timeout=patience_s)) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > end, STEPS_BETWEEN_LOOKS)
        try:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):  # large, and whole as far as was looked
                return None
            raise
    return None if found == "ok" else f"it is damaged ({' '.join(found.split())})"


def _in_words(error: BaseException | None) -> str:
    if isinstance(error, sqlite3.OperationalError):
        return "another program has it locked" if "locked" in str(error) else f"it cannot be read ({error})"
    return f"it is damaged ({error})"
