"""Finds a visitor's submissions by words: of the prompt, of their title and note, and of the names of their files.

Beside the words of a submission stand those of the parts of the history that it stands in (`facets.py`), so that the
index itself finds what is in both, and no row of the rest is looked at.

SQLite looks in an index of its FTS5, PostgreSQL in one over `to_tsvector`. Both get words that were split here, so that
they find the same: without case and accents, and with each character of a script without spaces as a word.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    DDL,
    Column,
    ColumnElement,
    Connection,
    Float,
    ForeignKey,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    event,
    func,
    insert,
    literal,
    select,
    text,
    update,
)

from weryai_ui.store.facets import facet_asked, facets_of
from weryai_ui.store.narrowing import ALL_OF_IT, Narrowing
from weryai_ui.store.records import Filter, Place
from weryai_ui.store.schema import intents, metadata

MOST_CHARACTERS = 200
"""Of what is looked for; what stands behind is left out."""
MOST_WORDS = 12
_WORD = re.compile(r"[^\W_]+")
_WITHOUT_SPACES = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese."""

_BETWEEN = "\n"
"""Between the words of the prompt and the files, those of the title, and those of the note; no words have one."""

searchable = Table(
    "searchable",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("intent_id", ForeignKey("intents.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("words", Text, nullable=False),
    Column("facets", Text, nullable=False, server_default=""),
    Column("at", Float, nullable=False, server_default="0"),
)
"""By what words a submission is found, with an index of each database's own. `at`: when it was submitted."""

for _dialect, _statements in {
    "sqlite": (
        "CREATE VIRTUAL TABLE searchable_words USING fts5"
        "(facets, words, content='searchable', content_rowid='number', detail='full')",
        """CREATE TRIGGER searchable_added AFTER INSERT ON searchable BEGIN
            INSERT INTO searchable_words (rowid, facets, words) VALUES (new.number, new.facets, new.words); END""",
        """CREATE TRIGGER searchable_gone AFTER DELETE ON searchable BEGIN
            INSERT INTO searchable_words (searchable_words, rowid, facets, words)
            VALUES ('delete', old.number, old.facets, old.words); END""",
        """CREATE TRIGGER searchable_changed AFTER UPDATE ON searchable BEGIN
            INSERT INTO searchable_words (searchable_words, rowid, facets, words)
            VALUES ('delete', old.number, old.facets, old.words);
            INSERT INTO searchable_words (rowid, facets, words) VALUES (new.number, new.facets, new.words); END""",
    ),
    "postgresql": (
        "CREATE INDEX searchable_words ON searchable"
        " USING gin (to_tsvector('simple', words), to_tsvector('simple', facets))",
    ),
}.items():
    for _statement in _statements:
        event.listen(searchable, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]

event.listen(searchable, "after_drop", DDL("DROP TABLE IF EXISTS searchable_words").execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]

_FROM = {
    # In this order: what was found, the newest first, until a page is full.
    "sqlite": "SELECT searchable.intent_id FROM searchable_words"
    " CROSS JOIN searchable ON searchable.number = searchable_words.rowid WHERE searchable_words MATCH :looked_for",
    "postgresql": "SELECT intent_id FROM searchable WHERE to_tsvector('simple', facets) @@ to_tsquery('simple', :facet)"
    " AND to_tsvector('simple', words) @@ to_tsquery('simple', :looked_for)",
}
_ORDER = {"sqlite": "searchable_words.rowid {way}", "postgresql": "at {way}, intent_id {way}"}
_BOUNDS = {"since": "searchable.at >= :since", "until": "searchable.at < :until"}
_STANDS = select(searchable.c.facets, intents).join(intents, intents.c.id == searchable.c.intent_id)
_FILED = update(searchable).where(searchable.c.intent_id == bindparam("of")).values(facets=bindparam("now_in"))


def note(connection: Connection, intent_id: str, body: str, at: float) -> None:
    """Makes a submission findable by its prompt, in the transaction that has recorded it."""
    prompt = json.loads(body).get("prompt")
    words = words_of(prompt if isinstance(prompt, str) else "")
    connection.execute(insert(searchable).values(intent_id=intent_id, words=words, at=at))
    note_facets(connection, intents.c.id == intent_id)


def note_facets(connection: Connection, which: ColumnElement[bool]) -> None:
    """Makes submissions findable where they stand now. To be called by whatever moved them, in its transaction."""
    rows = connection.execute(_STANDS.where(which).order_by(intents.c.id)).all()
    moved = [{"of": row.id, "now_in": now_in} for row in rows if (now_in := facets_of(row)) != row.facets]
    if moved:
        connection.execute(_FILED, moved)


def note_names(connection: Connection, intent_id: str, names: Iterable[str]) -> None:
    """Makes a submission findable by the names of its files as well."""
    if more := words_of(" ".join(names)):
        _change(connection, intent_id, 0, lambda before: f"{before} {more}")


def note_title(connection: Connection, intent_id: str, title: str) -> None:
    """Makes a submission findable by its title, and no longer by the one that it had."""
    _change(connection, intent_id, 1, lambda _: words_of(title))


def note_note(connection: Connection, intent_id: str, said: str) -> None:
    """Makes a submission findable by its visitor's note, and no longer by the one that it had."""
    _change(connection, intent_id, 2, lambda _: words_of(said))


def _change(connection: Connection, intent_id: str, part: int, change: Callable[[str], str]) -> None:
    mine = searchable.c.intent_id == intent_id
    before = connection.execute(select(searchable.c.words).where(mine)).scalar()
    if before is not None:
        parts = [*before.split(_BETWEEN), "", ""][:3]
        parts[part] = change(parts[part])
        connection.execute(update(searchable).where(mine).values(words=_BETWEEN.join(parts)))


def found(
    connection: Connection,
    visitor: str,
    limit: int,
    after: Place | None,
    filter_: Filter,
    wanted: str,
    narrowing: Narrowing = ALL_OF_IT,
) -> list[str]:
    """The ids of a visitor's submissions that have what is `wanted` (see `query_of`), in the order of the history.

    In SQLite in the order in which they were recorded, so that a page costs the same however much is found.
    """
    dialect = connection.dialect.name
    facet = facet_asked(visitor, filter_, narrowing)
    looked_for = f'facets : "{facet}" AND {wanted}' if dialect == "sqlite" else wanted
    beside = {} if dialect == "sqlite" else {"facet": facet}
    bounds = {name: value for name, value in narrowing.bounds.items() if name in _BOUNDS}
    values: dict[str, Any] = {"looked_for": looked_for, "limit": limit, **beside, **bounds}
    asked = _FROM[dialect] + "".join(f" AND {_BOUNDS[name]}" for name in bounds)
    way, beyond = ("ASC", ">") if narrowing.oldest_first else ("DESC", "<")
    if after is not None:
        asked += f" AND (searchable.at, searchable.intent_id) {beyond} (:created_at, :id)"
        values |= after._asdict()
    ordered = f"{asked} ORDER BY {_ORDER[dialect].format(way=way)} LIMIT :limit"
    return list(connection.execute(text(ordered), values).scalars())


def phrases_of(looked_for: str) -> list[str]:
    """What has to stand in the words, each from the beginning of a word and of its last word the beginning at least."""
    typed = looked_for[:MOST_CHARACTERS].split()
    return [split for word in typed if (split := words_of(word))][:MOST_WORDS]


def query_of(dialect: str, phrases: Iterable[str]) -> str:
    """What that database's index of words is asked for."""
    if dialect == "sqlite":
        return " AND ".join(f'words : "{each}" *' for each in phrases)
    return " & ".join(f"({' <-> '.join(each.split())}:*)" for each in phrases)


def has_words(phrases: int) -> ColumnElement[bool]:
    """Whether a row of `searchable` has all of so many phrases (`patterns_of`), without its index: for a few rows."""
    words = literal(" ") + func.replace(searchable.c.words, _BETWEEN, " ")
    return and_(*(words.like(bindparam(f"phrase_{number}")) for number in range(phrases)))


def patterns_of(phrases: Sequence[str]) -> dict[str, str]:
    """The values of `has_words`. No word has a character in it that a pattern is made with."""
    return {f"phrase_{number}": f"% {each}%" for number, each in enumerate(phrases)}


def words_of(said: str) -> str:
    """The words of a text as they are kept: plain letters and digits with one blank between two."""
    plain = "".join(
        each for each in unicodedata.normalize("NFKD", said).casefold() if unicodedata.category(each) != "Mn"
    )
    return " ".join(_WORD.findall(_WITHOUT_SPACES.sub(r" \1 ", plain)))
