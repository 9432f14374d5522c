"""The keys that visitors gave, sealed in the store: any process with the owner's secret finds them."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import SecretStr

from weryai_ui.access.visitor_keys import INTENT_KEYS_KEPT, VISITOR_KEYS_KEPT, VisitorKeys, fingerprint
from weryai_ui.errors import DatabaseAway
from weryai_ui.newest import Newest
from weryai_ui.store.following import Visitors
from weryai_ui.store.sealed_keys import SealedKey, SealedKeys, visitors_of

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

log = logging.getLogger(__name__)

TRUSTED_S = 10.0
"""So long polls go on with what was read, and they alone: no task is claimed whose visitor has no key any more."""
AGAIN_S = 5.0
"""A key that was not there is looked for again after so long."""
MARK_CHARACTERS = 16


class Seals:
    """Seals with the first of the owner's secrets and opens with any. `cryptography` is imported when it is needed."""

    def __init__(self, secrets: Sequence[SecretStr]) -> None:
        self._secrets = secrets
        self.marks = tuple(_mark(each.get_secret_value()) for each in secrets)
        """What stands beside a sealed text, so that nobody tries to open what they cannot."""

    @cached_property
    def _fernet(self) -> MultiFernet:
        from cryptography.fernet import Fernet, MultiFernet

        return MultiFernet([Fernet(each.get_secret_value()) for each in self._secrets])

    def seal(self, visitor: str, key: str) -> str:
        """A text that opens for this visitor alone: a row that is moved to another is none of theirs."""
        return self._fernet.encrypt(f"{visitor}\n{key}".encode()).decode()

    def open(self, visitor: str, sealed: str) -> str:
        """The key; empty where no secret opens it, or it is another visitor's."""
        from cryptography.fernet import InvalidToken

        try:
            whose, _, key = self._fernet.decrypt(sealed).decode().partition("\n")
        except (InvalidToken, ValueError):
            return ""
        return key if whose == visitor else ""


@dataclass(frozen=True)
class _Opened:
    """A visitor's keys by their accounts, the newest first, and when they were read."""

    keys: Mapping[str, str]
    at: float

    @property
    def newest(self) -> str:
        return next(iter(self.keys.values()), "")


class KeysInStore(VisitorKeys):
    """The keys of visitors in one database. `service`: the base URL that they are for.

    `follows`: whether this process does the work behind the page. While the database is away the keys are known that
    were read before.
    """

    def __init__(
        self,
        store: SealedKeys,
        secrets: Sequence[SecretStr],
        service: str,
        *,
        follows: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._seals = Seals(secrets)
        self._service = service
        self._visitors: Visitors = visitors_of(self._seals.marks) if follows else ()
        self._monotonic = monotonic
        self._opened = Newest[str, _Opened](VISITOR_KEYS_KEPT)
        self._accounts = Newest[str, str](INTENT_KEYS_KEPT)
        self._lock = threading.Lock()
        self._has_complained = False

    def keep(self, visitor: str, key: str) -> None:
        self._store.keep(self.sealed(visitor, key))
        self._read(visitor)

    def sealed(self, visitor: str, key: str) -> SealedKey:
        account = fingerprint(self._service, key)
        return SealedKey(visitor, account, self._seals.seal(visitor, key), self._seals.marks[0])

    def sent(self, intent_id: str, visitor: str, key: str) -> None:
        account = fingerprint(self._service, key)
        known = self._known(visitor)
        # Nothing may be asked between the record of a submission and its POST.
        self._note(visitor, {account: key, **({} if known is None else known.keys)})
        with self._lock:
            self._accounts[intent_id] = account

    def newest(self, visitor: str) -> str:
        return self._read(visitor).newest

    def is_here(self, visitor: str) -> bool:
        known = self._known(visitor)
        return known is not None and bool(known.keys)

    def version(self, visitor: str) -> str:
        return ""

    def to_ask_with(self, visitor: str) -> str:
        return self._recent(visitor).newest

    def made(self, intent_id: str, visitor: str) -> str:
        account = self._account_of(intent_id)
        return self._recent(visitor, account).keys.get(account, "") if account else ""

    def of_account(self, intent_id: str, visitor: str, service: str, account: str) -> str:
        return self._recent(visitor, account).keys.get(account, "") if service == self._service else ""

    def of_plan(self, visitor: str, account: str, held: str) -> str:
        return self._read(visitor).keys.get(account, "")

    def forget(self, visitor: str) -> None:
        self._store.forget(visitor)
        with self._lock:
            self._opened.pop(visitor, None)

    def visitors(self) -> Visitors:
        return self._visitors

    def _account_of(self, intent_id: str) -> str:
        account = self._accounts.get(intent_id)
        if account is None:
            try:
                account = self._store.account_of(intent_id)
            except DatabaseAway:
                return ""
            with self._lock:
                self._accounts[intent_id] = account
        return account

    def _known(self, visitor: str) -> _Opened | None:
        with self._lock:
            return self._opened.get(visitor)

    def _recent(self, visitor: str, account: str = "") -> _Opened:
        """A visitor's keys as they were read not long ago; anew where there is none, or not of this account."""
        known = self._known(visitor)
        if known is not None:
            is_found = account in known.keys if account else bool(known.keys)
            if self._monotonic() - known.at < (TRUSTED_S if is_found else AGAIN_S):
                return known
        return self._read(visitor)

    def _read(self, visitor: str) -> _Opened:
        """A visitor's keys as they are in the database."""
        try:
            rows = self._store.of(visitor)
        except DatabaseAway:
            return self._known(visitor) or _Opened({}, self._monotonic())
        opened = {each.account: self._seals.open(visitor, each.sealed) for each in rows}
        keys = {account: key for account, key in opened.items() if key}
        if len(keys) < len(rows) and not self._has_complained:
            self._has_complained = True
            log.warning(
                "keys of visitors are in the database that WERYAI_SECRET does not open; they count as not given"
            )
        return self._note(visitor, keys)

    def _note(self, visitor: str, keys: Mapping[str, str]) -> _Opened:
        now = self._monotonic()
        opened = _Opened(keys, now)
        with self._lock:
            self._opened[visitor] = opened
            for old in [each for each, kept in self._opened.items() if now - kept.at > TRUSTED_S]:
                del self._opened[old]
        return opened


def _mark(secret: str) -> str:
    return hashlib.sha256(f"visitors' keys\n{secret}".encode()).hexdigest()[:MARK_CHARACTERS]
