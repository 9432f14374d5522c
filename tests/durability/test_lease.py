"""Who lives and who is dead: a heartbeat is a lease, and what a dead process was sending is unknown."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import settings_in
from tests.durability.conftest import SERVER
from tests.durability.scripted import ENDS, Clock, new_intent, submission
from weryai_ui.client.outcome import Outcome
from weryai_ui.service import Service
from weryai_ui.service.parts import SANDBOX_EACH
from weryai_ui.store.process import HEARTBEAT_LASTS_S, SENDING_LASTS_S
from weryai_ui.store.records import Intent
from weryai_ui.store.submissions import Store
from weryai_ui.variables import SandboxMode


@pytest.fixture
def mine(database_url: str, clock: Clock) -> Iterator[Store]:
    store = Store(database_url, clock=clock, monotonic=clock)
    yield store
    store.close()


@pytest.fixture
def theirs(mine: Store, database_url: str, clock: Clock) -> Iterator[Store]:
    store = Store(database_url, clock=clock, monotonic=clock)
    yield store
    store.close()


def begun(store: Store) -> Intent:
    return store.begin(new_intent()).intent


def test_a_process_that_lives_is_never_declared_dead(mine: Store, theirs: Store, clock: Clock) -> None:
    intent = begun(mine)
    for _ in range(30):
        clock.pass_(HEARTBEAT_LASTS_S - 0.1)
        mine.beat()
        assert theirs.settle_dead() == 0
    assert mine.intent(intent.id).outcome is Outcome.SENDING


def test_an_open_submission_of_a_dead_process_is_unknown_as_soon_as_the_lease_is_over(
    mine: Store, theirs: Store, clock: Clock
) -> None:
    intent = begun(mine)
    clock.pass_(HEARTBEAT_LASTS_S)
    assert theirs.settle_dead() == 0
    clock.pass_(0.1)
    assert theirs.settle_dead() == 1
    found = theirs.intent(intent.id)
    assert found.outcome is Outcome.UNKNOWN
    assert found.explanation is not None
    assert found.explanation.move == "check"


@pytest.mark.skipif(not SERVER, reason="needs a server: TEST_DATABASE_URL")
@pytest.mark.parametrize("off_s", [300.0, -300.0])
def test_a_machine_whose_clock_is_minutes_off_is_not_declared_dead_and_declares_nobody_dead(
    database_url: str, off_s: float, caplog: pytest.LogCaptureFixture
) -> None:
    right = Store(database_url, by_server=True)
    wrong = Store(database_url, by_server=True, clock=lambda: time.time() + off_s)
    for each in (right, wrong):
        each.beat()
    sending = {each: each.begin(new_intent(visitor=each.process_id)).intent.id for each in (right, wrong)}
    for each in (right, wrong):
        each.beat()
        assert (each.alive(), each.settle_dead(), each.release_dead()) == (2, 0, 0)
    assert {right.intent(each).outcome for each in sending.values()} == {Outcome.SENDING}
    assert f"is {off_s:+.0f} s off" in caplog.text
    wrong.close()
    assert right.settle_dead() == 1
    assert right.intent(sending[wrong]).outcome is Outcome.UNKNOWN
    right.close()


def test_a_process_that_stops_gives_up_its_lease_at_once(mine: Store, database_url: str, clock: Clock) -> None:
    stopping = Store(database_url, clock=clock)
    intent = begun(stopping)
    stopping.close()
    assert mine.settle_dead() == 1
    assert mine.intent(intent.id).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("outcome", ENDS)
def test_what_the_post_learned_outweighs_what_another_process_guessed(
    mine: Store, theirs: Store, clock: Clock, outcome: Outcome
) -> None:
    intent = begun(mine)
    clock.pass_(HEARTBEAT_LASTS_S + 1)
    theirs.settle_dead()
    ids = ("t1", "t2") if outcome is Outcome.ACCEPTED else ()
    mine.finish(intent.id, submission(outcome, *ids), clock.now)
    found = theirs.intent(intent.id)
    assert found.outcome is outcome
    assert tuple(task.upstream_id for task in found.tasks) == ids


@pytest.mark.parametrize("outcome", ENDS)
def test_an_outcome_told_twice_is_written_once(mine: Store, clock: Clock, outcome: Outcome) -> None:
    intent = begun(mine)
    told = submission(outcome, *(("t1", "t2") if outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN) else ()))
    first = mine.finish(intent.id, told, clock.now)
    assert mine.finish(intent.id, told, clock.now + 9) == first
    assert len(mine.timeline(intent.id)) == 1


def test_a_known_outcome_is_never_replaced(mine: Store, clock: Clock) -> None:
    intent = begun(mine)
    mine.finish(intent.id, submission(Outcome.ACCEPTED, "t"), clock.now)
    mine.finish(intent.id, submission(Outcome.REJECTED), clock.now)
    found = mine.intent(intent.id)
    assert found.outcome is Outcome.ACCEPTED
    assert len(found.tasks) == 1


def test_a_submission_whose_thread_was_lost_does_not_stay_open_while_its_process_lives(
    mine: Store, clock: Clock
) -> None:
    intent = begun(mine)
    clock.pass_(SENDING_LASTS_S - 1)
    mine.beat()
    assert mine.settle_dead() == 0
    clock.pass_(2)
    mine.beat()
    assert mine.settle_dead() == 1
    assert mine.intent(intent.id).outcome is Outcome.UNKNOWN


def test_a_submission_that_is_on_its_way_cannot_be_forgotten(mine: Store, clock: Clock) -> None:
    intent = begun(mine)
    assert mine.forget("v", intent.id) is False
    mine.finish(intent.id, submission(Outcome.ACCEPTED, "t"), clock.now)
    assert mine.forget("v", intent.id) is True


def test_the_same_submission_again_finds_the_first_even_after_its_process_died(
    mine: Store, theirs: Store, clock: Clock
) -> None:
    first = mine.begin(new_intent(idempotency_key="press-0001"))
    clock.pass_(HEARTBEAT_LASTS_S + 1)
    theirs.settle_dead()
    again = theirs.begin(new_intent(idempotency_key="press-0001"))
    assert (first.new, again.new) == (True, False)
    assert again.intent.id == first.intent.id
    assert again.intent.outcome is Outcome.UNKNOWN


def test_an_answer_no_database_would_take_as_it_is_is_kept_all_the_same(mine: Store, clock: Clock) -> None:
    intent = begun(mine)
    found = mine.finish(intent.id, submission(Outcome.UNKNOWN, text="<html>\0</html>", code=2**63 - 1), clock.now)
    assert found.response_text == "<html>\ufffd</html>"
    assert mine.timeline(intent.id)[0].response_text == "<html>\ufffd</html>"
    assert found.code == 2**63 - 1


@pytest.mark.parametrize(
    ("company", "settings", "said"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"sandbox": SandboxMode.OFF}, False),
        (True, {"sandbox_url": "http://127.0.0.1:1"}, False),
    ],
)
def test_who_has_a_sandbox_of_their_own_beside_another_process_is_told(
    company: bool,
    settings: dict[str, Any],
    said: bool,
    database_url: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with closing(Store(database_url)) as other:
        if company:
            other.beat()
        service = Service(settings_in(tmp_path, database_url=database_url, **settings), Store(database_url))
        try:
            service.start("http://127.0.0.1:1")
        finally:
            service.stop()
    assert (SANDBOX_EACH in caplog.text) is said
