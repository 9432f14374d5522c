"""The database is full, locked or away: before the POST nothing is sent, after it no paid task is lost."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.durability.conftest import SERVER
from tests.durability.outage import ON_ANY_DATABASE, OUTAGES, Full, Outage
from tests.durability.scripted import Clock, Desk, ScriptedClient, new_intent, submission, told
from tests.durability.upstream import Upstream
from tests.durability.victim import VISITOR, Plan, press
from tests.durability.waiting import until
from weryai_ui.client.transport import Outcome
from weryai_ui.client.weryai import StatusAnswer
from weryai_ui.envelope import TaskState
from weryai_ui.service import Service
from weryai_ui.spill import FOLDER_NAME, Spill
from weryai_ui.store.records import Intent, IntentState
from weryai_ui.store.store import CLAIM_LASTS_S, Store
from weryai_ui.words import say


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


def kept_files(plan: Plan) -> list[Path]:
    return sorted((plan.folder / FOLDER_NAME).glob("*.json"))


def ended(service: Service) -> Intent | None:
    """The only press, once all its tasks have ended."""
    (intent,) = service.tasks(VISITOR)
    return intent if intent.tasks and all(task.state.is_final for task in intent.tasks) else None


# --- before the POST -----------------------------------------------------------------------------------


def test_away_before_the_post_nothing_is_sent_and_the_person_is_told(
    outage_name: str, plan: Plan, upstream: Upstream
) -> None:
    service = Service(plan.settings, Store(plan.database_url))
    outage = outage_of(service, outage_name)
    again = replace(press(1), token="press-0001")
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
    assert accepted.outcome is IntentState.ACCEPTED
    assert upstream.submits_by_caller == {1: 1}


@pytest.mark.skipif(bool(SERVER), reason="a file's own fate")
def test_a_database_file_that_was_removed_takes_no_intent_so_nothing_is_sent(plan: Plan, upstream: Upstream) -> None:
    service = Service(plan.settings, Store(plan.database_url))
    (plan.folder / "weryai.sqlite3").unlink()
    assert service.submit(press(1)).refusal == say("access.database_away")
    assert upstream.submits == []
    service.stop()


# --- after the POST ------------------------------------------------------------------------------------


def test_gone_after_the_post_the_living_process_takes_the_tasks_up_when_the_database_is_back(
    outage_name: str, plan: Plan, upstream: Upstream
) -> None:
    service = Service(plan.settings, Store(plan.database_url))
    outage = outage_of(service, outage_name)
    upstream.stall = once(outage)
    answered = service.submit(press(1, videos=2)).intent
    assert answered is not None
    assert answered.outcome is IntentState.ACCEPTED
    assert len(kept_files(plan)) == 1
    outage.end()
    service.start("http://127.0.0.1:9")
    found = until(lambda: ended(service))
    service.stop()
    assert found.outcome is IntentState.ACCEPTED
    assert tuple(task.upstream_id for task in found.tasks) == upstream.submits[0].task_ids
    assert kept_files(plan) == []


def test_a_running_process_lives_through_an_outage_in_the_middle_of_a_press(
    outage_name: str, plan: Plan, upstream: Upstream
) -> None:
    service = Service(plan.settings, Store(plan.database_url))
    outage = outage_of(service, outage_name)
    service.start("http://127.0.0.1:9")
    upstream.stall = once(outage)
    service.submit(press(1))
    assert len(kept_files(plan)) == 1
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
    service.submit(press(1))
    service.stop()
    outage.end()
    upstream.stall = lambda: None
    following = Service(plan.settings, Store(plan.database_url))
    following.start("http://127.0.0.1:9")
    assert following.tasks(VISITOR)[0].tasks[0].upstream_id == upstream.submits[0].task_ids[0]
    until(lambda: ended(following))
    following.stop()


def test_a_spilled_refusal_still_says_why_and_whose_move_it_is(tmp_path: Path, service: Service) -> None:
    intent = service._store.begin(new_intent()).intent
    kept = Spill(tmp_path).keep(intent, submission(Outcome.UNKNOWN))
    assert kept.outcome is IntentState.UNKNOWN
    assert kept.explanation is not None
    assert kept.explanation.move
    Spill(tmp_path).take_up(service._store, 0.0)
    stored = service._store.intent(intent.id)
    assert (stored.outcome, stored.explanation) == (kept.outcome, kept.explanation)


def test_a_press_forgotten_while_it_was_thought_dead_answers_and_leaves_its_tasks_in_the_log(
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
    answered = service.submit(press(1)).intent
    other.close()
    assert answered is not None
    assert answered.outcome is IntentState.ACCEPTED
    assert upstream.submits[0].task_ids[0] in caplog.text


# --- the folder of outcomes ----------------------------------------------------------------------------


def test_an_outcome_is_on_the_disk_before_it_counts_as_kept(
    tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    intent = service._store.begin(new_intent()).intent
    Spill(tmp_path / "data").keep(intent, submission(Outcome.ACCEPTED, "t"))
    assert synced == ["data", f"{intent.id}.tmp", FOLDER_NAME]


def test_a_folder_that_takes_nothing_still_gives_the_person_an_answer_and_the_log_the_ids(
    plan: Plan, upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    service = Service(plan.settings, Store(plan.database_url))
    outage = Full(service._store)
    (plan.folder / FOLDER_NAME).write_text("a file where the folder should be")
    upstream.stall = outage.begin
    answered = service.submit(press(1)).intent
    outage.end()
    service.stop()
    assert answered is not None
    assert answered.outcome is IntentState.ACCEPTED
    assert upstream.submits[0].task_ids[0] in caplog.text


def test_what_cannot_be_read_is_set_aside_and_holds_up_nothing(
    tmp_path: Path, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    store, spill = service._store, Spill(tmp_path)
    intent = store.begin(new_intent()).intent
    spill.keep(intent, submission(Outcome.ACCEPTED, "t"))
    folder = tmp_path / FOLDER_NAME
    whole = (folder / f"{intent.id}.json").read_text()
    (folder / "0-cut-off.json").write_text(whole[:100])
    (folder / "0-empty.json").write_text("")
    (folder / "0-no-outcome.json").write_text(json.dumps({**json.loads(whole), "outcome": "perhaps"}))
    (folder / "0-of-no-intent.json").write_text(whole)
    (folder / "0-a-folder.json").mkdir()
    assert spill.take_up(store, 0.0) == 1
    assert [task.upstream_id for task in store.intent(intent.id).tasks] == ["t"]
    left = sorted(path.name for path in folder.iterdir())
    assert left == [f"0-{name}.unread" for name in ("a-folder", "cut-off", "empty", "no-outcome", "of-no-intent")]
    assert caplog.text.count("was not taken up") == 5


@pytest.mark.parametrize("outcome", list(Outcome))
def test_an_outcome_taken_up_twice_is_written_once(tmp_path: Path, service: Service, outcome: Outcome) -> None:
    """As after a kill between the commit and the removal of the file."""
    store, spill = service._store, Spill(tmp_path)
    intent = store.begin(new_intent()).intent
    told_ids = ("t1", "t2") if outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN) else ()
    for _ in range(2):
        spill.keep(intent, submission(outcome, *told_ids))
        assert spill.take_up(store, 0.0) == 1
    assert tuple(task.upstream_id for task in store.intent(intent.id).tasks) == told_ids
    assert len(store.timeline(intent.id)) == 1


def test_processes_that_share_a_folder_take_each_outcome_up_once(
    tmp_path: Path, service: Service, database_url: str
) -> None:
    stores = [service._store, Store(database_url)]
    intents = [stores[0].begin(new_intent()).intent for _ in range(20)]
    for number, intent in enumerate(intents):
        Spill(tmp_path).keep(intent, submission(Outcome.ACCEPTED, f"t{number}"))
    barrier = threading.Barrier(4)

    def rush(store: Store) -> None:
        barrier.wait()
        Spill(tmp_path).take_up(store, 0.0)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(rush, stores * 2))
    found = [[task.upstream_id for task in stores[0].intent(intent.id).tasks] for intent in intents]
    stores[1].close()
    assert found == [[f"t{number}"] for number in range(20)]
    assert list((tmp_path / FOLDER_NAME).iterdir()) == []


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
