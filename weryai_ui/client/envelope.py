"""The service's answers, from bytes to frozen data: strict where money hangs on it, total everywhere.

`parse_envelope` is the only function here that raises, and only `EnvelopeError`. The shapes of a task's life after
the submit are observed in the vendor's public pages and clients; the reference page shows the submit's answer only.
"""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from weryai_ui.errors import AppError

MAX_ENVELOPE_BYTES = 1 << 20
MAX_DEPTH = 64
MAX_INTEGER_DIGITS = 40
MAX_STATUS = 2**63 - 1  # what SQLite keeps in an INTEGER column
MAX_ID_BYTES = 500  # in a path each byte may take three characters, and a server reads a few thousand
MAX_TASKS = 16  # of one submit: four times what a request can ask for
MAX_VIDEOS = 16
MAX_URL_CHARACTERS = 8_192  # signed storage links run to a few thousand
MAX_WIDE_URL_CHARACTERS = 2_048  # reading one that is not ASCII takes time by its square
MAX_MESSAGE_CHARACTERS = 2_000

SUCCESS_CODES = frozenset({0, 200})


class EnvelopeError(AppError):
    """An answer that cannot be read as the service's envelope; the text gives the reason."""


class TaskState(StrEnum):
    """Where a task stands. UNKNOWN is a spelling nobody has seen: keep following.

    NOT_FOUND is never read from an answer: the follower concludes it from several.
    """

    WAITING = "waiting"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    SUCCEEDED_WITHOUT_VIDEO = "succeeded_without_video"
    FAILED = "failed"
    NOT_FOUND = "not_found"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """True when the task will not change any more."""
        return self in _FINAL


_FINAL = frozenset({TaskState.SUCCEEDED, TaskState.SUCCEEDED_WITHOUT_VIDEO, TaskState.FAILED, TaskState.NOT_FOUND})

# Observed, in any case; "running" in the vendor's own client only.
_SPELLINGS = {
    "waiting": TaskState.WAITING,
    "pending": TaskState.WAITING,
    "processing": TaskState.PROCESSING,
    "running": TaskState.PROCESSING,
    "succeed": TaskState.SUCCEEDED,
    "success": TaskState.SUCCEEDED,
    "failed": TaskState.FAILED,
}


@dataclass(frozen=True)
class Video:
    """A finished video: http(s) links only. How long they live is unknown."""

    url: str
    cover_url: str | None = None


@dataclass(frozen=True)
class Envelope:
    """An answer as the service wraps it: `status` is the business code, `text` the body exactly as it came."""

    status: int
    message: str | None
    data: Any
    text: str

    @property
    def ok(self) -> bool:
        """True for business status 0 (reference page) or 200 (observed)."""
        return self.status in SUCCESS_CODES


class SubmittedIds(NamedTuple):
    """What a submit's answer names. `task_ids` are those that are followed: usable, each once, `MAX_TASKS` at most.

    `named`: how many tasks it names in all, also by what is no usable id.
    """

    batch_id: str | None
    task_ids: tuple[str, ...]
    named: int


NO_IDS = SubmittedIds(None, (), 0)


@dataclass(frozen=True)
class TaskStatus:
    """One task's state; `raw_state` is the service's own spelling, empty when it gave none.

    `videos`: the first `MAX_VIDEOS`.
    """

    task_id: str | None
    state: TaskState
    raw_state: str
    videos: tuple[Video, ...] = ()
    message: str | None = None


def parse_envelope(body: bytes) -> Envelope:
    """The envelope in `body`, UTF-8 JSON of at most 1 MiB.

    Raises `EnvelopeError`, and nothing else, for anything that two readers could understand in two ways.
    """
    if len(body) > MAX_ENVELOPE_BYTES:
        raise EnvelopeError("The answer is larger than 1 MiB.")
    try:
        # Not by "utf-8-sig", which Python loads at its first use: a process without a descriptor left could not.
        text = body.removeprefix(codecs.BOM_UTF8).decode()
        document = json.loads(
            text,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise EnvelopeError("The answer is not UTF-8 text.") from error
    except (RecursionError, MemoryError) as error:
        raise EnvelopeError("The answer is nested too deeply.") from error
    except ValueError as error:
        raise EnvelopeError("The answer is not JSON.") from error
    if not isinstance(document, dict):
        raise EnvelopeError("The answer is not a JSON object.")
    if _is_deeper_than(document, MAX_DEPTH):
        raise EnvelopeError("The answer is nested too deeply.")
    return Envelope(
        status=_status(document),
        message=_first_text(document, ("message", "desc", "msg")),
        data=document.get("data"),
        text=text,
    )


def submitted_ids(envelope: Envelope) -> SubmittedIds:
    """The batch id, if any, and the task ids of a submit's answer, in their order.

    `data.task_id` is the reference page's shape; `data.batch_id` with `data.task_ids` was observed.
    """
    data = envelope.data if isinstance(envelope.data, dict) else {}
    listed = data.get("task_ids")
    found = [data.get("task_id"), *(listed if isinstance(listed, list) else [listed])]
    ids = [identifier(value) for value in found if not _is_blank(value)]
    usable = tuple(dict.fromkeys(each for each in ids if each is not None))
    return SubmittedIds(identifier(data.get("batch_id")), usable[:MAX_TASKS], len(usable) + ids.count(None))


def task_status(envelope: Envelope) -> TaskStatus:
    """The task's state in a status answer or a webhook's body; total, UNKNOWN when nothing says more.

    A list in `data` was observed in the vendor's client, which reads its first entry.
    """
    data = envelope.data
    if isinstance(data, list):
        data = data[0] if data else None
    return _task_status(data if isinstance(data, dict) else {})


def batch_statuses(envelope: Envelope) -> dict[str, TaskStatus]:
    """The state of every task in a batch's answer, by task id; entries without an id are left out.

    Observed in the vendor's client: `data` is the list of tasks, or one task. A list under any name in `data` is
    read too, since no page shows the shape.
    """
    data = envelope.data
    entries: list[Any] = data if isinstance(data, list) else [data]
    if isinstance(data, dict):
        for value in data.values():
            entries = entries + value if isinstance(value, list) else entries
    statuses = (_task_status(entry) for entry in entries if isinstance(entry, dict))
    return {status.task_id: status for status in statuses if status.task_id is not None}


def uploaded_url(envelope: Envelope) -> str | None:
    """The link to an uploaded file, `data.object_url_list[0]` (observed), or None."""
    data = envelope.data if isinstance(envelope.data, dict) else {}
    links = data.get("object_url_list")
    return web_link(links[0]) if envelope.ok and isinstance(links, list) and links else None


def credits_left(envelope: Envelope) -> int | None:
    """The number of credits left, which is all of `data` (observed), or None when it is not a number."""
    known = envelope.ok and type(envelope.data) in (int, float)
    return int(envelope.data) if known else None


def identifier(value: object) -> str | None:
    """`value` as an id: printable text of at most `MAX_ID_BYTES`, or a whole number's digits; else None.

    `.` and `..` are refused: in a path they would name another address.
    """
    if type(value) is int:
        return str(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    usable = 0 < len(text) <= MAX_ID_BYTES and text.isprintable() and text not in (".", "..")
    return text if usable and len(text.encode()) <= MAX_ID_BYTES else None


def _is_blank(value: object) -> bool:
    """Whether `value` names nothing. A 0 may be an id."""
    empty = not value and type(value) is not int
    return empty or value is True or (isinstance(value, str) and not value.strip())


def web_link(value: object) -> str | None:
    """`value` when it is an http(s) link with a host and no space or control character, else None."""
    if not isinstance(value, str) or len(value) > MAX_URL_CHARACTERS:
        return None
    url = value.strip()
    if not url.isprintable() or " " in url or (len(url) > MAX_WIDE_URL_CHARACTERS and not url.isascii()):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _task_status(data: dict[str, Any]) -> TaskStatus:
    raw = _first_text(data, ("task_status",)) or ""
    state = _SPELLINGS.get(raw.lower(), TaskState.UNKNOWN)
    holders = [data, *(data[k] for k in ("task_result", "output") if isinstance(data.get(k), dict))]
    videos = _videos(holder.get("videos") for holder in holders)
    if state is TaskState.SUCCEEDED and not videos:
        state = TaskState.SUCCEEDED_WITHOUT_VIDEO
    messages = (_first_text(holder, ("msg", "message")) for holder in holders)
    return TaskStatus(
        task_id=identifier(data.get("task_id")),
        state=state,
        raw_state=raw,
        videos=videos,
        message=next((message for message in messages if message), None),
    )


def _videos(lists: Iterable[object]) -> tuple[Video, ...]:
    entries = [entry for found in lists if isinstance(found, list) for entry in found]
    videos = (_video(entry) for entry in entries)
    return tuple(dict.fromkeys(video for video in videos if video is not None))[:MAX_VIDEOS]


def _video(entry: object) -> Video | None:
    if not isinstance(entry, dict):
        url = web_link(entry)
        return Video(url) if url else None
    url = web_link(entry.get("url")) or web_link(entry.get("video_url"))
    cover = web_link(entry.get("cover_image_url")) or web_link(entry.get("cover_url"))
    return Video(url, cover) if url else None


def _first_text(fields: dict[str, Any], names: Iterable[str]) -> str | None:
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value.strip():
            return _presentable(value)
    return None


def _presentable(text: str) -> str:
    # A lone surrogate would fail later, when the text is stored or shown as UTF-8.
    whole = text.strip()[:MAX_MESSAGE_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in whole)


def _status(document: dict[str, Any]) -> int:
    if "status" not in document:
        raise EnvelopeError("The answer has no status.")
    status = document["status"]
    # `True == 1` and `0.0 == 0`: only an integer is the documented business code.
    if type(status) is not int:
        raise EnvelopeError("The answer's status is not an integer.")
    if abs(status) > MAX_STATUS:
        raise EnvelopeError("The answer's status is too large a number.")
    return status


def _integer(digits: str) -> int:
    if len(digits) > MAX_INTEGER_DIGITS:
        raise ValueError("integer too long")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("number too large")
    return number


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name stands twice")
    return fields


def _is_deeper_than(document: object, limit: int) -> bool:
    level = [document]
    for _ in range(limit):
        level = [child for value in level for child in _children(value)]
        if not level:
            return False
    return True


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
