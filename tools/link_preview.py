"""Draws the picture that a chat app shows of a link to the page: `python -m tools.link_preview`."""

from __future__ import annotations

import base64
import io

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.conftest import BROWSER_FLAGS
from tests.machine import find_browser
from weryai_ui.examples.catalog import COVERS, EXAMPLES
from weryai_ui.i18n import say

SIZE = {"width": 1200, "height": 630}
SHOWN = 8
TARGET = COVERS / "link-preview.jpg"
STYLE = """
body { margin: 0; width: 1200px; height: 630px; box-sizing: border-box; padding: 56px 60px; background: #0d1320;
  color: #e8ecf4; font: 30px/1.4 "DejaVu Sans", sans-serif; }
h1 { margin: 0; font-size: 56px; line-height: 1.15; letter-spacing: -0.02em; }
p { margin: 14px 0 34px; color: #a9b4c6; max-width: 1000px; }
div { display: grid; grid-template-columns: repeat(4, 1fr); gap: 16px; }
img { width: 100%; aspect-ratio: 16 / 9; object-fit: cover; border-radius: 14px; display: block; }
"""


def document() -> str:
    covers = [base64.b64encode(each.cover.read_bytes()).decode() for each in EXAMPLES.values()][:SHOWN]
    pictures = "".join(f'<img alt="" src="data:image/webp;base64,{cover}">' for cover in covers)
    return f"<style>{STYLE}</style><h1>{say('page.title')}</h1><p>{say('page.lead')}</p><div>{pictures}</div>"


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()), args=BROWSER_FLAGS)
        page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        page.set_content(document(), wait_until="load")
        drawn = Image.open(io.BytesIO(page.screenshot()))
        browser.close()
    drawn.convert("RGB").save(TARGET, quality=84, optimize=True, progressive=True)
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
