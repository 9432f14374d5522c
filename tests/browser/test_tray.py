"""References in a real browser: dropped, pasted, measured, moved by keyboard, cut, and sent in order."""

from __future__ import annotations

import base64
import json
import re
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.form import box, choose, opened, press, type_in
from tests.conftest import App, StartApp
from tests.media import made
from tests.snippets.conftest import run_text
from weryai_ui.access.accounts import visitor_id
from weryai_ui.i18n import say
from weryai_ui.portable.programs import Language
from weryai_ui.quota import Quota
from weryai_ui.sandbox.server import SandboxServer

DROP = """([files, target]) => {
  const transfer = new DataTransfer();
  for (const [name, type, bytes] of files) {
    transfer.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, { type }));
  }
  const node = document.querySelector(target);
  node.dispatchEvent(new DragEvent("dragover", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  node.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""


def given(page: Page, *files: tuple[str, str, bytes]) -> None:
    """Chooses files as the file dialog does."""
    payload: Any = [{"name": name, "mimeType": mime, "buffer": data} for name, mime, data in files]
    page.locator("#references .file").set_input_files(payload)


def dropped(page: Page, *files: tuple[str, str, bytes]) -> None:
    """Drops files onto the tray."""
    page.evaluate(
        DROP, [[[name, mime, base64.b64encode(data).decode()] for name, mime, data in files], "#references .tray"]
    )


def refusal_noted(page: Page) -> AbstractContextManager[object]:
    """Inside, a file is refused. The browser notes that in its console, perhaps after the page has said it."""
    return page.expect_console_message(
        lambda message: "the server responded with a status of" in message.text, timeout=120_000
    )


def tiles(page: Page) -> Locator:
    return page.locator("#references .item:not(.is-arriving)")


def names(page: Page) -> list[str]:
    return [each.replace("\n", " ") for each in page.locator("#references .item .name").all_inner_texts()]


BOAT = ("boat.png", "image/png", made.picture(size=(640, 480)))
LAMP = ("lamp.png", "image/png", made.picture(size=(800, 480)))
CLIP = ("clip.mp4", "video/mp4", made.clip(3.0, size=(320, 240)))
WAVES = ("waves.wav", "audio/wav", made.sound(3.0))


def test_three_files_and_two_links_are_numbered_moved_by_keyboard_and_sent_in_order(app: App, page: Page) -> None:
    opened(page, app.url)
    dropped(page, BOAT, CLIP, WAVES)
    expect(tiles(page)).to_have_count(3, timeout=30_000)
    page.locator("#references .link").fill("https://example.com/one.png https://example.com/two.jpg")
    page.locator("#references .add-link").click()
    expect(tiles(page)).to_have_count(5)
    assert names(page) == ["boat.png", "one.png", "two.jpg", "clip.mp4", "waves.wav"]
    expect(page.locator("#references .counters")).to_have_text(
        "Images 3/9 · Videos 1/3, 3 of 15 s · Audios 1/3, 3 of 15 s"
    )
    type_in(page, "prompt", "Image 1 in image 3, like video 1, with audio 1, not image 2")
    tiles(page).first.focus()
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Alt+ArrowRight")
    expect(box(page, "prompt")).to_have_value("Image 3 in image 2, like video 1, with audio 1, not image 1")
    assert names(page)[:3] == ["one.png", "two.jpg", "boat.png"]
    expect(page.locator("#references .done")).to_contain_text(
        "In the prompt: image 2 is now image 3, image 3 is now image 2."
    )
    choose(page, "resolution", "480p")
    press(page)
    expect(page.locator("#task-board video")).to_be_visible(timeout=60_000)
    sent = json.loads(page.locator("#request-json code").inner_text())
    assert sent["images"][:2] == ["https://example.com/one.png", "https://example.com/two.jpg"]
    media = re.compile(r"http://127\.0\.0\.1:\d+/sandbox/media/\w+\.(png|mp4|wav)")
    assert all(media.fullmatch(link) for link in (sent["images"][2], sent["videos"][0], sent["audios"][0]))
    video = page.locator("#task-board video")
    video.evaluate("video => { video.muted = true; return video.play(); }")
    page.wait_for_function("() => document.querySelector('#task-board video').currentTime > 0.2", timeout=60_000)


def test_a_removal_says_what_it_did_to_the_prompt_and_is_undone_in_one_step(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "images", "https://a.example/1.png\nhttps://a.example/2.png\nhttps://a.example/3.png")
    type_in(page, "prompt", "image 1, image 2, image 3")
    page.get_by_label("Remove image 2").click()
    expect(box(page, "prompt")).to_have_value("image 1, image ?, image 2")
    expect(page.locator("#references .done")).to_contain_text("Removed image 2. In the prompt: image 2 is now image ?")
    expect(page.locator("#note-prompt")).to_contain_text("removed reference")
    page.locator("#references .undo").click()
    expect(box(page, "prompt")).to_have_value("image 1, image 2, image 3")
    expect(tiles(page)).to_have_count(3)


def test_a_clip_that_is_too_long_is_a_problem_with_its_figures_and_the_cut_is_used(app: App, page: Page) -> None:
    opened(page, app.url)
    given(page, ("long.wav", "audio/wav", made.sound(17.0)), BOAT)
    expect(tiles(page)).to_have_count(2, timeout=30_000)
    problem = "Audio 1 is 17 s long; the longest is 15 s."
    expect(page.locator("#problems .problems")).to_contain_text(problem)
    page.get_by_label("Cut audio 1").click()
    dialog = page.locator("#references dialog")
    dialog.get_by_label("End, s").fill("1")
    dialog.get_by_role("button", name="Use this cut").click()
    expect(dialog.locator(".trim-says")).not_to_be_empty()
    dialog.get_by_label("Start, s").fill("2")
    dialog.get_by_label("End, s").fill("8")
    dialog.get_by_role("button", name="Use this cut").click()
    expect(dialog).to_be_hidden(timeout=30_000)
    expect(page.locator("#problems .problems li")).to_have_count(0)
    expect(page.locator("#references .counters")).to_contain_text("Audios 1/3, 6 of 15 s")


def test_clips_behind_links_are_measured_by_the_browser(app: App, page: Page) -> None:
    opened(page, app.url)
    films = made.clip(9.0, "webm", size=(64, 48))
    page.context.route("https://a.example/*.webm", lambda route: route.fulfill(body=films, content_type="video/webm"))
    type_in(page, "videos", "https://a.example/1.webm\nhttps://a.example/2.webm")
    expect(page.locator("#problems .problems")).to_have_text(
        re.compile(r"Videos add up to 18(\.\d+)? s; the limit is 15 s: shorten video [12] \(9(\.\d+)? s\)\.")
    )
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("picture.png", made.archive(), "ZIP"),
        ("clip.mp4", b"<!doctype html><script>alert(1)</script>", "not an image, video or audio"),
        ("empty.png", b"", "empty"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_by_name_in_words(
    app: App, page: Page, name: str, data: bytes, says: str
) -> None:
    opened(page, app.url)
    given(page, (name, "image/png", data), BOAT)
    expect(page.locator("#references .refused li")).to_contain_text(f"{name}: ")
    expect(page.locator("#references .refused li")).to_contain_text(says)
    expect(tiles(page)).to_have_count(1, timeout=30_000)


def test_files_survive_a_reload_with_what_is_known_of_them(app: App, page: Page) -> None:
    opened(page, app.url)
    given(page, CLIP, BOAT)
    expect(tiles(page)).to_have_count(2, timeout=30_000)
    page.reload()
    expect(tiles(page).locator(".name")).to_have_text(["boat.png", "clip.mp4"])
    expect(page.locator("#references .counters")).to_contain_text("Videos 1/3, 3 of 15 s")


def test_a_result_becomes_a_reference_by_one_press(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "To be extended")
    choose(page, "resolution", "480p")
    press(page)
    expect(page.locator("#task-board video")).to_be_visible(timeout=30_000)
    page.locator("#task-board").get_by_role("button", name="Use as reference").click()
    expect(tiles(page)).to_have_count(1)
    expect(page.locator("#references .counters")).to_contain_text("Videos 1/3, 5 of 15 s")
    press(page)
    expect(page.locator("#task-board .thumbs [data-tone=good]")).to_have_count(2, timeout=30_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_tray(app: App, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    opened(page, app.url)
    given(page, BOAT, LAMP, CLIP, WAVES)
    expect(tiles(page)).to_have_count(4, timeout=30_000)
    page.get_by_label("Remove image 2").click()
    expect(tiles(page)).to_have_count(3)
    assert violations(page) == []
    page.get_by_label("Cut video 1").click()
    expect(page.locator("#references dialog")).to_be_visible()
    assert violations(page) == []


def test_a_file_that_could_not_be_uploaded_is_marked_and_tried_again_alone(app: App, page: Page) -> None:
    opened(page, app.url)
    given(page, BOAT, LAMP)
    expect(tiles(page)).to_have_count(2, timeout=30_000)
    link = page.evaluate("async () => (({ form, listsOf }) => listsOf(form.values))(await window.studio).images[1]")
    upload = app.service.uploads.get(link)
    assert upload is not None
    with app.service.uploads.file(upload) as path:
        good = path.read_bytes()
    path.write_bytes(b"damaged on this disk")
    press(page)
    expect(page.locator("#problems .refusal")).to_contain_text(
        "Image 2 (lamp.png) could not be uploaded, so nothing was sent."
    )
    expect(tiles(page).nth(1).locator(".facts")).to_have_text("Upload failed")
    expect(page.locator("#task-board .card")).to_have_count(0)
    path.write_bytes(good)
    page.get_by_label("Upload image 2 again").click()
    expect(page.locator("#problems .refusal")).to_be_empty()
    expect(tiles(page).nth(1).locator(".facts")).not_to_contain_text("failed")
    press(page)
    expect(page.locator("#task-board .card")).to_have_count(1)


def test_a_line_with_nothing_but_an_invisible_character_counts_nowhere(app: App, page: Page) -> None:
    opened(page, app.url)
    choose(page, "send-to", "Sandbox")
    blank = "\u200b\n\ufeff \u2060\n\u00ad\n\u180e\u200e\n\u00a0\n"
    type_in(page, "prompt", "Image 1 beside image 2")
    type_in(page, "images", f"{blank}https://example.com/1.png\n{blank}\u200bhttps://example.com/2.png\u2060\n{blank}")
    expect(tiles(page)).to_have_count(2)
    expect(page.locator("#mentions .chips button")).to_have_text(["image 1", "image 2"])
    expect(page.locator("#references .counters")).to_contain_text("Images 2/9")
    press(page, "check")
    sent = page.locator("#request-json pre")
    expect(sent).to_contain_text("https://example.com/2.png")
    assert json.loads(sent.inner_text())["images"] == ["https://example.com/1.png", "https://example.com/2.png"]
    expect(page.locator("#problems .problems li")).to_have_count(0)


PASTE = """([text, html, files, target]) => {
  const clipboardData = new DataTransfer();
  if (text) clipboardData.setData("text/plain", text);
  if (html) clipboardData.setData("text/html", html);
  for (const [name, type, bytes] of files) {
    clipboardData.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, { type }));
  }
  const node = target ? document.querySelector(target) : document.body;
  (node.focus ? node : document.body).focus();
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true, composed: true });
  return node.dispatchEvent(event);
}"""
PROMPT = "#field-prompt textarea"


def pasted(page: Page, text: str, html: str, *files: tuple[str, str, bytes], target: str | None = None) -> bool:
    """Pastes as a program puts it into the clipboard; whether the browser may go on and put the text in."""
    coded = [[name, mime, base64.b64encode(data).decode()] for name, mime, data in files]
    went_on: bool = page.evaluate(PASTE, [text, html, coded, target])
    return went_on


CELLS = ("A boat\tdrifts", "<table><tr><td>A boat</td></tr></table>")
SHOT = ("image.png", "image/png", made.picture(size=(640, 480)))
OTHER_SHOT = ("image.png", "image/png", made.picture(size=(800, 600)))


def test_a_text_of_office_that_is_pasted_into_the_prompt_stays_a_text(app: App, page: Page) -> None:
    opened(page, app.url)
    assert pasted(page, *CELLS, SHOT, target=PROMPT)
    assert page.evaluate("() => document.querySelectorAll('#references .item').length") == 0


def test_a_picture_that_is_pasted_into_the_prompt_is_a_reference(app: App, page: Page) -> None:
    opened(page, app.url)
    assert not pasted(page, "", "<img src='https://a.example/1.png'>", SHOT, target=PROMPT)
    expect(tiles(page)).to_have_count(1, timeout=30_000)


def test_what_is_pasted_where_nobody_types_is_a_reference_whatever_lies_beside_it(app: App, page: Page) -> None:
    opened(page, app.url)
    assert not pasted(page, *CELLS, SHOT)
    expect(tiles(page)).to_have_count(1, timeout=30_000)


def test_two_pasted_pictures_of_one_name_are_told_apart(app: App, page: Page) -> None:
    opened(page, app.url)
    pasted(page, "", "", SHOT, OTHER_SHOT)
    expect(tiles(page)).to_have_count(2, timeout=30_000)
    pasted(page, "", "", SHOT)
    expect(tiles(page)).to_have_count(3, timeout=30_000)
    assert names(page) == ["image.png", "image (2).png", "image (3).png"]
    type_in(page, "prompt", "Image 1 beside image 2 and image 3")
    press(page, "check")
    # The third has the bytes of the first, so that one file does for both.
    expect(page.locator("#code code")).to_contain_text("upload image.png image/png")
    expect(page.locator("#code code")).to_contain_text("upload 'image (2).png' image/png")
    expect(page.locator("#code code")).not_to_contain_text("image (3).png")


def test_a_file_that_is_too_large_is_told_so_before_it_leaves(start_app: StartApp, page: Page) -> None:
    opened(page, start_app(arrival_mb=50).url)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    large = {
        "photo.jpg": ("image/jpeg", 50_400_000),
        "clip.mov": ("video/quicktime", 50_000_001),
        "a.wav": ("", 61_000_000),
    }
    page.evaluate(
        """(files) => {
          const transfer = new DataTransfer();
          for (const [name, [type, size]] of Object.entries(files)) {
            transfer.items.add(new File([new Uint8Array(size)], name, { type }));
          }
          const tray = document.querySelector("#references .tray");
          tray.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        {name: list(each) for name, each in large.items()},
    )
    expect(page.locator("#references .refused li")).to_have_text(
        [
            "clip.mov: The video is 50.1 MB; the upload limit is 50 MB.",
            "a.wav: The audio is 61.0 MB; the upload limit is 50 MB.",
            # The browser has tried to make it smaller first.
            "photo.jpg: The image is 50.4 MB; the upload limit is 50 MB.",
        ]
    )
    expect(page.locator("#references .item")).to_have_count(0)
    assert not [url for url in sent if url.endswith("/uploads")]


def test_a_refusal_of_the_server_is_shown_in_its_words(start_app: StartApp, page: Page, troubles: list[str]) -> None:
    opened(page, start_app(arrival_mb=50).url)
    page.evaluate(
        "() => { for (const each of Object.keys(studioData.uploadBytes)) studioData.uploadBytes[each] = 1e12; }"
    )
    with refusal_noted(page):
        page.evaluate(
            """() => {
              const transfer = new DataTransfer();
              const head = Uint8Array.from([0, 0, 0, 16, ...new TextEncoder().encode("ftypisom"), 0, 0, 0, 0]);
              transfer.items.add(new File([head, new Uint8Array(50_001_000)], "clip.mp4", { type: "video/mp4" }));
              const tray = document.querySelector("#references .tray");
              tray.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
            }"""
        )
    expect(page.locator("#references .refused li")).to_have_text(
        "clip.mp4: The video is 50.1 MB; the upload limit is 50 MB.", timeout=30_000
    )
    troubles.clear()


@pytest.mark.parametrize("said", ["upload.too_large", "upload.no_room"])
def test_a_refusal_of_the_guard_or_of_the_storage_is_a_sentence_at_the_tile(
    app: App,
    start_app: StartApp,
    page: Page,
    troubles: list[str],
    monkeypatch: pytest.MonkeyPatch,
    said: str,
) -> None:
    if said == "upload.too_large":
        monkeypatch.setattr("weryai_ui.ui.http.guard.UPLOAD_BYTES", len(BOAT[2]) - 1)  # a check has fewer
        monkeypatch.setattr("weryai_ui.ui.http.server.MEGABYTE", 0)
        app = start_app()
    else:
        monkeypatch.setattr(app.service.uploads._storage, "_quota", Quota(whole=1000, share=1000))
    opened(page, app.url)
    with refusal_noted(page):
        given(page, BOAT)
    expect(page.locator("#references .refused li")).to_have_text(f"boat.png: {say(said)}", timeout=30_000)
    expect(page.locator("#references .item")).to_have_count(0)
    troubles.clear()


def test_an_upload_names_its_visitor(app: App, page: Page) -> None:
    opened(page, app.url)
    given(page, BOAT)
    expect(tiles(page)).to_have_count(1, timeout=30_000)
    upload = app.service.uploads.get(
        page.evaluate("async () => (({ form, listsOf }) => listsOf(form.values))(await window.studio).images[0]")
    )
    assert upload is not None
    assert upload.owner.id == visitor_id(page.evaluate("async () => (await window.studio).visitor()"))


def test_a_cut_is_a_file_of_its_own_that_the_programs_send_and_the_tile_gives(
    app: App, page: Page, tmp_path: Path
) -> None:
    opened(page, app.url)
    name = "Screen\u202frecording  1.mp4"
    given(page, (name, "video/mp4", made.clip(9.0, size=(320, 240))))
    expect(tiles(page)).to_have_count(1, timeout=30_000)
    page.get_by_label("Cut video 1").click()
    dialog = page.locator("#references dialog")
    dialog.get_by_label("Start, s").fill("2")
    dialog.get_by_label("End, s").fill("8")
    dialog.get_by_role("button", name="Use this cut").click()
    expect(dialog).to_be_hidden(timeout=30_000)
    cut = "Screen\u202frecording  1 (2-8 s).mp4"
    expect(tiles(page).locator(".name")).to_have_text(cut)
    with page.expect_download() as downloaded:
        page.get_by_label("Download video 1").click()
    assert downloaded.value.suggested_filename == cut
    downloaded.value.save_as(tmp_path / cut)
    type_in(page, "prompt", "Like video 1")
    press(page, "check")
    program = page.locator("#code code")
    expect(program).to_contain_text(f"upload '{cut}' video/mp4")
    with SandboxServer(pace=0) as elsewhere:
        text = program.inner_text()
        ran = run_text(Language.CURL, text, tmp_path, "sk-sandbox-fails", WERYAI_BASE_URL=elsewhere.url)
        assert "ACCEPTED" in ran.said, ran.said
        (link,) = json.loads(elsewhere.ledger[0].body)["videos"]
        sent = requests.get(link, timeout=10).content
    upload = app.service.uploads.get(
        page.evaluate("async () => (({ form, listsOf }) => listsOf(form.values))(await window.studio).videos[0]")
    )
    assert upload is not None
    with app.service.uploads.file(upload) as path:
        assert sent == path.read_bytes()


def test_more_than_the_model_takes_is_red_in_the_counter_said_and_outlined(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "images", "\n".join(f"https://example.com/{number}.png" for number in range(1, 13)))
    expect(tiles(page)).to_have_count(12)
    counters, over = page.locator("#references .counters"), page.locator("#references .over")
    expect(counters.locator(".is-over")).to_have_text("Images 12/9")
    expect(over).to_have_text("Images: 12; the limit is 9. Remove 3: the ones over the limit are outlined.")
    extra = page.locator("#references .item.is-extra")
    assert extra.evaluate_all("tiles => tiles.map((tile) => tile.dataset.index)") == ["9", "10", "11"]
    expect(extra.first).to_have_accessible_name("image 10: 10.png, over the limit")
    assert extra.first.evaluate("tile => getComputedStyle(tile).outlineStyle") == "solid"
    assert violations(page) == []
    # The list of problems leads to the box, which was never unfolded before.
    page.reload()
    page.locator("#problems .counts").click()
    page.locator("#problems .problems button").click()
    expect(box(page, "images")).to_be_focused()
    for _ in range(3):
        page.get_by_role("button", name="Remove image 1", exact=True).click()
    expect(tiles(page)).to_have_count(9)
    expect(extra).to_have_count(0)
    expect(counters.locator(".is-over")).to_have_count(0)
    expect(over).to_be_hidden()
