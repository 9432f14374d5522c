"""Whether a file is what the service takes, and what is made of one that is not."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from weryai_ui.media.child import UNSEEN, Places, Watch
from weryai_ui.media.kinds import MediaKind
from weryai_ui.media.limits import MEDIA_LIMITS, MEGAPIXEL, UPLOAD_EXTENSIONS, MediaLimits
from weryai_ui.media.measuring import Media, known, measure, order

TO_BEGIN_S: Final = 1.5
"""What a child needs before its first frame, and to have looked at what was made."""
PER_SECOND: Final = 0.25
"""Seconds of work for each second of a video, and as much again for each megapixel of its frames (measured, 30 frames
a second, two processors)."""


class Need(StrEnum):
    """Why a file is made to fit."""

    FORMAT = "format"
    HEAVY = "heavy"
    LARGE = "large"
    """A picture of too many pixels a side, or a video of too many a frame."""
    PIXELS = "pixels"
    """A picture of more than 8 bits a channel, or for printing."""


def needs(media: Media, limits: MediaLimits = MEDIA_LIMITS) -> tuple[Need, ...]:
    """What keeps a file from being what the service takes; none when it can go as it is."""
    found = {
        Need.FORMAT: media.extension not in UPLOAD_EXTENSIONS[media.kind],
        Need.HEAVY: media.size > limits.bytes_of(media.kind),
        Need.LARGE: _is_large(media, limits),
        Need.PIXELS: media.trait is not None,
    }
    return tuple(need for need, is_so in found.items() if is_so)


def _is_large(media: Media, limits: MediaLimits) -> bool:
    width, height = media.width or 0, media.height or 0
    if media.kind is MediaKind.VIDEO:
        return width * height > limits.frame_pixels
    return max(width, height) > limits.picture_side


def fits_at_once(media: Media) -> bool:
    """Whether what there is to do about a file needs no decision of a person's."""
    return media.kind is not MediaKind.VIDEO


def seconds_to_fit(media: Media) -> int | None:
    """How long a video is likely to take; None for what fits at once."""
    if fits_at_once(media):
        return None
    megapixels = (media.width or 0) * (media.height or 0) / MEGAPIXEL
    return round(TO_BEGIN_S + PER_SECOND * (1 + megapixels) * (media.duration_s or 0.0))


def fit(
    path: Path,
    target: Path,
    *,
    media: Media | None = None,
    white: bool = False,
    limits: MediaLimits = MEDIA_LIMITS,
    places: Places | None = None,
    watch: Watch = UNSEEN,
) -> Media:
    """The measured file that was made of another, in `target`: JPEG or PNG, WAV or MP3, MP4.

    `media`: what is known of the other one, where it was measured before. `white`: what is clear in a picture becomes
    white. Raises `MediaError`.
    """
    media = media or measure(path, limits=limits, places=places)
    is_video = media.kind is MediaKind.VIDEO
    task = "fit_picture" if media.kind is MediaKind.IMAGE else "fit_clip"
    seconds = limits.fit_clip_seconds if is_video else limits.fit_seconds
    figures = _figures(media, limits, white=white)
    with known(path, limits) as found, target.open("w+b", buffering=0) as made:
        order(found, task, made, limits, seconds, figures, places, watch)
    return measure(target, limits=limits, places=places)


def _figures(media: Media, limits: MediaLimits, *, white: bool) -> Mapping[str, float]:
    most = float(limits.bytes_of(media.kind))
    if media.kind is MediaKind.IMAGE:
        return {"side": limits.picture_side, "bytes": most, "white": float(white)}
    end = media.duration_s or 0.0
    return {"start_s": 0.0, "end_s": end, "least_s": 0.0, "bytes": most, "pixels": limits.frame_pixels}
