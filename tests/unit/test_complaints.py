"""What a worker's thread says of what fails: once, and once when it is over."""

from __future__ import annotations

import logging

import pytest

from weryai_ui.jobs.complaints import CALM_S, Complaints


def fail() -> None:
    raise OSError("what it says is not repeated")


def test_what_fails_now_and_then_is_one_trouble_until_it_has_gone_well_for_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [1000.0]
    tried = Complaints(logging.getLogger("weryai_ui.tried"), lambda: now[0]).tried

    def lines() -> list[str]:
        return [record.getMessage() for record in caplog.records]

    assert tried("it was not done", lambda: None) and lines() == []
    for _ in range(50):
        assert not tried("it was not done", fail)
        now[0] += CALM_S / 2
        assert tried("it was not done", lambda: None)
    assert lines() == ["it was not done: OSError"]
    assert not tried("another thing was not done", fail)
    now[0] += CALM_S / 2
    assert tried("it was not done", lambda: None) and tried("it was not done", lambda: None)
    assert lines()[1:] == ["another thing was not done: OSError", "no longer: it was not done"]
    assert not tried("it was not done", fail)
    assert lines()[-1] == "it was not done: OSError"
