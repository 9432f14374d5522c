"""In from elsewhere and out to elsewhere: a pasted command, a link with a form, a program that runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.form import box, choose, opened, press, show_pane, type_in
from tests.conftest import App
from tests.contract import examples
from weryai_ui.i18n import say

COMMAND = f"""curl --request POST \\
  --url https://api.weryai.com/v1/generation/almighty-reference-to-video \\
  --header 'Authorization: Bearer sk-canary-of-somebody' \\
  --header 'Content-Type: application/json' \\
  --data '
{examples.REQUEST}
'"""


def paste(page: Page, text: str) -> None:
    page.get_by_role("button", name="Paste a request").click()
    page.locator("#carry textarea").fill(text)
    page.get_by_role("button", name="Fill the form").click()


def says(page: Page) -> str:
    return page.locator("#carry .says").inner_text()


def test_the_button_and_its_dialog_name_every_spelling_that_is_read(app: App, page: Page) -> None:
    opened(page, app.url)
    button = page.get_by_role("button", name=say("carry.paste"), exact=True)
    expect(button).to_have_accessible_description(say("carry.paste_says"))
    button.click()
    expect(page.locator("#carry textarea")).to_have_accessible_description(say("carry.paste_says"))
    for spelling in ("JSON", "HAR", "cURL", "wget", "HTTPie", "PowerShell", "fetch", "Python"):
        expect(page.locator("#paste-says")).to_contain_text(spelling)


def test_the_documentations_command_fills_the_form_and_leaves_as_the_same_body(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "Typed by hand")
    paste(page, COMMAND)
    expect(page.locator("#carry .says")).to_contain_text("Nothing was sent")
    assert "canary" not in page.content()
    press(page, "check")
    page.wait_for_function(
        "body => document.querySelector('#request-json code').innerText === body", arg=examples.REQUEST
    )
    page.get_by_role("button", name="Restore my input").click()
    expect(box(page, "prompt")).to_have_value("Typed by hand")


def test_what_is_unknown_or_wrong_in_a_pasted_body_is_named(app: App, page: Page) -> None:
    opened(page, app.url)
    paste(page, json.dumps({"model": "SEEDANCE_2_0", "duration": 7, "seed": 42, "aspect_ratio": "4:3"}))
    expect(page.locator("#carry .says")).to_contain_text("seed")
    expect(page.locator("#carry .says")).to_contain_text("4:3")
    expect(box(page, "duration")).to_have_value("7")


def test_what_cannot_be_read_stays_in_the_box_with_a_sentence(app: App, page: Page) -> None:
    opened(page, app.url)
    paste(page, "rm -rf /")
    expect(page.locator("#carry .wrong")).not_to_be_empty()
    expect(page.locator("#carry textarea")).to_have_value("rm -rf /")


def test_a_link_opens_the_form_filled_elsewhere_and_carries_no_webhook_and_no_caller_id(
    app: App, page: Page, browser: Browser
) -> None:
    opened(page, app.url)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    type_in(page, "prompt", 'A "boat" with 图片 and 👍, image 1')
    type_in(page, "images", "https://a.example/1.png")
    choose(page, "aspect_ratio", "9:16")
    type_in(page, "webhook_url", "https://a.example/secret-hook")
    type_in(page, "caller_id", "987654321")
    page.get_by_role("button", name="Copy a link to this form").click()
    expect(page.locator("#carry .says")).to_contain_text("The link is copied")
    link: str = page.evaluate("() => navigator.clipboard.readText()")
    assert len(link) < 300
    with browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        other.route("https://a.example/**", lambda route: route.fulfill(body=b""))
        opened(other, link)
        expect(box(other, "prompt")).to_have_value('A "boat" with 图片 and 👍, image 1')
        expect(other.locator("#field-aspect_ratio input:checked")).to_have_value("9:16")
        expect(other.locator("#references .item")).to_have_count(1)
        expect(other.locator("#task-board .card")).to_have_count(0)
        press(other, "check")
        expect(other.locator("#request-json code")).to_contain_text("boat")
        body = other.locator("#request-json code").inner_text()
        assert "hook" not in body
        assert "987654321" not in body


@pytest.mark.parametrize("text", ["1", "nonsense", "1" + "A" * 9000, "%3Cscript%3E"])
def test_a_broken_link_gives_a_sentence_and_leaves_the_draft(app: App, page: Page, text: str) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "My own draft")
    opened(page, f"{app.url}/?x=1#form={text}")
    expect(page.locator("#carry .says li").first).not_to_be_empty()
    expect(box(page, "prompt")).to_have_value("My own draft")


def test_the_program_that_the_page_shows_makes_the_video(app: App, page: Page, tmp_path: Path) -> None:
    opened(page, app.url)
    type_in(page, "prompt", 'Copied once, `$HOME` and "all"')
    choose(page, "resolution", "480p")
    press(page, "check")
    show_pane(page, "code").get_by_role("button", name="Python").click()
    program = page.locator("#code code").inner_text()
    (tmp_path / "generate.py").write_text(program, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "generate.py"],
        cwd=tmp_path,
        env={**os.environ, "WERYAI_API_KEY": "sk-sandbox", "WERYAI_POLL_SECONDS": "0.3"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert [path.suffix for path in tmp_path.iterdir() if path.name != "generate.py"] == [".mp4"]


def test_what_is_copied_is_what_is_shown(app: App, page: Page) -> None:
    opened(page, app.url)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    type_in(page, "prompt", "Copied")
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(1)
    for place in ("#request-json", "#code", "#history dialog"):
        if place == "#code":
            show_pane(page, "code")
        if place == "#history dialog":
            page.locator("#task-board").get_by_role("button", name="Details").click()
        copying = page.locator(place).get_by_role("button", name="Copy", exact=True).first
        shown = page.locator(f"{place} pre").first.inner_text()
        copying.click()
        expect(page.locator(place).get_by_role("button", name="Copied").first).to_be_visible()
        assert page.evaluate("() => navigator.clipboard.readText()").strip() == shown.strip()
