"""The database is full, locked or away: before the POST nothing is sent, after it no paid task is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.durability.conftest import SERVER
from tests.durability.outage import ON_ANY_DATABASE, OUTAGES, Full, Outage
from tests.durability.scripted import Clock, Desk, ScriptedClient, told
from tests.durability.upstream import Upstream
from tests.durability.victim import VISITOR, Plan, new_submission
from tests.durability.waiting import until
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.client.weryai import StatusAnswer
from weryai_ui.i18n import say
from weryai_ui.jobs.unsaved import FOLDER_NAME
from weryai_ui.service import Service
from weryai_ui.store.following import CLAIM_LASTS_S
from weryai_ui.store.records import Intent
from weryai_ui.store.submissions import Store


@pytest.fixture(params=[name for name in OUTAGES if not SERVER or name in ON_ANY_DATABASE])
def outage_name(request: pytest.FixtureRequest) -> str:
    """The name of a way to be away."""
    name: str = request.param
    return name


@pytest.fixture
def plan(tmp_path: Path, database_url: str, upstream: Upstream) -> Plan:
    return Plan(tmp_path, database_url, upstream.url)


@pytest.fixture
def service(plan: Plan) -> Iterator[Service]:
    """A service that is not started: nobody follows, no heart beats."""
    service = Service(plan.settings, Store(plan.database_url))
    yield service
    service.stop()


def outage_of(service: Service, name: str) -> Outage:
    return OUTAGES[name](service._store)


def waiting(service: Service) -> list[Intent]:
    """What the database has not taken yet."""
    return [intent for intent in service.known_here(VISITOR) if intent.unsaved]


def ended(service: Service) -> Intent | None:
    """The only submit, once all its tasks have ended."""
    (intent,) = service.tasks(VISITOR)
    return intent if intent.tasks and all(task.state.is_final for task in intent.tasks) else None


def ids_of(intent: Intent) -> tuple[str, ...]:
    return tuple(task.upstream_id for task in intent.tasks)


# --- before the POST -----------------------------------------------------------------------------------


def test_away_before_the_post_nothing_is_sent_and_the_person_is_told(
    outage_name: str, plan: Plan, upstream: Upstream
) -> None:
    service = Service(plan.settings, Store(plan.database_url))
    outage = outage_of(service, outage_name)
    again = replace(new_submission(1), idempotency_key="press-0001")
    outage.begin()
    refused = service.submit(again)
    outage.end()
    assert refused.refusal == say("access.database_away")
    assert refused.intent is None
    assert upstream.submits == []
    assert service.tasks(VISITOR) == ()
    accepted = service.submit(again).intent
    service.stop()
    assert accepted is not None
    assert accepted.outcome is Outcome.ACCEPTED
    assert upstream.submits_by_caller == {1: 1}


@pytest.mark.skipif(bool(SERVER), reason="a file's own fate")
def test_a_database_file_that_was_removed_takes_no_intent_so_nothing_is_sent(plan: Plan, upstream: Upstream) -> None:
    service = Service(plan.settings, Store(plan.database_url))
    (plan.folder / "weryai.sqlite3").unlink()
    assert service.submit(new_submission(1)).refusal == say("access.database_away")
    assert upstream.submits == []
    service.stop()


# --- after the POST ------------------------------------------------------------------------------------


def test_gone_after_the_post_the_living_process_takes_the_tasks_up_when_the_database_is_back(
    outage_name: str, plan: Plan, upstream: Upstream
) -> None:
    service = Service(plan.settings, Store(plan.database_url))
    outage = outage_of(service, outage_name)
    upstream.stall = once(outage)
    answered = service.submit(new_submission(1, videos=2)).intent
    assert answered is not None
    assert answered.outcome is Outcome.ACCEPTED
    assert answered.unsaved
    assert ids_of(answered) == upstream.submits[0].task_ids
    assert waiting(service) == [answered]
    outage.end()
    service.start("http://127.0.0.1:9")
    found = until(lambda: ended(service))
    assert waiting(service) == []
    service.stop()
    assert (found.outcome, found.unsaved) == (Outcome.ACCEPTED, False)
    assert ids_of(found) == upstream.submits[0].task_ids
    assert list((plan.folder / FOLDER_NAME).iterdir()) == []


def test_a_running_process_lives_through_an_outage_in_the_middle_of_a_submission(
    outage_name: str, plan: Plan, upstream: Upstream
) -> None:
    service = Service(plan.settings, Store(plan.database_url))
    outage = outage_of(service, outage_name)
    service.start("http://127.0.0.1:9")
    upstream.stall = once(outage)
    service.submit(new_submission(1))
    assert len(waiting(service)) == 1
    outage.end()
    found = until(lambda: ended(service))
    service.stop()
    assert found.tasks[0].state is TaskState.SUCCEEDED
    assert upstream.submits_by_caller == {1: 1}


def test_gone_until_the_process_stops_the_next_start_takes_the_tasks_up(
    outage_name: str, plan: Plan, upstream: Upstream
) -> None:
    service = Service(plan.settings, Store(plan.database_url))
    outage = outage_of(service, outage_name)
    upstream.stall = once(outage)
    service.submit(new_submission(1))
    service.stop()
    outage.end()
    upstream.stall = lambda: None
    following = Service(plan.settings, Store(plan.database_url))
    following.start("http://127.0.0.1:9")
    assert following.tasks(VISITOR)[0].tasks[0].upstream_id == upstream.submits[0].task_ids[0]
    until(lambda: ended(following))
    following.stop()


def test_a_submission_forgotten_while_it_was_thought_dead_answers_and_leaves_its_tasks_in_the_log(
    plan: Plan, service: Service, upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    other = Store(plan.database_url, clock=clock)

    def forget_meanwhile() -> None:
        (intent,) = service.tasks(VISITOR)
        clock.pass_(1000)
        other.settle_dead()
        assert service.forget(VISITOR, intent.id)

    upstream.stall = forget_meanwhile
    answered = service.submit(new_submission(1)).intent
    other.close()
    assert answered is not None
    assert answered.outcome is Outcome.ACCEPTED
    assert upstream.submits[0].task_ids[0] in caplog.text


# --- while following -----------------------------------------------------------------------------------


def test_a_poll_that_could_not_be_recorded_is_made_again_when_its_claim_lapses(database_url: str) -> None:
    clock = Clock()
    client = ScriptedClient(lambda _: told(TaskState.SUCCEEDED))
    desk = Desk(database_url, client, clock)
    (task,) = desk.accepted("t").tasks
    outage = Full(desk.store)

    def away_before_it_is_recorded(_: str) -> StatusAnswer:
        outage.begin()
        return told(TaskState.SUCCEEDED)

    client.answer = away_before_it_is_recorded
    with pytest.raises(Exception, match="full"):
        desk.follow(task)
    outage.end()
    client.answer = lambda _: told(TaskState.SUCCEEDED)
    assert desk.store.due(clock.now, 10) == ()
    clock.pass_(CLAIM_LASTS_S)
    assert [found.id for found in desk.store.due(clock.now, 10)] == [task.id]
    assert desk.follow(task) is None
    assert desk.task(task).state is TaskState.SUCCEEDED
    desk.store.close()


def once(outage: Outage) -> Callable[[], None]:
    """Begins the outage at the first call, which comes between the request and its answer."""
    begun = threading.Event()

    def stall() -> None:
        if not begun.is_set():
            begun.set()
            outage.begin()

    return stall
