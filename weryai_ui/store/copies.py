"""The copies that this app keeps of results: what is wanted, what is kept, and what has to be deleted.

A row is there before its object is, and says `KEPT` only after the object is whole. Each try has a key of its own, and
whatever becomes of it the key stands in `removals` in the transaction that lets go of it: no object is left behind, and
none is looked for that may be another program's.
"""

from __future__ import annotations

import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, func, insert, or_, select, union, update

from weryai_ui.client.tasks import Video
from weryai_ui.quota import Held, Quota
from weryai_ui.store.copy_records import Copy, CopyState, Kept, ReferenceFile, Role
from weryai_ui.store.filters import bump
from weryai_ui.store.schema import copies, intents, processes, removals, share_results, tasks
from weryai_ui.store.search import note_names
from weryai_ui.store.set_aside import AS_NEW, ENDED_IN_THE_MIDDLE, MOST_FAULTS, NO_FAULTS
from weryai_ui.store.stars import starred_ids

ID_BYTES = 18
"""Whoever knows the id of a copy may see it, as with a file that somebody gave: 144 bits."""
COPY_LASTS_S = 3600.0
"""Longer than any try may take."""
REMOVED_AT_ONCE = 50


class Copies:
    """The copies in one database. Thread-safe; several processes may share it. Every method is one transaction."""

    def __init__(self, writer: Engine, reader: Engine, process_id: str, clock: Callable[[], float] = time.time) -> None:
        self._writer = writer
        self._reader = reader
        self._process_id = process_id
        self._clock = clock

    # --- what is wanted ------------------------------------------------------------------------------

    def note_references(self, intent_id: str, visitor: str, files: Sequence[ReferenceFile]) -> None:
        """Notes the files that a submission used. They are kept once one of its films is."""
        rows = [
            _new(intent_id, visitor, Role.REFERENCE, 0, each.number, each.link, self._clock(), None)
            | {"field": each.field, "name": each.name}
            for each in files
        ]
        if rows:
            with self._writer.begin() as connection:
                connection.execute(insert(copies), rows)
                note_names(connection, intent_id, [each.name for each in files])

    def want_again(self, visitor: str, intent_id: str) -> bool:
        """Has everything of a visitor's submission copied that is not kept; False when it is not theirs."""
        now = self._clock()
        with self._writer.begin() as connection:
            mine = select(intents.c.id).where(intents.c.id == intent_id, intents.c.visitor == visitor)
            if connection.execute(mine).first() is None:
                return False
            for task in connection.execute(select(tasks).where(tasks.c.intent_id == intent_id)).all():
                want(connection, intent_id, task.number, [Video(**each) for each in task.videos], now)
            again = and_(copies.c.intent_id == intent_id, copies.c.state.in_([CopyState.FAILED, CopyState.REMOVED]))
            connection.execute(update(copies).where(again).values(**AS_NEW, due_at=now))
            bump(connection, intent_id, now)
        return True

    # --- the work ------------------------------------------------------------------------------------

    def due(self, limit: int) -> tuple[Copy, ...]:
        """Copies whose time has come, the longest waiting first; those of a process that has ended too."""
        now = self._clock()
        living = select(processes.c.id).where(processes.c.expires_at > now)
        # What is under way here is no longer this process's once it looks for it again: it was not let go.
        own = copies.c.process_id == self._process_id
        abandoned = or_(copies.c.process_id.not_in(living), own, copies.c.due_at < now - COPY_LASTS_S)
        ready = or_(copies.c.state == CopyState.WAITING, and_(copies.c.state == CopyState.COPYING, abandoned))
        query = select(copies).where(copies.c.due_at <= now, ready).order_by(copies.c.due_at).limit(limit)
        with self._reader.connect() as connection:
            return tuple(_copy(row._mapping) for row in connection.execute(query))

    def claim(self, copy: Copy) -> Copy | None:
        """Takes a copy for one try, under a new key; None when another took it or it is no longer wanted.

        Whose try ended with its process has a fault; one with too many is set aside instead.
        """
        now, key = self._clock(), secrets.token_hex(16)
        faults = copy.faults + (copy.state is CopyState.COPYING)
        as_it_was = and_(copies.c.id == copy.id, copies.c.state == copy.state, copies.c.due_at == copy.due_at)
        values = {
            "state": CopyState.COPYING,
            "process_id": self._process_id,
            "key": key,
            "size": None,
            "due_at": now,
            "tries": copy.tries + 1,
            "first_tried_at": copy.first_tried_at or now,
            "faults": faults,
        }
        if faults >= MOST_FAULTS:
            values |= {"state": CopyState.FAILED, "key": None, "due_at": None, "why": "broke"}
            values |= {"error": copy.error or ENDED_IN_THE_MIDDLE, "tries": copy.tries}
        with self._writer.begin() as connection:
            if not connection.execute(update(copies).where(as_it_was).values(**values)).rowcount:
                return None
            _bury(connection, [copy.key], now + COPY_LASTS_S)
            bump(connection, copy.intent_id, now)
            row = connection.execute(select(copies).where(copies.c.id == copy.id)).one()
        return None if faults >= MOST_FAULTS else _copy(row._mapping)

    def make_room(self, claimed: Copy, size: int, quota: Quota) -> bool:
        """Takes room for a copy of so many bytes, and lets go what has to go for it; False when there is none.

        What goes is a whole submission's copies, the oldest first, by the rules of `quota`: never one that is shared or
        starred.
        """
        now = self._clock()
        with self._writer.begin() as connection:
            new = Held(claimed.id, claimed.visitor, claimed.visitor, size, now)
            gone = quota.room_for(new, _held(connection, claimed.intent_id))
            if gone is None:
                return False
            for each in gone:
                _let_go(connection, each.name, now)
            return _owned(connection, claimed, size=size)

    def keep(self, claimed: Copy, kept: Kept) -> bool:
        """Records that the object is whole, and from now on served. False when it is no longer wanted.

        The references of the submission are copied from now on.
        """
        now = self._clock()
        values = {"state": CopyState.KEPT, "due_at": None, "why": None, "kept_at": now, "removed_at": None, **NO_FAULTS}
        with self._writer.begin() as connection:
            if not _owned(connection, claimed, **values, **asdict(kept)):
                _bury(connection, [claimed.key], now)
                return False
            if claimed.role is Role.FILM:
                waiting = and_(
                    copies.c.intent_id == claimed.intent_id,
                    copies.c.role == Role.REFERENCE,
                    copies.c.state == CopyState.WAITING,
                    copies.c.due_at.is_(None),
                )
                connection.execute(update(copies).where(waiting).values(due_at=now))
            bump(connection, claimed.intent_id, now)
        return True

    def put_off(self, claimed: Copy, why: str | None, due_at: float | None, error: str = "") -> None:
        """Lets a try go: the next is at `due_at`; with None there is none until a person wants one.

        `error`: what nobody foresaw. Too many of these in a row, and there is no next try either.
        """
        now, faults = self._clock(), claimed.faults + bool(error)
        due_at = None if error and faults >= MOST_FAULTS else due_at
        told: Mapping[str, Any] = {"faults": faults, "error": error} if error else NO_FAULTS if why else {}
        state = CopyState.FAILED if due_at is None else CopyState.WAITING
        with self._writer.begin() as connection:
            _bury(connection, [claimed.key], now)
            if _owned(connection, claimed, state=state, why=why, due_at=due_at, key=None, size=None, **told):
                bump(connection, claimed.intent_id, now)

    # --- what is deleted -----------------------------------------------------------------------------

    def to_remove(self) -> tuple[str, ...]:
        """Keys of objects that nobody has any more, some of them."""
        query = select(removals.c.key).where(removals.c.due_at <= self._clock()).limit(REMOVED_AT_ONCE)
        with self._reader.connect() as connection:
            return tuple(connection.execute(query).scalars())

    def removed(self, keys: Iterable[str]) -> None:
        """Notes that those objects are gone."""
        with self._writer.begin() as connection:
            connection.execute(delete(removals).where(removals.c.key.in_(list(keys))))

    # --- what is read --------------------------------------------------------------------------------

    def get(self, copy_id: str) -> Copy | None:
        """One copy; None when it is not there, or of a submission that was forgotten."""
        with self._reader.connect() as connection:
            row = connection.execute(select(copies).where(copies.c.id == copy_id)).first()
        return None if row is None else _copy(row._mapping)

    def of(self, intent_ids: Iterable[str]) -> Mapping[str, tuple[Copy, ...]]:
        """The copies of each of those submissions, in the order of its tasks and fields."""
        order = (copies.c.role, copies.c.task, copies.c.field, copies.c.number)
        query = select(copies).where(copies.c.intent_id.in_(list(intent_ids))).order_by(*order)
        found: dict[str, list[Copy]] = defaultdict(list)
        with self._reader.connect() as connection:
            for row in connection.execute(query):
                found[row.intent_id].append(_copy(row._mapping))
        return {intent_id: tuple(own) for intent_id, own in found.items()}


def want(connection: Connection, intent_id: str, task: int, videos: Sequence[Video], now: float) -> None:
    """Has the films of a finished task and their covers copied, in the transaction that records its end."""
    visitor = connection.execute(select(intents.c.visitor).where(intents.c.id == intent_id)).scalar_one()
    mine = and_(copies.c.intent_id == intent_id, copies.c.task == task)
    there = {tuple(row) for row in connection.execute(select(copies.c.role, copies.c.number).where(mine))}
    rows = [
        _new(intent_id, visitor, role, task, number, source, now, now)
        for number, video in enumerate(videos, 1)
        for role, source in ((Role.FILM, video.url), (Role.COVER, video.cover_url))
        if source and (role.value, number) not in there
    ]
    if rows:
        connection.execute(insert(copies), rows)


def bury_of(connection: Connection, intent_ids: Sequence[str], now: float) -> None:
    """Has the objects of submissions deleted, in the transaction that deletes these."""
    theirs = and_(copies.c.intent_id.in_(intent_ids), copies.c.key.is_not(None))
    rows = connection.execute(select(copies.c.key, copies.c.state).where(theirs)).all()
    _bury(connection, [row.key for row in rows if row.state != CopyState.COPYING], now)
    # Of a try that is under way the object may still come.
    _bury(connection, [row.key for row in rows if row.state == CopyState.COPYING], now + COPY_LASTS_S)


def _new(
    intent_id: str, visitor: str, role: Role, task: int, number: int, source: str, now: float, due_at: float | None
) -> dict[str, Any]:
    return {
        "id": secrets.token_urlsafe(ID_BYTES),
        "intent_id": intent_id,
        "visitor": visitor,
        "role": role,
        "task": task,
        "number": number,
        "source": source,
        "created_at": now,
        "tries": 0,
        "has_poster": False,
        **_waiting(now),
        "due_at": due_at,
    }


def _waiting(now: float) -> dict[str, Any]:
    return {"state": CopyState.WAITING, "due_at": now, "why": None}


def _bury(connection: Connection, keys: Sequence[str | None], due_at: float) -> None:
    rows = [{"key": key, "due_at": due_at} for key in keys if key is not None]
    if rows:
        connection.execute(delete(removals).where(removals.c.key.in_([row["key"] for row in rows])))
        connection.execute(insert(removals), rows)


def _owned(connection: Connection, claimed: Copy, **values: Any) -> bool:
    """Whether the try still holds the copy, which then has these values."""
    still = and_(copies.c.id == claimed.id, copies.c.key == claimed.key, copies.c.state == CopyState.COPYING)
    return connection.execute(update(copies).where(still).values(**values)).rowcount == 1


def _held(connection: Connection, arriving_for: str) -> list[Held]:
    """What the copies of each submission take. What is shared or starred, or belongs to what arrives, does not go."""
    query = (
        select(copies.c.intent_id, copies.c.visitor, func.sum(copies.c.size), func.min(copies.c.created_at))
        .where(copies.c.size.is_not(None))
        .group_by(copies.c.intent_id, copies.c.visitor)
    )
    staying = union(select(share_results.c.intent_id), starred_ids())
    stay = {arriving_for, *connection.execute(staying).scalars()}
    rows = connection.execute(query).all()
    return [Held(name, owner, owner, int(size), since, in_use=name in stay) for name, owner, size, since in rows]


def _let_go(connection: Connection, intent_id: str, now: float) -> None:
    kept = and_(copies.c.intent_id == intent_id, copies.c.state == CopyState.KEPT)
    _bury(connection, connection.execute(select(copies.c.key).where(kept)).scalars().all(), now)
    gone = {"state": CopyState.REMOVED, "key": None, "size": None, "removed_at": now, "has_poster": False}
    connection.execute(update(copies).where(kept).values(**gone))
    bump(connection, intent_id, now)


def _copy(row: Mapping[Any, Any]) -> Copy:
    values = {name: row[name] for name in Copy.__dataclass_fields__}
    return Copy(**{**values, "role": Role(row["role"]), "state": CopyState(row["state"])})
