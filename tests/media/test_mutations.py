"""Broken files, hundreds of them: each is measured or refused with a sentence, in its time, and the app lives on."""

from __future__ import annotations

import collections
import os
import random
import subprocess
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.media import made, pictures
from tests.media.test_fit_clips import film
from weryai_ui import isolation
from weryai_ui.media import (
    MEDIA_LIMITS,
    UPLOAD_EXTENSIONS,
    Media,
    MediaError,
    NotNow,
    fit,
    measure,
    poster,
    thumbnail,
    trim,
)

SOURCES: dict[str, Callable[[], bytes]] = {
    "mp4": lambda: made.clip(2.0, sound_s=2.0),
    "mp4, index first": lambda: made.clip(2.0, sound_s=2.0, index_first=True),
    "fragmented mp4": lambda: made.clip(2.0, sound_s=2.0, fragmented=True),
    "mov": lambda: made.clip(2.0, "mov"),
    "webm": lambda: made.clip(2.0, "webm", sound_s=2.0),
    "mp3": lambda: made.sound(2.0, "mp3"),
    "wav": lambda: made.sound(2.0),
    "m4a": lambda: made.sound(2.0, "ipod"),
    "ogg": lambda: made.sound(2.0, "ogg"),
    "flac": lambda: made.sound(2.0, "flac"),
    "png": made.picture,
    "jpg": lambda: made.picture("JPEG", orientation=6),
    "webp": lambda: made.picture("WEBP", orientation=6),
    "gif": lambda: made.picture("GIF"),
}
SMALL = (64, 48)
UNFIT: dict[str, Callable[[], bytes]] = {
    "heic": lambda: pictures.heic(pictures.plain()),
    "avif": lambda: pictures.saved(pictures.plain(), "AVIF"),
    "tiff": lambda: pictures.saved(pictures.plain(), "TIFF", compression="tiff_lzw"),
    "tiff with a jpeg": lambda: pictures.saved(pictures.plain(), "TIFF", compression="jpeg"),
    "bmp": lambda: pictures.saved(pictures.plain(), "BMP"),
    "ico": lambda: pictures.saved(pictures.clear((256, 256)), "ICO"),
    "jpeg 2000": lambda: pictures.saved(pictures.plain(), "JPEG2000"),
    "png of 16 bits": pictures.png16,
    "jpeg for printing": lambda: pictures.saved(pictures.plain().convert("CMYK"), "JPEG"),
    "matroska": lambda: made.clip(2.0, "matroska", sound_s=2.0),
    "webm": SOURCES["webm"],
    "mpeg-ts": lambda: film("mpegts", "mpeg2video", "mp2", SMALL, 2.0),
    "avi": lambda: film("avi", "mpeg4", "mp3", SMALL, 2.0),
    "mpeg": lambda: film("vob", "mpeg2video", "mp2", SMALL, 2.0),
    "wmv": lambda: film("asf", "wmv2", "wmav2", SMALL, 2.0),
    "m4a": SOURCES["m4a"],
    "ogg": SOURCES["ogg"],
    "flac": SOURCES["flac"],
}
"""What is made to fit."""
FIT_SECONDS = 15.0
"""For one broken file; whole ones of this size take a second. The app gives a video five minutes."""
FIT_LIMITS = replace(MEDIA_LIMITS, fit_seconds=FIT_SECONDS, fit_clip_seconds=FIT_SECONDS)
MADE = "made to fit"
KILL_S = 2.0
"""Time on top of a child's own, to end it on a busy machine."""


def flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 20)):
        data[chance.randrange(len(data))] = chance.randrange(256)


def flip_head(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(min(400, len(data)))] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])


def flip_tail(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        data[-chance.randint(1, min(1200, len(data)))] = chance.choice([0, 0x7F, 0xFF, chance.randrange(256)])


def cut_off(data: bytearray, chance: random.Random) -> None:
    del data[chance.randint(1, len(data)) :]


def cut_out(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.randint(1, 500)]


def repeat(data: bytearray, chance: random.Random) -> None:
    at, length = chance.randrange(len(data)), chance.randint(1, 2000)
    data[at:at] = data[at : at + length] * chance.randint(1, 50)


def large_numbers(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(max(1, len(data) - 4))
        data[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\x80\0\0\0"])


MUTATIONS = [flip, flip_head, flip_tail, cut_off, cut_out, repeat, large_numbers]


def mutated(number: int, sources: Mapping[str, bytes] | None = None) -> tuple[str, bytes]:
    """A broken file by its number: the sources in turn, everything else by chance."""
    chance = random.Random(number)
    name = list(sources or SOURCES)[number % len(sources or SOURCES)]
    data = bytearray(SOURCES[name]() if sources is None else sources[name])
    for mutation in chance.sample(MUTATIONS, chance.randint(1, 2)):
        if data:
            mutation(data, chance)
    return name, bytes(data)


def measured(path: Path) -> tuple[str, float]:
    """How measuring ended, and the seconds it took; whatever is neither figures nor a sentence fails the test."""
    began = time.monotonic()
    try:
        media = measure(path)
    except MediaError as error:
        said = str(error)
        assert said.endswith(".")
        assert path.name not in said
        return said, time.monotonic() - began
    assert isinstance(media, Media)
    assert media.duration_s is None or media.duration_s > 0
    return "measured", time.monotonic() - began


def campaign(folder: Path, numbers: range) -> None:
    """Measure broken files, two at a time, and print what came of them."""
    paths = []
    for number in numbers:
        path = folder / f"upload-{number}"
        path.write_bytes(mutated(number)[1])
        paths.append(path)
    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(measured, paths))
    for said, count in collections.Counter(said for said, _ in ends).most_common():
        print(f"{count:4} {said}")
    slowest = max(seconds for _, seconds in ends)
    print(f"{len(ends)} files; the slowest took {slowest:.2f} s")
    assert slowest < MEDIA_LIMITS.measure_seconds + KILL_S


def test_fifteen_broken_files_are_measured_or_refused(tmp_path: Path) -> None:
    campaign(tmp_path, range(15))


@pytest.mark.slow
def test_three_hundred_broken_files_are_measured_or_refused(tmp_path: Path) -> None:
    campaign(tmp_path, range(1000, 1300))


REPORTED, FAILED, CRASHED, TOO_SLOW = "reported", "ended by an error", "crashed", "ended by the clock"
Children = collections.Counter[str]


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Children:
    """How every child of the test ended."""
    ends: Children = collections.Counter()
    wait = isolation._exit_code

    def counted(*given: Any) -> int:
        try:
            code = wait(*given)
        except subprocess.TimeoutExpired:
            ends[TOO_SLOW] += 1
            raise
        ends[CRASHED if code < 0 else FAILED if code else REPORTED] += 1
        return code

    monkeypatch.setattr(isolation, "_exit_code", counted)
    return ends


@dataclass(frozen=True)
class Fit:
    """What became of one broken file, and the seconds it took."""

    kind: str
    said: str
    seconds: float


def fit_one(folder: Path, number: int, whole: Mapping[str, tuple[bytes, Media]]) -> Fit:
    """Makes a broken file fit as if it had been whole when it was measured, and leaves nothing behind."""
    kind, data = mutated(number, {name: data for name, (data, _) in whole.items()})
    path, target = folder / f"upload-{number}", folder / f"made-{number}"
    path.write_bytes(data)
    said, began = MADE, time.monotonic()
    try:
        media = fit(path, target, media=whole[kind][1], limits=FIT_LIMITS)
        assert media.extension in UPLOAD_EXTENSIONS[media.kind]
    except NotNow:
        raise
    except MediaError as error:
        said = str(error)
        assert path.name not in said
    path.unlink()
    target.unlink(missing_ok=True)
    return Fit(kind, said, time.monotonic() - began)


def fit_campaign(folder: Path, numbers: range, children: Children) -> None:
    """Makes broken files fit, two at a time; prints what came of them and of the children, and the slowest."""
    whole = {}
    for name, make in UNFIT.items():
        (folder / "whole").write_bytes(data := make())
        whole[name] = data, measure(folder / "whole")
    children.clear()
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        fits = list(pool.map(lambda number: fit_one(folder, number, whole), numbers))
    for said, count in collections.Counter(each.said for each in fits).most_common():
        print(f"{count:4} {said}")
    made_of_them = sum(each.said == MADE for each in fits)
    slowest = max(fits, key=lambda each: each.seconds)
    print(f"{len(fits)} files in {time.monotonic() - began:.0f} s: {made_of_them} {MADE}, the others refused")
    print(f"{children.total()} children: " + ", ".join(f"{count} {end}" for end, count in children.most_common()))
    print(f"the slowest file, {slowest.kind}, took {slowest.seconds:.2f} s")
    assert slowest.seconds < FIT_SECONDS + MEDIA_LIMITS.measure_seconds + 2 * KILL_S


def test_a_broken_file_of_each_kind_is_made_to_fit_or_refused(tmp_path: Path, children: Children) -> None:
    fit_campaign(tmp_path, range(len(UNFIT)), children)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_many_broken_files_are_made_to_fit_or_refused(tmp_path: Path, children: Children) -> None:
    fit_campaign(tmp_path, range(3000, 3000 + int(os.environ.get("FIT_FILES", "300"))), children)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_sixty_broken_files_are_cut_and_drawn_or_refused(tmp_path: Path) -> None:
    ends: collections.Counter[str] = collections.Counter()
    calls: dict[str, Callable[[Path], object]] = {
        "trim": lambda path: trim(path, 0.0, 2.0, tmp_path / "cut"),
        "poster": poster,
        "thumbnail": thumbnail,
    }
    for number in range(2000, 2060):
        path = tmp_path / "upload"
        path.write_bytes(mutated(number)[1])
        for name, call in calls.items():
            try:
                call(path)
                ends[f"{name}: done"] += 1
            except MediaError as error:
                ends[f"{name}: {error}"] += 1
    for said, count in sorted(ends.items()):
        print(f"{count:4} {said}")
    assert not list(tmp_path.glob("*.part"))
