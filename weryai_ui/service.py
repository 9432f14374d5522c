"""The use cases: check, submit, tasks, forget. The page, the named endpoints and the tests call this.

form values -> validation -> intent in the store -> one POST -> outcome and task ids in the store. The
follower takes it from there.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from weryai_ui.access import Access, SendTo
from weryai_ui.client.key import check_key
from weryai_ui.client.weryai import WeryAIClient
from weryai_ui.errors import ApiKeyError, StudioError
from weryai_ui.follower import Follower
from weryai_ui.sandbox.scenarios import SCENARIOS
from weryai_ui.settings import Settings
from weryai_ui.spill import Spill
from weryai_ui.store.records import Intent, LoggedExchange, NewIntent, Shelf
from weryai_ui.store.store import Store
from weryai_ui.validation import Checked, check

log = logging.getLogger(__name__)

SANDBOX_POLL_SECONDS = 1.0
"""The sandbox is on this machine and its tasks take seconds."""
VISITOR_TOKEN_BYTES = 32
CLIENTS_KEPT = 64
PRESS_PATTERN = re.compile(r"[A-Za-z0-9_-]{8,64}")
DEFAULT_SCENARIO = next(iter(SCENARIOS))


DATABASE_AWAY = (
    "The app's own database did not take the record that comes before every request, "
    "so nothing was sent and nothing was spent. Try again in a minute."
)


class NotAllowed(StudioError):
    """The request may not go where it was to go; the text says why and what else is possible."""


@dataclass(frozen=True)
class Press:
    """One press of *Generate*: the form as typed, and on whose account it goes.

    `key` is used only for `SendTo.MY_KEY`, `scenario` (a sandbox key) only for the sandbox. `token` is one
    for each press: the same token with the same body is the same press, however often it arrives.
    """

    values: Mapping[str, Any]
    send_to: SendTo
    visitor: str
    key: str = ""
    scenario: str = DEFAULT_SCENARIO
    token: str = ""


@dataclass(frozen=True)
class Submitted:
    """What became of a press. `intent` is None when nothing was sent because of problems or a refusal."""

    checked: Checked
    intent: Intent | None
    refusal: str | None = None


@dataclass(frozen=True)
class _Account:
    """Where a request goes and the key that it goes with; the key stays out of every repr."""

    base_url: str
    key: str

    def __repr__(self) -> str:
        return f"_Account({self.base_url!r})"


class Service:
    """Everything the app can do, for every entrance alike. Thread-safe.

    `sandbox_url` is set once the server knows its own port.
    """

    def __init__(self, settings: Settings, store: Store, *, clock: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self.access = Access(settings)
        self.sandbox_url = ""
        self._store = store
        self._clock = clock
        self._spill = Spill(settings.data_dir)
        self._visitor_keys: dict[str, str] = {}
        self._lock = threading.Lock()
        self._clients = lru_cache(CLIENTS_KEPT)(WeryAIClient)
        self.follower = Follower(
            store,
            client_for=self._client_for,
            interval=self._interval,
            visitors_with_keys=self._visitors_with_keys,
            polls_at_once=settings.polls_at_once,
            housekeeping=self._take_up_unsaved,
            clock=clock,
        )

    def start(self, sandbox_url: str) -> None:
        """Takes up what an earlier process left behind and begins to follow."""
        self.sandbox_url = sandbox_url.rstrip("/")
        self._take_up_unsaved()
        self.follower.start()

    def stop(self) -> None:
        """Stops following; what is unfinished stays in the store for the next start."""
        self.follower.stop()
        self._store.close()

    # --- visitors ----------------------------------------------------------------------------------

    @staticmethod
    def new_visitor() -> str:
        """A new visitor token, 256 bits, for the browser to keep; the store sees only its hash."""
        return secrets.token_urlsafe(VISITOR_TOKEN_BYTES)

    def remember_key(self, visitor: str, key: str) -> None:
        """Keeps a visitor's own key in memory, so that their tasks can be followed. Raises `ApiKeyError`."""
        with self._lock:
            self._visitor_keys[visitor_id(visitor)] = check_key(key)

    def has_key(self, visitor: str) -> bool:
        """Whether this process holds a key of this visitor's own."""
        return visitor_id(visitor) in self._visitor_keys

    # --- use cases ---------------------------------------------------------------------------------

    def check(self, values: Mapping[str, Any]) -> Checked:
        """Every problem and warning of these form values; nothing is sent."""
        return check(values, self.settings.models)

    def endpoint(self, send_to: SendTo) -> str:
        """The full URL that a submit goes to."""
        return WeryAIClient(self._base_url(send_to), "sk-none").endpoint

    def key_of(self, press: Press) -> str:
        """The key that a press would go with, for a caller that shows it masked; empty when there is none."""
        try:
            return self._account(press).key
        except (NotAllowed, ApiKeyError):
            return ""

    def refusal(self, press: Press) -> str | None:
        """Why a press would not be sent although its values are right, in a sentence; None when it would."""
        try:
            self._account(press)
        except (NotAllowed, ApiKeyError) as error:
            return str(error)
        return None

    def submit(self, press: Press) -> Submitted:
        """Checks, records the intent, posts once, records what became of it.

        Never posts when there is a problem, when access refuses, or when the same press was here before.
        Raises nothing for anything on the wire: the outcome stands in the intent.
        """
        checked = self.check(press.values)
        if checked.request is None:
            return Submitted(checked, None)
        try:
            account = self._account(press)
        except (NotAllowed, ApiKeyError) as error:
            return Submitted(checked, None, str(error))
        client = self._clients(account.base_url, account.key)
        body = json.dumps(checked.request.payload(), ensure_ascii=False, separators=(",", ":"))
        new = NewIntent(
            visitor=visitor_id(press.visitor),
            press=press.token if PRESS_PATTERN.fullmatch(press.token) else secrets.token_hex(16),
            body=body,
            send_to=press.send_to,
            scenario=account.key if press.send_to is SendTo.SANDBOX else None,
            endpoint=client.endpoint,
        )
        try:
            begun = self._store.begin(new)
        except SQLAlchemyError as error:
            log.error("nothing was sent, the database refused the intent: %s", type(error).__name__)
            return Submitted(checked, None, DATABASE_AWAY)
        if not begun.new:
            return Submitted(checked, begun.intent)
        if press.send_to is SendTo.MY_KEY:
            self.remember_key(press.visitor, press.key)
        return Submitted(checked, self._post(begun.intent, client))

    def _post(self, intent: Intent, client: WeryAIClient) -> Intent:
        submission = client.submit(intent.body.encode())
        log.info(
            "submit intent=%s visitor=%s to=%s outcome=%s http=%s code=%s tasks=%d seconds=%.2f",
            intent.id[:8],
            intent.visitor[:8],
            intent.send_to,
            submission.outcome.value,
            submission.exchange.http_status,
            submission.code,
            len(submission.task_ids),
            submission.exchange.seconds,
        )
        first_due_at = self._clock() + self._interval(intent)
        try:
            return self._store.finish(intent.id, submission, first_due_at)
        except SQLAlchemyError as error:
            log.error("the outcome of %s went to the spill file: %s", intent.id[:8], type(error).__name__)
            return self._spill.keep(intent, submission)

    def submit_again(self, visitor: str, intent_id: str, *, key: str, token: str) -> Submitted | None:
        """Sends the body of one of the visitor's presses once more, as a press of its own; None when not theirs.

        For an outcome that nobody knows: the first may have been accepted and charged, and this may be charged
        again. Only a person decides that. `key` is needed again for a visitor's own key.
        """
        opened = self.open(visitor, intent_id)
        if opened is None:
            return None
        intent, _ = opened
        again = Press(
            values=intent.payload,
            send_to=SendTo(intent.send_to),
            visitor=visitor,
            key=key or self._visitor_keys.get(intent.visitor, ""),
            scenario=intent.scenario or DEFAULT_SCENARIO,
            token=token,
        )
        return self.submit(again)

    def tasks(self, visitor: str, *, limit: int = 20, offset: int = 0, shelf: Shelf = Shelf.ALL) -> tuple[Intent, ...]:
        """The visitor's presses with their tasks, newest first."""
        return self._store.of_visitor(visitor_id(visitor), limit=limit, offset=offset, shelf=shelf)

    def stamp(self, visitor: str) -> str:
        """A text that changes whenever what `tasks` shows changes."""
        return self._store.stamp(visitor_id(visitor))

    def open(self, visitor: str, intent_id: str) -> tuple[Intent, tuple[LoggedExchange, ...]] | None:
        """One of the visitor's presses with every exchange; None when it is not theirs."""
        try:
            intent = self._store.intent(intent_id)
        except KeyError:
            return None
        if not secrets.compare_digest(intent.visitor, visitor_id(visitor)):
            return None
        return intent, self._store.timeline(intent_id)

    def forget(self, visitor: str, intent_id: str) -> bool:
        """Deletes one of the visitor's presses here. Nothing is deleted at the service."""
        return self._store.forget(visitor_id(visitor), intent_id)

    def _take_up_unsaved(self) -> None:
        try:
            self._spill.take_up(self._store, self._clock())
        except SQLAlchemyError as error:
            log.error("the database did not take the unsaved outcomes: %s", type(error).__name__)

    # --- whose key, which server ---------------------------------------------------------------------

    def _account(self, press: Press) -> _Account:
        refusal = self.access.refusal(press.send_to)
        if refusal is not None:
            raise NotAllowed(refusal)
        base_url = self._base_url(press.send_to)
        match press.send_to:
            case SendTo.SANDBOX:
                scenario = press.scenario if press.scenario in SCENARIOS else DEFAULT_SCENARIO
                return _Account(base_url, scenario)
            case SendTo.MY_KEY:
                return _Account(base_url, check_key(press.key))
            case _:
                return _Account(base_url, self._owner_key())

    def _base_url(self, send_to: SendTo) -> str:
        return self.sandbox_url if send_to is SendTo.SANDBOX else self.settings.base_url

    def _owner_key(self) -> str:
        key = self.settings.api_key
        if key is None:
            raise NotAllowed("This server has no key of its own.")
        return key.get_secret_value()

    def _client_for(self, intent: Intent) -> WeryAIClient | None:
        send_to = SendTo(intent.send_to)
        if send_to is SendTo.SANDBOX:
            return self._clients(self.sandbox_url, intent.scenario or DEFAULT_SCENARIO)
        if send_to is SendTo.MY_KEY:
            key = self._visitor_keys.get(intent.visitor)
            return None if key is None else self._clients(self.settings.base_url, key)
        if self.settings.api_key is None:
            return None
        return self._clients(self.settings.base_url, self._owner_key())

    def _visitors_with_keys(self) -> Sequence[str]:
        with self._lock:
            return tuple(self._visitor_keys)

    def _interval(self, intent: Intent) -> float:
        base = self.settings.poll_seconds
        return min(base, SANDBOX_POLL_SECONDS) if intent.send_to == SendTo.SANDBOX else base


def visitor_id(token: str) -> str:
    """What the store knows a visitor by: the hash of the token that their browser keeps."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
