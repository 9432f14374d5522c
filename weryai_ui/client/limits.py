"""Every limit of the wire, with its unit; tests shorten them, the app does not."""

from __future__ import annotations

from dataclasses import dataclass

from weryai_ui.client.envelope import MAX_ENVELOPE_BYTES

SUBMIT_CONNECT_SECONDS = 10.0
SUBMIT_READ_SECONDS = 60.0
SUBMIT_WHOLE_SECONDS = 90.0
POLL_CONNECT_SECONDS = 5.0
POLL_READ_SECONDS = 15.0
POLL_WHOLE_SECONDS = 20.0
UPLOAD_CONNECT_SECONDS = 10.0
UPLOAD_READ_SECONDS = 120.0
UPLOAD_WHOLE_SECONDS = 300.0

QUIET_RETRIES = 2
QUIET_PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class CallLimits:
    """Seconds for connecting (TLS too), for one silence while reading, and for the whole call."""

    connect: float
    read: float
    whole: float


@dataclass(frozen=True)
class Limits:
    """Limits of the three kinds of call, and of what an answer may weigh."""

    submit: CallLimits = CallLimits(SUBMIT_CONNECT_SECONDS, SUBMIT_READ_SECONDS, SUBMIT_WHOLE_SECONDS)
    poll: CallLimits = CallLimits(POLL_CONNECT_SECONDS, POLL_READ_SECONDS, POLL_WHOLE_SECONDS)
    upload: CallLimits = CallLimits(UPLOAD_CONNECT_SECONDS, UPLOAD_READ_SECONDS, UPLOAD_WHOLE_SECONDS)
    body_bytes: int = MAX_ENVELOPE_BYTES
    quiet_retries: int = QUIET_RETRIES
    quiet_pause: float = QUIET_PAUSE_SECONDS


LIMITS = Limits()


def quiet_pause(attempt: int, base_seconds: float, chance: float) -> float:
    """Seconds before quiet retry number `attempt` (from 0): doubled each time, up to half as long again by `chance`."""
    return float(base_seconds * 2**attempt * (1 + chance / 2))
