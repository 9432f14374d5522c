"""Several submissions as one zip: their films from this app's own copies, and all that is known of each as JSON.

It is written as it leaves: a block of a film is in memory, and never a whole one.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from weryai_ui.files.object_storage import ObjectStorage
from weryai_ui.service import Service
from weryai_ui.store.copy_records import Copy, CopyState, Role
from weryai_ui.store.records import Intent
from weryai_ui.ui.kept import day, film_number, name_of
from weryai_ui.ui.views import details, panes

MOST_ZIPPED = 40
"""Submissions in one zip."""
_EARLIEST = 315532800.0
"""1980, before which no file in a zip can be from."""


@dataclass(frozen=True)
class Entry:
    """One file of a zip: text, or an object of the storage. `at` in seconds since 1970."""

    name: str
    at: float
    size: int
    key: str = ""
    text: bytes = b""

    @property
    def info(self) -> zipfile.ZipInfo:
        """What the zip says of it. A film is as small as it gets, and is stored."""
        info = zipfile.ZipInfo(self.name, time.gmtime(max(self.at, _EARLIEST))[:6])
        info.compress_type = zipfile.ZIP_STORED if self.key else zipfile.ZIP_DEFLATED
        info.file_size = self.size
        return info


async def zipped(service: Service, visitor: str, intent_ids: Sequence[str]) -> AsyncIterator[bytes]:
    """The zip of those of the submissions that are the visitor's, block by block."""
    sink = _Sink()
    taken: set[str] = set()
    with zipfile.ZipFile(sink, "w") as archive:
        for intent_id in intent_ids:
            for entry in await run_in_threadpool(_entries, service, visitor, intent_id, taken):
                async for block in _written(archive, sink, service.storage, entry):
                    yield block
    yield sink.taken()


async def _written(archive: zipfile.ZipFile, sink: _Sink, storage: ObjectStorage, entry: Entry) -> AsyncIterator[bytes]:
    """Writes one file into a zip, and gives what has come of it. A film that was let go meanwhile is left out."""
    if not entry.key:
        archive.writestr(entry.info, entry.text)
        yield sink.taken()
        return
    blocks = storage.blocks(entry.key, 0, entry.size)
    try:
        block = await anext(blocks, b"")
    except FileNotFoundError:
        return
    with archive.open(entry.info, "w") as file:
        while block:
            file.write(block)
            yield sink.taken()
            block = await anext(blocks, b"")
    yield sink.taken()


def _entries(service: Service, visitor: str, intent_id: str, taken: set[str]) -> list[Entry]:
    """The files of one submission, under names that no other of the zip has; none where it is not theirs."""
    opened = service.open(visitor, intent_id)
    if opened is None:
        return []
    intent, timeline = opened
    stem = _free(name_of(intent), taken)
    text = panes.pretty(details.as_data(intent, timeline)).encode()
    films = films_of(service.copies_of([intent]).get(intent.id, ()))
    return [*_films(intent, stem, films), Entry(f"{stem}.json", intent.created_at, len(text), text=text)]


def films_of(copies: Iterable[Copy]) -> tuple[Copy, ...]:
    """Those of the copies that are films and whole."""
    return tuple(each for each in copies if each.role is Role.FILM and each.state is CopyState.KEPT)


def _films(intent: Intent, stem: str, films: Iterable[Copy]) -> Iterator[Entry]:
    for film in films:
        name = " ".join(filter(None, (stem, film_number(intent, film))))
        yield Entry(f"{name}.{film.extension}", intent.created_at, film.size or 0, key=str(film.key))


def _free(stem: str, taken: set[str]) -> str:
    """The name, with a number behind it where another submission is called so."""
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem} ({number})"
    taken.add(name.casefold())
    return name


def zip_name(now: float) -> str:
    """What the zip itself is called."""
    return f"weryai {day(now)}.zip"


class _Sink(io.RawIOBase):
    """Takes what a zip writes, in one direction only."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        self._blocks.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since it was asked last."""
        blocks, self._blocks = b"".join(self._blocks), []
        return blocks
