"""Answers that change nothing for a visitor wait a moment for others and share their commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.durability.scripted import Clock, Desk, ScriptedClient, told
from tests.durability.waiting import until
from weryai_ui.client.tasks import TaskState
from weryai_ui.store.submissions import Store

TASKS = 24


@pytest.fixture
def commits() -> list[str]:
    """The statements that moved tasks on, one for each commit that did."""
    return []


def counted(store: Store, commits: list[str]) -> None:
    def note(_connection: Any, _cursor: Any, statement: str, _values: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("UPDATE tasks SET") and "polls" in statement:
            commits.append(statement)

    event.listen(store._engine, "before_cursor_execute", note)


def running(
    database_url: str, commits: list[str], answer: Callable[[str], TaskState], clock: Clock | None = None
) -> Desk:
    client = ScriptedClient(lambda name: told(answer(name), name))
    desk = Desk(database_url, client, clock or Clock(), polls_at_once=TASKS)
    counted(desk.store, commits)
    desk.accepted(*(f"task-{number}" for number in range(TASKS)))
    return desk


def test_unchanged_answers_are_recorded_together_and_changed_ones_at_once(
    database_url: str, commits: list[str]
) -> None:
    clock = Clock()
    desk = running(database_url, commits, lambda _: TaskState.PROCESSING, clock)
    desk.follower.start()
    until(lambda: len(commits) == TASKS)  # from waiting to processing
    commits.clear()
    clock.pass_(60)
    until(lambda: len(desk.client.asked) == 2 * TASKS and not desk.follower.under_way())
    desk.follower.stop()
    assert 1 <= len(commits) <= TASKS // 4
    assert [task.polls for intent in desk.store.of_visitor("v", limit=1) for task in intent.tasks] == [2] * TASKS
    desk.store.close()


def test_what_waits_for_others_is_recorded_when_the_app_ends(database_url: str, commits: list[str]) -> None:
    desk = running(database_url, commits, lambda _: TaskState.WAITING)
    desk.follower.start()
    until(lambda: len(desk.client.asked) == TASKS)
    desk.follower.stop()
    assert not desk.follower.under_way()
    assert desk.store.due(float("inf"), TASKS) and all(task.polls == 1 for task in desk.store.due(float("inf"), TASKS))
    desk.store.close()


def test_what_the_database_did_not_take_is_offered_again_and_asked_once(
    database_url: str, commits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = running(database_url, commits, lambda _: TaskState.WAITING)
    refused, record = [0], desk.store.record_all

    def refuse_twice(results: Any) -> Any:
        if refused[0] < 2:
            refused[0] += 1
            raise OperationalError("COMMIT", {}, Exception("the database is away"))
        return record(results)

    monkeypatch.setattr(desk.store, "record_all", refuse_twice)
    desk.follower.start()
    until(lambda: len(commits) >= 1 and not desk.follower.under_way())
    desk.follower.stop()
    assert len(desk.client.asked) == TASKS
    assert all(task.polls == 1 for task in desk.store.due(float("inf"), TASKS))
    desk.store.close()
