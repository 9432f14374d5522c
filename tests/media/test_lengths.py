"""Lengths agree with FFmpeg's own reading: of the real files, and of sixty that are made by chance.

FFmpeg's reading is what `ffprobe` says of a file where there is one on the path, else PyAV's demuxer, which is the same
library. Where the two differ about pictures that stand for different times, the header of the file is right.
"""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.media.conftest import Saved
from tests.media.test_real_files import FILES, READ
from weryai_ui.media import measure

NEAR_S = 0.05
PROBE = shutil.which("ffprobe")
FILMS = {**dict.fromkeys(("mp4", "mov", "matroska", "mpegts"), "libx264"), "webm": "libvpx", "avi": "mpeg4"}
SOUNDS = {"wav": "pcm_s16le", "mp3": "libmp3lame", "flac": "flac", "ipod": "aac", "ogg": "libopus"}
BESIDE = {"webm": "libopus", "avi": "libmp3lame"}
RATES = [Fraction(10), Fraction(24_000, 1001), Fraction(25), Fraction(30_000, 1001), Fraction(30), Fraction(60)]


def read_by_ffmpeg(path: Path) -> float:
    """Seconds."""
    if PROBE is not None:
        asked = [PROBE, "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
        said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
        if said != "N/A":
            return float(said)
    with av.open(str(path)) as file:
        if file.duration:
            return file.duration / av.time_base
        spans = [
            (float(each.pts * each.time_base), float((each.pts + (each.duration or 0)) * each.time_base))
            for each in file.demux()
            if each.pts is not None and each.time_base is not None
        ]
    return max(end for _, end in spans) - min(start for start, _ in spans)


def made_by_chance(chance: random.Random) -> tuple[str, bytes, float]:
    """What it is, its bytes, and the seconds of one frame."""
    seconds = chance.uniform(0.4, 5.0)
    shows = chance.random() < 0.7
    form = chance.choice(list(FILMS if shows else SOUNDS))
    rate, sings = chance.choice(RATES), not shows or chance.random() < 0.6
    file: Any
    out = io.BytesIO()
    told = f"{form}, {seconds:.3f} s, {float(rate):.2f} a second"
    with av.open(out, "w", format=form) as file:
        reorders = chance.choice([0, 2])
        options = {"bf": str(reorders), "g": str(chance.choice([1, 12, 250]))} if shows else {}
        pictures = file.add_stream(FILMS[form], rate=rate, options=options) if shows else None
        codec = BESIDE.get(form, "aac") if shows else SOUNDS[form]
        sound = file.add_stream(codec, rate=48_000, layout="mono") if sings else None
        if pictures is not None:
            pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
            for number in range(max(1, round(seconds * rate))):
                grey = np.full((48, 64, 3), number % 256, dtype=np.uint8)
                file.mux(pictures.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
            file.mux(pictures.encode(None))
        if sound is not None:
            count = round(chance.uniform(0.5, 1.2) * seconds * 48_000) if shows else round(seconds * 48_000)
            for at in range(0, count, 1024):
                wave = np.zeros((1, min(1024, count - at)), dtype=np.int16)
                heard = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
                heard.rate, heard.pts, heard.time_base = 48_000, at, Fraction(1, 48_000)
                file.mux(sound.encode(heard))
            file.mux(sound.encode(None))
    return told, out.getvalue(), float(1 / rate) if shows else 0.0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_lengths_of_sixty_files_made_by_chance_agree_with_ffmpeg(saved: Saved) -> None:
    chance, worst = random.Random(19), 0.0
    for _ in range(60):
        told, data, frame_s = made_by_chance(chance)
        path = saved(data)
        found, right = measure(path).duration_s or 0.0, read_by_ffmpeg(path)
        print(f"{told}: {found:.3f} s, FFmpeg {right:.3f} s")
        assert found == pytest.approx(right, abs=max(NEAR_S, frame_s)), told
        worst = max(worst, abs(found - right))
    print(f"60 files, off by {worst:.3f} s at most; {PROBE or 'PyAV'}")


@pytest.mark.slow
def test_the_lengths_of_the_real_files_agree_with_ffmpeg() -> None:
    for name, each in READ.items():
        if each.seconds is None:
            continue
        found, right = measure(FILES / name).duration_s or 0.0, read_by_ffmpeg(FILES / name)
        print(f"{name}: {found:.3f} s, FFmpeg {right:.3f} s, right {each.seconds} s")
        assert found == pytest.approx(each.seconds, abs=NEAR_S)
        if name not in ("vfr_hevc.mov", "vfr_sparse.mp4"):  # it counts in the order of decoding
            assert found == pytest.approx(right, abs=NEAR_S), name
