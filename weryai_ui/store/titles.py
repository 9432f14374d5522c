"""What visitors write on their submissions: a title of one line, and a note; found by their words."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection, Engine, and_, update

from weryai_ui.store.database import needs_database
from weryai_ui.store.filters import bump
from weryai_ui.store.schema import NOTE_CHARACTERS, TITLE_CHARACTERS, intents
from weryai_ui.store.search import note_note, note_title


class Titles:
    """The titles and notes in one database. Thread-safe. Every method is one transaction."""

    def __init__(self, writer: Engine, clock: Callable[[], float] = time.time) -> None:
        self._writer = writer
        self._clock = clock

    @needs_database
    def put(self, visitor: str, intent_id: str, title: str) -> str | None:
        """Gives one of the visitor's submissions a title, in place of the one that it had; an empty one takes it away.

        The title as it is kept; None when the submission is not theirs.
        """
        return self._write(visitor, intent_id, "title", one_line(title), note_title)

    @needs_database
    def put_note(self, visitor: str, intent_id: str, said: str) -> str | None:
        """The same of a note, which may have several lines."""
        return self._write(visitor, intent_id, "note", some_lines(said), note_note)

    def _write(
        self, visitor: str, intent_id: str, column: str, kept: str, note: Callable[[Connection, str, str], None]
    ) -> str | None:
        mine = and_(intents.c.id == intent_id, intents.c.visitor == visitor)
        with self._writer.begin() as connection:
            if not connection.execute(update(intents).where(mine).values({column: kept})).rowcount:
                return None
            note(connection, intent_id, kept)
            bump(connection, intent_id, self._clock())
        return kept


def one_line(title: str) -> str:
    """A title as it is kept: without characters that steer, and no longer than it may be."""
    plain = "".join(each if each.isprintable() else " " for each in title[: 10 * TITLE_CHARACTERS])
    return " ".join(plain.split())[:TITLE_CHARACTERS].strip()


def some_lines(said: str) -> str:
    """A note as it is kept: without characters that steer but for new lines, and no longer than it may be."""
    lines = said[: 10 * NOTE_CHARACTERS].splitlines()
    plain = "\n".join("".join(each if each.isprintable() else " " for each in line).rstrip() for line in lines)
    return plain.strip()[:NOTE_CHARACTERS].strip()
