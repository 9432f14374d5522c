"""What is kept of a submission that came back: for the disk, and for the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from weryai_ui.client.weryai import SubmitAnswer
from weryai_ui.jobs.unsaved.file import RECORD_BYTES
from weryai_ui.store.records import Intent, NewIntent, SendTo, Task

ANSWER_CHARACTERS = 4096
"""What stays of an answer that does not fit into a place; the memory has it whole."""


@dataclass(frozen=True)
class Record:
    """Enough for a database that has never heard of the submission. Nothing in it is secret."""

    intent_id: str
    created_at: float
    new: NewIntent
    submission: SubmitAnswer


_records = TypeAdapter(Record)
_submissions = TypeAdapter(SubmitAnswer)


def as_text(record: Record) -> bytes:
    """A record for a place of the file, made smaller until it fits: at last without all but the ids."""
    text = b""
    for smaller in (_slim, _with_short_answer, _with_ids_only):
        record = smaller(record)
        text = json.dumps(_records.dump_python(record, mode="json"), ensure_ascii=False).encode("utf-8", "replace")
        if len(text) <= RECORD_BYTES:
            break
    return text


def from_text(text: bytes) -> Record | None:
    """The record that was written, or None when this is none."""
    try:
        return _records.validate_json(text)
    except ValidationError:
        return None


def of_an_earlier_version(folder: Path) -> Iterator[tuple[Path, list[bytes | None]]]:
    """Outcomes as this app wrote them before: a file for each, named by its intent."""
    nobody = NewIntent("", "", "", SendTo.MY_KEY, None, "")
    for path in sorted(folder.glob("*.json")):
        try:
            submission = _submissions.validate_json(path.read_bytes())
        except (ValidationError, OSError):
            yield path, [None]
        else:
            yield path, [as_text(Record(path.stem, 0.0, nobody, submission))]


def as_reported(intent: Intent, submission: SubmitAnswer) -> Intent:
    """The intent with the outcome that its POST had, as far as that can be told without the database."""
    exchange = submission.exchange
    finished_at = exchange.started_at.timestamp() + exchange.seconds
    return replace(
        intent,
        outcome=submission.outcome,
        finished_at=finished_at,
        http_status=exchange.http_status,
        seconds=exchange.seconds,
        response_text=exchange.response_text,
        service_message=submission.service_message,
        code=submission.code,
        explanation=submission.explanation,
        batch_id=submission.batch_id,
        tasks_named=submission.tasks_named,
        retry_after=exchange.retry_after,
        tasks=tuple(
            Task(f"{intent.id}-{number}", intent.id, number, upstream_id, finished_at)
            for number, upstream_id in enumerate(submission.task_ids, 1)
        ),
        unsaved=True,
    )


def _slim(record: Record) -> Record:
    """Without what stands in it twice."""
    new, submission = record.new, record.submission
    exchange = replace(submission.exchange, request_text=None)
    asked = "" if new.asked == new.body else new.asked
    slim = replace(submission, exchange=exchange, envelope=None)
    return replace(record, new=replace(new, asked=asked), submission=slim)


def _with_short_answer(record: Record) -> Record:
    exchange = record.submission.exchange
    answer = exchange.response_text and exchange.response_text[:ANSWER_CHARACTERS] + "…"
    return replace(record, submission=replace(record.submission, exchange=replace(exchange, response_text=answer)))


def _with_ids_only(record: Record) -> Record:
    exchange = replace(record.submission.exchange, response_text=None, response_headers=())
    submission = replace(record.submission, exchange=exchange, service_message=None)
    return replace(record, new=replace(record.new, body="", asked=""), submission=submission)
