"""A file of places for records that must reach the disk whatever has run out: written in place, never appended.

Its space is taken on the disk, and it is open, before anything is to be written. So neither a full disk, nor a folder
that was made read-only, nor a process without a descriptor left keeps a record from being written.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows refuses to delete an open file instead
    fcntl = None  # type: ignore[assignment]

PLACES = 128
PLACE_BYTES = 64 * 1024
FILE_BYTES = PLACES * PLACE_BYTES
RECORD_BYTES = PLACE_BYTES - 64
"""The most that a record may have; the rest of a place is its checksum."""
SUFFIX = ".outbox"
_EMPTY = b"\0"


class OutboxFile:
    """One process's file, open and locked until `leave` or `remove`. Thread-safe.

    Raises OSError when it cannot be made, or the disk has no room for it.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self.path, self._descriptor = _made(folder)
        try:
            _take_space(self._descriptor, FILE_BYTES)
            os.fsync(self._descriptor)
            _sync_folder(folder)
        except OSError:
            self.remove()
            raise

    @property
    def has_its_name(self) -> bool:
        """Whether the file can still be found in its folder: one that was removed goes with the process."""
        return _is_named(self._descriptor, self.path)

    def write(self, place: int, record: bytes) -> None:
        """Puts a record into a place, on the disk before it returns. Raises OSError."""
        line = b"%08x %s\n" % (zlib.crc32(record), record)
        if len(line) > PLACE_BYTES:
            raise OSError(f"the record has {len(line)} bytes, a place has {PLACE_BYTES}")
        self._put(place, line)
        _sync(self._descriptor)

    def clear(self, place: int) -> None:
        """Empties a place. Need not reach the disk: whoever takes a record up can take it up twice."""
        self._put(place, _EMPTY)

    def leave(self) -> None:
        """Closes the file and leaves it where it is, for another process."""
        os.close(self._descriptor)

    def remove(self) -> None:
        """Closes the file and removes it, where the folder lets it go."""
        with contextlib.suppress(OSError):  # an empty file does no harm
            self.path.unlink(missing_ok=True)
        self.leave()

    def _put(self, place: int, line: bytes) -> None:
        with self._lock:
            os.lseek(self._descriptor, place * PLACE_BYTES, os.SEEK_SET)
            if os.write(self._descriptor, line) != len(line):
                raise OSError("the record was written in part only")


def abandoned(folder: Path, but: Path) -> Iterator[tuple[Path, list[bytes | None]]]:
    """The files of processes that have gone, `but` one, each with its records; None for one that cannot be read.

    No other process is given a file while it is the caller's turn. The caller removes it, or moves it away.
    """
    for path in sorted(set(folder.glob(f"*{SUFFIX}")) - {but}):
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:  # another process was faster
            continue
        try:
            if _is_free(descriptor):
                yield path, _records(descriptor)
        finally:
            os.close(descriptor)


def _records(descriptor: int) -> list[bytes | None]:
    with open(descriptor, "rb", closefd=False) as file:
        places = iter(lambda: file.read(PLACE_BYTES), b"")
        return [_record(place) for place in places if not place.startswith(_EMPTY)]


def _record(place: bytes) -> bytes | None:
    """The record in a place that holds something; None when it is not what was written."""
    line, _, _ = place.partition(b"\n")
    checksum, _, record = line.partition(b" ")
    return record if checksum == b"%08x" % zlib.crc32(record) else None


def _made(folder: Path) -> tuple[Path, int]:
    """A new file that is marked as this process's, as long as it lives."""
    while True:
        path = folder / f"{secrets.token_hex(8)}{SUFFIX}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        if fcntl is not None:
            with contextlib.suppress(OSError):  # where there are no locks, see `_is_free`
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_named(descriptor, path):
            return path, descriptor
        # Another process took it for an abandoned one before it was marked.
        os.close(descriptor)


def _is_free(descriptor: int) -> bool:
    """Whether no living process has the file. Where there are no locks that cannot be told, and does no harm: a record
    that is taken up twice is written once, and a process whose file was removed makes another."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _is_named(descriptor: int, path: Path) -> bool:
    try:
        there, here = path.stat(), os.fstat(descriptor)
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


def _sync(descriptor: int) -> None:
    """Has what was written on the disk. The size never changes; the file's times may follow later."""
    if hasattr(os, "fdatasync"):
        os.fdatasync(descriptor)
    else:
        os.fsync(descriptor)


def _take_space(descriptor: int, size: int) -> None:
    """Takes the space of the file on the disk. Raises OSError when there is not enough."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
        return
    for _ in range(size // PLACE_BYTES):
        os.write(descriptor, bytes(PLACE_BYTES))


def _sync_folder(path: Path) -> None:
    with contextlib.suppress(PermissionError):  # Windows opens no folder
        folder = os.open(path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
