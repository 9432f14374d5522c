"""The tables. Times are seconds since 1970 (UTC)."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from weryai_ui.store.packed import PackedText
from weryai_ui.store.records import Filter

FILTERS = tuple(filter_ for filter_ in Filter if filter_ is not Filter.ALL)
"""Each is a column of `intents` with an index; `filters.py` says what stands there."""

metadata = MetaData()

meta = Table("meta", metadata, Column("schema_version", Integer, nullable=False))

processes = Table(
    "processes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("expires_at", Float, nullable=False),
)

intents = Table(
    "intents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("visitor", String(64), nullable=False),
    Column("idempotency_key", String(64), nullable=False),
    Column("body_digest", String(64), nullable=False),
    Column("body", PackedText, nullable=False),
    Column("send_to", String(16), nullable=False),
    Column("scenario", String(64)),
    Column("endpoint", Text, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("process_id", String(32), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("finished_at", Float),
    Column("updated_at", Float, nullable=False),
    Column("http_status", Integer),
    Column("seconds", Float),
    Column("code", BigInteger),
    Column("service_message", Text),
    Column("response_text", Text),
    Column("explanation", JSON),
    Column("batch_id", Text),
    Column("webhook_hash", String(64), index=True),
    *(Column(filter_.value, Boolean, nullable=False, server_default=false()) for filter_ in FILTERS),
    Column("tasks_named", Integer),
    UniqueConstraint("visitor", "idempotency_key", "body_digest", name="one_intent_for_each_key"),
    Index("intents_of_visitor", "visitor", "created_at", "id"),
    Index("intents_by_outcome", "outcome"),
)

for _filter in FILTERS:
    # Only of what stands there: a filter with nothing on it is found empty without reading the rest. The column itself
    # is in it so that SQLite prefers it to the index of all submissions.
    Index(
        f"intents_{_filter}",
        intents.c.visitor,
        intents.c[_filter],
        intents.c.created_at,
        intents.c.id,
        sqlite_where=intents.c[_filter] == true(),
        postgresql_where=intents.c[_filter] == true(),
    )

for _name, _whose in (("intents_by_age", ()), ("intents_of_visitor_by_age", (intents.c.visitor,))):
    # What may go, the oldest first (`retention.py`), found and counted without reading a record.
    Index(
        _name,
        *_whose,
        intents.c.send_to,
        intents.c.unknown,
        intents.c.running,
        intents.c.created_at,
        intents.c.id,
        sqlite_where=intents.c.running == false(),
        postgresql_where=intents.c.running == false(),
    )

visitors = Table(
    "visitors",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", BigInteger, nullable=False),
)
"""What each visitor sees has a version, which grows with every change. No row is ever deleted: it never goes back."""

used_keys = Table(
    "used_keys",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("at", Float, nullable=False),
    Index("used_keys_by_time", "at"),
)
"""Idempotency keys of what was submitted, kept beyond it; `used_keys.py` says how long."""

tasks = Table(
    "tasks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("intent_id", ForeignKey("intents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("upstream_id", Text, nullable=False),
    Column("state", String(32), nullable=False),
    Column("raw_state", Text),
    Column("message", Text),
    Column("videos", JSON, nullable=False),
    Column("polls", Integer, nullable=False),
    Column("misses", Integer, nullable=False),
    Column("first_missed_at", Float),
    Column("trouble", Text),
    Column("due_at", Float, index=True),
    Column("created_at", Float, nullable=False),
    Column("ended_at", Float),
    UniqueConstraint("intent_id", "upstream_id", name="one_row_per_task"),
)

exchanges = Table(
    "exchanges",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("intent_id", ForeignKey("intents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("task_id", String(32), index=True),
    Column("kind", String(16), nullable=False),
    Column("method", String(8), nullable=False),
    Column("url", Text, nullable=False),
    Column("request_text", Text),
    Column("http_status", Integer),
    Column("response_text", Text),
    Column("response_headers", JSON),
    Column("started_at", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("repeats", Integer, nullable=False),
)

reservations = Table(
    "reservations",
    metadata,
    Column("intent_id", String(32), primary_key=True),
    Column("send_to", String(16), nullable=False),
    Column("payer", String(64), nullable=False),
    Column("tasks", Integer, nullable=False),
    Column("running_when_forgotten", Integer),
    Column("at", Float, nullable=False),
    Index("reservations_by_time", "at"),
)
