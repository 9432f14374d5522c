"""The sandbox keys, each with the way a request made with it goes.

Imports nothing but the standard library, so that the page can offer the keys by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

QUEUE_SECONDS = 1.5  # waiting, at pace 1
MAKING_SECONDS = 4.0  # from submit until the video is ready at the earliest, at pace 1
SLOW_QUEUE_SECONDS = 15.0
SLOW_MAKING_SECONDS = 90.0


class Refusal(Enum):
    """What a submit meets before any task is made."""

    NO_CREDITS = "no credits"
    RATE_LIMITED = "rate limited"
    QUEUE_FULL = "queue full"
    BAD_KEY = "bad key"
    MALFORMED = "malformed answer"


class Fate(Enum):
    """How the tasks of an accepted submit end."""

    SUCCEED = "succeed"
    FAIL = "fail"
    CONTENT = "content check"
    LAST_FAILS = "the last of several fails"


@dataclass(frozen=True)
class Scenario:
    """One sandbox key: a description in words for people, and what the code acts on.

    Seconds are counted from the submit and are scaled by the server's pace.
    """

    key: str
    description: str
    refusal: Refusal | None = None
    fate: Fate = Fate.SUCCEED
    queue_seconds: float = QUEUE_SECONDS
    making_seconds: float = MAKING_SECONDS

    def __str__(self) -> str:
        return self.description


_ALL = (
    Scenario("sk-sandbox", "Succeeds after a few seconds, with a video made from the request"),
    Scenario(
        "sk-sandbox-slow",
        "Succeeds after about a minute and a half",
        queue_seconds=SLOW_QUEUE_SECONDS,
        making_seconds=SLOW_MAKING_SECONDS,
    ),
    Scenario("sk-sandbox-fails", "Accepted, then the generation fails (6004)", fate=Fate.FAIL),
    Scenario(
        "sk-sandbox-content",
        "Accepted, then the generated audio is refused by the content check (2003)",
        fate=Fate.CONTENT,
    ),
    Scenario(
        "sk-sandbox-partial",
        "The last of several videos fails; a single video succeeds",
        fate=Fate.LAST_FAILS,
    ),
    Scenario(
        "sk-sandbox-no-credits",
        "Refused: not enough credits (1011)",
        refusal=Refusal.NO_CREDITS,
    ),
    Scenario(
        "sk-sandbox-rate-limited",
        "Refused: too many requests, try again in 5 s (HTTP 429, 1001)",
        refusal=Refusal.RATE_LIMITED,
    ),
    Scenario(
        "sk-sandbox-queue-full",
        "Refused: the queue is full (1007)",
        refusal=Refusal.QUEUE_FULL,
    ),
    Scenario(
        "sk-sandbox-bad-key",
        "Refused: the key is not known (HTTP 401, 1002)",
        refusal=Refusal.BAD_KEY,
    ),
    Scenario(
        "sk-sandbox-malformed",
        "Answers the submit with a page that is not JSON; no task is made",
        refusal=Refusal.MALFORMED,
    ),
)

SCENARIOS: Mapping[str, Scenario] = MappingProxyType({each.key: each for each in _ALL})
"""Every key that the sandbox accepts, in the order in which to offer them."""
