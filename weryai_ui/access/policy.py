"""Who may spend whose credits, and how much. Asked by the service before anything is sent, for every entrance.

The owner's key on a page that strangers can open is closed until the owner says otherwise: every handler
of a Gradio page can be called directly, so hiding a button protects nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from pydantic import SecretStr

from weryai_ui.access.throttle import Throttle
from weryai_ui.errors import DatabaseAway, Refusal, refuse
from weryai_ui.i18n import say
from weryai_ui.newest import Newest
from weryai_ui.request.price import amount
from weryai_ui.settings import Settings
from weryai_ui.store.budget import Budget, BudgetSpent
from weryai_ui.store.grants import Grants
from weryai_ui.store.records import SendTo
from weryai_ui.variables import SandboxMode

GRANT_SECONDS = 12 * 3600.0
"""How long a right access code opens the owner's key for the visitor who gave it."""
GRANTS_KEPT = 10_000
LOOK_AGAIN_S = 1.0
"""So long a visitor without a grant is not looked up again: a page asks for its board all the time."""


@dataclass(frozen=True)
class Caller:
    """Who asks, as far as the server itself knows: nothing in it is a value that the caller chose.

    `login` is a name that Gradio's login has checked, `user` one that Hugging Face has. `from_elsewhere`: the request
    came through a proxy or under another host's name, so that the page is not private whatever the settings say.
    `address`: a hash of where it came from.
    """

    login: str = ""
    user: str = ""
    from_elsewhere: bool = False
    request_id: str = "-"
    address: str = ""

    @property
    def name(self) -> str:
        """The checked name, told apart by who checked it; empty without one."""
        if self.login:
            return f"login:{self.login}"
        return f"user:{self.user.lower()}" if self.user else ""


HERE = Caller()
"""Somebody at this machine, and nobody in particular."""


class Access:
    """What visitors of this server may do. Thread-safe.

    Which doors there are is decided once, by the settings. Who came through the door with the code is remembered for
    `GRANT_SECONDS`, in `grants` by every process at one database; another code asks everybody again. `clock` is one
    that nobody can set: set back, it would lock the right code out for as long.
    """

    def __init__(
        self,
        settings: Settings,
        grants: Grants | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        processes: Callable[[], int] = lambda: 1,
    ) -> None:
        self.settings = settings
        self._kept = grants
        self.is_stopped: Callable[[], bool] = lambda: False
        """Whether the owner has stopped spending, for all processes; who has a database says it."""
        self._clock = clock
        self._throttle = Throttle(clock, processes)
        self._grants = Newest[str, float](GRANTS_KEPT)
        self._looked = Newest[str, float](GRANTS_KEPT)
        self._lock = threading.Lock()

    # --- what there is -------------------------------------------------------------------------------

    @property
    def locked(self) -> bool:
        """Whether the owner named a code or people, so that nobody else spends the owner's credits."""
        settings = self.settings
        return bool(settings.access_code or settings.logins or settings.allowed_users)

    @property
    def owner_key_closed(self) -> bool:
        """Whether there is an owner's key that this page must not spend for any of its visitors."""
        return self.settings.api_key is not None and not self.locked and not self._open_to_anyone(HERE)

    @property
    def offers(self) -> tuple[SendTo, ...]:
        """The places a request may go to, the default first."""
        offers = [SendTo.MY_KEY]
        has_owner_key = self.settings.api_key is not None and not self.owner_key_closed
        if has_owner_key:
            offers.insert(len(offers) if self.locked else 0, SendTo.OWNER_KEY)
        if self.settings.sandbox is not SandboxMode.OFF:
            first = self.settings.sandbox is SandboxMode.ON or offers[0] is not SendTo.OWNER_KEY
            offers.insert(0 if first else len(offers), SendTo.SANDBOX)
        return tuple(offers)

    def budget(self, send_to: SendTo) -> Budget | None:
        """The limits of a destination; None where nothing is counted.

        The sandbox is free. A visitor's own key is their own money: the day's budget is not about it.
        """
        if send_to is SendTo.SANDBOX:
            return None
        settings = self.settings
        if send_to is SendTo.MY_KEY:
            return Budget(None, settings.tasks_per_visitor_hour, settings.tasks_at_once)
        return Budget(
            settings.tasks_per_day,
            settings.tasks_per_visitor_hour,
            settings.tasks_at_once,
            settings.credits_per_day,
            settings.credits_per_visitor_day,
        )

    def advice(self) -> str | None:
        """What the log tells the owner about the owner's key; None when there is nothing to tell."""
        if self.owner_key_closed:
            return (
                "The owner's key is closed, because strangers can open this page. To open it, set WERYAI_ACCESS_CODE, "
                "or WERYAI_LOGINS, or on a Space WERYAI_ALLOWED_USERS, or WERYAI_ANYONE_MAY_SPEND with "
                "WERYAI_TASKS_PER_DAY."
            )
        if self.settings.api_key is not None and self.settings.reachable_from_elsewhere and not self.locked:
            return f"Anyone who opens this page may spend up to {self.settings.tasks_per_day} tasks a day."
        return None

    # --- who may -------------------------------------------------------------------------------------

    def refusal(self, send_to: SendTo, visitor: str = "", caller: Caller = HERE) -> Refusal | None:
        """Why a visitor may not send there, in a sentence; None when they may. `visitor` is the visitor's id."""
        if send_to is SendTo.OWNER_KEY:
            return self._owner_refusal(visitor, caller)
        if send_to not in self.offers:
            return refuse("access.no_sandbox")
        return None

    def needs_code(self, visitor: str) -> bool:
        """Whether the access code would open the owner's key for this visitor, and has not yet."""
        has_door = self.settings.api_key is not None and self.settings.access_code is not None
        return has_door and not self._has_grant(visitor)

    def enter(self, visitor: str, code: str) -> Refusal | None:
        """Tries an access code; None when it was right, else why not, in a sentence. Wrong ones are slowed down."""
        wanted = self.settings.access_code
        if wanted is None or not visitor:
            return None
        right, wait = self._throttle.attempt(f"visitor:{visitor}", lambda: same_secret(wanted, code.strip()))
        if not right:
            return refuse("access.wrong_code", seconds=math.ceil(wait))
        with self._lock:
            self._grants[visitor] = self._clock() + GRANT_SECONDS
        if self._kept is not None:
            # While the database is away, this process knows it all the same.
            with suppress(DatabaseAway):
                self._kept.keep(visitor, _seal(wanted, visitor), GRANT_SECONDS)
        return None

    def login(self, name: str, password: str) -> bool:
        """Whether a name and a password are one of the owner's logins; wrong ones are slowed down."""
        wanted = self.settings.logins.get(name) or SecretStr("")
        right, _ = self._throttle.attempt(f"login:{_digest(name).hex()}", lambda: same_secret(wanted, password))
        return right and name in self.settings.logins

    def _owner_refusal(self, visitor: str, caller: Caller) -> Refusal | None:
        if self.settings.api_key is None:
            return self._use_others("access.no_owner_key")
        if self.is_stopped():
            return refuse("access.stopped")
        if not self.locked:
            if self._open_to_anyone(caller):
                return None
            return self._use_others("access.closed")
        if self._has_grant(visitor) or self._is_named(caller):
            return None
        if self.settings.access_code is not None:
            return self._use_others("access.needs_code")
        return self._use_others("access.named_only")

    def _use_others(self, key: str) -> Refusal:
        """A refusal of the owner's key that names what else there is."""
        return refuse(key, others=say("access.others" if SendTo.SANDBOX in self.offers else "access.own_key"))

    def _open_to_anyone(self, caller: Caller) -> bool:
        settings = self.settings
        if not (settings.reachable_from_elsewhere or caller.from_elsewhere):
            return True
        return settings.anyone_may_spend and settings.tasks_per_day is not None

    def _is_named(self, caller: Caller) -> bool:
        named = bool(caller.login) and caller.login in self.settings.logins
        return named or (bool(caller.user) and caller.user.lower() in self.settings.allowed_users)

    def _has_grant(self, visitor: str) -> bool:
        with self._lock:
            now = self._clock()
            if not visitor or self._grants.get(visitor, 0.0) > now:
                return bool(visitor)
            if now - self._looked.get(visitor, -LOOK_AGAIN_S) < LOOK_AGAIN_S:
                return False
            self._looked[visitor] = now
        return self._was_given_elsewhere(visitor)

    def _was_given_elsewhere(self, visitor: str) -> bool:
        wanted = self.settings.access_code
        if self._kept is None or wanted is None:
            return False
        with suppress(DatabaseAway):
            kept = self._kept.of(visitor)
            if kept is not None and hmac.compare_digest(kept[0], _seal(wanted, visitor)):
                with self._lock:
                    self._grants[visitor] = self._clock() + min(kept[1], GRANT_SECONDS)
                return True
        return False


def spent_words(spent: BudgetSpent, now: float) -> Refusal:
    """A budget's refusal in words: what is used up, and when it opens again."""
    limit = say("budget.one_task") if spent.limit == 1 else say("budget.tasks", n=spent.limit)
    if spent.rule.in_credits:
        limit = say("budget.of_credits", n=amount(spent.limit))
    wanted, left = amount(spent.wanted), amount(spent.left)
    what = say(f"budget.{spent.rule}", limit=limit)
    if spent.wanted > spent.limit:
        return refuse("budget.beyond", what=what, wanted=wanted)
    opens = say("budget.opens_at_end") if spent.opens_at is None else _opens(spent.opens_at, now)
    if spent.left:
        return refuse("budget.left", what=what, left=left, wanted=wanted, opens=opens)
    return refuse("budget.none_left", what=what, opens=opens)


def _opens(moment: float, now: float) -> str:
    hours, minutes = divmod(max(1, math.ceil((moment - now) / 60)), 60)
    wait = say("budget.hours" if hours else "budget.minutes", hours=hours, minutes=minutes)
    return say("budget.opens_in", wait=wait, clock=time.strftime("%H:%M", time.gmtime(moment)))


def same_secret(wanted: SecretStr, given: str) -> bool:
    """Whether a secret is the one that is wanted; how long that takes says nothing of it."""
    return hmac.compare_digest(_digest(wanted.get_secret_value()), _digest(given)) and bool(given)


def _seal(code: SecretStr, visitor: str) -> str:
    """What is kept of a code that a visitor gave: slow to make, so that whoever reads the database learns no code."""
    return hashlib.scrypt(code.get_secret_value().encode(), salt=visitor.encode(), n=2**14, r=8, p=1, dklen=32).hex()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
