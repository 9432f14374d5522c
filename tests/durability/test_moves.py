"""A history that moves: a code works once and for ten minutes, and what joins loses nothing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.durability.scripted import Clock, new_intent, submission
from tests.durability.test_search import begun
from weryai_ui.client.outcome import Outcome
from weryai_ui.store.budget import Budget, BudgetSpent, Charge
from weryai_ui.store.moves import LASTS_S
from weryai_ui.store.records import Filter, SendTo
from weryai_ui.store.schema import copies, ledger, move_codes, moved, reservations, shares
from weryai_ui.store.submissions import Store
from weryai_ui.store.used_keys import KeyUsed

HOUR = Budget(per_payer_hour=2)


def prompts(store: Store, visitor: str, **wanted: object) -> list[str]:
    return [each.payload["prompt"] for each in store.of_visitor(visitor, limit=50, **wanted)]  # type: ignore[arg-type]


def test_a_code_is_good_once_and_for_ten_minutes(store: Store, clock: Clock) -> None:
    store.moves.offer("ann", "hash", "sealed")
    assert store.moves.take("other", "bob") is None
    clock.pass_(LASTS_S - 1)
    assert store.moves.take("hash", "bob") == ("ann", "sealed")
    assert store.moves.take("hash", "bob") is None
    store.moves.offer("ann", "hash-2", "sealed")
    clock.pass_(LASTS_S)
    assert store.moves.take("hash-2", "bob") is None


def test_a_visitors_next_code_takes_the_place_of_the_last_and_what_is_over_goes(store: Store, clock: Clock) -> None:
    store.moves.offer("ann", "first", "sealed")
    store.moves.offer("ann", "second", "sealed")
    assert store.moves.take("first", "bob") is None
    assert store.moves.take("second", "ann") == ("ann", "sealed")
    clock.pass_(LASTS_S)
    store.moves.offer("bob", "third", "sealed")
    with store._reading() as connection:
        assert connection.execute(select(move_codes.c.code)).scalars().all() == ["third"]


def test_there_are_only_so_many_codes_to_hit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weryai_ui.store.moves.MOST_CODES", 2)
    assert store.moves.offer("ann", "a", "sealed")
    assert store.moves.offer("bob", "b", "sealed")
    assert store.moves.offer("cid", "c", "sealed") is None
    assert store.moves.offer("bob", "d", "sealed")


def test_of_many_who_take_a_code_at_once_one_has_it(store: Store) -> None:
    store.moves.offer("ann", "hash", "sealed")
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda number: store.moves.take("hash", f"visitor-{number}"), range(8)))
    assert len([each for each in taken if each]) == 1


def test_what_a_browser_had_joins_with_stars_titles_tasks_and_words(store: Store, clock: Clock) -> None:
    begun(store, 1, "A lantern of Ann's", visitor="ann")
    clock.pass_(1)
    intent_id = begun(store, 2, "A boat of Bob's", visitor="bob")
    store.finish(intent_id, submission(Outcome.ACCEPTED, "task-1"), clock())
    store.stars.put("bob", intent_id, starred=True)
    store.titles.put("bob", intent_id, "For Friday")
    lost = begun(store, 3, "An unknown one", visitor="bob")
    store.finish(lost, submission(Outcome.UNKNOWN), clock())
    before = store.version("ann")
    assert store.moves.join("bob", "ann") == 2
    assert store.version("ann") != before
    assert set(prompts(store, "ann")) == {"A boat of Bob's", "A lantern of Ann's", "An unknown one"}
    assert prompts(store, "bob") == []
    assert prompts(store, "ann", looked_for="friday") == ["A boat of Bob's"]
    assert prompts(store, "ann", filter_=Filter.STARRED) == ["A boat of Bob's"]
    assert prompts(store, "ann", filter_=Filter.UNKNOWN) == ["An unknown one"]
    assert [task.upstream_id for each in store.of_visitor("ann", limit=5) for task in each.tasks] == ["task-1"]
    assert store.moves.join("bob", "ann") == 0


def test_nothing_is_left_with_who_has_joined(store: Store, clock: Clock) -> None:
    for visitor in ("ann", "bob"):
        store.begin(new_intent(visitor=visitor), Charge(visitor, 1, HOUR))
    store.moves.join("bob", "ann")
    columns = [table.c.visitor for table in (copies, shares, ledger)] + [reservations.c.payer]
    with store._reading() as connection:
        for column in columns:
            assert "bob" not in connection.execute(select(column)).scalars().all(), column


def test_two_budgets_become_one(store: Store) -> None:
    for visitor in ("ann", "bob"):
        store.begin(new_intent(visitor=visitor), Charge(visitor, 1, HOUR))
    store.moves.join("bob", "ann")
    for visitor in ("ann", "bob"):
        with pytest.raises(BudgetSpent):
            store.begin(new_intent(visitor=visitor), Charge(visitor, 1, HOUR))


def test_what_is_still_sent_under_the_old_token_lands_in_the_one_history(store: Store) -> None:
    store.moves.join("bob", "ann")
    sent = store.begin(new_intent(visitor="bob")).intent
    assert sent.visitor == "ann"
    assert [each.id for each in store.of_visitor("ann", limit=5)] == [sent.id]


def test_a_submission_repeated_after_the_move_is_the_first_one(store: Store) -> None:
    new = new_intent(visitor="bob", idempotency_key="key-of-one-submission")
    first = store.begin(new).intent
    store.moves.join("bob", "ann")
    again = store.begin(replace(new, visitor="ann"))
    assert (again.intent.id, again.new) == (first.id, False)
    with pytest.raises(KeyUsed):
        store.begin(new)
    store.finish(first.id, submission(Outcome.REJECTED), 0.0)
    store.forget("ann", first.id)
    with pytest.raises(KeyUsed):
        store.begin(replace(new, visitor="ann"))


def test_the_same_submission_in_both_stays_two(store: Store) -> None:
    key = "key-of-one-submission"
    for visitor in ("ann", "bob"):
        store.begin(new_intent(visitor=visitor, idempotency_key=key))
    assert store.moves.join("bob", "ann") == 0
    assert len(store.of_visitor("ann", limit=5)) == 1
    assert len(store.of_visitor("bob", limit=5)) == 1


def test_one_step_leads_home_whoever_joined_whom_and_nobody_in_a_circle(store: Store) -> None:
    store.moves.join("cid", "bob")
    store.moves.join("bob", "ann")
    assert store.begin(new_intent(visitor="cid")).intent.visitor == "ann"
    store.moves.join("ann", "cid")
    homes = {each: store.begin(new_intent(visitor=each)).intent.visitor for each in ("ann", "bob", "cid")}
    assert homes == dict.fromkeys(("ann", "bob", "cid"), "cid")
    with store._reading() as connection:
        assert dict(connection.execute(select(moved.c.visitor, moved.c.home)).all()) == {"ann": "cid", "bob": "cid"}


def test_a_join_beside_submissions_and_answers_leaves_none_behind(store: Store) -> None:
    stop = threading.Event()

    def sends(number: int) -> int:
        sent = 0
        while not stop.is_set():
            begun = store.begin(new_intent(visitor="bob", send_to=SendTo.SANDBOX))
            store.finish(begun.intent.id, submission(Outcome.ACCEPTED, f"task-{number}-{sent}"), 0.0)
            sent += 1
        return sent

    with ThreadPoolExecutor(4) as threads:
        senders = [threads.submit(sends, number) for number in range(4)]
        while not store.of_visitor("bob", limit=20)[10:]:
            pass
        store.moves.join("bob", "ann")
        stop.set()
        sent = sum(each.result() for each in senders)
    assert store.of_visitor("bob", limit=5) == ()
    assert len(store.of_visitor("ann", limit=10_000)) == sent
