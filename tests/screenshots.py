"""Takes the pictures of the page that the papers show: `python -m tests.screenshots`, into `docs/screenshots/`.

The real app with the sandbox, in a real browser; to be looked at one by one after every change to the page.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.form import choose, choose_scenario, opened, press, type_in
from tests.browser_setup import find_browser
from tests.conftest import BROWSER_FLAGS, running_app, settings_in

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
PROMPT = "Image 1 is the boat. It sails through the flooded library of image 2, slow dolly in, warm evening light."
IMAGES = "https://example.com/paper-boat.png\nhttps://example.com/library.jpg"


@contextmanager
def page_on(browser: Browser, url: str, **settings: Any) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce", locale="en-GB", **settings)
    yield opened(context.new_page(), url)
    context.close()


def take(page: Page, name: str, *, full: bool = False) -> None:
    page.evaluate("() => document.activeElement?.blur()")
    page.screenshot(path=FOLDER / f"{name}.png", full_page=full, animations="disabled")
    print(f"docs/screenshots/{name}.png")


def compose(page: Page) -> None:
    type_in(page, "prompt", PROMPT)
    type_in(page, "images", IMAGES)
    choose(page, "generate_audio", "On")


def with_problems(page: Page) -> None:
    type_in(page, "prompt", "A paper boat sails on. " * 23)
    type_in(page, "audios", "example.com/waves.mp3")
    type_in(page, "duration", "16")
    press(page)
    expect(page.locator("#problems .problems li")).to_have_count(4)


def a_result(page: Page) -> None:
    compose(page)
    press(page)
    expect(page.locator("#task-board video")).to_be_visible(timeout=60_000)
    page.wait_for_function("() => document.querySelector('#task-board video').readyState === 4")


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(settings_in(Path(folder), sandbox_pace=1.0)) as app,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find_browser(), args=list(BROWSER_FLAGS)) as browser,
    ):
        for scheme, suffix in (("light", ""), ("dark", "-dark")):
            look = {"color_scheme": scheme}
            with page_on(browser, app.url, **DESKTOP, **look) as page:
                take(page, f"first-view{suffix}")
                a_result(page)
                take(page, f"desktop{suffix}")
            with page_on(browser, app.url, **DESKTOP, **look) as page:
                with_problems(page)
                take(page, f"problems{suffix}")
        with page_on(browser, app.url, **DESKTOP) as page:
            compose(page)
            choose_scenario(page, "minute and a half")
            press(page)
            expect(page.locator("#task-board .card")).to_be_visible()
            take(page, "running")
        with page_on(browser, app.url, **PHONE) as page:
            take(page, "phone")
            a_result(page)
            take(page, "phone-result", full=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
