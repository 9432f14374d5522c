"""What a file is by its first bytes, whatever its name says. Nothing here parses a file.

Sources: the formats' own specifications (PNG, GIF, JPEG, RIFF, ISO 14496-12, Matroska, MPEG-1 audio, Ogg, FLAC, ID3).
"""

from __future__ import annotations

from enum import StrEnum
from typing import BinaryIO, Final

from weryai_ui.media.others import PICTURE_BRANDS, brands, other

HEAD_BYTES: Final = 65_536
"""How much of a file `sniff` wants to see: recorders write some junk before the first frame of an MP3."""
MOST_TAGS: Final = 16
"""Tags in a row: each tagger that does not know the one before puts its own in front."""


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
    "heic": (MediaKind.IMAGE, "image/heic"),
    "heif": (MediaKind.IMAGE, "image/heif"),
    "avif": (MediaKind.IMAGE, "image/avif"),
    "tiff": (MediaKind.IMAGE, "image/tiff"),
    "bmp": (MediaKind.IMAGE, "image/bmp"),
    "ico": (MediaKind.IMAGE, "image/x-icon"),
    "jp2": (MediaKind.IMAGE, "image/jp2"),
    "mp4": (MediaKind.VIDEO, "video/mp4"),
    "mov": (MediaKind.VIDEO, "video/quicktime"),
    "webm": (MediaKind.VIDEO, "video/webm"),
    "mkv": (MediaKind.VIDEO, "video/x-matroska"),
    "ogv": (MediaKind.VIDEO, "video/ogg"),
    "avi": (MediaKind.VIDEO, "video/x-msvideo"),
    "ts": (MediaKind.VIDEO, "video/mp2t"),
    "mpg": (MediaKind.VIDEO, "video/mpeg"),
    "wmv": (MediaKind.VIDEO, "video/x-ms-wmv"),
    "mp3": (MediaKind.AUDIO, "audio/mpeg"),
    "wav": (MediaKind.AUDIO, "audio/wav"),
    "rf64": (MediaKind.AUDIO, "audio/wav"),
    "m4a": (MediaKind.AUDIO, "audio/mp4"),
    "ogg": (MediaKind.AUDIO, "audio/ogg"),
    "opus": (MediaKind.AUDIO, "audio/ogg"),
    "flac": (MediaKind.AUDIO, "audio/flac"),
    "aac": (MediaKind.AUDIO, "audio/aac"),
    "aiff": (MediaKind.AUDIO, "audio/aiff"),
    "amr": (MediaKind.AUDIO, "audio/amr"),
    "wma": (MediaKind.AUDIO, "audio/x-ms-wma"),
}
"""Kind and mime type by the extension that a file's content gives it."""
NAMED: Final[dict[str, str]] = {
    "heic": "heic",
    "heif": "heif",
    "avif": "avif",
    "tiff": "tiff",
    "bmp": "bmp",
    "ico": "ico",
    "jpeg_2000": "jp2",
    "aac": "aac",
    "aiff": "aiff",
    "amr": "amr",
    "avi": "avi",
    "mpeg": "mpg",
    "mpeg_ts": "ts",
    "windows_media": "wmv",
}
"""The extension of what can be read although the service does not take it, by its name in `others`."""


def kind_of_name(name: str, mime: str = "") -> MediaKind | None:
    """The kind that a file claims to be, by the mime type that came with it or the ending of its name."""
    family = mime.partition("/")[0].strip().lower()
    named = MIMES.get(name.rpartition(".")[2].lower().replace("jpeg", "jpg"))
    return _FAMILIES.get(family) or (named[0] if named else None)


_FAMILIES = {"image": MediaKind.IMAGE, "video": MediaKind.VIDEO, "audio": MediaKind.AUDIO}
_SOUND_BRANDS = (b"M4A", b"M4B", b"M4P")
_MOVIE_BRANDS = (b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash", b"3gp", b"3g2", b"f4v", b"XAVC", b"mmp4")
_OLD_QUICKTIME = (b"moov", b"mdat", b"wide", b"pnot")


def head_of(file: BinaryIO) -> bytes:
    """The first bytes of a file, behind the tags (ID3, APE) that some programs put in front of a sound."""
    at = 0
    head = file.read(HEAD_BYTES)
    for _ in range(MOST_TAGS):
        size = _tag_bytes(head)
        if not size:
            break
        at += size
        file.seek(at)
        head = file.read(HEAD_BYTES)
    return head


def _tag_bytes(head: bytes) -> int:
    """The length of the tag that a file begins with, its own header and footer counted; 0 without one."""
    if head[:8] == b"APETAGEX" and len(head) >= 32:
        return 32 + int.from_bytes(head[12:16], "little")
    if head[:3] != b"ID3" or len(head) < 10 or head[3] == 0xFF or any(byte & 0x80 for byte in head[6:10]):
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte
    return 10 + size + (10 if head[5] & 0x10 else 0)


def sniff(head: bytes) -> tuple[MediaKind, str, str] | None:
    """Kind, mime type and extension of a file by its first bytes (`head_of`); None if it is none that can be read.

    MP4 without a picture cannot be told from one with by its head: `measure` decides.
    """
    extension = _extension(head)
    return None if extension is None else (*MIMES[extension], extension)


def _extension(head: bytes) -> str | None:
    for magic, extension in _FIXED:
        if head.startswith(magic):
            return extension
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}.get(head[8:12])
    if head[:4] in (b"RF64", b"BW64"):
        return "rf64" if head[8:12] == b"WAVE" else None
    if head.startswith(b"OggS"):
        return _ogg(head)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return _matroska(head)
    if head[4:8] == b"ftyp" and (found := _boxes(head)) is not None:
        return found
    if head[4:8] in _OLD_QUICKTIME:
        return "mov"
    if _mp3_frames(head, 0, 2):
        return "mp3"
    if (known := other(head)) is not None:
        return NAMED.get(known.name)
    return "mp3" if _mp3_behind_junk(head) else None


_FIXED = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"fLaC", "flac"),
)


def _matroska(head: bytes) -> str | None:
    """WebM or Matroska by the DocType element, 0x4282, in the EBML header."""
    at = head.find(b"\x42\x82", 4, 128)
    if at < 0:
        return None
    doctype = head[at + 3 : at + 3 + (head[at + 2] & 0x7F)] if len(head) > at + 2 else b""
    return {b"webm": "webm", b"matroska": "mkv"}.get(doctype.rstrip(b"\0"))


def _ogg(head: bytes) -> str:
    """By the first packets of its streams, which come before everything else: a picture, or which sound."""
    first = head[:4096]
    if b"\x80theora" in first or b"\x01video\0" in first or b"BBCD\0" in first:
        return "ogv"
    return "opus" if b"OpusHead" in first else "ogg"


def _boxes(head: bytes) -> str | None:
    """The brand in the ftyp box; where the first is nobody we know, the compatible ones."""
    for brand in brands(head):
        if brand == b"qt  ":
            return "mov"
        if brand.startswith(_SOUND_BRANDS):
            return "m4a"
        if brand in PICTURE_BRANDS:
            return None
        if brand.startswith(_MOVIE_BRANDS):
            return "mp4"
    return None


_BITRATES = {
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""kbit/s of layer III by the four bits 1 to 14, for MPEG-1 and for the halved rates."""
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Samples a second by the version's two bits; 1 is reserved."""


JUNK_FRAMES: Final = 4
"""Frames in a row behind junk, so that bytes that look like one by chance are not taken for a sound."""


def _mp3_behind_junk(head: bytes) -> bool:
    """Whether frames of layer III begin somewhere in the head."""
    at = head.find(b"\xff", 1)
    while at >= 0:
        if len(head) - at > JUNK_FRAMES and _mp3_frames(head, at, JUNK_FRAMES, whole=True):
            return True
        at = head.find(b"\xff", at + 1)
    return False


def _mp3_frames(head: bytes, at: int, count: int, *, whole: bool = False) -> bool:
    """Whether so many frames of layer III follow each other from there on, as far as the head reaches.

    `whole`: the head has to reach that far.
    """
    for number in range(count):
        header = head[at : at + 4]
        if number and len(header) < 4 and not whole:
            return True
        length = _mp3_frame(header)
        if length is None:
            return False
        at += length
    return True


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
