"""Who gave the access code at one process need not give it again at another, or after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from tests.durability.scripted import Clock
from weryai_ui.access.policy import GRANT_SECONDS, LOOK_AGAIN_S, Access
from weryai_ui.errors import DatabaseAway
from weryai_ui.settings import Settings
from weryai_ui.store.process import COUNT_EVERY_S
from weryai_ui.store.records import SendTo
from weryai_ui.store.schema import grants
from weryai_ui.store.submissions import Store

CODE = "open sesame and more"


@pytest.fixture
def store(database_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(database_url, clock=clock, monotonic=clock)
    yield opened
    opened.close()


def process(store: Store, clock: Clock, code: str = CODE) -> Access:
    """What one process at the database knows of who may."""
    settings = replace(
        Settings(), api_key=SecretStr("sk-of-the-owner"), access_code=SecretStr(code), reachable_from_elsewhere=True
    )
    return Access(settings, store.grants, clock=clock)


def test_a_code_given_at_one_process_opens_at_every_other_for_as_long(store: Store, clock: Clock) -> None:
    one, other = process(store, clock), process(store, clock)
    assert other.needs_code("ann")
    assert one.enter("ann", CODE) is None
    clock.pass_(LOOK_AGAIN_S)
    assert other.refusal(SendTo.OWNER_KEY, "ann") is None
    assert other.needs_code("bob")
    clock.pass_(GRANT_SECONDS - LOOK_AGAIN_S - 1)
    assert not other.needs_code("ann")
    clock.pass_(2)
    assert other.needs_code("ann")
    assert process(store, clock).needs_code("ann")


def test_another_code_asks_everybody_again(store: Store, clock: Clock) -> None:
    assert process(store, clock).enter("ann", CODE) is None
    assert not process(store, clock).needs_code("ann")
    changed = process(store, clock, "another one")
    assert changed.needs_code("ann")
    assert changed.enter("ann", "another one") is None
    assert process(store, clock).needs_code("ann")


def test_a_wrong_code_leaves_nothing_and_no_code_is_kept_in_the_clear(store: Store, clock: Clock) -> None:
    access = process(store, clock)
    assert access.enter("bob", "wrong") is not None
    clock.pass_(60)
    assert access.enter("ann", CODE) is None
    assert access.enter("cid", CODE) is None
    with store._reading() as connection:
        rows = connection.execute(select(grants)).all()
    assert {row.visitor for row in rows} == {"ann", "cid"}
    assert CODE not in str(rows)
    assert len({row.seal for row in rows}) == 2


def test_what_has_run_out_goes_with_the_next_that_is_kept(store: Store, clock: Clock) -> None:
    process(store, clock).enter("ann", CODE)
    clock.pass_(GRANT_SECONDS)
    process(store, clock).enter("bob", CODE)
    with store._reading() as connection:
        assert connection.execute(select(grants.c.visitor)).scalars().all() == ["bob"]


def test_the_processes_that_live_are_counted(database_url: str, clock: Clock) -> None:
    one, other = (Store(database_url, clock=clock, monotonic=clock) for _ in range(2))
    one.beat()
    assert one.alive() == 1
    clock.pass_(COUNT_EVERY_S - 1)
    other.beat()
    assert one.alive() == 1
    clock.pass_(1)
    one.beat()
    assert one.alive() == other.alive() == 2
    other.close()
    clock.pass_(COUNT_EVERY_S)
    one.beat()
    assert one.alive() == 1
    one.close()


def test_a_worker_lives_and_is_no_replica_of_the_page(database_url: str, clock: Clock) -> None:
    page, other, worker = (
        Store(database_url, serves=serves, clock=clock, monotonic=clock) for serves in (True, True, False)
    )
    for each in (page, other, worker):
        each.beat()
    assert [(each.alive(), each.replicas()) for each in (page, other, worker)] == [(3, 2)] * 3
    for each in (page, other):
        each.close()
    clock.pass_(COUNT_EVERY_S)
    worker.beat()
    assert (worker.alive(), worker.replicas()) == (1, 1)
    worker.close()


def test_while_the_database_is_away_the_process_that_took_the_code_knows_it(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise DatabaseAway("away")

    for name in ("keep", "of"):
        monkeypatch.setattr(store.grants, name, away)
    one = process(store, clock)
    assert one.needs_code("ann")
    assert one.enter("ann", CODE) is None
    assert not one.needs_code("ann")
    assert process(store, clock).needs_code("ann")
