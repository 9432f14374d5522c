"""The client of WeryAI's almighty reference-to-video: submit, watch, upload, balance.

Nothing on the wire raises: every call returns frozen data with the exchange, and an explanation where it went wrong.
"""

from __future__ import annotations

import json
import random as _random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import quote, urlsplit

from weryai_ui.client.envelope import Envelope
from weryai_ui.client.key import masked
from weryai_ui.client.limits import LIMITS, Limits
from weryai_ui.client.outcome import Outcome, judge, readable
from weryai_ui.client.tasks import (
    NO_IDS,
    ListedTask,
    TaskState,
    TaskStatus,
    credits_left,
    identifier,
    listed_tasks,
    submitted_ids,
    task_status,
    uploaded_url,
)
from weryai_ui.client.transport import Exchange, Reply, Transport, unsent
from weryai_ui.errors import Explanation, SettingsError, explain, explain_trouble

SUBMIT_PATH = "/v1/generation/almighty-reference-to-video"
NOT_FOUND_CODES = frozenset({1003, 1010})
NOT_FOUND_HTTP = frozenset({200, 404})


@dataclass(frozen=True)
class SubmitAnswer:
    """What became of one submit.

    `task_ids` is never empty when ACCEPTED. When UNKNOWN it may name tasks that a broken or contradictory answer
    mentioned: worth a look, no proof. `tasks_named`: how many the answer names, which may be more than are followed.
    `service_message` is the service's own words, `code` its business status.
    """

    outcome: Outcome
    exchange: Exchange
    envelope: Envelope | None
    batch_id: str | None
    task_ids: tuple[str, ...]
    explanation: Explanation | None
    service_message: str | None
    code: int | None
    tasks_named: int = 0


@dataclass(frozen=True)
class StatusAnswer:
    """One poll's answer; `status` is None when it said nothing about the task's state.

    `not_found` is one answer's claim (an envelope with code 1003 or 1010), not yet a fact. A bare HTTP 404 claims
    nothing of the task: a gateway without a route says the same.
    """

    exchange: Exchange
    status: TaskStatus | None
    not_found: bool
    explanation: Explanation | None
    code: int | None


@dataclass(frozen=True)
class UploadAnswer:
    """The public link to an uploaded file, or None with the reason."""

    url: str | None
    exchange: Exchange
    explanation: Explanation | None
    service_message: str | None


class WeryAIClient:
    """A client for one base URL and one key; safe to use from many threads.

    Raises `SettingsError` for a base URL that is no plain http(s) address, `ApiKeyError` for an unusable key.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        limits: Limits = LIMITS,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = _random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base_url = check_base_url(base_url)
        self._transport = Transport(api_key, limits, sleep=sleep, random=random, clock=clock)
        self._shown_key = masked(api_key.strip())

    def __repr__(self) -> str:
        return f"WeryAIClient({self._base_url!r}, key {self._shown_key})"

    @property
    def endpoint(self) -> str:
        """The full URL that a submit goes to."""
        return self._base_url + SUBMIT_PATH

    def submit(self, body: Mapping[str, object] | bytes | str) -> SubmitAnswer:
        """What became of one paid request; sent at most once. A mapping goes out as compact UTF-8 JSON."""
        try:
            reply = self._transport.paid_post(self.endpoint, _payload(body))
        except _Unwritable:
            reply = unsent("POST", self.endpoint)
        try:
            envelope = readable(reply)
            ids = submitted_ids(envelope) if envelope else NO_IDS
            verdict = judge(reply, envelope)
        except Exception:  # noqa: BLE001 - it may have been paid for: whatever breaks here, the answer is kept
            envelope, ids = None, NO_IDS
            verdict = judge(reply, None)
        return SubmitAnswer(
            outcome=verdict.outcome,
            exchange=reply.exchange,
            envelope=envelope,
            batch_id=ids.batch_id,
            task_ids=ids.task_ids,
            explanation=verdict.explanation,
            service_message=envelope.message if envelope else None,
            code=envelope.status if envelope else None,
            tasks_named=ids.named,
        )

    def status(self, task_id: str) -> StatusAnswer:
        """A task's state as the service tells it now (observed path)."""
        reply = self._ask_status(task_id)
        envelope = readable(reply)
        code = envelope.status if envelope else None
        status = _status_of(reply, envelope)
        absent = not reply.trouble and reply.exchange.http_status in NOT_FOUND_HTTP and code in NOT_FOUND_CODES
        explanation = None if status else _explained(reply, envelope)
        return StatusAnswer(reply.exchange, status, absent and not status, explanation, code)

    def upload(self, file: BinaryIO, filename: str, content_type: str) -> UploadAnswer:
        """The link to a file put on the service's storage (observed); streamed from a seekable file object.

        Raises OSError or ValueError when the file cannot be read at all.
        """
        url = f"{self._base_url}/v1/generation/upload-file"
        reply = self._transport.upload(url, file, filename, content_type)
        envelope = readable(reply)
        success = envelope is not None and _is_success(reply, envelope)
        link = uploaded_url(envelope) if envelope and success else None
        explanation = None if link else _explained(reply, envelope)
        message = envelope.message if envelope else None
        return UploadAnswer(link, reply.exchange, explanation, message)

    def balance(self) -> int | None:
        """The number of credits left (observed), or None when the service did not say."""
        reply = self._transport.get(f"{self._base_url}/v1/generation/balance")
        envelope = readable(reply)
        known = envelope is not None and _is_success(reply, envelope)
        return credits_left(envelope) if envelope and known else None

    def listed(self) -> tuple[ListedTask, ...]:
        """The tasks in the sandbox's own list, newest first; none where it does not answer. Not for the service."""
        reply = self._transport.get(f"{self._base_url}/tasks")
        envelope = readable(reply)
        return listed_tasks(envelope) if envelope and _is_success(reply, envelope) else ()

    def close(self) -> None:
        """Nothing to release today: every call closes its own connection. Call it when done all the same."""

    def _ask_status(self, task_id: str) -> Reply:
        usable = identifier(task_id)
        url = f"{self._base_url}/v1/generation/{quote(usable or '', safe='')}/status"
        # Without an id the path would name another call.
        return self._transport.get(url) if usable else unsent("GET", url)


def check_base_url(url: str) -> str:
    """`url` without a slash at its end; http(s) with a host, and neither a user name nor a query.

    Raises `SettingsError`.
    """
    address = url.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        plain = not (parts.username or parts.password or parts.query or parts.fragment)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        plain = usable = False
    if not (plain and usable and address.isascii() and address.isprintable() and " " not in address):
        raise SettingsError("The base URL must look like https://api.weryai.com, with nothing after the path.")
    return address


class _Unwritable(Exception):
    """The body has no JSON or UTF-8 form."""


def _payload(body: Mapping[str, object] | bytes | str) -> bytes:
    if isinstance(body, bytes):
        return body
    try:
        if not isinstance(body, str):
            body = json.dumps(dict(body), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return body.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise _Unwritable from error


def _is_success(reply: Reply, envelope: Envelope) -> bool:
    status = reply.exchange.http_status
    answered = reply.trouble is None and status is not None and 200 <= status < 300
    return answered and envelope.ok


def _status_of(reply: Reply, envelope: Envelope | None) -> TaskStatus | None:
    """The task's state where the answer is a success, or a refusal that says the task failed."""
    http_status = reply.exchange.http_status
    if envelope is None or reply.trouble or http_status is None or not 200 <= http_status < 300:
        return None
    status = task_status(envelope)
    if not status.raw_state or not (envelope.ok or status.state is TaskState.FAILED):
        return None
    return status


def _explained(reply: Reply, envelope: Envelope | None) -> Explanation:
    if reply.trouble is not None:
        return explain_trouble(reply.trouble)
    return explain(reply.exchange.http_status, envelope.status if envelope else None)
