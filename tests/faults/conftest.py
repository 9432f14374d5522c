"""What every fault test shares: short limits, a planted key, one way to submit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest

from weryai_ui.client.limits import CallLimits, Limits
from weryai_ui.client.weryai import SubmitAnswer, WeryAIClient

CANARY = "sk-canary-5f1d0c9e7a"
SHORT = CallLimits(connect=0.5, read=1.0, whole=2.0)
LIMITS = Limits(submit=SHORT, poll=SHORT, upload=SHORT)
BODY = {"model": "SEEDANCE_2_0", "duration": 5, "prompt": "a lantern, 灯笼"}
SLACK_SECONDS = 1.0  # what a busy machine may add to a deadline

Submission = Callable[..., SubmitAnswer]


@pytest.fixture
def submit(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[Submission]:
    """Submit once to a base URL; whatever happens, the key must not come back and the deadline must hold."""
    caplog.set_level(logging.DEBUG)

    def submit(url: str) -> SubmitAnswer:
        client = WeryAIClient(url, CANARY, limits=LIMITS, sleep=lambda _: None, random=lambda: 0.0)
        submission = client.submit(BODY)
        assert CANARY not in repr(submission)
        assert CANARY not in repr(client)
        assert submission.exchange.seconds < SHORT.whole + SLACK_SECONDS
        assert submission.exchange.request_text is not None
        assert "灯笼" in submission.exchange.request_text
        return submission

    yield submit
    assert CANARY not in caplog.text
    assert CANARY not in "".join(capfd.readouterr())
