"""Where an outcome goes when the database cannot take it after the POST: a file of its own, on this disk.

A paid task's id must not be lost because a database is full or away. Files are taken up as soon as the
database answers again, at the next start at the latest. Nothing in them is secret.
"""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import DataError

from weryai_ui.client.weryai import Submission
from weryai_ui.store.records import Intent, IntentState
from weryai_ui.store.store import Store

log = logging.getLogger(__name__)

FOLDER_NAME = "unsaved"

_submission = TypeAdapter(Submission)


class Spill:
    """The folder of outcomes that wait for the database: one file an intent, so that nothing races."""

    def __init__(self, directory: Path) -> None:
        self._folder = directory / FOLDER_NAME

    def keep(self, intent: Intent, submission: Submission) -> Intent:
        """Writes one outcome down, on disk before it returns; gives the intent as it will be taken up.

        The log gets the task ids as well: it is what is left when the disk is full.
        """
        log.error("unsaved outcome intent=%s tasks=%s", intent.id, ",".join(submission.task_ids))
        try:
            self._make_folder()
            _write_durably(
                self._folder / f"{intent.id}.json",
                _submission.dump_json(replace(submission, envelope=None)),
            )
        except OSError as error:
            log.error("the outcome could not be written down either: %s", type(error).__name__)
        return as_told(intent, submission)

    def _make_folder(self) -> None:
        if not self._folder.is_dir():
            self._folder.mkdir(parents=True, exist_ok=True)
            _sync_folder(self._folder.parent)

    def take_up(self, store: Store, first_due_at: float) -> int:
        """Gives every kept outcome to the store; gives their number.

        A file that cannot be read, or whose intent is gone, is logged and set aside, never deleted. Raises
        `SQLAlchemyError` when the database is still away, `OSError` when a file can be neither read nor set aside.
        """
        taken = 0
        for path in sorted(self._folder.glob("*.json")):
            try:
                store.finish(path.stem, _submission.validate_json(path.read_bytes()), first_due_at)
            except FileNotFoundError:  # another process took it up
                continue
            except (ValidationError, KeyError, OSError, DataError) as error:
                log.error("%s was not taken up: %s", path.name, type(error).__name__)
                path.replace(path.with_suffix(".unread"))
            else:
                path.unlink(missing_ok=True)
                taken += 1
        return taken


def as_told(intent: Intent, submission: Submission) -> Intent:
    """The intent with the outcome that its POST had, as far as that can be told without the database."""
    return replace(
        intent,
        outcome=IntentState[submission.outcome.name],
        finished_at=submission.exchange.started_at.timestamp() + submission.exchange.seconds,
        http_status=submission.exchange.http_status,
        seconds=submission.exchange.seconds,
        response_text=submission.exchange.response_text,
        service_message=submission.service_message,
        code=submission.code,
        explanation=submission.explanation,
        batch_id=submission.batch_id,
    )


def _write_durably(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".tmp")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
