"""`kill -9` at every step of a submission and of a poll, then at random: no paid task is lost, none is sent twice.

The ordinary run kills 30 times at random. The long campaigns, 150 and 1,000 kills:

    python -m pytest -m slow -s tests/durability/test_kills.py

`-s` shows the figures. Every campaign prints its seed; KILLS_SEED=123 repeats one as far as timing allows.
"""

from __future__ import annotations

import os
import random
import time
from functools import partial
from pathlib import Path

import pytest

from tests.durability.audit import Audit, all_intents, audit, is_settled
from tests.durability.upstream import Upstream
from tests.durability.victim import POINTS, Plan, died_at_its_point, killed, start
from tests.durability.waiting import until
from weryai_ui.client.outcome import Outcome
from weryai_ui.store.process import HEARTBEAT_LASTS_S
from weryai_ui.store.submissions import Store

BEFORE_ANYTHING = {"before begin", "before begin is committed"}
BEFORE_A_COMPLETE_REQUEST = {"after begin", "after the first byte"}
WITHOUT_AN_OUTCOME = {"after the whole request", "after the answer"}
LONGEST_LIFE_S = 0.35
"""A victim submissions some twenty times in this time, so a kill hits any step."""
IN_THE_MIDDLE = 0.8
"""The share of kills that come after a first submission has arrived, however slowly the victim started."""
STALL_S = 0.01


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_point_every_submission_is_known_and_every_task_is_followed_to_its_end(
    point: str, tmp_path: Path, database_url: str, upstream: Upstream
) -> None:
    plan = Plan(tmp_path, database_url, upstream.url, submissions=1, videos=2, die_at=point)
    assert died_at_its_point(start(plan))
    books = books_after_a_restart(plan, upstream)
    assert (books.lost, books.twice) == (0, 0), books
    taken = 0 if point in BEFORE_ANYTHING | BEFORE_A_COMPLETE_REQUEST else 1
    unknown = 1 if point in BEFORE_A_COMPLETE_REQUEST | WITHOUT_AN_OUTCOME else 0
    assert (books.complete_submits, books.unknown) == (taken, unknown)
    assert books.intents == (0 if point in BEFORE_ANYTHING else 1)
    assert books.tasks == 2 * (taken - unknown if taken else 0)


def test_a_dead_process_leaves_sending_which_becomes_unknown_within_two_seconds_of_its_heartbeat(
    tmp_path: Path, database_url: str, upstream: Upstream
) -> None:
    plan = Plan(tmp_path, database_url, upstream.url, submissions=1, die_at="after begin", lease_seconds=None)
    born = time.time()
    assert died_at_its_point(start(plan))
    died = time.time()
    store = Store(database_url)
    next_start = start(Plan(tmp_path, database_url, upstream.url, lease_seconds=None))
    (intent,) = until(lambda: [found for found in all_intents(store) if found.outcome is Outcome.UNKNOWN])
    killed(next_start)
    store.close()
    assert intent.finished_at is not None
    assert born + HEARTBEAT_LASTS_S <= intent.finished_at <= died + HEARTBEAT_LASTS_S + 2
    assert intent.explanation is not None
    assert intent.explanation.move == "check"
    assert upstream.submits == []


@pytest.mark.parametrize(
    "kills",
    [
        12,
        pytest.param(150, marks=[pytest.mark.slow, pytest.mark.timeout(600)]),
        pytest.param(1000, marks=[pytest.mark.slow, pytest.mark.timeout(3600)]),
    ],
)
@pytest.mark.parametrize("alone", [False, True], ids=["shared", "alone"])
def test_killed_at_random_no_submission_is_lost_or_sent_twice(
    kills: int, alone: bool, tmp_path: Path, database_url: str
) -> None:
    seed = int(os.environ.get("KILLS_SEED", "0")) or random.randrange(1, 1_000_000)
    chance = random.Random(seed)
    with Upstream() as upstream:
        upstream.stall = lambda: time.sleep(random.uniform(0, STALL_S))
        plan = Plan(tmp_path, database_url, upstream.url, alone=alone)
        for number in range(kills):
            videos = chance.choice((1, 1, 1, 3))
            more = {"submissions": 500, "first_caller_id": number * 1000, "videos": videos}
            victim = start(Plan(**{**vars(plan), **more}))
            if chance.random() < IN_THE_MIDDLE:
                until(partial(_more_than, len(upstream.submits), upstream))
            killed(victim, after=chance.uniform(0, LONGEST_LIFE_S))
        books = books_after_a_restart(plan, upstream, seconds=60 + kills)
    print(f"\n{kills} kills (seed {seed}): {books}, polls {upstream.polls}")
    assert (books.lost, books.twice, books.sending, books.unfinished_tasks) == (0, 0, 0, 0)
    assert books.complete_submits >= kills / 2, "the victims lived too shortly to prove anything"
    assert books.unknown > 0, "no kill hit a submission on its way"


def _more_than(submits: int, upstream: Upstream) -> bool:
    return len(upstream.submits) > submits


def books_after_a_restart(plan: Plan, upstream: Upstream, seconds: float = 60) -> Audit:
    """The books once a fresh process has settled every submission and followed every task to its end."""
    left_behind = list(plan.folder.glob("unsaved/*"))
    settler = start(Plan(plan.folder, plan.database_url, upstream.url, alone=plan.alone))
    store = Store(plan.database_url, alone=plan.alone)

    def settled() -> bool:
        return not any(path.exists() for path in left_behind) and is_settled(store)

    try:
        until(settled, seconds, pause=0.1)
        return audit(store, upstream)
    finally:
        killed(settler)
        store.close()
