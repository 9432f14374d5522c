"""A page of a visitor's history: one filter of it, narrowed further, or what has the words that are looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select, tuple_

from weryai_ui.store import search
from weryai_ui.store.narrowing import ALL_OF_IT, Narrowing
from weryai_ui.store.records import Filter, Intent, Place
from weryai_ui.store.rows import read_intents
from weryai_ui.store.schema import intents


def page(
    connection: Connection,
    visitor: str,
    limit: int,
    after: Place | None,
    filter_: Filter,
    looked_for: str,
    narrowing: Narrowing = ALL_OF_IT,
) -> tuple[Intent, ...]:
    """A visitor's intents, newest first unless it is asked otherwise: those after a place, or the first `limit`."""
    if phrases := search.phrases_of(looked_for):
        ids = _near(connection, visitor, limit, after, filter_, phrases, narrowing)
        if ids is None:
            wanted = search.query_of(connection.dialect.name, phrases)
            ids = search.found(connection, visitor, limit, after, filter_, wanted, narrowing)
        found = read_intents(connection, _OF_IDS, ids=ids)
        return found[::-1] if narrowing.oldest_first else found
    place = {} if after is None else after._asdict()
    query = _query(filter_, after is not None, frozenset(narrowing.bounds), narrowing.oldest_first)
    return read_intents(connection, query, visitor=visitor, limit=limit, **place, **narrowing.bounds)


LOOKED_THROUGH = 100
"""So many are looked through for words before the index is asked: it has to gather all that have a word, even one that
every submission has; and of what stands in no filter there is nothing to look for."""


def _near(
    connection: Connection,
    visitor: str,
    limit: int,
    after: Place | None,
    filter_: Filter,
    phrases: Sequence[str],
    narrowing: Narrowing,
) -> list[str] | None:
    """The ids of a page that is full of the first few, or of all that there are; None where there may be more."""
    query = _looked_through(
        filter_, after is not None, frozenset(narrowing.bounds), narrowing.oldest_first, len(phrases)
    )
    values = {"visitor": visitor, "limit": LOOKED_THROUGH, **narrowing.bounds, **search.patterns_of(phrases)}
    rows = connection.execute(query, values | ({} if after is None else after._asdict())).all()
    ids = [row.id for row in rows if row.has_words]
    return ids[:limit] if len(ids) >= limit or len(rows) < LOOKED_THROUGH else None


# Two submissions of one moment are told apart by their ids.
_ORDER = (intents.c.created_at, intents.c.id)
_NEWEST_FIRST = tuple(column.desc() for column in _ORDER)
_OLDEST_FIRST = tuple(column.asc() for column in _ORDER)
_OF_IDS = select(intents).where(intents.c.id.in_(bindparam("ids", expanding=True))).order_by(*_NEWEST_FIRST)
_BOUNDS: Mapping[str, ColumnElement[bool]] = {
    "model": intents.c.model == bindparam("model"),
    "send_to": intents.c.send_to == bindparam("send_to"),
    "since": intents.c.created_at >= bindparam("since"),
    "until": intents.c.created_at < bindparam("until"),
}


@cache
def _query(filter_: Filter, later: bool, bounds: frozenset[str], oldest_first: bool) -> Select[Any]:
    """Made once, which is a fifth of what the page costs."""
    query = select(intents).where(
        intents.c.visitor == bindparam("visitor"), *(_BOUNDS[name] for name in sorted(bounds))
    )
    if filter_ is not Filter.ALL:
        query = query.where(intents.c[filter_])
    if later:
        here, place = tuple_(*_ORDER), tuple_(*(bindparam(column.name, type_=column.type) for column in _ORDER))
        query = query.where(here > place if oldest_first else here < place)
    return query.order_by(*(_OLDEST_FIRST if oldest_first else _NEWEST_FIRST)).limit(bindparam("limit"))


@cache
def _looked_through(
    filter_: Filter, later: bool, bounds: frozenset[str], oldest_first: bool, phrases: int
) -> Select[Any]:
    has_words = search.has_words(phrases).label("has_words")
    query = _query(filter_, later, bounds, oldest_first).with_only_columns(intents.c.id, has_words)
    return query.select_from(intents.outerjoin(search.searchable, search.searchable.c.intent_id == intents.c.id))


MOST_CHILDREN = 20
_CHILDREN = (
    select(intents)
    .where(intents.c.came_from == bindparam("parent"), intents.c.visitor == bindparam("visitor"))
    .order_by(intents.c.created_at)
    .limit(MOST_CHILDREN)
)


def children(connection: Connection, visitor: str, parent: str) -> tuple[Intent, ...]:
    """The first of a visitor's submissions that came from one, in the order of time."""
    return read_intents(connection, _CHILDREN, visitor=visitor, parent=parent)
