"""What became of a paid request: the table of four outcomes as one pure function."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from weryai_ui.client.envelope import SUCCESS_CODES, Envelope, EnvelopeError, parse_envelope
from weryai_ui.client.tasks import submitted_ids
from weryai_ui.client.transport import Reply
from weryai_ui.errors import ActionBy, Explanation, Trouble, explain, explain_trouble

REQUEST_TIMEOUT = 408


class Outcome(StrEnum):
    """What became of a paid request; only NOT_SENT is ever sent again by itself. SENDING: it is on its way."""

    SENDING = "SENDING"
    NOT_SENT = "NOT_SENT"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    UNKNOWN = "UNKNOWN"

    @classmethod
    def _missing_(cls, value: object) -> Outcome | None:
        # An earlier version wrote what was unsaved in small letters.
        return cls.__members__.get(value.upper()) if isinstance(value, str) else None


@dataclass(frozen=True)
class Verdict:
    """An outcome, and its explanation unless it is ACCEPTED."""

    outcome: Outcome
    explanation: Explanation | None


def readable(reply: Reply) -> Envelope | None:
    """The envelope in a reply's body, or None. It may stand in a reply that broke off after it."""
    try:
        return parse_envelope(reply.body)
    except EnvelopeError:
        return None


def judge(reply: Reply, envelope: Envelope | None) -> Verdict:
    """The outcome of a submit. Everything unclear once a byte was sent is UNKNOWN.

    ACCEPTED: 2xx, business status 0 or 200, at least one task id. REJECTED: a readable envelope with another status,
    or a 4xx with one; yet a refusal that names a task is UNKNOWN, since that task may have been charged.
    """
    status = reply.exchange.http_status
    if reply.trouble is not None or status is None:
        outcome = Outcome.UNKNOWN if reply.sent else Outcome.NOT_SENT
        return Verdict(outcome, explain_trouble(reply.trouble or Trouble.NOT_HTTP))
    if envelope is None or (envelope.status is None and not envelope.ok) or not _may_decide(status):
        return _unclear(status, envelope)
    named = submitted_ids(envelope)
    says_yes = envelope.ok and status < 300
    if says_yes:
        return Verdict(Outcome.ACCEPTED, None) if named.task_ids else _unknown(Trouble.NO_ID)
    if named.named:
        return _unknown(Trouble.CONTRADICTION)
    if status < 300 and envelope.status in SUCCESS_CODES:  # a status that says yes where `success` says no
        return Verdict(Outcome.UNKNOWN, Explanation(f"code.{envelope.status}", ActionBy.CHECK))
    return Verdict(Outcome.REJECTED, explain(status, envelope.status))


def _may_decide(http_status: int) -> bool:
    client_error = 400 <= http_status < 500 and http_status != REQUEST_TIMEOUT
    return 200 <= http_status < 300 or client_error


def _unclear(http_status: int, envelope: Envelope | None) -> Verdict:
    return Verdict(Outcome.UNKNOWN, explain(http_status, envelope.status if envelope else None))


def _unknown(trouble: Trouble) -> Verdict:
    return Verdict(Outcome.UNKNOWN, explain_trouble(trouble))
