"""Who looks is told soon, for nobody it is asked rarely, and who comes back sees how things are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.durability.scripted import Clock, Desk, ScriptedClient, told
from tests.service.conftest import new_submission
from weryai_ui.access import visitors
from weryai_ui.access.accounts import visitor_id
from weryai_ui.client.tasks import TaskState
from weryai_ui.client.weryai import StatusAnswer
from weryai_ui.errors import explain
from weryai_ui.jobs.presence import KEPT, WATCHES_FOR_S, Presence
from weryai_ui.jobs.schedule import (
    CALLED_BACK_FACTOR,
    SANDBOX_POLL_SECONDS,
    SANDBOX_POLLS_PER_SECOND,
    UNSEEN_FACTOR,
    WAITING_FACTOR,
    WATCHED_FACTOR,
    WATCHED_POLLS_PER_SECOND,
    base_interval,
)
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Service
from weryai_ui.settings import Settings
from weryai_ui.store.records import Intent
from weryai_ui.store.submissions import Store

BASE_S = 6.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Desk:
    client = ScriptedClient(lambda name: told(TaskState.PROCESSING, name))
    return Desk(f"sqlite:///{tmp_path / 'x.sqlite3'}", client, clock)


def made(desk: Desk, **more: str) -> Intent:
    """A submission whose one task is being made."""
    intent = desk.accepted("t1", **more)
    return replace(intent, tasks=tuple(replace(task, state=TaskState.PROCESSING) for task in intent.tasks))


# --- who is looking ----------------------------------------------------------------------------------


def test_a_visitor_is_present_for_a_while_after_each_question(clock: Clock) -> None:
    presence = Presence(clock)
    assert not presence.is_watching("ann")
    assert presence.seen("ann") is True
    clock.pass_(WATCHES_FOR_S)
    assert presence.is_watching("ann") and not presence.is_watching("bob")
    assert presence.seen("ann") is False
    clock.pass_(WATCHES_FOR_S + 1)
    assert not presence.is_watching("ann")
    assert presence.seen("ann") is True


def test_a_visitor_whose_questions_come_to_three_processes_is_not_back_with_each_that_comes_here(clock: Clock) -> None:
    presence = Presence(clock, lambda: 3)
    presence.seen("ann")
    clock.pass_(WATCHES_FOR_S * 3)
    assert presence.is_watching("ann") and presence.seen("ann") is False
    clock.pass_(WATCHES_FOR_S * 3 + 1)
    assert not presence.is_watching("ann") and presence.seen("ann") is True


def test_visitors_without_end_fill_no_memory(clock: Clock) -> None:
    presence = Presence(clock)
    for number in range(KEPT + 10):
        presence.seen(str(number))
    assert not presence.is_watching("0") and presence.is_watching(str(KEPT + 9))
    assert len(presence._asked) == KEPT


# --- how often the service is asked --------------------------------------------------------------------


def test_a_task_that_is_looked_at_is_asked_for_often_and_another_one_rarely(desk: Desk) -> None:
    intent = made(desk)
    assert base_interval(intent, BASE_S, watched=True, unfinished=1) == BASE_S * WATCHED_FACTOR
    assert base_interval(intent, BASE_S, watched=False, unfinished=1) == BASE_S * UNSEEN_FACTOR


def test_a_task_that_waits_is_asked_for_half_as_often(desk: Desk) -> None:
    intent = made(desk)
    waits = replace(intent, tasks=tuple(replace(task, state=TaskState.WAITING) for task in intent.tasks))
    for watched in (True, False):
        slow, plain = (base_interval(each, BASE_S, watched=watched, unfinished=1) for each in (waits, intent))
        assert slow == plain * WAITING_FACTOR


@pytest.mark.parametrize("unfinished", [0, 1, 50, 96, 97, 150, 240, 241, 500, 10_000])
def test_looking_never_makes_more_questions_than_the_process_may_ask(desk: Desk, unfinished: int) -> None:
    wait = base_interval(made(desk), BASE_S, watched=True, unfinished=unfinished)
    assert BASE_S * WATCHED_FACTOR <= wait <= BASE_S
    assert wait == BASE_S or unfinished / wait <= WATCHED_POLLS_PER_SECOND


def test_the_sandbox_and_a_callback_are_asked_as_before_whoever_is_present(desk: Desk) -> None:
    sandbox = made(desk, send_to="sandbox")
    called_back = replace(made(desk, visitor="w"), webhook_hash="x")
    for watched in (True, False):
        assert base_interval(sandbox, BASE_S, watched=watched, unfinished=4) == SANDBOX_POLL_SECONDS
        assert base_interval(sandbox, BASE_S, watched=watched, unfinished=400) == 400 / SANDBOX_POLLS_PER_SECOND
        assert base_interval(called_back, BASE_S, watched=watched, unfinished=9) == BASE_S * CALLED_BACK_FACTOR


# --- coming back -----------------------------------------------------------------------------------------


def test_who_comes_back_has_their_tasks_asked_for_at_once(desk: Desk, clock: Clock) -> None:
    (mine,), (theirs,) = desk.accepted("t1", visitor="ann").tasks, desk.accepted("t2", visitor="bob").tasks
    later = {task.id: desk.follow(task) for task in (mine, theirs)}
    clock.pass_(1)
    assert desk.store.poll_now("ann") == 1
    assert [task.id for task in desk.store.due(clock.now, 10)] == [mine.id]
    found = desk.store.task(theirs.id)
    assert found is not None and found.due_at == later[theirs.id]


def test_a_task_that_is_overdue_or_ended_is_not_moved(desk: Desk, clock: Clock) -> None:
    (overdue,) = desk.accepted("t1", visitor="ann").tasks
    assert overdue.due_at is not None
    clock.now = overdue.due_at + 5
    assert desk.store.poll_now("ann") == 0
    desk.client.answer = lambda name: told(TaskState.SUCCEEDED, name, ["https://example.com/v.mp4"])
    desk.follow(overdue)
    assert desk.store.poll_now("ann") == 0
    found = desk.store.task(overdue.id)
    assert found is not None and found.due_at is None


def test_a_service_that_said_to_wait_is_left_waiting(desk: Desk, clock: Clock) -> None:
    (task,) = desk.accepted("t1", visitor="ann").tasks
    desk.client.answer = lambda _: _refused()
    due_at = desk.follow(task)
    assert desk.store.poll_now("ann") == 0
    found = desk.store.task(task.id)
    assert found is not None and found.due_at == due_at


def test_a_task_that_is_being_asked_for_is_left_to_that(desk: Desk) -> None:
    first, second = desk.accepted("t1", "t2", visitor="ann").tasks
    later = [desk.follow(task) for task in (first, second)]
    assert later[0] is not None
    claimed = desk.store.claim(first.id, later[0])
    assert desk.store.poll_now("ann") == 1
    found = desk.store.task(first.id)
    assert found is not None and found.due_at == claimed


def test_who_watches_at_one_process_has_their_young_tasks_asked_for_soon_by_another(desk: Desk, clock: Clock) -> None:
    (task,) = desk.accepted("t1", visitor="ann").tasks
    due_at = desk.follow(task)
    assert due_at is not None and due_at > clock.now + 1
    asked = {"within_s": 1.0, "younger_than_s": 60.0}
    assert [desk.store.poll_now("ann", **asked) for _ in range(2)] == [1, 0]
    assert desk.store.due(clock.now, 10) == ()
    assert [each.id for each in desk.store.due(clock.now + 1, 10)] == [task.id]
    clock.pass_(61)
    desk.follow(desk.task(task))
    assert desk.store.poll_now("ann", **asked) == 0


def test_who_submits_is_present_and_does_not_come_back_with_the_next_question(
    tmp_path: Path, clock: Clock, sandbox: SandboxServer
) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    settings = Settings(data_dir=tmp_path, database_url=url)
    service = Service(settings, Store(url, clock=clock), clock=clock, monotonic=clock)
    service.accounts.sandbox_url = sandbox.url
    service.watching(ann := visitors.new_token())
    clock.pass_(WATCHES_FOR_S * 2)
    intent = service.submit(new_submission(ann)).intent
    assert intent is not None
    service.watching(ann)
    (task,) = service.tasks(ann)[0].tasks
    assert task.due_at == intent.tasks[0].due_at
    service.stop()


def test_a_task_that_another_process_is_polling_is_left_to_it_and_due_again_by_the_next_question(
    desk: Desk, clock: Clock
) -> None:
    (task,) = desk.accepted("t1", visitor="ann").tasks
    assert task.due_at is not None
    clock.now = task.due_at + 1

    def answer(name: str) -> StatusAnswer:
        assert desk.store.poll_now("ann") == 0
        return told(TaskState.PROCESSING, name)

    desk.client.answer = answer
    assert desk.follower.follow_once(task.id, task.due_at) is not None
    assert desk.store.due(clock.now, 10) == ()
    assert desk.store.poll_now("ann") == 1
    (again,) = desk.store.due(clock.now, 10)
    assert again.due_at == clock.now


def test_unfinished_tasks_are_counted_for_all_visitors(desk: Desk) -> None:
    assert desk.store.unfinished() == 0
    (first, _second) = desk.accepted("t1", "t2", visitor="ann").tasks
    desk.accepted("t3", visitor="bob")
    assert desk.store.unfinished() == 3
    desk.client.answer = lambda name: told(TaskState.SUCCEEDED, name, ["https://example.com/v.mp4"])
    desk.follow(first)
    assert desk.store.unfinished() == 2


def test_the_service_asks_for_a_visitor_who_is_present_and_polls_now_for_one_who_is_back(
    tmp_path: Path, clock: Clock
) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    settings = Settings(data_dir=tmp_path, database_url=url, api_key=SecretStr("sk-owner-0123456789"))
    service = Service(settings, Store(url, clock=clock), clock=clock, monotonic=clock)
    ann = visitors.new_token()
    client = ScriptedClient(lambda name: told(TaskState.PROCESSING, name))
    desk = Desk(url, client, clock)
    intent = desk.accepted("t1", visitor=visitor_id(ann))
    later = desk.follow(intent.tasks[0])
    waiting = settings.poll_seconds * WAITING_FACTOR
    assert service._interval(intent) == waiting * UNSEEN_FACTOR
    service.watching(ann)
    assert service._interval(intent) == waiting * WATCHED_FACTOR
    (task,) = service.tasks(ann)[0].tasks
    assert later is not None and task.due_at == clock.now < later
    service.stop()


@pytest.mark.parametrize("replicas", [1, 3])
def test_each_replica_has_its_share_of_the_looks_for_a_worker_that_knows_no_visitor(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, replicas: int
) -> None:
    monkeypatch.setattr(Store, "replicas", lambda _: replicas)
    monkeypatch.setattr(Store, "alive", lambda _: replicas + 1)
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    settings = Settings(data_dir=tmp_path, database_url=url, api_key=SecretStr("sk-owner-0123456789"))
    service = Service(settings, Store(url, clock=clock), clock=clock, monotonic=clock)
    ann = visitors.new_token()
    desk = Desk(url, ScriptedClient(lambda name: told(TaskState.PROCESSING, name)), clock)
    (task,) = desk.accepted("t1", visitor=visitor_id(ann)).tasks

    def looks() -> bool:
        """Whether a question has a task asked for sooner that was just asked for."""
        desk.follow(desk.task(task))
        before = desk.task(task).due_at
        service.watching(ann)
        return desk.task(task).due_at != before

    service.watching(ann)
    assert looks()
    clock.pass_(settings.poll_seconds / 2 * replicas - 0.1)
    assert not looks()
    clock.pass_(0.1)
    assert looks()
    service.stop()


def _refused() -> StatusAnswer:
    answer = told(TaskState.PROCESSING, "t1")
    slow_down = replace(answer.exchange, http_status=429, retry_after=40.0)
    return replace(answer, status=None, explanation=explain(429, 1001), exchange=slow_down)
