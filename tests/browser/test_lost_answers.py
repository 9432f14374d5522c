"""The answer to *Generate* is lost: the page finds out what became of it and goes on, and nothing is sent twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from pydantic import SecretStr

from tests.browser.form import answer, box, choose, opened, press, thumbs, type_in, until
from tests.conftest import App, StartApp
from tests.security.conftest import Witness
from weryai_ui.i18n import say

PROMPT = "Its answer is lost"
SUBMISSIONS = "**/gradio_api/run/predict"
NEVER_ARRIVED = "The submission did not get through, so nothing was sent and nothing was spent."
LOST = "The answer to this submission was lost on its way."
UNDER_WAY = "The submission is under way."
BEFORE = "This submission had arrived before, so nothing was sent now"
HTML = "<html>a proxy's own page</html>"
Loss = Callable[[Route], None]
LOSSES: dict[str, Loss] = {
    "500": lambda route: route.fulfill(status=500, body=HTML, content_type="text/html"),
    "500 in JSON": lambda route: route.fulfill(status=500, body='{"error": null}', content_type="application/json"),
    "502": lambda route: route.fulfill(status=502, body=HTML, content_type="text/html"),
    "cut off": lambda route: route.abort("connectionreset"),
    "no answer": lambda _: None,
}


class Slow(Witness):
    """A service that answers a submission when it is let."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.let.set()
        super().__init__()

    def answer(self, path: str) -> dict[str, Any]:
        if not path.endswith("/status"):
            self.let.wait(60)
        return super().answer(path)

    @property
    def posts(self) -> list[str]:
        """The prompt of every submission that arrived."""
        return [json.loads(each.body)["prompt"] for each in self.arrived if each.method == "POST"]


@pytest.fixture
def service() -> Iterator[Slow]:
    running = Slow()
    yield running
    running.let.set()
    running.close()


@pytest.fixture
def own_app(start_app: StartApp, service: Slow) -> App:
    """An app on loopback whose owner's key goes to `service`."""
    return start_app(api_key=SecretStr("sk-owner-0123456789"), base_url=service.url)


@pytest.fixture
def typed(page: Page, own_app: App, troubles: list[str]) -> Iterator[Page]:
    """The page with a form that can be sent."""
    opened(page, own_app.url)
    type_in(page, "prompt", PROMPT)
    yield page
    page.unroute_all(behavior="ignoreErrors")
    page.goto("about:blank")  # it asks no more while the app stops
    troubles.clear()  # the browser itself reports every answer that was cut off


def lose(page: Page, loss: Loss, *, arrives: bool) -> None:
    """Loses the next answer to a submission, before or after the app handled it."""

    def handle(route: Route) -> None:
        if arrives:
            route.fetch()
        loss(route)

    page.route(SUBMISSIONS, handle, times=1)


def cards(page: Page, count: int) -> None:
    """The page shows so many submissions: one large, and several as a row of pictures as well."""
    expect(page.locator("#task-board .card")).to_have_count(1)
    expect(thumbs(page)).to_have_count(count if count > 1 else 0)


def says(page: Page, words: str) -> None:
    expect(page.locator("#problems")).to_contain_text(words)


def is_free(page: Page) -> None:
    until(page, "({ form, submission }) => form.edits && !submission.sending")


@pytest.mark.parametrize("loss", LOSSES)
def test_a_submission_that_never_arrived_is_told_and_the_next_press_sends_it(
    typed: Page, service: Slow, loss: str
) -> None:
    lose(typed, LOSSES[loss], arrives=False)
    press(typed)
    says(typed, NEVER_ARRIVED)
    is_free(typed)
    expect(box(typed, "prompt")).to_have_value(PROMPT)
    assert service.posts == []
    press(typed)
    cards(typed, 1)
    assert service.posts == [PROMPT]
    expect(typed.locator("#problems")).not_to_contain_text(NEVER_ARRIVED)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_submission_that_arrived_shows_its_result_and_the_same_form_is_not_sent_again_unawares(
    typed: Page, service: Slow, loss: str
) -> None:
    lose(typed, LOSSES[loss], arrives=True)
    press(typed)
    cards(typed, 1)
    is_free(typed)
    press(typed)
    says(typed, BEFORE)
    cards(typed, 1)
    assert service.posts == [PROMPT]
    # The first is still being made, so the page asks.
    press(typed)
    answer(typed, say("page.again_yes"))
    cards(typed, 2)
    assert service.posts == [PROMPT, PROMPT]


def test_a_submission_that_is_still_under_way_after_a_reload_is_waited_for(typed: Page, service: Slow) -> None:
    service.let.clear()
    press(typed)
    while not service.arrived:
        typed.evaluate("() => new Promise(requestAnimationFrame)")
    typed.reload()
    says(typed, UNDER_WAY)
    press(typed)
    assert service.posts == [PROMPT]
    service.let.set()
    expect(typed.locator("#problems")).not_to_contain_text(UNDER_WAY)
    is_free(typed)
    cards(typed, 1)
    press(typed)
    says(typed, BEFORE)
    assert service.posts == [PROMPT]


def test_an_answer_that_was_lost_is_told_where_the_page_still_stands(typed: Page) -> None:
    lose(typed, LOSSES["502"], arrives=True)
    press(typed)
    says(typed, LOST)


def test_another_form_after_a_lost_answer_is_another_submission(typed: Page, service: Slow) -> None:
    lose(typed, LOSSES["500"], arrives=True)
    press(typed)
    is_free(typed)
    type_in(typed, "prompt", "Another")
    press(typed)
    cards(typed, 2)
    assert service.posts == [PROMPT, "Another"]


def test_the_same_form_for_another_account_is_another_submission(typed: Page, service: Slow) -> None:
    lose(typed, LOSSES["500"], arrives=True)
    press(typed)
    is_free(typed)
    choose(typed, "send-to", "Sandbox")
    press(typed)
    cards(typed, 2)
    choose(typed, "send-to", "WeryAI, owner's key")
    press(typed)
    says(typed, BEFORE)
    assert service.posts == [PROMPT]


def test_an_app_that_is_away_altogether_keeps_the_submission_for_the_next_press(typed: Page, service: Slow) -> None:
    lose(typed, LOSSES["502"], arrives=True)
    typed.route("**/submission", lambda route: route.abort("connectionreset"))
    press(typed)
    says(typed, "it is not known yet what became of the submission")
    typed.unroute("**/submission")
    press(typed)
    says(typed, BEFORE)
    assert service.posts == [PROMPT]


def test_what_was_only_checked_is_no_submission_that_got_lost(typed: Page) -> None:
    press(typed, "check")
    expect(typed.locator("#request-json code")).to_contain_text(PROMPT)
    assert typed.evaluate("async () => (await window.studio).unanswered()") == []


@pytest.mark.parametrize("loss", ["500", "500 in JSON", "502"])
def test_a_check_whose_answer_is_lost_is_told_and_may_be_asked_again(typed: Page, loss: str) -> None:
    lose(typed, LOSSES[loss], arrives=True)
    press(typed, "check")
    says(typed, "The app could not answer this just now")
    until(typed, "({ submission }) => !submission.underWay")
    press(typed, "check")
    expect(typed.locator("#request-json code")).to_contain_text(PROMPT)
    expect(typed.locator("#problems")).not_to_contain_text("The app could not answer")
