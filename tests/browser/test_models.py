"""The form follows the chosen model: its bounds, choices and helps, and what was typed stays."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.browser.form import box, choose, opened, type_in, unfolded
from tests.conftest import StartApp
from tests.unit.test_models import NEW
from weryai_ui.request.models import SHIPPED_FILE, catalogue


def choose_model(page: Page, words: str) -> None:
    unfolded(page, "model")
    page.locator("#field-model input").click()
    page.locator("#field-model [role=option]").filter(has_text=words).click()


def test_bounds_choices_and_helps_are_the_chosen_models_and_what_was_typed_stays(
    start_app: StartApp, page: Page
) -> None:
    row = {**NEW, "names": {"en": "Newer"}, "prompt": 900, "ratios": ["16:9", "21:9"], "resolutions": ["720p", "1080p"]}
    app = start_app(models=catalogue([*json.loads(SHIPPED_FILE.read_text("utf-8")), row]))
    opened(page, app.url)
    type_in(page, "prompt", "A boat")
    ratios = page.locator("#field-aspect_ratio label")
    expect(ratios).to_have_text(["16:9", "9:16", "1:1", "Not set"])
    choose_model(page, "Newer")
    expect(page.locator("#field-duration")).to_contain_text("4 to 30 seconds.")
    unfolded(page, "images")
    expect(page.locator("#field-images")).to_contain_text("Up to 30 links")
    expect(ratios).to_have_text(["16:9", "21:9", "Not set"])
    expect(page.locator("#field-resolution label")).to_have_text(["720p", "1080p", "Not set"])
    expect(page.locator('#field-resolution input[value="720p"]')).to_be_checked()
    expect(page.locator("#field-prompt .counter")).to_have_text("6 / 900")
    expect(page.locator("#references")).to_contain_text("0/30")
    expect(box(page, "prompt")).to_have_value("A boat")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#field-duration")).to_contain_text("4 到 30 秒。")
    page.get_by_role("button", name="English").click()
    choose_model(page, "SEEDANCE_2_0)")
    expect(page.locator("#field-duration")).to_contain_text("5 to 15 seconds.")
    expect(ratios).to_have_text(["16:9", "9:16", "1:1", "Not set"])
    expect(box(page, "prompt")).to_have_value("A boat")


def test_another_model_key_may_be_typed_for_a_key_of_ones_own(start_app: StartApp, page: Page) -> None:
    app = start_app()
    opened(page, app.url)
    type_in(page, "prompt", "A boat")
    choose(page, "send-to", "WeryAI, my key")
    unfolded(page, "model")
    page.locator("#field-model input").fill("SOMETHING_NEW")
    page.locator("#field-model input").press("Enter")
    expect(page.locator("#problems")).to_contain_text("SOMETHING_NEW is not known to run here")
    expect(page.locator("#field-duration")).to_contain_text("4 to 15 seconds.")
    choose(page, "send-to", "Sandbox")
    expect(page.locator("#field-model")).to_contain_text("Model is SOMETHING_NEW")
