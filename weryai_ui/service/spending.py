"""Money, as far as it can be seen: balances, and what a visitor may still send."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import SQLAlchemyError

from weryai_ui.access.accounts import Account, NotAllowed, visitor_id
from weryai_ui.access.policy import HERE, Caller
from weryai_ui.errors import ApiKeyError
from weryai_ui.service.preparing import Submission
from weryai_ui.service.submitting import Submitting
from weryai_ui.store.budget import Remaining
from weryai_ui.store.database import needs_database
from weryai_ui.store.ledger_records import Balance
from weryai_ui.store.overview import DAY_S, DAYS, Overview, entries, overview
from weryai_ui.store.records import SendTo
from weryai_ui.store.set_aside import SetAside, Work

log = logging.getLogger(__name__)

FRESH_S = 30.0
"""So long a balance is told again without asking for it: many may open the page at once."""


@dataclass(frozen=True)
class Allowance:
    """What a visitor may still send with the owner's key and with their own.

    `needs_code`: the owner's key waits for the access code. `left`: for each destination with limits, what is left.
    `stopped`: the owner has stopped spending.
    """

    needs_code: bool
    left: Mapping[SendTo, tuple[Remaining, ...]]
    stopped: bool = False


class Spending(Submitting):
    """What is known of credits, for every entrance alike."""

    def balance(self, submission: Submission) -> int | None:
        """The credits of the account that a submission would go to; None when it may not be asked or does not say.

        A visitor's own key is the one in memory: no key travels for this question. While something is under way with
        the account, what is known from before is told: it is asked again once that has ended, by the bookkeeper.
        """
        remembered = self.accounts.key_of(visitor_id(submission.visitor))
        try:
            account = self._account(replace(submission, key=remembered))
        except (NotAllowed, ApiKeyError):
            return None
        if submission.send_to is SendTo.SANDBOX:
            credits = self.accounts.client(account).balance()
            self.balances.learn(account.fingerprint, credits)
            return credits
        known = self._known_balance(account)
        if known is not None and known.credits is not None and known.under_way:
            return known.credits
        if known is not None and known.at_rest and self._clock() - known.asked_at <= FRESH_S:
            self.balances.learn(account.fingerprint, known.credits)
            return known.credits
        return self._asked_balance(account)

    def _known_balance(self, account: Account) -> Balance | None:
        with suppress(SQLAlchemyError):
            return self._store.ledger.balance(account.fingerprint)
        return None

    def _asked_balance(self, account: Account) -> int | None:
        asked_at = self._clock()
        credits = self.accounts.client(account).balance()
        self.balances.learn(account.fingerprint, credits)
        if credits is not None:
            with suppress(SQLAlchemyError):  # the ledger knows less then, and the page shows what came
                self._store.ledger.learn(account.fingerprint, credits, asked_at)
        return credits

    @needs_database
    def allowance(self, visitor: str, caller: Caller = HERE) -> Allowance:
        """What this visitor may still send, for the page to show."""
        who = visitor_id(visitor)
        budgets = {send_to: self.access.budget(send_to) for send_to in self.access.offers}
        payer = self._payer(who, caller)
        left = {send_to: self._store.left(send_to, payer, limits) for send_to, limits in budgets.items() if limits}
        return Allowance(self.access.needs_code(who), left, self.access.is_stopped())

    def overview(self) -> Overview:
        """What the owner's page shows."""
        return overview(self._store._reader, self._clock())

    def work(self) -> tuple[Sequence[Work], Sequence[SetAside]]:
        """The work behind the page by its kind, and what of it was set aside."""
        return self._store.set_aside.work(), self._store.set_aside.newest()

    def try_again(self) -> None:
        """Has what was set aside done again, by whichever process does such work."""
        log.warning("the owner has %d pieces of work tried again", self._store.set_aside.try_again())

    def entries(self) -> Sequence[Row[Any]]:
        """Every entry of the ledger of the last 30 days, the newest first."""
        return entries(self._store._reader, self._clock() - DAYS * DAY_S)

    def stop_spending(self, *, stopped: bool) -> None:
        """Closes the owner's key at once, for every process at the database, or opens it again."""
        self._store.stops.put(stopped=stopped)
        log.warning("the owner %s", "stopped spending" if stopped else "lets spending go on")
