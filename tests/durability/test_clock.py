"""The clock of the machine is set by days, forward or back: tasks are asked for, and who lives is not called dead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.durability.scripted import Clock, Desk, ScriptedClient, new_intent, told
from tests.durability.waiting import until
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.clocks import ClockWatch, SteadyClock
from weryai_ui.jobs.follower import TIDIES_AFTER_CLOCK_S
from weryai_ui.jobs.schedule import AGE_STEPS, JITTER
from weryai_ui.store.process import HEARTBEAT_EVERY_S, HEARTBEAT_LASTS_S, SENDING_LASTS_S
from weryai_ui.store.records import Task

DAYS = 3 * 24 * 3600.0
SETTINGS_OF_THE_CLOCK = pytest.mark.parametrize("set_by", [-DAYS, DAYS], ids=["back", "forward"])


class Machine:
    """A machine with a clock on the wall, which `set_by` sets, and one that nobody can set."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.wall, self.monotonic = Clock(now), Clock(1000.0)

    def pass_(self, seconds: float) -> None:
        self.wall.pass_(seconds)
        self.monotonic.pass_(seconds)

    def set_by(self, seconds: float) -> None:
        self.wall.pass_(seconds)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def client() -> ScriptedClient:
    return ScriptedClient(lambda name: told(TaskState.PROCESSING, name))


@pytest.fixture
def desk(database_url: str, client: ScriptedClient, machine: Machine) -> Iterator[Desk]:
    yield from opened(database_url, client, machine)


@pytest.fixture
def other(desk: Desk, database_url: str, client: ScriptedClient, machine: Machine) -> Iterator[Desk]:
    """Another process at the same database, on the same machine."""
    yield from opened(database_url, client, machine)


def opened(url: str, client: ScriptedClient, machine: Machine) -> Iterator[Desk]:
    desk = Desk(url, client, machine.wall, monotonic=machine.monotonic)
    yield desk
    desk.store.close()


def due(desk: Desk, machine: Machine) -> list[str]:
    return [task.id for task in desk.store.due(machine.wall.now, 10)]


def asked_for(desk: Desk) -> Task:
    """A task that was just made and asked for once."""
    (task,) = desk.accepted("t1").tasks
    desk.follow(task)
    return task


@SETTINGS_OF_THE_CLOCK
def test_a_task_is_asked_for_at_the_next_heartbeat_however_the_clock_was_set(
    desk: Desk, machine: Machine, set_by: float
) -> None:
    task = asked_for(desk)
    assert due(desk, machine) == []
    machine.set_by(set_by)
    machine.pass_(HEARTBEAT_EVERY_S)
    desk.follower.heartbeat()
    assert due(desk, machine) == [task.id]


def test_a_task_is_asked_for_after_a_restart_at_which_the_clock_was_set_back(
    desk: Desk, database_url: str, client: ScriptedClient, machine: Machine
) -> None:
    asked_for(desk)
    machine.set_by(-DAYS)
    restarted = Desk(database_url, client, machine.wall, monotonic=machine.monotonic)
    asked = len(client.asked)
    restarted.follower.start()
    try:
        until(lambda: len(client.asked) > asked)
    finally:
        restarted.follower.stop()
        restarted.store.close()


@SETTINGS_OF_THE_CLOCK
def test_a_young_task_stays_young_however_the_clock_was_set(desk: Desk, machine: Machine, set_by: float) -> None:
    task = asked_for(desk)
    machine.set_by(set_by)
    machine.pass_(HEARTBEAT_EVERY_S)
    desk.follower.heartbeat()
    next_due = desk.follow(task)
    assert next_due is not None
    assert next_due - machine.wall.now <= 10.0 * (1 + JITTER)


def test_a_task_grows_old_by_the_time_that_passes(desk: Desk, machine: Machine) -> None:
    task = asked_for(desk)
    machine.set_by(DAYS)
    desk.follower.heartbeat()
    young, factor = AGE_STEPS[0][0], AGE_STEPS[1][1]
    machine.pass_(young + 1)
    next_due = desk.follow(task)
    assert next_due is not None
    assert next_due - machine.wall.now >= 10.0 * factor * (1 - JITTER)


@SETTINGS_OF_THE_CLOCK
def test_a_process_that_lives_is_not_declared_dead_when_the_clock_is_set(
    desk: Desk, other: Desk, machine: Machine, set_by: float
) -> None:
    intent = desk.store.begin(new_intent()).intent
    machine.set_by(set_by)
    other.follower.heartbeat()
    assert other.store.intent(intent.id).outcome is Outcome.SENDING
    desk.follower.heartbeat()
    machine.pass_(HEARTBEAT_LASTS_S - 0.1)
    desk.follower.heartbeat()
    other.follower.heartbeat()
    machine.pass_(0.1)
    other.follower.heartbeat()
    assert other.store.intent(intent.id).outcome is Outcome.SENDING


@SETTINGS_OF_THE_CLOCK
def test_a_process_that_died_before_the_clock_was_set_is_declared_dead_in_seconds(
    desk: Desk, other: Desk, machine: Machine, set_by: float
) -> None:
    intent = desk.store.begin(new_intent()).intent
    machine.set_by(set_by)
    other.follower.heartbeat()
    machine.pass_(HEARTBEAT_LASTS_S)
    other.follower.heartbeat()
    assert other.store.intent(intent.id).outcome is Outcome.UNKNOWN


def test_a_submission_under_way_is_not_called_unknown_when_the_clock_is_set_forward(
    desk: Desk, machine: Machine
) -> None:
    intent = desk.store.begin(new_intent()).intent
    machine.set_by(DAYS)
    for _ in range(int(SENDING_LASTS_S) - 1):
        machine.pass_(HEARTBEAT_EVERY_S)
        desk.follower.heartbeat()
    assert desk.store.intent(intent.id).outcome is Outcome.SENDING


@SETTINGS_OF_THE_CLOCK
def test_nothing_is_deleted_for_its_age_soon_after_the_clock_was_set(
    database_url: str, machine: Machine, set_by: float
) -> None:
    deletions: list[float] = []
    desk = Desk(
        database_url,
        ScriptedClient(lambda _: told(TaskState.PROCESSING)),
        machine.wall,
        monotonic=machine.monotonic,
        forget_old=lambda: deletions.append(machine.monotonic()),
    )
    desk.follower.tidy()
    assert len(deletions) == 1
    machine.set_by(set_by)
    desk.follower.heartbeat()
    for _ in range(int(TIDIES_AFTER_CLOCK_S)):
        desk.follower.tidy()
        machine.pass_(HEARTBEAT_EVERY_S)
    assert len(deletions) == 1
    desk.follower.tidy()
    assert len(deletions) == 2
    desk.store.close()


def test_a_clock_that_only_goes_on_was_not_set(machine: Machine) -> None:
    watch = ClockWatch(machine.wall, machine.monotonic)
    machine.pass_(DAYS)
    assert watch.set_by() == 0.0
    machine.set_by(-60)
    assert watch.set_by() == -60
    assert watch.set_by() == 0.0


def test_a_steady_clock_begins_at_the_wall_clock_and_is_not_set_with_it(machine: Machine) -> None:
    steady = SteadyClock(machine.wall, machine.monotonic)
    before = machine.wall.now
    machine.set_by(DAYS)
    machine.pass_(5)
    assert steady() == before + 5
