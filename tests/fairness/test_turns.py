"""Beyond a share: the status, the sentence and the time of every kind of request, and what the page makes of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.form import box, opened, press, type_in, until
from tests.conftest import App, StartApp
from tests.fairness.wire import PageCalls, Request
from weryai_ui.ui.http import turns
from weryai_ui.ui.http.pools import Pools, Size

PROMPT = "A boat that has to wait"
SENTENCE = "This server takes only so much of one visitor at once, so this was not carried out."
ANSWER_SECONDS = 60
VISITOR = secrets.token_urlsafe(32)


NOTHING, AMPLE = Size(1, 1, patience_s=1, newcomers_every_s=3600, newcomers=-1), Size(8, 8)


@pytest.fixture
def start_full(start_app: StartApp, monkeypatch: pytest.MonkeyPatch) -> Callable[[Collection[str]], App]:
    """Starts an app in whose pools of these kinds nobody has a place."""

    def start(kinds: Collection[str]) -> App:
        sizes = {kind: NOTHING if kind in kinds else AMPLE for kind in turns.SIZES}
        monkeypatch.setattr(turns, "new_pools", lambda: Pools(sizes))
        monkeypatch.setattr(turns, "REFUSED_AFTER_S", 0.0)
        return start_app()

    return start


@pytest.fixture
def full(start_full: Callable[[Collection[str]], App]) -> App:
    """An app of which one visitor has had the share of everything but the page, its board and its checks."""
    return start_full(turns.SIZES.keys() - {"page", "board", "check"})


def test_each_route_refuses_what_is_beyond_a_share(full: App) -> None:
    calls = PageCalls.of(full.url)
    asked = {
        "submission": Request("/submission", json.dumps({"visitor": VISITOR, "key": "k" * 16}).encode()),
        "submit": calls.event("generate", VISITOR),
        "check only": calls.event("check", VISITOR),
        "question": calls.question("history", "list_history", VISITOR),
        "unresolved": Request("/unresolved", json.dumps({"visitor": VISITOR, "intent": "i"}).encode()),
        "cut": calls.question("references", "cut_upload", VISITOR, link="", start=0, end=1),
        "fit": calls.question("references", "fit_upload", VISITOR, link=""),
        "upload": calls.upload(VISITOR, "small.png", b"x"),
        "sandbox": Request("/sandbox/v1/generation/almighty-reference-to-video", b"{}"),
    }
    for name, each in asked.items():
        answer = requests.request(
            each.method, full.url + each.path, data=each.body, headers=each.headers, timeout=ANSWER_SECONDS
        )
        assert answer.status_code == 429, name
        assert answer.json()["refused"].startswith(SENTENCE), name
        assert int(answer.headers["Retry-After"]) >= 1, name
    assert requests.get(full.url, timeout=ANSWER_SECONDS).ok
    assert not list((full.service.settings.data_dir / "uploads").glob("*.incoming"))


def test_a_kept_film_for_the_form_is_looked_at_in_the_turn_of_files(
    start_full: Callable[[Collection[str]], App],
) -> None:
    app = start_full({"file"})
    each = PageCalls.of(app.url).question("task-board", "use_kept", VISITOR, copy="none")
    answer = requests.post(app.url + each.path, data=each.body, headers=each.headers, timeout=ANSWER_SECONDS)
    assert answer.status_code == 429


def test_the_page_shows_the_sentence_and_keeps_what_was_typed(full: App, page: Page, troubles: list[str]) -> None:
    opened(page, full.url)
    type_in(page, "prompt", PROMPT)
    press(page)
    expect(page.locator("#problems .refusal")).to_contain_text(SENTENCE)
    expect(box(page, "prompt")).to_have_value(PROMPT)
    until(page, "({ submission }) => !submission.sending")
    expect(page.locator("#problems .refusal")).to_contain_text(SENTENCE)
    page.goto("about:blank")  # it asks no more
    troubles.clear()  # the browser itself reports every 429
