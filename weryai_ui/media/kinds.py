"""What a file is by its first bytes, whatever its name says. Pure: nothing here parses a file.

Sources: the formats' own specifications (PNG, GIF, JPEG, RIFF, ISO 14496-12, Matroska, MPEG-1 audio, Ogg, FLAC).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

HEAD_BYTES: Final = 4096
"""How much of a file `sniff` wants to see: two frames of the longest MP3."""


class MediaKind(StrEnum):
    """The reference field that takes a file; the values are its names on the wire."""

    IMAGE = "images"
    VIDEO = "videos"
    AUDIO = "audios"


MIMES: Final[dict[str, tuple[MediaKind, str]]] = {
    "jpg": (MediaKind.IMAGE, "image/jpeg"),
    "png": (MediaKind.IMAGE, "image/png"),
    "webp": (MediaKind.IMAGE, "image/webp"),
    "gif": (MediaKind.IMAGE, "image/gif"),
    "mp4": (MediaKind.VIDEO, "video/mp4"),
    "mov": (MediaKind.VIDEO, "video/quicktime"),
    "webm": (MediaKind.VIDEO, "video/webm"),
    "mkv": (MediaKind.VIDEO, "video/x-matroska"),
    "mp3": (MediaKind.AUDIO, "audio/mpeg"),
    "wav": (MediaKind.AUDIO, "audio/wav"),
    "m4a": (MediaKind.AUDIO, "audio/mp4"),
    "ogg": (MediaKind.AUDIO, "audio/ogg"),
    "flac": (MediaKind.AUDIO, "audio/flac"),
}

_SOUND_BRANDS = (b"M4A", b"M4B", b"M4P")
_PICTURE_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif", b"avis")
_MOVIE_BRANDS = (b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash", b"3gp", b"3g2", b"f4v", b"XAVC", b"mmp4")
_OLD_QUICKTIME = (b"moov", b"mdat", b"wide", b"pnot")


def sniff(head: bytes) -> tuple[MediaKind, str, str] | None:
    """Kind, mime type and extension of a file by its first bytes (`HEAD_BYTES` of them); None if it is none of ours.

    MP4 without a picture cannot be told from one with by its head: `measure` decides.
    """
    extension = _extension(head)
    return None if extension is None else (*MIMES[extension], extension)


def _extension(head: bytes) -> str | None:
    for magic, extension in _FIXED:
        if head.startswith(magic):
            return extension
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return _matroska(head)
    if head[4:8] == b"ftyp":
        return _boxes(head)
    if head[4:8] in _OLD_QUICKTIME:
        return "mov"
    if head.startswith(b"ID3"):
        return _after_id3(head)
    return "mp3" if _mp3_frames(head, 0) else None


_FIXED = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
)


def _matroska(head: bytes) -> str | None:
    """WebM or Matroska by the DocType element, 0x4282, in the EBML header."""
    at = head.find(b"\x42\x82", 4, 128)
    if at < 0:
        return None
    doctype = head[at + 3 : at + 3 + (head[at + 2] & 0x7F)] if len(head) > at + 2 else b""
    return {b"webm": "webm", b"matroska": "mkv"}.get(doctype.rstrip(b"\0"))


def _boxes(head: bytes) -> str | None:
    """The brand in the ftyp box; where the first is nobody we know, the compatible ones."""
    size = int.from_bytes(head[:4], "big")
    if size < 16 or size % 4:
        return None
    listed = head[16 : min(size, 256)]
    for brand in (head[8:12], *(listed[at : at + 4] for at in range(0, len(listed), 4))):
        if brand == b"qt  ":
            return "mov"
        if brand.startswith(_SOUND_BRANDS):
            return "m4a"
        if brand.startswith(_PICTURE_BRANDS):
            return None
        if brand.startswith(_MOVIE_BRANDS):
            return "mp4"
    return None


def _after_id3(head: bytes) -> str | None:
    """MP3 or FLAC behind an ID3v2 tag; a tag longer than the head is taken at its word."""
    if len(head) < 10 or head[3] == 0xFF or any(byte & 0x80 for byte in head[6:10]):
        return None
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte
    behind = head[10 + size :].lstrip(b"\0")
    if behind.startswith(b"fLaC"):
        return "flac"
    return "mp3" if len(behind) < 4 or _mp3_frames(behind, 0) else None


_BITRATES = {
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""kbit/s of layer III by the four bits 1 to 14, for MPEG-1 and for the halved rates."""
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Samples a second by the version's two bits; 1 is reserved."""


def _mp3_frames(head: bytes, at: int) -> bool:
    """Whether a layer III frame starts there, and another behind it where the head reaches that far."""
    length = _mp3_frame(head[at : at + 4])
    if length is None:
        return False
    following = head[at + length : at + length + 4]
    return len(following) < 4 or _mp3_frame(following) is not None


def _mp3_frame(header: bytes) -> int | None:
    """The length of a frame in bytes by its header, or None when it is not one."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if layer != 1 or version not in _RATES or bitrate in (0, 15) or rate == 3:
        return None
    slots = 144 if version == 3 else 72
    padding = header[2] >> 1 & 1
    return slots * 1000 * _BITRATES[version == 3][bitrate - 1] // _RATES[version][rate] + padding
