"""What the page costs on the wire: compressed, and sent once."""

from __future__ import annotations

import gzip

import requests

from tests.conftest import App

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
