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
AT_ONCE_SECONDS = 0.5
LATE_SECONDS = 455.0  # the longest that a failure without a word took (measured)
JAM_SECONDS = 1200.0
LINK_LATER_SECONDS = 30.0  # from the end until the link is there
FRESH_SECONDS = 1.0  # from the end until a fresh link can be read


class Refusal(Enum):
    """What a submit meets before any task is made."""

    NO_CREDITS = "no credits"
    RATE_LIMITED = "rate limited"
    QUEUE_FULL = "queue full"
    BAD_KEY = "bad key"
    MALFORMED = "malformed answer"
    MODEL_GONE = "model gone"


class Broken(Enum):
    """What comes back of a submit that was taken and whose task was made."""

    TIMEOUT = "a gateway's 504"
    RESET = "the connection ends"
    EMPTY = "an empty 200"
    HTML = "a page"


class Finish(Enum):
    """How a finished task is told."""

    PLAIN = "succeed, with its link"
    COMPLETED = "completed, with video_urls"
    LINK_LATER = "succeed, and the link later"
    FRESH_LINK = "succeed, with a link that cannot be read yet"


class Fate(Enum):
    """How the tasks of an accepted submit end."""

    SUCCEED = "succeed"
    FAIL = "fail"
    CONTENT = "content check"
    LAST_FAILS = "the last of several fails"
    IMAGE_AUDIT = "image audit"
    COPYRIGHT = "copyright"
    BUSY = "rate limit inside the task"
    SILENT = "no reason"


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
    broken: Broken | None = None
    finish: Finish = Finish.PLAIN

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
        "Accepted, then refused by the content check: fails by its sound (2003)",
        fate=Fate.CONTENT,
    ),
    Scenario(
        "sk-sandbox-image-audit",
        "Accepted, then a reference picture is refused at once",
        fate=Fate.IMAGE_AUDIT,
        queue_seconds=0.0,
        making_seconds=AT_ONCE_SECONDS,
    ),
    Scenario("sk-sandbox-copyright", "Accepted, then refused for copyright", fate=Fate.COPYRIGHT),
    Scenario("sk-sandbox-busy", "Accepted, then fails: a rate limit inside the task", fate=Fate.BUSY),
    Scenario("sk-sandbox-no-reason", "Accepted, then fails without a word", fate=Fate.SILENT),
    Scenario(
        "sk-sandbox-late-failure",
        "Accepted, and fails without a word after seven and a half minutes",
        fate=Fate.SILENT,
        making_seconds=LATE_SECONDS,
    ),
    Scenario(
        "sk-sandbox-jam",
        "Succeeds after 20 minutes, as in a jam",
        queue_seconds=JAM_SECONDS / 2,
        making_seconds=JAM_SECONDS,
    ),
    Scenario(
        "sk-sandbox-completed",
        "Succeeds by other names: completed, video_urls",
        finish=Finish.COMPLETED,
    ),
    Scenario(
        "sk-sandbox-link-later",
        "Succeeds without a link, which comes half a minute later",
        finish=Finish.LINK_LATER,
    ),
    Scenario(
        "sk-sandbox-fresh-link",
        "Succeeds, and the film's link cannot be read for a second (404)",
        finish=Finish.FRESH_LINK,
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
        "Refused: too many requests, try again in 5 s (1001)",
        refusal=Refusal.RATE_LIMITED,
    ),
    Scenario(
        "sk-sandbox-queue-full",
        "Refused: the queue is full (1007)",
        refusal=Refusal.QUEUE_FULL,
    ),
    Scenario(
        "sk-sandbox-model-gone",
        "Refused: the model is not offered any more (1006)",
        refusal=Refusal.MODEL_GONE,
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
    Scenario("sk-sandbox-made-timeout", "The task is made, and a gateway answers 504", broken=Broken.TIMEOUT),
    Scenario("sk-sandbox-made-reset", "The task is made, and the connection ends", broken=Broken.RESET),
    Scenario("sk-sandbox-made-empty", "The task is made, and the answer is empty", broken=Broken.EMPTY),
    Scenario("sk-sandbox-made-html", "The task is made, and a web page comes back", broken=Broken.HTML),
)

SCENARIOS: Mapping[str, Scenario] = MappingProxyType({each.key: each for each in _ALL})
"""Every key that the sandbox accepts, in the order in which to offer them."""
