"""Files as phones, screens, editors and shops make them: each is what it is, or is called by its name.

The files stand in `files/`; how each was made is said beside it. Seconds are those of ffprobe, but for `vfr_hevc.mov`,
whose last picture comes after the end that newer ones give: there it is what the file says itself.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.media import made
from tests.media.conftest import Saved, refusal
from weryai_ui.media import MediaKind, measure, poster, thumbnail
from weryai_ui.media.sentences import not_taken

FILES = Path(__file__).parent / "files"
SECONDS = 0.05
"""How far a length may be from the truth: the clips are refused to the hundredth of a second."""

IMAGE, VIDEO, AUDIO = MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO
DAMAGED = "This file is cut off or damaged: it could not be measured."
AS_IMAGE = "which cannot be used here: save it as JPG or PNG."
AS_VIDEO = "which cannot be used here: convert it to MP4 or MOV."
AS_AUDIO = "which cannot be used here: convert it to MP3 or WAV."
GREY, GREY_IN_HLG = 60, 68
"""Of the ground of the test picture, from 0 to 255, as a screen of BT.709 shows it."""


@dataclass(frozen=True)
class Right:
    """What is right for a file that can be read."""

    kind: MediaKind
    extension: str
    size: tuple[int, int] | None = None
    seconds: float | None = None
    not_taken: str | None = None
    """Why it is none to upload all the same."""


READ = {
    # VFR with B-frames, like a screen recording: x265, frames at 0 to 1 s and then three in each 1.5 s
    "vfr_hevc.mov": Right(VIDEO, "mov", (426, 240), 15.0),
    # x264 defaults, three frames at 0, 1.0 and 1.5 s
    "vfr_sparse.mp4": Right(VIDEO, "mp4", (854, 480), 1.533),
    # stored lying (854 x 480), a display matrix turns it upright
    "phone_portrait.mov": Right(VIDEO, "mov", (480, 854), 5.0),
    # full range, BT.709
    "fullrange.mp4": Right(VIDEO, "mp4", (1280, 720), 4.0),
    # 10 bits, BT.2020, HLG
    "hlg10.mov": Right(VIDEO, "mov", (1280, 720), 4.0),
    # stored as 720 x 576, pixels of 64:45
    "sar_dvd.mp4": Right(VIDEO, "mp4", (1024, 576), 4.0),
    # 29.97 frames a second
    "v15ntsc.mp4": Right(VIDEO, "mp4", (854, 480), 15.015),
    # as many pixels as a phone of 50 MP takes
    "phone50mp.png": Right(IMAGE, "png", (8192, 6144)),
    "gray16.png": Right(IMAGE, "png", (640, 480)),
    "gray12in16.png": Right(IMAGE, "png", (640, 480)),
    "black_logo_on_clear.png": Right(IMAGE, "png", (640, 480)),
    # the EXIF orientation has two values (6, 1): browsers believe none
    "exif_oritwo.jpg": Right(IMAGE, "jpg", (640, 480)),
    "x.ico": Right(IMAGE, "ico", (256, 256), None, f"This is an ICO image, {AS_IMAGE}"),
    "x.jp2": Right(IMAGE, "jp2", (640, 480), None, f"This is a JPEG 2000 image, {AS_IMAGE}"),
    "x.heic": Right(IMAGE, "heic", (854, 480), None, f"This is a HEIC image, {AS_IMAGE}"),
    "x2.avif": Right(IMAGE, "avif", (854, 480), None, f"This is an AVIF image, {AS_IMAGE}"),
    # two taggers
    "two_id3.mp3": Right(AUDIO, "mp3", None, 5.0),
    # an empty line before the first frame
    "junk_lead.mp3": Right(AUDIO, "mp3", None, 5.04),
    "base.ts": Right(VIDEO, "ts", (854, 480), 4.02, f"This is an MPEG-TS file (TS, MTS, M2TS), {AS_VIDEO}"),
    "x.ogv": Right(VIDEO, "ogv", (854, 480), 4.0, f"This is an Ogg video file, {AS_VIDEO}"),
    "x.opus": Right(AUDIO, "opus", None, 5.0065, f"This is an Opus audio file, {AS_AUDIO}"),
    "vp9.webm": Right(VIDEO, "webm", (854, 480), 4.008, f"This is a WebM video file, {AS_VIDEO}"),
    # as a browser records it: no length anywhere
    "mediarecorder.webm": Right(VIDEO, "webm", (854, 480), 4.01, f"This is a WebM video file, {AS_VIDEO}"),
}
REFUSED = {
    "x_prolog.svg": f"This is an SVG image, {AS_IMAGE}",
    "x.ac3": f"This is an AC-3 audio file (Dolby Digital), {AS_AUDIO}",
    "x.mid": "This is a MIDI file: notes, not sound. Export it as MP3 or WAV.",
    # the answer of a shop's storage, saved as a clip
    "xml_error.mp4": "This is an XML document, not an image, video or audio.",
    # without its last two bytes: Chromium's createImageBitmap refuses it too
    "trunc99.jpg": DAMAGED,
}


def test_every_file_has_its_row() -> None:
    assert {path.name for path in FILES.iterdir()} == {*READ, *REFUSED}


@pytest.mark.parametrize("name", READ)
def test_a_real_file_is_measured_as_it_plays(name: str) -> None:
    right, media = READ[name], measure(FILES / name)
    assert (media.kind, media.extension) == (right.kind, right.extension)
    assert (media.width, media.height) == (right.size or (None, None))
    assert media.duration_s == (None if right.seconds is None else pytest.approx(right.seconds, abs=SECONDS))
    print(f"{name}: {media.width} x {media.height}, {media.duration_s} s, right {right.seconds} s")


@pytest.mark.parametrize("name", READ)
def test_what_the_service_does_not_take_is_said_in_the_words_of_its_kind(name: str) -> None:
    right = READ[name]
    assert not_taken(right.kind, right.extension) == right.not_taken


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_of_another_kind_is_called_by_its_name(name: str) -> None:
    assert refusal(measure, FILES / name) == REFUSED[name]


def tile(name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The pixels of the small picture of a file."""
    draw = thumbnail if READ[name].kind is IMAGE else poster
    return np.asarray(Image.open(io.BytesIO(draw(FILES / name))))


@pytest.mark.parametrize("name", ["gray16.png", "gray12in16.png"])
def test_a_grey_picture_of_16_bits_is_grey_in_its_tile(name: str) -> None:
    stored = np.asarray(Image.open(FILES / name))
    right = stored.astype(float) / (257 if name == "gray16.png" else 16)
    shades = tile(name)
    for part in (2, 25, 50, 75, 98):
        assert np.percentile(shades, part) == pytest.approx(np.percentile(right, part), abs=4)


def test_a_logo_on_clear_ground_is_black_on_white_in_its_tile() -> None:
    shades = tile("black_logo_on_clear.png")
    assert shades[5, 5].tolist() == [255, 255, 255]
    assert shades[shades.shape[0] // 2, shades.shape[1] // 2].max() < 10


@pytest.mark.parametrize(("name", "size"), [("sar_dvd.mp4", (480, 270)), ("phone_portrait.mov", (270, 480))])
def test_a_poster_has_the_shape_that_the_video_is_shown_in(name: str, size: tuple[int, int]) -> None:
    height, width, _ = tile(name).shape
    assert (width, height) == size


@pytest.mark.parametrize("name", ["fullrange.mp4", "sar_dvd.mp4", "hlg10.mov"])
def test_a_poster_shows_the_grey_that_was_filmed(name: str) -> None:
    shades = tile(name)
    middle = shades[shades.shape[0] * 2 // 5, shades.shape[1] // 8]
    grey = GREY_IN_HLG if name == "hlg10.mov" else GREY
    assert middle.tolist() == pytest.approx([grey] * 3, abs=4)


# --- their brothers -------------------------------------------------------------------------------


def test_many_tags_in_a_row_are_passed(saved: Saved) -> None:
    tag = b"ID3\x04\x00\x00" + bytes([0, 0, 1, 0]) + bytes(128)
    sound = made.sound(4.0, "mp3")
    for count in (2, 3, 8):
        assert measure(saved(tag * count + sound)).duration_s == pytest.approx(4.0, abs=0.1)


def test_a_cover_of_a_hundred_kilobytes_in_the_first_tag_hides_nothing(saved: Saved) -> None:
    size = 200_000
    tag = b"ID3\x04\x00\x00" + bytes(size >> 7 * at & 0x7F for at in (3, 2, 1, 0)) + bytes(size)
    assert measure(saved(tag + tag + made.sound(4.0, "mp3"))).extension == "mp3"
    assert refusal(measure, saved(tag + made.archive())) == "This is a ZIP archive, not an image, video or audio."


@pytest.mark.parametrize("junk", [b"\0", b"\r\n\r\n", bytes(5000), b"\xff" * 700, b"ICY 200 OK\r\nicy-name: x\r\n\r\n"])
def test_junk_before_the_first_frame_is_passed(saved: Saved, junk: bytes) -> None:
    media = measure(saved(junk + made.sound(4.0, "mp3", tagged=False)))
    assert media.extension == "mp3"
    assert media.duration_s == pytest.approx(4.0, abs=0.1)


def test_a_cover_that_is_a_track_of_its_own_makes_no_video_of_a_sound(saved: Saved) -> None:
    media = measure(saved(made.with_cover(sound_s=4.0)))
    assert (media.kind, media.width) == (AUDIO, None)
    assert media.duration_s == pytest.approx(4.0, abs=SECONDS)


def test_a_cover_before_the_video_is_not_taken_for_it(saved: Saved) -> None:
    media = measure(saved(made.with_cover(video_s=3.0)))
    assert (media.kind, media.width, media.height) == (VIDEO, *made.SIZE)
    assert media.duration_s == pytest.approx(3.0, abs=SECONDS)


def test_a_film_of_single_pictures_is_a_video(saved: Saved) -> None:
    media = measure(saved(made.pictures_in_a_row(3.0)))
    assert (media.kind, media.width, media.height) == (VIDEO, *made.SIZE)
    assert media.duration_s == pytest.approx(3.0, abs=SECONDS)


@pytest.mark.parametrize("seed", range(12))
def test_pictures_that_stand_for_different_times_add_up(saved: Saved, seed: int) -> None:
    data, truth = made.uneven(seed)
    assert measure(saved(data)).duration_s == pytest.approx(truth, abs=SECONDS)


def test_a_wav_of_64_bits_is_called_so(saved: Saved) -> None:
    media = measure(saved(made.rf64(3.0)))
    assert media.duration_s == pytest.approx(3.0, abs=SECONDS)
    assert not_taken(media.kind, media.extension) == f"This is an RF64 audio file (WAV of 64 bits), {AS_AUDIO}"


@pytest.mark.parametrize(
    ("form", "words"),
    [("matroska", "a Matroska (MKV) video file"), ("webm", "a WebM video file")],
)
def test_a_video_in_a_container_that_is_not_taken_is_named(saved: Saved, form: str, words: str) -> None:
    media = measure(saved(made.clip(2.0, form)))
    assert not_taken(media.kind, media.extension) == f"This is {words}, {AS_VIDEO}"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("matroska", "a Matroska (MKV) audio file"),
        ("webm", "a WebM audio file"),
        ("ogg", "an Opus audio file"),
        ("flac", "a FLAC audio file"),
        ("ipod", "an M4A audio file"),
        ("mp4", "an M4A audio file"),
    ],
)
def test_a_sound_in_a_container_that_is_not_taken_is_named_in_words_of_sound(
    saved: Saved, form: str, words: str
) -> None:
    media = measure(saved(made.sound(3.0, form)))
    assert not_taken(media.kind, media.extension) == f"This is {words}, {AS_AUDIO}"
