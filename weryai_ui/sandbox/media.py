"""The sandbox's own files: uploads and results, by random names, in one folder.

Limits are observed in the vendor's public client: images jpg/png/webp/gif up to 10 MB,
videos mp4/mov and audios mp3/wav up to 50 MB. M4A is taken too.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import time
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from weryai_ui.sandbox import child
from weryai_ui.sandbox.answers import FORMAT_NOT_SUPPORTED, UPLOAD_TOO_LARGE, Refused
from weryai_ui.sandbox.judge import Measured

MEGABYTE: Final = 1_000_000
UPLOAD_BYTES: Final = 50 * MEGABYTE
LIMITS: Final = {"images": 10 * MEGABYTE, "videos": UPLOAD_BYTES, "audios": UPLOAD_BYTES}
STORED_BYTES: Final = 500 * MEGABYTE
STALE_PART_SECONDS: Final = 600.0
PROBE_SECONDS: Final = 20.0

CONTENT_TYPES: Final = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
}
_NAME = re.compile(r"[A-Za-z0-9_]{8,64}\.(?:" + "|".join(CONTENT_TYPES) + ")")
_MOVIE_BRANDS = (b"isom", b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash", b"3gp", b"f4v")


def extension_of(head: bytes) -> str | None:
    """The file format by its first bytes, whatever its name says; None if not supported."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head.startswith(b"RIFF"):
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12])
    if head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] in _MP3_SYNC):
        return "mp3"
    return _box_extension(head)


_MP3_SYNC: Final = (b"\xfb", b"\xfa", b"\xf3", b"\xf2", b"\xe3", b"\xe2")


def _box_extension(head: bytes) -> str | None:
    """The formats made of boxes: mp4, m4a, and QuickTime from before the ftyp box."""
    if head[4:8] in (b"moov", b"mdat", b"wide"):
        return "mov"
    if head[4:8] != b"ftyp":
        return None
    brand = head[8:12]
    if brand == b"qt  ":
        return "mov"
    if brand in (b"M4A ", b"M4B "):
        return "m4a"
    return "mp4" if brand.startswith(_MOVIE_BRANDS) else None


def kind_of(extension: str) -> str:
    """images, videos or audios: the field of the request that takes such a file."""
    family = CONTENT_TYPES[extension].split("/")[0]
    return f"{family}s"


class MediaStore:
    """Files under one folder; when they pass the limit, the oldest go first."""

    def __init__(self, folder: Path, limit: int = STORED_BYTES) -> None:
        self.folder = folder
        self._limit = limit

    def prepare(self) -> None:
        """Make the folder, and clear what a killed process left half written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for part in self.folder.glob("*.part"):
            with contextlib.suppress(OSError):
                if time.time() - part.stat().st_mtime > STALE_PART_SECONDS:
                    part.unlink()

    def save(self, content: bytes) -> str:
        """Store an upload; its name. Raises Refused 2004 or 1014 (HTTP 400)."""
        extension = extension_of(content[:32])
        if extension is None:
            raise Refused(
                400,
                FORMAT_NOT_SUPPORTED,
                "file: not a jpg, png, webp, gif, mp4, mov, mp3, wav or m4a file",
            )
        kind = kind_of(extension)
        if len(content) > LIMITS[kind]:
            raise Refused(400, UPLOAD_TOO_LARGE, too_large(kind))
        name = f"{secrets.token_hex(16)}.{extension}"
        part = self.folder / f"{name}.part"
        part.write_bytes(content)
        part.replace(self.folder / name)
        if kind != "images":
            self._remember_seconds(name)
        self.evict()
        return name

    def _remember_seconds(self, name: str) -> None:
        """Measured once, in a child: a hostile file may crash the decoder, not the server."""
        answer = child.run("weryai_ui.sandbox.probe", [str(self.folder / name)], b"", PROBE_SECONDS)
        self._note(name).write_text(answer.out.decode("ascii", "replace").strip())

    def note_seconds(self, name: str, seconds: float) -> None:
        """Remember the length of a result, which is known without measuring."""
        self._note(name).write_text(str(seconds))

    def _note(self, name: str) -> Path:
        return self.folder / f"{name}.seconds"

    def measure(self, url: str) -> Measured | None:
        """Kind and seconds of an own file by its URL; None for a link to elsewhere."""
        path = self.find(url)
        if path is None:
            return None
        kind = kind_of(path.suffix[1:])
        if kind == "images":
            return Measured(kind, None)
        try:
            return Measured(kind, float(self._note(path.name).read_text()))
        except (OSError, ValueError):
            return Measured(kind, None)

    def find(self, url: str) -> Path | None:
        """The file behind a URL under /media/, whatever host the sandbox was called by.

        Names are random, so that the name alone is proof enough.
        """
        try:
            folder, _, name = urlsplit(url).path.rpartition("/")
        except ValueError:
            return None
        return self.path(name) if folder.endswith("/media") else None

    def path(self, name: str) -> Path | None:
        """The stored file of that name, or None. Safe for any string."""
        if not _NAME.fullmatch(name):
            return None
        found = self.folder / name
        return found if found.is_file() else None

    def delete(self, name: str) -> None:
        """Remove a file and what was noted about it; missing is fine."""
        for path in (self.folder / name, self._note(name)):
            with contextlib.suppress(OSError):
                path.unlink()

    def evict(self) -> None:
        """Remove the oldest files until the folder is within its limit."""
        aged = []
        for path in self.folder.iterdir():
            with contextlib.suppress(OSError):
                if _NAME.fullmatch(path.name):
                    stat = path.stat()
                    aged.append((stat.st_mtime, stat.st_size, path.name))
        excess = sum(size for _, size, _ in aged) - self._limit
        for _, size, name in sorted(aged)[:-1]:
            if excess <= 0:
                break
            self.delete(name)
            excess -= size


def too_large(kind: str) -> str:
    """The words for a file over its limit."""
    return f"file: too large; the limit for {kind} is {LIMITS[kind] // MEGABYTE} MB"
