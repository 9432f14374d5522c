"""Files that people give as references: kept on this server, measured, and sent on when a request needs them.

A file has an unguessable id; whoever knows it may use and see the file. Among the links of a form it stands as
`upload:<id>.<extension>`. Nothing leaves this server before a request is checked or sent.
"""

from __future__ import annotations

import hashlib
import logging
import math
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, cast

from pydantic import TypeAdapter, ValidationError

from weryai_ui.client.transport import Exchange
from weryai_ui.client.weryai import UploadAnswer, WeryAIClient
from weryai_ui.clocks import SteadyClock
from weryai_ui.files.names import cut_name, file_name
from weryai_ui.i18n import say
from weryai_ui.media import Media, MediaError, MediaKind, measure, not_taken, poster, thumbnail, trim
from weryai_ui.request.fields import UPLOAD_SCHEME
from weryai_ui.request.references import Reference
from weryai_ui.request.rules import UPLOAD_PATTERN, shown

log = logging.getLogger(__name__)

ID_BYTES = 18
KEPT_SECONDS = 48 * 3600.0
FOLDER_BYTES = 2 * 1024**3
"""All files together; the oldest go first."""
SENT_LINK_SECONDS = 6 * 3600.0
"""How long a link that the service gave for a file is used again. How long it lives is not documented."""
PRUNE_EVERY_S = 600.0
PRUNE_EVERY_FILES = 20
"""At 50 MB each this is how far the folder may grow past its size."""


@dataclass(frozen=True)
class Upload:
    """One file on this server: the person's own name for it, what it is, and the hash of its bytes."""

    id: str
    name: str
    media: Media
    sha256: str

    @property
    def link(self) -> str:
        """How it stands among the links of a form."""
        return f"{UPLOAD_SCHEME}{self.id}.{self.media.extension}"

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
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._steady = SteadyClock(clock, monotonic)
        self._pruned_at = -math.inf
        self._since_pruned = 0
        self._lock = threading.Lock()

    def incoming(self) -> Path:
        """A path of its own for a file that is arriving."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._prune()
        return self._folder / f"{secrets.token_urlsafe(ID_BYTES)}.incoming"

    def take_in(self, arrived: Path, name: str) -> Upload:
        """Measures an arrived file and keeps it. Raises `MediaError` with one sentence, and deletes it then."""
        try:
            media = measure(arrived)
            if refusal := not_taken(media.kind, media.extension):
                raise MediaError(refusal)
            upload = Upload(arrived.stem, _name(name, media), media, _sha256(arrived))
            preview = self._preview_of(arrived, media)
        except MediaError:
            arrived.unlink(missing_ok=True)
            raise
        if preview is not None:
            (self._folder / f"{upload.id}.thumb").write_bytes(preview)
        arrived.replace(self.path(upload))
        (self._folder / f"{upload.id}.json").write_bytes(_record.dump_json(upload))
        log.info("upload id=%s kind=%s bytes=%d", upload.id[:6], media.kind.value, media.size)
        return upload

    def take_copy(self, path: Path) -> Upload:
        """A copy of a file of this machine, kept like one that a person gave. Raises `MediaError`."""
        arrived = self.incoming()
        shutil.copyfile(path, arrived)
        return self.take_in(arrived, path.name)

    def get(self, link: str) -> Upload | None:
        """The file behind `upload:…`; None when it is not (or no longer) here, or the link is not of that form."""
        if not re.match(UPLOAD_PATTERN, link):
            return None
        upload_id = link.removeprefix(UPLOAD_SCHEME).split(".", 1)[0]
        try:
            upload = _record.validate_json((self._folder / f"{upload_id}.json").read_bytes())
        except (OSError, ValidationError):
            return None
        return upload if upload.link == link and self.path(upload).is_file() else None

    def known(self, links: Iterable[str]) -> dict[str, Reference]:
        """What is known of those links that are files here."""
        found = (self.get(link) for link in links if link.startswith(UPLOAD_SCHEME))
        return {upload.link: upload.reference for upload in found if upload is not None}

    def path(self, upload: Upload) -> Path:
        """Where the file's bytes are."""
        return self._folder / f"{upload.id}.{upload.media.extension}"

    def preview(self, upload: Upload) -> Path | None:
        """A small JPEG of a picture or a video; None for a sound, or when none could be made."""
        path = self._folder / f"{upload.id}.thumb"
        return path if path.is_file() else None

    def cut(self, link: str, start_s: float, end_s: float) -> Upload:
        """A new file: the clip from `start_s` to `end_s`. Raises `MediaError`."""
        upload = self.get(link)
        if upload is None:
            raise MediaError(say("upload.gone"))
        target = self.incoming()
        try:
            cut = trim(self.path(upload), start_s, end_s, target)
        except MediaError:
            target.unlink(missing_ok=True)
            raise
        end_s = min(end_s, upload.media.duration_s or end_s)
        return self.take_in(target, cut_name(upload.name, start_s, end_s, cut.extension))

    def _preview_of(self, path: Path, media: Media) -> bytes | None:
        try:
            if media.kind is MediaKind.IMAGE:
                return thumbnail(path)
            return poster(path) if media.kind is MediaKind.VIDEO else None
        except MediaError:
            # It was measured, so it can be used; only there is nothing to show of it.
            return None

    def _prune(self) -> None:
        """Deletes what is old, and the oldest while the folder is over its size."""
        with self._lock:
            steady = self._steady()
            self._since_pruned += 1
            if steady - self._pruned_at < PRUNE_EVERY_S and self._since_pruned < PRUNE_EVERY_FILES:
                return
            self._pruned_at, self._since_pruned = steady, 0
            # Set by days, forward or back, the machine's clock would make files old that came today.
            now = min(steady, self._clock())
            found = []
            for path in self._folder.iterdir():
                with suppress(FileNotFoundError):  # a file that arrived, or was refused, meanwhile
                    found.append((path, path.stat()))
            total = sum(status.st_size for _, status in found)
            for path, status in sorted(found, key=lambda each: each[1].st_mtime):
                if now - status.st_mtime > KEPT_SECONDS or total > FOLDER_BYTES:
                    path.unlink(missing_ok=True)
                    total -= status.st_size


@dataclass(frozen=True)
class Progress:
    """How far one file is on its way: bytes sent of all, and the sentence of its failure."""

    sent: int
    size: int
    done: bool = False
    failed: str | None = None


@dataclass(frozen=True)
class ForwardResult:
    """What became of the files of one request: the service's links by ours, or the sentence that stops it."""

    links: Mapping[str, str] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()
    refusal: str | None = None


class Uploader:
    """Sends files on to where a request goes; the same bytes go to the same place once. Thread-safe."""

    def __init__(self, uploads: Uploads, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._uploads = uploads
        self._clock = clock
        self._sent: dict[tuple[str, str], tuple[str, float]] = {}
        self._progress: dict[str, Progress] = {}
        self._lock = threading.Lock()
        self._one_at_a_time: dict[tuple[str, str], threading.Lock] = {}

    def send(self, items: Mapping[str, str], client: WeryAIClient, account: str) -> ForwardResult:
        """Sends every file of `items` (our link to its name in words, "image 2") with `client`.

        `account` tells destinations apart. The first failure stops, so that nothing is paid for in vain.
        """
        links: dict[str, str] = {}
        exchanges: list[Exchange] = []
        for link, item in items.items():
            upload = self._uploads.get(link)
            if upload is None:
                return ForwardResult(refusal=say("rule.upload_gone", item=item.capitalize()))
            url, answer = self._once(upload, client, account)
            if answer is not None:
                exchanges.append(answer.exchange)
            if url is None:
                refusal = say("upload.not_sent", item=item.capitalize(), name=shown(upload.name), why=_why(answer))
                return ForwardResult(exchanges=tuple(exchanges), refusal=refusal)
            links[link] = url
        return ForwardResult(links, tuple(exchanges))

    def progress(self, links: Iterable[str]) -> dict[str, Progress]:
        """How far each of those files is; what was never sent is not there."""
        with self._lock:
            return {link: self._progress[link] for link in links if link in self._progress}

    def _once(self, upload: Upload, client: WeryAIClient, account: str) -> tuple[str | None, UploadAnswer | None]:
        key = (upload.sha256, account)
        with self._lock:
            turn = self._one_at_a_time.setdefault(key, threading.Lock())
        with turn:
            if url := self._still_there(key):
                self._note(upload, done=True)
                return url, None
            with self._uploads.path(upload).open("rb") as file:
                watched = cast(BinaryIO, _CountingFile(file, lambda sent: self._note(upload, sent)))
                answer = client.upload(
                    watched, f"{upload.media.kind.value}.{upload.media.extension}", upload.media.mime
                )
            if answer.url is None:
                self._note(upload, failed=_why(answer))
                return None, answer
            with self._lock:
                self._sent[key] = (answer.url, self._clock())
            self._note(upload, done=True)
            return answer.url, answer

    def _still_there(self, key: tuple[str, str]) -> str | None:
        with self._lock:
            url, at = self._sent.get(key, ("", 0.0))
        return url if url and self._clock() - at < SENT_LINK_SECONDS else None

    def _note(self, upload: Upload, sent: int = 0, *, done: bool = False, failed: str | None = None) -> None:
        size = upload.media.size
        with self._lock:
            self._progress[upload.link] = Progress(size if done else min(sent, size), size, done, failed)


class _CountingFile:
    """A file that tells how far it has been read."""

    def __init__(self, file: IO[bytes], tell: Callable[[int], None]) -> None:
        self._file = file
        self._tell = tell

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self._tell(self._file.tell())
        return block

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _name(given: str, media: Media) -> str:
    """A file's own name; one without any is called by its kind."""
    return file_name(given, f"{media.kind.value.removesuffix('s')}.{media.extension}")


def _why(answer: UploadAnswer | None) -> str:
    if answer is None:
        return say("upload.not_here")
    found = answer.explanation
    why = say("upload.no_link") if found is None else say("upload.why", cause=found.cause, advice=found.advice)
    return say("upload.why_and_said", why=why, message=answer.service_message) if answer.service_message else why


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
