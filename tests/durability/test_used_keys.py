"""An idempotency key that was used once stays used, whatever becomes of the record of its submission."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, func, select, text

from tests.durability import version_1
from tests.durability.scripted import Clock, new_intent, submission
from tests.durability.version_1 import ANN, BEGAN
from weryai_ui.client.outcome import Outcome
from weryai_ui.store import used_keys
from weryai_ui.store.budget import Budget, BudgetSpent, Charge
from weryai_ui.store.records import Identity, NewIntent, SendTo
from weryai_ui.store.schema import intents
from weryai_ui.store.schema import used_keys as table
from weryai_ui.store.submissions import Store
from weryai_ui.store.used_keys import DAY_S, KEPT_S, KeyUsed

ONE = new_intent(idempotency_key="key-of-one-submission")


def submitted(store: Store, new: NewIntent = ONE) -> str:
    """The id of a submission that has ended."""
    begun = store.begin(new)
    assert begun.new
    return store.finish(begun.intent.id, submission(Outcome.REJECTED), 0.0).id


def forgotten(store: Store, new: NewIntent = ONE) -> None:
    assert store.forget(new.visitor, submitted(store, new))


def keys_kept(store: Store) -> int:
    with store._reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_the_key_of_a_forgotten_submission_begins_no_other(store: Store) -> None:
    forgotten(store)
    for _ in range(3):
        with pytest.raises(KeyUsed):
            store.begin(ONE)
        with pytest.raises(KeyUsed):
            store.same(ONE.identity)
    assert store.of_visitor(ONE.visitor, limit=10) == ()


def test_another_key_another_visitor_and_another_body_are_other_submissions(store: Store) -> None:
    forgotten(store)
    assert store.begin(new_intent(idempotency_key="key-of-another")).new
    assert store.begin(new_intent(idempotency_key=ONE.idempotency_key, visitor="bob")).new
    assert store.begin(
        NewIntent(ONE.visitor, ONE.idempotency_key, '{"prompt":"y"}', SendTo.SANDBOX, None, ONE.endpoint)
    ).new


def test_many_repeats_of_a_forgotten_submission_at_once_begin_none(store: Store) -> None:
    forgotten(store)

    def refused(_: int) -> bool:
        with pytest.raises(KeyUsed):
            store.begin(ONE)
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(refused, range(24)))
    assert store.of_visitor(ONE.visitor, limit=10) == ()


def test_a_record_that_went_in_another_way_leaves_its_key_used(store: Store) -> None:
    submitted(store)
    with store._engine.begin() as connection:
        connection.execute(delete(intents))
    with pytest.raises(KeyUsed):
        store.begin(ONE)


def test_a_key_is_kept_for_30_days_after_its_submission_was_forgotten_however_old_that_was(
    store: Store, clock: Clock
) -> None:
    old = submitted(store)
    clock.pass_(80 * DAY_S)
    submitted(store, new_intent())  # what is old enough goes with the next submission
    assert keys_kept(store) == 1
    assert store.forget(ONE.visitor, old)
    clock.pass_(KEPT_S - 60)
    submitted(store, new_intent())
    with pytest.raises(KeyUsed):
        store.begin(ONE)
    clock.pass_(120)
    submitted(store, new_intent())
    assert store.begin(ONE).new


def test_a_repeat_of_what_stands_in_the_history_finds_it_although_its_key_is_kept_no_longer(
    store: Store, clock: Clock
) -> None:
    first = submitted(store)
    clock.pass_(KEPT_S + 60)
    submitted(store, new_intent())
    again = store.begin(ONE)
    assert (again.intent.id, again.new) == (first, False)


def test_old_keys_go_a_few_at_a_time(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(used_keys, "AT_ONCE", 3)
    for _ in range(8):
        submitted(store, new_intent())
    clock.pass_(KEPT_S + 60)
    kept = []
    for _ in range(4):
        submitted(store, new_intent())
        kept.append(keys_kept(store))
    assert kept == [6, 4, 3, 4]


def test_a_submission_that_a_budget_refused_has_used_no_key(store: Store) -> None:
    with pytest.raises(BudgetSpent):
        store.begin(ONE, Charge("ann", 1, Budget(per_day=0)))
    assert keys_kept(store) == 0
    assert store.begin(ONE).new


def test_what_an_older_version_submitted_has_used_its_key(database_url: str, clock: Clock) -> None:
    clock.now = BEGAN + 60
    version_1.make(database_url)
    store = Store(database_url, clock=clock)
    with store._engine.begin() as connection:
        rows = connection.execute(select(intents.c.visitor, intents.c.idempotency_key, intents.c.body_digest)).all()
        connection.execute(delete(intents).where(intents.c.visitor == ANN))
    assert keys_kept(store) == len(rows)
    for row in rows:
        if row.visitor == ANN:
            with pytest.raises(KeyUsed):
                store.same(Identity(*row))
    store.close()


def test_a_key_is_kept_as_a_hash_only(store: Store) -> None:
    forgotten(store)
    with store._reading() as connection:
        (row,) = connection.execute(text("SELECT * FROM used_keys")).all()
    assert len(row.hash) == 64
    assert not {ONE.visitor, ONE.idempotency_key, ONE.identity.digest} & {str(value) for value in row}
