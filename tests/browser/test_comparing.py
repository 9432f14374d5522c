"""Films that are compared: the pick of them gets a star and a note, and two of them lie over each other."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.form import opened
from tests.conftest import App
from tests.results.conftest import finished
from tests.service.conftest import FORM
from tests.visitors import visitor_named
from weryai_ui.store.records import Intent

FRAMES = "() => [...document.querySelectorAll('.comparing video')].map((video) => video.currentTime)"
LOADED = "() => [...document.querySelectorAll('.comparing video')].every((video) => video.readyState >= 2)"
NARROW_PIXELS = 900
"""Up to this width form and results are two pages."""


def films(app: App, visitor: str, prompts: Sequence[str], **more: object) -> list[Intent]:
    """Finished submissions of a visitor, whose films are kept."""
    return [finished(app.service, visitor, values={**FORM, "prompt": each, **more}) for each in prompts]


def chosen(page: Page, app: App, visitor: str, prompts: Sequence[str]) -> Locator:
    """The page of a visitor whose rows of those prompts are selected, in that order; gives the bar beneath them."""
    page.add_init_script(f"localStorage.setItem('weryai-visitor', '{visitor}')")
    opened(page, app.url)
    size = page.viewport_size
    if size is not None and size["width"] <= NARROW_PIXELS:
        page.locator("#results-tab").click()
    for prompt in prompts:
        page.get_by_label(f"Select: {prompt}").check()
    return page.locator("#history .chosen-row")


def compared(page: Page, app: App, visitor: str, prompts: Sequence[str]) -> Locator:
    """The dialog in which they are compared."""
    chosen(page, app, visitor, prompts).get_by_role("button", name="Compare").click()
    page.wait_for_function(LOADED)
    return page.locator(".comparing")


def test_the_pick_has_a_star_and_a_note_which_is_found_and_taken_along(app: App, page: Page) -> None:
    visitor = visitor_named("picking")
    one, two = films(app, visitor, ("A red boat", "A blue boat"))
    dialog = compared(page, app, visitor, ("A red boat", "A blue boat"))
    picks = dialog.get_by_role("button", name="Pick", exact=True)
    picks.nth(0).click()
    note = dialog.get_by_role("textbox", name="Note")
    expect(note).to_be_focused()
    expect(dialog.get_by_role("button", name="Picked", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(dialog.get_by_role("img", name="Starred")).to_have_count(1)
    # Another pick takes the star along.
    picks.last.click()
    expect(dialog.locator("figure").nth(1).get_by_role("img", name="Starred")).to_be_visible()
    expect(dialog.get_by_role("img", name="Starred")).to_have_count(1)
    note.fill("For Friday:\nthe calmer sea")
    assert violations(page) == []
    dialog.get_by_role("button", name="Close").click()

    row = page.locator(f'#history .rows [data-intent="{two.id}"]')
    expect(row.locator(".own-note")).to_have_text("For Friday:\nthe calmer sea")
    expect(row.get_by_role("img", name="Starred")).to_be_visible()
    expect(page.locator("#task-board .own-note")).to_have_text("For Friday:\nthe calmer sea")
    search = page.get_by_role("searchbox")
    search.fill("calm frid")
    expect(page.locator("#history .rows li")).to_have_count(1)
    row.click()
    details = page.locator("#history dialog").first
    expect(details.get_by_role("textbox", name="Note")).to_have_value("For Friday:\nthe calmer sea")
    details.get_by_role("textbox", name="Note").fill("Taken")
    details.get_by_role("button", name="Close").click()
    expect(page.locator("#history .rows li")).to_have_count(0)
    search.fill("taken")
    expect(row.locator(".own-note")).to_have_text("Taken")

    with page.expect_download() as downloading:
        page.locator("#history .foot").get_by_role("button", name="Export").click()
    exported = json.loads(Path(downloading.value.path()).read_text())
    told = {each["id"]: (each["note"], each["starred"]) for each in exported}
    assert told == {one.id: ("", False), two.id: ("Taken", True)}
    with page.expect_download() as downloading:
        page.locator("#history .chosen-row").get_by_role("button", name="Download as zip").click()
    archive = zipfile.ZipFile(downloading.value.path())
    texts = [json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")]
    assert sorted(each["note"] for each in texts) == ["", "Taken"]


def test_of_several_films_of_one_submission_the_note_says_which_was_picked(app: App, page: Page) -> None:
    visitor = visitor_named("one-of-two")
    films(app, visitor, ("Two boats",), video_number="2")
    dialog = compared(page, app, visitor, ("Two boats",))
    dialog.get_by_role("button", name="Pick", exact=True).nth(1).click()
    expect(dialog.get_by_role("textbox", name="Note")).to_have_value("Video 2: ")


def wiped(page: Page, app: App) -> Locator:
    visitor = visitor_named("wiping")
    if not app.service.tasks(visitor):
        films(app, visitor, ("A sea by day", "A sea by night"))
    dialog = compared(page, app, visitor, ("A sea by day", "A sea by night"))
    dialog.get_by_role("button", name="A/B wipe").click()
    return dialog


def test_two_films_lie_over_each_other_and_a_divider_is_moved_by_keys_and_mouse(app: App, page: Page) -> None:
    dialog = wiped(page, app)
    slider = dialog.get_by_role("slider", name="Divider between A and B")
    expect(slider).to_have_attribute("aria-valuenow", "50")
    expect(slider).to_have_attribute("aria-valuetext", "A 50 %, B 50 %")
    stage = dialog.locator(".stage")
    expect(stage.locator(".label")).to_have_text(["A", "B"])
    boxes = [each.bounding_box() for each in stage.locator("video").all()]
    assert boxes[0] == boxes[1]
    slider.focus()
    for key, value in (
        ("ArrowLeft", 49),
        ("ArrowRight", 50),
        ("PageUp", 60),
        ("Home", 0),
        ("End", 100),
        ("ArrowUp", 100),
    ):
        slider.press(key)
        expect(slider).to_have_attribute("aria-valuenow", str(value))
    box = stage.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 3
    page.mouse.move(box["x"] + box["width"] * 0.8, middle)
    page.mouse.down()
    expect(slider).to_have_attribute("aria-valuenow", "80")
    page.mouse.move(box["x"] + box["width"] * 0.25, middle, steps=4)
    page.mouse.up()
    expect(slider).to_have_attribute("aria-valuenow", "25")
    page.mouse.move(box["x"] + box["width"] * 0.9, middle)
    expect(slider).to_have_attribute("aria-valuenow", "25")
    clip = stage.locator("video").nth(1).evaluate("(video) => getComputedStyle(video).clipPath")
    assert clip == "inset(0px 0px 0px 25%)"
    assert violations(page) == []


def test_both_are_at_the_same_frame_while_they_play_and_when_one_goes_elsewhere(app: App, page: Page) -> None:
    dialog = wiped(page, app)
    dialog.get_by_role("slider", name="Time in both films").fill("500")
    page.wait_for_function(
        """() => {
          const [one, two] = document.querySelectorAll('.comparing video');
          const apart = Math.abs(one.currentTime - two.currentTime);
          return Math.abs(one.currentTime - one.duration / 2) < 0.05 && apart < 0.011;
        }"""
    )
    dialog.get_by_role("slider", name="Time in both films").fill("0")
    dialog.get_by_role("button", name="Play together").click()
    page.wait_for_function(
        """() => {
          const [one, two] = document.querySelectorAll('.comparing video');
          return one.currentTime > 1.5 && !two.paused && Math.abs(one.currentTime - two.currentTime) < 0.04;
        }"""
    )
    dialog.get_by_role("button", name="Play together").click()
    page.wait_for_function(
        """() => {
          const [one, two] = document.querySelectorAll('.comparing video');
          return one.paused && two.paused && Math.abs(one.currentTime - two.currentTime) < 0.011;
        }"""
    )
    # Back beside each other, each with its own controls.
    dialog.get_by_role("button", name="A/B wipe").click()
    expect(dialog.locator(".stage")).to_have_count(0)
    assert dialog.locator(".films video[controls]").count() == 2


def test_a_finger_moves_the_divider(app: App, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    dialog = wiped(page, app)
    slider = dialog.get_by_role("slider", name="Divider between A and B")
    box = dialog.locator(".stage").bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    expect(slider).to_have_attribute("aria-valuenow", "30")
    cdp = context.new_cdp_session(page)

    def touch(kind: str, part: float) -> None:
        points = [{"x": box["x"] + box["width"] * part, "y": box["y"] + box["height"] / 2}]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if kind == "touchEnd" else points})

    touch("touchStart", 0.3)
    for part in (0.4, 0.55, 0.7):
        touch("touchMove", part)
    touch("touchEnd", 0.7)
    expect(slider).to_have_attribute("aria-valuenow", "70")
    context.close()


def test_three_films_have_no_wipe(app: App, page: Page) -> None:
    visitor = visitor_named("no-wipe")
    prompts = ("Boat one", "Boat two", "Boat three")
    films(app, visitor, prompts)
    dialog = compared(page, app, visitor, prompts)
    expect(dialog.get_by_role("button", name="Pick", exact=True)).to_have_count(3)
    expect(dialog.get_by_role("button", name="A/B wipe")).to_have_count(0)
