"""What a file is that cannot be used here, by its first bytes: its name in words, and what to do about it. Pure.

Sources: the formats' own specifications, and the list of signatures that `file` and Wikipedia keep.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Way(StrEnum):
    """What becomes of such a file; the values are the keys of its sentence."""

    IMAGE = "media.other_image"
    VIDEO = "media.other_video"
    AUDIO = "media.other_audio"
    CLIP = "media.other_clip"
    """A container that may hold either."""
    NOTES = "media.other_notes"
    NO_MEDIA = "media.other"


@dataclass(frozen=True)
class Other:
    """A kind of file that cannot be used: its name among the words (`file_kind`), and the way out."""

    name: str
    way: Way


_AT: Final[tuple[tuple[int, bytes, str, Way], ...]] = (
    # pictures
    (0, b"II*\0\x10\0\0\0CR\2", "raw", Way.IMAGE),
    (0, b"FUJIFILMCCD-RAW", "raw", Way.IMAGE),
    (0, b"IIRO", "raw", Way.IMAGE),
    (0, b"IIRS", "raw", Way.IMAGE),
    (0, b"MMOR", "raw", Way.IMAGE),
    (0, b"IIU\0", "raw", Way.IMAGE),
    (4, b"ftypcrx ", "raw", Way.IMAGE),
    (0, b"II*\0", "tiff", Way.IMAGE),
    (0, b"MM\0*", "tiff", Way.IMAGE),
    (0, b"II+\0", "tiff", Way.IMAGE),
    (0, b"MM\0+", "tiff", Way.IMAGE),
    (0, b"II\xbc\x01", "jpeg_xr", Way.IMAGE),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "jpeg_xl", Way.IMAGE),
    (0, b"\xff\x0a", "jpeg_xl", Way.IMAGE),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "jpeg_2000", Way.IMAGE),
    (0, b"\xff\x4f\xff\x51", "jpeg_2000", Way.IMAGE),
    (0, b"\0\0\1\0", "ico", Way.IMAGE),
    (0, b"\0\0\2\0", "cursor", Way.IMAGE),
    (0, b"icns", "icns", Way.IMAGE),
    (0, b"8BPS", "psd", Way.IMAGE),
    (0, b"gimp xcf", "xcf", Way.IMAGE),
    (0, b"\x76\x2f\x31\x01", "exr", Way.IMAGE),
    (0, b"#?RADIANCE", "hdr", Way.IMAGE),
    (0, b"#?RGBE", "hdr", Way.IMAGE),
    (0, b"DDS ", "dds", Way.IMAGE),
    (0, b"qoif", "qoi", Way.IMAGE),
    (0, b"BPG\xfb", "bpg", Way.IMAGE),
    (0, b"\x0a\x05\x01", "pcx", Way.IMAGE),
    (0, b"\x8aMNG\r\n", "mng", Way.IMAGE),
    (0, b"%!PS", "eps", Way.IMAGE),
    (0, b"\xc5\xd0\xd3\xc6", "eps", Way.IMAGE),
    (0, b"\xd7\xcd\xc6\x9a", "wmf", Way.IMAGE),
    (40, b" EMF", "emf", Way.IMAGE),
    (128, b"DICM", "dicom", Way.IMAGE),
    (8, b"ILBM", "iff", Way.IMAGE),
    # videos
    (8, b"AVI ", "avi", Way.VIDEO),
    (0, b"FLV\x01", "flv", Way.VIDEO),
    (0, b".RMF", "real", Way.CLIP),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "windows_media", Way.CLIP),
    (0, b"\0\0\1\xba", "mpeg", Way.VIDEO),
    (0, b"\0\0\1\xb3", "mpeg", Way.VIDEO),
    (0, b"\0\0\0\1\x67", "raw_video", Way.VIDEO),
    (0, b"\0\0\0\1\x27", "raw_video", Way.VIDEO),
    (0, b"\0\0\0\1\x09", "raw_video", Way.VIDEO),
    (0, b"\0\0\0\1\x40", "raw_video", Way.VIDEO),
    (0, b"\0\0\0\1\x46", "raw_video", Way.VIDEO),
    (0, b"DKIF", "ivf", Way.VIDEO),
    (0, b"YUV4MPEG2 ", "y4m", Way.VIDEO),
    (0, b"nut/multimedia", "nut", Way.VIDEO),
    (0, b"\x1f\x07\x00", "dv", Way.VIDEO),
    (0, b"FWS", "flash", Way.VIDEO),
    (0, b"CWS", "flash", Way.VIDEO),
    (0, b"ZWS", "flash", Way.VIDEO),
    # sounds
    (8, b"AIFF", "aiff", Way.AUDIO),
    (8, b"AIFC", "aiff", Way.AUDIO),
    (0, b"#!AMR", "amr", Way.AUDIO),
    (0, b"\xff\xf1", "aac", Way.AUDIO),
    (0, b"\xff\xf9", "aac", Way.AUDIO),
    (0, b"\xff\xf0", "aac", Way.AUDIO),
    (0, b"\xff\xf8", "aac", Way.AUDIO),
    (0, b"ADIF", "aac", Way.AUDIO),
    (0, b"\xff\xfd", "mp2", Way.AUDIO),
    (0, b"\xff\xfc", "mp2", Way.AUDIO),
    (0, b"\xff\xf5", "mp2", Way.AUDIO),
    (0, b"\xff\xf4", "mp2", Way.AUDIO),
    (0, b"\x0b\x77", "ac3", Way.AUDIO),
    (0, b"\x77\x0b", "ac3", Way.AUDIO),
    (0, b"\x7f\xfe\x80\x01", "dts", Way.AUDIO),
    (0, b"caff", "caf", Way.AUDIO),
    (0, b".snd", "au", Way.AUDIO),
    (0, b"wvpk", "wavpack", Way.AUDIO),
    (0, b"MAC ", "ape", Way.AUDIO),
    (0, b"MP+", "musepack", Way.AUDIO),
    (0, b"MPCK", "musepack", Way.AUDIO),
    (0, b"TTA1", "tta", Way.AUDIO),
    (0, b"DSD ", "dsd", Way.AUDIO),
    (0, b"FRM8", "dsd", Way.AUDIO),
    (0, b"riff\x2e\x91\xcf\x11", "wave64", Way.AUDIO),
    (0, b"MThd", "midi", Way.NOTES),
    (8, b"RMID", "midi", Way.NOTES),
    # everything else
    (0, b"PK\x03\x04", "zip", Way.NO_MEDIA),
    (0, b"PK\x05\x06", "zip", Way.NO_MEDIA),
    (0, b"Rar!", "rar", Way.NO_MEDIA),
    (0, b"7z\xbc\xaf\x27\x1c", "7z", Way.NO_MEDIA),
    (0, b"\x1f\x8b", "gzip", Way.NO_MEDIA),
    (0, b"BZh", "bzip2", Way.NO_MEDIA),
    (0, b"\xfd7zXZ\0", "xz", Way.NO_MEDIA),
    (0, b"\x28\xb5\x2f\xfd", "zstandard", Way.NO_MEDIA),
    (257, b"ustar", "tar", Way.NO_MEDIA),
    (0, b"%PDF", "pdf", Way.NO_MEDIA),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office", Way.NO_MEDIA),
    (0, b"AT&TFORM", "djvu", Way.NO_MEDIA),
    (0, b"MZ", "program", Way.NO_MEDIA),
    (0, b"\x7fELF", "program", Way.NO_MEDIA),
    (0, b"\xcf\xfa\xed\xfe", "program", Way.NO_MEDIA),
    (0, b"\xca\xfe\xba\xbe", "program", Way.NO_MEDIA),
    (0, b"SQLite format 3\0", "database", Way.NO_MEDIA),
    (0, b"wOFF", "font", Way.NO_MEDIA),
    (0, b"wOF2", "font", Way.NO_MEDIA),
    (0, b"OTTO", "font", Way.NO_MEDIA),
    (0, b"\0\1\0\0\0", "font", Way.NO_MEDIA),
)
"""Offset, bytes, name and way; the first that fits counts."""

_OPENINGS: Final = (
    ("#extm3u", "playlist", Way.NO_MEDIA),
    ("ffconcat", "playlist", Way.NO_MEDIA),
    ("[playlist]", "playlist", Way.NO_MEDIA),
    ("v=0", "stream", Way.NO_MEDIA),
    ("%pdf", "pdf", Way.NO_MEDIA),
    ("{\\rtf", "office", Way.NO_MEDIA),
    ("%!ps", "eps", Way.IMAGE),
)
"""How a text begins, in lower case, that is more than a text."""
_ROOTS: Final = {"html": "web_page", "svg": "svg", "mpd": "stream", "smil": "playlist"}
"""What a document is by its first element, or by the name in its DOCTYPE."""
# Possessive: whatever a stranger writes here is read once.
_BEFORE_ROOT: Final = re.compile(r"(?:\s++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_ROOT: Final = re.compile(r"<(?:!doctype\s{1,8})?(?:[\w.-]{1,40}:)?([a-z_][\w.-]{0,40})", re.IGNORECASE)

_AVIF: Final = frozenset({b"avif", b"avis"})
_HEIC: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_HEIF: Final = frozenset({b"mif1", b"mif2", b"msf1", b"miaf"})
PICTURE_BRANDS: Final = _AVIF | _HEIC | _HEIF | {b"crx "}

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")

_TS_PACKET: Final = 188
_TS_LEADS: Final = ((0, _TS_PACKET), (4, _TS_PACKET + 4), (0, _TS_PACKET + 16))
"""Where the first sync byte of a transport stream is, and how far apart they are: plain, with times, with checksums."""
_TS_PACKETS_SEEN: Final = 3
_MXF_KEY: Final = b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02"
"""The header partition of MXF; up to 64 KiB may stand before it."""


def other(head: bytes) -> Other | None:
    """What a file is instead, by its first bytes; None where nobody knows."""
    if (found := _netpbm(head)) is not None:
        return found
    # A text may begin with letters that are a format's signature as well.
    if (text := _decoded(head)) is not None:
        return _text(text)
    for offset, magic, name, way in _AT:
        if head.startswith(magic, offset):
            return Other(name, way)
    return next((found for find in _FINDERS if (found := find(head)) is not None), None)


def brands(head: bytes) -> list[bytes]:
    """The brands in the ftyp box of an ISO file, its own first; none where there is no such box."""
    size = int.from_bytes(head[:4], "big")
    if head[4:8] != b"ftyp" or size < 16 or size % 4:
        return []
    listed = head[16 : min(size, 256)]
    return [head[8:12], *(listed[at : at + 4] for at in range(0, len(listed), 4))]


def _boxed_picture(head: bytes) -> Other | None:
    found = brands(head)
    for name, group in (("avif", _AVIF), ("heic", _HEIC), ("heif", _HEIF)):
        if group.intersection(found):
            return Other(name, Way.IMAGE)
    return None


def _bitmap(head: bytes) -> Other | None:
    """BMP: two letters are little, so that the four bytes that are reserved count too."""
    return Other("bmp", Way.IMAGE) if head[:2] == b"BM" and head[6:10] == bytes(4) else None


def _netpbm(head: bytes) -> Other | None:
    fits = re.match(rb"P[1-7][ \t\r\n]", head)
    return Other("netpbm", Way.IMAGE) if fits else None


def _stream_of_packets(head: bytes) -> Other | None:
    for first, apart in _TS_LEADS:
        if head[first : first + _TS_PACKETS_SEEN * apart : apart] == b"\x47" * _TS_PACKETS_SEEN:
            return Other("mpeg_ts", Way.VIDEO)
    return None


def _mxf(head: bytes) -> Other | None:
    return Other("mxf", Way.VIDEO) if _MXF_KEY in head else None


def _decoded(head: bytes) -> str | None:
    """The head as a text; None where it is none."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head.decode("utf-16", "ignore")
    else:
        text = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
        # Its last letter may be cut in two; beyond that, a text is one that can be read.
        if "\ufffd" in text[:-1]:
            return None
    return text if text.strip() and not _CONTROLS.search(text) else None


def _text(text: str) -> Other:
    """A text, by how it begins; a document by its first element, whatever stands before it."""
    begins = text.lstrip()[:32].lower()
    for opening, name, way in _OPENINGS:
        if begins.startswith(opening):
            return Other(name, way)
    name = _document(text) or "text"
    return Other(name, Way.IMAGE if name == "svg" else Way.NO_MEDIA)


def _document(text: str) -> str | None:
    """The name of an XML or HTML document by its root, past its declaration, comments and instructions."""
    declared = "xml" if text.lstrip().startswith("<?xml") else None
    before = _BEFORE_ROOT.match(text)
    root = _ROOT.match(text, before.end() if before else 0)
    return declared if root is None else _ROOTS.get(root[1].lower(), declared)


def _old_text(head: bytes) -> Other | None:
    """A text in letters from before Unicode."""
    text = head.decode("latin-1")
    return _text(text) if text.strip() and not _CONTROLS.search(text) else None


_FINDERS: Final[Iterable[Callable[[bytes], Other | None]]] = (
    _boxed_picture,
    _bitmap,
    _stream_of_packets,
    _mxf,
    _old_text,
)
