"""Sounds from figures alone: a drum loop, a humming voice that no person has, a soft pad. Mono, -1 to 1."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE: Final = 44_100
BEATS_PER_MINUTE: Final = 120

Samples = NDArray[np.float64]

VOWELS: Final = {
    "a": ((730, 1.0, 90), (1090, 0.6, 110), (2440, 0.26, 170), (3400, 0.1, 250)),
    "o": ((500, 1.0, 80), (860, 0.5, 100), (2410, 0.1, 170), (3300, 0.05, 250)),
    "u": ((330, 1.0, 70), (780, 0.3, 90), (2240, 0.06, 170), (3200, 0.03, 250)),
    "e": ((480, 1.0, 80), (1850, 0.5, 120), (2500, 0.3, 170), (3500, 0.1, 250)),
    "m": ((260, 1.0, 60), (1000, 0.1, 120), (2200, 0.04, 200), (3200, 0.01, 250)),
}
"""Resonances of each sound: hertz, strength, width in hertz."""
PHRASE: Final = (
    ("m", 220.0, 0.30), ("a", 246.9, 0.45), ("e", 261.6, 0.40), ("m", 246.9, 0.25), ("o", 220.0, 0.55),
    ("a", 293.7, 0.45), ("o", 261.6, 0.40), ("m", 246.9, 0.25), ("u", 196.0, 0.45), ("o", 220.0, 0.80),
    ("m", 220.0, 0.70),
)  # fmt: skip
"""A melody of vowels: sound, pitch in hertz, seconds."""


def drums() -> Samples:
    """Six seconds at 120 beats a minute: kick on every beat, clap on two and four, hats and a bass between."""
    lot, beat = np.random.default_rng(120), 60 / BEATS_PER_MINUTE
    mix = np.zeros(6 * SAMPLE_RATE)
    for number in range(12):
        start = number * beat
        _add(mix, start, _kick(), 0.9)
        if number % 2:
            _add(mix, start, _noise(lot, 0.20, 18, 900, 4200), 0.55)
        for eighth in (0.0, 0.5):
            _add(mix, start + eighth * beat, _noise(lot, 0.06, 70, 6500, 14000), 0.22 + 0.12 * (eighth > 0))
        note = (55.0, 65.41, 49.0)[number // 4]
        for eighth in (0.5, 0.75):
            _add(mix, start + eighth * beat, _bass(note * (2 if eighth > 0.5 else 1)), 0.34)
        if number % 4 == 3:
            _add(mix, start + 0.75 * beat, _noise(lot, 0.10, 30, 1500, 5000), 0.3)
    return _even(mix)


def voice() -> Samples:
    """A hummed phrase of five seconds: pulses of a throat through the resonances of vowels."""
    seconds = sum(length for _, _, length in PHRASE)
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    ends = np.cumsum([length for _, _, length in PHRASE])
    middles = ends - np.array([length for _, _, length in PHRASE]) / 2
    pitch = np.interp(times, middles, [hertz for _, hertz, _ in PHRASE])
    pitch *= 1 + 0.012 * np.sin(2 * np.pi * 5.2 * times) * np.clip(times - 0.2, 0, 1)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    mix = np.zeros_like(times)
    for harmonic in range(1, 24):
        hertz = pitch * harmonic
        loud = sum(_resonance(hertz, times, middles, rank) for rank in range(4))
        mix += np.sin(phase * harmonic) * loud / harmonic**0.75
    breath = np.random.default_rng(3).normal(0, 0.004, times.size)
    swell = np.interp(times, [0, 0.12, seconds - 0.6, seconds], [0, 1, 0.9, 0])
    words = 0.72 + 0.28 * np.cos(2 * np.pi * np.interp(times, [0, *ends], np.arange(len(ends) + 1))) * -1
    return _even((mix + breath) * swell * words)


def pad() -> Samples:
    """Six seconds of slow chords, warm and far away."""
    seconds = 6.0
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    mix = np.zeros_like(times)
    chords = (
        (220.0, 277.2, 329.6, 415.3),
        (185.0, 220.0, 277.2, 329.6),
        (164.8, 246.9, 293.7, 415.3),
    )
    for number, chord in enumerate(chords):
        swell = np.clip(1 - np.abs(times - 2 * number - 1.0) / 1.7, 0, 1) ** 1.4
        for hertz in chord:
            for detuned in (0.997, 1.003):
                tone = np.sin(2 * np.pi * hertz * detuned * times) + 0.25 * np.sin(4 * np.pi * hertz * detuned * times)
                mix += tone * swell
        bell = np.clip(times - 2 * number, 0, None)
        mix += 1.2 * np.sin(2 * np.pi * chord[-1] * 2 * bell) * np.exp(-3 * bell) * (bell > 0)
    return _even(mix * np.minimum(1, np.minimum(times / 0.6, (seconds - times) / 1.2)))


def _resonance(hertz: Samples, times: Samples, middles: Samples, rank: int) -> Samples:
    """How strongly a resonance of the mouth lets a tone through, while one vowel becomes the next."""
    centre, strength, width = (
        np.interp(times, middles, [VOWELS[v][rank][part] for v, _, _ in PHRASE]) for part in range(3)
    )
    return np.asarray(strength / (1 + ((hertz - centre) / width) ** 2))


def _kick() -> Samples:
    times = np.arange(round(0.28 * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * (48 * times + 110 / 28 * (1 - np.exp(-28 * times)))
    return np.asarray(np.sin(phase) * np.exp(-11 * times))


def _bass(hertz: float) -> Samples:
    times = np.arange(round(0.2 * SAMPLE_RATE)) / SAMPLE_RATE
    tone = sum(np.sin(2 * np.pi * hertz * n * times) / n**1.4 for n in range(1, 7))
    return np.asarray(tone * np.exp(-9 * times) * np.minimum(1, times / 0.005))


def _noise(lot: np.random.Generator, seconds: float, decay: float, low: float, high: float) -> Samples:
    """A burst of noise between two pitches."""
    count = round(seconds * SAMPLE_RATE)
    parts = np.fft.rfft(lot.normal(0, 1, count))
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    parts *= np.exp(-(((hertz - (low + high) / 2) / (high - low)) ** 2) * 3)
    burst = np.fft.irfft(parts, count)
    burst /= np.abs(burst).max()
    return np.asarray(burst * np.exp(-decay * np.arange(count) / SAMPLE_RATE))


def _add(mix: Samples, start: float, sound: Samples, level: float) -> None:
    begin = round(start * SAMPLE_RATE)
    piece = sound[: max(0, mix.size - begin)]
    mix[begin : begin + piece.size] += piece * level


def _even(samples: Samples) -> Samples:
    return np.asarray(np.tanh(samples / np.abs(samples).max() * 1.3) * 0.82)
