"""How a database is opened: durable commits, enforced keys, no misreading of another version."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from weryai_ui.errors import SettingsError
from weryai_ui.settings import Settings
from weryai_ui.store.database import BUSY_TIMEOUT_MS, open_database, reading_beside
from weryai_ui.store.migrations import SCHEMA_VERSION

EXTRA = 3


def pragmas(path: Path, *, alone: bool = False) -> dict[str, object]:
    engine = open_database(f"sqlite:///{path.as_posix()}", alone=alone)
    with engine.connect() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
    engine.dispose()
    return found


@pytest.mark.parametrize(
    ("version", "alone", "journal"),
    [
        ((3, 40, 1), False, "truncate"),
        ((3, 51, 2), False, "truncate"),
        ((3, 51, 3), False, "wal"),
        ((4, 0, 0), False, "wal"),
        ((3, 40, 1), True, "wal"),
    ],
)
def test_wal_is_used_only_where_it_loses_no_commit(
    version: tuple[int, int, int], alone: bool, journal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    assert pragmas(tmp_path / "x.sqlite3", alone=alone) == {
        "journal_mode": journal,
        "synchronous": EXTRA,
        "foreign_keys": 1,
        "busy_timeout": BUSY_TIMEOUT_MS,
    }


def test_a_database_in_wal_leaves_it_where_wal_is_not_safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    assert pragmas(tmp_path / "x.sqlite3", alone=True)["journal_mode"] == "wal"
    assert pragmas(tmp_path / "x.sqlite3")["journal_mode"] == "truncate"


@pytest.mark.parametrize("alone", [True, False])
def test_who_reads_waits_for_a_commit_only_where_others_may_write(
    alone: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weryai_ui.store.database.READING_TIMEOUT_MS", 100)
    engine = open_database(f"sqlite:///{(tmp_path / 'x.sqlite3').as_posix()}", alone=alone)
    reading = reading_beside(engine)
    with contextlib.closing(sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        waits = contextlib.nullcontext() if alone else pytest.raises(OperationalError, match="locked")
        with waits, reading.connect() as reader:
            assert reader.exec_driver_sql("SELECT schema_version FROM meta").scalar() == SCHEMA_VERSION
    with reading.connect() as reader, pytest.raises(OperationalError, match="readonly"):
        reader.exec_driver_sql("DELETE FROM meta")
    reading.dispose()
    engine.dispose()


def test_the_data_folders_own_database_is_the_apps_alone(tmp_path: Path) -> None:
    own = {"WERYAI_DATA_DIR": str(tmp_path)}
    assert Settings.from_env(own).has_database_alone
    other = {**own, "WERYAI_DATABASE_URL": f"sqlite:///{(tmp_path / 'shared.sqlite3').as_posix()}"}
    assert not Settings.from_env(other).has_database_alone


def test_a_database_of_another_version_is_refused_with_a_sentence(database_url: str) -> None:
    engine = open_database(database_url)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE meta SET schema_version = {SCHEMA_VERSION + 1}"))
    engine.dispose()
    with pytest.raises(SettingsError, match=f"schema version {SCHEMA_VERSION + 1}, this app knows {SCHEMA_VERSION}"):
        open_database(database_url)


def test_opening_again_finds_the_same_version_once(database_url: str) -> None:
    for _ in range(3):
        engine = open_database(database_url)
        with engine.begin() as connection:
            assert connection.execute(text("SELECT count(*) FROM meta")).scalar() == 1
        engine.dispose()


def test_processes_that_start_at_the_same_time_on_an_empty_database_all_start(database_url: str) -> None:
    barrier = threading.Barrier(6)

    def opened(_: int) -> Engine:
        barrier.wait()
        return open_database(database_url)

    with ThreadPoolExecutor(6) as pool:
        engines = list(pool.map(opened, range(6)))
    with engines[0].connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM meta")).scalar() == 1
    for engine in engines:
        engine.dispose()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "sqlite://", "sqlite:////proc/nowhere/x.sqlite3", "oracle://u@127.0.0.1:9/x"]
)
def test_a_url_that_leads_nowhere_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        open_database(url)
    assert str(refused.value).startswith("WERYAI_DATABASE_URL cannot be opened")


def test_polls_are_found_by_their_task_without_reading_them_all(database_url: str) -> None:
    engine = open_database(database_url)
    if engine.dialect.name != "sqlite":
        pytest.skip("asks SQLite for its plan")
    query = "EXPLAIN QUERY PLAN SELECT * FROM exchanges WHERE task_id = 'x' ORDER BY id DESC LIMIT 1"
    with engine.connect() as connection:
        plan = str(connection.exec_driver_sql(query).all())
    engine.dispose()
    assert "USING INDEX" in plan
