"""English and Chinese: the browser decides first, a switch afterwards, and nothing typed is lost by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.form import box, choose, choose_scenario, opened, press, type_in
from tests.conftest import App
from weryai_ui.i18n import FOR_BROWSER, Locale, locale_of, say, speaking
from weryai_ui.request.fields import FIELDS

ZH = FOR_BROWSER[Locale.ZH]
PROMPT = "图片 1 里的纸船驶过水面"


@pytest.fixture
def chinese_page(browser: Browser) -> Iterator[Page]:
    """A page in a browser that asks for Chinese."""
    context = browser.new_context(locale="zh-CN")
    yield context.new_page()
    context.close()


def switch(page: Page, name: str) -> None:
    page.locator("#heading").get_by_role("button", name=name, exact=True).click()


def cjk_missing(text: str) -> bool:
    return not any("\u4e00" <= letter <= "\u9fff" for letter in text)


@pytest.mark.parametrize(
    ("tag", "locale"),
    [("zh", "zh"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("ZH-hans", "zh"), ("en-GB", "en"), ("fr", "en"), (None, "en")],
)
def test_a_browsers_wish_names_one_of_the_two_languages(tag: str | None, locale: str) -> None:
    assert locale_of(tag) == locale


def test_the_browsers_language_decides_at_first(app: App, chinese_page: Page) -> None:
    page = opened(chinese_page, app.url)
    expect(page.locator("h1")).to_have_text(ZH["page"]["title"])
    expect(page.locator("#generate")).to_have_text(ZH["page"]["generate"])
    assert page.evaluate("() => document.documentElement.lang") == "zh-CN"
    assert page.title() == ZH["page"]["title"]


def test_the_switch_speaks_everywhere_at_once_and_keeps_what_was_typed(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", PROMPT)
    type_in(page, "duration", "77")
    switch(page, "中文")
    with speaking(Locale.ZH):
        labels = {name: (spec.label, spec.help) for name, spec in FIELDS.items()}
    for name in ("prompt", "aspect_ratio", "duration", "generate_audio"):
        for words in labels[name]:
            expect(page.locator(f"#field-{name}")).to_contain_text(words)
    expect(page.locator("#send-to")).to_contain_text(ZH["send_to"]["my-key"])
    expect(page.locator("#references h2")).to_have_text(ZH["tray"]["title"])
    expect(page.locator("#request-tab")).to_have_text(ZH["common"]["request"])
    expect(page.locator("#scenario input")).to_have_value(ZH["scenario"]["sk-sandbox"])
    assert box(page, "prompt").input_value() == PROMPT
    # What is wrong with the form is said again in the language that is spoken now.
    expect(page.locator("#note-duration")).to_have_text("时长的值为 77，必须在 5 到 15 之间。")
    page.reload()
    expect(page.locator("h1")).to_have_text(ZH["page"]["title"])
    switch(page, "English")
    expect(page.locator("h1")).to_have_text(say("page.title"))
    expect(page.locator("#note-duration")).to_have_text("Length is 77; it must be from 5 to 15.")


def test_no_english_is_left_over_in_chinese(app: App, page: Page) -> None:
    opened(page, app.url)
    switch(page, "中文")
    expect(page.locator("#generate")).to_have_text(ZH["page"]["generate"])
    expect(page.locator("#history .foot")).to_contain_text(ZH["moving"]["have"])  # drawn by the server's next answer
    buttons = page.locator("main button:visible, main label:visible, main h2:visible, main legend:visible")
    texts = {text.strip() for text in buttons.all_inner_texts()}
    ours = {text for text in texts if cjk_missing(text) and any(letter.isalpha() for letter in text)}
    assert ours <= {"English", "API", "cURL", "Python", "JavaScript", "480p", "720p", "WEBHOOK URL", "Webhook URL"}


def test_a_card_and_its_failure_are_told_in_the_visitors_language(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "A boat")
    choose_scenario(page, "6004")
    press(page)
    card = page.locator("#task-board .card")
    expect(card.locator(".state")).to_have_text("Failed", timeout=30_000)
    switch(page, "中文")
    expect(card.locator(".state")).to_have_text("失败")
    expect(card.locator(".time")).to_contain_text("秒")
    with speaking(Locale.ZH):
        expect(card).to_contain_text(say("says.charged_unknown"))
    # The service's own message is shown as it came.
    expect(card).to_contain_text("Generation failed. Please try again later or change the request.")
    expect(page.locator("#history .rows")).to_contain_text("失败")
    switch(page, "English")
    expect(card.locator(".state")).to_have_text("Failed")


def test_a_refusal_of_the_server_speaks_the_visitors_language(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "A boat")
    switch(page, "中文")
    choose(page, "send-to", ZH["send_to"]["my-key"])
    press(page)
    with speaking(Locale.ZH):
        expect(page.locator("#problems .refusal")).to_have_text(say("key.empty"))
