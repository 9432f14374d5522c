"""The memory of the app: what was about to be sent, what became of it, and every task that came of it.

Every method is one transaction. The order that keeps paid tasks: `begin` before anything is sent,
`finish` with the outcome and every task id after it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    not_,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from weryai_ui.client.limits import SUBMIT_WHOLE_SECONDS
from weryai_ui.client.retry_after import RETRY_AFTER_CAP_SECONDS
from weryai_ui.client.tasks import TaskState, Video
from weryai_ui.client.transport import Exchange, Outcome
from weryai_ui.client.weryai import SubmitAnswer
from weryai_ui.errors import INTERRUPTED, ActionBy, Explanation
from weryai_ui.store import budget, used_keys
from weryai_ui.store.budget import Budget, Charge, Remaining
from weryai_ui.store.database import keep_descriptors, open_database, reading_beside
from weryai_ui.store.filters import bump, changed
from weryai_ui.store.records import Filter, Identity, Intent, IntentState, LoggedExchange, NewIntent, Place, Task
from weryai_ui.store.retention import Grown, Rule, forget_old
from weryai_ui.store.schema import exchanges, intents, processes, tasks, visitors
from weryai_ui.store.spare import SpareDescriptors
from weryai_ui.store.used_keys import KeyUsed

HEARTBEAT_EVERY_S = 1.0
HEARTBEAT_LASTS_S = 5.0
"""A process that has not renewed its heartbeat for this long counts as dead."""
HEARTBEATS_AHEAD_S = 60.0
"""The clocks of machines at one database may differ by as much."""
CLAIM_LASTS_S = 60.0
"""Longer than any poll may take: a claim that is still there then belongs to a dead process."""
SENDING_LASTS_S = 2 * SUBMIT_WHOLE_SECONDS
"""Longer than any submit may take, its outcome's way into the database included."""
EXCHANGE_CHARACTERS = 65_536
AS_RECORDED = ""
"""Stands for the request of a submit's exchange: it is the intent's body, which is not kept twice."""


@dataclass(frozen=True)
class PollResult:
    """What one poll of a task found, ready to be written. `due_at` None ends the following."""

    state: TaskState
    raw_state: str | None
    message: str | None
    videos: tuple[Video, ...]
    misses: int
    first_missed_at: float | None
    trouble: str | None
    due_at: float | None


@dataclass(frozen=True)
class BeginResult:
    """An intent, and whether this call made it: a second submission with the same token finds the first."""

    intent: Intent
    new: bool


class Store:
    """Intents, tasks and exchanges in one database. Thread-safe; several processes may share it."""

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = open_database(url)
        self._reader = reading_beside(self._engine)
        self._spare = SpareDescriptors()
        for engine in (self._engine, self._reader):
            keep_descriptors(engine, self._spare)
        self._clock = clock
        self._monotonic = monotonic
        self._sending: dict[str, float] = {}
        """When each intent of this process began that is still on its way, by a clock that nobody can set."""
        self.process_id = secrets.token_hex(16)
        self._grown = Grown()

    def close(self) -> None:
        """Closes the connections and gives up the heartbeat."""
        # A database that is away does not keep the app from stopping; the heartbeat lapses by itself.
        with suppress(SQLAlchemyError), self._engine.begin() as connection:
            connection.execute(delete(processes).where(processes.c.id == self.process_id))
        self._engine.dispose()
        self._reader.dispose()
        self._spare.close()

    # --- one submission -------------------------------------------------------------------------------

    def begin(self, new: NewIntent, charge: Charge | None = None) -> BeginResult:
        """Records what is about to be sent. To be called, and committed, before the first byte goes out.

        The same visitor, idempotency key and body again gives the first intent and `new` False, or raises `KeyUsed`
        when that was forgotten. What the submission takes of a budget is reserved in the same transaction; raises
        `BudgetSpent`, and then records nothing.
        """
        now = self._clock()
        intent_id = secrets.token_hex(16)
        row = self._row(intent_id, new, now)
        try:
            with self._engine.begin() as connection:
                _renew(connection, self.process_id, now)
                connection.execute(insert(intents), row)
                used_keys.use(connection, new.identity, now)
                if charge is not None:
                    budget.reserve(connection, intent_id, new.send_to, charge, now)
                bump(connection, intent_id, now)
                self._grown.add(new.visitor)
                # Made before the commit: once it is committed, nothing may fail until the request is on its way.
                begun = BeginResult(_intent({**dict.fromkeys(intents.c.keys()), **row}, ()), new=True)
            self._sending[intent_id] = self._monotonic()
            return begun
        except IntegrityError:
            first = self.same(new.identity)
            if first is None:
                raise
            return BeginResult(first, new=False)

    def same(self, identity: Identity) -> Intent | None:
        """The intent of the submission that arrived before; None when it is new. Raises `KeyUsed`."""
        with self._reading() as connection:
            # In this order: both were written at once, so that an intent which is missing now was forgotten.
            used = used_keys.is_used(connection, identity)
            found = _intents(connection, _SAME, **identity._asdict())
        if used and not found:
            raise KeyUsed("sent before, and forgotten")
        return found[0] if found else None

    def outcome(self, visitor: str, key: str) -> IntentState | None:
        """The outcome of the newest intent of a visitor under a key, with whatever body; None when there is none."""
        mine = and_(intents.c.visitor == visitor, intents.c.idempotency_key == key)
        query = select(intents.c.outcome).where(mine).order_by(intents.c.created_at.desc()).limit(1)
        with self._reading() as connection:
            found = connection.execute(query).scalar()
        return None if found is None else IntentState(found)

    def knows(self, visitor: str) -> bool:
        """Whether this database has ever had anything of a visitor."""
        with self._reading() as connection:
            return connection.execute(_VERSION, {"visitor": visitor}).first() is not None

    def restore(self, intent_id: str, created_at: float, new: NewIntent) -> None:
        """Records an intent as it was recorded before, in a database that took the place of the one that had it."""
        with self._engine.begin() as connection:
            connection.execute(insert(intents), self._row(intent_id, new, created_at))
            used_keys.keep(connection, new.identity, created_at)

    def _row(self, intent_id: str, new: NewIntent, created_at: float) -> dict[str, Any]:
        """An intent that is about to be sent, for its table."""
        return {
            **{name: value for name, value in vars(new).items() if name != "asked"},
            "id": intent_id,
            "body_digest": new.identity.digest,
            "outcome": IntentState.SENDING,
            "process_id": self.process_id,
            "created_at": created_at,
            "updated_at": created_at,
            Filter.RUNNING.value: True,
        }

    def finish(self, intent_id: str, submission: SubmitAnswer, first_due_at: float) -> Intent:
        """Records the outcome of the POST, the exchange, and every task id.

        What the POST itself learned outweighs a guess made meanwhile by another process that thought this
        one dead. It never replaces what a POST learned, so it may be told twice. Raises `KeyError` when the
        intent was forgotten meanwhile.
        """
        now = self._clock()
        with self._engine.begin() as connection:
            if connection.execute(_REPORTED, {"intent_id": intent_id, **_outcome(submission, now)}).rowcount:
                _keep(
                    connection,
                    _without_copy(connection, intent_id, submission.exchange),
                    intent_id=intent_id,
                    kind="submit",
                )
                _add_tasks(connection, intent_id, submission.task_ids, now, first_due_at)
                if submission.outcome in COSTS_NOTHING:
                    budget.release(connection, intent_id)
                changed(connection, intent_id, now)
            found = _one(connection, intent_id)
        self._sending.pop(intent_id, None)
        return found

    def log(self, intent_id: str, kind: str, happened: Sequence[Exchange]) -> None:
        """Adds to the intent's timeline what is neither the POST nor a poll, such as uploads before it."""
        if happened:
            with self._engine.begin() as connection:
                for exchange in happened:
                    _keep(connection, exchange, intent_id=intent_id, kind=kind)

    def called_back(self, webhook_hash: str, exchange: Exchange) -> bool:
        """A callback came: the tasks of its intent are polled now. False when nobody knows the token.

        What the callback says is kept for the timeline, and believed by nobody.
        """
        now = self._clock()
        with self._reading() as connection:
            found = connection.execute(select(intents.c.id).where(intents.c.webhook_hash == webhook_hash)).scalar()
        if found is None:
            return False
        with self._engine.begin() as connection:
            waiting = and_(tasks.c.intent_id == found, tasks.c.due_at > now)
            hurried = connection.execute(update(tasks).where(waiting).values(due_at=now)).rowcount
            # A callback that changes nothing is not kept: it may be repeated for ever.
            if hurried:
                _keep(connection, exchange, intent_id=found, kind="webhook")
                _touch(connection, found, now)
                changed(connection, found, now)
        return True

    def intent(self, intent_id: str) -> Intent:
        """One intent with its tasks. Raises `KeyError` when it is not there."""
        with self._reading() as connection:
            return _one(connection, intent_id)

    def left(self, send_to: str, payer: str, limits: Budget) -> tuple[Remaining, ...]:
        """What is left for a payer under each limit of a budget."""
        with self._reading() as connection:
            return tuple(budget.lefts(connection, send_to, payer, limits, self._clock()))

    # --- what a visitor sees -----------------------------------------------------------------------

    def of_visitor(
        self, visitor: str, *, limit: int, after: Place | None = None, filter_: Filter = Filter.ALL
    ) -> tuple[Intent, ...]:
        """A visitor's intents in one filter of the history, newest first: those after a place in it, or the first."""
        place = {} if after is None else after._asdict()
        with self._reading() as connection:
            return _intents(connection, _page(filter_, bool(place)), visitor=visitor, limit=limit, **place)

    def version(self, visitor: str) -> str:
        """A short text that changes whenever anything that this visitor sees changes."""
        with self._reading() as connection:
            return str(connection.execute(_VERSION, {"visitor": visitor}).scalar() or 0)

    def timeline(self, intent_id: str) -> tuple[LoggedExchange, ...]:
        """Every exchange of an intent, in the order of time."""
        query = select(exchanges).where(exchanges.c.intent_id == intent_id)
        query = query.order_by(exchanges.c.started_at, exchanges.c.id)
        with self._reading() as connection:
            rows = connection.execute(query).all()
            body = connection.execute(_BODY, {"intent_id": intent_id}).scalar()
        names = LoggedExchange.__dataclass_fields__
        logged = (LoggedExchange(**{name: row._mapping[name] for name in names}) for row in rows)
        return tuple(replace(each, request_text=body) if each.request_text == AS_RECORDED else each for each in logged)

    def forget(self, visitor: str, intent_id: str) -> bool:
        """Deletes one of the visitor's intents with its tasks and exchanges; its key stays used.

        False when it is not theirs, and while it is on its way: its tasks would have no place to go.
        """
        mine = and_(intents.c.id == intent_id, intents.c.visitor == visitor, intents.c.outcome != IntentState.SENDING)
        with self._engine.begin() as connection:
            # Everybody takes the row of a submission before that of its visitor, or two would wait for each other.
            query = (
                select(intents.c.visitor, intents.c.idempotency_key, intents.c.body_digest)
                .where(mine)
                .with_for_update()
            )
            if (row := connection.execute(query).first()) is None:
                return False
            now = self._clock()
            used_keys.keep(connection, Identity(*row), now)
            budget.keep_forgotten(connection, intent_id)
            bump(connection, intent_id, now)
            return connection.execute(delete(intents).where(mine)).rowcount > 0

    def forget_old(self, rules: Sequence[Rule]) -> int:
        """Deletes some of what is kept long enough by these rules; gives their number, 0 when there is no more."""
        return forget_old(self._reader, self._engine, rules, self._grown, self._clock())

    # --- following ---------------------------------------------------------------------------------

    def due(
        self, now: float, limit: int, visitors_with_keys: Sequence[str] = (), without_key: Sequence[str] = ()
    ) -> tuple[Task, ...]:
        """Unfinished tasks whose time has come, the longest overdue first.

        Tasks of a visitor's own key count only for `visitors_with_keys`: keys live in memory, and without
        one there is nothing to ask with. The same holds for the accounts `without_key`.
        """
        followable = _followable(visitors_with_keys, without_key)
        query = followable.where(tasks.c.due_at <= now).order_by(tasks.c.due_at).limit(limit)
        with self._reading() as connection:
            return tuple(_task(row) for row in connection.execute(query))

    def unfinished(self) -> int:
        """How many tasks have not ended, of all visitors."""
        with self._reading() as connection:
            return connection.execute(select(func.count()).where(tasks.c.due_at.is_not(None))).scalar_one()

    def poll_now(self, visitor: str, asked_for: Iterable[str] = ()) -> int:
        """Makes a visitor's unfinished tasks due now, and gives their number; never later than they were.

        Not those with a trouble: the service may have said when to ask again. And not those that are being
        `asked_for` already. A poll that another process has under way loses its claim by this and is done once more,
        as with a callback.
        """
        now = self._clock()
        mine = select(intents.c.id).where(intents.c.visitor == visitor, intents.c.running == true())
        others = tasks.c.id.not_in(list(asked_for))
        later = and_(tasks.c.intent_id.in_(mine), tasks.c.due_at > now, tasks.c.trouble.is_(None), others)
        with self._reading() as connection:
            if connection.execute(select(tasks.c.id).where(later).limit(1)).first() is None:
                return 0
        # A database that takes nothing just now may still be read: then they are asked for when they are due.
        with suppress(SQLAlchemyError), self._engine.begin() as connection:
            return connection.execute(update(tasks).where(later).values(due_at=now)).rowcount
        return 0

    def ask_again_soon(self, asked_for: Iterable[str] = (), *, made_after: float | None = None) -> int:
        """Makes every visitor's unfinished tasks due, because the clock was set back and their due times are far away.

        Gives their number. Who told to wait is asked after the longest that anybody may. Not those that are being
        `asked_for` already; `made_after` narrows it to tasks that were made after that moment.
        """
        now = self._clock()
        soon = case((tasks.c.trouble.is_(None), now), else_=now + RETRY_AFTER_CAP_SECONDS)
        late = and_(tasks.c.due_at > soon, tasks.c.id.not_in(list(asked_for)))
        if made_after is not None:
            late = and_(late, tasks.c.created_at > made_after)
        with self._reading() as connection:
            if connection.execute(select(tasks.c.id).where(late).limit(1)).first() is None:
                return 0
        with self._engine.begin() as connection:
            return connection.execute(update(tasks).where(late).values(due_at=soon)).rowcount

    def task(self, task_id: str) -> Task | None:
        """One task, or None when it is not there (forgotten meanwhile)."""
        with self._reading() as connection:
            row = connection.execute(select(tasks).where(tasks.c.id == task_id)).first()
        return None if row is None else _task(row)

    def claim(self, task_id: str, expected_due: float) -> float | None:
        """Takes a due task for one poll: compare-and-set on its due time.

        Returns the new due time, to be given to `record`; None when another took it or it ended. A claim
        that is never recorded lapses after `CLAIM_LASTS_S`.
        """
        claimed = self._clock() + CLAIM_LASTS_S
        with self._engine.begin() as connection:
            return claimed if _move_due(connection, task_id, expected_due, due_at=claimed) else None

    def record(self, task: Task, claimed: float, polled: PollResult, exchange: Exchange) -> bool:
        """Writes what a claimed poll found. False when the claim was lost; a final state never changes."""
        now = self._clock()
        final = polled.due_at is None
        row = {**asdict(polled), "videos": _videos_as_json(polled.videos), "polls": tasks.c.polls + 1}
        with self._engine.begin() as connection:
            if not _move_due(connection, task.id, claimed, **row, ended_at=now if final else None):
                return False
            if not _fold(connection, task.id, exchange):
                _keep(connection, exchange, intent_id=task.intent_id, task_id=task.id, kind="poll")
            # Only what a visitor can see: an unchanged poll would make every open page load its board again.
            if _differs(task, polled):
                _touch(connection, task.intent_id, now)
                changed(connection, task.intent_id, now)
        return True

    # --- living and dead processes -----------------------------------------------------------------

    def beat(self) -> None:
        """Renews this process's heartbeat."""
        with self._engine.begin() as connection:
            _renew(connection, self.process_id, self._clock())

    def settle_dead(self) -> int:
        """Turns intents that a dead process left in SENDING into UNKNOWN; gives their number.

        So does it with one of its own that is older than any request can be: its thread is lost. Nobody can say what
        became of them, so they are never called failed and never sent again.
        """
        now = self._clock()
        # A heartbeat far ahead is of a clock that was set back since, and of a process that tells no more.
        lives = processes.c.expires_at.between(now, now + HEARTBEATS_AHEAD_S)
        lost = self._lost()
        abandoned = or_(intents.c.process_id.not_in(select(processes.c.id).where(lives)), intents.c.id.in_(lost))
        orphans = and_(intents.c.outcome == IntentState.SENDING, abandoned)
        with self._reading() as connection:
            if not connection.execute(select(func.count()).select_from(intents).where(orphans)).scalar():
                return 0
        unknown = {
            "outcome": IntentState.UNKNOWN,
            "finished_at": now,
            "updated_at": now,
            "explanation": asdict(INTERRUPTED),
        }
        with self._engine.begin() as connection:
            # In the order of visitors, as two processes that settle at once would wait for each other otherwise.
            found = select(intents.c.id).where(orphans).order_by(intents.c.visitor, intents.c.id).with_for_update()
            settled = connection.execute(found).scalars().all()
            for each in settled:
                connection.execute(update(intents).where(intents.c.id == each).values(**unknown))
                changed(connection, each, now)
            connection.execute(delete(processes).where(not_(lives)))
        for each in lost:
            self._sending.pop(each, None)
        return len(settled)

    def _lost(self) -> list[str]:
        """The intents of this process that began longer ago than any request lasts."""
        before = self._monotonic() - SENDING_LASTS_S
        return [intent_id for intent_id, began in tuple(self._sending.items()) if began < before]

    def _reading(self) -> Connection:
        return self._reader.connect()


COSTS_NOTHING = frozenset({Outcome.NOT_SENT, Outcome.REJECTED})
_REPORTED = update(intents).where(
    intents.c.id == bindparam("intent_id"),
    or_(
        intents.c.outcome == IntentState.SENDING,
        # What was only guessed of it.
        and_(intents.c.outcome == IntentState.UNKNOWN, intents.c.seconds.is_(None)),
    ),
)
_RENEWED = update(processes).where(processes.c.id == bindparam("process_id"))
_SAME = select(intents).where(
    intents.c.visitor == bindparam("visitor"),
    intents.c.idempotency_key == bindparam("key"),
    intents.c.body_digest == bindparam("digest"),
)
_ONE = select(intents).where(intents.c.id == bindparam("intent_id"))
_BODY = select(intents.c.body).where(intents.c.id == bindparam("intent_id"))
_OWN = select(tasks).where(tasks.c.intent_id.in_(bindparam("intent_ids", expanding=True))).order_by(tasks.c.number)
_VERSION = select(visitors.c.version).where(visitors.c.id == bindparam("visitor"))


@cache
def _page(filter_: Filter, later: bool) -> Select[Any]:
    """The query for a page of the history; made once, which is a fifth of what the page costs."""
    # Two submissions of one moment are told apart by their ids.
    order = (intents.c.created_at, intents.c.id)
    query = select(intents).where(intents.c.visitor == bindparam("visitor"))
    if filter_ is not Filter.ALL:
        query = query.where(intents.c[filter_])
    if later:
        query = query.where(tuple_(*order) < tuple_(*(bindparam(column.name, type_=column.type) for column in order)))
    return query.order_by(*(column.desc() for column in order)).limit(bindparam("limit"))


def _outcome(submission: SubmitAnswer, now: float) -> dict[str, Any]:
    exchange = submission.exchange
    return {
        "outcome": IntentState[submission.outcome.name],
        "finished_at": now,
        "updated_at": now,
        "http_status": exchange.http_status,
        "seconds": exchange.seconds,
        "code": submission.code,
        "service_message": submission.service_message,
        "response_text": _storable(exchange.response_text),
        "explanation": None if submission.explanation is None else asdict(submission.explanation),
        "batch_id": submission.batch_id,
        "tasks_named": submission.tasks_named,
    }


def _add_tasks(connection: Connection, intent_id: str, upstream_ids: Sequence[str], now: float, due_at: float) -> None:
    rows = [
        {
            "id": secrets.token_hex(16),
            "intent_id": intent_id,
            "number": number,
            "upstream_id": upstream_id,
            "state": TaskState.WAITING,
            "videos": [],
            "polls": 0,
            "misses": 0,
            "due_at": due_at,
            "created_at": now,
        }
        for number, upstream_id in enumerate(upstream_ids, 1)
    ]
    if rows:
        connection.execute(insert(tasks), rows)


def _followable(visitors_with_keys: Sequence[str], without_key: Sequence[str]) -> Any:
    return (
        select(tasks)
        .join(intents, intents.c.id == tasks.c.intent_id)
        .where(
            tasks.c.due_at.is_not(None),
            or_(intents.c.send_to != "my-key", intents.c.visitor.in_(list(visitors_with_keys))),
            intents.c.send_to.not_in(list(without_key)),
        )
    )


def _move_due(connection: Connection, task_id: str, expected: float, **values: Any) -> bool:
    moved = connection.execute(update(tasks).where(tasks.c.id == task_id, tasks.c.due_at == expected).values(**values))
    return moved.rowcount == 1


def _differs(task: Task, polled: PollResult) -> bool:
    return any(getattr(task, name) != getattr(polled, name) for name in ("state", "message", "videos", "trouble"))


def _fold(connection: Connection, task_id: str, exchange: Exchange) -> bool:
    """Counts an answer that equals the one before instead of keeping it again."""
    last = connection.execute(
        select(exchanges).where(exchanges.c.task_id == task_id).order_by(exchanges.c.id.desc()).limit(1)
    ).first()
    if last is None or last.http_status != exchange.http_status:
        return False
    if last.response_text != _capped(exchange.response_text):
        return False
    connection.execute(update(exchanges).where(exchanges.c.id == last.id).values(repeats=exchanges.c.repeats + 1))
    return True


def _touch(connection: Connection, intent_id: str, now: float) -> None:
    connection.execute(update(intents).where(intents.c.id == intent_id).values(updated_at=now))


def _renew(connection: Connection, process_id: str, now: float) -> None:
    values = {"expires_at": now + HEARTBEAT_LASTS_S}
    if not connection.execute(_RENEWED, {"process_id": process_id, **values}).rowcount:
        connection.execute(insert(processes), {"id": process_id, **values})


def _keep(connection: Connection, exchange: Exchange, **whose: str) -> None:
    """Adds an exchange to the timeline of an intent."""
    row = {
        **whose,
        "method": exchange.method,
        "url": exchange.url,
        "request_text": _capped(exchange.request_text),
        "http_status": exchange.http_status,
        "response_text": _capped(exchange.response_text),
        "response_headers": [list(header) for header in exchange.response_headers],
        "started_at": exchange.started_at.timestamp(),
        "seconds": exchange.seconds,
        "repeats": 0,
    }
    connection.execute(insert(exchanges), row)


def _without_copy(connection: Connection, intent_id: str, exchange: Exchange) -> Exchange:
    """The exchange of a submit, with a mark in place of a request that is the intent's body."""
    body = connection.execute(_BODY, {"intent_id": intent_id}).scalar()
    return replace(exchange, request_text=AS_RECORDED) if exchange.request_text == body else exchange


def _storable(text: str | None) -> str | None:
    # PostgreSQL keeps no NUL in a text; a page of HTML may hold one.
    return text and text.replace("\0", "\ufffd")


def _capped(text: str | None) -> str | None:
    text = _storable(text)
    if text is None or len(text) <= EXCHANGE_CHARACTERS:
        return text
    return f"{text[:EXCHANGE_CHARACTERS]}… ({len(text)} characters in all)"


def _videos_as_json(videos: Iterable[Video]) -> list[dict[str, str | None]]:
    return [asdict(video) for video in videos]


def _one(connection: Connection, intent_id: str) -> Intent:
    found = _intents(connection, _ONE, intent_id=intent_id)
    if not found:
        raise KeyError(intent_id)
    return found[0]


def _intents(connection: Connection, query: Any, **values: Any) -> tuple[Intent, ...]:
    rows = connection.execute(query, values).all()
    own: dict[str, list[Task]] = {row.id: [] for row in rows}
    for task in connection.execute(_OWN, {"intent_ids": list(own)}):
        own[task.intent_id].append(_task(task))
    return tuple(_intent(row._mapping, own[row.id]) for row in rows)


def _intent(row: Mapping[Any, Any], own: Sequence[Task]) -> Intent:
    values = {name: row[name] for name in Intent.__dataclass_fields__ if name not in ("tasks", "unsaved")}
    said = row["explanation"]
    explanation = said and Explanation(said["key"], ActionBy(said["move"]))
    typed = {"outcome": IntentState(row["outcome"]), "explanation": explanation, "tasks": tuple(own)}
    return Intent(**{**values, **typed})


def _task(row: Row[Any]) -> Task:
    values = {name: row._mapping[name] for name in Task.__dataclass_fields__}
    videos = tuple(Video(**video) for video in row.videos)
    return Task(**{**values, "state": TaskState(row.state), "videos": videos})
