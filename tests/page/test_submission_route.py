"""What became of a submission: told to whoever has the visitor's token and the key, and to nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from tests.conftest import App, StartApp
from tests.service.conftest import new_submission
from tests.visitors import VISITOR, visitor_named
from weryai_ui.errors import DatabaseAway
from weryai_ui.jobs.arrivals import Progress
from weryai_ui.ui.http.questions import SUBMISSION_BYTES

KEY = "idempotency-key-1"


def progress(app: App, visitor: Any = VISITOR, key: Any = KEY) -> str:
    answer = requests.post(f"{app.url}/submission", json={"visitor": visitor, "key": key}, timeout=30)
    assert answer.status_code == 200
    return str(answer.json()["progress"])


def test_a_submission_is_told_from_before_it_arrives_until_it_is_recorded(app: App) -> None:
    assert progress(app) == Progress.NEVER_ARRIVED
    assert app.service.submit(new_submission(idempotency_key=KEY)).intent is not None
    assert progress(app) == Progress.RECORDED


def test_a_submission_whose_answer_is_awaited_is_under_way(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    visitor = visitor_named("awaiting")
    post = app.service._post

    def watched(*args: Any, **more: Any) -> Any:
        seen.append(progress(app, visitor))
        return post(*args, **more)

    monkeypatch.setattr(app.service, "_post", watched)
    app.service.submit(new_submission(visitor=visitor, idempotency_key=KEY))
    assert seen == [Progress.UNDER_WAY]
    assert progress(app, visitor) == Progress.RECORDED


def test_a_submission_is_under_way_from_its_arrival_although_nothing_is_recorded_yet(start_app: StartApp) -> None:
    app = start_app()
    with app.service.arrivals.noted(VISITOR, KEY):
        with app.service.arrivals.noted(VISITOR, KEY):
            assert progress(app) == Progress.UNDER_WAY
        assert progress(app) == Progress.UNDER_WAY
        assert progress(app, key="idempotency-key-2") == Progress.NEVER_ARRIVED
    assert progress(app) == Progress.NEVER_ARRIVED
    assert not app.service.arrivals._here


@pytest.mark.parametrize("visitor", ["", "somebody-else" * 3, None, 7, {}, []])
def test_somebody_elses_submission_never_arrived(app: App, visitor: Any) -> None:
    app.service.submit(new_submission(idempotency_key="idempotency-key-3"))
    assert progress(app, visitor, "idempotency-key-3") == Progress.NEVER_ARRIVED


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"", 400), (b"\xff", 400), (b"[" * 900, 400), (json.dumps("x" * SUBMISSION_BYTES).encode(), 413)],
    ids=["cut off", "empty", "no text", "deep", "long"],
)
def test_what_cannot_be_read_is_refused(app: App, body: bytes, status: int) -> None:
    assert requests.post(f"{app.url}/submission", data=body, timeout=30).status_code == status


def test_a_database_that_is_away_says_nothing_of_it(start_app: StartApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app = start_app()

    def away() -> None:
        raise DatabaseAway("away")

    monkeypatch.setattr(app.service, "ask_database", away)
    answer = requests.post(f"{app.url}/submission", json={"visitor": VISITOR, "key": KEY}, timeout=30)
    assert answer.status_code == 503
