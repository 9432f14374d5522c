"""A history that is narrowed: by model, destination and time, with every filter and word, from either end."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from tests.durability.scripted import Clock, new_intent
from weryai_ui.store.narrowing import Narrowing
from weryai_ui.store.records import Filter, Intent, Place, SendTo
from weryai_ui.store.submissions import Store

MODELS = ("SEEDANCE_2_0", "SEEDANCE_2_0_FAST")


@pytest.fixture(params=[1, 100], ids=["by the index", "looked through"], autouse=True)
def _looked_through(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """What is found with words is the same either way."""
    monkeypatch.setattr("weryai_ui.store.history.LOOKED_THROUGH", request.param)


def begun(store: Store, number: int, visitor: str = "v") -> Intent:
    """The how manieth submission: every second to the other model, every third with a visitor's own key."""
    body = json.dumps({"prompt": f"boat number{number}", "model": MODELS[number % 2]})
    send_to = SendTo.MY_KEY if number % 3 == 0 else SendTo.SANDBOX
    new = new_intent(visitor=visitor, idempotency_key=f"key-{number:08}")
    return store.begin(replace(new, body=body, send_to=send_to)).intent


@pytest.fixture
def times(store: Store, clock: Clock) -> list[float]:
    """When each of twelve was submitted."""
    found = []
    for number in range(12):
        clock.pass_(10)
        found.append(begun(store, number).created_at)
        begun(store, number, visitor="w")
    return found


def numbers(store: Store, narrowing: Narrowing, **asked: Any) -> list[int]:
    rows = store.of_visitor("v", limit=asked.pop("limit", 50), narrowing=narrowing, **asked)
    return [int(each.payload["prompt"].removeprefix("boat number")) for each in rows]


@pytest.mark.parametrize("looked_for", ["", "boat"], ids=["without words", "with words"])
def test_each_bound_holds_alone_and_with_the_others(store: Store, times: list[float], looked_for: str) -> None:
    def found(**bounds: Any) -> list[int]:
        return numbers(store, Narrowing(**bounds), looked_for=looked_for)

    assert found(model=MODELS[1]) == [11, 9, 7, 5, 3, 1]
    assert found(send_to="my-key") == [9, 6, 3, 0]
    assert found(since=times[9]) == [11, 10, 9]
    assert found(until=times[2]) == [1, 0]
    assert found(model=MODELS[1], send_to="my-key", since=times[1], until=times[9]) == [3]
    assert found(model="none") == []
    assert found(oldest_first=True, until=times[3]) == [0, 1, 2]


@pytest.mark.parametrize("looked_for", ["", "boat"], ids=["without words", "with words"])
@pytest.mark.parametrize("oldest_first", [False, True])
def test_pages_follow_each_other_without_a_gap_from_either_end(
    store: Store, times: list[float], looked_for: str, oldest_first: bool
) -> None:
    narrowing = Narrowing(model=MODELS[0], oldest_first=oldest_first)
    found: list[Intent] = []
    while page := store.of_visitor(
        "v", limit=4, after=found[-1].place if found else None, looked_for=looked_for, narrowing=narrowing
    ):
        found += page
    assert [each.created_at for each in found] == sorted(times[::2], reverse=not oldest_first)


def test_a_star_and_a_model_are_found_together(store: Store, times: list[float]) -> None:
    newest, other = store.of_visitor("v", limit=2)
    for each in (newest, other):
        store.stars.put("v", each.id, starred=True)
    assert numbers(store, Narrowing(model=MODELS[1]), filter_=Filter.STARRED) == [11]


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize("after", [None, Place(1.8e9, "f" * 32)], ids=["the first page", "a later page"])
@pytest.mark.parametrize(
    ("bounds", "index"),
    [
        ({"model": MODELS[0]}, "intents_of_model"),
        ({"send_to": "sandbox"}, "intents_of_destination"),
        ({}, "intents_of_visitor"),
    ],
    ids=["model", "destination", "neither"],
)
def test_a_page_is_found_by_an_index_in_its_order(
    store: Store, bounds: dict[str, Any], index: str, after: Place | None, oldest_first: bool
) -> None:
    if store._engine.dialect.name != "sqlite":
        pytest.skip("asks SQLite for its plan")
    asked: list[tuple[str, Any]] = []
    event.listen(store._reader, "before_cursor_execute", lambda *of: asked.append((of[2], of[3])))
    store.of_visitor("v", limit=20, after=after, narrowing=Narrowing(**bounds, oldest_first=oldest_first))
    query, values = next(each for each in asked if "FROM intents" in each[0])
    with store._reading() as connection:
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]
    (search,) = plan  # a second line would be a sort
    assert search.startswith(f"SEARCH intents USING INDEX {index} (visitor=?")
