"""The door for developers on the page: what it shows runs as it stands, and holds nothing secret."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.form import choose, opened, type_in, until
from tests.conftest import App, StartApp

PROMPT = 'It\'s a "paper boat" \\ in 雨'
KEY = "sk-canary-0123456789"


def shown(page: Page, app: App, way: str) -> str:
    """The text of one way, for the form with a prompt."""
    opened(page, app.url)
    type_in(page, "prompt", PROMPT)
    return text_of(page, way, "雨")


def text_of(page: Page, way: str, has: str = "paper boat") -> str:
    """What the panel shows once it holds `has`: it follows the live check."""
    page.get_by_role("button", name="API", exact=True).click()
    panel = page.get_by_role("dialog", name="API")
    panel.get_by_role("button", name=way, exact=True).click()
    expect(panel.locator("pre")).to_contain_text(has)
    return panel.locator("pre").inner_text()


def test_the_curl_command_makes_a_submission_of_the_form(page: Page, app: App, tmp_path: Path) -> None:
    command = shown(page, app, "cURL")
    said = subprocess.run(["bash", "-euc", command], capture_output=True, text=True, timeout=120, check=True).stdout
    (answer,) = json.loads(said.partition("data: ")[2])
    assert (answer["task"]["outcome"], answer["task"]["request"]["prompt"]) == ("ACCEPTED", PROMPT)


def test_the_python_program_makes_a_film_of_the_form(page: Page, app: App) -> None:
    program = shown(page, app, "Python")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert f"{app.url}/sandbox/media/" in done.stdout


def test_the_configuration_of_agents_is_json_with_this_apps_address(page: Page, app: App) -> None:
    text = shown(page, app, "MCP")
    parts = [
        json.loads(part) for part in re.split(r"^//.*\n(?:claude .*\n)?", text, flags=re.MULTILINE) if part.strip()
    ]
    servers, of_code, arguments = parts
    assert servers["mcpServers"] == of_code["servers"]
    assert servers["mcpServers"]["weryai-studio"]["url"] == f"{app.url}/gradio_api/mcp"
    assert arguments["request"]["prompt"] == PROMPT
    expect(page.get_by_role("dialog", name="API")).to_contain_text("MCP is not open on this server")


def test_it_says_nothing_of_a_closed_entrance_where_it_is_open(page: Page, start_app: StartApp) -> None:
    shown(page, start_app(mcp=True), "MCP")
    expect(page.get_by_role("dialog", name="API")).not_to_contain_text("not open")


@pytest.mark.parametrize("way", ["cURL", "Python", "MCP"])
def test_no_key_and_no_visitor_token_is_in_it(page: Page, app: App, way: str) -> None:
    opened(page, app.url)
    choose(page, "send-to", "WeryAI, my key")
    page.locator("#my-key input").fill(KEY)
    type_in(page, "prompt", "A paper boat")
    text = text_of(page, way)
    assert '"my-key"' in text and "YOUR-KEY" in text
    assert KEY not in text and page.evaluate("() => window.studio.then((studio) => studio.visitor())") not in text


def test_its_links_open_and_it_is_accessible_in_both_languages(page: Page, app: App) -> None:
    shown(page, app, "cURL")
    panel = page.get_by_role("dialog", name="API")
    for link in panel.get_by_role("link").all():
        assert page.request.get(f"{link.get_attribute('href')}").status == 200
    assert violations(page) == []
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    page.get_by_role("button", name="中文").click()
    until(page, "({ say }) => say('api.close') === '关闭'")
    page.get_by_role("button", name="API", exact=True).click()
    expect(panel).to_contain_text("从程序或智能体调用本应用")
