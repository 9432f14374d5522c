"""Filters, versions and pages of the history: kept right by every change, found without reading the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, select

from tests.durability.scripted import Clock, exchange, new_intent, submission
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.store.filters import MATCHES
from weryai_ui.store.process import HEARTBEAT_LASTS_S
from weryai_ui.store.records import Filter, Intent, Place, Task
from weryai_ui.store.schema import intents
from weryai_ui.store.submissions import Store


def wrongly_shelved(store: Store) -> list[Any]:
    """The intents whose columns are not what the expressions say."""
    columns = [intents.c[filter_] for filter_ in MATCHES]
    said = [expression.label(f"said_{filter_}") for filter_, expression in MATCHES.items()]
    with store._reading() as connection:
        rows = connection.execute(select(intents.c.id, *columns, *said)).all()
    half = len(MATCHES) + 1
    return [row for row in rows if [bool(each) for each in row[1:half]] != [bool(each) for each in row[half:]]]


def accepted(store: Store, *ids: str) -> Intent:
    begun = store.begin(new_intent())
    return store.finish(begun.intent.id, submission(Outcome.ACCEPTED, *ids), 0.0)


def recorded(store: Store, task: Task, state: TaskState, **changes: Any) -> bool:
    """Writes one poll of a task as it stands now."""
    now = store.task(task.id)
    assert now is not None
    assert now.due_at is not None
    claimed = store.claim(task.id, now.due_at)
    assert claimed is not None
    polled = replace(now, state=state, raw_state=state.value, due_at=None if state.is_final else 0.0)
    return store.record(now, claimed, replace(polled, **changes), exchange())


def filters_of(store: Store, intent_id: str) -> set[str]:
    """The filters on which the history shows an intent."""
    shown = {
        filter_: store.of_visitor("v", limit=100, filter_=filter_) for filter_ in Filter if filter_ is not Filter.ALL
    }
    return {filter_.value for filter_, found in shown.items() if intent_id in {each.id for each in found}}


@pytest.mark.parametrize(
    ("outcome", "stands_on"),
    [("ACCEPTED", "running"), ("REJECTED", "failed"), ("NOT_SENT", "failed"), ("UNKNOWN", "unknown")],
)
def test_a_submission_runs_until_its_outcome_says_where_it_stands(store: Store, outcome: str, stands_on: str) -> None:
    begun = store.begin(new_intent()).intent
    assert filters_of(store, begun.id) == {"running"}
    store.finish(begun.id, submission(Outcome[outcome], *(("t",) if outcome == "ACCEPTED" else ())), 0.0)
    assert filters_of(store, begun.id) == {stands_on}


def test_a_submission_stands_on_each_filter_that_one_of_its_tasks_puts_it_on(store: Store) -> None:
    intent = accepted(store, "t1", "t2")
    recorded(store, intent.tasks[0], TaskState.SUCCEEDED)
    assert filters_of(store, intent.id) == {"running", "ready"}
    recorded(store, intent.tasks[1], TaskState.FAILED)
    assert filters_of(store, intent.id) == {"ready", "failed"}


def test_a_submission_of_a_dead_process_moves_from_running_to_unknown(store: Store, clock: Clock) -> None:
    begun = store.begin(new_intent()).intent
    clock.pass_(HEARTBEAT_LASTS_S + 1)
    assert store.settle_dead() == 1
    assert filters_of(store, begun.id) == {"unknown"}


def test_what_is_begun_is_what_is_read_later(store: Store) -> None:
    begun = store.begin(replace(new_intent(), webhook_hash="h", scenario="s")).intent
    assert begun == store.intent(begun.id)


CHANGES: dict[str, Callable[[Store, Intent, Clock], object]] = {
    "a submission": lambda store, _intent, _clock: store.begin(new_intent()),
    "a task that ended": lambda store, intent, _: recorded(store, intent.tasks[0], TaskState.SUCCEEDED),
    "a task that goes on": lambda store, intent, _: recorded(store, intent.tasks[0], TaskState.PROCESSING),
    "trouble": lambda store, intent, _: recorded(store, intent.tasks[0], intent.tasks[0].state, trouble="code.500"),
    "a callback": lambda store, _intent, _clock: store.called_back("h", exchange()),
    "a forgotten submission": lambda store, intent, _: store.forget("v", intent.id),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_version_changes_with_everything_that_the_visitor_sees(store: Store, clock: Clock, change: str) -> None:
    begun = store.begin(replace(new_intent(), webhook_hash="h")).intent
    started = store.version("v")
    intent = store.finish(begun.id, submission(Outcome.ACCEPTED, "t"), clock.now + 9)
    before, others = store.version("v"), store.version("somebody else")
    CHANGES[change](store, intent, clock)
    assert len({started, before, store.version("v")}) == 3
    assert store.version("somebody else") == others


@pytest.mark.parametrize("again", ["the same submission", "an unchanged look", "a stranger forgets"])
def test_a_version_stays_while_nothing_changes(store: Store, again: str) -> None:
    new = new_intent()
    begun = store.begin(new).intent
    intent = store.finish(begun.id, submission(Outcome.ACCEPTED, "t"), 0.0)
    before = store.version("v")
    if again == "the same submission":
        assert store.begin(new).new is False
        store.finish(begun.id, submission(Outcome.ACCEPTED, "t"), 0.0)
    elif again == "an unchanged look":
        recorded(store, intent.tasks[0], intent.tasks[0].state)
    else:
        assert store.forget("somebody else", intent.id) is False
    assert store.version("v") == before


def test_a_version_never_comes_back_when_the_last_submission_is_forgotten(store: Store) -> None:
    seen = [store.version("v")]
    for _ in range(3):
        intent = accepted(store, "t")
        seen.append(store.version("v"))
        store.forget("v", intent.id)
        seen.append(store.version("v"))
    assert len(set(seen)) == len(seen)


def test_a_version_of_a_new_database_repeats_none_of_the_one_before(store: Store, tmp_path: Any, clock: Clock) -> None:
    accepted(store, "t")
    clock.pass_(1)
    other = Store(f"sqlite:///{(tmp_path / 'other.sqlite3').as_posix()}", clock=clock)
    accepted(other, "t")
    assert store.version("v") != other.version("v")
    other.close()


def test_two_tasks_of_a_submission_that_end_at_once_leave_it_on_the_right_filters(
    store: Store, database_url: str
) -> None:
    stores = [Store(database_url), Store(database_url)]
    for _ in range(20):
        intent = accepted(store, "t1", "t2")
        barrier = threading.Barrier(2)

        def ends(each: Store, task: Task, barrier: threading.Barrier = barrier) -> bool:
            barrier.wait()
            return recorded(each, task, TaskState.SUCCEEDED)

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(ends, stores, intent.tasks)) == [True, True]
        assert wrongly_shelved(store) == []
    for each in stores:
        each.close()


def test_pages_follow_each_other_without_a_gap_even_when_all_began_at_one_moment(store: Store) -> None:
    made = {accepted(store, f"t{number}").id for number in range(11)}
    found: list[Intent] = []
    while page := store.of_visitor("v", limit=4, after=found[-1].place if found else None):
        found += page
    assert [each.id for each in found] == sorted(made, reverse=True)


def test_a_page_begins_after_a_row_that_was_forgotten_meanwhile(store: Store, clock: Clock) -> None:
    for number in range(6):
        clock.pass_(1)
        accepted(store, f"t{number}")
    everything = store.of_visitor("v", limit=10)
    first = store.of_visitor("v", limit=3)
    store.forget("v", first[-1].id)
    clock.pass_(1)
    accepted(store, "newer")
    assert store.of_visitor("v", limit=3, after=first[-1].place) == everything[3:]


@pytest.mark.parametrize("filter_", list(Filter))
@pytest.mark.parametrize("after", [None, Place(1.8e9, "f" * 32)], ids=["the first page", "a later page"])
def test_a_page_is_found_by_an_index_of_its_filter_in_its_order(
    store: Store, filter_: Filter, after: Place | None
) -> None:
    if store._engine.dialect.name != "sqlite":
        pytest.skip("asks SQLite for its plan")
    asked: list[tuple[str, Any]] = []
    event.listen(store._reader, "before_cursor_execute", lambda *of: asked.append((of[2], of[3])))
    store.of_visitor("v", limit=20, after=after, filter_=filter_)
    query, values = next(each for each in asked if "FROM intents" in each[0])
    with store._reading() as connection:
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]
    index = "intents_of_visitor" if filter_ is Filter.ALL else f"intents_{filter_}"
    (search,) = plan  # a second line would be a sort
    assert search.startswith(f"SEARCH intents USING INDEX {index} (visitor=?")
    assert ("(created_at,id)<(?,?)" in search) is (after is not None)
