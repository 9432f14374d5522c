"""What is said of a file that cannot be used: one sentence each, with the figures and without a path."""

from __future__ import annotations

import math
from collections.abc import Mapping

from weryai_ui.errors import AppError
from weryai_ui.i18n import say
from weryai_ui.media.kinds import NAMED, MediaKind
from weryai_ui.media.limits import MEDIA_LIMITS, MEGAPIXEL, UPLOAD_EXTENSIONS, MediaLimits
from weryai_ui.media.others import Way, other
from weryai_ui.media.protocol import Fault
from weryai_ui.media.units import MEGABYTE


class MediaError(AppError):
    """A file cannot be used; the text is one sentence for the person who chose it."""


class TooHeavy(MediaError):
    """A file has more bytes than one of its kind may have."""


class NotNow(MediaError):
    """A file could not be looked at, for no fault of its own."""


_FAULTS: dict[str, str] = {
    Fault.DAMAGED: "media.damaged",
    Fault.CUT_OFF: "media.cut_off",
    Fault.MEMORY: "media.memory",
    Fault.TOO_LARGE: "media.cut_too_large",
    Fault.NO_CLIP: "media.no_track",
    Fault.NO_PICTURE: "media.not_a_video",
    Fault.RAW: "media.raw",
}

_NAMES: Mapping[str, str] = {"wma": "windows_media"} | {extension: name for name, extension in NAMED.items()}
_WAYS: Mapping[MediaKind, Way] = {
    MediaKind.IMAGE: Way.IMAGE,
    MediaKind.VIDEO: Way.VIDEO,
    MediaKind.AUDIO: Way.AUDIO,
}


def faulty(fault: object) -> str:
    """For what a child reported instead of figures; whatever it is called."""
    return say(_FAULTS.get(str(fault), _FAULTS[Fault.DAMAGED]))


def not_ours(head: bytes) -> str:
    """What a file is instead, by its first bytes."""
    found = other(head)
    if found is None:
        return say("media.unknown")
    return say(found.way, what=say(f"file_kind.{found.name}"))


def not_taken(kind: MediaKind, extension: str) -> str | None:
    """Why a file that can be read is none to upload, and what to make of it; None when the service takes its kind."""
    if extension in UPLOAD_EXTENSIONS[kind]:
        return None
    return say(_WAYS[kind], what=say(f"file_kind.{_NAMES.get(extension, extension)}", kind=_noun(kind)))


def kept_from_leaving(kind: MediaKind, extension: str, size: int) -> str | None:
    """Why a file of these facts is not sent on as it is; None when it may be."""
    limit = MEDIA_LIMITS.bytes_of(kind)
    return not_taken(kind, extension) or (too_heavy(kind, size, limit) if size > limit else None)


def too_heavy(kind: MediaKind | None, size: int | None, limit: int) -> str:
    """For a file of `size` bytes (None: it came without saying) over its limit.

    The size is rounded up, so that it never reads as the limit.
    """
    most = f"{limit / MEGABYTE:g}"
    if size is None:
        return say("file_size.over", kind=_noun(kind), limit=most)
    megabytes = math.ceil(size * 10 / MEGABYTE) / 10
    return say("file_size.too_large", kind=_noun(kind), size=f"{megabytes:.1f}", limit=most)


def too_many_pixels(kind: MediaKind, width: int, height: int, limits: MediaLimits) -> str:
    """For a picture or a frame over the limit; width and height in pixels."""
    limit = f"{limits.pixels / MEGAPIXEL:g}"
    return say("media.too_many_pixels", kind=_noun(kind), width=width, height=height, limit=limit)


def too_slow(seconds: float) -> str:
    """For a file that kept a child busy until its time was over."""
    return say("media.too_slow", seconds=f"{seconds:g}")


def bad_cut(start_s: float, end_s: float, duration_s: float, minimum_s: float) -> str | None:
    """Why a cut from `start_s` to `end_s` of a clip of `duration_s` seconds cannot be made; None when it can."""
    if not (math.isfinite(start_s) and math.isfinite(end_s)):
        return say("media.cut_not_times")
    start, end = f"{start_s:.2f}", f"{end_s:.2f}"
    if start_s < 0:
        return say("media.cut_too_early", start=start)
    if end_s <= start_s:
        return say("media.cut_backwards", start=start, end=end)
    if end_s > duration_s:
        return say("media.cut_too_late", end=end, length=f"{duration_s:.2f}")
    if round(end_s - start_s, 6) < minimum_s:
        return say("media.cut_too_short", length=f"{end_s - start_s:.2f}", limit=f"{minimum_s:g}")
    return None


def _noun(kind: MediaKind | None) -> str:
    return say("media_kind.any") if kind is None else say(f"media_kind.{kind}")
