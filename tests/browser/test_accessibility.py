"""axe finds what is broken; what happens is said; who wants no motion gets none."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.form import choose, choose_scenario, opened, press, type_in
from tests.browser.states import speak
from tests.conftest import App

LISTEN = """() => {
  window.heard = [];
  const hear = (changes) => changes.forEach(({ target, addedNodes }) => {
    const node = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
    const region = node?.closest("[role=status], [role=alert]");
    if (region && addedNodes.length) window.heard.push([region.getAttribute("role"), region.textContent.trim()]);
  });
  new MutationObserver(hear).observe(document.body, { childList: true, characterData: true, subtree: true });
}"""


@pytest.mark.parametrize(
    ("what", "break_it"),
    [
        ("label", "document.querySelector('#references .link').removeAttribute('aria-label')"),
        ("label", "document.querySelector('#field-duration label').replaceWith(document.createElement('input'))"),
        ("color-contrast", "document.querySelector('.studio-head .lead').style.color = '#ccd'"),
        ("heading-order", "document.querySelector('#history h2').outerHTML = '<h6>History</h6>'"),
    ],
)
def test_axe_would_find_what_is_broken(app: App, page: Page, what: str, break_it: str) -> None:
    opened(page, app.url)
    page.evaluate(f"() => {{ document.querySelector('#references .link').placeholder = ''; {break_it}; }}")
    assert any(each.startswith(f"{what}: ") for each in violations(page))


def heard(page: Page) -> list[list[str]]:
    said: list[list[str]] = page.evaluate("() => window.heard")
    return said


def test_a_new_state_of_a_task_is_said_politely_and_once(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "Listened to")
    choose(page, "resolution", "480p")
    page.evaluate(LISTEN)
    press(page)
    expect(page.locator("#task-board video")).to_be_visible(timeout=30_000)
    said = [text for role, text in heard(page) if role == "status"]
    for words in ("Waiting in the queue", "Ready"):
        assert said.count(words) == 1, said
    assert [text for role, text in heard(page) if role == "alert"] == []
    # Another language draws the cards anew; nothing has happened to them.
    page.evaluate("() => { window.heard = []; }")
    speak(page, "zh")
    assert "已完成" not in [text for _, text in heard(page)]


def test_refusals_of_the_page_and_of_the_service_are_said_at_once(app: App, page: Page) -> None:
    opened(page, app.url)
    page.evaluate(LISTEN)
    type_in(page, "prompt", "Refused")
    choose(page, "send-to", "WeryAI, my key")
    press(page)
    expect(page.locator("#problems .refusal")).not_to_be_empty()
    assert ["alert", "The API key is empty."] in heard(page)
    choose(page, "send-to", "Sandbox")
    for scenario, state in (
        ("not enough credits", "Refused"),
        ("not JSON", "Unknown: it may have been accepted and charged"),
        ("generation fails", "Failed"),
    ):
        choose_scenario(page, scenario)
        press(page)
        expect(page.locator("#task-board .state").first).to_have_text(state, timeout=30_000)
        assert ["alert", state] in heard(page)


def test_what_is_wrong_in_the_form_is_said_politely_while_typing(app: App, page: Page) -> None:
    opened(page, app.url)
    page.evaluate(LISTEN)
    type_in(page, "duration", "16")
    expect(page.locator("#problems .problems li")).to_have_count(1)
    assert ["status", "Length is 16; it must be from 5 to 15."] in heard(page)
    assert [text for role, text in heard(page) if role == "alert" and text] == []


MOVING = "() => document.getAnimations().filter((each) => each.playState === 'running').length"
SMOOTH = """() => [...document.querySelectorAll("*")]
  .filter((node) => getComputedStyle(node).scrollBehavior !== "auto").length"""


def test_nothing_moves_for_who_wants_no_motion(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "Still")
    choose_scenario(page, "minute and a half")
    press(page)
    expect(page.locator("#task-board .tone-busy")).to_be_visible()
    expect(page.locator("#scenario [role=option]")).to_have_count(0)
    page.wait_for_function(f"() => ({MOVING})() === 0")
    assert page.evaluate(SMOOTH) == 0
    # For everybody else a running task breathes: the look above sees what moves.
    page.emulate_media(reduced_motion="no-preference")
    page.wait_for_function(f"() => ({MOVING})() > 0")
