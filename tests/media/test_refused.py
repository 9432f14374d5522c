"""What cannot be used is refused with a sentence: its figures, what it is instead, and never a path."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.media import made
from tests.media.conftest import Saved, refusal
from weryai_ui.media import MEDIA_LIMITS, measure

CUT_OFF = "This file is cut off: its end is missing."
DAMAGED = "This file is cut off or damaged: it could not be measured."
A_PLAYLIST = "This is a playlist that names other files, not an image, video or audio."
PADDING = bytes(64)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", "The file is empty.", id="nothing"),
        pytest.param(made.archive(), "This is a ZIP archive, not an image, video or audio.", id="zip"),
        pytest.param(b"<!DOCTYPE html><p>", "This is a web page, not an image, video or audio.", id="html"),
        pytest.param(b"\xef\xbb\xbf \n<HTML>", "This is a web page, not an image, video or audio.", id="html, marked"),
        pytest.param(made.playlist("http://a.example/"), A_PLAYLIST, id="m3u8"),
        pytest.param(b"ffconcat version 1.0\nfile a", A_PLAYLIST, id="concat"),
        pytest.param(b"v=0\r\no=", "This is a description of a stream, not an image, video or audio.", id="sdp"),
        pytest.param(b"%PDF-1.7", "This is a PDF document, not an image, video or audio.", id="pdf"),
        pytest.param("Grüße".encode(), "This is a text file, not an image, video or audio.", id="text"),
        pytest.param(
            b"\0\0\0\x18ftypheic" + PADDING,
            DAMAGED,
            id="heic without a picture",
        ),
        pytest.param(
            b"RIFF\0\0\0\0AVI LIST",
            DAMAGED,
            id="avi without a track",
        ),
        pytest.param(bytes(99), "This is not an image, video or audio that can be used here.", id="zeros"),
    ],
)
@pytest.mark.parametrize("name", ["a.png", "a.mp4"])
def test_what_is_no_media_is_named_for_what_it_is(saved: Saved, content: bytes, sentence: str, name: str) -> None:
    assert refusal(measure, saved(content, name)) == sentence


@pytest.mark.parametrize(
    ("head", "size", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n", 10_400_000, "The image is 10.4 MB; the upload limit is 10 MB."),
        (b"\0\0\0\x10ftypisom\0\0\0\0", 61_200_000, "The video is 61.2 MB; the upload limit is 50 MB."),
        (b"RIFF\0\0\0\0WAVE", 50_000_001, "The audio is 50.1 MB; the upload limit is 50 MB."),
    ],
)
def test_a_file_over_the_upload_limit_is_refused_with_both_figures(
    saved: Saved, head: bytes, size: int, sentence: str
) -> None:
    path = saved(head)
    os.truncate(path, size)
    assert refusal(measure, path) == sentence


def test_a_file_of_exactly_the_limit_is_taken(saved: Saved) -> None:
    data = made.picture("PNG")
    assert measure(saved(data), limits=replace(MEDIA_LIMITS, picture_bytes=len(data))).size == len(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_a_picture_of_30000_pixels_a_side_is_refused_by_its_header(saved: Saved, kind: str) -> None:
    sentence = "This image is 30000 x 30000 pixels; the limit here is 65 megapixels."
    assert refusal(measure, saved(made.huge(kind))) == sentence


def test_the_largest_webp_is_refused_by_its_header(saved: Saved) -> None:
    sentence = "This image is 16384 x 16384 pixels; the limit here is 65 megapixels."
    assert refusal(measure, saved(made.huge("WEBP"))) == sentence


@pytest.mark.parametrize("lossless", [False, True], ids=["VP8", "VP8L"])
def test_a_webp_without_extensions_is_refused_by_its_header_too(saved: Saved, lossless: bool) -> None:
    path = saved(made.plain_webp((320, 180), lossless))
    assert refusal(measure, path, limits=replace(MEDIA_LIMITS, pixels=320 * 180 - 1)).startswith(
        "This image is 320 x 180 pixels;"
    )


def test_a_video_whose_frames_are_too_large_is_refused(saved: Saved) -> None:
    path = saved(made.clip(2.0))
    sentence = "This video is 64 x 48 pixels; the limit here is 0.003 megapixels."
    assert refusal(measure, path, limits=replace(MEDIA_LIMITS, pixels=3000)) == sentence


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.02, 0.95])
def test_a_picture_that_is_cut_off_is_refused(saved: Saved, kind: str, part: float) -> None:
    data = made.noise(kind)
    assert refusal(measure, saved(data[: round(len(data) * part)])) == DAMAGED


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(made.clip, CUT_OFF, id="mp4"),
        pytest.param(lambda: made.clip(index_first=True, sound_s=3.0), CUT_OFF, id="mp4, index first"),
        pytest.param(lambda: made.clip(fragmented=True), CUT_OFF, id="fragmented mp4"),
        pytest.param(lambda: made.clip(form="mov"), CUT_OFF, id="mov"),
        pytest.param(lambda: made.clip(form="webm"), CUT_OFF, id="webm"),
        pytest.param(made.sound, CUT_OFF, id="wav"),
        pytest.param(lambda: made.sound(form="ipod"), CUT_OFF, id="m4a"),
    ],
)
@pytest.mark.parametrize("part", [0.5, 0.9])
def test_a_clip_that_is_cut_off_is_refused(saved: Saved, make: Callable[[], bytes], sentence: str, part: float) -> None:
    data = make()
    assert refusal(measure, saved(data[: int(len(data) * part)])) == sentence


@pytest.mark.parametrize("form", ["mp3", "ogg"])
def test_a_part_of_a_stream_of_sound_is_a_shorter_sound(saved: Saved, form: str) -> None:
    data = made.sound(6.0, form, tagged=False)
    media = measure(saved(data[: len(data) * 3 // 4]))
    assert media.duration_s is not None
    assert 1.0 < media.duration_s < 5.9


@pytest.mark.parametrize(
    "head",
    [
        b"\0\0\0\x10ftypisom\0\0\0\0",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0WAVE",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"OggS",
        b"fLaC",
        b"\xff\xfb\x90\x00",
        b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm",
    ],
)
def test_a_head_with_no_media_behind_it_is_refused(saved: Saved, head: bytes) -> None:
    assert refusal(measure, saved(head + b"\xff" * 5000))


def test_an_mp4_without_any_track_is_refused(saved: Saved) -> None:
    data = made.clip(2.0).replace(b"vide", b"meta").replace(b"avc1", b"mett")
    assert refusal(measure, saved(data)) == "This file has neither a picture track nor a sound track."


@pytest.mark.parametrize("what", ["missing", "folder", "pipe"])
def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path, what: str) -> None:
    path = tmp_path / "upload"
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    assert refusal(measure, path) == "The file is no longer here: choose it again."


def test_no_sentence_names_the_file(saved: Saved) -> None:
    path = saved(made.clip(2.0)[:900], "secret-name.mp4")
    assert "secret" not in refusal(measure, path)
    assert "/" not in refusal(measure, path)
