"""What is said of a file that cannot be used: one sentence each, with the figures and without a path."""

from __future__ import annotations

import math

from weryai_ui.errors import StudioError
from weryai_ui.media.kinds import MediaKind
from weryai_ui.media.limits import MEGABYTE, MEGAPIXEL, MediaLimits
from weryai_ui.media.protocol import Fault
from weryai_ui.words import say


class MediaRefused(StudioError):
    """A file cannot be used; the text is one sentence for the person who chose it."""


_FAULTS: dict[str, str] = {
    Fault.DAMAGED: "media.damaged",
    Fault.CUT_OFF: "media.cut_off",
    Fault.MEMORY: "media.memory",
    Fault.TOO_LARGE: "media.cut_too_large",
    Fault.NO_CLIP: "media.no_track",
    Fault.NO_PICTURE: "media.not_a_video",
}

_NOT_MEDIA = "media.other"
_OTHER_PICTURE = "media.other_picture"
_OTHER_CLIP = "media.other_clip"

# What a file is by its first bytes: the sentence, and the words for it.
_OTHERS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"PK\x03\x04", _NOT_MEDIA, "file_kind.zip"),
    (0, b"PK\x05\x06", _NOT_MEDIA, "file_kind.zip"),
    (0, b"Rar!", _NOT_MEDIA, "file_kind.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", _NOT_MEDIA, "file_kind.7z"),
    (0, b"\x1f\x8b", _NOT_MEDIA, "file_kind.gzip"),
    (0, b"%PDF", _NOT_MEDIA, "file_kind.pdf"),
    (0, b"MZ", _NOT_MEDIA, "file_kind.program"),
    (0, b"\x7fELF", _NOT_MEDIA, "file_kind.program"),
    (4, b"ftypavi", _OTHER_PICTURE, "file_kind.avif"),
    (4, b"ftyphe", _OTHER_PICTURE, "file_kind.heic"),
    (4, b"ftypmif1", _OTHER_PICTURE, "file_kind.heic"),
    (4, b"ftypmsf1", _OTHER_PICTURE, "file_kind.heic"),
    (0, b"BM", _OTHER_PICTURE, "file_kind.bmp"),
    (0, b"II*\0", _OTHER_PICTURE, "file_kind.tiff"),
    (0, b"MM\0*", _OTHER_PICTURE, "file_kind.tiff"),
    (8, b"AVI ", _OTHER_CLIP, "file_kind.avi"),
    (0, b"FLV\x01", _OTHER_CLIP, "file_kind.flv"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _OTHER_CLIP, "file_kind.windows_media"),
    (0, b"FORM", _OTHER_CLIP, "file_kind.aiff"),
    (0, b"#!AMR", _OTHER_CLIP, "file_kind.amr"),
    (0, b"\xff\xf1", _OTHER_CLIP, "file_kind.aac"),
    (0, b"\xff\xf9", _OTHER_CLIP, "file_kind.aac"),
)
_TEXTS: tuple[tuple[bytes, str, str], ...] = (
    (b"#extm3u", _NOT_MEDIA, "file_kind.playlist"),
    (b"ffconcat", _NOT_MEDIA, "file_kind.playlist"),
    (b"[playlist]", _NOT_MEDIA, "file_kind.playlist"),
    (b"v=0", _NOT_MEDIA, "file_kind.stream"),
    (b"<!doctype html", _NOT_MEDIA, "file_kind.web_page"),
    (b"<html", _NOT_MEDIA, "file_kind.web_page"),
    (b"<svg", _OTHER_PICTURE, "file_kind.svg"),
    (b"<?xml", _NOT_MEDIA, "file_kind.xml"),
)


def faulty(fault: object) -> str:
    """For what a child reported instead of figures; whatever it is called."""
    return say(_FAULTS.get(str(fault), _FAULTS[Fault.DAMAGED]))


def not_ours(head: bytes) -> str:
    """What a file is instead, by its first bytes."""
    for offset, magic, sentence, what in _OTHERS:
        if head[offset:].startswith(magic):
            return say(sentence, what=say(what))
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for opening, sentence, what in _TEXTS:
        if text.startswith(opening):
            return say(sentence, what=say(what))
    if text and b"\0" not in text and all(byte >= 32 or byte in b"\t\r\n\f" for byte in text):
        return say(_NOT_MEDIA, what=say("file_kind.text"))
    return say("media.unknown")


def too_heavy(kind: MediaKind, size: int, limit: int) -> str:
    """For a file of `size` bytes over its limit; the size is rounded up, so that it never reads as the limit."""
    megabytes = math.ceil(size * 10 / MEGABYTE) / 10
    return say("media.too_heavy", kind=_noun(kind), size=f"{megabytes:.1f}", limit=f"{limit / MEGABYTE:g}")


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


def _noun(kind: MediaKind) -> str:
    return say(f"media_kind.{kind}")
