"""The board's own route: asked by every open page, and by anybody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from tests.conftest import App
from weryai_ui.access import visitors
from weryai_ui.ui.http.questions import BOARD_BYTES


def ask(app: App, asked: Any) -> requests.Response:
    return requests.post(f"{app.url}/board", data=json.dumps(asked), timeout=30)


def test_an_unchanged_board_is_not_sent_again(app: App) -> None:
    first = ask(app, {"visitor": "", "version": ""}).json()
    assert first["cards"] == [] and visitors.is_token(first["visitor"])
    again = ask(app, {"visitor": first["visitor"], "version": first["version"]}).json()
    assert "cards" not in again and again["visitor"] == first["visitor"]
    assert again["next_ms"] >= 500


def test_a_board_speaks_the_language_that_it_is_asked_in(app: App) -> None:
    visitor = visitors.new_token()
    session = requests.Session()
    made = session.post(
        f"{app.url}/gradio_api/call/generate",
        json={"data": [{"model": "SEEDANCE_2_0", "duration": 5, "prompt": "A boat"}, "sandbox", "", visitor, "", ""]},
        timeout=30,
    ).json()
    session.get(f"{app.url}/gradio_api/call/generate/{made['event_id']}", timeout=60)
    told = {
        language: ask(app, {"visitor": visitor, "version": "", "language": language}).json()["cards"][0]["usual"]
        for language in ("en", "zh")
    }
    assert told["en"].isascii() and not told["zh"].isascii()


@pytest.mark.parametrize("asked", [None, [], 7, "x", {}, {"visitor": 1, "version": []}, {"visitor": {}, "language": 5}])
def test_whatever_is_asked_is_answered_with_an_empty_board(app: App, asked: Any) -> None:
    assert ask(app, asked).json()["cards"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"", 400), (b"\xff", 400), (b"[" * 4000, 400), (json.dumps("x" * BOARD_BYTES).encode(), 413)],
    ids=["cut off", "empty", "no text", "deep", "long"],
)
def test_what_cannot_be_read_is_refused(app: App, body: bytes, status: int) -> None:
    headers = {"Content-Type": "application/json"}
    assert requests.post(f"{app.url}/board", data=body, headers=headers, timeout=30).status_code == status


def test_an_error_of_the_app_is_not_called_one_of_who_asked(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.service, "watching", lambda _: 1 / 0)
    assert ask(app, {"visitor": visitors.new_token(), "version": ""}).status_code == 500


def test_another_site_may_not_ask(app: App) -> None:
    answer = requests.post(f"{app.url}/board", json={}, headers={"Origin": "https://elsewhere.example"}, timeout=30)
    assert answer.status_code == 403
