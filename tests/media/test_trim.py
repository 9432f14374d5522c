"""Cuts: exact within a tenth of a second, of a kind the service takes, in step, and refused with the figures."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media import made
from tests.media.conftest import Saved, refusal
from weryai_ui.media import MEDIA_LIMITS, UPLOAD_EXTENSIONS, MediaKind, trim
from weryai_ui.media.sentences import bad_cut

VIDEOS: dict[str, Callable[[], bytes]] = {
    "mp4": lambda: made.clip(6.0, sound_s=6.0),
    "fragmented mp4": lambda: made.clip(6.0, sound_s=6.0, fragmented=True),
    "mp4, one keyframe": lambda: made.clip(6.0, sound_s=6.0, gop=999),
    "webm": lambda: made.clip(6.0, "webm", sound_s=6.0),
    "webm, recorded by a browser": lambda: made.recorded(6.0),
    "mov, 30 frames a second": lambda: made.clip(6.0, "mov", rate=30, sound_s=6.0),
}
SOUNDS: dict[str, Callable[[], bytes]] = {
    "mp3": lambda: made.sound(6.0, "mp3"),
    "mp3, variable without header": lambda: made.sound(6.0, "mp3", vbr=True, tagged=False),
    "wav": lambda: made.sound(6.0),
    "m4a": lambda: made.sound(6.0, "ipod"),
    "ogg": lambda: made.sound(6.0, "ogg"),
}


def frames_of(path: Path) -> list[int]:
    """The greys of a video's frames."""
    with av.open(str(path)) as file:
        return [round(float(frame.to_ndarray(format="gray").mean())) for frame in file.decode(video=0)]


def tone_from(path: Path) -> float:
    """When the sound stops being silent, in seconds."""
    with av.open(str(path)) as file:
        rate = file.streams.audio[0].rate
        to_numbers = av.AudioResampler("s16", "mono", rate)
        pieces = [piece.to_ndarray()[0] for frame in file.decode(audio=0) for piece in to_numbers.resample(frame)]
    return float(np.argmax(np.abs(np.concatenate(pieces)) > 1000) / rate)


@pytest.mark.parametrize("make", VIDEOS.values(), ids=VIDEOS)
def test_a_video_is_cut_to_the_frame(saved: Saved, tmp_path: Path, make: Callable[[], bytes]) -> None:
    cut = trim(saved(make()), 1.0, 4.0, tmp_path / "cut.mp4")
    assert (cut.kind, cut.extension, cut.width, cut.height) == (MediaKind.VIDEO, "mp4", *made.SIZE)
    assert cut.extension in UPLOAD_EXTENSIONS[cut.kind]
    assert cut.duration_s is not None
    assert 2.95 <= cut.duration_s <= 3.0
    greys = frames_of(tmp_path / "cut.mp4")
    rate = 30 if make is VIDEOS["mov, 30 frames a second"] else made.RATE
    assert greys[0] == pytest.approx(made.shade(rate), abs=7)
    assert greys[-1] == pytest.approx(made.shade(4 * rate - 1), abs=7)
    print(f"asked 3.000 s, got {cut.duration_s:.3f} s")


@pytest.mark.parametrize("make", SOUNDS.values(), ids=SOUNDS)
def test_an_audio_is_cut_to_a_wav(saved: Saved, tmp_path: Path, make: Callable[[], bytes]) -> None:
    cut = trim(saved(make()), 1.0, 3.123, tmp_path / "cut")
    assert (cut.kind, cut.extension) == (MediaKind.AUDIO, "wav")
    assert cut.extension in UPLOAD_EXTENSIONS[cut.kind]
    assert cut.duration_s == pytest.approx(2.123, abs=0.001)
    assert tone_from(tmp_path / "cut") == pytest.approx(made.TONE_FROM - 1.0, abs=0.06)
    print(f"asked 2.123 s, got {cut.duration_s:.3f} s")


def test_sound_and_picture_of_a_cut_stay_in_step(saved: Saved, tmp_path: Path) -> None:
    cut = trim(saved(made.clip(6.0, sound_s=6.0)), 1.0, 4.0, tmp_path / "cut")
    assert cut.has_audio
    assert tone_from(tmp_path / "cut") == pytest.approx(made.TONE_FROM - 1.0, abs=0.02)


def test_a_cut_of_15_seconds_is_15_seconds_by_the_longest_of_its_tracks(saved: Saved, tmp_path: Path) -> None:
    trim(saved(made.clip(16.0, sound_s=16.0)), 0.5, 15.5, tmp_path / "cut")
    with av.open(str(tmp_path / "cut")) as file:
        packets = [packet for packet in file.demux() if packet.pts is not None]
        ends = [float(((packet.pts or 0) + (packet.duration or 0)) * packet.time_base) for packet in packets]
        assert file.duration == 15 * av.time_base
    assert max(ends) <= 15.0


def test_a_cut_of_2_seconds_is_not_shorter_when_frames_do_not_add_up(saved: Saved, tmp_path: Path) -> None:
    cut = trim(saved(made.clip(4.0, rate=25)), 0.5, 2.51, tmp_path / "a")
    assert cut.duration_s is not None
    assert 2.0 <= cut.duration_s <= 2.01
    cut = trim(saved(made.clip(4.0, rate=29)), 0.5, 2.5, tmp_path / "b")
    assert cut.duration_s is not None
    assert 2.0 <= cut.duration_s <= 2.04


def test_a_sound_that_ends_before_the_picture_is_followed_by_silence(saved: Saved, tmp_path: Path) -> None:
    cut = trim(saved(made.clip(6.0, sound_s=2.0)), 1.0, 5.0, tmp_path / "cut")
    assert (cut.duration_s, cut.has_audio) == (4.0, True)


def test_a_picture_that_ends_before_the_sound_stands_still(saved: Saved, tmp_path: Path) -> None:
    cut = trim(saved(made.clip(2.0, sound_s=6.0)), 1.0, 5.0, tmp_path / "cut")
    assert cut.duration_s == 4.0
    assert frames_of(tmp_path / "cut")[-1] == pytest.approx(made.shade(19), abs=3)


def test_a_slide_show_keeps_its_length(saved: Saved, tmp_path: Path) -> None:
    cut = trim(saved(made.clip(6.0, rate=1)), 0.5, 3.0, tmp_path / "cut")
    assert cut.duration_s == pytest.approx(2.5, abs=0.001)


def test_a_turned_video_is_cut_upright(saved: Saved, tmp_path: Path) -> None:
    cut = trim(saved(made.turned(made.halves())), 0.0, 2.0, tmp_path / "cut")
    assert (cut.width, cut.height) == made.SIZE[::-1]
    with av.open(str(tmp_path / "cut")) as file:
        first = next(file.decode(video=0))
    assert first.rotation == 0
    grey = first.to_ndarray(format="gray")
    assert grey[:20].mean() > 200
    assert grey[-20:].mean() < 50


def test_odd_sides_lose_a_pixel(saved: Saved, tmp_path: Path) -> None:
    cut = trim(saved(made.clip(3.0, "webm", size=(65, 49))), 0.0, 2.0, tmp_path / "cut")
    assert (cut.width, cut.height) == (64, 48)


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (-0.5, 3.0, "The cut starts at -0.50 s; the clip starts at 0 s."),
        (3.0, 3.0, "The cut ends at 3.00 s, which is not after its start at 3.00 s."),
        (4.0, 1.0, "The cut ends at 1.00 s, which is not after its start at 4.00 s."),
        (1.0, 20.0, "The cut ends at 20.00 s, but the clip is 6.00 s long."),
        (1.0, 2.98, "The cut is 1.98 s long; a clip has to be at least 2 s."),
        (float("nan"), 3.0, "The start and the end of the cut are not two times in seconds."),
        (0.0, float("inf"), "The start and the end of the cut are not two times in seconds."),
    ],
)
def test_a_cut_that_cannot_be_has_a_sentence_with_the_figures(start: float, end: float, sentence: str) -> None:
    assert bad_cut(start, end, duration_s=6.0, minimum_s=2.0) == sentence


def test_a_refused_cut_leaves_the_target_as_it_was(saved: Saved, tmp_path: Path) -> None:
    target = tmp_path / "cut"
    target.write_text("as before")
    sentence = refusal(trim, saved(made.sound(6.0)), 1.0, 20.0, target)
    assert sentence == "The cut ends at 20.00 s, but the clip is 6.00 s long."
    assert target.read_text() == "as before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut", "upload"]


def test_an_end_that_was_rounded_up_is_the_end_of_the_clip(saved: Saved, tmp_path: Path) -> None:
    cut = trim(saved(made.sound(2.96)), 0.0, 3.0, tmp_path / "cut")
    assert cut.duration_s == pytest.approx(2.96, abs=0.001)


def test_a_picture_cannot_be_cut(saved: Saved, tmp_path: Path) -> None:
    sentence = refusal(trim, saved(made.picture()), 0.0, 2.0, tmp_path / "cut")
    assert sentence == "Only a video or an audio can be cut."


def test_a_cut_larger_than_an_upload_is_refused_and_leaves_nothing(saved: Saved, tmp_path: Path) -> None:
    data = made.sound(6.0, "mp3")
    limits = replace(MEDIA_LIMITS, clip_bytes=len(data) + 1)
    sentence = refusal(trim, saved(data), 0.0, 5.0, tmp_path / "cut", limits=limits)
    assert sentence == "The cut is larger than an upload may be: choose a shorter piece."
    assert [path.name for path in tmp_path.iterdir()] == ["upload"]


def test_a_cut_may_replace_its_own_clip(saved: Saved) -> None:
    path = saved(made.sound(6.0))
    assert trim(path, 1.0, 4.0, path).duration_s == pytest.approx(3.0, abs=0.001)
    assert io.BytesIO(path.read_bytes()).read(4) == b"RIFF"
