"""A process that stands still in the middle of a poll, as a laptop or a virtual machine does, and goes on later."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

from tests.durability.audit import all_intents, is_settled
from tests.durability.scripted import submission
from tests.durability.test_many_tasks import with_unfinished
from tests.durability.upstream import Upstream
from tests.durability.victim import VISITOR, Plan, killed, start
from tests.durability.waiting import until
from weryai_ui.access.accounts import visitor_id
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.store.records import NewIntent, SendTo

TASKS = 8


class Held(Upstream):
    """Finishes every task at once, but answers the first `TASKS` questions only when told."""

    def __init__(self) -> None:
        super().__init__(polls_until_ready=1, stall=self._hold)
        self.answer = threading.Event()

    def _hold(self) -> None:
        if self.polls <= TASKS:
            self.answer.wait()


def test_what_it_had_claimed_ends_elsewhere_and_its_late_answers_change_nothing(
    tmp_path: Path, database_url: str
) -> None:
    with Held() as upstream:
        plan = Plan(tmp_path, database_url, upstream.url, polls_at_once=TASKS, claim_seconds=None)
        store = with_unfinished(plan, TASKS)
        still = start(plan)
        until(lambda: upstream.polls == TASKS)
        os.kill(still.pid or 0, signal.SIGSTOP)
        other = start(plan)
        until(lambda: is_settled(store))
        ended = all_intents(store)
        upstream.answer.set()
        os.kill(still.pid or 0, signal.SIGCONT)
        killed(other)
        # Only the one that stood still is left. It has room for another poll once it is done with its late answers.
        later = NewIntent(visitor_id(VISITOR), "press-later", "{}", SendTo.OWNER_KEY, None, upstream.url)
        store.finish(store.begin(later).intent.id, submission(Outcome.ACCEPTED, "later"), time.time())
        until(lambda: is_settled(store))
        killed(still)
        newest, *others = all_intents(store)
        store.close()
    assert [task.state for task in newest.tasks] == [TaskState.SUCCEEDED] and len(upstream.polled_at["later"]) == 1
    assert others == ended and sum(len(each.tasks) for each in ended) == TASKS
    assert {task.state for each in ended for task in each.tasks} == {TaskState.SUCCEEDED}
    assert {len(times) for name, times in upstream.polled_at.items() if name != "later"} == {2}
