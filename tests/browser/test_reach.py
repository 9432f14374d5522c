"""Whether a link can be read: asked from its tile by the server where its owner lets it, else tried by the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.form import opened, type_in
from tests.conftest import App, StartApp
from tests.media import made
from weryai_ui.files.reach import Reach

BROKEN: Mapping[str, Any] = {"status": 200, "content_type": "image/png", "body": "no picture"}
"""An answer that opens as nothing, and no error that the browser's console would tell of at a moment of its own."""
OPENS = "Opens in your browser. Whether the service can reach it is not known."


def test_a_tile_says_that_a_private_link_cannot_be_reached(
    start_app: StartApp, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(page, start_app(measure_links=True).url)
    type_in(page, "images", "https://a.example/1.png")
    ask = Reach.ask
    monkeypatch.setattr(Reach, "ask", lambda self, link: ask(self, "http://192.168.0.1/1.png"))
    page.get_by_label("Ask whether the service can reach image 1").click()
    expect(page.locator("#references .was.is-wrong")).to_have_text(
        "The link leads to a private address; the service cannot reach it."
    )


@pytest.fixture
def unasked(app: App, monkeypatch: pytest.MonkeyPatch) -> App:
    """An app whose owner does not let its server ask links."""

    def ask(self: Reach, link: str) -> None:
        raise AssertionError(link)

    monkeypatch.setattr(Reach, "ask", ask)
    return app


def test_where_the_server_may_not_ask_the_browser_opens_the_link(unasked: App, page: Page) -> None:
    page.context.route(
        "https://b.example/clip.mp4", lambda route: route.fulfill(content_type="video/mp4", body=made.clip(2.0))
    )
    opened(page, unasked.url)
    type_in(page, "images", "https://a.example/1.png")
    type_in(page, "videos", "https://b.example/clip.mp4")
    for item in ("image 1", "video 1"):
        page.get_by_label(f"Try whether {item} opens in this browser").click()
    expect(page.locator("#references .was")).to_have_text([OPENS, OPENS])
    expect(page.locator("#references .was.is-wrong")).to_have_count(0)
    expect(page.locator("body > iframe")).to_have_count(0)


def test_a_link_that_does_not_open_says_what_may_be_wrong(unasked: App, page: Page) -> None:
    page.context.route("https://b.example/1.png", lambda route: route.fulfill(**BROKEN))
    opened(page, unasked.url)
    type_in(page, "images", "https://b.example/1.png")
    page.get_by_label("Try whether image 1 opens in this browser").click()
    expect(page.locator("#references .was.is-wrong")).to_contain_text("Does not open in your browser")


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("https://192.168.0.1/1.png", "The link leads to a private address; the service cannot reach it."),
        ("https://a.example/notes.pdf", "The link ends in .pdf, which is not an image, video or audio."),
        ("http://a.example/1.png", "Only https links can be tried here."),
    ],
)
def test_what_a_link_says_by_itself_is_said_without_opening_it(
    unasked: App, page: Page, troubles: list[str], link: str, says: str
) -> None:
    page.context.route("https://192.168.0.1/*", lambda route: route.fulfill(**BROKEN))
    opened(page, unasked.url)
    type_in(page, "images", link)
    page.evaluate("() => { document.body.appendChild = document.body.append = () => { throw new Error('opened'); }; }")
    page.get_by_label("Try whether image 1 opens in this browser").click()
    expect(page.locator("#references .was")).to_contain_text(says)
    if "192.168" in link:  # the tile's own picture, which may be asked for later than the question was
        expect(page.locator("#references .item")).to_contain_text("No preview")
    troubles.clear()  # it was refused by the page's policy, or is none
