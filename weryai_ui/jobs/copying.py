"""One copy of a result: fetched or taken from this app's own files, looked at in a child, and put into the storage.

The bytes pass through a file beside the storage; in memory is one block of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from weryai_ui.client.limits import CallLimits
from weryai_ui.client.public_fetch import FetchError, PublicFetch
from weryai_ui.errors import AppError
from weryai_ui.files.object_storage import ObjectStorage, StorageAway
from weryai_ui.files.storage import FilesAway
from weryai_ui.files.uploads import Uploads
from weryai_ui.media import MediaError, MediaKind, MediaLimits, NotNow, Places, measure, poster, thumbnail
from weryai_ui.request.fields import UPLOAD_SCHEME
from weryai_ui.store.copies import Copies
from weryai_ui.store.copy_records import Copy, Kept, Role

MEGABYTE = 1024 * 1024
FILM_BYTES = 500 * MEGABYTE
LIMITS = MediaLimits(picture_bytes=20 * MEGABYTE, clip_bytes=FILM_BYTES, measure_seconds=60.0)
"""What a result may be; the service makes larger ones than it takes."""
FETCH = CallLimits(connect=10.0, read=30.0, whole=900.0)
CHILDREN = 1
"""A person who gives a file does not wait for two copies to be looked at."""
CARD_SIDE, SMALLER_SIDE, THUMBNAIL_SIDE = 1200, 640, 320
CARD_BYTES = 300_000
"""What chat apps read of a picture for a link's preview."""
READ_BYTES = 64 * 1024
Progress = Callable[[int, int | None], None]


class NotCopied(AppError):
    """The try failed; `why` is a key of the words for it. `final`: no other try will do better by itself."""

    def __init__(self, why: str, *, final: bool = False, http_status: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.final = final
        self.http_status = http_status


class Lost(Exception):
    """The copy is no longer wanted, or another process makes it."""


@dataclass(frozen=True)
class Copying:
    """Makes copies. Thread-safe. `own_origin` is asked for each: the server knows its port only once it listens."""

    copies: Copies
    storage: ObjectStorage
    uploads: Uploads
    room_for: Callable[[Copy, int], bool]
    own_origin: Callable[[], str]
    fetch: PublicFetch = field(default_factory=lambda: PublicFetch(limits=FETCH, cap=FILM_BYTES))
    places: Places = field(default_factory=lambda: Places(CHILDREN))

    def copy(self, claimed: Copy, progress: Progress) -> None:
        """Makes one copy whole and recorded. Raises `NotCopied` or `Lost`, and then leaves nothing."""
        with self.storage.arriving() as path:
            size, sha256 = self._arrive(claimed, path, progress)
            kept = self._looked_at(claimed, path, size, sha256)
            if not self.room_for(claimed, size):
                raise NotCopied("no_room", final=True)
            try:
                if claimed.role is not Role.COVER:
                    kept = self._with_poster(claimed, path, kept)
                self.storage.put(str(claimed.key), path)
            except StorageAway as error:
                raise NotCopied("storage") from error
        if not self.copies.keep(claimed, kept):
            raise Lost

    def _arrive(self, claimed: Copy, path: Path, progress: Progress) -> tuple[int, str]:
        """The size and the hash of what is now in the file."""
        try:
            with path.open("wb") as file:
                arrived = _Arrived(file, progress)
                if claimed.source.startswith(UPLOAD_SCHEME):
                    self._from_uploads(claimed.source, arrived)
                else:
                    self.fetch.pour(claimed.source, arrived, self.own_origin())
            return arrived.whole()
        except FetchError as error:
            raise _not_fetched(error) from error
        except OSError as error:
            raise NotCopied("storage") from error

    def _from_uploads(self, link: str, arrived: _Arrived) -> None:
        with self.uploads.using([link]):
            try:
                upload = self.uploads.get(link)
                if upload is None:
                    raise NotCopied("gone", final=True)
                with self.uploads.file(upload) as path, path.open("rb") as file:
                    arrived.begin(upload.media.size)
                    while block := file.read(READ_BYTES):
                        arrived.take(block)
            except FilesAway as error:
                raise NotCopied("storage") from error
            except MediaError as error:
                raise NotCopied("gone", final=True) from error

    def _looked_at(self, claimed: Copy, path: Path, size: int, sha256: str) -> Kept:
        """What a child says that it is: nothing else is ever served."""
        try:
            media = measure(path, limits=LIMITS, places=self.places)
        except NotNow as error:
            raise NotCopied("busy") from error
        except MediaError as error:
            raise NotCopied("not_media", final=True) from error
        wanted = {Role.FILM: MediaKind.VIDEO, Role.COVER: MediaKind.IMAGE}.get(claimed.role)
        if wanted not in (None, media.kind):
            raise NotCopied("not_media", final=True)
        return Kept(size, sha256, media.mime, media.extension, media.width, media.height, media.duration_s)

    def _with_poster(self, claimed: Copy, path: Path, kept: Kept) -> Kept:
        """The same with a JPEG kept beside it where it shows something: for a list, and for a link's preview."""
        draw = _DRAWN.get(kept.mime.partition("/")[0])
        if draw is None:
            return kept
        for side in (CARD_SIDE, SMALLER_SIDE) if claimed.role is Role.FILM else (THUMBNAIL_SIDE,):
            try:
                drawn = draw(path, max_side=side, limits=LIMITS)
            except MediaError:
                return kept
            if len(drawn) <= CARD_BYTES:
                break
        with self.storage.arriving() as picture:
            picture.write_bytes(drawn)
            self.storage.put(claimed.poster_key, picture)
        return replace(kept, has_poster=True)


_DRAWN: Mapping[str, Callable[..., bytes]] = {"video": poster, "image": thumbnail}


class _Arrived:
    """A file that is being written, with what is known of it so far."""

    def __init__(self, file: BinaryIO, progress: Progress) -> None:
        self._file = file
        self._progress = progress
        self._hash = hashlib.sha256()
        self._size = 0
        self._length: int | None = None
        self._broken: OSError | None = None

    def begin(self, length: int | None) -> None:
        """What comes says that it has so many bytes."""
        self._length = length
        if length is not None and length > FILM_BYTES:
            raise NotCopied("too_large", final=True)
        self._progress(0, length)

    def take(self, block: bytes) -> None:
        """The next bytes."""
        self._hash.update(block)
        self._size += len(block)
        try:
            self._file.write(block)
        except OSError as error:
            self._broken = error
            raise
        self._progress(self._size, self._length)

    def whole(self) -> tuple[int, str]:
        """The size and the hash once all is there. Raises `NotCopied`."""
        if self._broken is not None:
            raise NotCopied("storage")
        if not self._size or self._length not in (None, self._size):
            raise NotCopied("cut_off")
        return self._size, self._hash.hexdigest()


def _not_fetched(error: FetchError) -> NotCopied:
    if error.refused:
        return NotCopied("not_public", final=True)
    if error.too_large:
        return NotCopied("too_large", final=True)
    if error.http_status is None or 200 <= error.http_status < 300:
        return NotCopied("no_answer")
    return NotCopied("link_refused", http_status=error.http_status)
