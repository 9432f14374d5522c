"""Every state of the page, one after the other, for whoever wants to look at each of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.form import box, choose, choose_scenario, opened, press, show_pane, type_in, unfolded, until
from tests.browser.test_tray import BOAT, CLIP, WAVES, given, tiles

LONG_LINK = "https://example.com/" + "x" * 300
CHOSEN_LANGUAGE = """({ say }, language) => document.documentElement.lang.startsWith(language)
  && document.querySelector("#generate").textContent.trim() === say("page.generate")
  && (document.querySelector("#task-board .outage").textContent
    || [...document.querySelectorAll("#task-board .cards .details")]
      .every((node) => node.textContent === say("board.details")))"""

SETTLED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => Promise.allSettled(document.getAnimations().map((each) => each.finished)))"""
"""What fades in stands there."""


@dataclass(frozen=True)
class State:
    """What the page shows now. `anew` opens again what takes its words and its place only as it opens."""

    name: str
    anew: Callable[[], None] = lambda: None


def speak(page: Page, language: str) -> None:
    """Presses the page's own switch, by script: a click would close what is open, and a dialog lies above it."""
    page.evaluate("language => document.querySelector(`#heading [lang=${language}]`).click()", language)
    until(page, CHOSEN_LANGUAGE, language)


def shine(page: Page, theme: str) -> None:
    """Presses the page's own switch for light and dark, by script as well."""
    press_it = "() => document.querySelector('#heading .theme').click()"
    if page.evaluate("() => document.body.classList.contains('dark')") != (theme == "dark"):
        page.evaluate(press_it)


def states(page: Page, url: str) -> Iterator[State]:
    """Opens the page and brings it from state to state. It is in English when it goes on."""
    opened(page, url)
    yield State("empty")
    yield from _commanded(page)
    yield from _being_written(page)
    yield from _brought_in(page)
    yield from _sent(page)
    yield from _kept(page)
    page.route("**/board", lambda route: route.fulfill(body="null"))
    page.evaluate("async () => (await window.studio).tell('boardWanted')")
    expect(page.locator("#task-board .outage")).not_to_be_empty()
    yield State("app away")
    page.unroute_all()


def _commanded(page: Page) -> Iterator[State]:
    def ask() -> None:
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        expect(page.locator("#palette li").first).to_be_visible()

    ask()
    yield State("palette", ask)
    page.keyboard.press("Escape")


def _being_written(page: Page) -> Iterator[State]:
    page.locator("#examples .strip button").first.click()
    expect(page.locator("#task-board .recorded video").first).to_be_visible()
    yield State("example")
    page.locator("#carry .says button").click()
    page.locator("#task-board .recorded .quiet").click()

    unfolded(page, "images")
    unfolded(page, "model")
    yield State("unfolded")
    type_in(page, "images", LONG_LINK)
    type_in(page, "prompt", "The boat of image 2")
    expect(page.locator("#problems .warnings li")).not_to_have_count(0)
    yield State("warnings")
    type_in(page, "images", "")
    type_in(page, "audios", "nonsense")
    type_in(page, "prompt", "x" * 501)
    press(page)
    expect(page.locator("#problems .problems li")).to_have_count(3)
    until(page, "({ submission }) => !submission.underWay")
    yield State("problems")
    type_in(page, "audios", "")
    type_in(page, "prompt", "A boat")


def _brought_in(page: Page) -> Iterator[State]:
    dialog = page.locator("#references dialog")

    def look_at(button: str) -> None:
        page.keyboard.press("Escape")
        page.locator(f"#references {button}").click()
        expect(dialog).to_be_visible()

    given(page, BOAT, CLIP, WAVES)
    expect(tiles(page)).to_have_count(3, timeout=120_000)
    yield State("references")
    look_at("[data-field=images] .thumb")
    yield State("picture", lambda: look_at("[data-field=images] .thumb"))
    cut = "[data-field=videos] .tools button:nth-child(3)"
    look_at(cut)
    yield State("cut", lambda: look_at(cut))
    page.keyboard.press("Escape")
    box(page, "prompt").press_sequentially(" @")
    expect(page.locator("#mentions .offer")).to_be_visible()
    yield State("mentions offered")
    box(page, "prompt").press("Escape")
    for _ in range(3):
        page.locator("#references .remove").first.click()
    expect(tiles(page)).to_have_count(0)

    page.get_by_role("button", name="Paste a request").click()
    page.get_by_role("button", name="Fill the form").click()
    expect(page.locator("#carry .wrong")).not_to_be_empty()
    yield State("paste")
    pasted = {"model": "SEEDANCE_2_0", "prompt": "ImportedForm", "duration": 5, "resolution": "480p", "seed": 4}
    page.locator("#carry textarea").fill(json.dumps(pasted))
    page.get_by_role("button", name="Fill the form").click()
    expect(page.locator("#carry .says li")).not_to_have_count(0)
    yield State("pasted")

    def open_choices() -> None:
        page.locator("#scenario input").blur()
        expect(page.locator("#scenario [role=option]")).to_have_count(0)
        page.locator("#scenario input").click()
        expect(page.locator("#scenario [role=option]").last).to_be_visible()
        page.evaluate(SETTLED)

    open_choices()
    yield State("choices open", open_choices)
    page.locator("#scenario input").blur()


def _sent(page: Page) -> Iterator[State]:
    choose(page, "send-to", "WeryAI, my key")
    press(page)
    expect(page.locator("#problems .refusal")).not_to_be_empty()
    yield State("my key, refused by the page")
    choose(page, "send-to", "Sandbox")
    for name, scenario, state in (
        ("refused", "not enough credits", "Refused"),
        ("unknown", "not JSON", "Unknown"),
        ("failed", "generation fails", "Failed"),
        ("running", "minute and a half", ""),
        ("ready", "Succeeds after a few seconds", "Ready"),
    ):
        _send(page, name, scenario, state)
        yield State(name)
    choose(page, "video_number", "4")
    _send(page, "four videos", "Succeeds after a few seconds", "Ready")
    show_pane(page, "code").get_by_role("button", name="Python").click()
    yield State("four videos, code as Python")


def _send(page: Page, prompt: str, scenario: str, state: str) -> None:
    choose_scenario(page, scenario)
    expect(page.locator("#scenario .options")).to_have_count(0)
    type_in(page, "prompt", prompt)
    press(page)
    card = page.locator("#task-board .card").filter(has_text=prompt).first
    expect(card.locator(".state")).to_contain_text(state, timeout=120_000)


def _kept(page: Page) -> Iterator[State]:
    dialog = page.locator("#history dialog")

    def look_at_details() -> None:
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        page.locator("#task-board .details").first.click()
        expect(dialog).to_be_visible()
        dialog.locator("summary").last.click()
        expect(dialog.locator("details[open] pre").first).to_be_visible()

    look_at_details()
    yield State("details", look_at_details)

    def ask() -> None:
        page.keyboard.press("Escape")
        expect(page.locator("#asking")).to_be_hidden()
        dialog.locator(".body .row button").last.click()
        expect(page.locator("#asking")).to_be_visible()

    dialog.locator(".body .row button").last.click()
    yield State("asked whether to forget", ask)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator("#task-board .share").first.click()
    look = page.frame_locator("#share-dialog iframe")

    def look_again() -> None:
        spoken = page.evaluate("() => document.documentElement.lang").partition("-")[0]
        expect(look.locator("html")).to_have_attribute("lang", spoken)
        expect(look.locator("video")).to_have_count(4)

    look_again()
    yield State("a page to share", look_again)
    page.keyboard.press("Escape")
    page.locator("#history").get_by_role("button", name="Failed or refused").click()
    expect(page.locator("#history .rows li")).to_have_count(2)
    yield State("history")
