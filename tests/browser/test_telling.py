"""Told when it is ready: by a notification that only a press asks for, and by the tab's title and icon."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.browser.form import choose, choose_scenario, opened, press, type_in
from tests.conftest import BROWSER_FLAGS, App, watch
from tests.machine import find_whole_browser
from weryai_ui.i18n import say

TITLE = say("page.title")
RECORD = """(answer) => {
  window.told = [];
  window.asked = 0;
  const permission = answer === 'granted' || answer === 'denied' ? answer : 'default';
  class Recorded extends EventTarget {
    constructor(title, options) {
      super();
      if (answer === 'refuses') throw new TypeError('Illegal constructor');
      if (Recorded.permission === 'granted') window.told.push({ note: this, title, ...options });
    }
    close() { this.closed = true; }
    static async requestPermission() {
      window.asked += 1;
      Recorded.permission = answer === 'will be granted' ? 'granted' : 'denied';
      return Recorded.permission;
    }
  }
  Recorded.permission = permission;
  window.Notification = Recorded;
}"""
HIDE = """(hidden) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
TOLD = "() => window.told.map(({ title, body }) => [title, body])"
ICON = "() => document.querySelector('link[rel=icon]')?.href ?? ''"
SIGN = "(colour) => document.querySelector('link[rel=icon]').href.includes(encodeURIComponent(colour))"
BUSY, GOOD, BAD = "#b45309", "#15803d", "#b91c1c"


def recorded(page: Page, app: App, answer: str) -> None:
    """The page, where a notification is written down instead of shown; `answer`: what a person says when asked."""
    page.add_init_script(f"({RECORD})('{answer}')")
    opened(page, app.url)


def running(page: Page, prompt: str, scenario: str = "Succeeds after a few seconds") -> Locator:
    """The card of a submission that is under way."""
    choose_scenario(page, scenario)
    type_in(page, "prompt", prompt)
    choose(page, "resolution", "480p")
    press(page)
    card = page.locator("#task-board .card").filter(has_text=prompt)
    expect(card.locator(".tell button")).to_be_visible()
    return card


def test_only_a_press_asks_and_the_end_is_told_while_the_tab_is_hidden(app: App, page: Page) -> None:
    recorded(page, app, "will be granted")
    card = running(page, "A boat that is told of")
    assert page.evaluate("() => window.asked") == 0
    button = card.get_by_role("button", name=say("board.tell"), exact=True)
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(card.locator(".why")).to_be_empty()
    page.evaluate(HIDE, True)
    page.wait_for_function("() => window.told.length", timeout=60_000)
    assert page.evaluate(TOLD) == [["A boat that is told of", "Ready"]]
    assert page.evaluate("() => window.asked") == 1
    expect(page).to_have_title(f"Ready - {TITLE}")

    page.evaluate("() => window.told[0].note.onclick()")
    assert page.evaluate("() => window.told[0].note.closed")
    expect(card.locator(".details")).to_be_focused()
    page.evaluate(HIDE, False)
    page.reload()
    expect(page.locator("#task-board .card")).not_to_have_count(0)
    assert page.evaluate(TOLD) == [], "an end is told once"


def test_a_hidden_page_asks_nothing_unless_somebody_is_to_be_told(app: App, page: Page) -> None:
    recorded(page, app, "granted")
    card = running(page, "Nobody is to be told", "minute and a half")
    asked: list[str] = []

    def boards_asked_for() -> int:
        """How often the page asks once it is told to; the other question shows that all before it have left."""
        page.evaluate("async () => (await window.studio).tell('boardWanted')")
        page.evaluate("() => fetch('healthz')")
        found = sum(url.endswith("/board") for url in asked)
        asked.clear()
        return found

    page.evaluate(HIDE, True)
    page.evaluate("() => fetch('healthz')")
    page.on("request", lambda request: asked.append(request.url))
    assert boards_asked_for() == 0
    card.locator(".tell button").click()
    assert boards_asked_for() > 0
    card.locator(".tell button").click()
    expect(card.locator(".tell button")).to_have_attribute("aria-pressed", "false")
    assert boards_asked_for() == 0


def test_where_notifications_are_denied_the_card_says_so_and_the_tab_tells(
    app: App, page: Page, troubles: list[str]
) -> None:
    page.context.grant_permissions(["geolocation"], origin=app.url)  # and with it no other
    opened(page, app.url)
    assert page.evaluate("() => Notification.permission") == "denied"
    card = running(page, "Denied")
    expect(card.locator(".why")).to_have_text(say("board.tell_blocked"))
    card.locator(".tell button").click()
    page.evaluate(HIDE, True)
    expect(page).to_have_title(f"Ready - {TITLE}", timeout=60_000)
    assert troubles == []


@pytest.fixture
def whole(playwright: Playwright, troubles: list[str]) -> Iterator[Page]:
    """A page in a browser that shows notifications."""
    path = find_whole_browser()
    if path is None:
        pytest.skip("this machine has no browser with windows, and the shell shows no notifications")
    with playwright.chromium.launch(executable_path=path, args=list(BROWSER_FLAGS)) as browser:
        page = browser.new_page()
        watch(page, troubles)
        yield page
    assert troubles == []


def test_where_the_browser_grants_it_a_notification_is_made_for_real(app: App, whole: Page) -> None:
    page = whole
    page.context.grant_permissions(["notifications"], origin=app.url)
    opened(page, app.url)
    page.evaluate("""() => {
      window.told = [];
      window.Notification = new Proxy(Notification, { construct(real, [title, options]) {
        const note = new real(title, options);
        window.told.push({ note, title, ...options });
        return note;
      } });
    }""")
    card = running(page, "A film that fails", "generation fails")
    card.locator(".tell button").click()
    expect(card.locator(".why")).to_be_empty()
    page.wait_for_function("() => window.told.length", timeout=60_000)
    assert page.evaluate(TOLD) == [["A film that fails", "Failed"]]


def test_a_phones_browser_that_constructs_none_says_so(app: App, page: Page) -> None:
    recorded(page, app, "refuses")
    card = running(page, "On a phone", "minute and a half")
    expect(card.locator(".why")).to_be_empty()
    card.locator(".tell button").click()
    expect(card.locator(".why")).to_have_text(say("board.tell_unsupported"))
    assert page.evaluate("() => window.asked") == 0


def test_a_person_who_says_no_reads_what_that_means(app: App, page: Page) -> None:
    recorded(page, app, "says no")
    card = running(page, "Said no", "minute and a half")
    card.locator(".tell button").click()
    expect(card.locator(".why")).to_have_text(say("board.tell_blocked"))


def test_title_and_icon_show_the_state_until_somebody_is_there(app: App, page: Page) -> None:
    opened(page, app.url)
    expect(page).to_have_title(TITLE)
    assert page.evaluate(ICON) == ""
    running(page, "In the tab")
    page.wait_for_function(SIGN, arg=BUSY)
    expect(page).to_have_title(f"Ready - {TITLE}", timeout=60_000)
    assert page.evaluate(SIGN, GOOD)
    page.keyboard.press("Shift")
    expect(page).to_have_title(TITLE)
    assert not any(page.evaluate(SIGN, colour) for colour in (BUSY, GOOD, BAD))
    running(page, "In the tab, and fails", "generation fails")
    expect(page).to_have_title(f"Failed - {TITLE}", timeout=60_000)
    assert page.evaluate(SIGN, BAD)
