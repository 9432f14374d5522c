"""How long the service asks to wait: seconds or a date, never more than a minute."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weryai_ui.client.limits import quiet_pause
from weryai_ui.client.retry_after import parse_retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        (" ", None),
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("007", 7.0),
        ("60", 60.0),
        ("61", 60.0),
        ("86400", 60.0),
        ("9" * 400, 60.0),
        ("-5", None),
        ("1.5", None),
        ("5s", None),
        ("soon", None),
        ("٧", None),
        ("7, 9", None),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0),
        ("Sun, 01 Mar 2026 12:00:30 -0000", 30.0),
        ("Sun, 01 Mar 2026 13:00:10 +0100", 10.0),
        ("Sun, 01 Mar 2026 14:00:00 GMT", 60.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Sunday, 01-Mar-26 12:00:20 GMT", 20.0),
        ("Sun, 32 Mar 2026 12:00:00 GMT", None),
        ("Sun, 01 Mar 99999 12:00:00 GMT", None),
    ],
)
def test_retry_after_gives_seconds_up_to_a_minute(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


@given(st.text())
def test_any_text_gives_seconds_up_to_a_minute_or_none(value: str) -> None:
    seconds = parse_retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= 60


@pytest.mark.parametrize(
    ("attempt", "chance", "seconds"), [(0, 0.0, 0.5), (0, 1.0, 0.75), (1, 0.0, 1.0), (1, 1.0, 1.5)]
)
def test_a_quiet_pause_doubles_and_spreads(attempt: int, chance: float, seconds: float) -> None:
    assert quiet_pause(attempt, 0.5, chance) == seconds
