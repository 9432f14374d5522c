"""The first submission of a fresh browser: whatever is slow, cut off or reloaded, the service's ledger has it once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect
from pydantic import SecretStr

from tests.browser.form import box, opened, press, type_in
from tests.conftest import App, StartApp
from weryai_ui.sandbox.server import SandboxServer

PROMPT = "The first of a fresh browser"
SUBMISSIONS = "**/gradio_api/run/predict"


@pytest.fixture
def service() -> Iterator[SandboxServer]:
    with SandboxServer(pace=0) as server:
        yield server


@pytest.fixture
def own_app(start_app: StartApp, service: SandboxServer) -> App:
    """An app on loopback whose owner's key goes to `service`."""
    return start_app(api_key=SecretStr("sk-sandbox"), base_url=service.url)


@pytest.fixture
def fresh(page: Page, troubles: list[str]) -> Iterator[Page]:
    """A browser that was never here, and never gets an answer to its board."""
    page.route("**/board", lambda _: None)
    yield page
    page.unroute_all(behavior="ignoreErrors")
    troubles.clear()  # the browser itself reports every answer that was cut off


def typed(page: Page, url: str) -> None:
    opened(page, url)
    type_in(page, "prompt", PROMPT)


def pressed_again(page: Page) -> None:
    """*Generate* on what the reload left of the form, with everything answered; waits for the card."""
    page.unroute_all(behavior="ignoreErrors")
    expect(box(page, "prompt")).to_have_value(PROMPT)
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(1)


class Held:
    """Takes a request and keeps its answer back, with or without asking the app first."""

    def __init__(self, *, asks: bool) -> None:
        self._asks = asks
        self.taken = 0

    def __call__(self, route: Route) -> None:
        if PROMPT not in (route.request.post_data or PROMPT):
            route.continue_()
            return
        if self._asks:
            route.fetch()
        self.taken += 1


def until_taken(page: Page, held: Held) -> None:
    while not held.taken:
        page.evaluate("() => new Promise(requestAnimationFrame)")


def test_an_answer_that_is_cut_off_and_the_same_form_again_is_one_task(
    own_app: App, service: SandboxServer, fresh: Page
) -> None:
    def cut_off(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    typed(fresh, own_app.url)
    fresh.route(SUBMISSIONS, cut_off, times=1)
    with fresh.expect_navigation():  # Gradio reloads a page whose event was cut off
        press(fresh)
    assert len(service.ledger) == 1
    pressed_again(fresh)
    assert len(service.ledger) == 1


@pytest.mark.parametrize(
    ("asked", "asks", "arrived"),
    [("**/healthz", False, 0), (SUBMISSIONS, False, 0), (SUBMISSIONS, True, 1)],
    ids=["before it leaves", "before it arrives", "before its answer"],
)
def test_a_reload_at_any_moment_and_the_same_form_again_is_one_task(
    own_app: App, service: SandboxServer, fresh: Page, asked: str, asks: bool, arrived: int
) -> None:
    typed(fresh, own_app.url)
    held = Held(asks=asks)
    fresh.route(asked, held)
    press(fresh)
    until_taken(fresh, held)
    assert len(service.ledger) == arrived
    fresh.unroute(asked)
    fresh.reload()
    pressed_again(fresh)
    assert len(service.ledger) == 1


def test_a_browser_without_storage_keeps_its_visitor_as_long_as_its_page(
    own_app: App, service: SandboxServer, fresh: Page
) -> None:
    fresh.add_init_script(
        "for (const kind of ['localStorage', 'sessionStorage'])"
        "  Object.defineProperty(window, kind, { get() { throw new DOMException('blocked', 'SecurityError'); } });"
    )
    typed(fresh, own_app.url)
    made = fresh.evaluate("async () => (await window.studio).visitor()")
    assert len(made) == 43
    press(fresh)
    expect(fresh.locator("#task-board .card")).to_have_count(1)
    assert fresh.evaluate("async () => (await window.studio).visitor()") == made
    assert len(service.ledger) == 1


@pytest.mark.parametrize("kept", ["", "me", "ä" * 43, "a" * 129], ids=["none", "short", "odd", "long"])
def test_a_browser_makes_its_own_visitor_token_before_anything_is_asked(app: App, browser: Browser, kept: str) -> None:
    with browser.new_context() as context:
        context.add_init_script(f"localStorage.setItem('weryai-visitor', '{kept}')")
        page = context.new_page()
        asked: list[str] = []

        def note(request: Request) -> None:
            # A check holds what is in the form and names no visitor.
            if request.method == "POST" and not request.url.endswith("/check"):
                asked.append(request.post_data or "")

        page.on("request", note)
        opened(page, app.url)
        visitor = page.evaluate("async () => (await window.studio).visitor()")
        assert len(visitor) == 43 and visitor != kept
        expect(page.locator("#task-board .empty")).to_be_visible()
        sent = [each for each in asked if each]
        assert sent and all(visitor in each for each in sent)
