"""A database of an older version: it opens, loses nothing, and is then what a new one is."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Inspector, create_engine, inspect, text

from tests.durability import version_1
from tests.durability.scripted import new_intent
from tests.durability.test_filters import wrongly_shelved
from tests.durability.version_1 import ANN, BOB, SUBMISSIONS
from weryai_ui.errors import SettingsError
from weryai_ui.store import migrations
from weryai_ui.store.database import open_database
from weryai_ui.store.migrations import SCHEMA_VERSION
from weryai_ui.store.records import Filter
from weryai_ui.store.schema import metadata
from weryai_ui.store.submissions import Store

SHELVED: dict[Filter, set[str]] = {
    Filter.ALL: set(SUBMISSIONS) - {"somebody else's"},
    Filter.RUNNING: {"on its way", "runs", "ready and runs"},
    Filter.READY: {"ready", "ready and failed", "ready and runs"},
    Filter.FAILED: {"ready and failed", "not found", "not sent", "rejected"},
    Filter.UNKNOWN: {"unknown"},
    Filter.STARRED: set(),
}


def schema_version(database_url: str) -> list[int]:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT schema_version FROM meta")).scalars().all()
    engine.dispose()
    return list(found)


def structure(inspector: Inspector) -> dict[str, Any]:
    """What two databases have to have in common, by table."""
    return {
        table: {
            "columns": [{**each, "type": str(each["type"])} for each in inspector.get_columns(table)],
            "indexes": sorted(str(_readable(each)) for each in inspector.get_indexes(table)),
            # By its columns: SQLite cannot rename a constraint.
            "unique": [each["column_names"] for each in inspector.get_unique_constraints(table)],
            "primary key": inspector.get_pk_constraint(table),
            "foreign keys": inspector.get_foreign_keys(table),
        }
        for table in inspector.get_table_names()
    }


def _readable(index: Any) -> dict[str, Any]:
    # The condition of a partial index is an object of SQLAlchemy.
    return {**index, "dialect_options": {name: str(value) for name, value in index["dialect_options"].items()}}


def test_a_database_of_version_1_keeps_every_submission_and_each_task_of_it(database_url: str) -> None:
    version_1.make(database_url)
    store = Store(database_url)
    found = (*store.of_visitor(BOB, limit=100), *store.of_visitor(ANN, limit=100))
    kept = {
        each.payload["prompt"]: (each.visitor, each.outcome.value, tuple(task.state.value for task in each.tasks))
        for each in reversed(found)
    }
    store.close()
    assert kept == SUBMISSIONS


def test_a_database_of_version_1_has_its_filters_when_it_is_opened(database_url: str) -> None:
    version_1.make(database_url)
    store = Store(database_url)
    found = {
        filter_: {i.payload["prompt"] for i in store.of_visitor(ANN, limit=100, filter_=filter_)} for filter_ in Filter
    }
    assert found == SHELVED
    assert wrongly_shelved(store) == []
    store.close()


def test_a_version_of_a_migrated_database_is_there_and_changes_with_the_next_submission(database_url: str) -> None:
    version_1.make(database_url)
    store = Store(database_url)
    before = [store.version(visitor) for visitor in (ANN, BOB, "nobody")]
    store.begin(new_intent(visitor=ANN))
    after = [store.version(visitor) for visitor in (ANN, BOB, "nobody")]
    store.close()
    assert before[2] == "0"
    assert int(before[0]) > 1_000_000_000_000
    assert after == [str(int(before[0]) + 1), *before[1:]]


def test_a_migrated_database_has_the_structure_of_a_new_one(database_url: str) -> None:
    version_1.make(database_url)
    engine = open_database(database_url)
    migrated = structure(inspect(engine))
    with engine.begin() as connection:
        metadata.drop_all(connection)
    engine.dispose()
    engine = open_database(database_url)
    assert migrated == structure(inspect(engine))
    engine.dispose()


def test_a_fresh_database_and_every_step_end_at_the_same_version(database_url: str) -> None:
    open_database(database_url).dispose()
    assert schema_version(database_url) == [SCHEMA_VERSION]


def test_opening_a_migrated_database_again_changes_nothing(database_url: str) -> None:
    version_1.make(database_url)
    versions = []
    for _ in range(3):
        store = Store(database_url)
        versions.append(store.version(ANN))
        store.close()
    assert len(set(versions)) == 1
    assert schema_version(database_url) == [SCHEMA_VERSION]


def test_processes_that_start_at_the_same_time_on_an_older_database_all_start(database_url: str) -> None:
    version_1.make(database_url, copies=200)
    barrier = threading.Barrier(6)

    def opened(_: int) -> str:
        barrier.wait()
        store = Store(database_url)
        version = store.version(ANN)
        store.close()
        return version

    with ThreadPoolExecutor(6) as pool:
        versions = list(pool.map(opened, range(6)))
    assert len(set(versions)) == 1
    assert schema_version(database_url) == [SCHEMA_VERSION]


def test_a_migration_that_fails_halfway_leaves_the_older_database_as_it_was(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_1.make(database_url)
    engine = create_engine(database_url)
    before = structure(inspect(engine))
    step = migrations.STEPS[1]

    def fails(connection: Any) -> None:
        step(connection)
        raise OSError

    with monkeypatch.context() as away:
        away.setattr(migrations, "STEPS", {1: fails})
        with pytest.raises(SettingsError, match="WERYAI_DATABASE_URL cannot be opened"):
            open_database(database_url)
    assert structure(inspect(engine)) == before
    assert schema_version(database_url) == [1]
    engine.dispose()
    open_database(database_url).dispose()
    assert schema_version(database_url) == [SCHEMA_VERSION]


@pytest.mark.parametrize("version", [0, -1, SCHEMA_VERSION + 1, 99])
def test_a_database_of_a_version_that_nothing_leads_on_from_is_refused_and_stays_as_it_is(
    database_url: str, version: int
) -> None:
    version_1.make(database_url)
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE meta SET schema_version = {version}"))
    before = structure(inspect(engine))
    with pytest.raises(SettingsError, match=f"schema version {version}, this app knows {SCHEMA_VERSION}"):
        open_database(database_url)
    assert structure(inspect(engine)) == before
    engine.dispose()
