"""A page of a visitor's history: one filter of it, narrowed further, or what has the words that are looked for."""

from __future__ import annotations

from collections.abc import Mapping
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
    if wanted := search.query_of(connection.dialect.name, visitor, looked_for):
        ids = search.found(connection, visitor, limit, after, filter_, wanted, narrowing)
        found = read_intents(connection, _OF_IDS, ids=ids)
        return found[::-1] if narrowing.oldest_first else found
    place = {} if after is None else after._asdict()
    query = _query(filter_, after is not None, frozenset(narrowing.bounds), narrowing.oldest_first)
    return read_intents(connection, query, visitor=visitor, limit=limit, **place, **narrowing.bounds)


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
