"""What the app's routes answer while its database is away, and that they go on by themselves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.conftest import App, StartApp
from tests.durability.shortage import LockedDatabase, MovedDatabase
from tests.durability.waiting import until
from tests.service.conftest import new_submission
from weryai_ui.i18n import Locale, say, speaking
from weryai_ui.store import database as database_module

FORM = {"model": "SEEDANCE_2_0", "prompt": "A boat", "duration": 5}
VISITOR = "v" * 43


@pytest.fixture
def own_app(start_app: StartApp) -> App:
    return start_app()


@pytest.fixture
def database(own_app: App) -> Iterator[MovedDatabase]:
    moved = MovedDatabase(Path(own_app.service.settings.data_dir))
    moved.begin(0)
    yield moved
    if moved.is_away:
        moved.end(None)


def ask(app: App, path: str, **asked: Any) -> requests.Response:
    return requests.post(f"{app.url}/{path}", json={"visitor": VISITOR, **asked}, timeout=30)


@pytest.mark.parametrize("language", list(Locale))
def test_a_board_answers_503_with_the_sentence_and_when_to_ask_again(
    own_app: App, database: MovedDatabase, language: Locale
) -> None:
    answer = ask(own_app, "board", version="", language=language)
    with speaking(language):
        sentence = say("access.database_silent")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert (answer.json()["away"], answer.json()["cards"]) == (sentence, [])


def test_a_board_answers_as_before_when_the_database_is_back(own_app: App, database: MovedDatabase) -> None:
    assert ask(own_app, "board").status_code == 503
    database.end(None)
    assert until(lambda: ask(own_app, "board").status_code == 200)


def test_a_press_says_that_nothing_was_sent(own_app: App, database: MovedDatabase) -> None:
    client = Client(own_app.url, verbose=False)
    answer = client.predict(request=FORM, visitor=VISITOR, press="press-0001", api_name="/generate")
    assert (answer["refusal"], answer["task"]) == (say("access.database_away"), None)
    client.close()


def test_a_program_that_asks_for_tasks_is_told_why_there_are_none(own_app: App, database: MovedDatabase) -> None:
    client = Client(own_app.url, verbose=False)
    with pytest.raises(AppError, match="does not answer just now"):
        client.predict(visitor=VISITOR, api_name="/tasks")
    client.close()


def test_a_callback_may_be_repeated(own_app: App, database: MovedDatabase) -> None:
    answer = requests.post(f"{own_app.url}/webhook/{'t' * 43}", data="{}", timeout=30)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1


def pressed_by_name(app: App) -> dict[str, Any]:
    """What `/generate` answers."""
    client = Client(app.url, verbose=False)
    try:
        return dict(client.predict(request=FORM, visitor=VISITOR, press="press-0001", api_name="/generate"))
    finally:
        client.close()


def test_a_shared_database_that_another_process_locks_keeps_nobody_waiting_for_long(
    start_app: StartApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "READING_TIMEOUT_MS", 300)
    # By another name than its own: an app that has its database alone reads it all the same.
    app = start_app(database_url=f"sqlite:///{tmp_path.as_posix()}/app-0/./weryai.sqlite3")
    assert not app.service.settings.has_database_alone
    lock = LockedDatabase(Path(app.service.settings.data_dir))
    lock.begin(0)
    assert ask(app, "board").status_code == 503
    until(lambda: app.service.follower.database_silent)
    began = time.monotonic()
    answers = {ask(app, "board").status_code for _ in range(20)}
    pressed = pressed_by_name(app)
    seconds = time.monotonic() - began
    lock.end(None)
    print(f"\n20 boards and a submission at a locked database: {seconds:.2f} s")
    assert (answers, pressed["refusal"]) == ({503}, say("access.database_away"))
    assert seconds < 20 * 0.3
    assert until(lambda: ask(app, "board").status_code == 200)


def test_the_apps_own_database_is_read_while_another_process_locks_it(
    start_app: StartApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 1_000)
    app = start_app()
    assert app.service.settings.has_database_alone
    lock = LockedDatabase(Path(app.service.settings.data_dir))
    lock.begin(0)
    assert {ask(app, "board").status_code for _ in range(20)} == {200}
    assert app.service.submit(new_submission()).refusal == say("access.database_away")
    lock.end(None)
    assert app.service.submit(new_submission()).intent is not None


def test_an_outage_does_not_fill_the_log(
    own_app: App, database: MovedDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    until(lambda: own_app.service.follower.database_silent)
    for _ in range(50):
        ask(own_app, "board")
    lines = [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert 1 <= len(lines) <= 8, lines  # one of each worker
