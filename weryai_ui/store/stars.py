"""Submissions that their visitor starred: their records and their copies stay, whatever else needs room."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Engine, Select, and_, func, select, true, update

from weryai_ui.store.database import needs_database
from weryai_ui.store.filters import bump
from weryai_ui.store.schema import intents
from weryai_ui.store.search import note_facets

MOST_STARRED = 100
"""Of one visitor: what is starred has no end by itself."""


def starred_ids() -> Select[tuple[str]]:
    """The ids of what is starred, whoever's, for another query to look in; an index alone answers it."""
    there = intents.alias()
    return select(there.c.id).where(there.c.starred == true())


class Stars:
    """The stars in one database. Thread-safe. Every method is one transaction."""

    def __init__(self, writer: Engine, clock: Callable[[], float] = time.time) -> None:
        self._writer = writer
        self._clock = clock

    @needs_database
    def put(self, visitor: str, intent_id: str, *, starred: bool) -> bool:
        """Stars one of the visitor's submissions, or takes the star away; False where they have as many as one may."""
        mine = and_(intents.c.id == intent_id, intents.c.visitor == visitor)
        theirs = select(func.count()).where(intents.c.visitor == visitor, intents.c.starred == true())
        with self._writer.begin() as connection:
            if starred and connection.execute(theirs).scalar_one() >= MOST_STARRED:
                return False
            if connection.execute(update(intents).where(mine).values(starred=starred)).rowcount:
                note_facets(connection, intents.c.id == intent_id)
                bump(connection, intent_id, self._clock())
            return True
