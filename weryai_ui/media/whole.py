"""What a clip's file says of itself: whether it ends before its own structure does, as a download does that was cut
off, and how many seconds it should play.

MP4, MOV, WAV and WebM say how long they are. MP3, Ogg and FLAC are streams: a part of one is a shorter clip.
Sources: ISO 14496-12 (boxes), Matroska (EBML), RIFF.
"""

from __future__ import annotations

import os
from typing import BinaryIO, Final

MOST_PARTS: Final = 100_000
"""Boxes or chunks that are looked at: a file of empty ones must not take all the time there is."""
_SAMPLES_AND_INDEX = (b"moov", b"moof", b"mdat")
_UNKNOWN_32 = 0xFFFF_FFFF


def ends_early(media: BinaryIO, extension: str) -> bool:
    """Whether a part that the clip needs reaches behind the end of the file."""
    media.seek(0, os.SEEK_END)
    size = media.tell()
    if extension in ("mp4", "mov", "m4a"):
        return _boxes_end(media, size) > size
    if extension == "wav":
        return _samples_end(media, size) > size
    if extension in ("webm", "mkv"):
        return _segment_end(media) > size
    return False


def _boxes_end(media: BinaryIO, size: int) -> int:
    """The furthest end of a top-level box with samples or their index."""
    at = furthest = 0
    for _ in range(MOST_PARTS):
        if at + 8 > size:
            break
        media.seek(at)
        head = media.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8:  # 0: up to the end of the file, whatever that is; less makes no sense
            break
        at += length
        if head[4:8] in _SAMPLES_AND_INDEX:
            furthest = at
    return furthest


def declared_seconds(media: BinaryIO, extension: str) -> float | None:
    """How long an MP4 or MOV says that it plays (mvhd); None where it does not say, and for other containers.

    Read here, because FFmpeg takes another figure, which is wrong where pictures stand for different times.
    """
    if extension not in ("mp4", "mov", "m4a"):
        return None
    media.seek(0, os.SEEK_END)
    movie = _box(media, b"moov", 0, media.tell())
    header = movie and _box(media, b"mvhd", *movie)
    if not header:
        return None
    media.seek(header[0])
    body = media.read(32)
    wide = body[:1] == b"\1"
    scale, length = (body[20:24], body[24:32]) if wide else (body[12:16], body[16:20])
    unknown = not int.from_bytes(scale, "big") or length in (b"", bytes(len(length)), b"\xff" * len(length))
    return None if unknown else int.from_bytes(length, "big") / int.from_bytes(scale, "big")


def _box(media: BinaryIO, name: bytes, at: int, end: int) -> tuple[int, int] | None:
    """Where the body of the first box of a name begins and ends."""
    for _ in range(MOST_PARTS):
        if at + 8 > end:
            break
        media.seek(at)
        head = media.read(16)
        length, width = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, width = int.from_bytes(head[8:16], "big"), 16
        if length == 0:
            length = end - at
        if head[4:8] == name:
            return at + width, min(at + length, end)
        if length < width:
            break
        at += length
    return None


def _samples_end(media: BinaryIO, size: int) -> int:
    """The end of the data chunk; a recorder that could not say writes 0 or the largest number there is."""
    at = 12
    for _ in range(MOST_PARTS):
        if at + 8 > size:
            break
        media.seek(at)
        head = media.read(8)
        length = int.from_bytes(head[4:8], "little")
        if head[:4] == b"data":
            return 0 if length >= _UNKNOWN_32 - 256 else at + 8 + length
        at += 8 + length + length % 2
    return 0


def _segment_end(media: BinaryIO) -> int:
    """The end of the segment; a live recording has one of unknown size."""
    media.seek(4)
    head = media.read(32)
    header, width = _ebml_size(head)
    at = 4 + width + (header or 0)
    media.seek(at)
    head = media.read(12)
    if head[:4] != b"\x18\x53\x80\x67":
        return 0
    length, width = _ebml_size(head[4:])
    return 0 if length is None else at + 4 + width + length


def _ebml_size(data: bytes) -> tuple[int | None, int]:
    """A size and its own width in bytes; None for "unknown"."""
    if not data or not data[0]:
        return None, 1
    width = 9 - data[0].bit_length()
    bits = (1 << 7 * width) - 1
    value = int.from_bytes(data[:width], "big") & bits
    return (None if value == bits else value), width
