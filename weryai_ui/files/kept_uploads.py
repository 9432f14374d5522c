"""Files that people gave, in the storage: the bytes, a picture of them, and a record, which comes last and goes first.

So a file is there whole or not at all, for every process that uses the same storage.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from weryai_ui.errors import refuse
from weryai_ui.files.local_copies import LocalCopies
from weryai_ui.files.object_storage import ObjectStorage, StorageAway
from weryai_ui.files.storage import ARRIVING_SECONDS, KEPT_SECONDS, FilesAway
from weryai_ui.files.upload_records import NAME, PREVIEW, RECORD, Upload, read, written
from weryai_ui.media import MediaError
from weryai_ui.newest import Newest

log = logging.getLogger(__name__)

BELIEVED_SECONDS: Final = 30.0
"""So long a record of a bucket is not read again, whatever another process has deleted since."""
BELIEVED: Final = 4096
READ_AT_ONCE: Final = 16


@dataclass(frozen=True)
class Found:
    """A file that is kept, and since when."""

    upload: Upload
    since: float


class KeptUploads:
    """The files in one storage. Thread-safe. `folder` is for copies, where the storage is a bucket.

    Whatever asks the storage raises `FilesAway` while it does not answer.
    """

    def __init__(self, objects: ObjectStorage, folder: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.objects = objects
        self._folder = objects.folder or folder
        self._copies = None if objects.folder is not None else LocalCopies(objects, folder)
        self._monotonic = monotonic
        self._known = Newest[str, tuple[Upload, float]](BELIEVED)
        self._lock = threading.Lock()

    def put(self, upload: Upload, arrived: Path, preview: bytes | None) -> Upload:
        """Keeps a file, and takes `arrived` away; gives what is known of it now. Nothing is kept where it fails."""
        upload = replace(upload, has_preview=preview is not None)
        with _in_words():
            try:
                self.objects.put(upload.file, arrived)
                if preview is not None:
                    self.objects.write(upload.preview, preview)
                self.objects.write(upload.record, written(upload))
            except StorageAway:
                with suppress(StorageAway):  # what is left of it is an orphan then
                    self._delete(upload.id, upload.file)
                raise
        if self._copies is not None:
            self._copies.add(upload.file, arrived)
            self._remember(upload.id, upload)
        return upload

    def take_over(self, upload: Upload, other: KeptUploads) -> None:
        """Moves a file here that was kept in a folder of this machine."""
        with other.file(upload) as path:
            self.put(upload, path, other.preview(upload))
        for name in (upload.record, upload.preview):
            other.objects.delete(name)

    def get(self, upload_id: str) -> Upload | None:
        """What is known of a file; None when it is not (or no longer) here."""
        if self.objects.folder is not None:
            upload = self._read(upload_id)
            return upload if upload is not None and (self.objects.folder / upload.file).is_file() else None
        with self._lock:
            known, read_at = self._known.get(upload_id, (None, 0.0))
        if known is not None and self._monotonic() - read_at < BELIEVED_SECONDS:
            return known
        with _in_words():
            return self._read(upload_id)

    @contextmanager
    def file(self, upload: Upload) -> Iterator[Path]:
        """Its bytes as a file of this machine, for as long as the block lasts. Raises `MediaError` when it is gone."""
        with ExitStack() as stack:
            if self._copies is not None:
                try:
                    with _in_words():
                        path = stack.enter_context(self._copies.of(upload.file))
                except FileNotFoundError:
                    raise MediaError(refuse("upload.gone")) from None
            else:
                path = self._folder / upload.file
            yield path

    def preview(self, upload: Upload) -> bytes | None:
        """A small JPEG of a picture or a video; None where there is none."""
        if not upload.has_preview:
            return None
        try:
            with _in_words():
                return self.objects.read(upload.preview)
        except FileNotFoundError:
            return None

    def delete(self, file: str) -> None:
        """Deletes a file by the name of its bytes, with all that is kept of it."""
        with _in_words():
            self._delete(file.partition(".")[0], file)

    def look(self, known: Collection[str]) -> tuple[list[Found], set[str]]:
        """What is kept beyond the `known` names of files, and the names of all that is.

        What a process left behind that ended in the middle is deleted, once it is older than anything that arrives.
        """
        now, whole = time.time(), dict[str, float]()
        with _in_words():
            for upload_id, parts in self._by_id().items():
                file = next((part for part in parts if part not in (RECORD, PREVIEW)), None)
                if file is not None and RECORD in parts:
                    whole[f"{upload_id}{file}"] = parts[RECORD]
                elif now - max(parts.values()) > ARRIVING_SECONDS:
                    self._delete(upload_id, *(f"{upload_id}{part}" for part in parts))
            new = [name for name in whole if name not in known]
            with ThreadPoolExecutor(READ_AT_ONCE, "records") as pool:
                uploads = list(pool.map(self._read, (name.partition(".")[0] for name in new)))
            found = []
            for name, upload in zip(new, uploads, strict=True):
                if upload is not None and upload.file == name:
                    found.append(Found(upload, whole[name]))
                elif now - whole[name] > KEPT_SECONDS:  # of another release, or damaged
                    self._delete(name.partition(".")[0], name)
        return found, set(whole)

    def _by_id(self) -> dict[str, dict[str, float]]:
        """By the ids of files, which parts of each are there, and since when."""
        objects: dict[str, dict[str, float]] = defaultdict(dict)
        for each in self.objects.listed():
            if name := NAME.fullmatch(each.key):
                objects[name[1]][name[2]] = each.since
        return objects

    def _read(self, upload_id: str) -> Upload | None:
        try:
            upload = read(self.objects.read(f"{upload_id}{RECORD}"))
        except FileNotFoundError:
            upload = None
        if upload is not None and upload.has_preview is None:
            upload = replace(upload, has_preview=(self._folder / upload.preview).is_file())
        if self._copies is not None:
            self._remember(upload_id, upload)
        return upload

    def _remember(self, upload_id: str, upload: Upload | None) -> None:
        with self._lock:
            if upload is None:
                self._known.pop(upload_id, None)
            else:
                self._known[upload_id] = upload, self._monotonic()

    def _delete(self, upload_id: str, *files: str) -> None:
        self._remember(upload_id, None)
        for name in (f"{upload_id}{RECORD}", *files, f"{upload_id}{PREVIEW}"):
            self.objects.delete(name)
            if self._copies is not None:
                self._copies.drop(name)


@contextmanager
def _in_words() -> Iterator[None]:
    """What a storage that does not answer is to who wants a file."""
    try:
        yield
    except StorageAway as error:
        log.error("the storage did not take or give a file: %s", error)
        raise FilesAway from error
