"""Numbers in the prompt stay true: whatever is moved or removed, a mention names the same reference or is marked."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from tests.browser.form import box, opened, type_in
from tests.conftest import App
from weryai_ui.request.references import MENTION_PATTERNS

FIELD_WORDS = {
    "images": ["image {}", "Image {}", "@image{}", "[Image{}]", "图{}", "图片 {}"],
    "videos": ["video {}", "@video{}", "视频{}"],
    "audios": ["audio {}", "[Audio{}]", "音频{}"],
}
COUNTS = {"images": 9, "videos": 3, "audios": 3}
FIELDS = st.sampled_from(list(COUNTS))
PICK = st.integers(0, 10_000)
STEPS = st.lists(st.tuples(st.sampled_from(["move", "remove", "add"]), FIELDS, PICK, PICK), max_size=12)
START = st.fixed_dictionaries({field: st.integers(0, limit) for field, limit in COUNTS.items()})
WORDS = st.lists(st.tuples(FIELDS, PICK, PICK), max_size=10)


def named(prompt: str, lists: dict[str, list[str]]) -> list[str | None]:
    """What each mention names, kind by kind in the order of the text; None where nothing does."""
    found: list[str | None] = []
    for field, pattern in MENTION_PATTERNS.items():
        for mention in re.finditer(pattern, prompt):
            number = 0 if mention[1] == "?" else int(mention[1])
            found.append(lists[field][number - 1] if 0 < number <= len(lists[field]) else None)
    return found


def test_after_any_moves_removals_and_adds_every_mention_names_the_same_or_is_marked_as_gone(
    app: App, page: Page
) -> None:
    opened(page, app.url)

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(START, WORDS, STEPS)
    def hold(counts: dict[str, int], words: list[tuple[str, int, int]], steps: list[tuple[str, str, int, int]]) -> None:
        lists = {field: [f"{field}-{n}" for n in range(count)] for field, count in counts.items()}
        said = [
            FIELD_WORDS[field][style % len(FIELD_WORDS[field])].format(1 + number % len(lists[field]))
            for field, number, style in words
            if lists[field]
        ]
        form: dict[str, Any] = {"lists": lists, "prompt": "; ".join(said)}
        meant = named(form["prompt"], form["lists"])
        for action, field, first, second in steps:
            now = form["lists"][field]
            if action == "add":
                if len(now) < COUNTS[field]:
                    form["lists"][field] = [*now, f"{field}-new-{first}-{len(now)}"]
                continue
            if not now:
                continue
            order = list(range(len(now)))
            taken = order.pop(first % len(now))
            if action == "move":
                order.insert(second % len(now), taken)
            form = page.evaluate(
                "async ([form, field, order]) => (await window.studio).rearranged(form, field, order)",
                [form, field, order],
            )
            still_there = {link for links in form["lists"].values() for link in links}
            meant = [link if link in still_there else None for link in meant]
            assert named(form["prompt"], form["lists"]) == meant

    hold()


def test_chips_put_the_name_at_the_cursor_and_the_browsers_undo_takes_it_back(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "images", "https://a.example/1.png\nhttps://a.example/2.png")
    prompt = box(page, "prompt")
    prompt.fill("The boat of")
    page.locator("#mentions").get_by_role("button", name="image 2").click()
    expect(prompt).to_have_value("The boat of image 2")
    expect(page.locator("#field-prompt .counter")).to_have_text("19 / 500")
    prompt.press("Control+z")
    expect(prompt).to_have_value("The boat of")


def test_typing_at_offers_the_references_and_the_keyboard_chooses(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "images", "https://a.example/1.png")
    type_in(page, "videos", "https://a.example/clip.mp4")
    prompt = box(page, "prompt")
    prompt.fill("")
    prompt.press_sequentially("ActionBy like @")
    offer = page.locator("#mentions .offer")
    expect(offer.get_by_role("option").locator(".name")).to_have_text(["image 1", "video 1"])
    expect(offer.get_by_role("option").locator(".file")).to_have_text(["1.png", "clip.mp4"])
    expect(offer.get_by_role("option", name="image 1").locator("img")).to_have_attribute(
        "src", "https://a.example/1.png"
    )
    prompt.press("ArrowDown")
    prompt.press("Enter")
    expect(offer).to_be_hidden()
    expect(prompt).to_have_value("ActionBy like video 1")
    prompt.press_sequentially(" @")
    expect(offer).to_be_visible()
    prompt.press("Escape")
    expect(offer).to_be_hidden()


def test_what_is_typed_after_the_at_narrows_what_is_offered(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "images", "https://a.example/harbour.png\nhttps://a.example/lamp.png")
    type_in(page, "videos", "https://a.example/harbour.mp4")
    prompt = box(page, "prompt")
    prompt.fill("")
    prompt.press_sequentially("Open on @Har")
    offered = page.locator("#mentions .offer").get_by_role("option").locator(".name")
    expect(offered).to_have_text(["image 1", "video 1"])
    prompt.press_sequentially("bour.m")
    expect(offered).to_have_text(["video 1"])
    prompt.press("Enter")
    expect(prompt).to_have_value("Open on video 1")
    prompt.press_sequentially(" and @image")
    expect(offered).to_have_text(["image 1", "image 2"])
    prompt.press_sequentially(" 2")
    expect(page.locator("#mentions .offer")).to_be_hidden()
    prompt.press_sequentially(", @somewhere")
    expect(page.locator("#mentions .offer")).to_be_hidden()
    prompt.fill("")
    prompt.press_sequentially("@i")
    prompt.press("Escape")
    prompt.press_sequentially("ma")
    expect(page.locator("#mentions .offer")).to_be_hidden()


WIDTH_OF = """(text) => {
  const style = getComputedStyle(document.querySelector("#field-prompt textarea"));
  const context = document.createElement("canvas").getContext("2d");
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  return context.measureText(text).width;
}"""
TEXT_FROM = """(box) => {
  const style = getComputedStyle(box);
  const { left, top } = box.getBoundingClientRect();
  const pixels = (name) => parseFloat(style[name]);
  const inside = (side) => pixels(`border${side}Width`) + pixels(`padding${side}`);
  return [left + inside("Left"), top + inside("Top"), pixels("lineHeight")];
}"""
CLOSE = 3
"""Pixels."""


def offered_at(page: Page) -> dict[str, float]:
    """The place of the menu, once it is there."""
    offer = page.locator("#mentions .offer")
    expect(offer).to_be_visible()
    found = offer.bounding_box()
    assert found is not None
    x, y, width, height = found["x"], found["y"], found["width"], found["height"]
    return {"x": x, "y": y, "right": x + width, "bottom": y + height}


def test_the_menu_opens_at_the_letter_that_was_typed(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "images", "https://a.example/1.png")
    prompt = box(page, "prompt")
    prompt.fill("")
    prompt.press_sequentially("One line\n@")
    left, top, line = prompt.evaluate(TEXT_FROM)
    at = offered_at(page)
    assert abs(at["x"] - left) <= CLOSE
    assert 0 <= at["y"] - (top + 2 * line) <= line
    prompt.press("Backspace")
    prompt.press_sequentially("Like the red boat of @")
    at = offered_at(page)
    assert abs(at["x"] - (left + page.evaluate(WIDTH_OF, "Like the red boat of "))) <= CLOSE
    prompt.press("ArrowLeft")
    expect(page.locator("#mentions .offer")).to_be_hidden()


def test_on_a_phone_the_menu_stays_on_the_screen_and_shows_what_is_chosen(app: App, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, app.url)
    links = "\n".join(f"https://a.example/a-name-that-is-long-for-a-phone-{n}.png" for n in range(9))
    type_in(page, "images", links)
    prompt = box(page, "prompt")
    prompt.fill("")
    for text in ("@", "Words up to the end of the line then @", "\n\n\n\n\n\n\n\n@"):
        prompt.press_sequentially(text)
        at = offered_at(page)
        assert 0 <= at["x"] < at["right"] <= 390, text
        assert 0 <= at["y"] < at["bottom"] <= 844, text
    prompt.press("ArrowUp")
    last = page.locator("#mentions .offer").get_by_role("option").last
    expect(last).to_have_attribute("aria-selected", "true")
    expect(last).to_be_in_viewport(ratio=0.99)
    prompt.press("Enter")
    assert prompt.input_value().endswith("image 9")


def test_where_a_picture_cannot_be_shown_the_menu_has_the_sign_of_its_kind(
    app: App, page: Page, troubles: list[str]
) -> None:
    page.context.route("https://b.example/1.png", lambda route: route.fulfill(status=404, body=""))
    opened(page, app.url)
    type_in(page, "images", "https://b.example/1.png")
    prompt = box(page, "prompt")
    prompt.fill("")
    prompt.press_sequentially("@")
    expect(page.locator("#mentions .offer .picture")).to_have_text("▣")
    troubles.clear()  # the browser tells of the picture that is not there
