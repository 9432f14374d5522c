"""Takes the pictures of the page that the papers show: `python -m tests.screenshots`, into `docs/screenshots/`.

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

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.form import choose, choose_scenario, opened, press, type_in
from tests.conftest import BROWSER_FLAGS, running_app, settings_in
from tests.machine import find_browser

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
PROMPT = "Image 1 is the boat. It sails through the flooded library of image 2, slow dolly in, warm evening light."
PIXELS = (960, 540)


@contextmanager
def page_on(browser: Browser, url: str, **settings: Any) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce", locale="en-GB", **settings)
    yield opened(context.new_page(), url)
    context.close()


def take(page: Page, name: str, *, full: bool = False) -> None:
    page.evaluate("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }")
    page.screenshot(path=FOLDER / f"{name}.png", full_page=full, animations="disabled")
    print(f"docs/screenshots/{name}.png")


def boat() -> bytes:
    """A paper boat on water at dusk."""
    picture = Image.new("RGB", PIXELS, "#f3b88a")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((640, 90, 780, 230), fill="#fde2b3")
    draw.rectangle((0, 350, 960, 540), fill="#2f5d7c")
    for row in range(8):
        draw.line((0, 372 + 22 * row, 960, 372 + 22 * row), fill="#3f7391", width=3)
    draw.polygon([(300, 330), (660, 330), (590, 420), (370, 420)], fill="#fbf7ee")
    draw.polygon([(480, 150), (590, 330), (370, 330)], fill="#ece4d2")
    draw.polygon([(480, 150), (590, 330), (480, 330)], fill="#d9cdb4")
    return _png(picture)


def library() -> bytes:
    """Shelves of books."""
    picture = Image.new("RGB", PIXELS, "#3b2a20")
    draw = ImageDraw.Draw(picture)
    colours = ("#8f3b33", "#c58a45", "#3f6b5c", "#2e4a6b", "#b9a27a", "#6d3f5b")
    for shelf in range(3):
        left = 30
        for book in range(26):
            width, height = 22 + (book * 7 + shelf * 5) % 16, 110 + (book * 13 + shelf * 29) % 40
            bottom = 170 + 175 * shelf
            draw.rectangle((left, bottom - height, left + width, bottom), fill=colours[(book + shelf) % len(colours)])
            left += width + 4
        draw.rectangle((0, 172 + 175 * shelf, 960, 186 + 175 * shelf), fill="#5d4433")
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def compose(page: Page) -> None:
    type_in(page, "prompt", PROMPT)
    drawn = {"paper-boat.png": boat(), "library.png": library()}
    files: Any = [{"name": name, "mimeType": "image/png", "buffer": data} for name, data in drawn.items()]
    page.locator("#references .file").set_input_files(files)
    expect(page.locator("#references .item:not(.is-arriving)")).to_have_count(2, timeout=30_000)
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
