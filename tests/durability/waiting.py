"""Waiting for a condition."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

T = TypeVar("T")
PAUSE_S = 0.02
"""Between two looks: looking without a pause would take the database from those who are looked at."""


def until(look: Callable[[], T | None], seconds: float = 30.0, pause: float = PAUSE_S) -> T:
    """What `look` gives as soon as it gives something; fails after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(pause)
    pytest.fail(f"nothing within {seconds} s")
