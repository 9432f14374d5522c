"""What a person does to the references: drags tiles, gives roles, drops folders and links, takes back what was done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Locator, Page, Route, expect

from tests.browser.axe import violations
from tests.browser.form import box, opened, press, type_in
from tests.browser.test_tray import BOAT, given, names, tiles
from tests.conftest import App
from tests.media import made

THREE = "https://a.example/1.png\nhttps://a.example/2.png\nhttps://a.example/3.png"


def middle(tile: Locator) -> tuple[float, float]:
    """Where a person takes a tile: on its picture."""
    found = tile.locator(".thumb").bounding_box()
    assert found is not None
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def role(page: Page, item: str) -> Locator:
    return page.get_by_label(f"Role of {item}")


def test_a_tile_is_dragged_by_any_part_of_it_and_each_edit_is_taken_back_in_turn(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "images", THREE)
    type_in(page, "prompt", "A boat")
    page.mouse.move(*middle(tiles(page).nth(0)))
    page.mouse.down()
    page.mouse.move(*middle(tiles(page).nth(2)), steps=5)
    page.mouse.up()
    expect(page.locator("#references .item .name")).to_have_text(["2.png", "3.png", "1.png"])
    expect(page.locator("#references dialog")).to_be_hidden()  # a drag is no press of the picture

    role(page, "image 2").select_option("Character")
    expect(box(page, "prompt")).to_have_value("A boat. Image 2 is the character.")
    role(page, "image 1").select_option("First frame")
    expect(box(page, "prompt")).to_have_value("A boat. Image 2 is the character. Image 1 is the first frame.")
    role(page, "image 1").select_option("Style")
    expect(box(page, "prompt")).to_have_value("A boat. Image 2 is the character. Image 1 sets the style.")
    expect(page.locator("#problems .warnings")).to_contain_text("The prompt never names image 3.")
    page.get_by_label("Remove image 1").click()
    expect(box(page, "prompt")).to_have_value("A boat. Image 1 is the character. Image ? sets the style.")
    expect(role(page, "image 1")).to_have_value("character")

    undo = page.locator("#references .undo")
    expect(undo).to_have_attribute("title", "Removed image 1.")
    undo.click()
    expect(box(page, "prompt")).to_have_value("A boat. Image 2 is the character. Image 1 sets the style.")
    tiles(page).first.focus()
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(box(page, "prompt")).to_have_value("A boat")
    page.keyboard.press("Control+z")
    expect(page.locator("#references .item .name")).to_have_text(["1.png", "2.png", "3.png"])
    expect(page.locator("#references .done")).to_contain_text("Undone: Moved image 1 to image 3.")
    expect(undo).to_be_hidden()
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("#references .item .name")).to_have_text(["2.png", "3.png", "1.png"])
    expect(box(page, "prompt")).to_have_value("A boat. Image 2 is the character.")


def touched(page: Page, session: CDPSession, kind: str, at: tuple[float, float]) -> None:
    points = [] if kind == "touchEnd" else [{"x": at[0], "y": at[1]}]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_finger_that_holds_a_tile_drags_it_and_one_that_moves_at_once_does_not(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "images", THREE)
    expect(tiles(page)).to_have_count(3)
    session = page.context.new_cdp_session(page)
    start = middle(tiles(page).nth(0))
    touched(page, session, "touchStart", start)
    touched(page, session, "touchMove", (start[0] + 80, start[1]))
    touched(page, session, "touchEnd", start)
    expect(page.locator("#references .item.is-dragged")).to_have_count(0)
    assert names(page) == ["1.png", "2.png", "3.png"]
    end = middle(tiles(page).nth(2))
    touched(page, session, "touchStart", start)
    expect(page.locator("#references .item.is-dragged")).to_have_count(1)
    touched(page, session, "touchMove", (end[0] - 4, end[1]))
    touched(page, session, "touchMove", end)
    touched(page, session, "touchEnd", end)
    expect(page.locator("#references .item .name")).to_have_text(["2.png", "3.png", "1.png"])


def test_undo_takes_back_the_last_deed_and_never_an_upload_that_landed_meanwhile(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "images", THREE)
    held: list[Route] = []
    page.route("**/uploads", lambda route: held.append(route))
    with page.expect_request("**/uploads"):
        given(page, BOAT)
    expect(page.locator("#references .item.is-arriving")).to_have_count(1)
    page.get_by_label("Remove image 2").click()
    expect(tiles(page)).to_have_count(2)
    (upload,) = held
    upload.continue_()
    expect(tiles(page)).to_have_count(3, timeout=30_000)
    assert names(page) == ["1.png", "3.png", "boat.png"]
    tiles(page).first.focus()
    page.keyboard.press("Control+z")
    expect(page.locator("#references .item .name")).to_have_text(["1.png", "2.png", "3.png", "boat.png"])
    expect(page.locator("#references .undo")).to_be_hidden()
    expect(page.locator("#references .item.is-arriving")).to_have_count(0)


def dropped_from_disk(page: Page, *paths: Path) -> None:
    """Drops files and folders of this machine onto the tray, as a file manager does."""
    at = page.locator("#references .drop").bounding_box()
    assert at is not None
    session = page.context.new_cdp_session(page)
    data: dict[str, Any] = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": at["x"] + 9, "y": at["y"] + 9, "data": data})


DROP_LINKS = """([uris, html]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.setData("text/uri-list", uris);
  if (html) dataTransfer.setData("text/html", html);
  dataTransfer.items.add(new File(["beside it"], "page.png", { type: "image/png" }));
  const node = document.querySelector("#references .tray");
  node.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""


def test_a_folder_drops_its_files_in_order_and_links_of_another_tab_are_links(
    app: App, page: Page, tmp_path: Path
) -> None:
    opened(page, app.url)
    folder = tmp_path / "shots"
    (folder / "more").mkdir(parents=True)
    for number, name in enumerate(["shot 10.png", "shot 2.png", "more/a.png"]):
        (folder / name).write_bytes(made.picture(size=(320 + 10 * number, 320)))
    (folder / "shot 3.png").write_bytes((folder / "shot 2.png").read_bytes())
    (folder / ".DS_Store").write_bytes(b"nothing of a person's")
    dropped_from_disk(page, folder)
    expect(tiles(page)).to_have_count(4, timeout=60_000)
    assert names(page) == ["a.png", "shot 2.png", "shot 3.png", "shot 10.png"]
    expect(page.locator("#references .refused li")).to_have_count(0)
    expect(tiles(page).locator(".twin")).to_have_text(["Same file as image 2"])

    page.evaluate(DROP_LINKS, ["https://a.example/clip.mp4", ""])
    page.evaluate(DROP_LINKS, ["https://a.example/page", '<a href="/page"><img src="https://a.example/art.webp"></a>'])
    expect(tiles(page)).to_have_count(6)
    assert names(page)[-2:] == ["art.webp", "clip.mp4"]
    assert violations(page) == []
    press(page, "check")
    sent = page.locator("#request-json pre")
    expect(sent).to_contain_text("art.webp")
    assert json.loads(sent.inner_text())["videos"] == ["https://a.example/clip.mp4"]


def test_links_that_are_pasted_where_nobody_types_are_references(app: App, page: Page) -> None:
    opened(page, app.url)
    page.evaluate(
        """() => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", "https://a.example/1.png https://a.example/2.mp3");
          document.body.focus();
          document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }"""
    )
    expect(tiles(page).locator(".name")).to_have_text(["1.png", "2.mp3"])
