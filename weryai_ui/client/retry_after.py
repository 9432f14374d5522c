"""How long the service asks to wait."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RETRY_AFTER_CAP_SECONDS = 60.0
MAX_DIGITS = 12


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from 0 to 60 that a `Retry-After` header asks for, or None when it says nothing readable.

    Reads both forms of RFC 9110: whole seconds and an HTTP date. `now` is aware.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:MAX_DIGITS]), RETRY_AFTER_CAP_SECONDS)
    try:
        moment = parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (aware - now).total_seconds()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(max(seconds, 0.0), RETRY_AFTER_CAP_SECONDS)
