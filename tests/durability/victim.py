"""An app without its page, as a process to be killed: the real service, store, client and follower.

`start` gives a process forked from a clean server that has the imports done, so that a start costs milliseconds and
hundreds of kills fit into a test. A `Plan` says where it works, how often it submits, and at which of
`POINTS` it ends itself by SIGKILL. The points wrap methods from outside; the app knows nothing of them.
"""

from __future__ import annotations

import http.client
import logging
import os
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import urllib3.connection
from pydantic import SecretStr
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.durability.shortage import hoards_descriptors_when_told, obeys_permissions
from tests.process import forkserver
from tests.visitors import VISITOR as VISITOR
from weryai_ui.client.weryai import WeryAIClient
from weryai_ui.jobs import follower as follower_module
from weryai_ui.jobs.unsaved import Unsaved
from weryai_ui.service import Service
from weryai_ui.service.preparing import Submission, SubmitResult
from weryai_ui.settings import Settings
from weryai_ui.store import database as database_module
from weryai_ui.store import following as following_module
from weryai_ui.store import process as process_module
from weryai_ui.store.records import SendTo
from weryai_ui.store.submissions import Store

OWNER_KEY = "sk-owner-of-the-victim"
FORM: dict[str, Any] = {
    "model": "SEEDANCE_2_0",
    "prompt": "A paper boat",
    "duration": 5,
    "aspect_ratio": "1:1",
    "resolution": "480p",
}
BEATS_PER_LEASE = 5
"""As in the app: renewed every second, lasts five."""


@dataclass(frozen=True)
class Plan:
    """What a victim does. Submission number n carries the caller id `first_caller_id` + n.

    `lease_seconds`, `claim_seconds` and `busy_seconds` shorten what the app takes 5, 60 and 10 seconds for; None leaves
    them. `at_once`: all submissions together, each in a thread. `descriptors`: how many it may have.
    `alone`: nobody else opens the database.
    """

    folder: Path
    database_url: str
    upstream: str
    submissions: int = 0
    first_caller_id: int = 0
    videos: int = 1
    die_at: str = ""
    poll_seconds: float = 0.2
    polls_at_once: int = 8
    lease_seconds: float | None = 1.0
    claim_seconds: float | None = 1.0
    busy_seconds: float | None = None
    at_once: bool = False
    descriptors: int | None = None
    alone: bool = False

    @property
    def settings(self) -> Settings:
        return Settings(
            api_key=SecretStr(OWNER_KEY),
            base_url=self.upstream,
            data_dir=self.folder,
            database_url=self.database_url,
            poll_seconds=self.poll_seconds,
            polls_at_once=self.polls_at_once,
            submits_apart_s=0.0,
        )


@dataclass(frozen=True)
class Told:
    """What a submission was answered: the outcome and its task ids, which are empty when it was refused before."""

    caller_id: int
    outcome: str = ""
    task_ids: tuple[str, ...] = ()
    refusal: str | None = None


def start(plan: Plan, tell: Connection | None = None) -> ForkServerProcess:
    """A running victim. `kill()` and `join()` end it; its log is `victim.log` in the plan's folder.

    `tell` gets a `Told` for each submission.
    """
    process = forkserver().Process(target=live, args=(plan, tell), daemon=True)
    process.start()
    return process


def killed(process: ForkServerProcess, after: float = 0.0) -> None:
    """`kill -9` after so many seconds, unless it ended by itself before."""
    process.join(after)
    process.kill()
    process.join()
    process.close()


def died_at_its_point(process: ForkServerProcess, seconds: float = 20.0) -> bool:
    """Waits for a victim to kill itself; False when it ended otherwise or did not end."""
    process.join(seconds)
    by_itself = process.exitcode == -signal.SIGKILL
    process.kill()
    process.join()
    process.close()
    return by_itself


def live(plan: Plan, tell: Connection | None = None) -> None:
    """A victim's life: opens the store, follows, submits, and then follows until it is killed."""
    service = begun(plan)

    def submit(number: int) -> Told:
        submitted = service.submit(new_submission(plan.first_caller_id + number, plan.videos))
        return _told(plan.first_caller_id + number, submitted)

    with ThreadPoolExecutor(plan.submissions if plan.at_once and plan.submissions else 1) as pool:
        for told in pool.map(submit, range(plan.submissions)):
            if tell is not None:
                tell.send(told)
    threading.Event().wait()


def begun(plan: Plan) -> Service:
    """The service of a victim, which follows."""
    obeys_permissions()
    hoards_descriptors_when_told()
    if plan.descriptors is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (plan.descriptors, plan.descriptors))
    plan.folder.mkdir(parents=True, exist_ok=True)
    logging.raiseExceptions = False  # the log's disk may be the one that is full
    logging.basicConfig(filename=plan.folder / "victim.log", level=logging.INFO, force=True)
    if plan.lease_seconds is not None:
        vars(process_module)["HEARTBEAT_LASTS_S"] = plan.lease_seconds
        vars(follower_module)["HEARTBEAT_EVERY_S"] = plan.lease_seconds / BEATS_PER_LEASE
    if plan.claim_seconds is not None:
        vars(following_module)["CLAIM_LASTS_S"] = plan.claim_seconds
    if plan.busy_seconds is not None:
        for name in ("BUSY_TIMEOUT_MS", "READING_TIMEOUT_MS"):
            vars(database_module)[name] = int(plan.busy_seconds * 1000)
    store = Store(plan.database_url, alone=plan.alone)
    if plan.die_at:
        POINTS[plan.die_at](store)
    service = Service(plan.settings, store)
    service.start("http://127.0.0.1:9")
    return service


def _told(caller_id: int, submitted: SubmitResult) -> Told:
    intent = submitted.intent
    if intent is None:
        return Told(caller_id, refusal=submitted.refusal)
    return Told(caller_id, intent.outcome, tuple(task.upstream_id for task in intent.tasks))


def new_submission(caller_id: int, videos: int = 1) -> Submission:
    """A submission on the owner's key, told from all others by its caller id."""
    many = {"video_number": videos} if videos > 1 else {}
    return Submission(values={**FORM, "caller_id": caller_id, **many}, send_to=SendTo.OWNER_KEY, visitor=VISITOR)


# --- points ----------------------------------------------------------------------------------------


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _before(owner: type, name: str) -> Callable[[Store], None]:
    """Death instead of the call."""

    def install(store: Store) -> None:
        setattr(owner, name, lambda *_, **__: _die())

    return install


def _after(owner: type, name: str) -> Callable[[Store], None]:
    """Death when the call has returned."""

    def install(store: Store) -> None:
        original = getattr(owner, name)

        def wrapped(*args: Any, **named: Any) -> None:
            original(*args, **named)
            _die()

        setattr(owner, name, wrapped)

    return install


def _before_commit_of(name: str) -> Callable[[Store], None]:
    """Death inside a method of the store, when all is written and nothing is committed."""

    def install(store: Store) -> None:
        original = getattr(Store, name)

        def wrapped(*args: Any, **named: Any) -> Any:
            event.listen(store._engine, "commit", lambda _: _die())
            return original(*args, **named)

        setattr(Store, name, wrapped)

    return install


def _after_a_claim(store: Store) -> None:
    """Death when tasks were claimed; mostly nothing is due."""
    original = Store.claim_due

    def claim_due(*args: Any, **named: Any) -> Any:
        taken = original(*args, **named)
        if taken[0]:
            _die()
        return taken

    setattr(Store, "claim_due", claim_due)  # noqa: B010


def _after_first_byte(store: Store) -> None:
    """Death when one byte of the request has left."""

    def first_byte(connection: http.client.HTTPConnection, data: bytes) -> None:
        if connection.sock is None:
            connection.connect()
        connection.sock.sendall(data[:1])
        _die()

    vars(urllib3.connection)["HTTPConnection"].send = first_byte


def _with_the_database_away(then: Callable[[Store], None]) -> Callable[[Store], None]:
    """The first outcome finds no database; what comes later does."""

    def install(store: Store) -> None:
        then(store)
        original = getattr(Store, "finish")  # noqa: B009 - as replaced by `then`
        calls = count(1)

        def finish(*args: Any) -> Any:
            if next(calls) == 1:
                raise OperationalError("COMMIT", {}, Exception("database or disk is full"))
            return original(*args)

        setattr(Store, "finish", finish)  # noqa: B010

    return install


POINTS: dict[str, Callable[[Store], None]] = {
    "before begin": _before(Store, "begin"),
    "before begin is committed": _before_commit_of("begin"),
    "after begin": _after(Store, "begin"),
    "after the first byte": _after_first_byte,
    "after the whole request": _before(urllib3.connection.HTTPConnection, "getresponse"),
    "after the answer": _before(Unsaved, "keep"),
    "after the answer was kept": _before(Store, "finish"),
    "before finish is committed": _before_commit_of("finish"),
    "after finish": _after(Store, "finish"),
    "after the database did not take it": _with_the_database_away(_after(Service, "_post")),
    "after a take-up, before its file is gone": _with_the_database_away(_after(Store, "finish")),
    "after a claim": _after_a_claim,
    "after a poll": _after(WeryAIClient, "status"),
    "before record is committed": _before_commit_of("record_all"),
    "after a record": _after(Store, "record_all"),
}
