"""The palette of commands: whatever the page can do, by its name and without a mouse."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.form import box, choose_scenario, opened, press, thumbs, type_in
from tests.conftest import App
from weryai_ui.examples.catalog import EXAMPLES
from weryai_ui.i18n import say

EXAMPLE = next(iter(EXAMPLES))


def asked(page: Page, typed: str) -> None:
    """Opens the palette and types into it."""
    page.keyboard.press("Control+k")
    expect(page.locator("#palette input")).to_be_focused()
    page.keyboard.type(typed)


def did(page: Page, typed: str, command: str) -> None:
    """Does what is found first, which is that command."""
    asked(page, typed)
    first = page.locator("#palette li").first
    expect(first).to_have_text(command)
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_hidden()


def test_a_job_is_done_by_commands_alone(app: App, page: Page) -> None:
    opened(page, app.url)
    box(page, "prompt").focus()
    did(page, "my key", "Send to: WeryAI, my key")
    expect(page.locator("#send-to input:checked")).to_have_value("my-key")
    expect(page.locator("fieldset[data-open]")).to_have_count(0)
    expect(box(page, "prompt")).to_be_focused()
    did(page, "send sandbox", "Send to: Sandbox")
    expect(page.locator("#send-to input:checked")).to_have_value("sandbox")
    title = say(f"example.{EXAMPLE}.title")
    did(page, title, f"Example: {title}")
    expect(page.locator("#task-board .recorded h3")).to_have_text(title)
    did(page, "go length", "Go to: Length")
    expect(box(page, "duration")).to_be_focused()
    did(page, "webhook", "Go to: Webhook URL")  # folded away
    expect(box(page, "webhook_url")).to_be_focused()
    did(page, "refer", "Go to: References")
    expect(page.locator("#references .link")).to_be_focused()
    did(page, "中文", "Language: 中文")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    did(page, "language", "语言：English")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    did(page, "variat", say("variations.open"))
    expect(page.locator("#variations-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    did(page, "generate", "Generate")
    expect(page.locator("#task-board .card")).to_have_count(1)
    did(page, "history", "Go to: History")
    expect(page.locator("#history-search")).to_be_focused()


def test_a_result_is_shown_and_another_page_of_a_narrow_screen_opened(app: App, page: Page) -> None:
    opened(page, app.url)
    choose_scenario(page, "not enough credits")
    for prompt in ("The first", "The second"):
        type_in(page, "prompt", prompt)
        press(page)
        expect(page.locator("#task-board .card")).to_contain_text(prompt)
    did(page, "first", "Show result: The first")
    expect(page.locator("#task-board .card")).to_contain_text("The first")
    expect(thumbs(page, "The first")).to_have_attribute("aria-current", "true")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#results-tab").click()
    did(page, "paste", "Paste a request")
    expect(page.locator("#carry textarea")).to_be_focused()


def test_it_is_a_box_with_a_list_that_the_arrows_go_through(app: App, page: Page) -> None:
    opened(page, app.url)
    page.locator("#check").focus()
    asked(page, "")
    palette = page.get_by_role("dialog", name=say("palette.title"))
    box_ = palette.get_by_role("combobox", name=say("palette.title"), expanded=True)
    chosen = palette.get_by_role("option", selected=True)
    expect(chosen).to_have_text(say("page.generate"))
    assert violations(page) == []
    page.keyboard.press("ArrowUp")
    expect(chosen).to_have_text(say("keys.title"))  # the last one
    expect(chosen).to_be_in_viewport()
    expect(box_).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(chosen).to_have_text(say("page.check"))
    page.keyboard.type("no such thing")
    expect(palette.get_by_role("status")).to_have_text(say("palette.none"))
    expect(palette.get_by_role("combobox", expanded=False)).to_be_focused()
    page.keyboard.press("Enter")
    expect(palette).to_be_visible()
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    expect(page.locator("#check")).to_be_focused()
    # By its own key it closes as well, and nothing opens it over another dialog.
    asked(page, "keyb")
    page.keyboard.press("Control+k")
    expect(palette).to_be_hidden()
    did(page, "shortcuts", say("keys.title"))
    expect(page.locator("#keys")).to_contain_text(re.compile(r"Ctrl \+ K\s*All commands"))
    page.keyboard.press("Control+k")
    expect(palette).to_be_hidden()
    page.keyboard.press("Escape")
    asked(page, "check")
    palette.get_by_role("option", name=say("page.check")).click()
    expect(page.locator("#problems .notice")).not_to_be_empty()
