"""What is kept how long: the oldest records go, a few at a time, and never what somebody still needs."""

from __future__ import annotations

import json
import random
import statistics
import string
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select, text

from tests.durability.scripted import ENDS, Clock, exchange, new_intent, submission
from weryai_ui.client.outcome import Outcome
from weryai_ui.store import retention
from weryai_ui.store.budget import Budget, Charge
from weryai_ui.store.process import HEARTBEAT_EVERY_S as EVERY_S
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.store.retention import AT_ONCE, DAY_S, TRANSACTIONS_AT_ONCE, Grown, Rule, rules
from weryai_ui.store.schema import exchanges, intents, reservations, tasks
from weryai_ui.store.submissions import Store

RULES = rules(90)


def ended(store: Store, outcome: Outcome = Outcome.REJECTED, *ids: str, **new: str) -> Intent:
    """A submission with that outcome; tasks of an accepted one still run."""
    begun = store.begin(new_intent(**new))
    return store.finish(begun.intent.id, submission(outcome, *ids), 0.0)


def swept(store: Store, kept: Sequence[Rule] = RULES) -> int:
    """Lets everything go that has to; the number."""
    total = 0
    while gone := store.forget_old(kept):
        total += gone
    return total


def ids_of(store: Store, visitor: str = "v") -> list[str]:
    return [each.id for each in store.of_visitor(visitor, limit=10_000)]


def count(store: Store, table: Any) -> int:
    with store._reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


# --- by age ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("send_to", "days"), [("sandbox", 7), ("my-key", 90), ("owner-key", 90)])
def test_a_record_goes_when_it_is_older_than_its_kind_is_kept(
    store: Store, clock: Clock, send_to: str, days: int
) -> None:
    ended(store, send_to=send_to)
    clock.pass_(days * DAY_S - 60)
    young = ended(store, send_to=send_to)
    assert swept(store) == 0
    clock.pass_(120)
    assert swept(store) == 1
    assert ids_of(store) == [young.id]


def test_what_is_kept_shorter_than_a_week_is_so_in_the_sandbox_too(store: Store, clock: Clock) -> None:
    ended(store, send_to="sandbox")
    clock.pass_(3 * DAY_S)
    assert swept(store, rules(2)) == 1


def test_its_tasks_and_exchanges_go_with_it(store: Store, clock: Clock) -> None:
    intent = ended(store)
    store.log(intent.id, "upload", [exchange()])
    clock.pass_(91 * DAY_S)
    swept(store)
    assert (count(store, intents), count(store, tasks), count(store, exchanges)) == (0, 0, 0)


def test_a_page_that_shows_it_is_told_that_something_changed(store: Store, clock: Clock) -> None:
    ended(store, visitor="ann")
    before = store.version("ann")
    clock.pass_(91 * DAY_S)
    swept(store)
    assert store.version("ann") != before


# --- what never goes ---------------------------------------------------------------------------------


def test_what_is_on_its_way_or_unfinished_never_goes(store: Store, clock: Clock) -> None:
    sending = store.begin(new_intent()).intent
    running = ended(store, Outcome.ACCEPTED, "t1")
    in_sandbox = ended(store, Outcome.ACCEPTED, "t2", send_to="sandbox")
    clock.pass_(1000 * DAY_S)
    assert swept(store) == 0
    assert set(ids_of(store)) == {sending.id, running.id, in_sandbox.id}


@pytest.mark.parametrize("send_to", ["sandbox", "my-key", "owner-key"])
def test_an_unknown_outcome_never_goes_by_age(store: Store, clock: Clock, send_to: str) -> None:
    unknown = ended(store, Outcome.UNKNOWN, send_to=send_to)
    clock.pass_(1000 * DAY_S)
    assert swept(store) == 0
    assert ids_of(store) == [unknown.id]


@pytest.mark.parametrize("send_to", ["my-key", "owner-key"])
def test_an_unknown_outcome_of_a_paid_request_does_not_go_for_its_number_either(
    store: Store, monkeypatch: pytest.MonkeyPatch, send_to: str
) -> None:
    for name in ("SANDBOX_OF_VISITOR", "SANDBOX_UNKNOWN_IN_ALL", "OTHERS_OF_VISITOR"):
        monkeypatch.setattr(retention, name, 1)
    unknown = [ended(store, Outcome.UNKNOWN, send_to=send_to).id for _ in range(3)]
    assert swept(store, rules(90)) == 0
    assert sorted(ids_of(store)) == sorted(unknown)


def test_what_became_known_between_the_poll_and_the_deletion_stays(store: Store, clock: Clock) -> None:
    begun = store.begin(new_intent(send_to="sandbox"))
    clock.pass_(10)
    guessed = Store(str(store._engine.url.render_as_string(hide_password=False)), clock=clock)
    rule = Rule(SendTo.SANDBOX, True, 0.0, 1)
    assert guessed.settle_dead() == 1
    store.finish(begun.intent.id, submission(Outcome.ACCEPTED, "t1"), 0.0)
    with store._engine.begin() as connection:
        assert retention._forget(connection, [begun.intent.id], rule, clock()) == 0
    guessed.close()
    assert ids_of(store) == [begun.intent.id]


def test_a_budget_gets_nothing_back_when_a_record_goes(store: Store, clock: Clock) -> None:
    charge = Charge("payer", 1, Budget(per_day=5))
    begun = store.begin(new_intent(), charge)
    store.finish(begun.intent.id, submission(Outcome.UNKNOWN), 0.0)
    spent = store.begin(new_intent(), charge).intent
    store.finish(spent.id, submission(Outcome.ACCEPTED), 0.0)
    swept(store, [Rule(SendTo.OWNER_KEY, False, None, 0)])
    assert count(store, reservations) == 2
    assert store.left(SendTo.OWNER_KEY, "payer", charge.budget)[0].left == 3


# --- by number ---------------------------------------------------------------------------------------


def test_of_one_visitor_the_newest_stay_and_another_loses_nothing(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "SANDBOX_OF_VISITOR", 30)
    quiet = [ended(store, visitor="quiet", send_to="sandbox").id for _ in range(3)]
    mine = []
    for _ in range(100):
        clock.pass_(1)
        mine.append(ended(store, send_to="sandbox").id)
    paid = ended(store, send_to="owner-key").id
    assert swept(store, rules(90)) == 70
    assert sorted(ids_of(store)) == sorted([*mine[-30:], paid])
    assert sorted(ids_of(store, "quiet")) == sorted(quiet)


def test_the_sandbox_has_a_number_in_all_that_many_visitors_do_not_exceed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "SANDBOX_IN_ALL", 40)
    monkeypatch.setattr(retention, "SANDBOX_UNKNOWN_IN_ALL", 20)
    for number in range(60):
        ended(store, visitor=f"visitor-{number}", send_to="sandbox")
        ended(store, Outcome.UNKNOWN, visitor=f"visitor-{number}", send_to="sandbox")
    assert swept(store, rules(90)) == 60
    assert count(store, intents) == 60


def test_who_is_to_be_counted_is_noted_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "VISITORS_NOTED", 5)
    grown = Grown()
    for number in range(20):
        grown.add(str(number % 10))
    assert len(grown.take()) == 5
    assert grown.take() == ()


# --- a small record ----------------------------------------------------------------------------------


def long_body(links: int = 15, characters: int = 8000) -> str:
    """A request with long links of letters at random, which is as large as a form may be."""
    letters = random.Random(7)
    text = ["".join(letters.choices(string.ascii_letters + string.digits, k=characters)) for _ in range(links)]
    return json.dumps({"prompt": "x", "images": [f"https://example.com/{each}" for each in text]})


def test_a_request_is_kept_once_and_packed_and_shown_whole(store: Store) -> None:
    body = long_body()
    begun = store.begin(replace(new_intent(send_to="sandbox"), body=body))
    told = submission(Outcome.REJECTED)
    store.finish(begun.intent.id, replace(told, exchange=replace(told.exchange, request_text=body)), 0.0)
    (logged,) = store.timeline(begun.intent.id)
    assert logged.request_text == body == store.intent(begun.intent.id).body
    with store._reading() as connection:
        kept = connection.exec_driver_sql("SELECT body FROM intents").scalar_one()
        copy = connection.exec_driver_sql("SELECT request_text FROM exchanges").scalar_one()
    print(f"a request of {len(body):,} bytes is kept as {len(kept):,} and {len(copy):,}")
    assert copy == ""
    assert len(kept) < 0.8 * len(body) or store._engine.dialect.name != "sqlite"


def test_a_submit_whose_request_is_another_text_keeps_that_text(store: Store) -> None:
    begun = store.begin(new_intent())
    told = submission(Outcome.REJECTED)
    store.finish(begun.intent.id, replace(told, exchange=replace(told.exchange, request_text="another")), 0.0)
    assert [each.request_text for each in store.timeline(begun.intent.id)] == ["another"]


def test_a_text_that_an_earlier_version_kept_is_read_as_it_is(store: Store) -> None:
    intent = ended(store)
    body = long_body()
    with store._engine.begin() as connection:
        connection.execute(text("UPDATE intents SET body = :body"), {"body": body})
    assert store.intent(intent.id).body == body


# --- while others submission ------------------------------------------------------------------------------


def seeded(store: Store, number: int, now: float) -> None:
    """So many old records of the sandbox, each with its exchange, as 50 visitors would have left them."""
    body = long_body(characters=300)
    first = ended(store, send_to="sandbox")
    with store._engine.begin() as connection:
        intent = dict(connection.execute(select(intents).where(intents.c.id == first.id)).one()._mapping)
        said = dict(connection.execute(select(exchanges)).one()._mapping)
        del said["id"]  # each database counts them itself
        names = [f"{each:032x}" for each in range(number)]
        old = {"body": body, "created_at": now - 30 * DAY_S}
        rows = ({**intent, **old, "id": name, "idempotency_key": name, "visitor": f"v{name[-2:]}"} for name in names)
        connection.execute(insert(intents), list(rows))
        connection.execute(insert(exchanges), [{**said, "intent_id": name} for name in names])


def milliseconds(times: Sequence[float]) -> str:
    cuts = statistics.quantiles(times, n=100)
    return f"p50 {1000 * cuts[49]:.2f} ms, p95 {1000 * cuts[94]:.2f} ms, most {1000 * max(times):.1f} ms"


def new_submission(store: Store, times: int) -> list[float]:
    """Seconds of so many submissions, each recorded before and after."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        ended(store, send_to="owner-key", visitor="busy")
        took.append(time.perf_counter() - began)
    return took


def deleted_meanwhile(store: Store, over: threading.Event) -> tuple[list[int], list[float]]:
    """What the housekeeping of a follower deletes until it is over, twice at least: numbers and seconds of each."""
    numbers: list[int] = []
    took: list[float] = []
    while not over.wait(EVERY_S / TRANSACTIONS_AT_ONCE) or len(took) < 2:
        began = time.perf_counter()
        numbers.append(store.forget_old(RULES))
        took.append(time.perf_counter() - began)
    return numbers, took


def submit_beside_deletions(store: Store, old: int, submissions: int) -> list[int]:
    """Prints how long submissions take alone and beside deletions; the numbers that were deleted."""
    quiet, over = new_submission(store, submissions), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        housekeeping = pool.submit(deleted_meanwhile, store, over)
        busy = new_submission(store, submissions)
        over.set()
        numbers, took = housekeeping.result()
    print(f"{old:,} old records; {sum(numbers):,} deleted meanwhile")
    print(f"a submission, alone:             {milliseconds(quiet)}")
    print(f"a submission, beside deletions:  {milliseconds(busy)}")
    print(f"a deletion of {AT_ONCE} at most:        {milliseconds(took)}")
    return numbers


def test_old_records_go_in_small_transactions_while_a_visitor_submits(store: Store, clock: Clock) -> None:
    seeded(store, 300, clock())
    numbers = submit_beside_deletions(store, 300, 20)
    assert sum(numbers) > 0
    assert max(numbers) <= AT_ONCE
    assert swept(store) == 300 - sum(numbers)


@pytest.mark.slow
def test_100_000_old_records_go_while_a_visitor_submits(store: Store, clock: Clock) -> None:
    seeded(store, 100_000, clock())
    numbers = submit_beside_deletions(store, 100_000, 1000)
    assert sum(numbers) > 0


def test_every_question_of_the_housekeeping_is_answered_by_an_index(store: Store, clock: Clock) -> None:
    if store._engine.dialect.name != "sqlite":
        pytest.skip("plans are worded by each database in its own way")
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("SELECT intents."):
            asked.append((statement, values))

    ended(store, send_to="sandbox")
    event.listen(store._reader, "before_cursor_execute", note)
    with store._reading() as connection:
        for rule in rules(0):
            list(retention._overdue(connection, replace(rule, of_visitor=0, in_all=0), ["v"], clock() + 1))
    event.remove(store._reader, "before_cursor_execute", note)
    with store._reading() as connection:
        plans = [str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", values).all()) for each, values in asked]
    assert len(plans) >= 8
    for plan in plans:
        assert "USING COVERING INDEX intents_" in plan
        assert "TEMP B-TREE" not in plan


def test_the_state_of_the_row_and_not_only_its_filter_is_what_counts(store: Store, clock: Clock) -> None:
    """The filters are kept by the transactions that change a record; what a sweep lets go agrees with the outcome."""
    for outcome in ENDS:
        ended(store, outcome, *(["t"] if outcome is Outcome.ACCEPTED else []))
    clock.pass_(91 * DAY_S)
    swept(store)
    left = {each.outcome for each in store.of_visitor("v", limit=10)}
    assert left == {Outcome.ACCEPTED, Outcome.UNKNOWN}
