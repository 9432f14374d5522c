"""Following a task: who may ask, when, how often, and what an answer is taken for."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.durability.scripted import INTERVAL_S, Clock, Desk, ScriptedClient, absent, exchange, told, trouble
from tests.durability.waiting import until
from weryai_ui.client.tasks import TaskState
from weryai_ui.client.weryai import StatusAnswer
from weryai_ui.jobs.schedule import AGE_STEPS, JITTER, OLD_FACTOR, TROUBLE_FACTOR, waiting_time
from weryai_ui.store.following import CLAIM_LASTS_S
from weryai_ui.store.process import HEARTBEAT_LASTS_S
from weryai_ui.store.records import SendTo
from weryai_ui.store.submissions import Store

DAY_S = 86_400.0


@pytest.fixture
def client() -> ScriptedClient:
    return ScriptedClient(lambda _: told(TaskState.PROCESSING))


@pytest.fixture
def desk(database_url: str, client: ScriptedClient, clock: Clock) -> Iterator[Desk]:
    desk = Desk(database_url, client, clock)
    yield desk
    desk.store.close()


@pytest.fixture
def other_desk(desk: Desk, database_url: str, client: ScriptedClient, clock: Clock) -> Iterator[Desk]:
    """A second process at the same database and the same service."""
    desk = Desk(database_url, client, clock)
    yield desk
    desk.store.close()


# --- stale calls -----------------------------------------------------------------------------------


def test_a_call_with_a_due_time_that_has_moved_asks_nothing(desk: Desk, clock: Clock) -> None:
    (task,) = desk.accepted("t").tasks
    assert task.due_at is not None
    desk.follow(task)
    assert desk.follower.follow_once(task.id, task.due_at) is None
    assert desk.client.asked == ["t"]


def test_a_task_that_ended_is_never_asked_for_again(desk: Desk, clock: Clock) -> None:
    desk.client.answer = lambda _: told(TaskState.SUCCEEDED, videos=["https://example.com/1.mp4"])
    (task,) = desk.accepted("t").tasks
    assert desk.follow(task) is None
    clock.pass_(DAY_S)
    assert desk.store.due(clock.now, 10) == ()
    assert task.due_at is not None
    assert desk.follower.follow_once(task.id, task.due_at) is None
    assert desk.client.asked == ["t"]


def test_a_forgotten_task_is_not_asked_for(desk: Desk) -> None:
    intent = desk.accepted("t")
    assert desk.store.forget("v", intent.id)
    assert intent.tasks[0].due_at is not None
    assert desk.follower.follow_once(intent.tasks[0].id, intent.tasks[0].due_at) is None
    assert desk.client.asked == []


def test_a_task_forgotten_while_it_is_asked_for_does_not_come_back(desk: Desk, clock: Clock) -> None:
    intent = desk.accepted("t")

    def forget_meanwhile(_: str) -> StatusAnswer:
        assert desk.store.forget("v", intent.id)
        return told(TaskState.SUCCEEDED)

    desk.client.answer = forget_meanwhile
    assert desk.follow(intent.tasks[0]) is None
    assert desk.store.of_visitor("v", limit=10) == ()
    assert desk.store.timeline(intent.id) == ()


# --- one poll an interval, however many processes ----------------------------------------------------


def test_of_two_that_claim_the_same_due_time_one_gets_it(desk: Desk, other_desk: Desk) -> None:
    (task,) = desk.accepted("t").tasks
    assert task.due_at is not None
    claims = [store.claim(task.id, task.due_at) for store in (desk.store, other_desk.store)]
    assert [claim is None for claim in claims] == [False, True]


def test_two_processes_at_once_poll_each_task_once_in_an_interval(desk: Desk, other_desk: Desk, clock: Clock) -> None:
    ids = [f"t{number}" for number in range(20)]
    tasks = desk.accepted(*ids).tasks
    barrier = threading.Barrier(8)

    def rush(each: Desk) -> None:
        barrier.wait()
        for task in tasks:
            assert task.due_at is not None
            each.follower.follow_once(task.id, task.due_at)

    for turn in (1, 2):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(rush, [desk, other_desk] * 4))
        assert Counter(desk.client.asked) == dict.fromkeys(ids, turn)
        clock.pass_(INTERVAL_S * (1 + JITTER))
        tasks = desk.store.due(clock.now, 100)
        assert len(tasks) == 20


def test_a_lost_claim_writes_nothing(desk: Desk, other_desk: Desk, clock: Clock) -> None:
    (task,) = desk.accepted("t").tasks
    assert task.due_at is not None
    claimed = desk.store.claim(task.id, task.due_at)
    assert claimed is not None
    clock.pass_(CLAIM_LASTS_S)
    other_desk.client.answer = lambda _: told(TaskState.SUCCEEDED)
    other_desk.follow(task)
    late = replace(task, state=TaskState.PROCESSING, due_at=clock.now + 1)
    assert desk.store.record(task, claimed, late, exchange()) is False
    assert desk.task(task).state is TaskState.SUCCEEDED
    assert desk.task(task).due_at is None


def test_a_task_claimed_by_a_process_that_died_is_taken_up_when_the_claim_lapses(
    desk: Desk, other_desk: Desk, clock: Clock
) -> None:
    (task,) = desk.accepted("t").tasks
    assert task.due_at is not None
    assert desk.store.claim(task.id, task.due_at) is not None
    clock.pass_(CLAIM_LASTS_S - 1)
    assert other_desk.store.due(clock.now, 10) == ()
    clock.pass_(1)
    (found,) = other_desk.store.due(clock.now, 10)
    other_desk.follow(found)
    assert desk.client.asked == ["t"]


def test_what_a_process_that_died_had_claimed_is_due_as_soon_as_its_heartbeat_is_over(
    desk: Desk, other_desk: Desk, clock: Clock
) -> None:
    desk.accepted("t1", "t2")
    for each in (desk, other_desk):
        each.store.beat()
    claimed, _ = desk.store.claim_due(clock.now, 10)
    assert len(claimed) == 2 and other_desk.store.due(clock.now, 10) == ()
    clock.pass_(HEARTBEAT_LASTS_S)
    other_desk.store.beat()
    assert other_desk.store.release_dead() == 0
    clock.pass_(0.1)
    assert other_desk.store.release_dead() == 2
    assert {task.id for task in other_desk.store.due(clock.now, 10)} == {task.id for task in claimed}


def test_what_a_living_process_has_claimed_is_left_to_it_and_what_it_recorded_is_nobodys(
    desk: Desk, other_desk: Desk, clock: Clock
) -> None:
    desk.accepted("t")
    desk.store.beat()
    ((task,), claimed) = desk.store.claim_due(clock.now, 10)
    clock.pass_(HEARTBEAT_LASTS_S - 1)
    desk.store.beat()
    clock.pass_(2)
    assert other_desk.store.release_dead() == 0
    later = replace(task, due_at=clock.now + 60)
    assert desk.store.record(task, claimed, later, exchange()) is True
    clock.pass_(HEARTBEAT_LASTS_S + 1)
    assert other_desk.store.release_dead() == 0


def test_processes_that_claim_at_once_take_each_task_once(desk: Desk, other_desk: Desk, clock: Clock) -> None:
    made = {task.id for _ in range(5) for task in desk.accepted(*(f"t{number}" for number in range(8))).tasks}
    barrier = threading.Barrier(8)

    def takes(store: Store) -> list[str]:
        barrier.wait()
        return [task.id for _ in range(4) for task in store.claim_due(clock.now, 3)[0]]

    with ThreadPoolExecutor(8) as pool:
        taken = [task_id for ids in pool.map(takes, [desk.store, other_desk.store] * 4) for task_id in ids]
    assert len(taken) == len(set(taken))
    rest = {task.id for task in desk.store.due(clock.now, 100)}
    assert set(taken) | rest == made and not set(taken) & rest


def test_what_is_being_asked_for_is_not_claimed_again(desk: Desk, clock: Clock) -> None:
    first, second = desk.accepted("t1", "t2").tasks
    found, _ = desk.store.claim_due(clock.now, 10, asked_for=[first.id])
    assert [task.id for task in found] == [second.id]


def test_the_same_id_of_two_submits_is_two_rows_and_both_are_followed(desk: Desk) -> None:
    first, second = desk.accepted("same").tasks[0], desk.accepted("same").tasks[0]
    desk.client.answer = lambda _: told(TaskState.SUCCEEDED, "same", ["https://example.com/1.mp4"])
    desk.follow(first)
    desk.follow(second)
    assert first.id != second.id
    assert {desk.task(each).state for each in (first, second)} == {TaskState.SUCCEEDED}


def test_however_many_watch_nobody_asks_the_service(desk: Desk) -> None:
    intent = desk.accepted("t")
    for _ in range(50):
        desk.store.version("v")
        desk.store.of_visitor("v", limit=20)
        desk.store.timeline(intent.id)
    assert desk.client.asked == []


def test_no_more_polls_at_once_than_allowed_and_none_is_left_out(database_url: str) -> None:
    under_way, most, gate, lock = set[str](), [0], threading.Event(), threading.Lock()

    def answer(task_id: str) -> StatusAnswer:
        with lock:
            under_way.add(task_id)
            most[0] = max(most[0], len(under_way))
        gate.wait(10)
        with lock:
            under_way.discard(task_id)
        return told(TaskState.SUCCEEDED)

    client = ScriptedClient(answer)
    desk = Desk(database_url, client, Clock(), polls_at_once=3)
    desk.accepted(*[f"t{number}" for number in range(20)])
    desk.follower.start()
    until(lambda: len(under_way) == 3)
    gate.set()
    until(lambda: len(client.asked) == 20)
    desk.follower.stop()
    desk.store.close()
    assert most == [3]


def test_many_short_polls_do_not_wait_for_the_next_sweep(database_url: str) -> None:
    client = ScriptedClient(lambda _: told(TaskState.SUCCEEDED))
    desk = Desk(database_url, client, Clock(), polls_at_once=1)
    desk.accepted(*[f"t{number}" for number in range(60)])
    desk.follower.start()
    until(lambda: len(client.asked) == 60, seconds=10)
    desk.follower.stop()
    desk.store.close()


# --- when the next poll comes ------------------------------------------------------------------------


@pytest.mark.parametrize(("age", "factor"), [(0.0, 1.0), *[(until_, None) for until_, _ in AGE_STEPS]])
def test_the_interval_grows_with_the_age_of_the_task(age: float, factor: float | None) -> None:
    grown = {0.0: 1.0, 1200.0: 3.0, 3600.0: 20.0, DAY_S: OLD_FACTOR}
    assert waiting_time(age, 6.0, lambda low, high: (low + high) / 2) == pytest.approx(6.0 * grown[age])


def test_the_interval_is_spread_so_that_tasks_made_together_drift_apart(desk: Desk, clock: Clock) -> None:
    tasks = desk.accepted(*[f"t{number}" for number in range(20)]).tasks
    waits = {(desk.follow(task) or 0.0) - clock.now for task in tasks}
    assert len(waits) > 15
    assert all(INTERVAL_S * (1 - JITTER) - 0.01 <= wait <= INTERVAL_S * (1 + JITTER) + 0.01 for wait in waits)


@pytest.mark.parametrize(
    ("answer", "least"),
    [
        (trouble(429, 60.0), 60.0),
        (trouble(503, 45.0), 45.0),
        (trouble(503), INTERVAL_S * (1 - JITTER) * TROUBLE_FACTOR),
        (trouble(429, 1.0), INTERVAL_S * (1 - JITTER) * TROUBLE_FACTOR),
    ],
    ids=["429 asks for 60 s", "503 asks for 45 s", "503 asks for nothing", "429 asks for less than we wait"],
)
def test_an_unanswered_poll_waits_longer_and_at_least_as_long_as_it_was_asked_to(
    desk: Desk, clock: Clock, answer: StatusAnswer, least: float
) -> None:
    desk.client.answer = lambda _: answer
    (task,) = desk.accepted("t").tasks
    due_at = desk.follow(task)
    assert due_at is not None
    assert due_at - clock.now >= least - 0.01
    assert desk.task(task).trouble
    assert not desk.task(task).state.is_final


# --- what an answer is taken for -----------------------------------------------------------------------


def test_not_found_counts_after_three_answers_over_a_minute(desk: Desk, clock: Clock) -> None:
    desk.client.answer = lambda _: absent()
    (task,) = desk.accepted("t").tasks
    for pause in (0, 30):
        clock.pass_(pause)
        desk.follow(task)
        assert desk.task(task).state is TaskState.WAITING
    clock.pass_(30)
    desk.follow(task)
    assert desk.task(task).state is TaskState.NOT_FOUND
    assert desk.task(task).due_at is None


def test_many_not_founds_within_a_minute_are_not_believed(desk: Desk, clock: Clock) -> None:
    desk.client.answer = lambda _: absent()
    (task,) = desk.accepted("t").tasks
    for _ in range(10):
        clock.pass_(5)
        desk.follow(task)
    assert desk.task(task).state is TaskState.WAITING


def test_one_poll_of_the_task_wipes_out_what_was_not_found_before(desk: Desk, clock: Clock) -> None:
    (task,) = desk.accepted("t").tasks
    for answer in (absent(), absent(), told(TaskState.PROCESSING), absent(), absent()):
        clock.pass_(40)
        desk.client.answer = lambda _, answer=answer: answer  # type: ignore[misc]
        desk.follow(task)
    assert desk.task(task).state is TaskState.PROCESSING


def test_trouble_between_not_founds_neither_counts_nor_wipes_out(desk: Desk, clock: Clock) -> None:
    (task,) = desk.accepted("t").tasks
    for answer in (absent(), trouble(), absent(), trouble(502), absent()):
        assert not desk.task(task).state.is_final
        clock.pass_(31)
        desk.client.answer = lambda _, answer=answer: answer  # type: ignore[misc]
        desk.follow(task)
    assert desk.task(task).state is TaskState.NOT_FOUND


def test_an_answer_about_another_task_changes_nothing_but_says_so(desk: Desk) -> None:
    desk.client.answer = lambda _: told(TaskState.SUCCEEDED, "another", ["https://example.com/1.mp4"])
    (task,) = desk.accepted("t").tasks
    assert desk.follow(task) is not None
    found = desk.task(task)
    assert (found.state, found.videos) == (TaskState.WAITING, ())
    assert found.trouble == "app.other_task"


@pytest.mark.parametrize("state", [state for state in TaskState if state.is_final])
def test_a_terminal_state_never_changes_back(desk: Desk, clock: Clock, state: TaskState) -> None:
    desk.client.answer = lambda _: told(state)
    (task,) = desk.accepted("t").tasks
    while (due_at := desk.follow(task)) is not None:
        clock.now = due_at
    back = replace(task, state=TaskState.PROCESSING, due_at=clock.now + 1)
    assert desk.store.claim(task.id, clock.now) is None
    assert desk.store.record(task, clock.now, back, exchange()) is False
    assert desk.task(task).state is state
    assert desk.task(task).ended_at == clock.now


def test_a_state_nobody_has_seen_is_followed_on(desk: Desk) -> None:
    desk.client.answer = lambda _: told(TaskState.UNKNOWN)
    (task,) = desk.accepted("t").tasks
    assert desk.follow(task) is not None


def test_a_state_nobody_has_seen_beside_a_video_shows_it_and_is_followed_more_slowly(desk: Desk, clock: Clock) -> None:
    (plain, with_video) = desk.accepted("plain", "with a video").tasks
    link = "https://example.com/1.mp4"
    desk.client.answer = lambda name: told(TaskState.UNKNOWN, videos=[link] if "video" in name else [])
    waits = {task.upstream_id: (desk.follow(task) or 0.0) - clock.now for task in (plain, with_video)}
    assert [video.url for video in desk.task(with_video).videos] == [link]
    assert waits["with a video"] > 2 * waits["plain"] > 0


def test_done_without_a_link_counts_after_three_more_answers_over_two_minutes(desk: Desk, clock: Clock) -> None:
    desk.client.answer = lambda _: told(TaskState.SUCCEEDED_WITHOUT_VIDEO)
    (task,) = desk.accepted("t").tasks
    began = clock.now
    while (due_at := desk.follow(task)) is not None:
        assert desk.task(task).state is TaskState.PROCESSING
        clock.now = due_at
    assert desk.task(task).state is TaskState.SUCCEEDED_WITHOUT_VIDEO
    assert (len(desk.client.asked), clock.now - began) == (4, 120.0)


def test_a_link_that_comes_later_than_the_end_is_found(desk: Desk, clock: Clock) -> None:
    answers = iter(
        [told(TaskState.SUCCEEDED_WITHOUT_VIDEO), told(TaskState.SUCCEEDED, videos=["https://example.com/1"])]
    )
    desk.client.answer = lambda _: next(answers)
    (task,) = desk.accepted("t").tasks
    clock.now = desk.follow(task) or 0.0
    assert desk.follow(task) is None
    assert desk.task(task).state is TaskState.SUCCEEDED


def test_not_founds_and_ends_without_a_link_are_counted_apart(desk: Desk, clock: Clock) -> None:
    (task,) = desk.accepted("t").tasks
    without = told(TaskState.SUCCEEDED_WITHOUT_VIDEO)
    for answer in (without, without, without, absent(), absent(), without, absent(), absent()):
        clock.pass_(100)
        desk.client.answer = lambda _, answer=answer: answer  # type: ignore[misc]
        desk.follow(task)
        assert not desk.task(task).state.is_final


# --- keys ----------------------------------------------------------------------------------------------


def test_tasks_of_a_visitors_own_key_wait_for_the_key_after_a_restart(
    desk: Desk, database_url: str, client: ScriptedClient, clock: Clock
) -> None:
    desk.accepted("mine", send_to="my-key")
    keys: list[str] = []
    restarted = Desk(
        database_url, client, clock, client_for=lambda _: client if keys else None, visitors_with_keys=lambda: keys
    )
    clock.pass_(DAY_S)
    assert restarted.store.due(clock.now, 10, keys) == ()
    keys.append("v")
    (task,) = restarted.store.due(clock.now, 10, keys)
    restarted.follow(task)
    restarted.store.close()
    assert client.asked == ["mine"]


def test_tasks_whose_key_is_gone_do_not_hold_up_the_others(database_url: str) -> None:
    client = ScriptedClient(lambda _: told(TaskState.SUCCEEDED))
    desk = Desk(
        database_url,
        client,
        Clock(),
        client_for=lambda intent: None if intent.send_to is SendTo.OWNER_KEY else client,
        without_key=lambda: (SendTo.OWNER_KEY,),
    )
    desk.accepted(*[f"owner{number}" for number in range(50)])
    desk.accepted("sandbox", send_to="sandbox")
    desk.follower.start()
    until(lambda: client.asked == ["sandbox"])
    desk.follower.stop()
    desk.store.close()


# --- what breaks must not stop the rest ------------------------------------------------------------------


def test_the_heart_goes_on_beating_when_the_housekeeping_fails(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weryai_ui.jobs.follower.HEARTBEAT_EVERY_S", 0.01)
    calls: list[None] = []

    def housekeeping() -> None:
        calls.append(None)
        raise FileNotFoundError("another process was faster")

    desk = Desk(database_url, ScriptedClient(lambda _: absent()), Clock(), housekeeping=housekeeping)
    desk.follower.start()
    until(lambda: len(calls) > 3)
    desk.follower.stop()
    desk.store.close()


def test_a_poll_that_breaks_is_logged_and_stops_no_other(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    def answer(task_id: str) -> StatusAnswer:
        if task_id == "broken":
            raise RuntimeError("a bug")
        return told(TaskState.SUCCEEDED)

    client = ScriptedClient(answer)
    desk = Desk(database_url, client, Clock(), polls_at_once=1)
    desk.accepted("broken", "whole")
    desk.follower.start()
    until(lambda: "whole" in client.asked)
    desk.follower.stop()
    desk.store.close()
    assert client.asked == ["broken", "whole"]
    assert "RuntimeError" in caplog.text
