"""Films of the history become one: in the order that was chosen, seen as it goes, taken home or into the form."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.form import until
from tests.browser.test_comparing import chosen, compared, films
from tests.conftest import App
from tests.durability.waiting import until as ended
from tests.media.test_join import packets
from tests.results.conftest import files_in
from tests.visitors import visitor_named
from weryai_ui.media import measure
from weryai_ui.store.copy_records import Role
from weryai_ui.store.records import Intent

PROMPTS = ("The first shot", "The second shot", "The third shot")


def kept_film(app: App, intent: Intent) -> bytes:
    (film,) = [each for each in app.service.copies_of([intent])[intent.id] if each.role is Role.FILM]
    return app.service.storage.read(str(film.key))


def test_films_are_joined_in_the_order_that_was_chosen_and_changed(app: App, page: Page, tmp_path: Path) -> None:
    visitor = visitor_named("joining")
    one, two, three = films(app, visitor, PROMPTS)
    bar = chosen(page, app, visitor, ("The third shot", "The first shot", "The second shot"))
    bar.get_by_role("button", name="Join", exact=True).click()
    dialog = page.locator(".joining")
    names = dialog.locator(".order .name")
    expect(names).to_have_text(["The third shot", "The first shot", "The second shot"])
    assert violations(page) == []
    up = dialog.get_by_role("button", name="Earlier: The second shot")
    up.click()
    expect(names).to_have_text(["The third shot", "The second shot", "The first shot"])
    expect(up).to_be_focused()
    dialog.get_by_role("button", name="Later: The third shot").click()
    expect(names).to_have_text(["The second shot", "The third shot", "The first shot"])
    dialog.get_by_role("button", name="Join 3 videos").click()
    expect(dialog.locator("video")).to_have_count(1, timeout=60_000)
    expect(dialog.get_by_role("status")).to_contain_text("Joined: 15 s. Kept here for 48 hours")
    assert violations(page) == []
    with page.expect_download() as downloading:
        dialog.get_by_role("link", name="Download").click()
    path = Path(downloading.value.path())
    assert downloading.value.suggested_filename == "3-films.mp4"
    assert measure(path).duration_s == pytest.approx(15, abs=0.05)
    in_order = [packet for each in (two, three, one) for packet in packets(kept_film(app, each))]
    assert packets(path) == in_order

    dialog.get_by_role("button", name="Use as reference").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("#references .counters")).to_contain_text("Videos 1/3")
    until(page, "({ form }) => form.values.videos.startsWith('upload:')")


def test_one_that_is_left_out_is_not_joined_and_one_alone_is_nothing_to_join(app: App, page: Page) -> None:
    visitor = visitor_named("leaving-out")
    films(app, visitor, PROMPTS[:2])
    bar = chosen(page, app, visitor, PROMPTS[:1])
    join = bar.get_by_role("button", name="Join", exact=True)
    expect(join).to_be_disabled()
    expect(join).to_have_attribute("title", "Choose results with two to ten videos in all.")
    page.get_by_label("Select: The second shot").check()
    join.click()
    dialog = page.locator(".joining")
    dialog.get_by_role("button", name="Leave out: The first shot").click()
    expect(dialog.get_by_role("button", name="Join 1 videos")).to_be_disabled()
    dialog.get_by_role("button", name="Close").click()
    expect(join).to_be_focused()


def test_joining_is_stopped_by_who_began_it_and_leaves_nothing(app: App, page: Page) -> None:
    visitor = visitor_named("stopping")
    films(app, visitor, ("A wide shot",))
    films(app, visitor, ("A tall shot",), aspect_ratio="9:16", duration=15, resolution="720p")
    dialog = compared(page, app, visitor, ("A wide shot", "A tall shot"))
    dialog.get_by_role("button", name="Join", exact=True).click()
    joining = page.locator(".joining")
    before = {each.name for each in files_in(app.service.settings.data_dir / "uploads")}
    joining.get_by_role("button", name="Join 2 videos").click()
    joining.get_by_role("button", name="Stop joining").click()
    expect(joining.get_by_role("status")).to_have_text("Stopped; nothing was kept.")
    expect(joining.get_by_role("button", name="Join 2 videos")).to_be_focused()
    ended(lambda: {each.name for each in files_in(app.service.settings.data_dir / "uploads")} == before)


def test_a_kept_film_that_is_broken_is_named(app: App, page: Page) -> None:
    visitor = visitor_named("broken")
    one, _ = films(app, visitor, PROMPTS[:2])
    (film,) = [each for each in app.service.copies_of([one])[one.id] if each.role is Role.FILM]
    (path,) = [each for each in files_in(app.service.settings.data_dir / "results") if each.name == film.key]
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    bar = chosen(page, app, visitor, PROMPTS[:2])
    bar.get_by_role("button", name="Join", exact=True).click()
    dialog = page.locator(".joining")
    dialog.get_by_role("button", name="Join 2 videos").click()
    expect(dialog.get_by_role("status")).to_contain_text("Video 1 cannot be joined: ", timeout=60_000)
    expect(dialog.locator(".order .name")).to_have_count(2)
