"""A page whose sandbox is another process's: a person sees no difference, and the film plays at the page's address."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from pydantic import SecretStr

from tests.browser.form import opened, press, type_in
from tests.conftest import StartApp
from weryai_ui.sandbox.keys import Keys
from weryai_ui.sandbox.server import SandboxServer

SECRET = "what both of them know"
PLAYS = "(video) => video.readyState >= 2 && video.videoWidth > 0"


def test_a_film_of_the_sandbox_of_several_plays_before_it_is_kept_here(start_app: StartApp, page: Page) -> None:
    with SandboxServer(pace=0, keys=Keys(SECRET)) as sandbox:
        app = start_app(sandbox_url=sandbox.url, sandbox_secret=SecretStr(SECRET))
        app.service.copier.stop()
        opened(page, app.url)
        type_in(page, "prompt", "A paper boat")
        press(page)
        video = page.locator("#task-board video").first
        expect(video).to_have_attribute("src", re.compile(r"(^|/)sandbox/media/task_\w+\.mp4"), timeout=60_000)
        page.wait_for_function(f"({PLAYS})(document.querySelector('#task-board video'))")
        expect(video).to_have_attribute("poster", re.compile(r"(^|/)sandbox/media/task_\w+\.jpg"))
        (sent,) = sandbox.ledger
        assert sent.key == "sk-sandbox"
