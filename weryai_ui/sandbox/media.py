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
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from weryai_ui.media import MEDIA_LIMITS, MIMES, Media, MediaError, NotNow, Places, TooHeavy, measure, not_taken
from weryai_ui.quota import BESIDE_BYTES, Held, Quota
from weryai_ui.sandbox.envelope import FORMAT_NOT_SUPPORTED, SYSTEM_ERROR, UPLOAD_TOO_LARGE, ApiError
from weryai_ui.sandbox.scenarios import SCENARIOS
from weryai_ui.sandbox.validation import ProbeResult

MEGABYTE: Final = 1_000_000
UPLOAD_BYTES: Final = max(MEDIA_LIMITS.picture_bytes, MEDIA_LIMITS.clip_bytes)
STORED: Final = Quota(500 * MEGABYTE, 125 * MEGABYTE)
EVERYBODY: Final = "everybody"
"""Of all scenarios' own keys together, since anybody may use them, and of files of which nothing is known."""
MEASURED_AT_ONCE: Final = 1
STALE_PART_SECONDS: Final = 600.0

SERVED: Final = ("jpg", "png", "webp", "gif", "mp4", "mov", "mp3", "wav", "m4a")
_NAME = re.compile(r"[A-Za-z0-9_]{8,64}\.(?:" + "|".join(SERVED) + ")")


def kind_of(extension: str) -> str:
    """images, videos or audios: the field of the request that takes such a file."""
    return MIMES[extension][0].value


class MediaStore:
    """Files under one folder, each of an account. Thread-safe.

    ``in_use`` tells the names of the files that unfinished tasks are drawn from: they do not go.
    """

    def __init__(self, folder: Path, quota: Quota = STORED) -> None:
        self.folder = folder
        self.in_use: Callable[[], Collection[str]] = tuple
        self._quota = quota
        self._held: dict[str, Held] = {}
        self._lock = threading.Lock()
        # Of its own: whoever floods this door must not keep the app's uploads waiting.
        self._children = Places(MEASURED_AT_ONCE)

    def prepare(self) -> None:
        """Make the folder, find what is in it, and clear what a killed process left half written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for part in self.folder.glob("*.part"):
            with contextlib.suppress(OSError):
                if time.time() - part.stat().st_mtime > STALE_PART_SECONDS:
                    part.unlink()
        for path in self.folder.iterdir():
            if _NAME.fullmatch(path.name):
                with contextlib.suppress(OSError):
                    found = path.stat()
                    self._held[path.name] = _held(path.name, self._owner(path.name), found.st_size, found.st_mtime)

    def _owner(self, name: str) -> str:
        try:
            return self._owner_note(name).read_text(encoding="ascii")
        except (OSError, ValueError):
            return EVERYBODY

    def save(self, file: BinaryIO, account: str) -> str:
        """Store an account's upload, read from its start; its name.

        Raises ApiError 2004, 1014 (HTTP 400) or 6001 (HTTP 500).
        """
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
            self._owner_note(name).write_text(account, encoding="ascii")
            part.replace(self.folder / name)
            if not self._make_room(_held(name, account, found.size, time.time())):
                self.delete(name)
                raise ApiError(400, UPLOAD_TOO_LARGE, "file: there is no room for it; try again later")
        finally:
            part.unlink(missing_ok=True)
        return name

    def keep_result(self, name: str, account: str) -> None:
        """Count a file that was drawn, and delete what has to go for it; it is there already, and stays."""
        with contextlib.suppress(OSError):  # gone again already, or a full disk: counted with the next start
            new = _held(name, account, (self.folder / name).stat().st_size, time.time())
            self._owner_note(name).write_text(account, encoding="ascii")
            if not self._make_room(new):
                with self._lock:
                    self._held[name] = new

    def _make_room(self, new: Held) -> bool:
        """Count a file, and delete what has to go for it; whether there was room for it then."""
        needed = frozenset(self.in_use())  # before the lock: who tells has one of its own
        with self._lock:
            others = [each for each in self._held.values() if each.name != new.name]
            gone = self._quota.room_for(new, (replace(each, in_use=each.name in needed) for each in others))
            if gone is not None:
                self._held[new.name] = new
        for each in gone or ():
            self.delete(each.name)
        return gone is not None

    def note_seconds(self, name: str, seconds: float) -> None:
        """Remember the length of a result, which is known without measuring."""
        self._note(name).write_text(str(seconds))

    def _note(self, name: str) -> Path:
        return self.folder / f"{name}.seconds"

    def _owner_note(self, name: str) -> Path:
        return self.folder / f"{name}.owner"

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
        name = name_in(url)
        return None if name is None else self.path(name)

    def path(self, name: str) -> Path | None:
        """The stored file of that name, or None. Safe for any string."""
        if not _NAME.fullmatch(name):
            return None
        found = self.folder / name
        return found if found.is_file() else None

    def delete(self, name: str) -> None:
        """Remove a file and what was noted about it; missing is fine."""
        with self._lock:
            self._held.pop(name, None)
        for path in (self.folder / name, self._note(name), self._owner_note(name)):
            with contextlib.suppress(OSError):
                path.unlink()


def name_in(url: str) -> str | None:
    """The name of a file of the sandbox by its URL; None for a link to elsewhere."""
    try:
        folder, _, name = urlsplit(url).path.rpartition("/")
    except ValueError:
        return None
    return name if folder.endswith("/media") and _NAME.fullmatch(name) else None


def _held(name: str, account: str, size: int, since: float) -> Held:
    return Held(name, account, EVERYBODY if account in SCENARIOS else account, size + BESIDE_BYTES, since)


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
    if found.extension not in SERVED:
        raise ApiError(400, FORMAT_NOT_SUPPORTED, f"file: {not_taken(found.kind, found.extension)}")
    return found
