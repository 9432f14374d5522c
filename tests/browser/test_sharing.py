"""A result that stays, and its page: made on the card and in the history, opened by a stranger, stopped."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.form import answer, choose, opened, press, type_in
from tests.conftest import App, StartApp
from tests.durability.waiting import until
from tests.results.conftest import Links, files_in
from tests.results.conftest import links as links

PLAYED_S, APART_S = 0.2, 0.6
LEAST_PX = 24
"""What a finger finds."""
PICTURES = os.environ.get("SHARED_PICTURES", "")
"""A folder for pictures of what is seen, where somebody wants to look."""


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def film(page: Page, prompt: str) -> Locator:
    """The card of a film that was made, and is kept here."""
    type_in(page, "prompt", prompt)
    choose(page, "resolution", "480p")
    press(page)
    card = page.locator("#task-board .result-card").filter(has_text=prompt)
    expect(card.locator(".kept")).to_have_text("Kept here.", timeout=60_000)
    return card


def plays(place: Page | Locator | FrameLocator) -> None:
    """The film is there: a browser can tell how long it is."""
    video = place.locator("video").first
    video.evaluate("(video) => { video.preload = 'auto'; video.load(); }")
    until(lambda: (video.evaluate("(video) => video.duration") or 0) > 1)


def test_a_film_stays_is_shared_seen_by_a_stranger_and_stopped(app: App, page: Page, browser: Browser) -> None:
    opened(page, app.url)
    card = film(page, "A paper boat in the rain")
    for each in files_in(app.service.settings.data_dir / "sandbox" / "media"):
        each.unlink()
    page.reload()
    card = page.locator("#task-board .result-card")
    expect(card).to_have_count(1)
    plays(card)
    picture(page, "card")

    star = card.locator(".star")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    card.locator(".share").click()
    dialog = page.locator("#share-dialog")
    expect(dialog).to_contain_text("Whoever has the link can open this page")
    dialog.locator(".page-title").fill("The boat, for Friday")
    # Shown as it will look, before there is anything that a stranger could open.
    look = page.frame_locator("#share-dialog iframe")
    expect(look.locator("h1")).to_have_text("The boat, for Friday")
    plays(look)
    assert page.locator("#sharing .sharing").is_hidden()
    dialog.locator(".shows-prompt").uncheck()
    expect(look.locator(".prompt")).to_have_count(0)
    dialog.locator(".shows-prompt").check()
    expect(look.locator(".prompt")).to_have_text("A paper boat in the rain")
    box = dialog.locator(".shows-prompt").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= LEAST_PX
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(card.locator(".share")).to_be_focused()
    page.keyboard.press("Enter")
    dialog.locator(".page-title").fill("The boat, for Friday")
    dialog.get_by_role("button", name="Make the link").click()
    link = dialog.locator("#share-link")
    expect(link).to_be_visible()
    assert dialog.locator(".embed").is_hidden(), "no site was named"
    picture(page, "dialog")
    address = str(link.get_attribute("href"))

    stranger = browser.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    seen = stranger.new_page()
    seen.goto(address)
    expect(seen.locator("h1")).to_have_text("The boat, for Friday")
    expect(seen.locator(".prompt")).to_have_text("A paper boat in the rain")
    picture(seen, "shared-laptop")
    assert stranger.cookies() == []
    stranger.close()
    stranger = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark", is_mobile=True)
    seen = stranger.new_page()
    troubles: list[str] = []
    seen.on("console", lambda message: troubles.append(message.text))
    seen.goto(address)
    plays(seen)
    picture(seen, "shared-phone-dark")
    assert seen.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations(seen) == []
    assert troubles == []

    dialog.locator("#stop-sharing").click()
    assert "The link leads nowhere from then on" in answer(page, None)
    expect(dialog.locator("#stop-sharing")).to_be_focused()
    dialog.locator("#stop-sharing").click()
    answer(page, "Stop sharing")
    expect(dialog).to_be_hidden()
    reloaded = seen.reload()
    assert reloaded is not None and reloaded.status == 404
    expect(seen.locator("h1")).to_have_text("There is no such page")
    picture(seen, "shared-stopped")
    stranger.close()


def test_several_are_chosen_in_the_history_and_shown_on_one_page(app: App, page: Page, browser: Browser) -> None:
    opened(page, app.url)
    for prompt in ("The first boat", "The second boat", "The third boat", "The fourth boat"):
        film(page, prompt)
    boxes = page.locator("#history .rows input[type=checkbox]")
    expect(boxes).to_have_count(4)
    for number in range(4):
        boxes.nth(number).check()
    page.locator("#share-selected").click()
    dialog = page.locator("#share-dialog")
    expect(dialog).to_contain_text("Share 4 results")
    dialog.locator(".shows-code").check()
    notes = dialog.locator(".result-notes textarea")
    expect(notes).to_have_count(4)
    notes.nth(2).fill("The one for Friday")
    expect(page.frame_locator("#share-dialog iframe").get_by_text("The one for Friday")).to_be_visible()
    dialog.get_by_role("button", name="Make the link").click()
    expect(dialog.locator("#share-link")).to_be_visible()
    address = str(dialog.locator("#share-link").get_attribute("href"))
    dialog.get_by_role("button", name="Close").click()
    expect(page.locator("#share-selected")).to_be_focused()
    expect(page.locator("#sharing .shares li")).to_have_count(1)
    page.locator("#sharing .shares").get_by_role("button", name="Change the page").click()
    expect(notes.nth(2)).to_have_value("The one for Friday")
    dialog.locator(".page-title").fill("Four boats")
    dialog.get_by_role("button", name="Change the page").click()
    expect(page.locator("#sharing .shares li")).to_contain_text("Four boats")
    page.keyboard.press("Escape")
    # Its line was drawn again meanwhile.
    expect(page.locator("#sharing .shares button").first).to_be_focused()

    stranger = browser.new_context(viewport={"width": 1280, "height": 800})
    seen = stranger.new_page()
    seen.goto(address)
    expect(seen.locator("video")).to_have_count(4)
    expect(seen.locator(".result .note")).to_have_text(["The one for Friday"])
    picture(seen, "board-of-four")
    assert violations(seen) == []
    in_step_two_by_two(seen)
    stranger.close()


def in_step_two_by_two(seen: Page) -> None:
    """The board plays a pair in step while the others rest, then the other pair, then all, and stops with the first."""
    all_four = seen.get_by_role("button", name="Play all together")

    def play(of: str) -> list[float]:
        # Asked from here: the page's own policy lets nothing be evaluated in it for long.
        return list(seen.evaluate(f"() => [...document.querySelectorAll('video')].map((video) => video.{of})"))

    def in_step(*numbers: int) -> None:
        resting = [number for number in range(4) if number not in numbers]
        times = [play("currentTime")[number] for number in numbers]
        until(lambda: min(play("currentTime")[number] for number in numbers) > min(times) + PLAYED_S)
        found, paused = play("currentTime"), play("paused")
        assert max(found[number] for number in numbers) - min(found[number] for number in numbers) < APART_S
        assert [paused[number] for number in resting] == [True] * len(resting)
        assert [number for number, muted in enumerate(play("muted")) if muted] == list(numbers[1:])

    seen.get_by_role("button", name="Play 1 and 2 together").click()
    in_step(0, 1)
    seen.get_by_role("button", name="Play 3 and 4 together").click()
    in_step(2, 3)
    all_four.click()
    in_step(0, 1, 2, 3)
    expect(all_four).to_have_attribute("aria-pressed", "true")
    assert seen.locator("[aria-pressed=true]").count() == 1
    seen.evaluate("() => { document.querySelector('video').currentTime = 3; }")
    until(lambda: min(play("currentTime")) > 3 - APART_S)
    seen.evaluate("() => document.querySelector('video').pause()")
    until(lambda: all(play("paused")))
    expect(all_four).to_have_attribute("aria-pressed", "false")
    assert not any(play("muted"))


def test_a_kept_film_becomes_a_reference_although_the_services_link_is_dead(app: App, page: Page) -> None:
    opened(page, app.url)
    card = film(page, "A boat to go on from")
    for each in files_in(app.service.settings.data_dir / "sandbox" / "media"):
        each.unlink()
    card.get_by_role("button", name="Use as reference").click()
    # How long it is can be known of a file that is here alone.
    expect(page.locator("#references .counters")).to_contain_text("Videos 1/3, 5 of 15 s")


def test_a_named_site_may_embed_the_page_and_is_given_the_code_for_it(
    start_app: StartApp, page: Page, links: Links
) -> None:
    app = start_app(embed_hosts=(links.url,))
    opened(page, app.url)
    film(page, "A boat in a frame").locator(".share").click()
    dialog = page.locator("#share-dialog")
    dialog.locator(".page-title").fill('"><script>A boat & co')
    dialog.get_by_role("button", name="Make the link").click()
    code = dialog.locator("#share-embed")
    expect(code).to_be_visible()
    expect(dialog.locator(".embed-hosts")).to_contain_text(links.url)
    links.answers["/"] = [(200, f"<!doctype html><title>Elsewhere</title>{code.text_content()}".encode())]
    elsewhere = page.context.new_page()
    elsewhere.goto(f"{links.url}/")
    framed = elsewhere.frame_locator("iframe")
    expect(framed.locator("h1")).to_have_text('"><script>A boat & co')
    plays(framed)
    assert elsewhere.locator("script").count() == 0
