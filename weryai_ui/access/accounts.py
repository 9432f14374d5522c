"""Which server a request goes to and with whose key; and the keys that visitors gave, in memory only."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from weryai_ui.access.policy import Access, Caller
from weryai_ui.client.key import check_key
from weryai_ui.client.weryai import WeryAIClient
from weryai_ui.errors import AppError, refuse
from weryai_ui.i18n import say
from weryai_ui.newest import Newest
from weryai_ui.sandbox.keys import Keys
from weryai_ui.sandbox.scenarios import SCENARIOS
from weryai_ui.settings import Settings
from weryai_ui.store.ledger_records import OpenEntry
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.variables import Role

CLIENTS_KEPT = 64
INTENT_KEYS_KEPT = 10_000
VISITOR_KEYS_KEPT = 1000
DEFAULT_SCENARIO = next(iter(SCENARIOS))


class NotAllowed(AppError):
    """The request may not go where it was to go; the text says why and what else is possible."""


@dataclass(frozen=True)
class Account:
    """Where a request goes and the key that it goes with; the key stays out of every repr.

    `key` is what people know. `sent_key`, where it differs, also tells the sandbox whose credits to take; it is shown
    nowhere.
    """

    base_url: str
    key: str
    sent_key: str = ""

    @property
    def wire_key(self) -> str:
        """The key that stands in the request's header."""
        return self.sent_key or self.key

    def __repr__(self) -> str:
        return f"Account({self.base_url!r})"

    @property
    def fingerprint(self) -> str:
        """Tells accounts apart without the key."""
        return hashlib.sha256(f"{self.base_url}\n{self.wire_key}".encode()).hexdigest()


class Accounts:
    """The accounts that this server can use. Thread-safe. A visitor is known by the hash of their token.

    `sandbox_url` is set once the server knows its own port.
    """

    def __init__(self, settings: Settings, access: Access) -> None:
        self.sandbox_url = ""
        self.sandbox_keys = Keys()
        self._settings = settings
        self._access = access
        self._visitor_keys = Newest[str, str](VISITOR_KEYS_KEPT)
        # Which key made which task: a visitor may go on with another account's.
        self._intent_keys = Newest[str, str](INTENT_KEYS_KEPT)
        self._lock = threading.Lock()
        self._clients = lru_cache(CLIENTS_KEPT)(WeryAIClient)

    def remember(self, visitor: str, key: str) -> None:
        """Keeps a visitor's own key, so that their tasks can be followed. Raises `ApiKeyError`.

        Beyond `VISITOR_KEYS_KEPT` the oldest goes, and its visitor is asked for it again.
        """
        checked = check_key(key)
        with self._lock:
            self._visitor_keys[visitor] = checked

    def remember_for(self, intent_id: str, key: str) -> None:
        """Keeps the key that a submission was sent with."""
        with self._lock:
            self._intent_keys[intent_id] = key

    def has_key(self, visitor: str) -> bool:
        """Whether this process holds a key of this visitor's own."""
        return visitor in self._visitor_keys

    def key_of(self, visitor: str) -> str:
        """A visitor's own key; empty when this process holds none."""
        return self._visitor_keys.get(visitor, "")

    def visitors_with_keys(self) -> Sequence[str]:
        """The visitors whose tasks this process can follow with a key of their own."""
        with self._lock:
            return tuple(self._visitor_keys)

    def without_key(self) -> Sequence[str]:
        """The destinations whose tasks are not followed here: for want of a key, or because others do it."""
        owners = self._settings.api_key is not None and self._settings.role is not Role.WEB
        sandbox = self._settings.role is Role.ALL
        return (SendTo.OWNER_KEY,) * (not owners) + (SendTo.SANDBOX,) * (not sandbox)

    def base_url(self, send_to: SendTo) -> str:
        """The address of the service that a destination names, without the path of a call."""
        return self.sandbox_url if send_to is SendTo.SANDBOX else self._settings.base_url

    def choose(self, send_to: SendTo, visitor: str, caller: Caller, *, key: str, scenario: str) -> Account:
        """The account of a submission: `key` for the visitor's own, `scenario` for the sandbox.

        Raises `NotAllowed`, or `ApiKeyError` for a key that cannot be one.
        """
        refusal = self._access.refusal(send_to, visitor, caller)
        if refusal is not None:
            raise NotAllowed(refusal)
        match send_to:
            case SendTo.SANDBOX:
                return self._in_sandbox(scenario if scenario in SCENARIOS else DEFAULT_SCENARIO, visitor)
            case SendTo.MY_KEY:
                right_key = check_key(key)
            case _:
                right_key = self._owner_key()
        return Account(self.base_url(send_to), right_key)

    def client(self, account: Account) -> WeryAIClient:
        """A client of that account."""
        return self._clients(account.base_url, account.wire_key)

    def client_for(self, intent: Intent) -> WeryAIClient | None:
        """A client that may ask for the tasks of a submission; None while nobody has its key."""
        send_to = intent.send_to
        if send_to is SendTo.SANDBOX:
            return self.client(self._in_sandbox(intent.scenario or DEFAULT_SCENARIO, intent.visitor))
        if send_to is SendTo.MY_KEY:
            key: str | None = self._intent_keys.get(intent.id) or self._visitor_keys.get(intent.visitor)
        else:
            key = self._owner_key() if self._settings.api_key else None
        return None if key is None else self.client(Account(self.base_url(send_to), key))

    def client_of(self, entry: OpenEntry) -> WeryAIClient | None:
        """A client of the very account that an entry of the ledger was sent with; None while nobody has its key."""
        keys = [self._intent_keys.get(entry.intent_id), self._visitor_keys.get(entry.visitor)]
        if entry.send_to == SendTo.OWNER_KEY:
            keys = [self._owner_key()] if self._settings.api_key else []
        accounts = (Account(entry.service, key) for key in keys if key)
        return next((self.client(account) for account in accounts if account.fingerprint == entry.account), None)

    def _in_sandbox(self, scenario: str, visitor: str) -> Account:
        """An account of the sandbox: each visitor has one of their own there."""
        return Account(self.base_url(SendTo.SANDBOX), scenario, self.sandbox_keys.key_for(scenario, visitor))

    def is_its_own(self, intent: Intent) -> bool:
        """Whether it is certain that `client_for` asks with the key that made the task."""
        return intent.send_to is not SendTo.MY_KEY or intent.id in self._intent_keys

    def _owner_key(self) -> str:
        key = self._settings.api_key
        if key is None:
            raise NotAllowed(refuse("access.no_owner_key", others=say("access.own_key")))
        return key.get_secret_value()


def token_hash(token: str) -> str:
    """The hash of an unguessable token: a look at the database gives nobody the token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def visitor_id(token: str) -> str:
    """What the store knows a visitor by: the hash of the token that their browser keeps."""
    return token_hash(token)
