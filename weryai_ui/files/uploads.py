"""Files that people give as references: kept by this app, measured, and sent on when a request needs them.

A file has an unguessable id; whoever knows it may use and see the file. Among the links of a form it stands as
`upload:<id>.<extension>`. Nothing leaves this app before a request is checked or sent.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from weryai_ui.clocks import SteadyClock
from weryai_ui.errors import refuse
from weryai_ui.files.kept_uploads import Found, KeptUploads
from weryai_ui.files.names import Source, cut_name, file_name, fitted_name
from weryai_ui.files.object_storage import ObjectStorage
from weryai_ui.files.storage import APP, ARRIVAL_BYTES, INCOMING, UNKNOWN, FilesAway, Owner, Storage, room
from weryai_ui.files.upload_records import ID_BYTES, Given, Upload
from weryai_ui.media import (
    MEDIA_LIMITS,
    UNSEEN,
    Media,
    MediaError,
    MediaKind,
    Places,
    Watch,
    fit,
    fits_at_once,
    measure,
    needs,
    poster,
    thumbnail,
    trim,
)
from weryai_ui.quota import Quota
from weryai_ui.request.fields import UPLOAD_SCHEME
from weryai_ui.request.references import Reference
from weryai_ui.request.rules import UPLOAD_PATTERN

log = logging.getLogger(__name__)


class Uploads:
    """The files. Thread-safe. `folder` is of this process alone: for what arrives, and for copies.

    The files are kept in `objects`, in the folder itself where none are named. What needs them raises `FilesAway` while
    they do not answer.
    """

    def __init__(
        self,
        folder: Path,
        objects: ObjectStorage | None = None,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        arrival_bytes: int = ARRIVAL_BYTES,
        quota: Quota | None = None,
    ) -> None:
        """`arrival_bytes`: how large a file may come that will be made to fit."""
        self.limits = replace(MEDIA_LIMITS, arrival_bytes=arrival_bytes)
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._kept = KeptUploads(objects or ObjectStorage(folder, kept=folder), folder, monotonic)
        # Set by days, forward or back, the machine's clock would make files old that came today.
        self._storage = Storage(SteadyClock(clock, monotonic), quota or room(arrival_bytes), self._delete)
        self._looking = threading.Lock()
        self._to_move: list[tuple[Upload, KeptUploads]] = []
        self._take_up()

    @property
    def objects(self) -> ObjectStorage:
        """Where the bytes of each file are kept, under its name."""
        return self._kept.objects

    def incoming(self, owner: Owner, size: int = MEDIA_LIMITS.bytes_of(None)) -> Path:
        """A path of its own for a file of so many bytes that is arriving, which has to be taken in or released.

        Raises `NoRoom`.
        """
        if self.objects.folder is None:
            self._look()
        arrived = self._folder / f"{secrets.token_urlsafe(ID_BYTES)}{INCOMING}"
        self._storage.arrive(arrived.name, owner, size)
        return arrived

    @contextmanager
    def arriving(self, owner: Owner, size: int = MEDIA_LIMITS.bytes_of(None)) -> Iterator[Path]:
        """A path as `incoming` gives it, released at the end of the block."""
        arrived = self.incoming(owner, size)
        try:
            yield arrived
        finally:
            self.release(arrived)

    def release(self, arrived: Path) -> None:
        """Deletes what was arriving, unless it was taken in."""
        self._storage.drop(arrived.name)

    def take_in(self, arrived: Path, name: str, made_of: Given | None = None, source: Source | None = None) -> Upload:
        """Measures an arrived file and keeps it, made to fit where that needs no decision.

        `made_of`, `source`: what the browser says that it made it of. Raises `MediaError`, and deletes it then.
        """
        given = self._keep(arrived, lambda media: _name(name, media), made_of, source)
        if not (needs(given.media, self.limits) and fits_at_once(given.media)):
            return given
        try:
            return self._made_to_fit(given, given.owner)
        except MediaError:
            self._storage.drop(given.file)
            raise

    def fit(
        self,
        link: str,
        *,
        white: bool = False,
        visitor: str = UNKNOWN.id,
        places: Places | None = None,
        watch: Watch = UNSEEN,
    ) -> Upload:
        """A new file of that visitor's: the file made to fit; with `white`, what is clear in it turned white.

        Raises `MediaError`, `NoRoom`.
        """
        upload = self.get(link)
        if upload is None:
            raise MediaError(refuse("upload.gone"))
        owner = Owner(visitor, upload.owner.group)
        return self._made_to_fit(upload, owner, white=white, places=places, watch=watch)

    def _made_to_fit(
        self,
        upload: Upload,
        owner: Owner,
        *,
        white: bool = False,
        places: Places | None = None,
        watch: Watch = UNSEEN,
    ) -> Upload:
        given = upload.given or Given(upload.link, upload.media)
        with self.arriving(owner, self.limits.bytes_of(upload.media.kind)) as target:
            with self.using([upload.link]), self.file(upload) as source:
                known = upload.media
                fit(source, target, media=known, white=white, limits=self.limits, places=places, watch=watch)
            made_of = upload.source or Source(upload.name)
            return self._keep(target, lambda media: fitted_name(upload.name, media.extension), given, made_of)

    def _keep(
        self, arrived: Path, name: Callable[[Media], str], given: Given | None = None, source: Source | None = None
    ) -> Upload:
        """Measures an arrived file and keeps it under a name. Raises `MediaError`, and deletes it then."""
        try:
            media = measure(arrived, limits=self.limits)
            owner = self._storage.owner_of(arrived.name)
            upload = Upload(arrived.stem, name(media), media, _sha256(arrived), owner, given, source=source)
            upload = self._kept.put(upload, arrived, self._preview_of(arrived, media))
            self._storage.keep(arrived.name, upload.file, media.size, briefly=not upload.may_leave)
        finally:
            self.release(arrived)
        log.info("upload id=%s kind=%s bytes=%d", upload.id[:6], media.kind.value, media.size)
        return upload

    def take_copy(self, path: Path) -> Upload:
        """A copy of a file of the app's own, kept like one that a person gave. Raises `MediaError`, `NoRoom`."""
        with self.arriving(APP, path.stat().st_size) as arrived:
            shutil.copyfile(path, arrived)
            return self.take_in(arrived, path.name)

    def get(self, link: str) -> Upload | None:
        """The file behind `upload:…`; None when it is not (or no longer) here, or the link is not of that form."""
        if not re.match(UPLOAD_PATTERN, link):
            return None
        upload = self._kept.get(link.removeprefix(UPLOAD_SCHEME).split(".", 1)[0])
        return upload if upload is not None and upload.link == link else None

    def using(self, links: Iterable[str]) -> AbstractContextManager[None]:
        """Inside, the files behind these links stay, whoever needs room."""
        return self._storage.using(link.removeprefix(UPLOAD_SCHEME) for link in links)

    def known(self, links: Iterable[str]) -> dict[str, Reference]:
        """What is known of those links that are files here."""
        found = (self.get(link) for link in links if link.startswith(UPLOAD_SCHEME))
        return {upload.link: upload.reference for upload in found if upload is not None}

    def file(self, upload: Upload) -> AbstractContextManager[Path]:
        """The file's bytes as a file of this machine, for as long as the block lasts.

        Raises `MediaError` where it has gone since.
        """
        return self._kept.file(upload)

    def preview(self, upload: Upload) -> bytes | None:
        """A small JPEG of a picture or a video; None for a sound, or when none could be made."""
        return self._kept.preview(upload)

    def cut(self, link: str, start_s: float, end_s: float, visitor: str = UNKNOWN.id) -> Upload:
        """A new file of that visitor's: the clip from `start_s` to `end_s`. Raises `MediaError`, `NoRoom`."""
        upload = self.get(link)
        if upload is None:
            raise MediaError(refuse("upload.gone"))
        # Where this question comes from is not known; who may ask it gave the file, or heard of it from who did.
        with self.arriving(Owner(visitor, upload.owner.group)) as target:
            with self.using([link]), self.file(upload) as source:
                trim(source, start_s, end_s, target, limits=self.limits)
            end_s = min(end_s, upload.media.duration_s or end_s)
            made_of = Source(upload.original, (start_s, end_s))
            return self._keep(
                target, lambda media: cut_name(upload.name, start_s, end_s, media.extension), source=made_of
            )

    def _preview_of(self, path: Path, media: Media) -> bytes | None:
        try:
            if media.kind is MediaKind.IMAGE:
                return thumbnail(path, limits=self.limits)
            return poster(path, limits=self.limits) if media.kind is MediaKind.VIDEO else None
        except MediaError:
            # It was measured, so it can be used; only there is nothing to show of it.
            return None

    def sweep(self) -> None:
        """Deletes what is here long enough, and what a process left behind that ended in the middle."""
        self._move()
        if self.objects.folder is None:
            self._look()
        self._storage.forget_old()

    def _look(self) -> None:
        """Counts what other processes took in, and no longer what they deleted."""
        with self._looking:
            before = self._storage.kept()
            found, there = self._kept.look(before)
            self._storage.lost(before - there)
            self._count(found)

    def _count(self, found: Iterable[Found]) -> None:
        for each in found:
            upload, briefly = each.upload, not each.upload.may_leave
            self._storage.found(upload.file, upload.owner, upload.media.size, each.since, briefly=briefly)

    def _delete(self, name: str) -> None:
        if name.endswith(INCOMING):
            (self._folder / name).unlink(missing_ok=True)
        else:
            self._kept.delete(name)

    def _take_up(self) -> None:
        """Takes up the files of an earlier process; what had not arrived when it ended, or has no record, goes."""
        here = self._kept
        if self.objects.folder is None:
            here = KeptUploads(ObjectStorage(self._folder, kept=self._folder), self._folder)
        found, _ = here.look(())
        stay = {name for each in found for name in each.upload.names}
        for path in self._folder.iterdir():
            if path.name not in stay and path.is_file():
                with suppress(OSError):
                    path.unlink()
        if here is self._kept:
            self._count(found)
        else:
            self._to_move = [(each.upload, here) for each in found]
            self._move()

    def _move(self) -> None:
        """Moves what was kept in the folder before there was a bucket."""
        while self._to_move:
            upload, here = self._to_move[-1]
            try:
                self._kept.take_over(upload, here)
            except FilesAway:
                log.error("%d files are still to be moved into the storage", len(self._to_move))
                return
            self._to_move.pop()


def _name(given: str, media: Media) -> str:
    """A file's own name; one without any is called by its kind."""
    return file_name(given, f"{media.kind.value.removesuffix('s')}.{media.extension}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
