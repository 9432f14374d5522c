"""The sandbox's own files: uploads and results, by random names, in one folder.

What a file is and how long it lasts is judged as the app judges its own uploads, by the same code. Which
formats the service takes is observed in the vendor's public client: jpg, png, webp, gif, mp4, mov, mp3, wav. M4A is
taken too.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
import time
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from weryai_ui.media import MEDIA_LIMITS, Media, MediaError, NotNow, Places, TooHeavy, measure, not_taken
from weryai_ui.sandbox.envelope import FORMAT_NOT_SUPPORTED, SYSTEM_ERROR, UPLOAD_TOO_LARGE, ApiError
from weryai_ui.sandbox.validation import ProbeResult

MEGABYTE: Final = 1_000_000
UPLOAD_BYTES: Final = max(MEDIA_LIMITS.picture_bytes, MEDIA_LIMITS.clip_bytes)
STORED_BYTES: Final = 500 * MEGABYTE
MEASURED_AT_ONCE: Final = 1
STALE_PART_SECONDS: Final = 600.0

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


def kind_of(extension: str) -> str:
    """images, videos or audios: the field of the request that takes such a file."""
    family = CONTENT_TYPES[extension].split("/")[0]
    return f"{family}s"


class MediaStore:
    """Files under one folder; when they pass the limit, the oldest go first."""

    def __init__(self, folder: Path, limit: int = STORED_BYTES) -> None:
        self.folder = folder
        self._limit = limit
        # Of its own: whoever floods this door must not keep the app's uploads waiting.
        self._children = Places(MEASURED_AT_ONCE)

    def prepare(self) -> None:
        """Make the folder, and clear what a killed process left half written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for part in self.folder.glob("*.part"):
            with contextlib.suppress(OSError):
                if time.time() - part.stat().st_mtime > STALE_PART_SECONDS:
                    part.unlink()

    def save(self, file: BinaryIO) -> str:
        """Store an upload, read from its start; its name. Raises ApiError 2004, 1014 (HTTP 400) or 6001 (HTTP 500)."""
        token = secrets.token_hex(16)
        part = self.folder / f"{token}.part"
        try:
            file.seek(0)
            with part.open("wb") as kept:
                shutil.copyfileobj(file, kept)
            found = judged(part, self._children)
            name = f"{token}.{found.extension}"
            if found.duration_s is not None:
                self.note_seconds(name, found.duration_s)
            part.replace(self.folder / name)
        finally:
            part.unlink(missing_ok=True)
        self.evict()
        return name

    def note_seconds(self, name: str, seconds: float) -> None:
        """Remember the length of a result, which is known without measuring."""
        self._note(name).write_text(str(seconds))

    def _note(self, name: str) -> Path:
        return self.folder / f"{name}.seconds"

    def measure(self, url: str) -> ProbeResult | None:
        """Kind and seconds of an own file by its URL; None for a link to elsewhere."""
        path = self.find(url)
        if path is None:
            return None
        kind = kind_of(path.suffix[1:])
        if kind == "images":
            return ProbeResult(kind, None)
        try:
            return ProbeResult(kind, float(self._note(path.name).read_text()))
        except (OSError, ValueError):
            return ProbeResult(kind, None)

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


def judged(path: Path, places: Places) -> Media:
    """An arrived file. Raises ApiError for what the app would refuse, and for what the service does not take."""
    try:
        found = measure(path, places=places)
    except TooHeavy as error:
        raise ApiError(400, UPLOAD_TOO_LARGE, f"file: {error}") from error
    except NotNow as error:
        raise ApiError(500, SYSTEM_ERROR, f"file: {error}") from error
    except MediaError as error:
        raise ApiError(400, FORMAT_NOT_SUPPORTED, f"file: {error}") from error
    if found.extension not in CONTENT_TYPES:
        raise ApiError(400, FORMAT_NOT_SUPPORTED, f"file: {not_taken(found.kind, found.extension)}")
    return found
