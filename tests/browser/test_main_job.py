"""The whole job in a real browser: fill, be corrected, generate, watch."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.form import box, choose, choose_scenario, opened, press, type_in
from tests.conftest import App
from tests.contract import examples
from weryai_ui.files.object_storage import ObjectStorage
from weryai_ui.i18n import say


def shown_json(page: Page, pane: str) -> str:
    return page.locator(f"#{pane} code").inner_text()


def cards(page: Page) -> object:
    return page.locator("#task-board .card")


def test_three_problems_show_at_once_are_corrected_and_the_video_plays(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "A paper boat " * 50)
    type_in(page, "images", "example.com/boat.png")
    type_in(page, "duration", "16")
    press(page)
    problems = page.locator("#problems .problems li")
    expect(problems).to_have_count(3)
    expect(page.locator("#note-prompt")).to_have_text("Prompt is 650 characters; the limit is 500.")
    expect(page.locator("#note-images")).to_contain_text("Image 1 must start with https:// or http://")
    expect(page.locator("#note-duration")).to_have_text("Length is 16; it must be from 5 to 15.")
    expect(box(page, "duration")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#task-board .card")).to_have_count(0)

    type_in(page, "prompt", "A paper boat sails through a library")
    type_in(page, "images", "https://example.com/boat.png")
    type_in(page, "duration", "5")
    expect(problems).to_have_count(0)
    choose(page, "resolution", "480p")
    press(page)

    card = page.locator("#task-board .card").first
    expect(card).to_contain_text("A paper boat sails through a library")
    video = card.locator("video")
    expect(video).to_be_visible(timeout=30_000)
    expect(card.locator(".state")).to_have_text("Ready")
    video.evaluate("video => { video.muted = true; return video.play(); }")
    page.wait_for_function("() => document.querySelector('#task-board video').currentTime > 0.3", timeout=60_000)
    assert video.evaluate("video => [video.videoWidth, video.videoHeight]") == [854, 480]
    with page.expect_download() as downloading:
        card.get_by_role("link", name="Download").click()
    assert downloading.value.suggested_filename.endswith(".mp4")


def test_the_contracts_example_leaves_as_it_stands_and_its_answer_shows_as_it_came(app: App, page: Page) -> None:
    opened(page, app.url)
    example = json.loads(examples.REQUEST)
    for name in ("prompt", "images", "videos", "audios"):
        value = example[name]
        type_in(page, name, "\n".join(value) if isinstance(value, list) else value)
    press(page)
    expect(page.locator("#response-json code")).to_contain_text("task_id")
    assert shown_json(page, "request-json") == examples.REQUEST
    answer = json.loads(shown_json(page, "response-json"))
    assert answer == {**json.loads(examples.ANSWER), "data": answer["data"]}
    assert answer["data"]["task_status"] == "waiting"
    expect(page.locator("#request-json .facts")).to_contain_text(
        re.compile(r"POST http://127\.0\.0\.1:\d+/sandbox/v1/generation/almighty-reference-to-video")
    )
    expect(page.locator("#response-json .facts")).to_contain_text("HTTP 200")


def test_check_only_shows_the_body_and_sends_nothing(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "Only checked")
    type_in(page, "caller_id", "9223372036854775807")
    press(page, "check")
    expect(page.locator("#request-json code")).to_contain_text('"caller_id": 9223372036854775807')
    expect(page.locator("#response-json code")).to_contain_text("The raw response appears here")
    expect(page.locator("#task-board .card")).to_have_count(0)


def test_pressing_twice_quickly_sends_once(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "Pressed twice")
    page.locator("#generate").dblclick()
    expect(page.locator("#task-board .card")).to_have_count(1)
    expect(page.locator("#task-board video")).to_be_visible(timeout=30_000)
    expect(page.locator("#task-board .card")).to_have_count(1)


def test_four_videos_are_followed_each_and_one_failure_hides_none(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "Four boats")
    choose(page, "resolution", "480p")
    choose(page, "video_number", "4")
    choose_scenario(page, "last of several")
    press(page)
    card = page.locator("#task-board .card").first
    expect(card.locator("video")).to_have_count(3, timeout=60_000)
    expect(card.locator(".state")).to_have_text("3 of 4 ready")
    expect(card).to_contain_text("Video 4: Failed")


def test_a_refusal_says_whose_move_it_is_and_leaves_the_form(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "No credits for this")
    choose_scenario(page, "not enough credits")
    press(page)
    card = page.locator("#task-board .card").first
    expect(card.locator(".state")).to_have_text("Refused")
    expect(card).to_contain_text("There are not enough credits.")
    expect(card).to_contain_text("The account's owner has to act:")
    expect(card).to_contain_text("The service says:")
    expect(page.locator("#response-json code")).to_contain_text('"status": 1011')
    expect(box(page, "prompt")).to_have_value("No credits for this")


def test_an_answer_that_is_no_json_is_shown_as_it_came_and_called_unknown(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "Something odd")
    choose_scenario(page, "not JSON")
    press(page)
    card = page.locator("#task-board .card").first
    expect(card.locator(".state")).to_have_text("Unknown: it may have been accepted and charged")
    expect(page.locator("#response-json code")).to_contain_text("<")


def test_a_copy_has_every_field(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "Again, with everything")
    type_in(page, "images", "https://example.com/1.png\nhttps://example.com/2.png")
    choose(page, "aspect_ratio", "9:16")
    choose(page, "generate_audio", "Not set")
    type_in(page, "caller_id", "-9223372036854775808")
    press(page)
    card = page.locator("#task-board .card").first
    expect(card).to_contain_text("Again, with everything")
    sent = shown_json(page, "request-json")
    for name in ("prompt", "images", "caller_id"):
        type_in(page, name, "")
    choose(page, "aspect_ratio", "1:1")
    card.get_by_role("button", name="Edit a copy").click()
    expect(box(page, "prompt")).to_have_value("Again, with everything")
    expect(box(page, "caller_id")).to_have_value("-9223372036854775808")
    press(page, "check")
    expect(page.locator("#response-json code")).to_contain_text("The raw response appears here")
    # What the form means is shown as it follows: it is filled field by field.
    page.wait_for_function("sent => document.querySelector('#request-json code').innerText === sent", arg=sent)


def test_run_again_sends_the_same_request_once_more_and_leaves_the_form_alone(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "Once more, please")
    choose(page, "aspect_ratio", "9:16")
    press(page)
    card = page.locator("#task-board .card").filter(has_text="Once more, please")
    expect(card.locator("video")).to_be_visible(timeout=60_000)
    type_in(page, "prompt", "Something else meanwhile")
    visitor = page.evaluate("async () => (await window.studio).visitor()")
    (first,) = app.service.tasks(visitor)
    card.get_by_role("button", name="Run again").click()
    expect(page.locator(f"#task-board .chosen .card:not([data-intent='{first.id}'])")).to_be_visible()
    second, before = app.service.tasks(visitor)
    assert before.id == first.id
    assert second.payload | {"webhook_url": ""} == first.payload | {"webhook_url": ""}
    assert second.came_from == first.id
    expect(box(page, "prompt")).to_have_value("Something else meanwhile")
    expect(page.locator("#task-board .chosen .card")).to_have_attribute("data-intent", second.id)


def test_a_copy_is_edited_and_nothing_is_sent_until_it_is_generated(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "A copy of this")
    choose(page, "aspect_ratio", "9:16")
    press(page)
    card = page.locator("#task-board .card").filter(has_text="A copy of this")
    expect(card).to_be_visible()
    choose(page, "aspect_ratio", "1:1")
    type_in(page, "prompt", "Something else")
    visitor = page.evaluate("async () => (await window.studio).visitor()")
    before = len(app.service.tasks(visitor))
    card.get_by_role("button", name="Edit a copy").click()
    expect(box(page, "prompt")).to_have_value("A copy of this")
    expect(box(page, "prompt")).to_be_focused()
    expect(page.locator('#field-aspect_ratio input[value="9:16"]')).to_be_checked()
    expect(page.locator("#carry")).to_contain_text("The form is a copy of that request. Nothing was sent.")
    assert len(app.service.tasks(visitor)) == before
    type_in(page, "prompt", "A copy of this, at night")
    press(page)
    expect(page.locator("#task-board .card").filter(has_text="at night")).to_be_visible()
    newest, *_, first = app.service.tasks(visitor)[: before + 1]
    assert (newest.payload["aspect_ratio"], newest.came_from) == ("9:16", app.service.tasks(visitor)[1].id)
    assert first.payload["prompt"] == "A copy of this"


def test_a_film_that_plays_goes_on_when_its_copy_has_come(
    app: App, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_be_kept = threading.Event()
    put = ObjectStorage.put

    def put_later(storage: ObjectStorage, key: str, path: Path) -> None:
        assert may_be_kept.wait(60)
        put(storage, key, path)

    monkeypatch.setattr(ObjectStorage, "put", put_later)
    opened(page, app.url)
    type_in(page, "prompt", "Watched while it is copied")
    choose(page, "resolution", "480p")
    press(page)
    card = page.locator("#task-board .card").first
    video = card.locator("video")
    expect(video).to_be_visible(timeout=30_000)
    video.focus()
    video.evaluate("video => { window.watched = video; video.muted = video.loop = true; return video.play(); }")
    page.wait_for_function("() => window.watched.currentTime > 0.3", timeout=60_000)
    may_be_kept.set()
    expect(card).to_contain_text(say("kept.kept"), timeout=30_000)
    assert video.evaluate("video => video === window.watched && !video.paused && video.currentTime > 0")
    expect(video).to_be_focused()
    expect(card.get_by_role("link", name="Download")).to_have_attribute("href", re.compile("/kept/"))
