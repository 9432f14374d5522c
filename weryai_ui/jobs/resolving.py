"""What became of a submission whose answer was lost: the balance then and now, and the task that a person found."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import ListedTask, identifier
from weryai_ui.client.weryai import WeryAIClient
from weryai_ui.newest import Newest
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.store.submissions import Store

KNOWN_SECONDS = 600.0
"""A balance that was asked for longer ago says little of the moment before a press."""
ACCOUNTS_KEPT = 1000


class Adopted(StrEnum):
    """What became of an id that a person gave; its words stand under `adopt`."""

    FOLLOWED = "followed"
    NO_ID = "no_id"
    NO_KEY = "no_key"
    NOT_KNOWN = "not_known"
    NO_ANSWER = "no_answer"
    TAKEN = "taken"
    SETTLED = "settled"


@dataclass(frozen=True)
class Unresolved:
    """What can be known of a submission whose answer was lost.

    `here`: it went to the sandbox. `before`, `now`: credits, None where nobody knows. `listed`: tasks of the same
    account, where the service lists them for programs, which only the sandbox does.
    """

    here: bool
    before: int | None
    now: int | None
    listed: tuple[ListedTask, ...] = ()


class Balances:
    """The last balance of each account, as long as nothing was sent with it since. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known = Newest[str, tuple[int, float]](ACCOUNTS_KEPT)
        self._lock = threading.Lock()

    def learn(self, account: str, credits: int | None) -> None:
        """Keeps what an account has been asked for just now."""
        with self._lock:
            if credits is None:
                self._known.pop(account, None)
            else:
                self._known[account] = credits, self._clock()

    def spend(self, account: str) -> int | None:
        """The credits before a submit that goes out now; afterwards they are not known any more."""
        with self._lock:
            credits, at = self._known.pop(account, (None, 0.0))
        return credits if self._clock() - at <= KNOWN_SECONDS else None


def unresolved(client: WeryAIClient | None, intent: Intent) -> Unresolved:
    """What the account of a submission says now, beside what was known before it."""
    here = intent.send_to is SendTo.SANDBOX
    if client is None:
        return Unresolved(here, intent.credits_before, None)
    listed = client.listed() if here else ()
    since = tuple(task for task in listed if task.created_at is None or task.created_at >= intent.created_at - 1)
    return Unresolved(here, intent.credits_before, client.balance(), since)


def adopt(store: Store, client: WeryAIClient | None, intent: Intent, typed: str, due_at: float) -> Adopted:
    """Follows the task of an id that a person typed as this submission's own, when the service knows it with this key.

    One status call; whatever else comes out of it, nothing is changed.
    """
    task_id = identifier(typed)
    if intent.outcome is not Outcome.UNKNOWN:
        return Adopted.SETTLED
    if intent.unsaved:
        return Adopted.NO_ANSWER
    if task_id is None:
        return Adopted.NO_ID
    if client is None:
        return Adopted.NO_KEY
    answer = client.status(task_id)
    if answer.not_found or (answer.status is not None and answer.status.task_id not in (None, task_id)):
        return Adopted.NOT_KNOWN
    if answer.status is None:
        return Adopted.NO_ANSWER
    return Adopted.FOLLOWED if store.adopt(intent.id, task_id, due_at) else Adopted.TAKEN
