"""A shared page on paper: one sheet, with the films' pictures and the words, for one film and for four."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import App
from tests.media import made
from tests.results.conftest import finished
from tests.service.conftest import FORM, until
from tests.service.test_uploads import given
from tests.visitors import VISITOR
from weryai_ui.service.sharing import Options
from weryai_ui.store.copy_records import Copy, CopyState, Role
from weryai_ui.store.records import Intent

PROMPT = "A paper boat drifts down the river at dusk, past lanterns and reeds, until the rain comes. " * 5
"""As long as a prompt may be, nearly."""
NOTE = "What the client asked for on Monday, in the light that they wanted. " * 3
HAS_ITS_PICTURES = """() => Promise.all([...document.images].map((each) => {
  each.loading = 'eager';
  return each.decode();
}))"""
PICTURES = os.environ.get("SHARED_PICTURES", "")
"""A folder for the sheets, where somebody wants to look."""


@pytest.fixture(scope="module")
def intents(app: App) -> list[Intent]:
    """Four films, each made with two references; and four films of one submission."""
    boat, river = (given(app.service, made.picture(size=(640, 480)), name).link for name in ("boat.png", "river.png"))
    values = {**FORM, "prompt": PROMPT, "images": [boat, river]}
    wanted = [values] * 4 + [values | {"video_number": "4"}]
    found = [finished(app.service, idempotency_key=f"{n:032x}", values=each) for n, each in enumerate(wanted)]
    copies = app.service.copies.of
    films = {one.id: int(each.get("video_number", 1)) for one, each in zip(found, wanted, strict=True)}
    until(lambda: all(kept(copies([id]).get(id, ())) == count for id, count in films.items()))
    return found


def kept(copies: Iterable[Copy]) -> int:
    """How many films of them are kept."""
    return sum((each.role, each.state) == (Role.FILM, CopyState.KEPT) for each in copies)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize(
    ("which", "films"),
    [(slice(1), 1), (slice(2), 2), (slice(4), 4), (slice(4, 5), 4)],
    ids=["a film", "two", "four", "four of one submission"],
)
def test_it_prints_on_one_page(
    app: App, browser: Browser, intents: list[Intent], which: slice, films: int, paper: str
) -> None:
    ids = tuple(each.id for each in intents[which])
    options = Options("Boats for Friday", NOTE, notes=dict.fromkeys(ids, NOTE), shows_code=True)
    token, _ = app.service.sharing.share(VISITOR, ids, options)
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{app.url}/r/{token}")
        page.emulate_media(media="print")
        page.evaluate(HAS_ITS_PICTURES)
        sheets = page.pdf(format=paper, margin={"top": "1cm", "right": "1cm", "bottom": "1cm", "left": "1cm"})
        if PICTURES:
            Path(PICTURES, f"{paper}-{films}-{len(ids)}.pdf").write_bytes(sheets)
        assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 1
        stills = page.locator("img.still")
        expect(stills).to_have_count(films)
        for each in stills.all():
            expect(each).to_be_visible()
        assert page.locator(".result .prompt").last.is_visible()
