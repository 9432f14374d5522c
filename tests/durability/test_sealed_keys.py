"""Visitors' own keys with `WERYAI_SECRET`: how long they are kept, and that nobody reads them without it."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from tests.conftest import settings_in
from tests.durability.scripted import Clock, new_intent, submission
from tests.visitors import VISITOR
from weryai_ui.access.accounts import Account, Accounts
from weryai_ui.access.policy import Access
from weryai_ui.access.sealed_keys import TRUSTED_S
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.errors import DatabaseAway
from weryai_ui.request.price import Shape
from weryai_ui.service import Service
from weryai_ui.settings import Settings
from weryai_ui.store.ledger_records import NewEntry
from weryai_ui.store.records import Intent
from weryai_ui.store.schema import sealed_keys
from weryai_ui.store.sealed_keys import KEPT_S, MOST_OF_VISITOR
from weryai_ui.store.submissions import Store
from weryai_ui.ui.handlers import Handlers
from weryai_ui.variables import Role

SECRET, OLD, OTHER = (base64.urlsafe_b64encode(bytes(range(n, n + 32))).decode() for n in (1, 2, 3))
KEY, SECOND = "sk-visitor-of-their-own-1", "sk-visitor-of-their-own-2"
ANN, BOB = "ann", "bob"


@pytest.fixture
def store(database_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(database_url, clock=clock, monotonic=clock)
    yield opened
    opened.close()


def process(store: Store, clock: Clock, *secrets: str, role: Role = Role.WORKER) -> Accounts:
    """What one process at the database knows of keys."""
    sealing = tuple(SecretStr(each) for each in secrets or (SECRET,))
    settings = replace(Settings(), role=role, sealing_keys=sealing)
    return Accounts(settings, Access(settings, store.grants, clock=clock), store.sealed_keys, clock)


def pressed(store: Store, accounts: Accounts, clock: Clock, key: str = KEY, visitor: str = ANN) -> Intent:
    """A submission with a visitor's own key, accepted, its task due now."""
    account = Account(Settings().base_url, key)
    shape = Shape("SEEDANCE_2_0", "480p", 5, "on", 1)
    entry = NewEntry(account.fingerprint, account.base_url, "", shape, accounts.sealed(visitor, account))
    begun = store.begin(new_intent(send_to="my-key", visitor=visitor), None, entry)
    accounts.sent(begun.intent.id, visitor, account)
    return store.finish(begun.intent.id, submission(Outcome.ACCEPTED, f"t-{begun.intent.id[:6]}"), clock())


def due(store: Store, accounts: Accounts, clock: Clock) -> int:
    return len(store.due(clock(), 10, accounts.visitors_with_keys(), accounts.without_key()))


def end(store: Store, clock: Clock) -> None:
    for task in store.due(clock(), 10, [ANN]):
        claimed = store.claim(task.id, task.due_at or 0.0)
        assert claimed is not None
        ended = replace(task, state=TaskState.FAILED, due_at=None)
        assert store.record(task, claimed, ended, submission(Outcome.ACCEPTED).exchange)


def test_a_key_is_gone_a_day_after_it_was_used_last(store: Store, clock: Clock) -> None:
    accounts = process(store, clock)
    accounts.remember(ANN, KEY)
    clock.pass_(KEPT_S - 1)
    store.sealed_keys.forget_old()
    assert process(store, clock).key_of(ANN) == KEY
    accounts.remember(ANN, KEY)
    clock.pass_(KEPT_S - 1)
    assert accounts.has_key(ANN)
    clock.pass_(1)
    assert not accounts.has_key(ANN) and not process(store, clock).has_key(ANN)
    version = store.version(ANN)
    store.sealed_keys.forget_old()
    assert rows(store) == []
    assert store.version(ANN) != version


def test_a_key_stays_until_the_last_task_that_it_made_has_ended(store: Store, clock: Clock) -> None:
    accounts = process(store, clock)
    pressed(store, accounts, clock)
    accounts.remember(ANN, SECOND)
    clock.pass_(3 * KEPT_S)
    store.sealed_keys.forget_old()
    assert process(store, clock).key_of(ANN) == KEY
    assert len(rows(store)) == 1, "the one that made nothing is gone"
    end(store, clock)
    assert not process(store, clock).has_key(ANN)
    store.sealed_keys.forget_old()
    assert rows(store) == []


def rows(store: Store) -> list[Any]:
    with store._reading() as connection:
        return list(connection.execute(select(sealed_keys)).all())


def test_a_task_is_asked_for_with_the_key_that_made_it(store: Store, clock: Clock) -> None:
    page = process(store, clock, role=Role.WEB)
    first = pressed(store, page, clock)
    second = pressed(store, page, clock, SECOND)
    worker = process(store, clock)
    assert worker.client_for(first) is worker.client(Account(Settings().base_url, KEY))
    assert worker.client_for(second) is worker.client(Account(Settings().base_url, SECOND))
    assert worker.is_its_own(first) and worker.is_its_own(second)
    assert (due(store, worker, clock), due(store, page, clock)) == (2, 0)
    (entry, _) = store.ledger.open()
    assert worker.client_of(entry) is worker.client(Account(Settings().base_url, KEY))
    assert worker.key_of_plan(ANN, Account(Settings().base_url, KEY).fingerprint, "") == KEY
    assert worker.key_of_plan(ANN, Account(Settings().base_url, "sk-of-nobody").fingerprint, KEY) == ""


def test_polls_close_together_read_a_key_once(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    intent = pressed(store, process(store, clock, role=Role.WEB), clock)
    worker, reads = process(store, clock), list[str]()

    def counted(name: str) -> None:
        of = getattr(store.sealed_keys, name)

        def read(what: str) -> object:
            reads.append(what)
            return of(what)

        monkeypatch.setattr(store.sealed_keys, name, read)

    counted("of")
    counted("account_of")
    for _ in range(5):
        assert worker.client_for(intent) is not None
        assert worker.is_its_own(intent)
        clock.pass_(TRUSTED_S / 10)
    assert sorted(reads) == sorted([ANN, intent.id])


def test_a_board_that_did_not_change_reads_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_in(tmp_path, sealing_keys=(SecretStr(SECRET),))
    service = Service(settings, Store(settings.database_url))
    handlers, reads = Handlers(service), list[str]()
    service.remember_key(VISITOR, KEY)
    first = handlers.refresh({"visitor": VISITOR, "version": ""})
    assert first["key_kept"]
    monkeypatch.setattr(service.accounts._keys, "newest", reads.append)
    same = handlers.refresh({"visitor": VISITOR, "version": first["version"]})
    assert "cards" not in same and reads == []
    monkeypatch.undo()
    service.forget_key(VISITOR)
    assert handlers.refresh({"visitor": VISITOR, "version": first["version"]})["key_kept"] is False
    service.stop()


def test_nobody_reads_it_without_the_secret_and_another_visitors_row_opens_for_nobody(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    process(store, clock).remember(ANN, KEY)
    (row,) = rows(store)
    assert KEY not in str(row) and SECRET not in str(row)
    with caplog.at_level(logging.WARNING):
        other = process(store, clock, OTHER)
        assert not other.has_key(ANN) and not other.has_key(ANN)
        assert due(store, other, clock) == 0
    assert len(caplog.records) == 1
    with store._engine.begin() as connection:
        stolen = {**row._mapping, "visitor": BOB}
        connection.execute(sealed_keys.insert(), stolen)
    assert not process(store, clock).has_key(BOB)


def test_a_secret_is_changed_without_asking_anybody(store: Store, clock: Clock) -> None:
    process(store, clock, OLD).remember(ANN, KEY)
    both = process(store, clock, SECRET, OLD)
    assert both.key_of(ANN) == KEY
    both.remember(ANN, KEY)
    assert process(store, clock, SECRET).key_of(ANN) == KEY


def test_a_visitor_keeps_so_many_keys_and_no_more(store: Store, clock: Clock) -> None:
    accounts = process(store, clock)
    for number in range(MOST_OF_VISITOR + 3):
        clock.pass_(1)
        accounts.remember(ANN, f"sk-number-{number:04d}")
    assert len(rows(store)) == MOST_OF_VISITOR
    assert accounts.key_of(ANN) == f"sk-number-{MOST_OF_VISITOR + 2:04d}"


def test_a_submission_that_is_refused_keeps_no_key_and_one_that_is_recorded_does_so_at_once(
    store: Store, clock: Clock
) -> None:
    accounts = process(store, clock)
    account = Account(Settings().base_url, KEY)
    sealed = accounts.sealed(ANN, account)
    assert sealed is not None and rows(store) == []
    pressed(store, accounts, clock)
    assert process(store, clock).key_of(ANN) == KEY


def test_while_the_database_is_away_what_was_read_is_known_and_nobody_sees_an_error(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = process(store, clock)
    accounts.remember(ANN, KEY)

    def away(*_: object) -> None:
        raise DatabaseAway("away")

    monkeypatch.setattr(store.sealed_keys, "of", away)
    assert accounts.key_of(ANN) == KEY and accounts.has_key_here(ANN)
    assert process(store, clock).key_of(ANN) == ""
