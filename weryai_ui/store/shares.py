"""Pages that show results to whoever has their link: what is on each, and until when. Of a link only a hash is kept."""

from __future__ import annotations

import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, insert, or_, select, update

from weryai_ui.store.schema import intents, share_results, shares

MOST_OF_VISITOR = 1000


class SharedResult(NamedTuple):
    """A submission on a page, and what is said of it there."""

    intent_id: str
    note: str


@dataclass(frozen=True)
class NewShare:
    """A page to be: whose it is, what it says and shows, and when it ends, in seconds since 1970; None is never."""

    visitor: str
    title: str
    note: str
    results: tuple[SharedResult, ...]
    shows_prompt: bool
    shows_code: bool
    expires_at: float | None


@dataclass(frozen=True)
class Share:
    """A page that is there. `opened_on`: the last day on which somebody opened it; nothing more is kept of that."""

    id: str
    visitor: str
    title: str
    note: str
    results: tuple[SharedResult, ...]
    shows_prompt: bool
    shows_code: bool
    created_at: float
    expires_at: float | None
    opened_on: str | None


class Shares:
    """The pages in one database. Thread-safe. Every method is one transaction."""

    def __init__(self, writer: Engine, reader: Engine, clock: Callable[[], float] = time.time) -> None:
        self._writer = writer
        self._reader = reader
        self._clock = clock

    def add(self, new: NewShare, token_hash: str) -> Share | None:
        """Makes a page; None when a submission on it is not the visitor's, or they have as many as one may."""
        now = self._clock()
        values = {name: value for name, value in vars(new).items() if name != "results"}
        row = {**values, "id": secrets.token_hex(16), "token_hash": token_hash, "created_at": now}
        with self._writer.begin() as connection:
            connection.execute(delete(shares).where(shares.c.expires_at <= now))
            if not _are_theirs(connection, new) or _number_of(connection, new.visitor) >= MOST_OF_VISITOR:
                return None
            connection.execute(insert(shares), row)
            _put_on(connection, row["id"], new.results)
            return _read(connection, shares.c.id == row["id"])[0]

    def change(self, share_id: str, changed: NewShare) -> Share | None:
        """Puts a page of the visitor's in another way, under the same link; None when it is not theirs."""
        mine = and_(shares.c.id == share_id, shares.c.visitor == changed.visitor)
        values = {name: value for name, value in vars(changed).items() if name not in ("results", "visitor")}
        with self._writer.begin() as connection:
            if not _are_theirs(connection, changed):
                return None
            if not connection.execute(update(shares).where(mine).values(**values)).rowcount:
                return None
            connection.execute(delete(share_results).where(share_results.c.share_id == share_id))
            _put_on(connection, share_id, changed.results)
            return _read(connection, shares.c.id == share_id)[0]

    def stop(self, visitor: str, share_id: str) -> bool:
        """Ends a page of the visitor's at once; False when it is not theirs."""
        mine = and_(shares.c.id == share_id, shares.c.visitor == visitor)
        with self._writer.begin() as connection:
            return connection.execute(delete(shares).where(mine)).rowcount > 0

    def opened(self, token_hash: str) -> Share | None:
        """The page behind a link; None for a wrong one, an ended one, and one with nothing left on it."""
        still = or_(shares.c.expires_at.is_(None), shares.c.expires_at > self._clock())
        with self._reader.connect() as connection:
            found = _read(connection, and_(shares.c.token_hash == token_hash, still))
        return next((share for share in found if share.results), None)

    def note_opening(self, share: Share, day: str) -> None:
        """Notes the day on which a page was opened, once a day."""
        if share.opened_on != day:
            with self._writer.begin() as connection:
                connection.execute(update(shares).where(shares.c.id == share.id).values(opened_on=day))

    def of(self, visitor: str) -> tuple[Share, ...]:
        """What a visitor shares, the newest first."""
        still = or_(shares.c.expires_at.is_(None), shares.c.expires_at > self._clock())
        with self._reader.connect() as connection:
            return _read(connection, and_(shares.c.visitor == visitor, still))


def _number_of(connection: Connection, visitor: str) -> int:
    return connection.execute(select(func.count()).where(shares.c.visitor == visitor)).scalar_one()


def _are_theirs(connection: Connection, new: NewShare) -> bool:
    wanted = {each.intent_id for each in new.results}
    mine = and_(intents.c.id.in_(wanted), intents.c.visitor == new.visitor)
    return bool(wanted) and set(connection.execute(select(intents.c.id).where(mine)).scalars()) == wanted


def _put_on(connection: Connection, share_id: str, results: Sequence[SharedResult]) -> None:
    rows = [{"share_id": share_id, "place": place, **each._asdict()} for place, each in enumerate(results)]
    connection.execute(insert(share_results), rows)


def _read(connection: Connection, which: ColumnElement[bool]) -> tuple[Share, ...]:
    """The pages that are so, with what is on them, the newest first."""
    query = select(shares).where(which).order_by(shares.c.created_at.desc()).limit(MOST_OF_VISITOR)
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    on_them = select(share_results).where(share_results.c.share_id.in_(ids)).order_by(share_results.c.place)
    results = defaultdict[str, list[SharedResult]](list)
    for each in connection.execute(on_them):
        results[each.share_id].append(SharedResult(each.intent_id, each.note))
    names = [name for name in Share.__dataclass_fields__ if name != "results"]
    return tuple(Share(results=tuple(results[row.id]), **{name: row._mapping[name] for name in names}) for row in rows)
