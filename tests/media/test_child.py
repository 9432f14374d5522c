"""The child: it reaches nothing but its own files, it ends in time, it takes nobody down, and there are two at most."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest

from tests.media import made
from tests.media.conftest import Listener, Saved, refusal
from weryai_ui import isolation
from weryai_ui.isolation import READY
from weryai_ui.media import MEDIA_LIMITS, MediaError, NotNow, Places, child, measure, poster, thumbnail
from weryai_ui.media.clips import DEMUXERS
from weryai_ui.media.limits import CHILDREN_AT_ONCE

needs_limits = pytest.mark.skipif(os.name != "posix", reason="this platform cannot limit a process")

BAITS = {
    "m3u8": lambda url: made.playlist(url),
    "sdp": lambda url: f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\na=control:{url}\n".encode(),
    "concat": lambda url: f"ffconcat version 1.0\nfile {url}\n".encode(),
    "dash": lambda url: f'<?xml version="1.0"?><MPD><Period><BaseURL>{url}</BaseURL></Period></MPD>'.encode(),
    "svg": lambda url: f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/></svg>'.encode(),
}
HEADS = {
    "mp4": b"\0\0\0\x10ftypisom\0\0\0\0",
    "webm": b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm",
    "wav": b"RIFF\0\0\0\0WAVE",
    "ogg": b"OggS",
    "flac": b"fLaC",
    "mp3": b"ID3\x04\x00\x00\x00\x7f\x7f\x7f",
    "png": b"\x89PNG\r\n\x1a\n",
}


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Every child that was started; none may be left at the end."""
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.given = named
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    yield started
    assert all(process.returncode is not None for process in started)


# --- nothing outside ------------------------------------------------------------------------------


def test_the_bait_is_real(saved: Saved, listener: Listener) -> None:
    path = saved(made.playlist(listener.url()), "list.m3u8")
    with pytest.raises(av.FFmpegError):
        av.open(str(path), options={"protocol_whitelist": "file,http,tcp", "allowed_extensions": "ALL"})
    assert listener.calls


@pytest.mark.parametrize("bait", BAITS)
@pytest.mark.parametrize("name", ["a.mp4", "a.m3u8", "a.png"])
def test_a_file_that_names_another_host_is_refused_and_nobody_is_called(
    saved: Saved, listener: Listener, bait: str, name: str
) -> None:
    assert refusal(measure, saved(BAITS[bait](listener.url()), name))
    assert not listener.calls


@pytest.mark.parametrize("head", HEADS)
def test_a_playlist_behind_the_head_of_a_clip_is_refused_and_nobody_is_called(
    saved: Saved, listener: Listener, head: str
) -> None:
    assert refusal(measure, saved(HEADS[head] + b"\n" + made.playlist(listener.url())))
    assert not listener.calls


@pytest.mark.parametrize("extension", DEMUXERS)
def test_even_past_the_magic_bytes_no_reader_follows_a_playlist(
    saved: Saved, listener: Listener, extension: str
) -> None:
    order = child.Order("clip", extension, 20, {})
    with saved(made.playlist(listener.url())).open("rb") as media, tempfile.TemporaryFile() as out:
        assert "fault" in child.run(order, media, out, MEDIA_LIMITS)
    assert not listener.calls


def test_samples_that_are_said_to_be_elsewhere_are_not_fetched(saved: Saved, listener: Listener) -> None:
    assert measure(saved(made.elsewhere(made.clip(2.0), listener.url()))).duration_s == pytest.approx(2.0, abs=0.1)
    assert not listener.calls


def test_the_child_is_given_no_name(saved: Saved, children: list[Any]) -> None:
    path = saved(made.picture(), "name-of-a-stranger.png")
    measure(path)
    (process,) = children
    assert "stranger" not in repr((process.args, process.given["env"]))


# --- limits that are hit --------------------------------------------------------------------------


@pytest.mark.parametrize("call", [measure, poster])
def test_a_child_that_takes_too_long_is_ended_with_its_group(saved: Saved, children: list[Any], call: Any) -> None:
    path = saved(made.clip(2.0))
    began = time.monotonic()
    sentence = refusal(call, path, limits=replace(MEDIA_LIMITS, measure_seconds=0.03))
    assert sentence == "This file took longer than 0.03 s to read, so it was given up."
    assert time.monotonic() - began < 5
    with pytest.raises(ProcessLookupError):
        os.killpg(children[0].pid, 0)


@needs_limits
def test_a_child_that_needs_too_much_memory_is_refused_it(saved: Saved) -> None:
    path = saved(made.flat(6000))
    assert measure(path).width == 6000
    sentence = "This file needs more memory than the server gives to one file: use a smaller one."
    assert refusal(measure, path, limits=replace(MEDIA_LIMITS, memory_bytes=160_000_000)) == sentence


def test_frames_that_claim_to_be_giant_are_refused(saved: Saved) -> None:
    assert refusal(measure, saved(made.giant_frame()))


@needs_limits
def test_giant_frames_are_refused_their_memory_when_pixels_have_no_limit(saved: Saved) -> None:
    limits = replace(MEDIA_LIMITS, pixels=10**12, memory_bytes=256_000_000)
    assert refusal(measure, saved(made.giant_frame()), limits=limits)


@needs_limits
def test_a_million_empty_boxes_end_in_time(saved: Saved) -> None:
    path = saved(b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\x08free" * 1_000_000)
    began = time.monotonic()
    assert refusal(measure, path)
    assert time.monotonic() - began < MEDIA_LIMITS.measure_seconds + 2


def test_a_child_that_cannot_start_is_not_blamed_on_the_file(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(Path(tempfile.gettempdir()) / "no-python"))
    assert refusal(measure, saved(made.picture())) == "Files cannot be measured on this server just now."


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b"{",
        b"null",
        b'{"width": true}',
        b'{"width": -1, "height": 5}',
        b'{"fault": []}',
        b'{"width": null, "duration_s": NaN}',
    ],
)
def test_a_child_is_not_taken_at_its_word(saved: Saved, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    monkeypatch.setattr(isolation, "_BOOT", f"import os; os.write(2, {READY + said!r})")
    for make in (made.picture, made.clip):
        sentence = "This file is cut off or damaged: it could not be measured."
        assert refusal(measure, saved(make())) == sentence


# --- two at most ----------------------------------------------------------------------------------


def test_at_most_two_children_work_at_once(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(made.picture())
    lock, running, most = threading.Lock(), 0, 0
    run = isolation.run

    def counted(*given: Any) -> isolation.Ended:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        try:
            return run(*given)
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(isolation, "run", counted)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: measure(path), range(6)))
    assert len(set(found)) == 1
    assert most == CHILDREN_AT_ONCE


def test_who_waits_too_long_for_a_child_is_told_to_try_again(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "QUEUE_SECONDS", 0.01)
    monkeypatch.setattr(child, "_places", threading.BoundedSemaphore(1))
    with child._a_place(child._places):
        assert refusal(thumbnail, saved(made.picture())).startswith("Busy processing other files")


def test_who_has_places_of_ones_own_waits_for_nobody_else(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "QUEUE_SECONDS", 0.01)
    monkeypatch.setattr(child, "_places", threading.BoundedSemaphore(1))
    path = saved(made.picture())
    with child._a_place(child._places):
        assert measure(path, places=Places(1)).width
        with pytest.raises(NotNow):
            measure(path)


def test_a_refusal_gives_its_place_back(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(child, "QUEUE_SECONDS", 5)
    for _ in range(2):
        with pytest.raises(MediaError, match="damaged"):
            measure(saved(made.noise("PNG")[:5000]))
