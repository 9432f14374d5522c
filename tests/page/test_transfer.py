"""What the page costs on the wire: compressed, and sent once."""

from __future__ import annotations

import gzip
import re

import pytest
import requests
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from tests.conftest import App
from weryai_ui.ui.http.transfer import Kept

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


def a_script(app: App) -> str:
    """The address of a script of Gradio's own."""
    found = re.search(r'src="\.?/?(assets/[\w-]+\.js)"', requests.get(app.url, timeout=30).text)
    assert found
    return f"{app.url}/{found[1]}"
