"""`kill -9` at random over plans of variations: no variant is sent twice, and none is left out.

The ordinary run kills 15 times. The campaign of 100 kills:

    python -m pytest -m slow -s tests/durability/test_plans_and_kills.py
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.durability.audit import all_intents, is_settled
from tests.durability.upstream import Answer, Upstream
from tests.durability.victim import FORM, Plan, begun, killed, new_submission
from tests.durability.waiting import until
from tests.process import forkserver
from tests.visitors import VISITOR
from weryai_ui.access.accounts import visitor_id
from weryai_ui.access.policy import HERE
from weryai_ui.client.outcome import Outcome
from weryai_ui.jobs import plan_sender as sender_module
from weryai_ui.service import planning as planning_module
from weryai_ui.service.preparing import Submission
from weryai_ui.store.plan_records import PlanState
from weryai_ui.store.submissions import Store

LENGTHS = (5, 6, 7)
LEASE_S = 0.4
LONGEST_LIFE_S = 0.35
"""After its first submit: a victim sends some five variants in this time."""
STALL_S = 0.01


class Counting(Upstream):
    """Knows each variant apart: by the caller id, which is its plan's, and its length."""

    def __init__(self) -> None:
        super().__init__(stall=lambda: time.sleep(random.uniform(0, STALL_S)))
        self.taken: list[tuple[int, int]] = []

    def take_submit(self, body: Mapping[str, Any]) -> Answer:
        self.taken.append((body["caller_id"], body["duration"]))
        return super().take_submit(body)


def variants(number: int) -> list[Submission]:
    """The variants of a plan of that number."""
    values = {**FORM, "caller_id": number}
    return [Submission({**values, "duration": length}, new_submission(number).send_to, VISITOR) for length in LENGTHS]


def live_on_plans(plan: Plan) -> None:
    """A victim's life: makes plans as fast as it may, and goes on with what an Unknown has stopped."""
    vars(sender_module)["LOOKS_EVERY_S"] = vars(planning_module)["LATER_S"] = 0.05
    service = begun(plan)
    number = plan.first_caller_id
    while True:
        for each in service.plans_of(VISITOR):
            if each.state is PlanState.STOPPED:
                service.go_on_with_plan(VISITOR, each.id, "", "", HERE)
        if plan.submissions and service.start_plan(f"plan-{number:06}", "duration", variants(number)).plan:
            number += 1
        time.sleep(0.01)


def start(plan: Plan) -> Any:
    process = forkserver().Process(target=live_on_plans, args=(plan,), daemon=True)
    process.start()
    return process


@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])])
def test_killed_at_random_no_variant_is_sent_twice_or_left_out(kills: int, tmp_path: Path, database_url: str) -> None:
    seed = int(os.environ.get("KILLS_SEED", "0")) or random.randrange(1, 1_000_000)
    chance = random.Random(seed)
    with Counting() as upstream:
        plan = Plan(tmp_path, database_url, upstream.url, lease_seconds=LEASE_S)
        for number in range(kills):
            victim = start(Plan(**{**vars(plan), "submissions": 1, "first_caller_id": number * 1000}))
            until(partial(_more_than, len(upstream.taken), upstream))
            killed(victim, after=chance.uniform(0, LONGEST_LIFE_S))
        books = _books_at_the_end(plan, seconds=60 + kills)
        taken = Counter(upstream.taken)
    outcomes = Counter(outcome for each in books.values() for outcome in each.values())
    twice = sum(times - 1 for times in taken.values())
    lost = [each for each in taken if books[each[0]].get(each[1]) not in (Outcome.ACCEPTED, Outcome.UNKNOWN)]
    left_out = [number for number, sent in books.items() if sorted(sent) != list(LENGTHS)]
    print(f"\n{kills} kills (seed {seed}): plans {len(books)}, submits {len(upstream.taken)}, twice {twice}, ", end="")
    print(f"lost {len(lost)}, plans with a variant left out {len(left_out)}, {dict(outcomes)}")
    assert (twice, lost, left_out) == (0, [], [])
    assert set(outcomes) <= {Outcome.ACCEPTED, Outcome.UNKNOWN}
    assert len(upstream.taken) >= kills, "the victims lived too shortly to prove anything"


def _more_than(submits: int, upstream: Counting) -> bool:
    return len(upstream.taken) > submits


def _books_at_the_end(plan: Plan, seconds: float) -> Mapping[int, dict[int, Outcome]]:
    """Each variant's outcome by its plan's number and its length, once a fresh process has sent all that is left."""
    settler = start(plan)
    store = Store(plan.database_url)
    who = visitor_id(VISITOR)

    def settled() -> bool:
        return all(each.state is PlanState.DONE for each in store.plans.of(who)) and is_settled(store)

    try:
        until(settled, seconds, pause=0.1)
        books: dict[int, dict[int, Outcome]] = defaultdict(dict)
        for each in all_intents(store):
            asked = each.payload
            assert asked["duration"] not in books[asked["caller_id"]], "recorded twice"
            books[asked["caller_id"]][asked["duration"]] = each.outcome
        return books
    finally:
        killed(settler)
        store.close()
