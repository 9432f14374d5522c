"""The memory of the app: what was about to be sent, what became of it, and every task that came of it.

Every method is one transaction. The order that keeps paid tasks: `begin` before anything is sent,
`finish` with the outcome and every task id after it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from weryai_ui.client.outcome import Outcome
from weryai_ui.client.transport import Exchange
from weryai_ui.client.weryai import SubmitAnswer
from weryai_ui.clocks import SteadyClock
from weryai_ui.store import budget, history, search, stops, used_keys
from weryai_ui.store.adoption import adopt
from weryai_ui.store.budget import Budget, Charge, Remaining
from weryai_ui.store.copies import Copies, bury_of
from weryai_ui.store.database import READERS
from weryai_ui.store.exchanges import keep, timeline, without_copy
from weryai_ui.store.filters import bump, changed
from weryai_ui.store.following import Following
from weryai_ui.store.grants import Grants
from weryai_ui.store.ledger import Ledger, enter
from weryai_ui.store.ledger_records import NewEntry
from weryai_ui.store.moves import HistoryMoved, Moves, check_home
from weryai_ui.store.narrowing import ALL_OF_IT, Narrowing
from weryai_ui.store.outcomes import COSTS_NOTHING, REPORTED, add_tasks, outcome_row
from weryai_ui.store.plans import Plans
from weryai_ui.store.records import Filter, Identity, Intent, LoggedExchange, NewIntent, Place, SendTo
from weryai_ui.store.retention import Grown, Rule, forget_old
from weryai_ui.store.rows import intent_of, one_intent, read_intents
from weryai_ui.store.schema import intents, visitors
from weryai_ui.store.sealed_keys import SealedKeys
from weryai_ui.store.set_aside import SetAsides
from weryai_ui.store.shares import Shares
from weryai_ui.store.stars import Stars
from weryai_ui.store.stops import Stops
from weryai_ui.store.titles import Titles
from weryai_ui.store.turns import take_turn
from weryai_ui.store.used_keys import KeyUsed


@dataclass(frozen=True)
class BeginResult:
    """An intent, and whether this call made it: a second submission with the same key finds the first."""

    intent: Intent
    new: bool


class Store(Following):
    """Intents, tasks and exchanges in one database. Thread-safe; several processes may share it."""

    def __init__(
        self,
        url: str,
        *,
        alone: bool = False,
        connections: int = READERS,
        remembers: Path | None = None,
        by_server: bool = False,
        serves: bool = True,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            url,
            alone=alone,
            connections=connections,
            remembers=remembers,
            by_server=by_server,
            serves=serves,
            clock=clock,
            monotonic=monotonic,
        )
        self._grown = Grown()
        self.copies = Copies(self._engine, self._reader, self.process_id, clock)
        self.shares = Shares(self._engine, self._reader, clock)
        self.stars = Stars(self._engine, clock)
        self.titles = Titles(self._engine, clock)
        self.moves = Moves(self._engine, clock)
        self.ledger = Ledger(self._engine, self._reader, clock)
        self.plans = Plans(self._engine, self._reader, self.process_id, clock, self.lease_time)
        self.set_aside = SetAsides(self._engine, self._reader, clock)
        self.grants = Grants(self._engine, self._reader, SteadyClock(clock, monotonic))
        self.sealed_keys = SealedKeys(self._engine, self._reader, clock)
        self.stops = Stops(self._engine, self._reader, clock, monotonic)

    # --- one submission -------------------------------------------------------------------------------

    def begin(self, new: NewIntent, charge: Charge | None = None, entry: NewEntry | None = None) -> BeginResult:
        """Records what is about to be sent. To be called, and committed, before the first byte goes out.

        The same visitor, idempotency key and body again gives the first intent and `new` False, or raises `KeyUsed`
        when that was forgotten. Its budget is reserved and its entry in the ledger opened in the same transaction;
        raises `BudgetSpent` or `SpendingStopped`, and then records nothing.
        """
        try:
            return self._begin(new, charge, entry)
        except HistoryMoved as moved:
            if charge is not None and charge.payer == new.visitor:
                charge = replace(charge, payer=moved.home)
            return self._begin(replace(new, visitor=moved.home), charge, entry)

    def _begin(self, new: NewIntent, charge: Charge | None, entry: NewEntry | None) -> BeginResult:
        now, intent_id = self._clock(), secrets.token_hex(16)
        row = self._row(intent_id, new, now)
        try:
            with self._engine.begin() as connection:
                self._renew(connection)
                connection.execute(insert(intents), row)
                search.note(connection, intent_id, new.body, now)
                used_keys.use(connection, new.identity, now)
                stops.check(connection, new.send_to)
                if charge is not None:
                    budget.reserve(connection, intent_id, new.send_to, charge, now)
                if entry is not None:
                    enter(connection, intent_id, new, entry, now)
                bump(connection, intent_id, now)
                check_home(connection, new.visitor)
                self._grown.add(new.visitor)
                # Made before the commit: once it is committed, nothing may fail until the request is on its way.
                begun = BeginResult(intent_of({**dict.fromkeys(intents.c.keys()), **row}, ()), new=True)
            self._sending[intent_id] = self._monotonic()
            return begun
        except IntegrityError:
            first = self.same(new.identity)
            if first is None:
                raise
            return BeginResult(first, new=False)

    def take_turn(self, account: str, apart_s: float, patience_s: float) -> float | None:
        """Seconds until a submit of an account may leave; None beyond the patience. See `turns.take_turn`."""
        with self._engine.begin() as connection:
            return take_turn(connection, account, apart_s, patience_s, self._clock())

    def same(self, identity: Identity) -> Intent | None:
        """The intent of the submission that arrived before; None when it is new. Raises `KeyUsed`."""
        with self._reading() as connection:
            # In this order: both were written at once, so that an intent which is missing now was forgotten.
            used = used_keys.is_used(connection, identity)
            found = read_intents(connection, _SAME, **identity._asdict())
        if used and not found:
            raise KeyUsed("sent before, and forgotten")
        return found[0] if found else None

    def outcome(self, visitor: str, key: str) -> Outcome | None:
        """The outcome of the newest intent of a visitor under a key, with whatever body; None when there is none."""
        with self._reading() as connection:
            found = connection.execute(_newest(visitor, key, intents.c.outcome)).scalar()
        return None if found is None else Outcome(found)

    def newest(self, visitor: str, key: str) -> Intent | None:
        """The newest intent of a visitor under a key, with whatever body; None when there is none."""
        with self._reading() as connection:
            return next(iter(read_intents(connection, _newest(visitor, key, intents))), None)

    def knows(self, visitor: str) -> bool:
        """Whether this database has ever had anything of a visitor."""
        with self._reading() as connection:
            return connection.execute(_VERSION, {"visitor": visitor}).first() is not None

    def restore(self, intent_id: str, created_at: float, new: NewIntent) -> None:
        """Records an intent as it was recorded before, in a database that took the place of the one that had it."""
        with self._engine.begin() as connection:
            connection.execute(insert(intents), self._row(intent_id, new, created_at))
            search.note(connection, intent_id, new.body, created_at)
            used_keys.keep(connection, new.identity, created_at)

    def _row(self, intent_id: str, new: NewIntent, created_at: float) -> dict[str, Any]:
        """An intent that is about to be sent, for its table."""
        return {
            **{name: value for name, value in vars(new).items() if name != "asked"},
            "id": intent_id,
            "body_digest": new.identity.digest,
            "outcome": Outcome.SENDING,
            "process_id": self.process_id,
            "created_at": created_at,
            "updated_at": created_at,
            "starred": False,
            "model": new.model,
            "title": "",
            "note": "",
            Filter.RUNNING.value: True,
        }

    def finish(self, intent_id: str, submission: SubmitAnswer, first_due_at: float) -> Intent:
        """Records the outcome of the POST, the exchange, and every task id.

        What the POST itself learned outweighs a guess made meanwhile by another process that thought this
        one dead. It never replaces what a POST learned, so it may be reported twice. Raises `KeyError` when the
        intent was forgotten meanwhile.
        """
        now = self._clock()
        with self._engine.begin() as connection:
            if connection.execute(REPORTED, {"intent_id": intent_id, **outcome_row(submission, now)}).rowcount:
                exchange = without_copy(connection, intent_id, submission.exchange)
                keep(connection, exchange, intent_id=intent_id, kind="submit")
                add_tasks(connection, intent_id, submission.task_ids, now, first_due_at)
                if submission.outcome in COSTS_NOTHING:
                    budget.release(connection, intent_id)
                changed(connection, intent_id, now)
            found = one_intent(connection, intent_id)
        self._sending.pop(intent_id, None)
        return found

    def adopt(self, intent_id: str, upstream_id: str, due_at: float) -> bool:
        """Makes a task that a person found one of a submission whose outcome is UNKNOWN; see `adoption.adopt`."""
        now = self._clock()
        with self._engine.begin() as connection:
            if adopted := adopt(connection, intent_id, upstream_id, now, due_at):
                changed(connection, intent_id, now)
        return adopted

    def log(self, intent_id: str, kind: str, happened: Sequence[Exchange]) -> None:
        """Adds to the intent's timeline what is neither the POST nor a poll, such as uploads before it."""
        if happened:
            with self._engine.begin() as connection:
                for exchange in happened:
                    keep(connection, exchange, intent_id=intent_id, kind=kind)

    def intent(self, intent_id: str) -> Intent:
        """One intent with its tasks. Raises `KeyError` when it is not there."""
        with self._reading() as connection:
            return one_intent(connection, intent_id)

    def left(self, send_to: SendTo, payer: str, limits: Budget) -> tuple[Remaining, ...]:
        """What is left for a payer under each limit of a budget."""
        with self._reading() as connection:
            return tuple(budget.lefts(connection, send_to, payer, limits, self._clock()))

    # --- what a visitor sees -----------------------------------------------------------------------

    def of_visitor(
        self,
        visitor: str,
        *,
        limit: int,
        after: Place | None = None,
        filter_: Filter = Filter.ALL,
        looked_for: str = "",
        narrowing: Narrowing = ALL_OF_IT,
    ) -> tuple[Intent, ...]:
        """A visitor's intents in one filter of the history, in its order: those after a place in it, or the first.

        `looked_for`: words that all stand in the prompt or in the names of the files; of each the beginning is enough.
        """
        with self._reading() as connection:
            return history.page(connection, visitor, limit, after, filter_, looked_for, narrowing)

    def children(self, visitor: str, parent: str) -> tuple[Intent, ...]:
        """The first of a visitor's intents that came from one of theirs, in the order of time."""
        with self._reading() as connection:
            return history.children(connection, visitor, parent)

    def version(self, visitor: str) -> str:
        """A short text that changes whenever anything that this visitor sees changes."""
        with self._reading() as connection:
            return str(connection.execute(_VERSION, {"visitor": visitor}).scalar() or 0)

    def timeline(self, intent_id: str) -> tuple[LoggedExchange, ...]:
        """Every exchange of an intent, in the order of time."""
        with self._reading() as connection:
            return timeline(connection, intent_id)

    def forget(self, visitor: str, intent_id: str) -> bool:
        """Deletes one of the visitor's intents with its tasks and exchanges; its key stays used.

        False when it is not theirs, and while it is on its way: its tasks would have no place to go.
        """
        mine = and_(intents.c.id == intent_id, intents.c.visitor == visitor, intents.c.outcome != Outcome.SENDING)
        with self._engine.begin() as connection:
            # Everybody takes the row of a submission before that of its visitor, or two would wait for each other.
            identity = select(intents.c.visitor, intents.c.idempotency_key, intents.c.body_digest)
            if (row := connection.execute(identity.where(mine).with_for_update()).first()) is None:
                return False
            now = self._clock()
            used_keys.keep(connection, Identity(*row), now)
            budget.keep_forgotten(connection, intent_id)
            bury_of(connection, [intent_id], now)
            bump(connection, intent_id, now)
            return connection.execute(delete(intents).where(mine)).rowcount > 0

    def forget_old(self, rules: Sequence[Rule]) -> int:
        """Deletes some of what is kept long enough by these rules; gives their number, 0 when there is no more."""
        return forget_old(self._reader, self._engine, rules, self._grown, self._clock())


_SAME = select(intents).where(
    intents.c.visitor == bindparam("visitor"),
    intents.c.idempotency_key == bindparam("key"),
    intents.c.body_digest == bindparam("digest"),
)
_VERSION = select(visitors.c.version).where(visitors.c.id == bindparam("visitor"))


def _newest(visitor: str, key: str, what: Any) -> Select[Any]:
    query = select(what).where(intents.c.visitor == visitor, intents.c.idempotency_key == key)
    return query.order_by(intents.c.created_at.desc()).limit(1)
