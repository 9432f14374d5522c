"""Everything runs out between a POST and its record: what was paid for is told, kept, recorded, and never sent twice.

The upstream's ledger is the judge. All submissions are on their way together, the shortage begins when the last has
arrived, and only then the upstream answers.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
import requests

from tests.durability.audit import Audit, all_intents, audit, is_settled
from tests.durability.shortage import FOR_GOOD, SHORTAGES, FullDisk, Shortage, small_disk
from tests.durability.test_kills import books_after_a_restart
from tests.durability.upstream import Upstream
from tests.durability.victim import FORM, OWNER_KEY, VISITOR, Plan, Told, killed, start
from tests.durability.waiting import until
from tests.process import ROOT, AppProcess, forkserver
from weryai_ui.store.submissions import Store

SUBMISSIONS = 12
TOLD_WITHIN_S = 120.0
DESCRIPTORS = 1024


class Scene:
    """A victim whose submissions have all arrived, and its shortage."""

    def __init__(self, folder: Path, name: str, upstream: Upstream) -> None:
        self.upstream = upstream
        self.plan = Plan(
            folder, f"sqlite:///{folder / 'weryai.sqlite3'}", upstream.url,
            submissions=SUBMISSIONS, videos=2, at_once=True, busy_seconds=3.0, descriptors=256,
        )  # fmt: skip
        Store(self.plan.database_url).close()
        self.shortage: Shortage = SHORTAGES[name](folder)
        self._arrived = threading.Barrier(SUBMISSIONS + 1)
        self._go = threading.Event()
        upstream.stall = self._wait
        heard, tell = forkserver().Pipe(duplex=False)
        self.victim = start(self.plan, tell)
        self._heard: Connection = heard
        self._lives = True

    def _wait(self) -> None:
        if not self._go.is_set():
            self._arrived.wait(TOLD_WITHIN_S)
            self._go.wait()

    def begin(self) -> list[Told]:
        """The shortage begins, the upstream answers, and every submission is answered. Gives what they were told."""
        self._arrived.wait(TOLD_WITHIN_S)
        assert self.victim.pid is not None
        self.shortage.begin(self.victim.pid)
        self._go.set()
        return [self._next() for _ in range(SUBMISSIONS)]

    def kill(self) -> None:
        """`kill -9`."""
        if self._lives:
            self._lives = False
            killed(self.victim)

    def _next(self) -> Told:
        assert self._heard.poll(TOLD_WITHIN_S), "a submission was not answered"
        told: Told = self._heard.recv()
        return told

    @property
    def ledger(self) -> list[tuple[int, str, tuple[str, ...]]]:
        return sorted((submit.caller_id, "ACCEPTED", submit.task_ids) for submit in self.upstream.submits)


@pytest.fixture
def folder(tmp_path: Path, name: str) -> Iterator[Path]:
    if SHORTAGES[name] is not FullDisk:
        yield tmp_path
        return
    with small_disk(tmp_path / "disk") as disk:
        yield disk


@pytest.fixture
def scene(folder: Path, name: str, upstream: Upstream) -> Iterator[Scene]:
    made = Scene(folder, name, upstream)
    yield made
    made.kill()


def as_reported(told: list[Told]) -> list[tuple[int, str, tuple[str, ...]]]:
    return sorted((each.caller_id, each.outcome, each.task_ids) for each in told)


def shown(name: str, then: str, books: Audit) -> str:
    lost = f"lost {books.lost} of {SUBMISSIONS} submissions, sent twice {books.twice}"
    return f"\n{name}, {then}: paid {2 * SUBMISSIONS} tasks, recorded {books.tasks}, {lost}"


@pytest.mark.parametrize("name", [name for name in SHORTAGES if name not in FOR_GOOD])
def test_what_was_paid_for_is_told_at_once_and_recorded_when_the_shortage_ends(name: str, scene: Scene) -> None:
    told = scene.begin()
    assert as_reported(told) == scene.ledger
    scene.shortage.end(scene.victim.pid)
    books = until(lambda: settled_books(scene), seconds=60)
    print(shown(name, "and then over", books))
    assert (books.tasks, books.lost, books.twice) == (2 * SUBMISSIONS, 0, 0)


@pytest.mark.parametrize("name", SHORTAGES)
def test_what_was_paid_for_outlives_a_kill_in_the_shortage(name: str, scene: Scene) -> None:
    told = scene.begin()
    assert as_reported(told) == scene.ledger
    scene.kill()
    scene.shortage.end(None)
    books = books_after_a_restart(scene.plan, scene.upstream)
    print(shown(name, "and then killed", books))
    assert (books.accepted, books.tasks, books.lost, books.twice) == (SUBMISSIONS, 2 * SUBMISSIONS, 0, 0)


def test_idle_connections_of_a_stranger_cost_no_task_that_was_paid_for(tmp_path: Path, upstream: Upstream) -> None:
    few = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({DESCRIPTORS}, {DESCRIPTORS}))"
    (tmp_path / "sitecustomize.py").write_text(few)
    arrived, go = threading.Barrier(SUBMISSIONS + 1), threading.Event()
    upstream.stall = lambda: None if go.is_set() else (arrived.wait(TOLD_WITHIN_S), go.wait())
    service = {"WERYAI_API_KEY": OWNER_KEY, "WERYAI_BASE_URL": upstream.url, "WERYAI_POLL_SECONDS": "1"}
    with AppProcess(tmp_path, PYTHONPATH=f"{tmp_path}:{ROOT}", **service) as app, ExitStack() as held:
        for number in range(SUBMISSIONS):
            body = {**FORM, "caller_id": number}
            asked = {"data": [body, "owner-key", "", VISITOR, f"press-{number:08}", ""]}
            assert requests.post(f"{app.url}/gradio_api/call/generate", json=asked, timeout=TOLD_WITHIN_S).ok
        arrived.wait(TOLD_WITHIN_S)
        for _ in range(2 * DESCRIPTORS):
            with suppress(OSError):
                held.enter_context(socket.create_connection(("127.0.0.1", app.port), TOLD_WITHIN_S))
        go.set()
        store = Store(f"sqlite:///{tmp_path / 'data' / 'weryai.sqlite3'}", alone=True)
        until(lambda: len(all_intents(store)) == SUBMISSIONS and is_settled(store), seconds=TOLD_WITHIN_S)
        app.kill()
        books = audit(store, upstream)
        store.close()
    print(f"\n{2 * DESCRIPTORS} idle: paid {SUBMISSIONS} tasks, recorded {books.tasks}, sent twice {books.twice}")
    assert (books.complete_submits, books.tasks, books.lost, books.twice) == (SUBMISSIONS, SUBMISSIONS, 0, 0)


def settled_books(scene: Scene) -> Audit | None:
    """The books as soon as the living victim has recorded every task and followed it to its end."""
    store = Store(scene.plan.database_url)
    try:
        return audit(store, scene.upstream) if is_settled(store) else None
    finally:
        store.close()
