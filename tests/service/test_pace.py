"""Submits of one account leave one after the other, so long apart, from whichever process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.durability.scripted import Clock
from tests.service.conftest import new_submission, until
from tests.visitors import VISITOR
from weryai_ui.client.outcome import Outcome
from weryai_ui.i18n import say
from weryai_ui.sandbox.routes import RETRY_AFTER_SECONDS
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Service, submitting
from weryai_ui.settings import DEFAULT_SUBMITS_APART_S, Settings
from weryai_ui.store.records import SendTo
from weryai_ui.store.submissions import Store

APART_S = 0.5
KEY = "idempotency-key-of-the-second"
Started = Callable[..., Service]


@pytest.fixture
def started(settings: Settings, sandbox: SandboxServer) -> Iterator[Started]:
    """Starts services at one database whose owner's account is in a sandbox that stands for the real service."""
    running: list[Service] = []

    def start(**changes: object) -> Service:
        live = replace(settings, api_key=SecretStr("sk-sandbox"), base_url=sandbox.url, **changes)  # type: ignore[arg-type]
        service = Service(live, Store(live.database_url))
        service.start(sandbox.url)
        running.append(service)
        return service

    sandbox.ledger.clear()
    yield start
    for service in running:
        service.stop()


def test_submits_of_one_account_leave_apart_from_two_processes_together(
    started: Started, sandbox: SandboxServer, tmp_path: Path
) -> None:
    first = started(submits_apart_s=APART_S)
    second = started(submits_apart_s=APART_S, data_dir=tmp_path / "second")
    with ThreadPoolExecutor(4) as pool:
        for result in pool.map(
            lambda service: service.submit(new_submission(send_to=SendTo.OWNER_KEY)), [first, second] * 2
        ):
            assert result.intent is not None, result.refusal
    arrived = sorted(entry.at for entry in sandbox.ledger)
    assert len(arrived) == 4
    # One may leave a little late, and the next on time.
    assert all(later - earlier > APART_S / 2 for earlier, later in pairwise(arrived)), arrived
    assert arrived[-1] - arrived[0] > 3 * APART_S - APART_S / 2


def test_the_sandbox_and_another_account_do_not_wait(started: Started) -> None:
    service = started(submits_apart_s=20.0)
    assert service.submit(new_submission(send_to=SendTo.OWNER_KEY)).intent is not None
    began = time.monotonic()
    assert service.submit(new_submission(send_to=SendTo.MY_KEY, key="sk-sandbox-slow")).intent is not None
    for _ in range(2):
        assert service.submit(new_submission()).intent is not None
    assert time.monotonic() - began < 15


def test_who_would_wait_too_long_is_told_at_once_that_nothing_was_sent(
    started: Started, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitting, "TURN_PATIENCE_S", 5.0)
    service = started(submits_apart_s=20.0)
    assert service.submit(new_submission(send_to=SendTo.OWNER_KEY)).intent is not None
    refused = service.submit(new_submission(send_to=SendTo.OWNER_KEY))
    assert (refused.intent, refused.refusal) == (None, say("access.no_turn", apart="20", seconds="5"))
    assert len(list(sandbox.ledger)) == 1
    assert len(service.tasks(VISITOR)) == 1


def test_who_waits_is_told_how_long_and_leaves_nothing_behind_when_the_app_is_to_end(
    started: Started, sandbox: SandboxServer
) -> None:
    service = started(submits_apart_s=20.0)
    assert service.submit(new_submission(send_to=SendTo.OWNER_KEY)).intent is not None
    waiting = new_submission(send_to=SendTo.OWNER_KEY, idempotency_key=KEY)
    with ThreadPoolExecutor(1) as pool:
        pressed = pool.submit(service.submit, waiting)
        wait_s = until(lambda: service.arrivals.wait_s(VISITOR, KEY))
        assert 10 < wait_s <= 20
        began = time.monotonic()
        assert service.drain(30) == 0
        refused = pressed.result(timeout=30)
    assert time.monotonic() - began < 10
    assert (refused.intent, refused.refusal) == (None, say("access.restarting"))
    assert service.arrivals.wait_s(VISITOR, KEY) == 0
    assert len(list(sandbox.ledger)) == 1


def test_a_refusal_that_says_how_long_to_wait_is_kept_with_that(started: Started, settings: Settings) -> None:
    service = started(submits_apart_s=0.0)
    intent = service.submit(new_submission(scenario="sk-sandbox-rate-limited")).intent
    assert intent is not None and intent.outcome is Outcome.REJECTED
    assert intent.retry_after == service.tasks(VISITOR)[0].retry_after == RETRY_AFTER_SECONDS


def test_turns_are_given_once_across_processes_and_in_a_row(settings: Settings) -> None:
    clock = Clock()
    stores = [Store(settings.database_url, clock=clock) for _ in range(4)]
    barrier = threading.Barrier(len(stores))

    def take_three(store: Store) -> list[float | None]:
        barrier.wait()
        return [store.take_turn("an account", 2.5, 30.0) for _ in range(3)]

    with ThreadPoolExecutor(len(stores)) as pool:
        waits = [wait for three in pool.map(take_three, stores) for wait in three]
    assert sorted(waits, key=lambda wait: wait or 0) == pytest.approx([2.5 * number for number in range(12)])
    assert stores[0].take_turn("an account", 2.5, 30.0) == pytest.approx(30.0)
    assert [store.take_turn("an account", 2.5, 30.0) for store in stores] == [None] * 4
    assert stores[0].take_turn("another", 2.5, 30.0) == 0
    clock.now += 40
    assert stores[1].take_turn("an account", 2.5, 30.0) == 0
    clock.now -= 24 * 3600  # the clock was set back: nobody waits for a day
    assert stores[2].take_turn("an account", 2.5, 30.0) == 0
    assert stores[3].take_turn("an account", 2.5, 30.0) == pytest.approx(2.5)
    for store in stores:
        store.close()


def test_the_pace_is_the_one_that_was_measured() -> None:
    assert Settings.from_env({}).submits_apart_s == DEFAULT_SUBMITS_APART_S == 2.5
