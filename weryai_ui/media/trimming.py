"""A piece of a clip that fits: start and end are chosen on the page, and the cut is made here."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

from weryai_ui.i18n import say
from weryai_ui.media.limits import MEDIA_LIMITS, MediaLimits
from weryai_ui.media.measuring import Media, known, measure, order
from weryai_ui.media.sentences import MediaError, bad_cut

ROUNDING_S: Final = 0.05
"""How far a chosen end may lie behind the clip's: the page shows tenths of a second."""


def trim(path: Path, start_s: float, end_s: float, target: Path, *, limits: MediaLimits = MEDIA_LIMITS) -> Media:
    """The measured cut from `start_s` to `end_s` seconds, written to `target`: MP4 of a video, WAV of an audio.

    Exact within 0.1 s. `target` is replaced as a whole or left alone; its name is the caller's business, its
    extension is in the answer. Raises `MediaError`, with the figures, when the cut cannot be made.
    """
    measured = measure(path, limits=limits)
    if measured.duration_s is None:
        raise MediaError(say("media.not_a_clip"))
    if measured.duration_s < end_s <= measured.duration_s + ROUNDING_S:
        end_s = measured.duration_s
    if problem := bad_cut(start_s, end_s, measured.duration_s, limits.clip_min_s):
        raise MediaError(problem)
    part = target.with_name(f"{target.name}.part")
    try:
        _cut(path, start_s, end_s, part, limits)
        cut = measure(part, limits=limits)
        part.replace(target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
    return cut


def _cut(path: Path, start_s: float, end_s: float, part: Path, limits: MediaLimits) -> None:
    figures = {"start_s": start_s, "end_s": end_s, "least_s": limits.clip_min_s}
    with known(path, limits) as found, part.open("w+b", buffering=0) as made:
        order(found, "cut", made, limits, limits.trim_seconds, figures)
