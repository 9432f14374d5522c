"""Takes the pictures of the page that the papers show: `python -m tools.screenshots`, into `docs/screenshots/`.

The real app with the sandbox, in a real browser; to be looked at one by one after every change to the page.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import form
from tests.browser.form import choose_scenario, opened, press, type_in
from tests.conftest import BROWSER_FLAGS, running_app, settings_in
from tests.machine import find_browser
from weryai_ui.examples.catalog import EXAMPLES

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
EXAMPLE = "mascot-in-two-scenes"
SEVERAL = next(each.id for each in EXAMPLES.values() if each.values["video_number"] > 1)
SOUND = "voice-timbre"
FILM = "job.webp"
"""Made by `tools/film.py`."""
WIDE: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}


@contextmanager
def page_on(browser: Browser, url: str, **settings: Any) -> Iterator[Page]:
    context = browser.new_context(**{"reduced_motion": "reduce", "locale": "en-GB", **settings})
    yield opened(context.new_page(), url)
    context.close()


def take(page: Page, name: str) -> None:
    """A picture from the top of the page."""
    page.evaluate("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }")
    keep(page.screenshot(animations="disabled"), name)


def keep(png: bytes, name: str) -> None:
    # WebP: a tenth of the bytes, and they come anew with every change to the page.
    Image.open(io.BytesIO(png)).save(FOLDER / f"{name}.webp", quality=82, method=6)
    print(f"docs/screenshots/{name}.webp")


def choose_example(page: Page, name: str = EXAMPLE) -> None:
    form.choose_example(page, name)
    expect(page.locator("#task-board .recorded video").first).to_be_attached()
    expect(page.locator("#references .item .facts").first).not_to_be_empty()
    drawn(page, "#task-board .recorded video, #references img")


def drawn(page: Page, what: str) -> None:
    """Waits until those pictures and videos show something."""
    page.wait_for_function(
        """what => [...document.querySelectorAll(what)]
          .every((each) => each.tagName === "IMG" ? each.complete : each.readyState >= 2 && each.networkState === 1)""",
        arg=what,
    )


def with_problems(page: Page) -> None:
    type_in(page, "prompt", "A paper boat sails on. " * 23)
    type_in(page, "audios", "example.com/waves.mp3")
    type_in(page, "duration", "16")
    press(page)
    expect(page.locator("#problems .problems li")).to_have_count(4)
    expect(page.locator("#request-json mark").first).to_be_visible()


def a_result(page: Page, example: str = EXAMPLE) -> None:
    choose_example(page, example)
    press(page)
    expect(page.locator("#task-board .cards video").first).to_be_visible(timeout=90_000)
    drawn(page, "#task-board .cards video")


def an_end(page: Page, scenario: str, words: str) -> None:
    """A submission that does not end well."""
    choose_example(page, SOUND)
    choose_scenario(page, scenario)
    press(page)
    expect(page.locator("#task-board .card .state").first).to_contain_text(words, timeout=30_000)


def in_every_light(browser: Browser, url: str) -> None:
    """The main states on a desktop, in both themes and both languages."""
    for locale, scheme, suffix in (
        ("en-GB", "light", ""),
        ("en-GB", "dark", "-dark"),
        ("zh-CN", "light", "-zh"),
        ("zh-CN", "dark", "-zh-dark"),
    ):
        look = {**DESKTOP, "color_scheme": scheme, "locale": locale}
        with page_on(browser, url, **look) as page:
            take(page, f"first-view{suffix}")
            choose_example(page)
            take(page, f"example{suffix}")
            a_result(page)
            take(page, f"desktop{suffix}")
        with page_on(browser, url, **look) as page:
            with_problems(page)
            take(page, f"problems{suffix}")


def one_by_one(browser: Browser, url: str) -> None:
    """The other states, once each."""
    with page_on(browser, url, **DESKTOP) as page:
        choose_example(page)
        choose_scenario(page, "minute and a half")
        press(page)
        expect(page.locator("#task-board .card .pending")).to_be_visible()
        take(page, "running")
    with page_on(browser, url, **DESKTOP) as page:
        a_result(page, SEVERAL)
        take(page, "several")
        page.locator("#task-board").get_by_role("button", name="Details").first.click()
        expect(page.locator("#history dialog pre").first).to_be_visible()
        keep(page.screenshot(animations="disabled"), "details")
    with page_on(browser, url, **DESKTOP) as page:
        an_end(page, "6004", "Failed")
        take(page, "failed")
    with page_on(browser, url, **DESKTOP) as page:
        an_end(page, "1011", "Refused")
        take(page, "refused")
    with page_on(browser, url, **DESKTOP) as page:
        an_end(page, "not JSON", "Unknown")
        take(page, "unknown")


def of_its_parts(browser: Browser, url: str) -> None:
    """What opens over the page, and the page where there is much room."""
    with page_on(browser, url, **DESKTOP) as page:
        page.locator("#examples .all").click()
        drawn(page, "#examples .gallery img")
        keep(page.screenshot(animations="disabled"), "gallery")
    with page_on(browser, url, **DESKTOP) as page:
        type_in(page, "prompt", "A paper boat sails through a library, and the books bow as it passes")
        page.locator("#variations-open").click()
        dialog = page.locator("#variations-dialog")
        for ratio in ("9:16", "1:1"):
            dialog.get_by_label(ratio, exact=True).check()
        expect(dialog.locator(".main")).to_be_enabled()
        keep(page.screenshot(animations="disabled"), "variations")
        dialog.locator(".main").click()
        comparing = page.locator("#variations .plan").get_by_role("button", name="Compare")
        comparing.click(timeout=90_000)
        drawn(page, "dialog.comparing video")
        keep(page.screenshot(animations="disabled"), "compare")
    with page_on(browser, url, **WIDE) as page:
        a_result(page)
        take(page, "wide")


def on_a_phone(browser: Browser, url: str) -> None:
    """One column, with the buttons in reach."""
    for locale, scheme, suffix in (("en-GB", "light", ""), ("zh-CN", "dark", "-zh-dark")):
        with page_on(browser, url, **PHONE, locale=locale, color_scheme=scheme) as page:
            take(page, f"phone{suffix}")
            a_result(page)
            take(page, f"phone-result{suffix}")


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        if old.name != FILM:
            old.unlink()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(settings_in(Path(folder), sandbox_pace=1.0)) as app,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find_browser(), args=list(BROWSER_FLAGS)) as browser,
    ):
        in_every_light(browser, app.url)
        one_by_one(browser, app.url)
        of_its_parts(browser, app.url)
        on_a_phone(browser, app.url)
    return 0


if __name__ == "__main__":
    sys.exit(main())
