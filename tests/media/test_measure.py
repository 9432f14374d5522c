"""Real small files are measured: kind, pixels as shown, seconds within a tenth of the truth, sound or none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.media import made
from tests.media.conftest import Saved
from weryai_ui.media import Media, MediaKind, measure

Make = Callable[[], bytes]

CLIPS: dict[str, tuple[Make, float, str, bool]] = {
    "mp4": (lambda: made.clip(3.0), 3.0, "mp4", False),
    "mp4 with sound": (lambda: made.clip(3.0, sound_s=3.0), 3.0, "mp4", True),
    "mp4, index first": (lambda: made.clip(3.0, sound_s=3.0, index_first=True), 3.0, "mp4", True),
    "mp4, sound longer than picture": (lambda: made.clip(2.0, sound_s=4.0), 4.0, "mp4", True),
    "mp4, one frame a second": (lambda: made.clip(4.0, rate=1), 4.0, "mp4", False),
    "mp4, header says 60 s": (lambda: made.with_length(made.clip(3.0), 60.0), 3.0, "mp4", False),
    "mp4, header says 1 s": (lambda: made.with_length(made.clip(3.0), 1.0), 3.0, "mp4", False),
    "fragmented mp4": (lambda: made.clip(3.3, fragmented=True), 3.3, "mp4", False),
    "fragmented mp4 with sound": (lambda: made.clip(3.0, fragmented=True, sound_s=3.0), 3.0, "mp4", True),
    "mov": (lambda: made.clip(3.3, "mov", sound_s=3.3), 3.3, "mov", True),
    "webm": (lambda: made.clip(3.0, "webm", sound_s=3.0), 3.0, "webm", True),
    "webm, recorded by a browser": (lambda: made.recorded(3.0), 3.0, "webm", False),
    "mkv": (lambda: made.clip(3.0, "matroska"), 3.0, "mkv", False),
}
SOUNDS: dict[str, tuple[Make, str]] = {
    "mp3": (lambda: made.sound(4.0, "mp3"), "mp3"),
    "mp3 without header": (lambda: made.sound(4.0, "mp3", tagged=False), "mp3"),
    "mp3, variable": (lambda: made.sound(4.0, "mp3", vbr=True), "mp3"),
    "mp3, variable without header": (lambda: made.sound(4.0, "mp3", vbr=True, tagged=False), "mp3"),
    "wav": (lambda: made.sound(4.0), "wav"),
    "m4a": (lambda: made.sound(4.0, "ipod"), "m4a"),
    "mp4 without a picture": (lambda: made.sound(4.0, "mp4"), "m4a"),
    "opus in ogg": (lambda: made.sound(4.0, "ogg"), "opus"),
    "flac": (lambda: made.sound(4.0, "flac"), "flac"),
}
TOLERANCE_S = 0.1


@pytest.mark.parametrize(("data", "truth", "extension", "sounds"), CLIPS.values(), ids=CLIPS)
def test_a_video_is_measured(saved: Saved, data: Make, truth: float, extension: str, sounds: bool) -> None:
    media = measure(saved(data()))
    assert (media.kind, media.extension, media.has_audio) == (MediaKind.VIDEO, extension, sounds)
    assert (media.width, media.height, media.size) == (*made.SIZE, len(data()))
    assert media.duration_s == pytest.approx(truth, abs=TOLERANCE_S)
    print(f"truth {truth:.3f} s, measured {media.duration_s:.3f} s")


@pytest.mark.parametrize(("data", "extension"), SOUNDS.values(), ids=SOUNDS)
def test_an_audio_is_measured(saved: Saved, data: Make, extension: str) -> None:
    media = measure(saved(data()))
    assert (media.kind, media.extension, media.has_audio) == (MediaKind.AUDIO, extension, True)
    assert (media.width, media.height) == (None, None)
    assert media.duration_s == pytest.approx(4.0, abs=TOLERANCE_S)
    print(f"truth 4.000 s, measured {media.duration_s:.3f} s")


def test_a_video_that_a_phone_turned_has_its_size_as_shown(saved: Saved) -> None:
    media = measure(saved(made.turned(made.clip(3.0))))
    assert (media.width, media.height) == made.SIZE[::-1]


@pytest.mark.parametrize(
    ("kind", "extension", "mime"),
    [
        ("PNG", "png", "image/png"),
        ("JPEG", "jpg", "image/jpeg"),
        ("WEBP", "webp", "image/webp"),
        ("GIF", "gif", "image/gif"),
    ],
)
def test_a_picture_has_its_size(saved: Saved, kind: str, extension: str, mime: str) -> None:
    data = made.picture(kind)
    assert measure(saved(data)) == Media(MediaKind.IMAGE, mime, extension, len(data), 320, 180, None, None)


@pytest.mark.parametrize(
    ("kind", "orientation", "size"),
    [
        ("JPEG", 1, (320, 180)),
        ("JPEG", 3, (320, 180)),
        ("JPEG", 6, (180, 320)),
        ("JPEG", 8, (180, 320)),
        ("PNG", 6, (180, 320)),
        ("WEBP", 6, (180, 320)),
    ],
)
def test_a_picture_that_exif_turns_has_its_size_as_shown(
    saved: Saved, kind: str, orientation: int, size: tuple[int, int]
) -> None:
    media = measure(saved(made.picture(kind, orientation=orientation)))
    assert (media.width, media.height) == size


def test_a_picture_with_a_second_one_inside_is_a_picture(saved: Saved) -> None:
    media = measure(saved(made.double()))
    assert (media.extension, media.width, media.height) == ("jpg", 320, 180)


def test_the_name_of_a_file_does_not_count(saved: Saved) -> None:
    assert measure(saved(made.picture("PNG"), "clip.mp4")).extension == "png"
