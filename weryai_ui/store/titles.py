"""Titles that visitors give their submissions: one line each, found by its words."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Engine, and_, update

from weryai_ui.store.database import needs_database
from weryai_ui.store.filters import bump
from weryai_ui.store.schema import TITLE_CHARACTERS, intents
from weryai_ui.store.search import note_title


class Titles:
    """The titles in one database. Thread-safe. Every method is one transaction."""

    def __init__(self, writer: Engine, clock: Callable[[], float] = time.time) -> None:
        self._writer = writer
        self._clock = clock

    @needs_database
    def put(self, visitor: str, intent_id: str, title: str) -> str | None:
        """Gives one of the visitor's submissions a title, in place of the one that it had; an empty one takes it away.

        The title as it is kept; None when the submission is not theirs.
        """
        kept = one_line(title)
        mine = and_(intents.c.id == intent_id, intents.c.visitor == visitor)
        with self._writer.begin() as connection:
            if not connection.execute(update(intents).where(mine).values(title=kept)).rowcount:
                return None
            note_title(connection, intent_id, kept)
            bump(connection, intent_id, self._clock())
        return kept


def one_line(title: str) -> str:
    """A title as it is kept: without characters that steer, and no longer than it may be."""
    plain = "".join(each if each.isprintable() else " " for each in title[: 10 * TITLE_CHARACTERS])
    return " ".join(plain.split())[:TITLE_CHARACTERS].strip()
