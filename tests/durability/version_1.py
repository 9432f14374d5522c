"""A database as version 1 of the schema made it. Frozen: nothing here follows a change of the schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count

from sqlalchemy import Connection, create_engine, text

ANN, BOB = "a" * 64, "b" * 64
SUBMISSIONS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "on its way": (ANN, "SENDING", ()),
    "runs": (ANN, "ACCEPTED", ("waiting",)),
    "ready": (ANN, "ACCEPTED", ("succeeded",)),
    "ready and failed": (ANN, "ACCEPTED", ("succeeded", "failed")),
    "ready and runs": (ANN, "ACCEPTED", ("succeeded", "processing")),
    "not found": (ANN, "ACCEPTED", ("not_found",)),
    "not sent": (ANN, "NOT_SENT", ()),
    "rejected": (ANN, "REJECTED", ()),
    "unknown": (ANN, "UNKNOWN", ()),
    "somebody else's": (BOB, "ACCEPTED", ("succeeded",)),
}
"""Visitor, outcome and states of the tasks of each press, by its prompt, the oldest first."""
FINAL = {"succeeded", "failed", "not_found"}
BEGAN = 1_700_000_000.0

DDL = """
CREATE TABLE meta (schema_version INTEGER NOT NULL);
CREATE TABLE processes (id VARCHAR(32) NOT NULL, expires_at FLOAT NOT NULL, PRIMARY KEY (id));
CREATE TABLE intents (
    id VARCHAR(32) NOT NULL, visitor VARCHAR(64) NOT NULL, press VARCHAR(64) NOT NULL,
    body_digest VARCHAR(64) NOT NULL, body TEXT NOT NULL, send_to VARCHAR(16) NOT NULL, scenario VARCHAR(64),
    endpoint TEXT NOT NULL, outcome VARCHAR(16) NOT NULL, process_id VARCHAR(32) NOT NULL, created_at FLOAT NOT NULL,
    finished_at FLOAT, updated_at FLOAT NOT NULL, http_status INTEGER, seconds FLOAT, code BIGINT,
    service_message TEXT, response_text TEXT, explanation JSON, batch_id TEXT, webhook_hash VARCHAR(64),
    PRIMARY KEY (id), CONSTRAINT one_press_one_intent UNIQUE (visitor, press, body_digest)
);
CREATE INDEX intents_of_visitor ON intents (visitor, created_at);
CREATE INDEX ix_intents_webhook_hash ON intents (webhook_hash);
CREATE INDEX intents_by_outcome ON intents (outcome);
CREATE TABLE reservations (
    intent_id VARCHAR(32) NOT NULL, send_to VARCHAR(16) NOT NULL, payer VARCHAR(64) NOT NULL, tasks INTEGER NOT NULL,
    running_when_forgotten INTEGER, at FLOAT NOT NULL, PRIMARY KEY (intent_id)
);
CREATE INDEX reservations_by_time ON reservations (at);
CREATE TABLE tasks (
    id VARCHAR(32) NOT NULL, intent_id VARCHAR(32) NOT NULL, number INTEGER NOT NULL, upstream_id TEXT NOT NULL,
    state VARCHAR(32) NOT NULL, raw_state TEXT, message TEXT, videos JSON NOT NULL, polls INTEGER NOT NULL,
    misses INTEGER NOT NULL, first_missed_at FLOAT, trouble TEXT, due_at FLOAT, created_at FLOAT NOT NULL,
    ended_at FLOAT, PRIMARY KEY (id), CONSTRAINT one_row_per_task UNIQUE (intent_id, upstream_id),
    FOREIGN KEY(intent_id) REFERENCES intents (id) ON DELETE CASCADE
);
CREATE INDEX ix_tasks_intent_id ON tasks (intent_id);
CREATE INDEX ix_tasks_due_at ON tasks (due_at);
CREATE TABLE exchanges (
    id {serial} NOT NULL, intent_id VARCHAR(32) NOT NULL, task_id VARCHAR(32), kind VARCHAR(16) NOT NULL,
    method VARCHAR(8) NOT NULL, url TEXT NOT NULL, request_text TEXT, http_status INTEGER, response_text TEXT,
    response_headers JSON, started_at FLOAT NOT NULL, seconds FLOAT NOT NULL, repeats INTEGER NOT NULL,
    PRIMARY KEY (id), FOREIGN KEY(intent_id) REFERENCES intents (id) ON DELETE CASCADE
);
CREATE INDEX ix_exchanges_intent_id ON exchanges (intent_id);
CREATE INDEX ix_exchanges_task_id ON exchanges (task_id);
INSERT INTO meta (schema_version) VALUES (1)
"""
INTENT = text(
    "INSERT INTO intents (id, visitor, press, body_digest, body, send_to, endpoint, outcome, process_id, created_at, "
    "updated_at) VALUES (:id, :visitor, :id, 'x', :body, 'owner-key', 'http://127.0.0.1:9', :outcome, 'p', :at, :at)"
)
TASK = text(
    "INSERT INTO tasks (id, intent_id, number, upstream_id, state, videos, polls, misses, due_at, created_at, ended_at)"
    " VALUES (:id, :intent_id, :number, :upstream_id, :state, '[]', 0, 0, :due_at, :at, :ended_at)"
)


def make(database_url: str, copies: int = 1) -> None:
    """Makes the tables and `SUBMISSIONS`, each so many times."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        serial = "INTEGER" if connection.dialect.name == "sqlite" else "SERIAL"
        for statement in DDL.format(serial=serial).split(";"):
            connection.execute(text(statement))
        _fill(connection, copies)
    engine.dispose()


def _fill(connection: Connection, copies: int) -> None:
    numbers = count()
    made = [(f"{next(numbers):032x}", prompt, *press) for _ in range(copies) for prompt, press in SUBMISSIONS.items()]
    connection.execute(
        INTENT,
        [
            {"id": key, "visitor": visitor, "body": f'{{"prompt":"{prompt}"}}', "outcome": outcome, "at": BEGAN + at}
            for at, (key, prompt, visitor, outcome, _) in enumerate(made)
        ],
    )
    connection.execute(TASK, [task for key, _, _, _, states in made for task in _tasks(key, states)])


def _tasks(intent_id: str, states: tuple[str, ...]) -> Iterator[dict[str, object]]:
    for number, state in enumerate(states, 1):
        ended_at, due_at = (BEGAN, None) if state in FINAL else (None, BEGAN)
        task = {"id": f"{intent_id[2:]}-{number}", "intent_id": intent_id, "number": number, "state": state}
        yield {**task, "upstream_id": f"task-{number}", "at": BEGAN, "ended_at": ended_at, "due_at": due_at}
