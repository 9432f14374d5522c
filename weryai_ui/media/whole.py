"""Whether a clip's file ends before its own structure does: a download or a copy that was cut off.

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
