"""*Continue* on a film: two presses to the next shot, and a sentence where there is no copy to go on from."""

from __future__ import annotations

from functools import partial

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.form import box, opened, press
from tests.browser.test_sharing import film
from tests.conftest import App
from tests.durability.waiting import until
from tests.results.conftest import files_in
from weryai_ui.store.copy_records import CopyState

PHRASE = "Image 1 is the first frame."


def test_the_next_shot_is_two_presses_away(app: App, page: Page) -> None:
    opened(page, app.url)
    card = film(page, "A boat to go on from")
    card.get_by_role("button", name="Continue", exact=True).click()
    expect(box(page, "prompt")).to_have_value(f"A boat to go on from. {PHRASE}")
    expect(page.locator("#references .counters")).to_contain_text("Images 1/9")
    expect(page.locator("#references select.role")).to_have_value("first_frame")
    press(page)
    second = page.locator("#task-board .result-card").filter(has_text=PHRASE)
    expect(second.locator(".kept")).to_have_text("Kept here.", timeout=60_000)
    visitor = page.evaluate("async () => (await window.studio).visitor()")
    (newest, first) = app.service.tasks(visitor)
    assert newest.payload["resolution"] == first.payload["resolution"] == "480p"
    assert newest.payload["prompt"] == f"A boat to go on from. {PHRASE}"
    assert requests.get(newest.payload["images"][0], timeout=10).headers["content-type"] == "image/jpeg"

    # What came of what can be followed in the details, both ways.
    second.locator(".details").click()
    dialog = page.locator("#history dialog").first
    expect(dialog.locator(".lineage")).to_contain_text("Came from")
    dialog.locator(".lineage").get_by_role("button", name="A boat to go on from").click()
    expect(dialog.locator(".lineage")).to_contain_text("Led to")
    dialog.get_by_role("button", name="Close").click()
    assert (newest.came_from, first.came_from) == (first.id, None)

    # Once more: the new frame takes the place of the old one, and the prompt says it once.
    second.get_by_role("button", name="Continue", exact=True).click()
    expect(page.locator("#references .counters")).to_contain_text("Images 1/9")
    expect(box(page, "prompt")).to_have_value(f"A boat to go on from. {PHRASE}")
    page.get_by_role("button", name="Restore my input").click()
    expect(box(page, "prompt")).to_have_value(f"A boat to go on from. {PHRASE}")


def test_its_last_seconds_are_the_video_to_extend_two_presses_away(app: App, page: Page) -> None:
    phrase = "Extend video 1."
    opened(page, app.url)
    card = film(page, "A boat to extend")
    seconds = card.get_by_role("spinbutton", name="Seconds to continue from")
    expect(seconds).to_have_value("5")
    seconds.fill("3")
    card.get_by_role("button", name="Continue from its last").click()
    expect(box(page, "prompt")).to_have_value(f"A boat to extend. {phrase}")
    expect(page.locator("#references .counters")).to_contain_text("Videos 1/3")
    expect(page.locator("#references select.role")).to_have_value("extend")
    expect(page.locator("#carry")).to_contain_text("its last 3 s are the video to extend. Nothing was sent.")
    press(page)
    second = page.locator("#task-board .result-card").filter(has_text=phrase)
    expect(second.locator(".kept")).to_have_text("Kept here.", timeout=60_000)
    visitor = page.evaluate("async () => (await window.studio).visitor()")
    newest, first = app.service.tasks(visitor)[:2]
    assert newest.came_from == first.id
    assert {**newest.payload, "prompt": "", "videos": []} == {**first.payload, "prompt": "", "videos": []}
    copies = partial(app.service.copies_of, [newest])
    until(lambda: all(each.state is CopyState.KEPT for each in copies()[newest.id]))
    (reference,) = [each for each in copies()[newest.id] if each.field == "videos"]
    assert reference.duration_s == pytest.approx(3, abs=0.05)

    # Once more, with as many seconds as before: the new end takes the place of the old one.
    expect(second.get_by_role("spinbutton", name="Seconds to continue from")).to_have_value("3")
    second.get_by_role("button", name="Continue from its last").click()
    expect(page.locator("#references .counters")).to_contain_text("Videos 1/3")
    expect(box(page, "prompt")).to_have_value(f"A boat to extend. {phrase}")


def test_a_film_whose_copy_is_gone_says_so_and_the_form_stays(app: App, page: Page) -> None:
    opened(page, app.url)
    card = film(page, "A boat without a copy")
    for each in files_in(app.service.settings.data_dir / "results"):
        each.unlink()
    card.get_by_role("button", name="Continue", exact=True).click()
    expect(page.locator("#task-board .outage")).to_have_text(
        "There is no copy of this video here, so it cannot be continued."
    )
    expect(box(page, "prompt")).to_have_value("A boat without a copy")
