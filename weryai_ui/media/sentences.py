"""The words for a file that cannot be used: one sentence each, with the figures and without a path."""

from __future__ import annotations

import math

from weryai_ui.errors import StudioError
from weryai_ui.media.kinds import MediaKind
from weryai_ui.media.limits import MEGABYTE, MEGAPIXEL, MediaLimits
from weryai_ui.media.protocol import Fault


class MediaRefused(StudioError):
    """A file cannot be used; the text is one sentence for the person who chose it."""


EMPTY = "The file is empty."
GONE = "The file is no longer here: choose it again."
BUSY = "Other files are being looked at just now: try again in a minute."
CANNOT_START = "Files cannot be measured on this server just now."
NOT_A_VIDEO = "This is not a video."
NOT_A_PICTURE = "This is not a picture."
NOT_A_CLIP = "Only a video or an audio can be cut."
NOT_A_TIME = "The start and the end of the cut are not two times in seconds."

FAULTS: dict[str, str] = {
    Fault.DAMAGED: "This file is cut off or damaged: it could not be measured.",
    Fault.CUT_OFF: "This file is cut off: its end is missing.",
    Fault.MEMORY: "This file needs more memory than the server gives to one file: use a smaller one.",
    Fault.TOO_LARGE: "The cut is larger than an upload may be: choose a shorter piece.",
    Fault.NO_CLIP: "This file has neither a picture track nor a sound track.",
    Fault.NO_PICTURE: NOT_A_VIDEO,
}

_NOUNS = {MediaKind.IMAGE: "picture", MediaKind.VIDEO: "video", MediaKind.AUDIO: "audio"}
_NOT_MEDIA = "This is {}, not a picture, video or audio."
_OTHER_PICTURE = "This is a {} picture, which cannot be used here: save it as JPG or PNG."
_OTHER_CLIP = "This is {} file, which cannot be used here: use MP4 or MOV for a video, MP3 or WAV for an audio."

_OTHERS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"PK\x03\x04", _NOT_MEDIA.format("a ZIP archive")),
    (0, b"PK\x05\x06", _NOT_MEDIA.format("a ZIP archive")),
    (0, b"Rar!", _NOT_MEDIA.format("a RAR archive")),
    (0, b"7z\xbc\xaf\x27\x1c", _NOT_MEDIA.format("a 7-Zip archive")),
    (0, b"\x1f\x8b", _NOT_MEDIA.format("a GZIP archive")),
    (0, b"%PDF", _NOT_MEDIA.format("a PDF document")),
    (0, b"MZ", _NOT_MEDIA.format("a program")),
    (0, b"\x7fELF", _NOT_MEDIA.format("a program")),
    (4, b"ftypavi", _OTHER_PICTURE.format("AVIF")),
    (4, b"ftyphe", _OTHER_PICTURE.format("HEIC")),
    (4, b"ftypmif1", _OTHER_PICTURE.format("HEIC")),
    (4, b"ftypmsf1", _OTHER_PICTURE.format("HEIC")),
    (0, b"BM", _OTHER_PICTURE.format("BMP")),
    (0, b"II*\0", _OTHER_PICTURE.format("TIFF")),
    (0, b"MM\0*", _OTHER_PICTURE.format("TIFF")),
    (8, b"AVI ", _OTHER_CLIP.format("an AVI")),
    (0, b"FLV\x01", _OTHER_CLIP.format("an FLV")),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _OTHER_CLIP.format("a Windows Media")),
    (0, b"FORM", _OTHER_CLIP.format("an AIFF")),
    (0, b"#!AMR", _OTHER_CLIP.format("an AMR")),
    (0, b"\xff\xf1", _OTHER_CLIP.format("an AAC")),
    (0, b"\xff\xf9", _OTHER_CLIP.format("an AAC")),
)
_TEXTS: tuple[tuple[bytes, str], ...] = (
    (b"#extm3u", _NOT_MEDIA.format("a playlist that names other files")),
    (b"ffconcat", _NOT_MEDIA.format("a playlist that names other files")),
    (b"[playlist]", _NOT_MEDIA.format("a playlist that names other files")),
    (b"v=0", _NOT_MEDIA.format("a description of a stream")),
    (b"<!doctype html", _NOT_MEDIA.format("a web page")),
    (b"<html", _NOT_MEDIA.format("a web page")),
    (b"<svg", _OTHER_PICTURE.format("SVG")),
    (b"<?xml", _NOT_MEDIA.format("an XML document")),
)


def not_ours(head: bytes) -> str:
    """What a file is instead, by its first bytes."""
    for offset, magic, sentence in _OTHERS:
        if head[offset:].startswith(magic):
            return sentence
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for opening, sentence in _TEXTS:
        if text.startswith(opening):
            return sentence
    if text and b"\0" not in text and all(byte >= 32 or byte in b"\t\r\n\f" for byte in text):
        return _NOT_MEDIA.format("a text file")
    return "This is not a picture, video or audio that can be used here."


def too_heavy(kind: MediaKind, size: int, limit: int) -> str:
    """For a file of `size` bytes over its limit; the size is rounded up, so that it never reads as the limit."""
    megabytes = math.ceil(size * 10 / MEGABYTE) / 10
    return f"The {_NOUNS[kind]} is {megabytes:.1f} MB; the upload limit is {limit / MEGABYTE:g} MB."


def too_many_pixels(kind: MediaKind, width: int, height: int, limits: MediaLimits) -> str:
    """For a picture or a frame over the limit; width and height in pixels."""
    return (
        f"This {_NOUNS[kind]} is {width} x {height} pixels; the limit here is {limits.pixels / MEGAPIXEL:g} megapixels."
    )


def too_slow(seconds: float) -> str:
    """For a file that kept a child busy until its time was over."""
    return f"This file took longer than {seconds:g} s to read, so it was given up."


def bad_cut(start_s: float, end_s: float, duration_s: float, minimum_s: float) -> str | None:
    """Why a cut from `start_s` to `end_s` of a clip of `duration_s` seconds cannot be made; None when it can."""
    if not (math.isfinite(start_s) and math.isfinite(end_s)):
        return NOT_A_TIME
    if start_s < 0:
        return f"The cut starts at {start_s:.2f} s; the clip starts at 0 s."
    if end_s <= start_s:
        return f"The cut ends at {end_s:.2f} s, which is not after its start at {start_s:.2f} s."
    if end_s > duration_s:
        return f"The cut ends at {end_s:.2f} s, but the clip is {duration_s:.2f} s long."
    if round(end_s - start_s, 6) < minimum_s:
        return f"The cut is {end_s - start_s:.2f} s long; a clip has to be at least {minimum_s:g} s."
    return None
