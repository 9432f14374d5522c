"""A PostgreSQL server that stops, starts again, or has an empty database in its place, under an app that runs."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import SecretStr
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url

from tests.conftest import App, running_app, settings_in
from tests.durability.upstream import Upstream
from tests.durability.victim import OWNER_KEY, VISITOR, new_submission
from tests.durability.waiting import until
from tests.postgres import Server, own_server
from weryai_ui.client.outcome import Outcome
from weryai_ui.errors import SettingsError
from weryai_ui.i18n import say
from weryai_ui.store.silence import SILENT_S
from weryai_ui.store.submissions import Store


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with own_server() as running:
        yield running


@pytest.fixture
def name(server: Server) -> Iterator[str]:
    made = f"faults_{secrets.token_hex(8)}"
    server.run(f"CREATE DATABASE {made}")
    yield made
    server.run(f"DROP DATABASE IF EXISTS {made} WITH (FORCE)", f"DROP DATABASE IF EXISTS {made}_full WITH (FORCE)")


@pytest.fixture
def database_url(server: Server, name: str) -> str:
    return make_url(server.url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def app(tmp_path: Path, database_url: str, upstream: Upstream) -> Iterator[App]:
    owner = {"api_key": SecretStr(OWNER_KEY), "base_url": upstream.url}
    with running_app(settings_in(tmp_path / "data", **owner, database_url=database_url)) as running:
        yield running


def board(app: App) -> requests.Response:
    return requests.post(f"{app.url}/board", json={"visitor": VISITOR, "version": ""}, timeout=30)


def answers(app: App, path: str) -> int:
    return requests.get(f"{app.url}{path}", timeout=30).status_code


def is_away(app: App) -> bool:
    """Whether the app says so, everywhere: to a page, to a press, to a supervisor."""
    told = board(app)
    assert told.status_code == 503, (told.status_code, told.text)
    assert told.json()["away"] == say("access.database_silent") and int(told.headers["Retry-After"]) >= 1
    assert app.service.submit(new_submission(99)).refusal == say("access.database_away")
    assert answers(app, "/healthz") == 200 and requests.get(app.url, timeout=30).status_code == 200
    return answers(app, "/readyz") == 503


def is_back(app: App) -> bool:
    return board(app).status_code == 200 and answers(app, "/readyz") == 200


def ended(app: App) -> Callable[[], bool]:
    return lambda: all(task.state.is_final for each in app.service.tasks(VISITOR) for task in each.tasks)


def test_a_server_that_stops_and_starts_again_is_an_answer_and_what_was_sent_goes_on(
    app: App, server: Server, upstream: Upstream
) -> None:
    upstream._polls_until_ready = 1_000_000
    accepted = app.service.submit(new_submission(1)).intent
    assert accepted is not None and accepted.outcome is Outcome.ACCEPTED
    server.stop()
    try:
        until(lambda: is_away(app))
    finally:
        server.start()
    until(lambda: is_back(app))
    upstream._polls_until_ready = 1
    until(ended(app))
    assert app.service.submit(new_submission(2)).intent is not None
    assert upstream.submits_by_caller == {1: 1, 2: 1}


def test_a_restart_between_a_post_and_its_answer_loses_no_task(app: App, server: Server, upstream: Upstream) -> None:
    restarted: list[bool] = []

    def restart_once() -> None:
        if not restarted:
            restarted.append(True)
            server.stop()

    upstream.stall = restart_once
    try:
        answered = app.service.submit(new_submission(1)).intent
    finally:
        server.start()
    assert answered is not None and answered.outcome is Outcome.ACCEPTED
    until(lambda: is_back(app))
    until(lambda: app.service.tasks(VISITOR)[0].tasks and ended(app)())
    assert [task.upstream_id for task in app.service.tasks(VISITOR)[0].tasks] == list(upstream.submits[0].task_ids)
    assert upstream.submits_by_caller == {1: 1}


def test_an_empty_database_in_its_place_is_neither_used_nor_filled(
    app: App, server: Server, name: str, database_url: str, upstream: Upstream, tmp_path: Path
) -> None:
    remembers = tmp_path / "databases.txt"
    Store(database_url, remembers=remembers).close()
    assert app.service.submit(new_submission(1)).intent is not None
    server.run(
        f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        f"ALTER DATABASE {name} RENAME TO {name}_full",
        f"CREATE DATABASE {name}",
    )
    until(lambda: is_away(app))
    with pytest.raises(SettingsError, match="it is empty, and was not when this app used it last"):
        Store(database_url, remembers=remembers)
    empty: Any = create_engine(database_url)
    assert inspect(empty).get_table_names() == []
    empty.dispose()
    server.run(
        f"DROP DATABASE {name} WITH (FORCE)",
        f"ALTER DATABASE {name}_full RENAME TO {name}",
        f"ALTER DATABASE {name} ALLOW_CONNECTIONS true",
    )
    until(lambda: is_back(app))
    until(ended(app))
    assert upstream.submits_by_caller == {1: 1}


def test_a_server_that_accepts_and_says_nothing_is_an_answer_within_seconds_and_what_was_sent_goes_on(
    app: App, server: Server, upstream: Upstream
) -> None:
    upstream._polls_until_ready = 1_000_000
    standing = upstream.stall = Still(server)
    try:
        began = time.monotonic()
        accepted = app.service.submit(new_submission(1)).intent
        assert accepted is not None and accepted.outcome is Outcome.ACCEPTED
        told = board(app)
        assert (told.status_code, told.json()["away"]) == (503, say("access.database_silent"))
        assert app.service.submit(new_submission(2)).refusal == say("access.database_away")
        assert time.monotonic() - began < 4 * SILENT_S
        until(lambda: is_away(app))
        began = time.monotonic()
        assert is_away(app)
        assert time.monotonic() - began < SILENT_S
    finally:
        standing.end()
    until(lambda: is_back(app))
    upstream._polls_until_ready = 1
    until(ended(app))
    assert [task.upstream_id for task in app.service.tasks(VISITOR)[0].tasks] == list(upstream.submits[0].task_ids)
    assert upstream.submits_by_caller == {1: 1}


class Still:
    """Stops all processes of a server at its first call, until its end."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._pids: list[int] = []

    def __call__(self) -> None:
        if not self._pids:
            self._pids = self._server.processes()
            for each in self._pids:
                os.kill(each, signal.SIGSTOP)

    def end(self) -> None:
        for each in self._pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGCONT)
