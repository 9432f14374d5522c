"""Outcomes on their way into the database: in memory, and on this disk before the database is asked.

A paid task's id must not be lost because the database, the disk or the process's descriptors have run out, or because
the process ends in between. Whatever the database does not take is offered to it again with every heartbeat, and at
the next start.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.exc import DataError, IntegrityError

from weryai_ui.client.transport import Exchange
from weryai_ui.client.weryai import SubmitAnswer
from weryai_ui.errors import AppError, SettingsError
from weryai_ui.jobs.unsaved.file import FILE_BYTES, PLACES, OutboxFile, abandoned
from weryai_ui.jobs.unsaved.record import Record, as_reported, as_text, from_text, of_an_earlier_version
from weryai_ui.store.records import Identity, Intent, LoggedExchange, NewIntent
from weryai_ui.store.submissions import Store

log = logging.getLogger(__name__)

FOLDER_NAME = "unsaved"
_REFUSED = (DataError, IntegrityError, ValidationError, UnicodeError)
"""What no later try makes better."""


class NoRoom(AppError):
    """What comes back of a submission could not be kept, so that none may be sent now."""


class Room:
    """Room for what comes back of one submission: in memory, and a place in the file."""

    def __init__(self, place: int, new: NewIntent) -> None:
        self.place = place
        self.new = new
        self.intent: Intent | None = None
        self.submission: SubmitAnswer | None = None
        self.is_written = self.is_recorded = self.waits = False

    def begun(self, intent: Intent) -> None:
        """The intent stands in the database, and the request goes out."""
        self.intent = intent

    def recorded(self) -> None:
        """The database has the outcome, or its intent was deleted there."""
        self.is_recorded = True

    @property
    def reported(self) -> Intent | None:
        """The intent as far as this process knows it: with its outcome where that waits."""
        if self.intent is None or self.submission is None or not self.waits:
            return self.intent
        return as_reported(self.intent, self.submission)

    @property
    def record(self) -> Record:
        """For the disk; only of a submission that came back."""
        assert self.intent is not None
        assert self.submission is not None
        return Record(self.intent.id, self.intent.created_at, self.new, self.submission)


class Unsaved:
    """Everything that one process has under way. Thread-safe; several processes may share the folder.

    Raises `SettingsError` when the folder takes no file.
    """

    def __init__(self, directory: Path) -> None:
        self._folder = directory / FOLDER_NAME
        self._lock = threading.Lock()
        self._free = list(range(PLACES))
        self._rooms: dict[int, Room] = {}
        self._complained: set[str] = set()
        self._of_another_database: set[str] = set()
        try:
            self._file = OutboxFile(self._folder)
        except OSError as error:
            raise SettingsError(
                f"WERYAI_DATA_DIR cannot be used: {self._folder} takes no file of {FILE_BYTES // 1024**2} MiB "
                f"({type(error).__name__}), so that what comes back of a paid request could be lost."
            ) from error

    def close(self) -> None:
        """Closes the file. What still waits stays on the disk for the next start."""
        if any(room.waits for room in self._rooms.values()):
            self._file.leave()
        else:
            self._file.remove()

    # --- one submission --------------------------------------------------------------------------

    @contextmanager
    def room(self, new: NewIntent) -> Iterator[Room]:
        """Room for what comes back, taken before anything is sent. What is not recorded at the end waits here.

        Raises `NoRoom`.
        """
        room = self._take(new)
        try:
            yield room
        finally:
            if room.submission is None or room.is_recorded:
                self._give_back(room)
            else:
                room.waits = True

    def keep(self, room: Room, submission: SubmitAnswer) -> None:
        """Keeps what came back: in memory at once, and on the disk before it returns, if that takes it."""
        room.submission = submission
        self._write(room)

    def _take(self, new: NewIntent) -> Room:
        with self._lock:
            if not self._file.has_its_name:
                self._open_again()
            if not self._free or any(room.waits and not room.is_written for room in self._rooms.values()):
                raise NoRoom
            room = Room(self._free.pop(), new)
            self._rooms[room.place] = room
            return room

    def _open_again(self) -> None:
        """Makes another file where somebody removed the one there was. Raises `NoRoom`."""
        try:
            another = OutboxFile(self._folder)
        except OSError as error:
            log.error("there is no file for unsaved outcomes any more: %s", type(error).__name__)
            raise NoRoom from error
        self._file.leave()
        self._file = another
        for room in self._rooms.values():
            room.is_written = False
            self._write(room)

    def _give_back(self, room: Room) -> None:
        with self._lock:
            if self._rooms.pop(room.place, None) is room:
                with suppress(OSError):  # taken up once more, which changes nothing
                    self._file.clear(room.place)
                self._free.append(room.place)

    def _write(self, room: Room) -> None:
        if room.submission is None or room.is_written:
            return
        try:
            self._file.write(room.place, as_text(room.record))
            room.is_written = True
        except Exception as error:  # noqa: BLE001 - whatever it is, the memory has it
            # The log is what is left when the process ends before the disk or the database is back.
            self._complain(room.record, f"is in memory only: {type(error).__name__}")

    # --- what waits --------------------------------------------------------------------------------

    def over(self, intents: Iterable[Intent]) -> tuple[Intent, ...]:
        """Intents of the database, with their outcomes where those are still on their way there."""
        waiting = {reported.id: reported for reported in self._reported() if reported.unsaved}
        return tuple(waiting.get(intent.id, intent) for intent in intents)

    def of_visitor(self, visitor: str) -> tuple[Intent, ...]:
        """What this process knows of a visitor's submissions without the database, the newest first."""
        mine = (reported for reported in self._reported() if reported.visitor == visitor)
        return tuple(sorted(mine, key=lambda reported: reported.place, reverse=True))

    def open(self, intent_id: str) -> tuple[Intent, tuple[LoggedExchange, ...]] | None:
        """An intent whose outcome waits, with the exchange of its POST; None when none of that id does."""
        with self._lock:
            waiting = [room for room in self._rooms.values() if room.waits and room.record.intent_id == intent_id]
        if not waiting:
            return None
        reported, submission = waiting[0].reported, waiting[0].submission
        assert reported is not None
        assert submission is not None
        return reported, (_logged(submission.exchange),)

    def same(self, identity: Identity) -> Intent | None:
        """The submission of that identity, where this process knows of it without the database."""
        with self._lock:
            known = [room.reported for room in self._rooms.values() if room.new.identity == identity]
        return next((reported for reported in known if reported is not None), None)

    def version(self, visitor: str) -> str:
        """A text that changes with what waits of a visitor; empty when nothing does."""
        return "".join(sorted(reported.id[:8] for reported in self.of_visitor(visitor) if reported.unsaved))

    def _reported(self) -> list[Intent]:
        with self._lock:
            return [reported for room in self._rooms.values() if (reported := room.reported) is not None]

    # --- into the database -------------------------------------------------------------------------

    def take_up(self, store: Store, first_due_at: float) -> int:
        """Gives the database what waits here, and what processes left behind that have gone; gives their number.

        Raises `SQLAlchemyError` when the database is still away, `OSError` when the folder is. What can never be
        recorded is logged and set aside, never deleted.
        """
        with self._lock:
            waiting = [room for room in self._rooms.values() if room.waits]
        for room in waiting:
            self._write(room)
        here = sum(self._take_up_room(room, store, first_due_at) for room in waiting)
        files = chain(abandoned(self._folder, but=self._file.path), of_an_earlier_version(self._folder))
        return here + sum(self._take_up_file(path, texts, store, first_due_at) for path, texts in files)

    def _take_up_room(self, room: Room, store: Store, first_due_at: float) -> bool:
        try:
            self._record(room.record, store, first_due_at)
        except _REFUSED as error:
            self._complain(room.record, f"is refused by the database: {type(error).__name__}")
            return False
        except KeyError:
            self._complain(room.record, "belongs to an intent that was deleted")
        self._give_back(room)
        return True

    def _take_up_file(self, path: Path, texts: list[bytes | None], store: Store, first_due_at: float) -> int:
        taken = 0
        for text in texts:
            record = None if text is None else from_text(text)
            if record is None:
                log.error("an unsaved outcome in %s cannot be read", path.name)
                continue
            try:
                self._record(record, store, first_due_at)
                taken += 1
            except (*_REFUSED, KeyError) as error:
                self._complain(record, f"was not taken up: {type(error).__name__}")
        if taken == len(texts):
            path.unlink(missing_ok=True)
        else:
            path.replace(path.with_suffix(".unread"))
        return taken

    def _record(self, record: Record, store: Store, first_due_at: float) -> None:
        """Gives the database an outcome. Raises `KeyError` when its intent was deleted there."""
        exchange = replace(record.submission.exchange, request_text=record.new.body or None)
        submission = replace(record.submission, exchange=exchange)
        try:
            store.finish(record.intent_id, submission, first_due_at)
        except KeyError:
            if not self._is_missing(record, store):
                raise
            store.restore(record.intent_id, record.created_at, record.new)
            store.finish(record.intent_id, submission, first_due_at)

    def _is_missing(self, record: Record, store: Store) -> bool:
        """Whether the intent stood in another database: in this one it would have left its visitor's row."""
        visitor = record.new.visitor
        if not record.new.body or (visitor not in self._of_another_database and store.knows(visitor)):
            return False
        self._of_another_database.add(visitor)
        return True

    def _complain(self, record: Record, why: str) -> None:
        """Says once that an outcome is not safe, with its ids."""
        if record.intent_id not in self._complained:
            self._complained.add(record.intent_id)
            ids = ",".join(record.submission.task_ids)
            log.error("unsaved outcome intent=%s tasks=%s %s", record.intent_id, ids, why)


def _logged(exchange: Exchange) -> LoggedExchange:
    names = LoggedExchange.__dataclass_fields__
    same = {name: value for name, value in asdict(exchange).items() if name in names}
    headers = [list(header) for header in exchange.response_headers]
    return LoggedExchange(
        **{**same, "started_at": exchange.started_at.timestamp(), "response_headers": headers},
        task_id=None,
        kind="submit",
        repeats=0,
    )
