"""A damaged or foreign database: the start says which, what is wrong and the two ways out, and changes nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.durability.conftest import SERVER
from tests.durability.scripted import new_intent
from tests.process import ROOT
from weryai_ui.errors import SettingsError
from weryai_ui.store.database import open_database
from weryai_ui.store.migrations import SCHEMA_VERSION
from weryai_ui.store.submissions import Store

PAGE = 4096
SUBMISSIONS = 100


@cache
def content_of_ours() -> bytes:
    """A database of this app with some pages in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sqlite3"
        store = Store(url(path))
        for _ in range(SUBMISSIONS):
            store.begin(new_intent())
        store.close()
        return path.read_bytes()


def ours(path: Path) -> None:
    path.write_bytes(content_of_ours())


def url(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def written(content: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(content)

    return make


def done(script: str) -> Callable[[Path], None]:
    """A database file of somebody else's."""

    def make(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(script)

    return make


def spoilt(spoil: Callable[[Path], object]) -> Callable[[Path], None]:
    """A database of this app after something happened to it."""

    def make(path: Path) -> None:
        ours(path)
        spoil(path)

    return make


def overwrite(path: Path, at: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)


def sql(path: Path, script: str) -> None:
    done(script)(path)


def only_its_journal(path: Path) -> None:
    path.with_name(path.name + "-wal").write_bytes(b"\x37\x7f\x06\x82" + b"x" * PAGE)


KINDS: dict[str, tuple[Callable[[Path], None], str]] = {
    "empty file": (written(b""), "it is empty"),
    "text": (written(b"prompt,seconds\nA paper boat,5\n" * 300), "it is not an SQLite database"),
    "one letter": (written(b"x"), "it is not an SQLite database"),
    "zeros": (written(b"\0" * PAGE), "it is not an SQLite database"),
    "gzip of a backup": (written(b"\x1f\x8b\x08" + os.urandom(PAGE)), "it is not an SQLite database"),
    "header alone": (written(b"SQLite format 3\0"), "it is damaged"),
    "header and noise": (written(b"SQLite format 3\0" + b"\x5a" * PAGE), "it is damaged"),
    "folder": (Path.mkdir, "it is not a file"),
    "another program's": (done("CREATE TABLE songs (id); CREATE TABLE albums (id)"), "tables are albums, songs"),
    "another program's in WAL": (
        done("PRAGMA journal_mode=WAL; CREATE TABLE songs (id)"),
        "it belongs to another program",
    ),
    "another program's with a meta": (done("CREATE TABLE meta (key, value)"), "it belongs to another program"),
    "another program's with tasks": (
        done("CREATE TABLE tasks (id); CREATE TABLE users (id)"),
        "it belongs to another program",
    ),
    "cut in half": (spoilt(lambda path: os.truncate(path, path.stat().st_size // 2)), "it is damaged"),
    "cut to its first page": (spoilt(lambda path: os.truncate(path, PAGE)), "it is damaged"),
    "cut to nothing": (spoilt(lambda path: os.truncate(path, 0)), "it is empty"),
    "first page overwritten": (spoilt(lambda path: overwrite(path, 100, b"\xa5" * (PAGE - 100))), "it is damaged"),
    "a page of zeros in the middle": (spoilt(lambda path: overwrite(path, 12 * PAGE, b"\0" * PAGE)), "it is damaged"),
    "noise from the middle on": (
        spoilt(lambda path: overwrite(path, path.stat().st_size // 2, os.urandom(path.stat().st_size // 2))),
        "it is damaged",
    ),
    "a table lost": (spoilt(lambda path: sql(path, "DROP TABLE exchanges")), "it has no table exchanges"),
    "its version lost": (spoilt(lambda path: sql(path, "DELETE FROM meta")), "it has 0 versions"),
    "its mark lost": (spoilt(lambda path: sql(path, "DROP TABLE meta")), "its version is missing"),
    "two versions": (spoilt(lambda path: sql(path, "INSERT INTO meta VALUES (2)")), "it has 2 versions"),
    "of a later release": (
        spoilt(lambda path: sql(path, f"UPDATE meta SET schema_version = {SCHEMA_VERSION + 1}")),
        f"has schema version {SCHEMA_VERSION + 1}",
    ),
    "gone, its journal left": (only_its_journal, "it is not there, but weryai.sqlite3-wal"),
}


def everything(folder: Path) -> dict[str, bytes | None]:
    return {path.name: path.read_bytes() if path.is_file() else None for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_cannot_be_used_is_named_with_what_is_wrong_and_two_ways_out(kind: str, tmp_path: Path) -> None:
    make, found = KINDS[kind]
    path = tmp_path / "weryai.sqlite3"
    make(path)
    before = everything(tmp_path)
    with pytest.raises(SettingsError) as refused:
        open_database(url(path))
    says = str(refused.value)
    assert str(path) in says
    assert found in says
    assert " or " in says.partition(found)[2], "two ways out"
    assert "\n" not in says
    assert everything(tmp_path) == before


def test_a_file_that_another_program_has_locked_is_said_to_be_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "weryai.sqlite3"
    ours(path)
    monkeypatch.setattr("weryai_ui.store.database.BUSY_TIMEOUT_MS", 50)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SettingsError, match="another program has it locked"):
            open_database(url(path))


def test_a_database_without_any_table_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "weryai.sqlite3"
    done("PRAGMA user_version = 1")(path)
    open_database(url(path)).dispose()
    assert "intents" in inspect(create_engine(url(path))).get_table_names()


def test_a_kill_while_a_database_is_made_leaves_none_of_that_name(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "from weryai_ui.store import database\n"
        "made = database._make\n"
        "database._make = lambda connection: (made(connection), os.kill(os.getpid(), signal.SIGKILL))\n"
        f"database.open_database({url(tmp_path / 'weryai.sqlite3')!r})\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, timeout=60)
    assert not (tmp_path / "weryai.sqlite3").exists()
    assert list(tmp_path.iterdir()), "it was being made"
    open_database(url(tmp_path / "weryai.sqlite3")).dispose()


def test_the_start_ends_with_2_and_the_sentence_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "weryai.sqlite3").write_text("not a database")
    started = subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert started.returncode == 2
    assert started.stderr.startswith(f"The database {tmp_path / 'data' / 'weryai.sqlite3'} cannot be used")
    assert len(started.stderr.splitlines()) == 1


@pytest.mark.skipif(not SERVER, reason="needs a server: TEST_DATABASE_URL")
def test_a_database_on_a_server_with_the_tables_of_another_program_is_left_alone(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE songs (id integer)"))
    with pytest.raises(SettingsError, match=r"belongs to another program.*songs.*WERYAI_DATABASE_URL"):
        open_database(database_url)
    assert inspect(engine).get_table_names() == ["songs"]
    engine.dispose()
