"""A file by HTTP: what is too large is refused in JSON, by the one limit of its kind, before it is taken in."""

from __future__ import annotations

import errno
import json
import math
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests

from tests.conftest import App, StartApp
from tests.durability.waiting import until
from tests.media import made
from tests.security.conftest import ask
from tests.service.conftest import FORM
from tests.visitors import visitor_named
from weryai_ui.files.names import Source
from weryai_ui.files.storage import ARRIVING_OF_VISITOR
from weryai_ui.ui.http.bodies import Arrival

MEGABYTE = 1_000_000
PNG = b"\x89PNG\r\n\x1a\n"
MP4 = b"\0\0\0\x10ftypisom\0\0\0\0"
WAV = b"RIFF\0\0\0\0WAVE"


@pytest.fixture
def small(start_app: StartApp) -> App:
    """An app whose owner lets no more arrive than may leave."""
    return start_app(arrival_mb=50)


def give(app: App, body: Any, name: str = "", **headers: str) -> requests.Response:
    sent = {"X-Name": quote(name), **{key.replace("_", "-"): value for key, value in headers.items()}}
    return requests.post(f"{app.url}/uploads", data=body, headers=sent, timeout=60)


@pytest.mark.parametrize(
    ("head", "name", "size", "sentence"),
    [
        (MP4, "a.mp4", 50_000_001, "The video is 50.1 MB; the upload limit is 50 MB."),
        (MP4, "a.mp4", 80 * MEGABYTE, "The video is 80.0 MB; the upload limit is 50 MB."),
        (WAV, "a.wav", 66 * MEGABYTE, "The audio is 66.0 MB; the upload limit is 50 MB."),
        (PNG, "a.jpeg", 53 * MEGABYTE, "The image is 53.0 MB; the upload limit is 50 MB."),
        (b"?", "a.bin", 70 * MEGABYTE, "The file is 70.0 MB; the upload limit is 50 MB."),
    ],
)
def test_a_file_over_the_limit_is_refused_in_json(small: App, head: bytes, name: str, size: int, sentence: str) -> None:
    answer = give(small, head + bytes(size - len(head)), name)
    print(f"{name}, {size} bytes: HTTP {answer.status_code} {answer.text}")
    assert (answer.status_code, answer.json()) == (413, {"refused": sentence})


def test_a_file_that_did_not_say_how_large_it_is_is_refused_when_it_is_too_large(small: App) -> None:
    def blocks() -> Iterator[bytes]:
        yield PNG
        for _ in range(52):
            yield bytes(MEGABYTE)

    answer = give(small, blocks(), "a.png")
    assert (answer.status_code, answer.json()) == (
        413,
        {"refused": "The image is over 50 MB, which is the upload limit."},
    )


def test_a_length_alone_is_enough_to_be_refused(app: App) -> None:
    answer = ask(app.url, "/uploads", "POST", b"", {"Content-Length": "99999999999", "Content-Type": "video/mp4"})
    assert (answer.status, answer.data) == (413, {"refused": "The video is 100000.0 MB; the upload limit is 500 MB."})


@pytest.mark.parametrize("length", ["500000001", "1000000000", "99999999999"])
def test_more_than_may_arrive_is_refused_before_a_byte_of_it_is_read(app: App, length: str) -> None:
    answer = ask(app.url, "/uploads", "POST", b"", {"Content-Length": length, "Content-Type": "image/png"})
    size = f"{math.ceil(int(length) / 100_000) / 10:.1f}"
    sentence = f"The image is {size} MB; the upload limit is 500 MB."
    assert (answer.status, answer.data) == (413, {"refused": sentence})


def test_how_much_may_arrive_is_the_owners_choice(small: App) -> None:
    answer = ask(small.url, "/uploads", "POST", b"", {"Content-Length": "50000001", "Content-Type": "image/png"})
    assert answer.data == {"refused": "The image is 50.1 MB; the upload limit is 50 MB."}


def test_it_is_refused_in_the_visitors_language(small: App) -> None:
    answer = give(small, MP4 + bytes(52 * MEGABYTE), "a.mp4", Accept_Language="zh-CN")
    assert answer.json() == {"refused": "该视频大小为 52.1 MB，上传上限为 50 MB。"}


@pytest.mark.parametrize("size", [10 * MEGABYTE, 70 * MEGABYTE])
def test_a_picture_of_more_than_may_leave_is_looked_at(app: App, size: int) -> None:
    answer = give(app, PNG + bytes(size - len(PNG)), "a.png")
    assert answer.status_code == 200
    assert "damaged" in answer.json()["refused"]


@pytest.mark.parametrize(("form", "extension"), [("webm", "webm"), ("matroska", "mkv")])
def test_a_video_that_the_service_does_not_take_waits_to_be_made_to_fit(app: App, form: str, extension: str) -> None:
    known = give(app, made.clip(2.0, form), "clip.mp4").json()
    assert (known["kind"], known["extension"], known["fits"], known["given"]) == ("videos", extension, False, None)
    assert known["fit_seconds"] >= 1
    (problem,) = app.service.check({**FORM, "videos": known["link"]}).problems
    assert (problem.rule, problem.field) == ("does_not_fit", "videos")


@pytest.mark.parametrize(("form", "was"), [("ogg", "opus"), ("flac", "flac"), ("ipod", "m4a"), ("webm", "webm")])
def test_a_sound_that_the_service_does_not_take_is_made_to_fit_at_once(app: App, form: str, was: str) -> None:
    known = give(app, made.sound(3.0, form), "sound.mp3").json()
    assert (known["kind"], known["extension"], known["fits"]) == ("audios", "wav", True)
    assert (known["name"], known["given"]["extension"]) == ("sound.wav", was)


ORIGINAL = {"name": "photo.png", "extension": "png", "size": 20_000_000, "width": 8000, "height": 6000}


def test_what_a_photo_was_before_the_browser_made_it_smaller_is_told_again(app: App) -> None:
    known = give(app, made.picture(), "photo.jpg", X_Made_Of=quote(json.dumps(ORIGINAL))).json()
    was = {name: value for name, value in ORIGINAL.items() if name != "name"}
    assert known["given"] == {"link": "", "trait": None, **was}
    kept = app.service.uploads.get(known["link"])
    assert kept is not None and kept.source == Source("photo.png")


@pytest.mark.parametrize(
    "told",
    [
        *("", "{", "[]", "null", "7" * 5000, "%ff", json.dumps({**ORIGINAL, "extension": "html"})),
        *(json.dumps({**ORIGINAL, "width": value}) for value in (0, -1, 1.5, 2**64, "x", None)),
    ],
)
def test_what_is_told_wrongly_of_a_photo_is_not_told_again(app: App, told: str) -> None:
    known = give(app, made.picture(), "photo.jpg", X_Made_Of=quote(told, safe="%")).json()
    assert known["given"] is None


@pytest.mark.parametrize(
    "name", ["Screenshot 9.41.07\u202fAM.png", "two  spaces.png", "x" * 100 + ".png", "猫.png", 'a "b" \\ c.png']
)
def test_a_name_comes_back_as_it_was_given(app: App, name: str) -> None:
    assert give(app, made.picture(), name).json()["name"] == name


def begun(app: App, visitor: str) -> socket.socket:
    """An upload that announces a megabyte and brings nothing of it."""
    url = urlsplit(app.url)
    connection = socket.create_connection((url.hostname or "", url.port or 80), timeout=30)
    head = f"POST /uploads HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: {MEGABYTE}\r\nX-Visitor: {visitor}\r\n\r\n"
    connection.sendall(head.encode())
    return connection


def test_who_begins_too_many_uploads_is_told_so_in_json_and_another_is_served(app: App) -> None:
    loud, quiet = visitor_named("loud"), visitor_named("quiet")
    with ExitStack() as stack:
        for _ in range(ARRIVING_OF_VISITOR):
            stack.enter_context(begun(app, loud))
        folder = app.service.settings.data_dir / "uploads"
        until(lambda: len(list(folder.glob("*.incoming"))) == ARRIVING_OF_VISITOR)
        refused = give(app, made.picture(), "a.png", X_Visitor=loud)
        print(f"upload {ARRIVING_OF_VISITOR + 1}: HTTP {refused.status_code} {refused.text}")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
        assert refused.json()["refused"].startswith("Too many files are on their way already")
        assert give(app, made.picture(), "a.png", X_Visitor=quiet).json()["name"] == "a.png"
    until(lambda: give(app, made.picture(), "a.png", X_Visitor=loud).ok)


@pytest.mark.parametrize(("language", "sentence"), [("en", "The file took too long"), ("zh-CN", "文件上传耗时过长")])
def test_a_body_that_is_too_slow_is_refused_in_json(
    app: App, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
) -> None:
    monkeypatch.setattr("weryai_ui.ui.http.guard.UPLOAD_ARRIVAL", Arrival(0.2))
    url = urlsplit(app.url)
    connection = HTTPConnection(url.netloc, timeout=30)
    connection.putrequest("POST", "/uploads")
    connection.putheader("Content-Length", "1000")
    connection.putheader("Accept-Language", language)
    connection.endheaders()
    answer = connection.getresponse()
    said = json.loads(answer.read())
    connection.close()
    print(f"408: {answer.status} {said}")
    assert answer.status == 408
    assert said["refused"].startswith(sentence)


def test_a_disk_without_room_is_said_in_json(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr("weryai_ui.files.uploads._sha256", full)
    answer = give(app, made.picture(), "a.png")
    assert answer.status_code == 507
    assert answer.json()["refused"].startswith("There is no room")
