"""Where files are kept: a folder of this machine, or a bucket of any server that speaks S3; one way to use both.

An object is there whole or not at all. Keys for S3 come from the environment, in the variables that its own tools read.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

PART_BYTES = 5 * 1024 * 1024
"""The least that S3 takes as a part of an object; so much of a copy is in memory while it is sent."""
BLOCK_BYTES = 256 * 1024
"""What is handed on at once of an object that is read."""
INCOMING = "incoming"
ARRIVES_WITHIN_S = 3600.0
"""A file that came longer ago and was not kept is of a process that ended in between."""


class StorageAway(Exception):
    """The storage did not take or give an object; the text names no address and no key."""


@dataclass(frozen=True)
class Listed:
    """An object as the storage lists it: its key, and since when it is there, in seconds since 1970."""

    key: str
    since: float


class ObjectStorage:
    """Objects by key. Thread-safe. `folder` is for what arrives, and holds the objects too unless `url` names a bucket.

    With `kept` the objects are files of that folder, and what arrives is the caller's own matter.

    Raises `StorageAway` where the storage fails, and `FileNotFoundError` for an object that is not there.
    """

    def __init__(self, folder: Path, url: str = "", *, kept: Path | None = None) -> None:
        self._incoming = folder / INCOMING
        self._kept = None if url else kept or folder / "kept"
        for each in (self._incoming if kept is None else None, self._kept):
            if each is not None:
                each.mkdir(parents=True, exist_ok=True)
        self._store: LocalStore | S3Store = (
            LocalStore(self._kept)
            if self._kept
            else S3Store.from_url(url, retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)})
        )

    @property
    def folder(self) -> Path | None:
        """Where every object is a file of its key's name; None for a bucket."""
        return self._kept

    @contextmanager
    def arriving(self) -> Iterator[Path]:
        """A path for a file that is to be kept; nothing is left of it at the end."""
        path = self._incoming / secrets.token_hex(16)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def put(self, key: str, path: Path) -> None:
        """Keeps a file under a key, and replaces what was there. A folder takes the file itself, a bucket a copy of it.

        `path` is one of `arriving`, or another on the same disk.
        """
        try:
            if self._kept is not None:
                # On the disk before its name is: a power cut leaves no empty file under it.
                with path.open("rb") as file:
                    os.fsync(file.fileno())
                path.replace(self._kept / key)
            else:
                obstore.put(self._store, key, path, chunk_size=PART_BYTES, max_concurrency=1)
        except (BaseError, OSError) as error:
            raise StorageAway(type(error).__name__) from error

    def write(self, key: str, data: bytes) -> None:
        """Keeps a small object under a key, and replaces what was there."""
        try:
            obstore.put(self._store, key, data)
        except (BaseError, OSError) as error:
            raise StorageAway(type(error).__name__) from error

    def listed(self) -> Iterator[Listed]:
        """Every object; a bucket is asked once for each thousand."""
        try:
            for objects in obstore.list(self._store):
                for each in objects:
                    yield Listed(each["path"], each["last_modified"].timestamp())
        except (BaseError, OSError) as error:
            raise StorageAway(type(error).__name__) from error

    def delete(self, key: str) -> None:
        """Deletes an object, if it is there."""
        try:
            with suppress(FileNotFoundError):
                obstore.delete(self._store, key)
        except (BaseError, OSError) as error:
            raise StorageAway(type(error).__name__) from error

    def read(self, key: str) -> bytes:
        """A whole object, for small ones."""
        try:
            return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError:
            raise
        except (BaseError, OSError) as error:
            raise StorageAway(type(error).__name__) from error

    def save_as(self, key: str, path: Path) -> None:
        """Writes an object to a file, a block at a time."""
        try:
            with path.open("wb") as file:
                for block in obstore.get(self._store, key).stream(min_chunk_size=BLOCK_BYTES):
                    file.write(block)
        except FileNotFoundError:
            raise
        except (BaseError, OSError) as error:
            raise StorageAway(type(error).__name__) from error

    async def blocks(self, key: str, begin: int, end: int) -> AsyncIterator[bytes]:
        """The bytes of an object from `begin` up to `end`, a block at a time."""
        try:
            found = await obstore.get_async(self._store, key, options={"range": (begin, end)})
            async for block in found.stream(min_chunk_size=BLOCK_BYTES):
                yield bytes(block)
        except FileNotFoundError:
            raise
        except (BaseError, OSError) as error:
            raise StorageAway(type(error).__name__) from error

    async def answers(self) -> bool:
        """Whether the storage can be asked just now: for an object that nobody keeps."""
        if self._kept is not None:
            return os.access(self._kept, os.R_OK | os.W_OK | os.X_OK)
        try:
            await obstore.head_async(self._store, INCOMING)
        except FileNotFoundError:
            return True
        except (BaseError, OSError):
            return False
        return True

    def sweep(self) -> int:
        """Deletes what arrived and was never kept, because its process ended; gives the number of files."""
        before = time.time() - ARRIVES_WITHIN_S
        there = self._incoming.iterdir() if self._incoming.is_dir() else ()
        old = [path for path in there if path.stat().st_mtime < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)
