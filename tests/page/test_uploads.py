"""A file by HTTP: what is too large is refused in JSON, by the one limit of its kind, before it is taken in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.conftest import App
from tests.media import made
from tests.security.conftest import ask

MEGABYTE = 1_000_000
PNG = b"\x89PNG\r\n\x1a\n"
MP4 = b"\0\0\0\x10ftypisom\0\0\0\0"
WAV = b"RIFF\0\0\0\0WAVE"


def give(app: App, body: Any, name: str = "", **headers: str) -> requests.Response:
    sent = {"X-Name": quote(name), **{key.replace("_", "-"): value for key, value in headers.items()}}
    return requests.post(f"{app.url}/uploads", data=body, headers=sent, timeout=60)


@pytest.mark.parametrize(
    ("head", "name", "size", "sentence"),
    [
        (PNG, "a.png", 10_000_001, "The image is 10.1 MB; the upload limit is 10 MB."),
        (PNG, "really.mp4", 12 * MEGABYTE, "The image is 12.0 MB; the upload limit is 10 MB."),
        (MP4, "a.mp4", 50_000_001, "The video is 50.1 MB; the upload limit is 50 MB."),
        (MP4, "a.mp4", 53 * MEGABYTE, "The video is 53.0 MB; the upload limit is 50 MB."),
        (MP4, "a.mp4", 80 * MEGABYTE, "The video is 80.0 MB; the upload limit is 50 MB."),
        (WAV, "a.wav", 66 * MEGABYTE, "The audio is 66.0 MB; the upload limit is 50 MB."),
        (PNG, "a.jpeg", 70 * MEGABYTE, "The image is 70.0 MB; the upload limit is 10 MB."),
        (b"?", "a.bin", 70 * MEGABYTE, "The file is 70.0 MB; the upload limit is 50 MB."),
    ],
)
def test_a_file_over_the_limit_of_its_kind_is_refused_in_json(
    app: App, head: bytes, name: str, size: int, sentence: str
) -> None:
    answer = give(app, head + bytes(size - len(head)), name)
    print(f"{name}, {size} bytes: HTTP {answer.status_code} {answer.text}")
    assert (answer.status_code, answer.json()) == (413, {"refused": sentence})


def test_a_file_that_did_not_say_how_large_it_is_is_refused_when_it_is_too_large(app: App) -> None:
    def blocks() -> Iterator[bytes]:
        yield PNG
        for _ in range(12):
            yield bytes(MEGABYTE)

    answer = give(app, blocks(), "a.png")
    assert (answer.status_code, answer.json()) == (
        413,
        {"refused": "The image is over 10 MB, which is the upload limit."},
    )


def test_a_length_alone_is_enough_to_be_refused(app: App) -> None:
    answer = ask(app.url, "/uploads", "POST", b"", {"Content-Length": "99999999999", "Content-Type": "video/mp4"})
    assert (answer.status, answer.data) == (413, {"refused": "The video is 100000.0 MB; the upload limit is 50 MB."})


def test_it_is_refused_in_the_visitors_language(app: App) -> None:
    answer = give(app, PNG + bytes(12 * MEGABYTE), "a.png", Accept_Language="zh-CN")
    assert answer.json() == {"refused": "该图片大小为 12.1 MB，上传上限为 10 MB。"}


def test_a_picture_of_just_the_limit_is_looked_at(app: App) -> None:
    answer = give(app, PNG + bytes(10 * MEGABYTE - len(PNG)), "a.png")
    assert answer.status_code == 200
    assert "damaged" in answer.json()["refused"]


@pytest.mark.parametrize(
    ("form", "words"),
    [("webm", "a WebM video file"), ("matroska", "a Matroska (MKV) video file")],
)
def test_a_video_that_the_service_does_not_take_is_refused_at_once(app: App, form: str, words: str) -> None:
    refused = give(app, made.clip(2.0, form), "clip.mp4").json()["refused"]
    assert refused == f"This is {words}, which cannot be used here: convert it to MP4 or MOV."


@pytest.mark.parametrize("form", ["ogg", "flac", "ipod", "webm"])
def test_a_sound_that_the_service_does_not_take_is_refused_at_once_in_words_of_sound(app: App, form: str) -> None:
    refused = give(app, made.sound(3.0, form), "sound.mp3").json()["refused"]
    assert refused.endswith("audio file, which cannot be used here: convert it to MP3 or WAV.")


@pytest.mark.parametrize(
    "name", ["Screenshot 9.41.07\u202fAM.png", "two  spaces.png", "x" * 100 + ".png", "猫.png", 'a "b" \\ c.png']
)
def test_a_name_comes_back_as_it_was_given(app: App, name: str) -> None:
    assert give(app, made.picture(), name).json()["name"] == name
