"""A soft chord for the animatic, and the outline of an uploaded sound."""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from weryai_ui.media.clips import opened
from weryai_ui.media.protocol import Job as Media
from weryai_ui.sandbox.given import UNREADABLE

SAMPLE_RATE: Final = 44_100
CHORD_SECONDS: Final = 2.5
LEVEL: Final = 0.16
OUTLINE_RATE: Final = 8_000
OUTLINE_SECONDS: Final = 20
# Semitones above the root: major, relative minor, fourth, fifth, each with an open voicing.
CHORDS: Final = ((0, 7, 16), (-3, 4, 12), (5, 12, 21), (7, 14, 23))

Samples = NDArray[np.float32]


def pad(seed: str, seconds: float, accents: list[float]) -> Samples:
    """Stereo samples, shape (2, n), -1 to 1: slow chords, and a soft tone at each accent."""
    root = 110.0 * 2 ** (hashlib.sha256(seed.encode("utf-8", "replace")).digest()[0] % 12 / 12)
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    mix = np.zeros((2, times.size))
    for begin in np.arange(0, seconds, CHORD_SECONDS):
        chord = CHORDS[int(begin / CHORD_SECONDS) % len(CHORDS)]
        swell = np.clip(1 - np.abs(times - begin - CHORD_SECONDS / 2) / CHORD_SECONDS, 0, 1) ** 2
        where = np.flatnonzero(swell)
        for voice, semitones in enumerate(chord):
            pitch = root * 2 ** (semitones / 12)
            mix[:, where] += _voice(times[where], pitch, voice) * swell[where]
    for accent in accents:
        after = np.maximum(times - accent, 0)
        mix += np.sin(2 * np.pi * root * 6 * after) * np.exp(-6 * after) * (after > 0) * 0.35
    edges = np.minimum(1, np.minimum(times / 0.4, (seconds - times) / 0.8))
    return np.asarray(np.clip(mix * edges * LEVEL, -1, 1), dtype=np.float32)


def _voice(times: NDArray[np.float64], pitch: float, voice: int) -> NDArray[np.float64]:
    """One note with a faint octave, a hair apart between left and right for width."""
    sides = []
    for detune in (0.998, 1.002):
        wave = 2 * np.pi * pitch * detune * times
        tremor = 1 + 0.15 * np.sin(2 * np.pi * (0.3 + voice * 0.1) * times)
        sides.append((np.sin(wave) + 0.25 * np.sin(2 * wave)) * tremor)
    return np.stack(sides)


def outline(sound: Media | None, bars: int, seed: str) -> list[float]:
    """Heights from 0 to 1: of the file's loudness, or drawn by lot where it cannot be read."""
    loudness = _loudness(sound, bars) if sound else None
    if loudness is not None:
        return loudness
    lot = np.random.default_rng(list(hashlib.sha256(seed.encode("utf-8", "replace")).digest()))
    swell = np.sin(np.linspace(0, np.pi, bars)) * 0.6 + 0.25
    return [float(each) for each in np.clip(swell * lot.uniform(0.4, 1.2, bars), 0.08, 1)]


def _loudness(sound: Media, bars: int) -> list[float] | None:
    pieces: list[NDArray[np.int16]] = []
    resampler = AudioResampler(format="s16", layout="mono", rate=OUTLINE_RATE)
    try:
        with opened(sound) as container:
            for frame in container.decode(audio=0):
                pieces += [np.asarray(each.to_ndarray()[0]) for each in resampler.resample(frame)]
                if sum(each.size for each in pieces) > OUTLINE_RATE * OUTLINE_SECONDS:
                    break
    except UNREADABLE:
        return None
    samples = np.concatenate(pieces).astype(np.float64) if pieces else np.zeros(0)
    if samples.size < bars:
        return None
    parts = [float(np.sqrt(np.mean(each**2))) for each in np.array_split(samples, bars)]
    loudest = max(parts) or 1.0
    return [max(0.06, each / loudest) for each in parts]
