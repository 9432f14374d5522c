"""Any order of submissions, polls, crashes, restarts and outages, chosen by Hypothesis, against a simple model.

The real service, store and follower with a scripted client and a clock that stands. A crash abandons the process's
objects as they are; another process may declare it dead whenever its heartbeat is over.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from tests.durability.outage import Full
from tests.durability.scripted import Clock, ScriptedClient, absent, submission, told, trouble
from tests.durability.test_filters import wrongly_shelved
from tests.durability.victim import VISITOR, Plan, new_submission
from weryai_ui.access.accounts import visitor_id
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.client.weryai import StatusAnswer, SubmitAnswer
from weryai_ui.i18n import say
from weryai_ui.service import Service
from weryai_ui.service.preparing import Submission
from weryai_ui.store.process import HEARTBEAT_LASTS_S
from weryai_ui.store.records import Intent, Task
from weryai_ui.store.submissions import Store

ANSWERS = {
    "waiting": told(TaskState.WAITING),
    "processing": told(TaskState.PROCESSING),
    "a new word": told(TaskState.UNKNOWN),
    "succeeded": told(TaskState.SUCCEEDED, videos=["https://example.com/1.mp4"]),
    "succeeded without a video": told(TaskState.SUCCEEDED_WITHOUT_VIDEO),
    "failed": told(TaskState.FAILED),
    "not found": absent(),
    "trouble": trouble(502),
    "slow down": trouble(429, 60.0),
    "another task": told(TaskState.SUCCEEDED, "somebody-elses"),
}
OUTCOMES = st.sampled_from(["one", "many", "rejected", "unknown", "unknown with ids", "not sent"])


class Crash(BaseException):
    """The process is gone in the middle of the call."""


class _Service(ScriptedClient):
    """The scripted service's submits; `sent` is its ledger."""

    def __init__(self) -> None:
        super().__init__(lambda _: ANSWERS["waiting"])
        self.sent: list[str] = []
        self.next_submission: SubmitAnswer | None = None
        self.before_answer: Callable[[], None] = lambda: None

    def submit(self, body: object) -> SubmitAnswer:
        assert isinstance(body, bytes)
        self.sent.append(body.decode())
        self.before_answer()
        if self.next_submission is None:
            raise Crash
        return self.next_submission


class Machine(RuleBasedStateMachine):
    """`expected` is the model: what each submission must show, by intent id."""

    intents: Bundle[str] = Bundle("intents")
    submissions: Bundle[Submission] = Bundle("submissions")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.clock = Clock()
        self.upstream = _Service()
        self.plan = Plan(self.folder, f"sqlite:///{(self.folder / 'x.sqlite3').as_posix()}", "http://127.0.0.1:9")
        self.numbers = count(1)
        self.expected: dict[str, tuple[Outcome, tuple[str, ...]]] = {}
        self.ended: dict[str, Task] = {}
        self.unsaved: dict[str, tuple[Outcome, tuple[str, ...]]] = {}
        self.abandoned: list[Store] = []
        self.shown: dict[str, object] = {}
        self._open()

    def _open(self) -> None:
        self.store = Store(self.plan.database_url, clock=self.clock, monotonic=self.clock)
        self.outage = Full(self.store)
        self.service = Service(self.plan.settings, self.store, clock=self.clock, monotonic=self.clock)
        vars(self.service.accounts)["_clients"] = lambda *_: self.upstream

    def teardown(self) -> None:
        self.service._unsaved.close()
        for store in [self.store, *self.abandoned]:
            store.close()
        shutil.rmtree(self.folder)

    # --- submitting ------------------------------------------------------------------------------

    @rule(target=submissions)
    def form(self) -> Submission:
        number = next(self.numbers)
        return replace(new_submission(number), idempotency_key=f"press-{number:08}")

    def _script(self, kind: str) -> tuple[Outcome, tuple[str, ...]]:
        number = next(self.numbers)
        ids = {"one": 1, "many": 3, "unknown with ids": 2}.get(kind, 0)
        names = tuple(f"task-{number}-{index}" for index in range(ids))
        words = {"one": "accepted", "many": "accepted", "unknown with ids": "unknown"}
        outcome = Outcome(words.get(kind, kind).replace(" ", "_"))
        self.upstream.next_submission = submission(outcome, *names)
        return outcome, names

    @rule(target=intents, submission=consumes(submissions), kind=OUTCOMES)
    def submit(self, submission: Submission, kind: str) -> str:
        promised = self._script(kind)
        intent = self.service.submit(submission).intent
        assert intent is not None
        self.expected[intent.id] = promised
        return intent.id

    @rule(target=intents, submission=consumes(submissions), kind=OUTCOMES)
    def submit_with_a_double_click(self, submission: Submission, kind: str) -> str:
        intent_id = self.submit(submission, kind)
        again = self.service.submit(submission).intent
        assert again is not None
        assert again.id == intent_id
        return intent_id

    @rule(target=intents, submission=consumes(submissions))
    def crash_on_the_way(self, submission: Submission) -> str:
        self.upstream.next_submission = None
        with pytest.raises(Crash):
            self.service.submit(submission)
        (new,) = {intent.id for intent in self._all()} - set(self.expected)
        self.expected[new] = (Outcome.SENDING, ())
        self.restart()
        return new

    @rule(submission=submissions)
    def submit_while_the_database_is_full(self, submission: Submission) -> None:
        self._script("one")
        sent, known = len(self.upstream.sent), len(self._all())
        self.outage.begin()
        result = self.service.submit(submission)
        self.outage.end()
        assert result.refusal == say("access.database_away")
        assert (len(self.upstream.sent), len(self._all())) == (sent, known)

    @rule(target=intents, submission=consumes(submissions), kind=OUTCOMES)
    def the_database_fills_up_after_the_post(self, submission: Submission, kind: str) -> str:
        promised = self._script(kind)
        self.upstream.before_answer = self.outage.begin
        intent = self.service.submit(submission).intent
        self.upstream.before_answer = lambda: None
        self.outage.end()
        assert intent is not None
        assert (intent.outcome, tuple(task.upstream_id for task in intent.tasks)) == promised
        again = self.service.submit(submission).intent
        assert again is not None
        assert (again.id, again.outcome) == (intent.id, intent.outcome)
        self.expected[intent.id] = (Outcome.SENDING, ())
        self.unsaved[intent.id] = promised
        return intent.id

    # --- following -------------------------------------------------------------------------------

    @precondition(lambda self: self._unfinished())
    @rule(answer=st.sampled_from(sorted(ANSWERS)), which=st.integers(0, 100), seconds=st.sampled_from([0, 25, 70]))
    def poll(self, answer: str, which: int, seconds: int) -> None:
        self.clock.pass_(seconds)
        unfinished = self._unfinished()
        task = unfinished[which % len(unfinished)]
        self.upstream.answer = lambda _: ANSWERS[answer]
        asked = len(self.upstream.asked)
        assert task.due_at is not None
        self.service.follower.follow_once(task.id, task.due_at)
        assert self.upstream.asked[asked:] == [task.upstream_id]
        found = self.store.task(task.id)
        assert found is not None
        assert found.polls == task.polls + 1
        if found.state is TaskState.NOT_FOUND:
            assert answer == "not found"
            assert task.misses >= 2
            assert self.clock.now - (task.first_missed_at or self.clock.now) >= 60
        if found.state.is_final:
            self.ended[found.id] = found

    @precondition(lambda self: self._unfinished())
    @rule()
    def die_in_the_middle_of_a_poll(self) -> None:
        task = self._unfinished()[0]

        def crash(_: str) -> StatusAnswer:
            raise Crash

        self.upstream.answer = crash
        assert task.due_at is not None
        with pytest.raises(Crash):
            self.service.follower.follow_once(task.id, task.due_at)
        self.restart()

    @precondition(lambda self: self.ended)
    @rule(due=st.floats(0, 4e9))
    def poll_what_has_ended(self, due: float) -> None:
        asked = len(self.upstream.asked)
        for task in self.ended.values():
            for expected_due in (due, task.created_at, self.clock.now):
                assert self.service.follower.follow_once(task.id, expected_due) is None
        assert len(self.upstream.asked) == asked

    # --- processes -------------------------------------------------------------------------------

    @rule()
    def restart(self) -> None:
        """Without a goodbye: the heartbeat of the old process stays until it lapses."""
        self.service._unsaved._file.leave()
        self.abandoned.append(self.store)
        self._open()

    @rule(seconds=st.sampled_from([0.5, HEARTBEAT_LASTS_S + 0.1]))
    def another_process_settles(self, seconds: float) -> None:
        self.clock.pass_(seconds)
        self.store.beat()
        other = Store(self.plan.database_url, clock=self.clock)
        other.settle_dead()
        other.close()
        for intent in self._all():
            if self.expected[intent.id][0] is Outcome.SENDING and intent.outcome is Outcome.UNKNOWN:
                self.expected[intent.id] = (Outcome.UNKNOWN, ())

    @rule()
    def take_up_what_was_not_saved(self) -> None:
        self.service._take_up_unsaved()
        for intent_id, promised in self.unsaved.items():
            if intent_id in self.expected:
                self.expected[intent_id] = promised
        self.unsaved.clear()

    @rule(intent_id=consumes(intents))
    def forget(self, intent_id: str) -> None:
        on_its_way = self.expected[intent_id][0] is Outcome.SENDING
        assert self.service.forget("a stranger", intent_id) is False
        assert self.service.forget(VISITOR, intent_id) is not on_its_way
        if not on_its_way:
            del self.expected[intent_id]
            self.ended = {key: task for key, task in self.ended.items() if task.intent_id != intent_id}

    # --- what always holds -------------------------------------------------------------------------

    @invariant()
    def nothing_vanishes_but_what_was_forgotten_and_every_outcome_is_what_the_post_learned(self) -> None:
        found = {i.id: (i.outcome, tuple(task.upstream_id for task in i.tasks)) for i in self._all()}
        assert found == self.expected

    @invariant()
    def what_has_ended_stays_as_it_ended(self) -> None:
        for task in self.ended.values():
            assert self.store.task(task.id) == task

    @invariant()
    def no_press_was_sent_twice(self) -> None:
        assert len(set(self.upstream.sent)) == len(self.upstream.sent)

    @invariant()
    def every_unfinished_task_has_a_time_at_which_it_is_looked_at_next(self) -> None:
        for intent in self._all():
            for task in intent.tasks:
                assert (task.due_at is None) == task.state.is_final

    @invariant()
    def each_press_stands_on_the_shelves_that_its_state_says(self) -> None:
        assert wrongly_shelved(self.store) == []

    @invariant()
    def a_version_never_stands_for_two_things_that_were_shown(self) -> None:
        shown = [
            (each.id, each.outcome, [(task.state, task.message, task.videos, task.trouble) for task in each.tasks])
            for each in self._all()
        ]
        assert self.shown.setdefault(self.store.version(visitor_id(VISITOR)), shown) == shown

    def _all(self) -> tuple[Intent, ...]:
        return self.store.of_visitor(visitor_id(VISITOR), limit=1000)

    def _unfinished(self) -> list[Task]:
        return [task for intent in self._all() for task in intent.tasks if task.due_at is not None]


TestAnyOrder = Machine.TestCase
TestAnyOrder.settings = settings(
    max_examples=int(os.environ.get("ORDERS", "10")),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
