"""What an answer says of tasks, files and credits: total, in every shape the service is known to use.

The reference page shows the submit's answer only. The other shapes were observed in the vendor's public pages and
clients, and measured by a public user of this endpoint; docs/assumptions.md names what is assumed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from weryai_ui.client.envelope import Envelope, first_text

MAX_ID_BYTES = 500  # in a path each byte may take three characters, and a server reads a few thousand
MAX_TASKS = 16  # of one submit: four times what a request can ask for
MAX_VIDEOS = 16
MAX_LISTED = 50
MAX_URL_CHARACTERS = 8_192  # signed storage links run to a few thousand
MAX_CREDITS = 1e12
MAX_WIDE_URL_CHARACTERS = 2_048  # reading one that is not ASCII takes time by its square


class TaskState(StrEnum):
    """Where a task stands. UNKNOWN is a spelling that is not listed here: keep following.

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

_STATES = {
    TaskState.WAITING: ("waiting", "pending", "queued"),
    TaskState.PROCESSING: ("processing", "running"),
    TaskState.SUCCEEDED: ("succeed", "success", "completed", "complete"),
    TaskState.FAILED: ("failed", "fail", "error", "canceled", "cancelled"),
}
"""The service's names for each state, in any case."""
_BY_NAME = {name: state for state, names in _STATES.items() for name in names}
_RESULTS = ("task_result", "output")
_FILMS = ("videos", "video_urls", "video_url", "video")
_LINKS = ("url", "video_url", "src")
_COVERS = ("cover_image_url", "cover_url")
_NUMBER = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]{1,9})?")


@dataclass(frozen=True)
class Video:
    """A finished video: http(s) links only. How long they live is unknown."""

    url: str
    cover_url: str | None = None


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

    `videos`: the first `MAX_VIDEOS`, in any state. `cost_credits`: what the service says that it charged.
    """

    task_id: str | None
    state: TaskState
    raw_state: str
    videos: tuple[Video, ...] = ()
    message: str | None = None
    cost_credits: float | None = None


def submitted_ids(envelope: Envelope) -> SubmittedIds:
    """The batch id, if any, and the task ids of a submit's answer, in their order.

    `data.task_id` is the reference page's shape; `data.batch_id` with `data.task_ids` was observed.
    """
    data = _data(envelope)
    listed = _field(data, "task_ids")
    found = [_field(data, "task_id"), *(listed if isinstance(listed, list) else [listed])]
    ids = [identifier(value) for value in found if not _is_blank(value)]
    usable = tuple(dict.fromkeys(each for each in ids if each is not None))
    return SubmittedIds(identifier(_field(data, "batch_id")), usable[:MAX_TASKS], len(usable) + ids.count(None))


def task_status(envelope: Envelope) -> TaskStatus:
    """The task's state in a status answer or a webhook's body; UNKNOWN when nothing says more."""
    data = _data(envelope)
    holders = [data, *(found for name in _RESULTS if isinstance(found := _field(data, name), dict))]
    raw = first_text(data, ("task_status", "taskStatus")) or ""
    state = _BY_NAME.get(raw.lower(), TaskState.UNKNOWN)
    videos = tuple(dict.fromkeys(video for holder in holders for video in _videos(holder)))[:MAX_VIDEOS]
    if state is TaskState.SUCCEEDED and not videos:
        state = TaskState.SUCCEEDED_WITHOUT_VIDEO
    messages = (first_text(holder, ("msg", "message", "desc")) for holder in holders)
    costs = (_credits(_field(holder, "cost_credits")) for holder in holders)
    return TaskStatus(
        task_id=identifier(_field(data, "task_id")),
        state=state,
        raw_state=raw,
        videos=videos,
        message=next((message for message in messages if message), None),
        cost_credits=next((cost for cost in costs if cost is not None), None),
    )


class ListedTask(NamedTuple):
    """A task in the sandbox's own list; `created_at` in seconds since 1970."""

    task_id: str
    prompt: str
    created_at: float | None


def listed_tasks(envelope: Envelope) -> tuple[ListedTask, ...]:
    """The tasks of the sandbox's list, in its order. The service has no such call."""
    rows = envelope.data if envelope.ok and isinstance(envelope.data, list) else []
    return tuple(found for row in rows[:MAX_LISTED] if isinstance(row, dict) and (found := _listed(row)))


def _listed(row: Mapping[str, Any]) -> ListedTask | None:
    task_id, at = identifier(row.get("task_id")), row.get("created_at")
    prompt = first_text(row, ("prompt",)) or ""
    return None if task_id is None else ListedTask(task_id, prompt, at if isinstance(at, float) else None)


def uploaded_url(envelope: Envelope) -> str | None:
    """The link to an uploaded file, `data.object_url_list[0]` (observed), or None."""
    links = _data(envelope).get("object_url_list")
    return web_link(links[0]) if envelope.ok and isinstance(links, list) and links else None


def credits_left(envelope: Envelope) -> int | None:
    """The number of credits left, `data` or `data.balance` (both observed), or None when it is not a number."""
    data: Any = envelope.data.get("balance") if isinstance(envelope.data, dict) else envelope.data
    credits = _credits(data)
    return int(credits) if envelope.ok and credits is not None else None


def _credits(value: object) -> float | None:
    """A number of credits, also one as text; None for what is none."""
    if isinstance(value, str):
        value = float(value) if _NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) <= MAX_CREDITS else None


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


def _data(envelope: Envelope) -> Mapping[str, Any]:
    """`data` as an object: itself, the first of an array, or an empty one."""
    data = envelope.data
    if isinstance(data, list):
        data = data[0] if data else None
    return data if isinstance(data, dict) else {}


def _field(data: Mapping[str, Any], name: str) -> Any:
    """A field under its name, or under the same name in camel case."""
    first, *others = name.split("_")
    value = data.get(name)
    return data.get(first + "".join(map(str.capitalize, others))) if value is None else value


def _videos(holder: Mapping[str, Any]) -> Iterator[Video]:
    """The videos below every name that may hold them: each a link or an object with one, alone or in a list."""
    for name in _FILMS:
        found = _field(holder, name)
        for entry in found if isinstance(found, list) else [found]:
            fields = entry if isinstance(entry, dict) else {"url": entry}
            beside = fields if isinstance(entry, dict) or isinstance(found, list) else holder
            if url := _link(fields, _LINKS):
                yield Video(url, _link(beside, _COVERS))


def _link(fields: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next((url for name in names if (url := web_link(_field(fields, name)))), None)
