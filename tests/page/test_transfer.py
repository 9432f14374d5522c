"""What the page costs on the wire: compressed, and sent once."""

from __future__ import annotations

import gzip
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import requests
from PIL import Image
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from tests.conftest import App, StartApp
from tests.process import AppProcess
from weryai_ui.i18n import Locale, say, speaking
from weryai_ui.ui.http.link_preview import PICTURE, with_preview
from weryai_ui.ui.http.scripts import FOR_GOOD, JOINED
from weryai_ui.ui.http.transfer import PAGES_KEPT, Kept

PLAIN = {"Accept-Encoding": "identity"}


def test_the_page_is_compressed_for_who_can_read_it_and_plain_for_who_cannot(app: App) -> None:
    plain = requests.get(app.url, headers=PLAIN, timeout=30)
    raw = requests.get(app.url, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=30)
    sent = raw.raw.read()
    assert raw.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert gzip.decompress(sent) == plain.content
    assert len(sent) < len(plain.content) / 3


def test_a_browser_that_has_the_page_is_not_sent_it_again(app: App) -> None:
    first = requests.get(app.url, timeout=30)
    again = requests.get(app.url, headers={"If-None-Match": first.headers["etag"]}, timeout=30)
    assert (again.status_code, again.content) == (304, b"")
    assert "content-security-policy" in again.headers
    other = requests.get(app.url, headers={"If-None-Match": 'W/"another"'}, timeout=30)
    assert (other.status_code, other.content) == (200, first.content)


def test_the_page_is_written_once_for_each_name_and_language_and_never_where_it_is_personal() -> None:
    written: list[str] = []

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        asked = Request(scope)
        written.append(asked.headers["host"])
        html = f"<head></head>{asked.headers['host']} {asked.url.query} {asked.headers.get('x-forwarded-proto')}"
        await HTMLResponse(html)(scope, receive, send)

    client = TestClient(Kept(page, lambda html, scope: with_preview(html, scope, "")))
    answers = [client.get("/?a=1", headers={"Host": name}) for name in ("one.example", "two.example") for _ in range(3)]
    assert written == ["one.example", "two.example"]
    for answer, name in zip(answers, sorted(written * 3), strict=True):
        assert answer.text.endswith(f"{name}  None") and answer.text == client.get("/", headers={"Host": name}).text
    assert client.get("/", headers={"Host": "one.example", "X-Forwarded-Proto": "https"}).text.endswith("https")
    with speaking(Locale.ZH):
        assert say("page.title") in client.get("/", headers={"Host": "one.example"}).text
    for number in range(PAGES_KEPT):
        client.get("/", headers={"Host": f"{number}.example"})
    client.get("/", headers={"Host": "one.example"})
    assert written.count("one.example") == 4

    written.clear()
    personal = TestClient(Kept(page, page_is_personal=True))
    for _ in range(2):
        personal.get("/", headers={"Host": "one.example"})
    assert len(written) == 2


def test_every_replica_serves_the_same_page(tmp_path: Path) -> None:
    named = {"Host": "studio.example", "X-Forwarded-Proto": "https"}
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    with AppProcess(folders[0]) as one, AppProcess(folders[1]) as other:
        pages = [requests.get(each.url, headers=named, timeout=30) for each in (one, other)]
    assert pages[0].content == pages[1].content
    assert pages[0].headers["etag"] == pages[1].headers["etag"]


def tags_of(text: str) -> dict[str, str]:
    """What a parser of link previews reads: the title, and the content of each tag that names it."""
    found: dict[str, str] = {}

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            said = dict(attrs)
            name = said.get("property") or said.get("name")
            if tag == "meta" and name:
                assert name not in found, f"{name} stands there twice"
                found[name] = str(said["content"])

        def handle_data(self, data: str) -> None:
            if self.get_starttag_text() == "<title>":
                found.setdefault("title", data)

    Reader().feed(text)
    return found


@pytest.mark.parametrize("public_url", ["", "https://studio.example.com/tools"])
def test_a_link_to_the_page_shows_the_app_and_not_gradio(start_app: StartApp, public_url: str) -> None:
    app = start_app(public_url=public_url)
    text = requests.get(app.url, timeout=30).text
    tags, base = tags_of(text), public_url or app.url
    assert tags["title"] == tags["og:title"] == tags["twitter:title"] == say("page.title")
    assert tags["og:description"] == tags["description"] == say("page.lead")
    assert tags["og:url"] == f"{base}/"
    assert tags["og:image"] == tags["twitter:image"] == f"{base}/{PICTURE}"
    assert "raw.githubusercontent" not in text and "@Gradio" not in text
    picture = requests.get(f"{app.url}/{PICTURE}", timeout=30)
    assert picture.headers["content-type"] == "image/jpeg" and len(picture.content) <= 300_000
    assert Image.open(io.BytesIO(picture.content)).size == (1200, 630)


def test_what_a_request_calls_its_host_cannot_break_out_of_a_tag(app: App) -> None:
    text = requests.get(app.url, headers={"Host": 'a"><script>1</script>'}, timeout=30).text
    assert "<script>1</script>" not in text


def test_parts_of_a_video_and_streams_pass_untouched(app: App) -> None:
    path = f"{app.url}/examples/first-frame-lock-1.mp4"
    whole = requests.get(path, timeout=30)
    part = requests.get(path, headers={"Range": "bytes=100-199", "Accept-Encoding": "gzip"}, timeout=30)
    assert part.status_code == 206 and "content-encoding" not in part.headers
    assert part.content == whole.content[100:200]


@pytest.mark.parametrize("encoding", ["gzip", "identity", "br", ""])
def test_a_file_is_the_same_the_first_time_and_from_memory(app: App, encoding: str) -> None:
    path = a_script(app)
    answers = [requests.get(path, headers={"Accept-Encoding": encoding}, timeout=30) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.content for answer in answers} == {requests.get(path, headers=PLAIN, timeout=30).content}
    packed = {answer.headers.get("content-encoding") for answer in answers}
    assert packed == ({"gzip"} if encoding == "gzip" else {None})
    assert all("content-security-policy" in answer.headers for answer in answers)


def test_a_browser_that_has_a_file_is_not_sent_it_again(app: App) -> None:
    path = a_script(app)
    first = requests.get(path, timeout=30)
    again = requests.get(path, headers={"If-None-Match": first.headers["etag"]}, timeout=30)
    assert (again.status_code, again.content) == (304, b"")
    part = requests.get(path, headers={"Range": "bytes=0-9", **PLAIN}, timeout=30)
    assert part.content == first.content[:10]


def test_paths_that_are_no_files_are_refused_and_fill_no_memory() -> None:
    asked: list[str] = []

    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope["path"])
        await Response(status_code=404)(scope, receive, send)

    kept = Kept(nothing)
    client = TestClient(kept)
    for number in range(3):
        assert client.get(f"/assets/made-up-{number}.js").status_code == 404
        assert client.get(f"/assets/made-up-{number}.js").status_code == 404
    assert len(asked) == 6 and not kept._files


def test_the_pages_own_scripts_are_one_compressed_file_that_a_browser_keeps_for_good(app: App) -> None:
    config = requests.get(f"{app.url}/config", timeout=30).json()
    found = re.search(r'import\("\./(js/[0-9a-f]{16}/studio\.js)"\)', config["head"])
    assert found
    answer = requests.get(f"{app.url}/{found[1]}", headers={"Accept-Encoding": "gzip"}, timeout=30)
    assert answer.content == JOINED.read_bytes()
    assert answer.headers["content-encoding"] == "gzip" and "javascript" in answer.headers["content-type"]
    assert answer.headers["cache-control"] == FOR_GOOD
    for path in ("js/studio.js", "js/0123456789abcdef/studio.js", f"{found[1]}.map", found[1].replace("studio.js", "")):
        assert requests.get(f"{app.url}/{path}", timeout=30).status_code == 404, path


def a_script(app: App) -> str:
    """The address of a script of Gradio's own."""
    found = re.search(r'src="\.?/?(assets/[\w-]+\.js)"', requests.get(app.url, timeout=30).text)
    assert found
    return f"{app.url}/{found[1]}"
