"""The keys that visitors gave, in the memory of this process alone; and what any place for them can do."""

from __future__ import annotations

import hashlib
import threading
from typing import Protocol

from weryai_ui.newest import Newest
from weryai_ui.store.following import Visitors
from weryai_ui.store.sealed_keys import SealedKey

INTENT_KEYS_KEPT = 10_000
VISITOR_KEYS_KEPT = 1000


class VisitorKeys(Protocol):
    """Where visitors' own keys are while their tasks are followed. Thread-safe. An empty text is no key."""

    def keep(self, visitor: str, key: str) -> None:
        """Keeps a key as its visitor's newest. May raise `DatabaseAway`."""

    def sealed(self, visitor: str, key: str) -> SealedKey | None:
        """The key as it is to be recorded with a submission that goes with it; None where nothing is."""

    def sent(self, intent_id: str, visitor: str, key: str) -> None:
        """Notes the key that a submission is sent with, once it is recorded."""

    def newest(self, visitor: str) -> str:
        """The key that a visitor gave last, as of now."""

    def is_here(self, visitor: str) -> bool:
        """Whether a visitor has a key, as far as that is known without asking the database."""

    def version(self, visitor: str) -> str:
        """A text that changes with whether a visitor has a key, where the store's own version does not."""

    def to_ask_with(self, visitor: str) -> str:
        """The key that a visitor gave last, as of a moment ago: for questions about tasks that are there."""

    def made(self, intent_id: str, visitor: str) -> str:
        """The key that a submission was sent with, likewise."""

    def of_account(self, intent_id: str, visitor: str, service: str, account: str) -> str:
        """The key of the account that a submission of the ledger was sent with, likewise."""

    def of_plan(self, visitor: str, account: str, held: str) -> str:
        """The key that a plan goes with, as of now. `held`: what this process was given with the plan."""

    def forget(self, visitor: str) -> None:
        """Forgets all keys of a visitor. May raise `DatabaseAway`."""

    def visitors(self) -> Visitors:
        """The visitors whose tasks this process follows with a key of their own."""


def fingerprint(base_url: str, key: str) -> str:
    """Tells accounts apart without the key."""
    return hashlib.sha256(f"{base_url}\n{key}".encode()).hexdigest()


class KeysInMemory(VisitorKeys):
    """The keys that this process was given. They end with it.

    Beyond `VISITOR_KEYS_KEPT` the oldest goes, and its visitor is asked for it again.
    """

    def __init__(self) -> None:
        self._newest = Newest[str, str](VISITOR_KEYS_KEPT)
        # Which key made which task: a visitor may go on with another account's.
        self._sent = Newest[str, tuple[str, str]](INTENT_KEYS_KEPT)
        self._lock = threading.Lock()

    def keep(self, visitor: str, key: str) -> None:
        with self._lock:
            self._newest[visitor] = key

    def sealed(self, visitor: str, key: str) -> SealedKey | None:
        return None

    def sent(self, intent_id: str, visitor: str, key: str) -> None:
        with self._lock:
            self._newest[visitor] = key
            self._sent[intent_id] = visitor, key

    def newest(self, visitor: str) -> str:
        return self._newest.get(visitor, "")

    def is_here(self, visitor: str) -> bool:
        return visitor in self._newest

    def version(self, visitor: str) -> str:
        return "-key" if self.is_here(visitor) else ""

    def to_ask_with(self, visitor: str) -> str:
        return self.newest(visitor)

    def made(self, intent_id: str, visitor: str) -> str:
        return self._sent.get(intent_id, ("", ""))[1]

    def of_account(self, intent_id: str, visitor: str, service: str, account: str) -> str:
        known = (self.made(intent_id, visitor), self.newest(visitor))
        return next((key for key in known if key and fingerprint(service, key) == account), "")

    def of_plan(self, visitor: str, account: str, held: str) -> str:
        return held

    def forget(self, visitor: str) -> None:
        with self._lock:
            self._newest.pop(visitor, None)
            for intent_id in [each for each, (whose, _) in self._sent.items() if whose == visitor]:
                del self._sent[intent_id]

    def visitors(self) -> Visitors:
        with self._lock:
            return tuple(self._newest)
