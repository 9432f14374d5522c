"""A page of a visitor's history: one filter of it, or what has the words that are looked for."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, tuple_

from weryai_ui.store import search
from weryai_ui.store.records import Filter, Intent, Place
from weryai_ui.store.rows import read_intents
from weryai_ui.store.schema import intents


def page(
    connection: Connection, visitor: str, limit: int, after: Place | None, filter_: Filter, looked_for: str
) -> tuple[Intent, ...]:
    """A visitor's intents, newest first: those after a place, or the first `limit`."""
    if wanted := search.query_of(connection.dialect.name, visitor, looked_for):
        ids = search.found(connection, visitor, limit, after, filter_, wanted)
        return read_intents(connection, _OF_IDS, ids=ids)
    place = {} if after is None else after._asdict()
    return read_intents(connection, _query(filter_, after is not None), visitor=visitor, limit=limit, **place)


# Two submissions of one moment are told apart by their ids.
_ORDER = (intents.c.created_at, intents.c.id)
_NEWEST_FIRST = tuple(column.desc() for column in _ORDER)
_OF_IDS = select(intents).where(intents.c.id.in_(bindparam("ids", expanding=True))).order_by(*_NEWEST_FIRST)


@cache
def _query(filter_: Filter, later: bool) -> Select[Any]:
    """Made once, which is a fifth of what the page costs."""
    query = select(intents).where(intents.c.visitor == bindparam("visitor"))
    if filter_ is not Filter.ALL:
        query = query.where(intents.c[filter_])
    if later:
        query = query.where(tuple_(*_ORDER) < tuple_(*(bindparam(column.name, type_=column.type) for column in _ORDER)))
    return query.order_by(*_NEWEST_FIRST).limit(bindparam("limit"))
