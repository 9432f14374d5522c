"""Whether the service can reach a link, asked from its tile where the owner lets the server ask."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.form import opened, type_in
from tests.conftest import App, StartApp
from weryai_ui.files.reach import Reach


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


def test_where_the_owner_does_not_want_it_no_link_is_asked(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "images", "https://a.example/1.png")
    expect(page.locator("#references .item")).to_have_count(1)
    expect(page.get_by_label("Ask whether the service can reach image 1")).to_have_count(0)
