"""Many unfinished tasks, two processes, a kill in the middle: each is followed to its end, none is asked for too often.

The ordinary run follows 300 tasks; 2,000 with

    python -m pytest -m slow -s tests/durability/test_many_tasks.py

`-s` shows the figures: seconds, status requests in a second, the shortest time between two requests for one task.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from tests.durability.audit import Audit, audit, is_settled
from tests.durability.scripted import submission
from tests.durability.upstream import Upstream
from tests.durability.victim import VISITOR, Plan, killed, start
from tests.durability.waiting import until
from weryai_ui.access.accounts import visitor_id
from weryai_ui.client.outcome import Outcome
from weryai_ui.jobs.schedule import JITTER
from weryai_ui.store.records import NewIntent, SendTo
from weryai_ui.store.submissions import Store

TASKS = [100, pytest.param(2000, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
TASKS_PER_PRESS = 4
POLLS_EACH = 2
INTERVAL_S = 1.0
SHORTEST_S = INTERVAL_S * (1 - JITTER)
AT_ONCE = 8
ANSWER_S = 0.02
LEASE_S = 30.0
"""No process counts as dead because the machine is busy: what it had claimed would be asked for twice."""


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(polls_until_ready=POLLS_EACH, stall=lambda: time.sleep(ANSWER_S)) as running:
        yield running


@pytest.fixture
def plan(tmp_path: Path, database_url: str, upstream: Upstream) -> Plan:
    return Plan(
        tmp_path,
        database_url,
        upstream.url,
        poll_seconds=INTERVAL_S,
        polls_at_once=AT_ONCE,
        lease_seconds=LEASE_S,
        claim_seconds=None,
    )


@pytest.mark.parametrize("tasks", TASKS)
def test_one_process_follows_every_task_to_its_end(tasks: int, plan: Plan, upstream: Upstream) -> None:
    store = with_unfinished(plan, tasks)
    began = time.monotonic()
    process = start(plan)
    books = followed_to_the_end(store, upstream, [process])
    report(f"{tasks} tasks, one process", began, upstream)
    assert books.tasks == tasks
    assert upstream.polls == tasks * POLLS_EACH
    assert upstream.shortest_gap() >= SHORTEST_S
    assert upstream.most_polls_at_once <= AT_ONCE


@pytest.mark.parametrize("tasks", TASKS)
def test_two_processes_at_one_database_ask_no_more_than_one(tasks: int, plan: Plan, upstream: Upstream) -> None:
    store = with_unfinished(plan, tasks)
    began = time.monotonic()
    processes = [start(plan), start(plan)]
    books = followed_to_the_end(store, upstream, processes)
    report(f"{tasks} tasks, two processes", began, upstream)
    assert books.tasks == tasks
    assert upstream.polls == tasks * POLLS_EACH
    assert upstream.shortest_gap() >= SHORTEST_S
    assert upstream.most_polls_at_once <= 2 * AT_ONCE


@pytest.mark.parametrize("tasks", TASKS)
def test_killed_in_the_middle_the_next_start_follows_the_rest(tasks: int, plan: Plan, upstream: Upstream) -> None:
    store = with_unfinished(plan, tasks)
    began = time.monotonic()
    plan = replace(plan, lease_seconds=2 * INTERVAL_S)
    first = start(plan)
    until(lambda: upstream.polls > tasks * POLLS_EACH // 2, seconds=300)
    killed(first)
    at_the_kill = upstream.polls
    books = followed_to_the_end(store, upstream, [start(plan)])
    report(f"{tasks} tasks, killed after {at_the_kill} requests", began, upstream)
    assert books.tasks == tasks
    # What was asked and not yet recorded is asked again, once the heartbeat of who claimed it is over.
    assert tasks * POLLS_EACH <= upstream.polls <= tasks * POLLS_EACH + AT_ONCE
    assert upstream.shortest_gap() >= SHORTEST_S


def with_unfinished(plan: Plan, tasks: int) -> Store:
    """A store in which so many accepted tasks wait for their first look, all due now."""
    store = Store(plan.database_url)
    for number in range(tasks // TASKS_PER_PRESS):
        body = f'{{"caller_id":{number}}}'
        new = NewIntent(visitor_id(VISITOR), f"press-{number:08}", body, SendTo.OWNER_KEY, None, plan.upstream)
        ids = [f"task-{number}-{index}" for index in range(TASKS_PER_PRESS)]
        store.finish(store.begin(new).intent.id, submission(Outcome.ACCEPTED, *ids), time.time())
    return store


def followed_to_the_end(store: Store, upstream: Upstream, processes: list[ForkServerProcess]) -> Audit:
    """The books once nothing is unfinished; the processes are killed then."""
    try:
        until(lambda: is_settled(store), seconds=500, pause=0.1)
        return audit(store, upstream)
    finally:
        for process in processes:
            killed(process)
        store.close()


def report(what: str, began: float, upstream: Upstream) -> None:
    seconds = time.monotonic() - began
    print(
        f"\n{what}: {seconds:.1f} s, {upstream.polls} status requests, {upstream.polls / seconds:.0f} a second, "
        f"at most {upstream.most_polls_at_once} at once, shortest gap {upstream.shortest_gap():.2f} s "
        f"(interval {INTERVAL_S:g} s, spread {JITTER:.0%})"
    )
