"""Which server a request goes to and with whose key."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from weryai_ui.access.policy import Access, Caller
from weryai_ui.access.sealed_keys import KeysInStore
from weryai_ui.access.visitor_keys import KeysInMemory, VisitorKeys, fingerprint
from weryai_ui.client.key import check_key
from weryai_ui.client.weryai import WeryAIClient
from weryai_ui.errors import AppError, refuse
from weryai_ui.i18n import say
from weryai_ui.sandbox.keys import Keys
from weryai_ui.sandbox.scenarios import SCENARIOS
from weryai_ui.settings import Settings
from weryai_ui.store.following import Visitors
from weryai_ui.store.ledger_records import OpenEntry
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.store.sealed_keys import SealedKey, SealedKeys
from weryai_ui.variables import Role

CLIENTS_KEPT = 64
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
        return fingerprint(self.base_url, self.wire_key)


class Accounts:
    """The accounts that this server can use. Thread-safe. A visitor is known by the hash of their token.

    `sandbox_url` is set once the server knows its own port, or from the settings.
    """

    def __init__(
        self, settings: Settings, access: Access, store: SealedKeys, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.sandbox_url = ""
        secret = settings.sandbox_secret
        self.sandbox_keys = Keys("" if secret is None else secret.get_secret_value())
        self._settings = settings
        self._access = access
        self._keys: VisitorKeys = KeysInMemory()
        if settings.sealing_keys:
            follows = settings.role is not Role.WEB
            url = settings.base_url
            self._keys = KeysInStore(store, settings.sealing_keys, url, follows=follows, monotonic=monotonic)
        self._clients = lru_cache(CLIENTS_KEPT)(WeryAIClient)

    def remember(self, visitor: str, key: str) -> None:
        """Keeps a visitor's own key, so that their tasks can be followed. Raises `ApiKeyError`, or `DatabaseAway`."""
        self._keys.keep(visitor, check_key(key))

    def sealed(self, visitor: str, account: Account) -> SealedKey | None:
        """The key of a visitor's own account as it is to be recorded with a submission; None where nothing is."""
        return self._keys.sealed(visitor, account.key)

    def sent(self, intent_id: str, visitor: str, account: Account) -> None:
        """Keeps the key that a visitor's submission is sent with."""
        self._keys.sent(intent_id, visitor, account.key)

    def forget(self, visitor: str) -> None:
        """Forgets the keys of a visitor's own. Raises `DatabaseAway`."""
        self._keys.forget(visitor)
        self._clients.cache_clear()

    def has_key(self, visitor: str) -> bool:
        """Whether a key of this visitor's own is at hand."""
        return bool(self.key_of(visitor))

    def has_key_here(self, visitor: str) -> bool:
        """The same, as far as it is known without asking the database."""
        return self._keys.is_here(visitor)

    def key_version(self, visitor: str) -> str:
        """A text that changes with whether there is one, where the store's version of what is seen does not."""
        return self._keys.version(visitor)

    def key_of(self, visitor: str) -> str:
        """A visitor's own key; empty when none is at hand."""
        return self._keys.newest(visitor)

    def key_of_plan(self, visitor: str, account: str, held: str) -> str:
        """The key that a plan goes with; empty when it is not at hand. `held`: what came with the plan."""
        return self._keys.of_plan(visitor, account, held)

    def account_of(self, key: str) -> str:
        """The fingerprint of the account that a visitor's own key names; empty without a key."""
        return fingerprint(self._settings.base_url, key) if key else ""

    def visitors_with_keys(self) -> Visitors:
        """The visitors whose tasks this process can follow with a key of their own."""
        return self._keys.visitors()

    def without_key(self) -> Sequence[str]:
        """The destinations whose tasks are not followed here: for want of a key, or because others do it."""
        owners = self._settings.api_key is not None and self._settings.role is not Role.WEB
        shared = bool(self._settings.sandbox_url) and self._settings.role is Role.WORKER
        sandbox = self._settings.role is Role.ALL or shared
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

    def client_for(self, intent: Intent, *, now: bool = False) -> WeryAIClient | None:
        """A client that may ask for the tasks of a submission; None while nobody has its key.

        `now`: for who has not just claimed a task of its visitor, so that a key which was forgotten is not used.
        """
        send_to = intent.send_to
        if send_to is SendTo.SANDBOX:
            return self.client(self._in_sandbox(intent.scenario or DEFAULT_SCENARIO, intent.visitor))
        if send_to is SendTo.MY_KEY:
            if now:
                self._keys.newest(intent.visitor)
            key: str | None = self._keys.made(intent.id, intent.visitor) or self._keys.to_ask_with(intent.visitor)
        else:
            key = self._owner_key() if self._settings.api_key else None
        return self.client(Account(self.base_url(send_to), key)) if key else None

    def client_of(self, entry: OpenEntry) -> WeryAIClient | None:
        """A client of the very account that an entry of the ledger was sent with; None while nobody has its key."""
        if entry.send_to == SendTo.OWNER_KEY:
            owners = Account(entry.service, self._owner_key()) if self._settings.api_key else None
            return self.client(owners) if owners is not None and owners.fingerprint == entry.account else None
        key = self._keys.of_account(entry.intent_id, entry.visitor, entry.service, entry.account)
        return self.client(Account(entry.service, key)) if key else None

    def _in_sandbox(self, scenario: str, visitor: str) -> Account:
        """An account of the sandbox: each visitor has one of their own there."""
        return Account(self.base_url(SendTo.SANDBOX), scenario, self.sandbox_keys.key_for(scenario, visitor))

    def is_its_own(self, intent: Intent) -> bool:
        """Whether it is certain that `client_for` asks with the key that made the task."""
        return intent.send_to is not SendTo.MY_KEY or bool(self._keys.made(intent.id, intent.visitor))

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
