"""Uploads, results and webhooks, as a client meets them."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import av
import pytest
import requests
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.sandbox.conftest import NEVER_DRAWN, SUBMIT, Caller, until
from tests.sandbox.media_files import clip, picture, sound, sound_of
from weryai_ui.sandbox.animatic.lettering import Lettering, clean
from weryai_ui.sandbox.server import SandboxServer, create_app
from weryai_ui.sandbox.webhooks import LoopbackCallbacks

BODY: dict[str, Any] = {"model": "SEEDANCE_2_0", "duration": 5}


def probed(content: bytes) -> dict[str, Any]:
    """Size, frames, rate and kinds of stream of an mp4."""
    with av.open(io.BytesIO(content), "r") as file:
        video = file.streams.video[0]
        return {
            "size": (video.width, video.height),
            "frames": len(list(file.decode(video))),
            "rate": float(video.average_rate or 0),
            "codec": video.codec_context.name,
            "pixels": video.codec_context.pix_fmt,
            "audio": [stream.codec_context.name for stream in file.streams.audio],
            "seconds": (file.duration or 0) / 1_000_000,
        }


def test_a_video_made_from_uploads_is_what_was_asked_for(caller: Caller) -> None:
    body = {
        **BODY,
        "duration": 6,
        "aspect_ratio": "9:16",
        "resolution": "720p",
        "generate_audio": "true",
        "prompt": "慢慢推进 🌄 \u202e\x07 slowly " + "x" * 200,
        "images": [caller.uploaded(picture()), "https://example.com/elsewhere.jpg"],
        "videos": [caller.uploaded(clip(3))],
        "audios": [caller.uploaded(sound(3))],
    }
    video = caller.ended(caller.make(body))["videos"][0]
    found = probed(requests.get(video["url"], timeout=10).content)
    assert (found["size"], found["frames"], found["rate"]) == ((720, 1280), 144, 24.0)
    assert (found["codec"], found["pixels"], found["audio"]) == ("h264", "yuv420p", ["aac"])
    assert found["seconds"] == pytest.approx(6, abs=0.05)
    cover = requests.get(video["cover_image_url"], timeout=10)
    assert cover.headers["Content-Type"] == "image/jpeg"
    assert cover.content.startswith(b"\xff\xd8")


def test_without_choices_a_video_is_wide_small_and_silent(caller: Caller) -> None:
    video = caller.ended(caller.make(BODY))["videos"][0]
    found = probed(requests.get(video["url"], timeout=10).content)
    assert (found["size"], found["frames"], found["audio"]) == ((854, 480), 120, [])


def test_several_videos_of_one_request_differ(caller: Caller) -> None:
    body = {**BODY, "video_number": 2, "aspect_ratio": "1:1", "resolution": "480p"}
    ids = caller.post(body).json()["data"]["task_ids"]
    links = [caller.ended(each)["videos"][0]["url"] for each in ids]
    first, second = (requests.get(each, timeout=10).content for each in links)
    assert probed(first)["size"] == probed(second)["size"] == (480, 480)
    assert first != second


def test_a_result_can_be_a_reference_of_the_next_request(caller: Caller) -> None:
    link = caller.ended(caller.make(BODY))["videos"][0]["url"]
    assert caller.post({**BODY, "videos": [link]}, NEVER_DRAWN).json()["status"] == 0
    too_long = caller.post({**BODY, "videos": [link] * 3}, NEVER_DRAWN).json()
    assert too_long["status"] == 0, "three times five seconds is just within the limit"


@pytest.mark.parametrize(
    ("content", "extension", "content_type"),
    [
        (picture(), "png", "image/png"),
        (picture(kind="JPEG"), "jpg", "image/jpeg"),
        (picture(kind="WEBP"), "webp", "image/webp"),
        (picture(kind="GIF"), "gif", "image/gif"),
        (sound(2), "wav", "audio/wav"),
        (clip(2), "mp4", "video/mp4"),
    ],
    ids=["png", "jpg", "webp", "gif", "wav", "mp4"],
)
def test_an_upload_is_known_by_its_bytes_and_served_as_such(
    caller: Caller, content: bytes, extension: str, content_type: str
) -> None:
    link = caller.uploaded(content)
    answer = requests.get(link, timeout=10)
    assert link.endswith(f".{extension}")
    assert answer.content == content
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html>not a picture</html>", 2004),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 10_000_001, 1014),
        (sound_of(50_000_004), 1014),
        (b"ID3" + b"\0" * 52_000_000, 1014),
        (b"", 1002),
    ],
    ids=["format", "picture over 10 MB", "sound over 50 MB", "form over its limit", "empty"],
)
def test_an_upload_that_breaks_a_limit_is_refused(caller: Caller, content: bytes, code: int) -> None:
    answer = caller.upload(content, "innocent.png")
    assert (answer.status_code, answer.json()["status"]) == (400, code)


def test_an_upload_without_a_file_is_refused(caller: Caller) -> None:
    url, headers = f"{caller.url}/v1/generation/upload-file", {"Authorization": "Bearer sk-sandbox"}
    for extra in ({"data": {"fixed": "false"}}, {"data": b"zzz"}):
        answer = requests.post(url, headers=headers, timeout=10, **extra)
        assert (answer.status_code, answer.json()["status"]) == (400, 1002)


def test_media_answer_byte_ranges_and_head(caller: Caller) -> None:
    content = picture()
    link = caller.uploaded(content)
    part = requests.get(link, headers={"Range": "bytes=4-9"}, timeout=10)
    assert (part.status_code, part.content) == (206, content[4:10])
    assert part.headers["Content-Range"] == f"bytes 4-9/{len(content)}"
    head = requests.head(link, timeout=10)
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(content)))
    assert head.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("name", ["nothing.png", "..%2f..%2fetc%2fpasswd", "task_1.json", "a.png"])
def test_a_file_that_is_not_there_is_an_envelope(caller: Caller, name: str) -> None:
    answer = requests.get(f"{caller.url}/media/{name}", timeout=10)
    assert (answer.status_code, answer.json()["status"]) == (404, 1010)


def test_an_accepted_task_goes_on_after_the_process_was_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "weryai_ui.sandbox", "--port", "0", "--pace", "0"]
    with subprocess.Popen([*command, "--data", str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        task_id = Caller(found[0]).make({**BODY, "aspect_ratio": "1:1"})
        process.kill()
    with SandboxServer(tmp_path, pace=0) as again:
        data = Caller(again.url).ended(task_id)
        assert data["task_status"] == "succeed"
        assert requests.get(data["videos"][0]["url"], timeout=10).status_code == 200


def test_an_ended_task_stays_ended_and_a_lost_video_is_drawn_again(tmp_path: Path) -> None:
    with SandboxServer(tmp_path, pace=0) as first:
        task_id = Caller(first.url).make({**BODY, "aspect_ratio": "1:1"})
        Caller(first.url).ended(task_id)
    (tmp_path / "media" / f"{task_id}.mp4").unlink()
    with SandboxServer(tmp_path, pace=100) as second:
        data = Caller(second.url).data(f"{task_id}/status")
        assert data["task_status"] == "succeed"
        link = data["videos"][0]["url"]
        until(lambda: requests.get(link, timeout=10).status_code == 200)


def test_a_task_file_that_cannot_be_read_does_not_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "task_broken.json").write_text("{")
    with SandboxServer(tmp_path) as server:
        assert Caller(server.url).data("balance") == 1240


@pytest.fixture
def letters() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A receiver on this machine: its address and the bodies that arrived."""
    arrived: list[dict[str, Any]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            arrived.append(json.loads(self.rfile.read(length)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keeps the tests quiet."""

    with HTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{receiver.server_port}/hook?a=1", arrived
        receiver.shutdown()


def test_with_the_switch_a_webhook_on_this_machine_hears_the_end_of_a_task(
    letters: tuple[str, list[dict[str, Any]]],
) -> None:
    url, arrived = letters
    with SandboxServer(pace=0, callbacks=LoopbackCallbacks()) as server:
        caller = Caller(server.url)
        task_id = caller.make({**BODY, "webhook_url": url}, NEVER_DRAWN)
        until(lambda: arrived)
        assert arrived == [caller.get(f"{task_id}/status").json()]


def test_without_the_switch_nobody_is_called_and_the_answer_says_so(
    caller: Caller, server: SandboxServer, letters: tuple[str, list[dict[str, Any]]]
) -> None:
    url, arrived = letters
    before = _threads_for_webhooks()
    made = caller.post({**BODY, "webhook_url": url}, NEVER_DRAWN)
    assert made.headers["X-Sandbox-Note"] == "webhook_url is not called; addresses that this sandbox calls: none"
    caller.ended(made.json()["data"]["task_id"])
    assert _threads_for_webhooks() == before  # other sandboxes of this process may have theirs
    assert arrived == []


def _threads_for_webhooks() -> int:
    return [thread.name for thread in threading.enumerate()].count("webhooks")


def test_the_switch_of_the_command_line_is_off_unless_it_is_given(
    tmp_path: Path, letters: tuple[str, list[dict[str, Any]]]
) -> None:
    url, arrived = letters
    for switches, calls in (((), 0), (("--allow-loopback-callbacks",), 1)):
        command = [sys.executable, "-m", "weryai_ui.sandbox", "--port", "0", "--pace", "0", *switches]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None
            made = Caller(found[0]).post({**BODY, "webhook_url": url}, NEVER_DRAWN)
            Caller(found[0]).ended(made.json()["data"]["task_id"])
            assert ("X-Sandbox-Note" in made.headers) is (calls == 0)
            until(lambda: arrived) if calls else None
            process.terminate()
        assert len(arrived) == calls


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("http://localhost:9/", True),
        ("http://[::1]:9/", True),
        ("http://127.0.0.1:9/", True),
        ("http://127.0.0.1", True),
        ("http://127.0.0.1?a=1", True),
        ("http://example.com/", False),
        ("http://127.0.0.1.example.com/", False),
        ("http://localhost@example.com/", False),
        ("http://user@localhost:9/", False),
        ("http://localhost:9@example.com/", False),
        ("http://localhost.:9/", False),
        ("http://localhost\\@example.com/", False),
        ("http://10.0.0.1/", False),
        ("http://169.254.169.254/", False),
        ("http://2130706433/", False),
        ("https://127.0.0.1/", False),
        ("http://[::1/", False),
    ],
)
def test_the_switch_allows_http_on_this_machine_only(url: str, taken: bool) -> None:
    assert LoopbackCallbacks().takes(url) is taken


@pytest.mark.parametrize(
    ("public", "start"),
    [(None, "http://testserver/sandbox/media/"), ("https://x.org/s/", "https://x.org/s/media/")],
)
def test_links_of_a_mounted_sandbox_lead_back_to_it(tmp_path: Path, public: str | None, start: str) -> None:
    outer, inner = FastAPI(), create_app(tmp_path, pace=0, public_url=public)
    outer.mount("/sandbox", inner)
    client = TestClient(outer, headers={"Authorization": "Bearer sk-sandbox"})
    answer = client.post("/sandbox/v1/generation/upload-file", files={"file": picture()})
    link = answer.json()["data"]["object_url_list"][0]
    assert link.startswith(start)
    name = link.rpartition("/")[2]
    assert client.get(f"/sandbox/media/{name}").content == picture()
    assert client.get("/sandbox/nowhere").json()["status"] == 1010
    assert client.post(f"/sandbox{SUBMIT}", json={}).json()["status"] == 1002
    assert len(inner.state.sandbox.ledger) == 1
    inner.state.sandbox.close()


@pytest.mark.parametrize("text", ["", "a" * 300, "山谷里的晨雾" * 30, "🌄🏳️‍🌈", "a\n\nb", "\u0378 \U000e0001"])
def test_any_text_is_wrapped_within_its_width(text: str) -> None:
    letters = Lettering(18)
    lines = letters.wrap(clean(text), 300)
    assert all(letters.width(line) <= 300 + 20 for line in lines)
    assert "".join("".join(lines).split()) == "".join(clean(text).split())
