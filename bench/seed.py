"""Presses in a database by the hundred thousand, as the store itself would have written them."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Table, create_engine, delete, insert, select

from bench.imitation import WATCHED
from tests.durability.scripted import exchange, submission, told
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.request.validation import check
from weryai_ui.store.facets import facets_of
from weryai_ui.store.records import NewIntent, Place, SendTo
from weryai_ui.store.schema import intents, tasks
from weryai_ui.store.search import searchable
from weryai_ui.store.stars import MOST_STARRED
from weryai_ui.store.submissions import Store

APART_S = 60.0
BATCH = 5000
RUNNING = 3
"""So many of the newest submissions are still running."""
SHAPES: Mapping[str, int] = {"ready": 7, "failed": 1, "refused": 1, "unknown": 1}
"""Of ten older submissions."""
MODELS = ("SEEDANCE_2_0", "SEEDANCE_2_0_FAST")
COMMON, FIFTH, OLDEST = "common", "fifth", "oldest"
COUNTS = {"images": 9, "videos": 3, "audios": 3}
KINDS = {"images": "png", "videos": "mp4", "audios": "mp3"}


def full_form() -> dict[str, Any]:
    """Form values with every field filled: 15 links, and a prompt of about 450 characters that names each."""
    links = {
        name: [f"https://cdn.example.com/{name}/{n}.{KINDS[name]}" for n in range(count)]
        for name, count in COUNTS.items()
    }
    named = [f"{name.removesuffix('s')} {n}" for name, count in COUNTS.items() for n in range(1, count + 1)]
    return {
        "model": "SEEDANCE_2_0",
        "prompt": "A paper boat sails through a library: " + ", then ".join(f"{each} is seen" for each in named),
        **{name: "\n".join(found) for name, found in links.items()},
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "duration": 15,
        "generate_audio": "true",
        "video_number": "4",
        "webhook_url": "https://hooks.example.com/done",
        "caller_id": "9007199254740993",
    }


def visitors(count: int) -> list[str]:
    """New visitor tokens, as long as the app's own."""
    return [secrets.token_urlsafe(32) for _ in range(count)]


def watched(database_url: str, watchers: Iterable[str], interval: float) -> None:
    """A task for each visitor that the imitated service never finishes, due within the next `interval` seconds."""
    store = Store(database_url)
    for number, visitor in enumerate(watchers):
        intent = store.begin(_new(visitor)).intent
        due_at = time.time() + interval * (number % 100) / 100
        store.finish(intent.id, submission(Outcome.ACCEPTED, f"{WATCHED}{number}"), due_at)
    store.close()


def history(database_url: str, visitor: str, count: int) -> None:
    """So many submissions of one visitor, a minute apart, of which the store made the newest."""
    store = Store(database_url)
    patterns = {name: _pattern(store, visitor, name) for name in ("running", *SHAPES)}
    store.close()
    order = [name for name, share in SHAPES.items() for _ in range(share)]
    engine = create_engine(database_url)
    with engine.begin() as connection:
        rows = {name: _rows_of(connection, intent_id) for name, intent_id in patterns.items()}
        for table in (searchable, tasks, intents):
            column = intents.c.id if table is intents else table.c.intent_id
            connection.execute(delete(table).where(column.in_(list(patterns.values()))))
        now = time.time()
        for begin in range(0, count, BATCH):
            numbers = range(begin, min(begin + BATCH, count))
            made = [
                _copy(rows["running" if number < RUNNING else order[number % 10]], now - number * APART_S, number)
                for number in numbers
            ]
            _put(connection, intents, (intent for intent, _ in made))
            _put(connection, tasks, (task for _, own in made for task in own))
            # By their age, as they would have been recorded: the oldest has the first number.
            _put(
                connection, searchable, (_words(intent, n, count) for n, (intent, _) in zip(numbers, made, strict=True))
            )
        if connection.dialect.name == "postgresql":  # as it does by itself within a minute
            connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def before_the_oldest(database_url: str, count: int) -> Place:
    """The place after which so many submissions are left, of a database with one visitor."""
    engine = create_engine(database_url)
    oldest_first = select(intents.c.created_at, intents.c.id).order_by(intents.c.created_at, intents.c.id)
    with engine.connect() as connection:
        found = Place(*connection.execute(oldest_first.offset(count).limit(1)).one())
    engine.dispose()
    return found


def _known_as(visitor: str) -> str:
    """What the store knows a visitor by: the hash of the token that their browser keeps."""
    return hashlib.sha256(visitor.encode()).hexdigest()


def _new(visitor: str) -> NewIntent:
    request = check(full_form()).request
    assert request is not None
    body = request.model_dump_json(exclude_none=True)
    return NewIntent(_known_as(visitor), secrets.token_hex(16), body, SendTo.OWNER_KEY, None, "http://127.0.0.1:9")


def _pattern(store: Store, visitor: str, shape: str) -> str:
    """The id of a submission in that state."""
    intent = store.begin(_new(visitor)).intent
    outcomes = {"refused": Outcome.REJECTED, "unknown": Outcome.UNKNOWN}
    outcome = outcomes.get(shape, Outcome.ACCEPTED)
    names = ["task"] if outcome is Outcome.ACCEPTED else []
    far = time.time() + 1e9
    finished = store.finish(intent.id, submission(outcome, *names), far)
    for task in finished.tasks:
        if shape != "running":
            state = TaskState.SUCCEEDED if shape == "ready" else TaskState.FAILED
            status = told(state, "task", ["https://example.com/video.mp4"] if shape == "ready" else []).status
            claimed = store.claim(task.id, far)
            assert status is not None and claimed is not None
            ended = replace(task, state=status.state, raw_state=status.raw_state, videos=status.videos, due_at=None)
            assert store.record(task, claimed, ended, exchange())
    return intent.id


Copied = tuple[dict[str, Any], list[dict[str, Any]]]


def _rows_of(connection: Connection, intent_id: str) -> Copied:
    intent = connection.execute(select(intents).where(intents.c.id == intent_id)).one()
    own = connection.execute(select(tasks).where(tasks.c.intent_id == intent_id)).all()
    return dict(intent._mapping), [dict(task._mapping) for task in own]


def _words(intent: Mapping[str, Any], number: int, count: int) -> dict[str, Any]:
    """What it is found by: a word that all have, one of every fifth, one of the oldest twenty."""
    words = [COMMON, *([FIFTH] if number % 5 == 0 else []), *([OLDEST] if number >= count - 20 else []), f"n{number}"]
    said = {"intent_id": intent["id"], "words": f"a paper boat sails {' '.join(words)}"}
    return {
        "number": count - number,
        **said,
        "facets": facets_of(SimpleNamespace(**intent)),
        "at": intent["created_at"],
    }


def _copy(rows: Copied, at: float, number: int) -> Copied:
    """The same rows as a submission of its own, made at that time: every second by another model, every third free."""
    intent, own = rows
    copied = {**intent, "id": secrets.token_hex(16), "idempotency_key": secrets.token_hex(16)}
    copied |= {"model": MODELS[number % 2], "send_to": SendTo.SANDBOX if number % 3 == 0 else SendTo.OWNER_KEY}
    copied["starred"] = number % 5 == 4 and number < 5 * MOST_STARRED
    later = at - intent["created_at"]
    for name in ("created_at", "finished_at", "updated_at"):
        copied[name] = None if intent[name] is None else intent[name] + later
    return copied, [
        {
            **task,
            "id": secrets.token_hex(16),
            "intent_id": copied["id"],
            "created_at": at,
            "ended_at": None if task["ended_at"] is None else task["ended_at"] + later,
        }
        for task in own
    ]


def _put(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    connection.execute(insert(table), list(rows))
