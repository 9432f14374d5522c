"""What a request may cost, by what it asks for: its shape, and the owner's tariff. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

SOUND_WORDS: Mapping[str, str] = {"sound": "true", "silent": "false"}
MOST_CREDITS = 1_000_000.0


class Shape(NamedTuple):
    """What the price of a request depends on. `sound` as it stands in the body, empty where it is left out."""

    model: str
    resolution: str
    seconds: int
    sound: str
    number: int

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Shape:
        """The shape of a request body."""
        return cls(
            str(payload.get("model", "")),
            str(payload.get("resolution", "")),
            int(payload.get("duration") or 0),
            str(payload.get("generate_audio") or ""),
            int(payload.get("video_number") or 1),
        )

    @property
    def all_seconds(self) -> int:
        """Seconds of all its videos."""
        return self.seconds * self.number


def amount(number: float) -> str:
    """A number of credits for people: as few digits as say it."""
    return f"{number:,.2f}".rstrip("0").rstrip(".")


class Line(NamedTuple):
    """One line of a tariff: credits for a second of video of what has all of these words."""

    words: frozenset[str]
    credits: float


class Tariff(tuple[Line, ...]):
    """The owner's prices; the line with the most words that fit a request counts, of two alike the first."""

    def price(self, shape: Shape) -> float | None:
        """Credits for a request; None where no line fits."""
        has = {shape.model.lower(), shape.resolution.lower()}
        has |= {word for word, sound in SOUND_WORDS.items() if sound == (shape.sound or "false")}
        fitting = [line for line in self if line.words <= has]
        if not fitting:
            return None
        return max(fitting, key=lambda line: len(line.words)).credits * shape.all_seconds


NO_TARIFF = Tariff()


def read_tariff(text: str) -> Tariff:
    """The tariff in `SEEDANCE_2_0 480p=6, SEEDANCE_2_0 720p sound=14, *=12`: credits for each second of video.

    Before the `=` stand a model's key, a resolution, `sound` or `silent`, or some of these; `*` is everything else.
    Raises `ValueError` with the line that cannot be read.
    """
    return Tariff(_line(each.strip()) for each in text.split(",") if each.strip())


def _line(text: str) -> Line:
    words, _, number = text.partition("=")
    try:
        credits = float(number)
    except ValueError:
        raise ValueError(text) from None
    if not words.strip() or not (math.isfinite(credits) and 0 <= credits <= MOST_CREDITS):
        raise ValueError(text)
    return Line(frozenset(words.lower().split()) - {"*"}, credits)
