"""A visitor's own key with `WERYAI_SECRET`, by real processes at one database: what one was given, all have."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import create_engine, text

from tests.durability.calls import BODY, call, submit
from tests.durability.conftest import SERVER
from tests.durability.test_sealed_keys import KEY, OTHER, SECOND, SECRET
from tests.durability.upstream import Upstream
from tests.durability.waiting import until
from tests.process import AppProcess
from tests.visitors import VISITOR
from weryai_ui.access.accounts import visitor_id
from weryai_ui.store.submissions import Store

Start = Callable[..., AppProcess]


@pytest.fixture
def service() -> Iterator[Upstream]:
    with Upstream(polls_until_ready=2) as running:
        yield running


@pytest.fixture
def app(tmp_path: Path, database_url: str, service: Upstream) -> Iterator[Start]:
    """Makes processes with one data folder and one database, and a secret unless another one is named."""
    made: list[AppProcess] = []
    common = {
        "WERYAI_BASE_URL": service.url,
        "WERYAI_DATA_DIR": str(tmp_path / "data"),
        "WERYAI_POLL_SECONDS": "0.2",
        "WERYAI_LOG_LEVEL": "debug",
        "WERYAI_SECRET": SECRET,
        **({"WERYAI_DATABASE_URL": database_url} if SERVER else {}),
    }

    def start(role: str, **more: str) -> AppProcess:
        folder = tmp_path / f"{role}-{len(made)}"
        folder.mkdir()
        made.append(AppProcess(folder, WERYAI_ROLE=role, **{**common, **more}))
        made[-1].start()
        return made[-1]

    yield start
    for each in made:
        each.__exit__()


def own(app: AppProcess, number: int, key: str = KEY) -> Any:
    return submit(app, number, "my-key", key)


def board(app: AppProcess) -> Any:
    return requests.post(f"{app.url}/board", json={"visitor": VISITOR, "version": ""}, timeout=10).json()


def asks_for_key(app: AppProcess) -> bool:
    return any(card["wants_key"] for card in board(app)["cards"])


def asked(app: AppProcess, name: str, **params: Any) -> Any:
    """What a function answers that a widget's script calls."""
    config = requests.get(f"{app.url}/config", timeout=10).json()
    (number,) = (each["id"] for each in config["components"] if name in (each["props"].get("server_fns") or ()))
    body = {"data": {"visitor": VISITOR, **params}, "component_id": number, "fn_name": name, "session_hash": "s"}
    answer = requests.post(f"{app.url}/gradio_api/component_server", json=body, timeout=30)
    assert answer.ok, answer.text
    return answer.json()


def submit_again(app: AppProcess, intent: str) -> None:
    """*Submit again* on a card, by the page's own event, with an empty box for the key."""
    config = requests.get(f"{app.url}/config", timeout=10).json()
    (event,) = (each for each in config["dependencies"] if each["targets"] and each["targets"][0][1] == "submit_again")
    names = json.loads(event["js"].partition("before(")[2].rpartition(", values")[0])
    sent = {"intent": intent, "visitor": VISITOR, "idempotency_key": "once-more-0001"}
    body = {"fn_index": event["id"], "data": [sent.get(name, "") for name in names], "session_hash": "s"}
    answer = requests.post(f"{app.url}/gradio_api/run/predict", json=body, timeout=60)
    assert answer.ok, answer.text


def states(app: AppProcess) -> list[str]:
    return sorted(task["state"] for each in call(app, "tasks", VISITOR, 100) for task in each["tasks"])


def everything_in(tmp_path: Path, database_url: str) -> bytes:
    """All that the database holds, and every file of the processes, their logs too."""
    found = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    if SERVER:
        engine = create_engine(database_url)
        with engine.connect() as connection:
            for table in connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")):
                found += repr(connection.execute(text(f"SELECT * FROM {table[0]}")).all()).encode()
        engine.dispose()
    return found


def test_a_key_given_to_one_page_is_used_by_another_and_by_the_worker_when_the_first_was_killed(
    app: Start, service: Upstream, tmp_path: Path, database_url: str
) -> None:
    first, second = app("web"), app("web")
    assert own(first, 1)["task"]["outcome"] == "ACCEPTED"
    assert not asks_for_key(second)
    first.kill()
    assert service.polls == 0, "a page leaves it to the worker"
    worker = app("worker")
    until(lambda: states(second) == ["succeeded"])
    (intent,) = (each["id"] for each in call(second, "tasks", VISITOR, 1))
    # Once more by the second page, which was never given the key.
    submit_again(second, intent)
    until(lambda: states(second) == ["succeeded", "succeeded"])
    assert len(service.submits) == 2 and set(service.keys) == {KEY}
    worker.kill()
    kept = everything_in(tmp_path, database_url)
    assert b"sealed_keys" in kept or SERVER
    for text_ in (KEY, SECRET, KEY.removeprefix("sk-")):
        assert text_.encode() not in kept


def test_a_key_that_was_given_on_the_page_lets_the_worker_go_on(app: Start, service: Upstream) -> None:
    page = app("web", WERYAI_SECRET="")
    own(page, 1)
    until(lambda: states(page) == ["succeeded"])
    page.kill()
    service._polls_until_ready = 10_000
    page = app("web", WERYAI_SECRET="")
    own(page, 2)
    until(lambda: "processing" in states(page))
    page.kill()
    first, second = app("web"), app("web")
    app("worker")
    assert asks_for_key(first) and asks_for_key(second)
    service._polls_until_ready = 1
    asked(first, "give_key", key=KEY)
    assert not asks_for_key(second)
    until(lambda: states(second) == ["succeeded", "succeeded"])


def test_a_plan_goes_on_with_the_key_when_the_page_that_took_it_was_killed(app: Start, service: Upstream) -> None:
    first, second = app("web", WERYAI_SUBMITS_APART_SECONDS="25"), app("web")
    form = {**BODY, "send-to": "my-key"}
    sent = {"form": form, "key": KEY, "plan_key": "a-plan-of-two", "varies": "duration", "values": [5, 6]}
    planned = asked(first, "start_plan", **sent)
    assert "plan" in planned, planned
    until(lambda: len(call(second, "tasks", VISITOR, 9)) == 1 and states(second))
    first.kill()
    assert len(service.submits) == 1, "the second one waits for its turn"
    app("worker")
    until(lambda: states(second) == ["succeeded", "succeeded"])
    assert len(service.submits) == 2 and set(service.keys) == {KEY}


def test_a_key_that_is_forgotten_at_one_page_is_gone_at_all_and_nobody_asks_with_it(
    app: Start, service: Upstream
) -> None:
    service._polls_until_ready = 10_000
    first, second, _worker = app("web"), app("web"), app("worker")
    own(first, 1)
    until(lambda: service.polls > 1)
    assert not asks_for_key(first) and not asks_for_key(second)
    before = board(first)["version"]
    asked(second, "forget_key")
    assert asks_for_key(first) and asks_for_key(second)
    assert board(first)["version"] != before, "a page that is open is told"
    asked(second, "give_key", key=SECOND)
    until(lambda: service.keys[-1] == SECOND)
    service._polls_until_ready = 1
    until(lambda: states(first) == ["succeeded"])
    assert service.keys[-1] == SECOND


@pytest.mark.parametrize("secret", [OTHER, ""])
def test_with_another_secret_or_none_a_visitor_has_no_key_and_sees_no_error(
    app: Start, service: Upstream, secret: str
) -> None:
    service._polls_until_ready = 10_000
    page = app("web")
    own(page, 1)
    page.kill()
    page = app("web", WERYAI_SECRET=secret)
    shown = board(page)
    assert shown["cards"][0]["wants_key"] and "away" not in shown
    assert ("WERYAI_SECRET does not open" in page.log) is bool(secret)
    board(page)
    assert page.log.count("WERYAI_SECRET does not open") == bool(secret)
    asked(page, "give_key", key=KEY)
    assert not asks_for_key(page)


def test_without_a_secret_nothing_is_stored_and_no_package_for_it_is_loaded(
    app: Start, service: Upstream, database_url: str, tmp_path: Path
) -> None:
    page = app("web", WERYAI_SECRET="")
    own(page, 1)
    until(lambda: states(page) == ["succeeded"])
    maps = Path(f"/proc/{page.pid}/maps")
    if maps.exists():
        assert "cryptography" not in maps.read_text()
    page.kill()
    assert KEY.encode() not in everything_in(tmp_path, database_url)
    store = Store(database_url if SERVER else f"sqlite:///{tmp_path / 'data' / 'weryai.sqlite3'}")
    assert store.sealed_keys.of(visitor_id(VISITOR)) == ()
    store.close()
