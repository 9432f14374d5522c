"""Files that people give as references: kept on this server, measured, and sent on when a request needs them.

A file has an unguessable id; whoever knows it may use and see the file. Among the links of a form it stands as
`upload:<id>.<extension>`. Nothing leaves this server before a request is checked or sent.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from weryai_ui.clocks import SteadyClock
from weryai_ui.files.names import cut_name, file_name
from weryai_ui.files.storage import APP, INCOMING, ROOM, UNKNOWN, Owner, Storage
from weryai_ui.i18n import say
from weryai_ui.media import MEDIA_LIMITS, Media, MediaError, MediaKind, measure, not_taken, poster, thumbnail, trim
from weryai_ui.quota import Quota
from weryai_ui.request.fields import UPLOAD_SCHEME
from weryai_ui.request.references import Reference
from weryai_ui.request.rules import UPLOAD_PATTERN

log = logging.getLogger(__name__)

ID_BYTES = 18


@dataclass(frozen=True)
class Upload:
    """One file on this server: the person's own name for it, what it is, the hash of its bytes, and whose it is."""

    id: str
    name: str
    media: Media
    sha256: str
    owner: Owner = UNKNOWN

    @property
    def file(self) -> str:
        """The name of its file in the folder."""
        return f"{self.id}.{self.media.extension}"

    @property
    def link(self) -> str:
        """How it stands among the links of a form."""
        return f"{UPLOAD_SCHEME}{self.file}"

    @property
    def reference(self) -> Reference:
        """What the checks know of it."""
        media = self.media
        return Reference(
            self.link,
            media.duration_s,
            kind=media.kind.value,
            width=media.width,
            height=media.height,
            size=media.size,
        )


_record = TypeAdapter(Upload)


class Uploads:
    """The folder of files. Thread-safe."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        quota: Quota = ROOM,
    ) -> None:
        self._folder = folder
        # Set by days, forward or back, the machine's clock would make files old that came today.
        self._storage = Storage(folder, SteadyClock(clock, monotonic), quota)
        self._take_up()

    def incoming(self, owner: Owner, size: int = MEDIA_LIMITS.bytes_of(None)) -> Path:
        """A path of its own for a file of so many bytes that is arriving, which has to be taken in or released.

        Raises `NoRoom`.
        """
        arrived = self._folder / f"{secrets.token_urlsafe(ID_BYTES)}{INCOMING}"
        self._storage.arrive(arrived.name, owner, size)
        self._folder.mkdir(parents=True, exist_ok=True)
        return arrived

    def release(self, arrived: Path) -> None:
        """Deletes what was arriving, unless it was taken in."""
        self._storage.drop(arrived.name)

    def take_in(self, arrived: Path, name: str) -> Upload:
        """Measures an arrived file and keeps it. Raises `MediaError` with one sentence, and deletes it then."""
        try:
            media = measure(arrived)
            if refusal := not_taken(media.kind, media.extension):
                raise MediaError(refusal)
            upload = Upload(
                arrived.stem, _name(name, media), media, _sha256(arrived), self._storage.owner_of(arrived.name)
            )
            if (preview := self._preview_of(arrived, media)) is not None:
                (self._folder / f"{upload.id}.thumb").write_bytes(preview)
            (self._folder / f"{upload.id}.json").write_bytes(_record.dump_json(upload))
            arrived.replace(self.path(upload))
            self._storage.keep(arrived.name, upload.file, media.size)
        finally:
            self.release(arrived)
        log.info("upload id=%s kind=%s bytes=%d", upload.id[:6], media.kind.value, media.size)
        return upload

    def take_copy(self, path: Path) -> Upload:
        """A copy of a file of the app's own, kept like one that a person gave. Raises `MediaError`, `NoRoom`."""
        arrived = self.incoming(APP, path.stat().st_size)
        try:
            shutil.copyfile(path, arrived)
            return self.take_in(arrived, path.name)
        finally:
            self.release(arrived)

    def get(self, link: str) -> Upload | None:
        """The file behind `upload:…`; None when it is not (or no longer) here, or the link is not of that form."""
        if not re.match(UPLOAD_PATTERN, link):
            return None
        upload = self._recorded(link.removeprefix(UPLOAD_SCHEME).split(".", 1)[0])
        return upload if upload is not None and upload.link == link and self.path(upload).is_file() else None

    def _recorded(self, upload_id: str) -> Upload | None:
        try:
            return _record.validate_json((self._folder / f"{upload_id}.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def using(self, links: Iterable[str]) -> AbstractContextManager[None]:
        """Inside, the files behind these links stay, whoever needs room."""
        return self._storage.using(link.removeprefix(UPLOAD_SCHEME) for link in links)

    def known(self, links: Iterable[str]) -> dict[str, Reference]:
        """What is known of those links that are files here."""
        found = (self.get(link) for link in links if link.startswith(UPLOAD_SCHEME))
        return {upload.link: upload.reference for upload in found if upload is not None}

    def path(self, upload: Upload) -> Path:
        """Where the file's bytes are."""
        return self._folder / upload.file

    def preview(self, upload: Upload) -> Path | None:
        """A small JPEG of a picture or a video; None for a sound, or when none could be made."""
        path = self._folder / f"{upload.id}.thumb"
        return path if path.is_file() else None

    def cut(self, link: str, start_s: float, end_s: float, visitor: str = UNKNOWN.id) -> Upload:
        """A new file of that visitor's: the clip from `start_s` to `end_s`. Raises `MediaError`, `NoRoom`."""
        upload = self.get(link)
        if upload is None:
            raise MediaError(say("upload.gone"))
        # Where this question comes from is not known; who may ask it gave the file, or heard of it from who did.
        target = self.incoming(Owner(visitor, upload.owner.group))
        try:
            with self.using([link]):
                cut = trim(self.path(upload), start_s, end_s, target)
            end_s = min(end_s, upload.media.duration_s or end_s)
            return self.take_in(target, cut_name(upload.name, start_s, end_s, cut.extension))
        finally:
            self.release(target)

    def _preview_of(self, path: Path, media: Media) -> bytes | None:
        try:
            if media.kind is MediaKind.IMAGE:
                return thumbnail(path)
            return poster(path) if media.kind is MediaKind.VIDEO else None
        except MediaError:
            # It was measured, so it can be used; only there is nothing to show of it.
            return None

    def _take_up(self) -> None:
        """Counts the files of an earlier process; what had not arrived when it ended, or has no record, goes."""
        if not self._folder.is_dir():
            return
        recorded = (self._recorded(path.stem) for path in self._folder.glob("*.json"))
        kept = {each.id: each for each in recorded if each is not None and self.path(each).is_file()}
        for path in self._folder.iterdir():
            upload = kept.get(path.stem)
            if upload is None or path.suffix == INCOMING:
                with suppress(OSError):
                    path.unlink()
            elif path == self.path(upload):
                self._storage.found(upload.file, upload.owner, upload.media.size, path.stat().st_mtime)


def _name(given: str, media: Media) -> str:
    """A file's own name; one without any is called by its kind."""
    return file_name(given, f"{media.kind.value.removesuffix('s')}.{media.extension}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
