"""Films the main job for the README, silent and short: `python -m tools.film`, into `docs/screenshots/job.webp`.

The real app with the sandbox, in a real browser: an example is chosen, *Generate* is pressed, and the video plays.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.form import choose_example, opened, press
from tests.conftest import BROWSER_FLAGS, running_app, settings_in
from tests.machine import find_browser

TARGET = Path(__file__).parent.parent / "docs" / "screenshots" / "job.webp"
VIEW = {"width": 1440, "height": 900}
WIDTH = 900
EXAMPLE = "mascot-in-two-scenes"
MOST_BYTES = 2_000_000
PATIENT_MS = 120_000
READ_MS, STEP_MS, LAST_MS = 1600, 400, 2500
MOST_WAITED = 8
"""Frames of the wait: a busy machine takes longer, and shows nothing else."""
PLAYED_FRAMES = 14
PLAYED_EVERY_S = 0.5
"""So much of the video lies between two frames of the film."""


class Film:
    """The frames so far, each with how long it stands."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._frames: list[Image.Image] = []
        self._lasting: list[int] = []

    def take(self, lasts_ms: int) -> None:
        self._page.evaluate("() => window.scrollTo(0, 0)")
        shot = Image.open(io.BytesIO(self._page.screenshot(animations="disabled"))).convert("RGB")
        self._frames.append(shot.resize((WIDTH, round(WIDTH * shot.height / shot.width)), Image.Resampling.LANCZOS))
        self._lasting.append(lasts_ms)

    def save(self, target: Path) -> int:
        """Writes it, and gives its bytes."""
        first, *others = self._frames
        first.save(target, save_all=True, append_images=others, duration=self._lasting, loop=0, quality=62, method=6)
        return target.stat().st_size


def main_job(page: Page, film: Film) -> None:
    film.take(READ_MS)
    choose_example(page, EXAMPLE)
    expect(page.locator("#task-board .recorded video")).to_be_visible()
    expect(page.locator("#references .item .facts").first).not_to_be_empty()
    page.locator("#generate").hover()
    film.take(READ_MS)
    press(page)
    card = page.locator("#task-board .chosen .card")
    expect(card).to_be_visible()
    for _ in range(MOST_WAITED):
        if not card.locator("video").count():
            film.take(STEP_MS)
    expect(card.locator("video")).to_be_visible()
    video = card.locator("video")
    page.wait_for_function("() => document.querySelector('#task-board .chosen video').readyState >= 3")
    for frame in range(PLAYED_FRAMES):
        video.evaluate(
            """(video, at) => new Promise((done) => {
              const drawn = () => requestAnimationFrame(() => requestAnimationFrame(done));
              video.addEventListener("seeked", drawn, { once: true });
              video.currentTime = at;
            })""",
            frame * PLAYED_EVERY_S + 0.05,
        )
        film.take(STEP_MS)
    page.locator("#response-tab").click()
    film.take(LAST_MS)


def main() -> int:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(settings_in(Path(folder), sandbox_pace=1.0)) as app,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find_browser(), args=list(BROWSER_FLAGS)) as browser,
    ):
        expect.set_options(timeout=PATIENT_MS)
        page = browser.new_context(viewport=VIEW, locale="en-GB", reduced_motion="reduce").new_page()  # type: ignore[arg-type]
        film = Film(opened(page, app.url))
        main_job(page, film)
        written = film.save(TARGET)
    print(f"docs/screenshots/{TARGET.name}: {written:,} bytes")
    return int(written > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
