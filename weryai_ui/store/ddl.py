"""The longer statements of the migrations, each as it was when it was written."""

from __future__ import annotations

DDL_OF_8 = (
    """CREATE TABLE copies (id VARCHAR(32) NOT NULL, intent_id VARCHAR(32) NOT NULL, visitor VARCHAR(64) NOT NULL,
        role VARCHAR(16) NOT NULL, task INTEGER NOT NULL, number INTEGER NOT NULL, field VARCHAR(16), name TEXT,
        source TEXT NOT NULL, state VARCHAR(16) NOT NULL, why VARCHAR(32), tries INTEGER NOT NULL,
        first_tried_at FLOAT, due_at FLOAT, process_id VARCHAR(32), "key" VARCHAR(32), size BIGINT, sha256 VARCHAR(64),
        mime VARCHAR(32), extension VARCHAR(8), width INTEGER, height INTEGER, duration_s FLOAT,
        has_poster BOOLEAN NOT NULL, created_at FLOAT NOT NULL, kept_at FLOAT, removed_at FLOAT,
        PRIMARY KEY (id), FOREIGN KEY(intent_id) REFERENCES intents (id) ON DELETE CASCADE)""",
    "CREATE INDEX copies_of_intent ON copies (intent_id, role, task, number)",
    "CREATE INDEX ix_copies_due_at ON copies (due_at)",
    'CREATE TABLE removals ("key" VARCHAR(32) NOT NULL, due_at FLOAT NOT NULL, PRIMARY KEY ("key"))',
    "CREATE INDEX removals_by_time ON removals (due_at)",
    """CREATE TABLE shares (id VARCHAR(32) NOT NULL, token_hash VARCHAR(64) NOT NULL, visitor VARCHAR(64) NOT NULL,
        title TEXT NOT NULL, note TEXT NOT NULL, shows_prompt BOOLEAN NOT NULL, shows_code BOOLEAN NOT NULL,
        created_at FLOAT NOT NULL, expires_at FLOAT, opened_on VARCHAR(10), PRIMARY KEY (id))""",
    "CREATE UNIQUE INDEX shares_by_token ON shares (token_hash)",
    "CREATE INDEX shares_of_visitor ON shares (visitor, created_at)",
    """CREATE TABLE share_results (share_id VARCHAR(32) NOT NULL, place INTEGER NOT NULL,
        intent_id VARCHAR(32) NOT NULL, note TEXT NOT NULL, PRIMARY KEY (share_id, place),
        FOREIGN KEY(share_id) REFERENCES shares (id) ON DELETE CASCADE,
        FOREIGN KEY(intent_id) REFERENCES intents (id) ON DELETE CASCADE)""",
    "CREATE INDEX ix_share_results_intent_id ON share_results (intent_id)",
)

DDL_OF_12 = (
    """CREATE TABLE balances (account VARCHAR(64) NOT NULL, credits INTEGER, asked_at FLOAT, moved_at FLOAT,
        asking_until FLOAT, PRIMARY KEY (account))""",
    """CREATE TABLE ledger (intent_id VARCHAR(32) NOT NULL, group_id VARCHAR(32) NOT NULL,
        account VARCHAR(64) NOT NULL, send_to VARCHAR(16) NOT NULL, visitor VARCHAR(64) NOT NULL,
        service TEXT NOT NULL, who TEXT NOT NULL, model TEXT NOT NULL, resolution TEXT NOT NULL, sound TEXT NOT NULL,
        seconds INTEGER NOT NULL, number INTEGER NOT NULL, at FLOAT NOT NULL,
        settled_at FLOAT, ended VARCHAR(16), failure VARCHAR(16),
        code BIGINT, http_status INTEGER, credits_before INTEGER, before_at FLOAT, credits_after INTEGER, credits FLOAT,
        about BOOLEAN DEFAULT {no} NOT NULL, refunded FLOAT DEFAULT '0' NOT NULL, PRIMARY KEY (intent_id))""",
    "CREATE INDEX ledger_by_time ON ledger (at)",
    "CREATE INDEX ledger_of_account ON ledger (account, at)",
    "CREATE INDEX ledger_like ON ledger (service, model, resolution, seconds, sound, number, at)",
    "CREATE INDEX ledger_open ON ledger (account) WHERE settled_at IS NULL",
)

DDL_OF_15_SQLITE = (
    """CREATE VIRTUAL TABLE searchable_words USING fts5
        (visitor, words, content='searchable', content_rowid='number', detail='full')""",
    """CREATE TRIGGER searchable_added AFTER INSERT ON searchable BEGIN
        INSERT INTO searchable_words (rowid, visitor, words) VALUES (new.number, new.visitor, new.words); END""",
    """CREATE TRIGGER searchable_gone AFTER DELETE ON searchable BEGIN
        INSERT INTO searchable_words (searchable_words, rowid, visitor, words)
        VALUES ('delete', old.number, old.visitor, old.words); END""",
    """CREATE TRIGGER searchable_changed AFTER UPDATE ON searchable BEGIN
        INSERT INTO searchable_words (searchable_words, rowid, visitor, words)
        VALUES ('delete', old.number, old.visitor, old.words);
        INSERT INTO searchable_words (rowid, visitor, words) VALUES (new.number, new.visitor, new.words); END""",
)

DDL_OF_15_POSTGRESQL = ("CREATE INDEX searchable_words ON searchable USING gin (to_tsvector('simple', words))",)

DDL_OF_21 = (
    """CREATE TABLE move_codes (code VARCHAR(64) NOT NULL, visitor VARCHAR(64) NOT NULL, sealed VARCHAR(256) NOT NULL,
        expires_at FLOAT NOT NULL, PRIMARY KEY (code), UNIQUE (visitor))""",
    """CREATE TABLE moved (visitor VARCHAR(64) NOT NULL, home VARCHAR(64) NOT NULL, at FLOAT NOT NULL,
        PRIMARY KEY (visitor))""",
    "CREATE INDEX ix_moved_home ON moved (home)",
)
DDL_OF_22 = (
    """CREATE TABLE plans (id VARCHAR(32) NOT NULL, visitor VARCHAR(64) NOT NULL, varies VARCHAR(32) NOT NULL,
        send_to VARCHAR(32) NOT NULL, scenario VARCHAR(32) NOT NULL, came_from VARCHAR(32) NOT NULL,
        language VARCHAR(32) NOT NULL, caller JSON NOT NULL, state VARCHAR(16) NOT NULL, said TEXT,
        stopped_by VARCHAR(32), process_id VARCHAR(32) NOT NULL, created_at FLOAT NOT NULL, updated_at FLOAT NOT NULL,
        PRIMARY KEY (id))""",
    "CREATE INDEX plans_of_visitor ON plans (visitor, created_at)",
    "CREATE INDEX plans_by_state ON plans (state, updated_at)",
    """CREATE TABLE variants (plan_id VARCHAR(32) NOT NULL, place INTEGER NOT NULL,
        idempotency_key VARCHAR(64) NOT NULL, asked TEXT NOT NULL, name VARCHAR(64) NOT NULL,
        state VARCHAR(16) NOT NULL, intent_id VARCHAR(32), said TEXT, PRIMARY KEY (plan_id, place),
        FOREIGN KEY(plan_id) REFERENCES plans (id) ON DELETE CASCADE)""",
)

GONE_OF_25 = {
    "sqlite": (
        "DROP TRIGGER searchable_added",
        "DROP TRIGGER searchable_gone",
        "DROP TRIGGER searchable_changed",
        "DROP TABLE searchable_words",
    ),
    "postgresql": ("DROP INDEX searchable_words",),
}
COLUMNS_OF_25 = (
    "ALTER TABLE searchable DROP COLUMN visitor",
    "ALTER TABLE searchable ADD COLUMN facets TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE searchable ADD COLUMN at FLOAT DEFAULT '0' NOT NULL",
)
DDL_OF_25 = {
    "sqlite": (
        """CREATE VIRTUAL TABLE searchable_words USING fts5
        (facets, words, content='searchable', content_rowid='number', detail='full')""",
        """CREATE TRIGGER searchable_added AFTER INSERT ON searchable BEGIN
        INSERT INTO searchable_words (rowid, facets, words) VALUES (new.number, new.facets, new.words); END""",
        """CREATE TRIGGER searchable_gone AFTER DELETE ON searchable BEGIN
        INSERT INTO searchable_words (searchable_words, rowid, facets, words)
        VALUES ('delete', old.number, old.facets, old.words); END""",
        """CREATE TRIGGER searchable_changed AFTER UPDATE ON searchable BEGIN
        INSERT INTO searchable_words (searchable_words, rowid, facets, words)
        VALUES ('delete', old.number, old.facets, old.words);
        INSERT INTO searchable_words (rowid, facets, words) VALUES (new.number, new.facets, new.words); END""",
        "INSERT INTO searchable_words (searchable_words) VALUES ('rebuild')",
    ),
    "postgresql": (
        """CREATE INDEX searchable_words ON searchable
        USING gin (to_tsvector('simple', words), to_tsvector('simple', facets))""",
    ),
}
DDL_OF_26 = tuple(
    f"ALTER TABLE {table} ADD COLUMN {column}"
    for table in ("copies", "plans")
    for column in ("faults INTEGER DEFAULT '0' NOT NULL", "error VARCHAR(200)")
)
DDL_OF_27 = (
    """CREATE TABLE sealed_keys (visitor VARCHAR(64) NOT NULL, account VARCHAR(64) NOT NULL, sealed TEXT NOT NULL,
        secret VARCHAR(16) NOT NULL, given_at FLOAT NOT NULL, PRIMARY KEY (visitor, account))""",
    "CREATE INDEX sealed_keys_by_time ON sealed_keys (given_at)",
    "ALTER TABLE plans ADD COLUMN account VARCHAR(64) DEFAULT '' NOT NULL",
)
