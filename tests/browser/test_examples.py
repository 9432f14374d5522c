"""The examples: one submission fills the whole form and shows a recorded run, and nothing is sent."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.browser.form import box, choose_example, opened, press, type_in, until
from tests.conftest import App
from weryai_ui.examples.catalog import EXAMPLES
from weryai_ui.i18n import say
from weryai_ui.request.fields import REFERENCE_FIELDS

FIRST = next(iter(EXAMPLES.values()))
RICHEST = max(EXAMPLES.values(), key=lambda example: len(example.assets))
SEVERAL = next(example for example in EXAMPLES.values() if len(example.recorded().results) > 1)


def choose(page: Page, name: str) -> None:
    choose_example(page, name)
    expect(page.locator("#task-board .recorded h3")).to_have_text(say(f"example.{name}.title"))


def test_every_example_has_its_picture_and_its_name(app: App, page: Page) -> None:
    opened(page, app.url)
    expect(page.locator("#examples .strip button")).to_have_count(12)
    for name in EXAMPLES:
        button = page.locator(f'#examples [data-example="{name}"]')
        expect(button).to_have_text(say(f"example.{name}.title"))
        expect(button).to_have_attribute("title", say(f"example.{name}.look"))
        button.scroll_into_view_if_needed()
        page.wait_for_function(
            "name => document.querySelector(`[data-example='${name}'] img`).naturalWidth > 0", arg=name
        )


def test_every_example_fills_the_whole_form_and_sends_nothing(app: App, page: Page) -> None:
    opened(page, app.url)
    for example in EXAMPLES.values():
        choose(page, example.id)
        expect(box(page, "prompt")).to_have_value(example.values["prompt"])
        counts = {name: len(example.values[name]) for name in ("images", "videos", "audios")}
        filled = "Object.entries(counts).every(([name, count]) => listsOf(form.values)[name].length === count)"
        until(page, f"({{ form, listsOf }}, counts) => {filled}", counts)
        values = page.evaluate("async () => (await window.studio).form.values")
        for name in ("aspect_ratio", "resolution", "generate_audio"):
            assert values[name] == example.values[name]
        assert (int(values["duration"]), int(values["video_number"])) == (
            example.values["duration"],
            example.values["video_number"],
        )
        expect(page.locator("#problems li")).to_have_count(0)
    expect(page.locator("#task-board .cards .card")).to_have_count(0)
    assert app.service.tasks(page.evaluate("async () => (await window.studio).visitor()")) == ()


def test_a_recorded_run_shows_its_request_its_answer_and_its_result(app: App, page: Page) -> None:
    opened(page, app.url)
    choose(page, SEVERAL.id)
    run = SEVERAL.recorded()
    recorded = page.locator("#task-board .recorded")
    expect(recorded).to_contain_text(say("board.recorded"))
    expect(recorded).to_contain_text(say(f"example.{SEVERAL.id}.look"))
    expect(recorded.locator("video")).to_have_count(len(run.results))
    page.wait_for_function(
        "() => [...document.querySelectorAll('#task-board .recorded video')].every((v) => v.readyState >= 1)"
    )
    # What would go out of the form, whose files are not at the service yet; and the answer of the recorded run.
    shown, recorded_request = page.locator("#request-json code"), json.loads(run.request)
    expect(page.locator("#request-json .live")).to_be_visible()
    page.wait_for_function(
        "prompt => JSON.parse(document.querySelector('#request-json code').innerText).prompt === prompt",
        arg=recorded_request["prompt"],
    )
    would_go_out = json.loads(shown.inner_text())
    assert would_go_out.keys() == recorded_request.keys()
    assert all(would_go_out[name] == value for name, value in recorded_request.items() if name not in REFERENCE_FIELDS)
    assert json.loads(page.locator("#response-json code").inner_text()) == json.loads(run.response)
    expect(page.locator("#response-json .facts")).to_contain_text("HTTP 200")


def test_the_example_as_it_stands_in_the_form_is_generated_by_one_press(app: App, page: Page) -> None:
    opened(page, app.url)
    choose(page, RICHEST.id)
    press(page)
    expect(page.locator("#task-board .cards .card .state")).to_have_text("Ready", timeout=60_000)
    expect(page.locator("#task-board .recorded")).to_be_empty()


def test_what_was_typed_before_an_example_is_one_press_away(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "My own words")
    choose(page, FIRST.id)
    expect(box(page, "prompt")).to_have_value(FIRST.values["prompt"])
    page.get_by_role("button", name=say("carry.back")).click()
    expect(box(page, "prompt")).to_have_value("My own words")
    page.locator("#task-board .recorded").get_by_role("button", name="Close").click()
    expect(page.locator("#task-board .recorded")).to_be_empty()


def test_only_pictures_and_results_of_the_examples_are_served(app: App, page: Page) -> None:
    for path in ("catalog.py", "../catalog.py", "%2e%2e/catalog.py", "..%2fcatalog.py", f"{FIRST.id}.json"):
        assert page.request.get(f"{app.url}/examples/{path}").status == 404
