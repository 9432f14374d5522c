"""Films one after the other: each at its moment, in picture and in sound, whatever they were made of."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media import made
from tests.media.conftest import Saved
from weryai_ui.media import MEDIA_LIMITS, MediaError, Places, Watch, join, measure, tones, trim

SYNC_S = 0.05
BT709, BT601 = (0.2126, 0.0722), (0.299, 0.114)
FLASH_S = 0.25
"""How long a marker is: white, and a tone."""


@dataclass(frozen=True)
class Shot:
    """A film that flashes and beeps at those seconds of it, and is black and silent otherwise."""

    seconds: float
    marks: tuple[float, ...]
    rate: Fraction = Fraction(24)
    samples: int = 48_000
    size: tuple[int, int] = (320, 180)
    layout: str = "stereo"
    has_sound: bool = True

    def film(self) -> bytes:
        """It, as MP4."""
        file = io.BytesIO()
        with av.open(file, "w", format="mp4") as output:
            video = output.add_stream("libx264", rate=self.rate, options={"preset": "veryfast", "g": "24"})
            video.width, video.height, video.pix_fmt = *self.size, "yuv420p"
            audio = output.add_stream("aac", rate=self.samples, layout=self.layout) if self.has_sound else None
            for index in range(round(self.seconds * self.rate)):
                level = 235 if self._is_marked(float(index / self.rate)) else 16
                picture = np.full((self.size[1], self.size[0], 3), level, dtype=np.uint8)
                output.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            output.mux(video.encode(None))
            if audio is not None:
                self._beep(output, audio)
        return file.getvalue()

    def _is_marked(self, at: float) -> bool:
        return any(mark <= at + 1e-6 < mark + FLASH_S for mark in self.marks)

    def _beep(self, output: av.container.OutputContainer, audio: av.AudioStream) -> None:
        times = np.arange(round(self.seconds * self.samples)) / self.samples
        loud = np.any([(times >= mark) & (times < mark + FLASH_S) for mark in self.marks], axis=0)
        tone = (np.sin(2 * np.pi * 997 * times) * loud * 12_000).astype(np.int16)
        for at in range(0, len(tone), 1024):
            piece = tone[at : at + 1024]
            channels = 1 if self.layout == "mono" else 2
            frame = av.AudioFrame.from_ndarray(np.repeat(piece, channels)[None, :], format="s16", layout=self.layout)
            frame.rate, frame.pts, frame.time_base = self.samples, at, Fraction(1, self.samples)
            output.mux(audio.encode(frame))
        output.mux(audio.encode(None))


def joined(folder: Path, films: Sequence[bytes], **more: object) -> Path:
    """The file that they become."""
    paths = []
    for number, film in enumerate(films):
        (path := folder / f"{number}.mp4").write_bytes(film)
        paths.append(path)
    join(paths, folder / "joined", limits=MEDIA_LIMITS, **more)  # type: ignore[arg-type]
    return folder / "joined"


def flashes(path: Path) -> list[float]:
    """When it becomes white, in seconds, as a player shows it."""
    found, was = [], False
    with av.open(str(path), "r") as container:
        for frame in container.decode(video=0):
            middle = frame.to_ndarray(format="gray")[frame.height // 2, frame.width // 2]
            is_white = middle > 128
            if is_white and not was:
                found.append(float(frame.time or 0.0))
            was = is_white
    return found


def beeps(path: Path) -> list[float]:
    """When it becomes loud, in seconds, as a player plays it."""
    found, quiet_since = [], -1.0
    with av.open(str(path), "r") as container:
        for frame in container.decode(audio=0):
            level = np.abs(frame.to_ndarray().astype(float)).max(axis=0)
            for index in np.flatnonzero(level > 0.1):
                at = float(frame.time or 0.0) + int(index) / frame.sample_rate
                if at - quiet_since > FLASH_S / 2:
                    found.append(at)
                quiet_since = at
    return found


def marks(shots: Sequence[Shot]) -> list[float]:
    """When the markers of films are due that come one after the other."""
    begins = np.cumsum([0.0, *(shot.seconds for shot in shots)])
    return [float(begin) + mark for begin, shot in zip(begins, shots, strict=False) for mark in shot.marks]


OTHERS = (
    Shot(3.0, (0.5, 2.0)),
    Shot(2.0, (0.0, 1.0), Fraction(30), 44_100, (200, 300), "mono"),
    Shot(4.0, (1.0, 3.5), Fraction(30_000, 1001), 32_000, (640, 360)),
)


def test_films_of_different_rates_stay_in_step_to_the_end(tmp_path: Path) -> None:
    path = joined(tmp_path, [shot.film() for shot in OTHERS])
    due, seen, heard = marks(OTHERS), flashes(path), beeps(path)
    assert seen == pytest.approx(due, abs=SYNC_S)
    assert heard == pytest.approx(due, abs=SYNC_S)
    assert heard == pytest.approx(seen, abs=SYNC_S)
    found = measure(path)
    assert (found.width, found.height, found.has_audio) == (320, 180, True)
    assert found.duration_s == pytest.approx(9, abs=SYNC_S)
    with av.open(str(path), "r") as container:
        assert container.streams.video[0].average_rate == 24
        assert container.streams.audio[0].rate == 48_000


def packets(film: bytes | Path) -> list[bytes]:
    """The pictures of a film as they are stored."""
    with av.open(str(film) if isinstance(film, Path) else io.BytesIO(film), "r") as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def test_pictures_of_one_kind_go_over_as_they_are(tmp_path: Path) -> None:
    shots = [Shot(3.0, (0.5,)), Shot(2.0, (0.0, 1.5)), Shot(2.5, (2.0,)), *[Shot(1.0, (0.25,))] * 7]
    films = [shot.film() for shot in shots]
    path = joined(tmp_path, films)
    assert packets(path) == [each for film in films for each in packets(film)]
    assert flashes(path) == pytest.approx(marks(shots), abs=0.001)
    assert beeps(path) == pytest.approx(marks(shots), abs=SYNC_S)
    assert measure(path).duration_s == pytest.approx(14.5, abs=SYNC_S)


def test_a_film_without_sound_is_silent_for_as_long_as_it_lasts(tmp_path: Path) -> None:
    shots = [
        Shot(2.0, (0.5,), has_sound=False),
        Shot(2.0, (0.5,)),
        Shot(3.0, (1.0,), has_sound=False),
        Shot(2.0, (1.0,)),
    ]
    path = joined(tmp_path, [shot.film() for shot in shots])
    assert flashes(path) == pytest.approx(marks(shots), abs=SYNC_S)
    assert beeps(path) == pytest.approx([2.5, 8.0], abs=SYNC_S)
    silent = joined(tmp_path, [shots[0].film(), shots[2].film()])
    assert measure(silent).has_audio is False
    assert flashes(silent) == pytest.approx([0.5, 3.0], abs=SYNC_S)


def test_another_shape_stands_whole_in_the_middle_of_the_first(tmp_path: Path) -> None:
    path = joined(tmp_path, [Shot(1.0, ()).film(), Shot(1.0, (0.0, 0.25, 0.5, 0.75), size=(200, 400)).film()])
    with av.open(str(path), "r") as container:
        *_, last = (frame.to_ndarray(format="gray") for frame in container.decode(video=0))
    white = np.flatnonzero(last[90] > 128)
    assert last.shape == (180, 320)
    assert (white.min(), white.max()) == (pytest.approx(115, abs=3), pytest.approx(204, abs=3))
    assert (last[:, 160] > 128).all()
    assert last[:, :100].max() < 40


def rgb(frame: av.VideoFrame, matrix: tuple[float, float]) -> list[float]:
    """Red, green and blue in the middle of a frame of the limited range; `matrix`: its shares of red and blue."""
    kr, kb = matrix
    whole, height, width = frame.to_ndarray().astype(float), frame.height, frame.width
    y = whole[height // 2, width // 2]
    cb, cr = (plane[height // 4, width // 4] for plane in np.split(whole[height:].reshape(-1, width // 2), 2))
    luma, blue, red = (y - 16) / 219, 2 * (1 - kb) * (cb - 128) / 224, 2 * (1 - kr) * (cr - 128) / 224
    return [255 * each for each in (luma + red, luma - (kr * red + kb * blue) / (1 - kr - kb), luma + blue)]


@pytest.mark.parametrize("transfer", [tones.HLG, tones.PQ])
@pytest.mark.parametrize("high_first", [True, False])
def test_a_film_of_a_high_range_looks_in_the_joined_one_as_it_does_alone(
    saved: Saved, tmp_path: Path, transfer: int, high_first: bool
) -> None:
    # One of 64 lines that says nothing of its colours is taken for BT.601, and what is joined to it is such a film.
    high, plain = made.bars([0.38] * 5, transfer, blue=420, red=640), Shot(3.0, (0.0,), size=(320, 64)).film()
    trim(saved(high), 0.0, 2.0, tmp_path / "alone")
    path = joined(tmp_path, [high, plain] if high_first else [plain, high])
    with av.open(path) as container, av.open(str(tmp_path / "alone")) as alone:
        shown, one = list(container.decode(video=0)), next(alone.decode(video=0))
    there, white = (shown[0], shown[len(shown) // 2 + 1]) if high_first else (shown[-1], shown[0])
    wanted = rgb(one, BT709)
    assert max(wanted) - min(wanted) > 40
    assert rgb(there, BT709 if high_first else BT601) == pytest.approx(wanted, abs=4)
    assert rgb(white, BT709) == pytest.approx([235] * 3, abs=4)


def test_what_cannot_be_joined_is_named_and_says_why(tmp_path: Path) -> None:
    good = Shot(1.0, ()).film()
    for bad, why in (
        (made.clip()[:-4000], "Video 2 cannot be joined: .*"),
        (b"", "Video 2 cannot be joined: .*empty"),
        (made.sound(), "Video 2 cannot be joined: .*"),
        (made.giant_frame(), "Video 2 cannot be joined: .*"),
        (good[:200] + bytes(len(good) - 200), "Video 2 cannot be joined: .*"),
    ):
        with pytest.raises(MediaError, match=why):
            joined(tmp_path, [good, bad, good])


def test_who_watches_sees_how_far_it_is_and_can_end_it(tmp_path: Path) -> None:
    films = [shot.film() for shot in (Shot(8.0, (), size=(1280, 720)), Shot(8.0, (), Fraction(30), size=(640, 360)))]
    with (tmp_path / "progress").open("w+b") as progress:
        joined(tmp_path, films, watch=Watch(progress=progress), places=Places(1))
        assert Watch(progress=progress).part > 0.9
    with pytest.raises(MediaError):
        joined(tmp_path, films, watch=Watch(lambda child: child.end()))


def test_a_film_that_becomes_too_heavy_is_refused(tmp_path: Path) -> None:
    (path := tmp_path / "one").write_bytes(Shot(2.0, (0.5,)).film())
    limits = replace(MEDIA_LIMITS, clip_bytes=path.stat().st_size + 200)
    with pytest.raises(MediaError, match=r"MB|large"):
        join([path] * 10, tmp_path / "joined", limits=limits)
