"""Whether the service could read a link: what this server says after it has asked for the first bytes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.media import made
from weryai_ui.client.public_fetch import PublicFetch
from weryai_ui.files.reach import Reach, Reached, by_itself
from weryai_ui.media import HEAD_BYTES

ANSWERS = {
    "/clip.mp4": (200, made.clip(2.0) + bytes(1_000_000)),
    "/image.png": (206, made.picture()),
    "/secret.png": (403, b"no"),
    "/gone.png": (404, b"no"),
    "/moved.png": (302, b""),
    "/page.png": (200, b"<!doctype html><title>Sign in</title>"),
    "/empty.png": (200, b""),
}


class Handler(BaseHTTPRequestHandler):
    """Answers by path; an answer of 200 does not know of ranges."""

    asked: list[str | None]

    def do_GET(self) -> None:
        self.asked.append(self.headers["Range"])
        status, body = ANSWERS[self.path]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            return  # the reader has what it wanted

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class OnThisMachine(PublicFetch):
    """Reads from this machine, where the internet of a test is."""

    def _place(self, url: str, own_origin: str) -> tuple[str, str | None]:
        return "http", None


@pytest.fixture
def internet() -> Iterator[str]:
    Handler.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "good", "says"),
    [
        ("/clip.mp4", True, "Reachable: HTTP 200, video."),
        ("/image.png", True, "Reachable: HTTP 206, image."),
        ("/secret.png", False, "The link answers HTTP 403, so the service cannot read the file."),
        ("/gone.png", False, "The link answers HTTP 404, so the service cannot read the file."),
        ("/moved.png", False, "The link redirects (HTTP 302); the service may not follow it."),
        ("/page.png", False, "The link answers HTTP 200. This is a web page, not an image, video or audio."),
        ("/empty.png", False, "The link answers HTTP 200. The file is empty."),
    ],
)
def test_a_link_is_told_by_what_answers(internet: str, path: str, good: bool, says: str) -> None:
    assert Reach(OnThisMachine(cap=HEAD_BYTES)).ask(internet + path) == Reached(good, says)
    assert Handler.asked == [f"bytes=0-{HEAD_BYTES - 1}"]


@pytest.mark.parametrize("link", ["http://127.0.0.1/a.png", "http://[::1]/a.png", "http://192.168.0.1/a.png"])
def test_the_guard_asks_no_private_address(link: str) -> None:
    found = Reach().ask(link)
    assert found == Reached(False, "The link leads to a private address; the service cannot reach it.")


@pytest.mark.parametrize("link", ["ftp://a.example/a.png", "http://localhost/a.png", "https://a.example:8443/a.png"])
def test_a_link_of_another_kind_is_not_asked(link: str) -> None:
    found = Reach().ask(link)
    assert not found.good
    assert found.text.startswith("The link cannot be read")


@pytest.mark.parametrize(
    "link",
    [
        *("http://127.0.0.1/a.png", "https://[::1]:8443/a.png", "http://192.168.0.1/a.png", "https://10.0.0.7/a.mp4"),
        *("http://localhost:3000/a.png", "https://nas/a.png", "https://nas.local/a.png", "https://a.b.INTERNAL./a.png"),
    ],
)
def test_a_link_that_leads_inside_says_so_by_itself(link: str) -> None:
    assert by_itself(link) == Reached(False, "The link leads to a private address; the service cannot reach it.")


@pytest.mark.parametrize("ending", [".html", ".pdf", ".zip", ".txt", ".m3u8", ".json"])
def test_the_ending_of_a_document_says_by_itself_that_it_is_no_media(ending: str) -> None:
    found = by_itself(f"https://a.example/folder/notes{ending}?as=a.png#b.mp4")
    assert found == Reached(False, f"The link ends in {ending}, which is not an image, video or audio.")


@pytest.mark.parametrize(
    "link",
    [
        *(
            "https://a.example/1.png",
            "https://a.example/clip.MP4",
            "https://a.example/song.mp3",
            "https://8.8.8.8/1.png",
        ),
        *("https://a.example", "https://a.example/view?file=notes.pdf", "https://a.example/download.bin"),
    ],
)
def test_of_any_other_link_nothing_is_known_before_it_is_asked(link: str) -> None:
    assert by_itself(link) is None
