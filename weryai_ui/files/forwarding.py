"""Sends files on to where a request goes: before it, and the same bytes to the same place once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, BinaryIO, cast

from weryai_ui.client.transport import Exchange
from weryai_ui.client.weryai import UploadAnswer, WeryAIClient
from weryai_ui.errors import Refusal, refuse
from weryai_ui.files.upload_records import Upload
from weryai_ui.files.uploads import Uploads
from weryai_ui.i18n import say
from weryai_ui.media import MediaError
from weryai_ui.request.rules import shown

SENT_LINK_SECONDS = 6 * 3600.0
"""How long a link that the service gave for a file is used again. How long it lives is not documented."""


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
    refusal: Refusal | None = None


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
        with self._uploads.using(items):
            return self._send(items, client, account)

    def _send(self, items: Mapping[str, str], client: WeryAIClient, account: str) -> ForwardResult:
        links: dict[str, str] = {}
        exchanges: list[Exchange] = []
        for link, item in items.items():
            upload = self._uploads.get(link)
            if upload is None:
                return ForwardResult(refusal=refuse("rule.upload_gone", item=item.capitalize()))
            url, answer, why = self._once(upload, client, account)
            if answer is not None:
                exchanges.append(answer.exchange)
            if url is None:
                refusal = refuse("upload.not_sent", item=item.capitalize(), name=shown(upload.name), why=why)
                return ForwardResult(exchanges=tuple(exchanges), refusal=refusal)
            links[link] = url
        return ForwardResult(links, tuple(exchanges))

    def progress(self, links: Iterable[str]) -> dict[str, Progress]:
        """How far each of those files is; what was never sent is not there."""
        with self._lock:
            return {link: self._progress[link] for link in links if link in self._progress}

    def _once(self, upload: Upload, client: WeryAIClient, account: str) -> tuple[str | None, UploadAnswer | None, str]:
        """The service's link, what it answered if it was asked now, and why there is no link."""
        key = (upload.sha256, account)
        with self._lock:
            turn = self._one_at_a_time.setdefault(key, threading.Lock())
        with turn:
            if url := self._still_there(key):
                self._note(upload, done=True)
                return url, None, ""
            try:
                answer = self._upload(upload, client)
            except MediaError as error:
                self._note(upload, failed=str(error))
                return None, None, str(error)
            if answer.url is None:
                self._note(upload, failed=_why(answer))
                return None, answer, _why(answer)
            with self._lock:
                self._sent[key] = (answer.url, self._clock())
            self._note(upload, done=True)
            return answer.url, answer, ""

    def _upload(self, upload: Upload, client: WeryAIClient) -> UploadAnswer:
        with self._uploads.file(upload) as path, path.open("rb") as file:
            watched = cast(BinaryIO, _CountingFile(file, lambda sent: self._note(upload, sent)))
            return client.upload(watched, f"{upload.media.kind.value}.{upload.media.extension}", upload.media.mime)

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


def _why(answer: UploadAnswer) -> str:
    found = answer.explanation
    why = say("upload.no_link") if found is None else say("upload.why", cause=found.cause, advice=found.advice)
    return say("upload.why_and_said", why=why, message=answer.service_message) if answer.service_message else why
