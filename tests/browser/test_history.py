"""The history of one visitor: filter, open, run again, forget, export; and the choices of an unknown outcome."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.form import answer, box, choose, choose_scenario, opened, press, thumbs, type_in
from tests.browser.states import speak
from tests.conftest import App
from tests.durability.scripted import new_intent, submission
from tests.visitors import VISITOR, visitor_named
from weryai_ui.access.accounts import visitor_id
from weryai_ui.client.outcome import Outcome


def made(page: Page, prompt: str, scenario: str) -> None:
    cards = page.locator("#task-board .card").filter(has_text=prompt)
    type_in(page, "prompt", prompt)
    choose(page, "resolution", "480p")
    choose_scenario(page, scenario)
    press(page)
    expect(cards).to_have_count(1)


def rows(page: Page) -> list[str]:
    return page.locator("#history .prompt").all_inner_texts()


def filter(page: Page, words: str) -> None:
    page.locator("#history .filters").get_by_role("button", name=words, exact=True).click()


def test_the_history_is_searched_while_one_types(app: App, page: Page) -> None:
    store, mine = app.service._store, visitor_id(VISITOR)
    for number, prompt in enumerate(("A paper boat", "纸船在雨中", "A lantern")):
        new = new_intent(visitor=mine, idempotency_key=f"{number:032x}")
        new = replace(
            new, body=json.dumps({**json.loads(new.body), "model": "SEEDANCE_2_0", "duration": 5, "prompt": prompt})
        )
        store.finish(store.begin(new).intent.id, submission(Outcome.REJECTED), 0.0)
    page.add_init_script(f"localStorage.setItem('weryai-visitor', '{VISITOR}')")
    opened(page, app.url)
    search = page.get_by_role("searchbox", name="Search titles, notes, prompts and file names")
    for words, prompts in (
        ("BOAT", ["A paper boat"]),
        ("雨中", ["纸船在雨中"]),
        ("", ["A lantern", "纸船在雨中", "A paper boat"]),
    ):
        search.fill(words)
        expect(page.locator("#history .prompt")).to_have_text(prompts)
    search.fill("nowhere")
    expect(page.locator("#history .nothing span")).to_have_text("No results match: “nowhere”.")
    search.fill("")
    filter(page, "Starred")
    expect(page.locator("#history .nothing span")).to_have_text("No results match: Starred.")


def test_a_title_stands_in_the_history_and_on_the_card_and_is_found(app: App, page: Page) -> None:
    opened(page, app.url)
    made(page, "A prompt without a name", "not enough credits")
    page.locator("#task-board .card .details").click()
    title = page.get_by_role("textbox", name="Title", exact=True)
    title.fill("Take 2, for Friday")
    title.press("Enter")
    expect(page.locator("#history .prompt strong")).to_have_text("Take 2, for Friday")
    expect(page.locator("#task-board .card .own-title")).to_have_text("Take 2, for Friday")
    assert violations(page) == []
    page.locator("#history dialog").get_by_role("button", name="Close").click()
    search = page.get_by_role("searchbox", name="Search titles, notes, prompts and file names")
    search.fill("friday")
    expect(page.locator("#history .rows li")).to_have_count(1)
    search.fill("monday")
    expect(page.locator("#history .rows li")).to_have_count(0)
    search.fill("")


def test_the_history_is_narrowed_by_model_destination_and_time_and_says_by_what(app: App, page: Page) -> None:
    store, mine = app.service._store, visitor_id(visitor_named("narrowing"))
    made_before = (
        ("Slow", "SEEDANCE_2_0", "sandbox"),
        ("Fast", "WERYDANCE_2_0_FAST", "my-key"),
        ("Mini", "SEEDANCE_2_0", "my-key"),
    )
    for number, (prompt, model, send_to) in enumerate(made_before):
        new = new_intent(visitor=mine, idempotency_key=f"{number:032x}", send_to=send_to)
        body = json.dumps({**json.loads(new.body), "model": model, "duration": 5, "prompt": prompt})
        store.finish(store.begin(replace(new, body=body)).intent.id, submission(Outcome.REJECTED), 0.0)
    page.add_init_script(f"localStorage.setItem('weryai-visitor', '{visitor_named('narrowing')}')")
    opened(page, app.url)
    prompts = page.locator("#history .prompt")
    expect(prompts).to_have_text(["Mini", "Fast", "Slow"])
    models = page.get_by_label("Model", exact=True).last
    expect(models.locator("option")).to_have_text(["All models", "Seedance 2.0", "Werydance 2.0", "Werydance 2.0 Fast"])
    models.select_option("Seedance 2.0")
    expect(prompts).to_have_text(["Mini", "Slow"])
    page.get_by_label("Order").select_option("oldest")
    expect(prompts).to_have_text(["Slow", "Mini"])
    page.get_by_label("Sent to").select_option("my-key")
    expect(prompts).to_have_text(["Mini"])
    page.get_by_label("When").select_option("today")
    expect(prompts).to_have_text(["Mini"])
    page.get_by_label("When").select_option("between")
    page.get_by_label("To", exact=True).fill("2020-01-01")
    nothing = page.locator("#history .nothing")
    expect(nothing).to_contain_text("No results match: Seedance 2.0 · WeryAI, my key · – 2020-01-01.")
    assert violations(page) == []
    nothing.get_by_role("button", name="Clear filters").click()
    expect(prompts).to_have_text(["Mini", "Fast", "Slow"])


def test_the_history_filters_by_state_opens_one_and_exports(app: App, page: Page) -> None:
    opened(page, app.url)
    expect(page.locator("#history .nothing")).to_be_visible()
    made(page, "The ready one", "Succeeds after a few seconds")
    expect(page.locator("#task-board video")).to_be_visible(timeout=30_000)
    made(page, "The refused one", "not enough credits")
    made(page, "The unknown one", "not JSON")
    made(page, "The slow one", "minute and a half")
    expect(page.locator("#history .rows li")).to_have_count(4)
    assert rows(page) == ["The slow one", "The unknown one", "The refused one", "The ready one"]
    kept = page.locator("#history .kept")
    expect(kept).to_contain_text("Days kept: 90 (sandbox: 7).")
    expect(kept).to_contain_text("the newest 10,000 for each key (sandbox: 1,000).")
    for words, prompt in (
        ("Running", "The slow one"),
        ("Ready", "The ready one"),
        ("Failed or refused", "The refused one"),
        ("Unknown", "The unknown one"),
    ):
        filter(page, words)
        expect(page.locator("#history .rows li")).to_have_count(1)
        expect(page.locator("#history .prompt")).to_have_text(prompt)

    filter(page, "Ready")
    expect(page.locator("#history .prompt")).to_have_text("The ready one")
    page.locator("#history .rows button").click()
    dialog = page.locator("#history dialog")
    expect(dialog.locator("video")).to_be_visible()
    expect(dialog).to_contain_text('"prompt": "The ready one"')
    expect(dialog).to_contain_text('"task_status": "waiting"')
    timeline = dialog.locator("details")
    expect(timeline.nth(0)).to_contain_text("Check · passed")
    expect(timeline.nth(1)).to_contain_text("Submit · HTTP 200")
    expect(timeline.last).to_contain_text("Status · HTTP 200")
    timeline.last.locator("summary").click()
    expect(timeline.last).to_contain_text('"task_status": "succeed"')
    with page.expect_download():
        dialog.get_by_role("link", name="Download").click()
    dialog.get_by_role("button", name="Close").click()
    page.locator("#history .rows button").click()
    expect(dialog.locator("details").last).to_contain_text("Download · by the browser")
    with page.expect_download() as downloading:
        dialog.get_by_role("button", name="Export as JSON").click()
    exported = json.loads(Path(downloading.value.path()).read_text())
    assert exported["request"]["prompt"] == "The ready one"
    assert exported["exchanges"][0]["kind"] == "submit"
    with page.expect_download() as downloading:
        dialog.get_by_role("button", name="Export as HAR").click()
    entries = json.loads(Path(downloading.value.path()).read_text())["log"]["entries"]
    assert json.loads(entries[0]["request"]["postData"]["text"])["prompt"] == "The ready one"
    assert entries[0]["response"]["status"] == 200
    assert "sk-sandbox" not in json.dumps(entries)
    dialog.get_by_role("button", name="Edit a copy").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#carry")).to_contain_text("The form is a copy of that request. Nothing was sent.")
    expect(box(page, "prompt")).to_have_value("The ready one")
    page.locator("#history .rows button").click()
    dialog.get_by_role("button", name="Run again").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#history .rows li")).to_have_count(2, timeout=30_000)


def test_the_history_goes_on_after_a_row_that_was_forgotten_meanwhile(app: App, page: Page) -> None:
    opened(page, app.url)
    visitor = page.evaluate("async () => (await window.studio).visitor()")
    for _ in range(45):
        body = '{"model":"SEEDANCE_2_0","prompt":"One of many","duration":5}'
        new = replace(new_intent(send_to="sandbox", visitor=visitor_id(visitor)), body=body)
        app.service._store.finish(app.service._store.begin(new).intent.id, submission(Outcome.REJECTED), 0.0)
    ids = [intent.id for intent in app.service.tasks(visitor, limit=100)]
    filter(page, "Failed or refused")
    shown = page.locator("#history .rows button")
    expect(shown).to_have_count(20)
    for newer in (20, 40):
        app.service.forget(visitor, ids[newer - 1])
        page.locator("#history .foot").get_by_role("button", name="Show more").click()
        expect(shown).to_have_count(min(newer + 20, 45))
        expect(shown.nth(newer)).to_be_focused()
    assert shown.evaluate_all("rows => rows.map(row => row.dataset.intent)") == ids
    expect(page.locator("#history .foot").get_by_role("button", name="Show more")).to_have_count(0)


def test_several_are_starred_taken_home_and_forgotten_at_once(app: App, page: Page) -> None:
    opened(page, app.url)
    for prompt in ("The first boat", "The second boat", "The third boat"):
        made(page, prompt, "not enough credits")
    expect(page.locator("#history .rows li")).to_have_count(3)
    bar = page.locator("#history .chosen-row")
    expect(bar).to_be_hidden()
    page.get_by_label("Select: The first boat").check()
    page.get_by_label("Select: The third boat").check()
    expect(bar.locator(".count")).to_have_text("2 selected")
    expect(page.locator("#share-selected")).to_be_disabled()
    bar.get_by_role("button", name="Star", exact=True).click()
    expect(page.locator("#history .rows .star")).to_have_count(2)
    bar.get_by_role("button", name="Remove stars").click()
    expect(page.locator("#history .rows .star")).to_have_count(0)
    with page.expect_download() as downloading:
        bar.get_by_role("button", name="Download as zip").click()
    names = [name[11:] for name in zipfile.ZipFile(downloading.value.path()).namelist()]
    assert sorted(names) == ["The first boat.json", "The third boat.json"]
    assert violations(page) == []
    bar.get_by_role("button", name="Forget").click()
    assert answer(page, "Remove them") == "Remove 2 results from your history? They are not deleted at WeryAI."
    expect(page.locator("#history .prompt")).to_have_text(["The second boat"])
    expect(page.locator("#task-board .card")).to_have_count(1)
    expect(bar).to_be_hidden()
    page.get_by_label("Select: The second boat").check()
    bar.get_by_role("button", name="Clear selection").click()
    expect(page.get_by_label("Select: The second boat")).not_to_be_checked()


def test_films_are_compared_side_by_side_with_what_differs(app: App, page: Page) -> None:
    page.add_init_script(f"localStorage.setItem('weryai-visitor', '{visitor_named('comparing')}')")
    opened(page, app.url)
    for prompt, ratio in (("A red boat drifts", "16:9"), ("A blue boat drifts", "1:1")):
        choose(page, "aspect_ratio", ratio)
        made(page, prompt, "Succeeds after a few seconds")
        expect(page.locator("#task-board .card").filter(has_text=prompt).locator("video")).to_be_visible(timeout=60_000)
    expect(page.locator("#history .rows .tone-good")).to_have_count(2)
    compare = page.locator("#history .chosen-row").get_by_role("button", name="Compare")
    page.get_by_label("Select: A red boat drifts").check()
    expect(compare).to_be_disabled()
    page.get_by_label("Select: A blue boat drifts").check()
    compare.click()
    dialog = page.locator(".comparing")
    expect(dialog.locator("video")).to_have_count(2)
    expect(dialog.locator("tr").first.locator("th")).to_have_text(
        ["Field", "1. A red boat drifts", "2. A blue boat drifts"]
    )
    expect(dialog.locator("tr").nth(1)).to_have_text("Aspect ratio16:91:1")
    expect(dialog.locator("tr")).to_have_count(3)
    expect(dialog.locator("del")).to_have_text("red")
    expect(dialog.locator("ins")).to_have_text("blue")
    assert violations(page) == []

    times = "() => [...document.querySelectorAll('.comparing video')].map((video) => video.currentTime)"
    page.wait_for_function(
        "() => [...document.querySelectorAll('.comparing video')].every((video) => video.readyState >= 2)"
    )
    for _ in range(3):
        dialog.get_by_role("button", name="Frame forward").click()
    assert page.evaluate(times) == pytest.approx([3 / 24] * 2, abs=0.002)
    dialog.get_by_role("button", name="Frame back").click()
    assert page.evaluate(times) == pytest.approx([2 / 24] * 2, abs=0.002)
    dialog.get_by_role("button", name="Play together").click()
    page.wait_for_function(
        """() => {
          const [one, two] = document.querySelectorAll('.comparing video');
          return one.currentTime > 0.8 && !two.paused && Math.abs(one.currentTime - two.currentTime) < 0.25;
        }"""
    )
    dialog.get_by_role("button", name="Close").click()
    expect(page.locator(".comparing video")).to_have_count(0)
    expect(compare).to_be_focused()


def test_forgetting_takes_it_out_here_and_says_that_the_service_keeps_it(app: App, page: Page) -> None:
    opened(page, app.url)
    made(page, "To be forgotten", "not enough credits")
    forget = page.locator("#task-board .card").get_by_role("button", name="Forget")
    forget.click()
    asking = page.locator("#asking")
    expect(asking.get_by_role("button", name="Cancel")).to_be_focused()
    expect(asking.locator("p")).to_have_count(0)  # it costs nothing
    assert answer(page, None) == "Remove this from your history? It is not deleted at WeryAI."
    expect(forget).to_be_focused()
    forget.press("Enter")
    answer(page, "Remove")
    expect(page.locator("#task-board .card")).to_have_count(0)
    expect(page.locator("#history .rows li")).to_have_count(0)
    page.reload()
    expect(page.locator("#task-board .empty")).to_be_visible()


def test_a_running_task_is_not_watched_any_more_but_goes_on(app: App, page: Page) -> None:
    opened(page, app.url)
    made(page, "Not watched", "minute and a half")
    page.locator("#task-board .card").get_by_role("button", name="Stop watching").click()
    assert "cannot be cancelled" in answer(page, "Stop watching")
    expect(page.locator("#task-board .card")).to_have_count(0)


def test_it_is_forgotten_from_its_details_and_the_focus_goes_on(app: App, page: Page) -> None:
    opened(page, app.url)
    made(page, "Opened, then forgotten", "not enough credits")
    page.locator("#task-board .card").get_by_role("button", name="Details").click()
    details = page.locator("#history dialog")
    forget = details.get_by_role("button", name="Forget")
    forget.click()
    answer(page, None)
    expect(details).to_be_visible()
    expect(forget).to_be_focused()
    forget.click()
    answer(page, "Remove")
    expect(details).to_be_hidden()
    expect(page.locator("#task-board .card")).to_have_count(0)
    expect(page.locator("#history .filters button").first).to_be_focused()


def test_who_is_asked_about_a_card_that_changes_meanwhile_keeps_the_focus(app: App, page: Page) -> None:
    opened(page, app.url)
    made(page, "Drawn anew while one is asked", "not enough credits")
    page.locator("#task-board .card").get_by_role("button", name="Forget").click()
    expect(page.locator("#asking")).to_be_visible()
    speak(page, "zh")
    answer(page, None)
    expect(page.locator("#generate")).to_be_focused()


def test_an_unknown_outcome_is_sent_again_only_by_an_explicit_choice(app: App, page: Page) -> None:
    opened(page, app.url)
    made(page, "Nobody knows", "not JSON")
    type_in(page, "prompt", "Typed meanwhile")
    again = page.locator("#task-board .card").first.get_by_role("button", name="Submit again (may be charged twice)")
    again.click()
    answer(page, None)
    expect(thumbs(page)).to_have_count(0)
    again.click()
    answer(page, "Submit again")
    expect(thumbs(page)).to_have_count(2)
    expect(page.locator("#history .rows li")).to_have_count(2)
    expect(box(page, "prompt")).to_have_value("Typed meanwhile")
