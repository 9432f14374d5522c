"""What a person can do about a request that failed, and about one whose answer was lost, in the browser."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.form import choose_scenario, opened, press, type_in, unfolded
from tests.conftest import StartApp
from weryai_ui.i18n import say
from weryai_ui.sandbox.profile import Profile

FILM_MS = 30_000


def newest(page: Page) -> Locator:
    return page.locator("#task-board .card").first


def asks_the_balance(answer: Response) -> bool:
    return "component_server" in answer.url and '"balance"' in (answer.request.post_data or "")


def test_a_task_behind_a_504_is_found_by_the_balance_and_followed_to_its_film(start_app: StartApp, page: Page) -> None:
    app = start_app(sandbox_profile=Profile.MEASURED)
    opened(page, app.url)
    type_in(page, "prompt", "A boat that nobody heard of again")
    with page.expect_response(asks_the_balance):
        choose_scenario(page, "a gateway answers 504")
    expect(page.locator(".studio-credits")).to_have_text("")  # the sandbox is free
    press(page)
    card = newest(page)
    expect(card.locator(".state")).to_have_text(say("outcome.UNKNOWN"))
    card.get_by_role("button", name=say("adopting.look")).click()
    expect(card.locator(".balance")).to_have_text(say("adopt.balance_fewer", n=5, now="1,235"))
    wrong = card.get_by_label(say("adopting.label"))
    wrong.fill("task_of_nobody")
    card.get_by_role("button", name=say("adopting.follow")).click()
    expect(page.locator("#task-board .outage")).to_have_text(say("adopt.not_known"))
    expect(card.locator(".state")).to_have_text(say("outcome.UNKNOWN"))
    card.get_by_role("button", name=re.compile("task_[0-9a-f]+ · A boat")).click()
    expect(wrong).to_have_value(re.compile("task_[0-9a-f]+"))
    card.get_by_role("button", name=say("adopting.follow")).click()
    expect(card.locator(".state")).to_have_text(say("task_state.succeeded"), timeout=FILM_MS)
    expect(card.locator("video")).to_have_count(1)
    expect(page.locator("#task-board .card")).to_have_count(1)


def test_a_refused_picture_goes_by_one_press_and_the_prompt_follows(start_app: StartApp, page: Page) -> None:
    app = start_app(sandbox_profile=Profile.MEASURED)
    opened(page, app.url)
    type_in(page, "prompt", "Image 1 beside image 2")
    type_in(page, "images", "https://example.com/1.png\nhttps://example.com/2.png")
    choose_scenario(page, "a reference picture is refused at once")
    press(page)
    card = newest(page)
    expect(card.locator(".state")).to_have_text(say("task_state.failed"), timeout=FILM_MS)
    expect(card).to_contain_text(say("happened.image_audit"))
    expect(card).to_contain_text("Image asset audit")
    card.get_by_role("button", name=say("change.remove_picture", number=1)).click()
    expect(page.locator("#field-images textarea")).to_have_value("https://example.com/2.png")
    expect(page.locator("#field-prompt textarea")).to_have_value("Image ? beside image 1")
    expect(page.locator("#generate")).to_be_focused()
    expect(page.locator("#task-board .card")).to_have_count(1)


def test_a_busy_service_is_offered_again_with_the_seconds_until_it_makes_sense(start_app: StartApp, page: Page) -> None:
    app = start_app(sandbox_profile=Profile.MEASURED)
    opened(page, app.url)
    type_in(page, "prompt", "A boat")
    choose_scenario(page, "too many requests")
    press(page)
    again = newest(page).locator("button[data-change=wait]")
    expect(again).to_have_text(re.compile(r"^The same again \(in \d+ s\)$"))
    expect(again).to_have_accessible_name(say("change.wait"))
    page.evaluate("() => { document.querySelector('button[data-change=wait]').dataset.notBefore = '1'; }")
    expect(again).to_have_text(say("change.wait"))
    again.click()
    expect(page.locator("#generate")).to_be_focused()
    expect(page.locator("#task-board .card")).to_have_count(1)


def test_a_model_that_has_gone_is_replaced_by_one_press(start_app: StartApp, page: Page) -> None:
    app = start_app(sandbox_profile=Profile.MEASURED)
    opened(page, app.url)
    type_in(page, "prompt", "A boat")
    choose_scenario(page, "not offered any more")
    press(page)
    newest(page).get_by_role("button", name=say("change.other_model", name="Werydance 2.0"), exact=True).click()
    unfolded(page, "model")
    expect(page.locator("#field-model input")).to_have_value("Werydance 2.0 (WERYDANCE_2_0)")
    expect(page.locator("#field-prompt textarea")).to_have_value("A boat")
