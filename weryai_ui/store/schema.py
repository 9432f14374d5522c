"""The tables. Times are seconds since 1970 (UTC).

It is longer than other modules: one table after the other, so that all that is kept can be read in one place.
"""

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
from weryai_ui.store.records import MODEL_CHARACTERS, Filter

FILTERS = tuple(filter_ for filter_ in Filter if filter_ not in (Filter.ALL, Filter.STARRED))
"""Each is a column of `intents` with an index; `filters.py` says what stands there."""

TITLE_CHARACTERS = 80
"""Of a title that a visitor gives a submission."""
NOTE_CHARACTERS = 500
"""Of a visitor's note on a submission."""
ERROR_CHARACTERS = 200
"""Of what is kept of an error that nobody foresaw: its kind and its place, not its words."""

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
    Column("credits_before", Integer),
    Column("retry_after", Float),
    Column("starred", Boolean, nullable=False, server_default=false()),
    Column("model", String(MODEL_CHARACTERS), nullable=False, server_default=""),
    Column("title", String(TITLE_CHARACTERS), nullable=False, server_default=""),
    Column("came_from", String(32)),
    Column("note", String(NOTE_CHARACTERS), nullable=False, server_default=""),
    UniqueConstraint("visitor", "idempotency_key", "body_digest", name="one_intent_for_each_key"),
    Index("intents_of_visitor", "visitor", "created_at", "id"),
    Index("intents_of_model", "visitor", "model", "created_at", "id"),
    Index("intents_of_destination", "visitor", "send_to", "created_at", "id"),
    Index("intents_by_outcome", "outcome"),
)

for _filter in (*FILTERS, Filter.STARRED):
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

for _filter in (Filter.READY, Filter.FAILED, Filter.UNKNOWN):
    # Those with no end, narrowed further.
    for _narrowed in (("model",), ("send_to",), ("model", "send_to")):
        Index(
            f"intents_{_filter}_by_{'_and_'.join(_narrowed)}",
            *(intents.c[each] for each in ("visitor", _filter, *_narrowed, "created_at", "id")),
            sqlite_where=intents.c[_filter] == true(),
            postgresql_where=intents.c[_filter] == true(),
        )

Index(
    "intents_that_came_from",
    intents.c.came_from,
    intents.c.created_at,
    sqlite_where=intents.c.came_from.is_not(None),
    postgresql_where=intents.c.came_from.is_not(None),
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
    *(Column(name, Integer, nullable=False) for name in ("polls", "misses")),
    Column("first_missed_at", Float),
    Column("trouble", Text),
    Column("due_at", Float, index=True),
    Column("created_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("cost_credits", Float),
    Column("claimed_by", String(32), index=True),
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
    Column("credits", Float),
    Index("reservations_by_time", "at"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("next_submit_at", Float, nullable=False, index=True),
)
"""When the next submit of an account may leave; `id` is a hash of its address and key."""

balances = Table(
    "balances",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("credits", Integer),
    *(Column(name, Float) for name in ("asked_at", "moved_at", "asking_until")),
)
"""What an account had when it was asked last; `ledger.py` has more."""
ledger = Table(
    "ledger",
    metadata,
    Column("intent_id", String(32), primary_key=True),
    Column("group_id", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("send_to", String(16), nullable=False),
    Column("visitor", String(64), nullable=False),
    *(Column(name, Text, nullable=False) for name in ("service", "who", "model", "resolution", "sound")),
    *(Column(name, Integer, nullable=False) for name in ("seconds", "number")),
    Column("at", Float, nullable=False),
    Column("settled_at", Float),
    Column("ended", String(16)),
    Column("failure", String(16)),
    Column("code", BigInteger),
    Column("http_status", Integer),
    Column("credits_before", Integer),
    Column("before_at", Float),
    Column("credits_after", Integer),
    Column("credits", Float),
    Column("about", Boolean, nullable=False, server_default=false()),
    Column("refunded", Float, nullable=False, server_default="0"),
    Index("ledger_by_time", "at"),
    Index("ledger_of_account", "account", "at"),
    Index("ledger_like", "service", "model", "resolution", "seconds", "sound", "number", "at"),
)
"""What each submission with a key cost. It outlives the submission, and holds nothing of what was asked for."""

Index(
    "ledger_open",
    ledger.c.account,
    sqlite_where=ledger.c.settled_at.is_(None),
    postgresql_where=ledger.c.settled_at.is_(None),
)

grants = Table(
    "grants",
    metadata,
    Column("visitor", String(64), primary_key=True),
    Column("seal", String(64), nullable=False),
    Column("expires_at", Float, nullable=False),
)
"""Visitors who gave the access code, each with a slow hash of it (`access/policy.py`)."""

sealed_keys = Table(
    "sealed_keys",
    metadata,
    Column("visitor", String(64), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("secret", String(16), nullable=False),
    Column("given_at", Float, nullable=False),
    Index("sealed_keys_by_time", "given_at"),
)
"""Keys of visitors' own, each readable with the owner's secret alone; `sealed_keys.py` says for how long."""

stops = Table("stops", metadata, Column("send_to", String(16), primary_key=True), Column("at", Float, nullable=False))
"""Where the owner has stopped spending, and when."""

copies = Table(
    "copies",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("intent_id", ForeignKey("intents.id", ondelete="CASCADE"), nullable=False),
    Column("visitor", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("task", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("field", String(16)),
    Column("name", Text),
    Column("source", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("why", String(32)),
    Column("tries", Integer, nullable=False),
    Column("first_tried_at", Float),
    Column("due_at", Float, index=True),
    Column("process_id", String(32)),
    Column("key", String(32)),
    Column("size", BigInteger),
    Column("sha256", String(64)),
    Column("mime", String(32)),
    Column("extension", String(8)),
    Column("width", Integer),
    Column("height", Integer),
    Column("duration_s", Float),
    Column("has_poster", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
    *(Column(name, Float) for name in ("kept_at", "removed_at")),
    Column("faults", Integer, nullable=False, server_default="0"),
    Column("error", String(ERROR_CHARACTERS)),
    Index("copies_of_intent", "intent_id", "role", "task", "number"),
)
"""What is kept of results, and what is still to be; `copies.py` says how."""

removals = Table(
    "removals",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("due_at", Float, nullable=False),
    Index("removals_by_time", "due_at"),
)
"""Objects of the storage that nobody has any more and that are still to be deleted."""

shares = Table(
    "shares",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("visitor", String(64), nullable=False),
    *(Column(name, Text, nullable=False) for name in ("title", "note")),
    *(Column(name, Boolean, nullable=False) for name in ("shows_prompt", "shows_code")),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float),
    Column("opened_on", String(10)),
    Index("shares_by_token", "token_hash", unique=True),
    Index("shares_of_visitor", "visitor", "created_at"),
)
"""Pages that show results to whoever has their link; of the link only a hash is here."""

share_results = Table(
    "share_results",
    metadata,
    Column("share_id", ForeignKey("shares.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("intent_id", ForeignKey("intents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("note", Text, nullable=False),
)

move_codes = Table(
    "move_codes",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("visitor", String(64), nullable=False, unique=True),
    *(Column(name, kind, nullable=False) for name, kind in (("sealed", String(256)), ("expires_at", Float))),
)
moved = Table(
    "moved",
    metadata,
    Column("visitor", String(64), primary_key=True),
    Column("home", String(64), nullable=False, index=True),
    Column("at", Float, nullable=False),
)
"""One-time codes that hand a history over, and visitors whose history has joined another's; `moves.py` says how."""

plans = Table(
    "plans",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("visitor", String(64), nullable=False),
    *(Column(name, String(32), nullable=False) for name in ("varies", "send_to", "scenario", "came_from", "language")),
    Column("caller", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("said", Text),
    Column("stopped_by", String(32)),
    Column("process_id", String(32), nullable=False),
    *(Column(name, Float, nullable=False) for name in ("created_at", "updated_at")),
    Column("faults", Integer, nullable=False, server_default="0"),
    Column("error", String(ERROR_CHARACTERS)),
    Column("account", String(64), nullable=False, server_default=""),
    Index("plans_of_visitor", "visitor", "created_at"),
    Index("plans_by_state", "state", "updated_at"),
)
"""Several variants of one form, to be sent one after the other; `plans.py` says how."""

variants = Table(
    "variants",
    metadata,
    Column("plan_id", ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("idempotency_key", String(64), nullable=False),
    Column("asked", PackedText, nullable=False),
    Column("name", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("intent_id", String(32)),
    Column("said", Text),
)
