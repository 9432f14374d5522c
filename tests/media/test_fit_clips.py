"""A clip or a sound of any kind becomes what the service takes: MP4 of H.264 and AAC, WAV or MP3, as long as it was."""

from __future__ import annotations

import functools
import io
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from tests.media import made
from tests.media.conftest import Saved
from tests.media.test_cut_looks import first, planes, tags
from weryai_ui.isolation import Child
from weryai_ui.media import MEDIA_LIMITS, Media, MediaError, Need, Watch, fit, measure, needs, poster
from weryai_ui.media.cut_pictures import fitting
from weryai_ui.request.rules import VIDEO_FRAME_PIXELS

LIMITS = replace(MEDIA_LIMITS, arrival_bytes=500_000_000)
SECONDS = 0.1
FILES = Path(__file__).parent / "files"


def fitted(path: Path, watch: Watch | None = None) -> tuple[Media, Path]:
    target = path.with_name("fitted") if path.parent != FILES else Path(tempfile.mkdtemp()) / "fitted"
    return fit(path, target, limits=LIMITS, watch=watch or Watch()), target


@functools.cache
def film(form: str, video: str, audio: str, size: tuple[int, int] = (320, 240), seconds: float = 3.0) -> bytes:
    """A film in a container and codecs of other times."""
    out = io.BytesIO()
    file: Any
    with av.open(out, "w", format=form) as file:
        pictures = file.add_stream(video, rate=25)
        pictures.width, pictures.height, pictures.pix_fmt = *size, "yuv420p"
        sound = file.add_stream(audio, rate=44_100, layout="stereo", bit_rate=128_000)
        for number in range(round(seconds * 25)):
            frame = av.VideoFrame.from_ndarray(np.full((size[1], size[0], 3), 90, dtype=np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            file.mux(pictures.encode(frame))
        rate = sound.rate
        wave = (np.sin(np.arange(round(seconds * rate)) / 20) * 9000).astype(np.int16)
        for at in range(0, len(wave), 1024):
            stereo = np.repeat(wave[at : at + 1024], 2)[None]
            heard = av.AudioFrame.from_ndarray(stereo, format="s16", layout="stereo")
            heard.rate, heard.pts, heard.time_base = rate, at, Fraction(1, rate)
            file.mux(sound.encode(heard))
        file.mux(pictures.encode(None))
        file.mux(sound.encode(None))
    return out.getvalue()


FILMS = {
    "avi": ("avi", "mpeg4", "mp3", "avi"),
    "mpeg-ts": ("mpegts", "libx264", "aac", "ts"),
    "mpeg": ("vob", "mpeg2video", "mp2", "mpg"),
    "windows media": ("asf", "wmv2", "wmav2", "wmv"),
    "matroska": ("matroska", "libx264", "aac", "mkv"),
}


@pytest.mark.parametrize("name", FILMS)
def test_a_film_of_another_kind_becomes_an_mp4_of_the_same_length_with_its_sound(saved: Saved, name: str) -> None:
    form, video, audio, extension = FILMS[name]
    path = saved(film(form, video, audio))
    before = measure(path, limits=LIMITS)
    assert before.extension == extension
    assert needs(before, LIMITS) == (Need.FORMAT,)
    after, target = fitted(path)
    print(f"{name}: {before.duration_s} s -> {after.duration_s} s")
    assert (after.extension, after.width, after.height, after.has_audio) == ("mp4", 320, 240, True)
    assert after.duration_s == pytest.approx(before.duration_s, abs=SECONDS)
    with av.open(str(target)) as found:
        assert found.streams.video[0].codec_context.name == "h264"
        assert found.streams.audio[0].codec_context.name == "aac"
    assert not needs(after, LIMITS)


@pytest.mark.parametrize("name", ["base.ts", "x.ogv", "vp9.webm", "mediarecorder.webm"])
def test_a_real_film_becomes_an_mp4_of_the_same_length(name: str) -> None:
    before = measure(FILES / name)
    after, _ = fitted(FILES / name)
    assert (after.extension, after.width, after.height) == ("mp4", before.width, before.height)
    assert after.duration_s == pytest.approx(before.duration_s, abs=SECONDS)


def sound(form: str, codec: str, rate: int = 44_100, seconds: float = 3.0) -> bytes:
    file: Any
    out = io.BytesIO()
    with av.open(out, "w", format=form) as file:
        stream = file.add_stream(codec, rate=rate, layout="mono", bit_rate=64_000)
        wave = (np.sin(np.arange(round(seconds * rate)) / 20) * 9000).astype(np.int16)
        for at in range(0, len(wave), 1024):
            heard = av.AudioFrame.from_ndarray(wave[None, at : at + 1024], format="s16", layout="mono")
            heard.rate, heard.pts, heard.time_base = rate, at, Fraction(1, rate)
            file.mux(stream.encode(heard))
        file.mux(stream.encode(None))
    return out.getvalue()


SOUNDS = {
    "m4a": ("ipod", "aac", "m4a"),
    "aac": ("adts", "aac", "aac"),
    "ogg": ("ogg", "flac", "ogg"),
    "flac": ("flac", "flac", "flac"),
    "aiff": ("aiff", "pcm_s16be", "aiff"),
    "windows media": ("asf", "wmav2", "wma"),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_of_another_kind_becomes_a_wav_of_the_same_length(saved: Saved, name: str) -> None:
    form, codec, extension = SOUNDS[name]
    path = saved(sound(form, codec))
    before = measure(path, limits=LIMITS)
    assert before.extension == extension
    after, _ = fitted(path)
    print(f"{name}: {before.duration_s} s -> {after.duration_s} s")
    assert (after.extension, after.width) == ("wav", None)
    assert after.duration_s == pytest.approx(before.duration_s, abs=SECONDS)
    assert not needs(after, LIMITS)


def test_an_amr_of_a_phone_becomes_a_wav(saved: Saved) -> None:
    frame = bytes([0x3C]) + bytes(31)  # 20 ms at 12.2 kbit/s
    path = saved(b"#!AMR\n" + frame * 150)
    assert measure(path, limits=LIMITS).extension == "amr"
    after, _ = fitted(path)
    assert after.extension == "wav"
    assert after.duration_s == pytest.approx(3.0, abs=SECONDS)


def test_a_sound_that_is_too_long_for_a_wav_becomes_an_mp3(saved: Saved) -> None:
    path = saved(sound("flac", "flac", seconds=12.0))
    small = replace(LIMITS, clip_bytes=1_000_000)
    after = fit(path, path.with_name("fitted"), limits=small)
    assert after.extension == "mp3"
    assert after.size <= 1_000_000
    assert after.duration_s == pytest.approx(12.0, abs=SECONDS)


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (3840, 2160), (1936, 480), (962, 964), (2560, 1080)])
def test_a_frame_of_too_many_pixels_gets_fewer_and_even_sides_and_never_too_few(size: tuple[int, int]) -> None:
    width, height = fitting(*size, MEDIA_LIMITS.frame_pixels)
    assert VIDEO_FRAME_PIXELS[0] <= width * height <= VIDEO_FRAME_PIXELS[1]
    assert width % 2 == height % 2 == 0
    assert width / height == pytest.approx(size[0] / size[1], rel=0.01)


def test_the_most_pixels_are_those_of_the_advice() -> None:
    assert MEDIA_LIMITS.frame_pixels == VIDEO_FRAME_PIXELS[1]


def test_a_film_of_too_many_pixels_becomes_smaller_and_says_how_far_it_is(saved: Saved) -> None:
    path = saved(film("mp4", "libx264", "aac", (1920, 1080), 2.0))
    assert needs(measure(path), LIMITS) == (Need.LARGE,)
    with tempfile.TemporaryFile() as progress:
        watch = Watch(progress=progress)
        assert watch.part == 0
        after, _ = fitted(path, watch=watch)
        assert watch.part > 0.9
    assert (after.width or 0) * (after.height or 0) <= MEDIA_LIMITS.frame_pixels
    assert not needs(after, LIMITS)


def test_a_film_that_is_too_heavy_becomes_light_enough(saved: Saved) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=25, options={"crf": "1", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for number in range(75):
            frame = av.VideoFrame.from_ndarray(np.roll(noise, number * 37, axis=0), format="rgb24")
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    path = saved(out.getvalue())
    small = replace(LIMITS, clip_bytes=1_500_000)
    assert Need.HEAVY in needs(measure(path, limits=LIMITS), small)
    after = fit(path, path.with_name("fitted"), limits=small)
    print(f"{path.stat().st_size} bytes -> {after.size} bytes")
    assert after.size <= 1_500_000


def test_greys_of_the_full_range_stay_the_same(saved: Saved) -> None:
    _, target = fitted(saved(made.ramp(full=True, matrix=1)))
    bright = planes(first(target))[0]
    found = [float(bright[8:-8, at + 8 : at + 24].mean()) for at in range(0, made.RAMP_SIZE[0], 32)]
    worst = max(abs(one - other) for one, other in zip(found, made.ramp_greys(), strict=True))
    print(f"a grey is off by {worst:.2f} at most")
    assert worst <= 2
    assert tags(target) == (made.LIMITED_RANGE, 1, 1, 1)


@pytest.mark.parametrize(
    ("name", "size"), [("phone_portrait.mov", (480, 854)), ("sar_dvd.mp4", (1024, 576)), ("hlg10.mov", (1280, 720))]
)
def test_a_film_is_stored_as_it_is_shown(name: str, size: tuple[int, int]) -> None:
    after, target = fitted(FILES / name)
    assert (after.width, after.height) == size
    with av.open(str(target)) as found:
        track = found.streams.video[0]
        assert (track.width, track.height) == size
        assert track.sample_aspect_ratio in (None, 0, 1)


def test_a_film_that_is_turned_upright_keeps_its_colours_where_players_guess_by_its_lines() -> None:
    _, target = fitted(FILES / "phone_portrait.mov")
    was, is_now = (
        np.asarray(Image.open(io.BytesIO(poster(path))), dtype=float) for path in (FILES / "phone_portrait.mov", target)
    )
    off = np.abs(was[20, 20] - is_now[20, 20]).max()
    print(f"a colour is off by {off:.1f}")
    assert off <= 6


def test_a_child_that_nobody_wants_any_more_ends_and_leaves_no_file_that_is_taken_for_one(saved: Saved) -> None:
    path = saved(film("matroska", "libx264", "aac"))
    with pytest.raises(MediaError):
        fitted(path, watch=Watch(started=Child.end))
