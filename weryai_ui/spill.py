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
            self._folder.mkdir(parents=True, exist_ok=True)
            _write_durably(
                self._folder / f"{intent.id}.json",
                _submission.dump_json(replace(submission, envelope=None)),
            )
        except OSError as error:
            log.error("the outcome could not be written down either: %s", type(error).__name__)
        return replace(
            intent,
            outcome=IntentState[submission.outcome.name],
            http_status=submission.exchange.http_status,
            seconds=submission.exchange.seconds,
            response_text=submission.exchange.response_text,
            service_message=submission.service_message,
            code=submission.code,
        )

    def take_up(self, store: Store, first_due_at: float) -> int:
        """Gives every kept outcome to the store; gives their number.

        A file that cannot be read, or whose intent is gone, is logged and set aside, never deleted. Raises
        `SQLAlchemyError` when the database is still away.
        """
        taken = 0
        for path in sorted(self._folder.glob("*.json")):
            try:
                store.finish(path.stem, _submission.validate_json(path.read_bytes()), first_due_at)
            except (ValidationError, KeyError) as error:
                log.error("%s was not taken up: %s", path.name, type(error).__name__)
                path.replace(path.with_suffix(".unread"))
            else:
                path.unlink()
                taken += 1
        return taken


def _write_durably(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".tmp")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
