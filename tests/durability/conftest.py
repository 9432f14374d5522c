"""What the durability tests share: a database, an upstream that keeps its own ledger, and a count of what was lost.

`TEST_DATABASE_URL=postgresql+psycopg://user@host/postgres` runs them on a PostgreSQL server instead of SQLite; each
test gets a database of its own there.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.durability.scripted import Clock
from tests.durability.upstream import Upstream
from tests.postgres import VARIABLE
from weryai_ui.store.submissions import Store

SERVER = os.environ.get(VARIABLE, "")


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database: a file of this test's, or one on the server named by TEST_DATABASE_URL."""
    if not SERVER:
        yield f"sqlite:///{(tmp_path / 'weryai.sqlite3').as_posix()}"
        return
    name = f"durability_{secrets.token_hex(8)}"
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(database_url, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as running:
        yield running
