"""Finding a submission again by words: the same in every database, only one's own, and gone with what is forgotten."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.durability import version_1
from tests.durability.scripted import Clock, new_intent
from tests.durability.version_1 import ANN, SUBMISSIONS
from weryai_ui.store.copy_records import ReferenceFile
from weryai_ui.store.records import Filter, Place
from weryai_ui.store.search import phrases_of, query_of
from weryai_ui.store.submissions import Store

PROMPTS = (
    "A paper boat crosses a puddle, 720p",
    "Ein Café am Fluß; the camera_move is slow",
    "纸船在雨中漂流",
    "A boat and a paper lantern",
    "'); DROP TABLE intents; -- OR NEAR(a b) *",
)


def begun(store: Store, number: int, prompt: str, visitor: str = "v") -> str:
    new = new_intent(visitor=visitor, idempotency_key=f"key-{number:08}")
    return store.begin(replace(new, body=json.dumps({"prompt": prompt}))).intent.id


@pytest.fixture(params=[1, 100], ids=["by the index", "looked through"])
def filled(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Store:
    """Some prompts, which are found either way."""
    monkeypatch.setattr("weryai_ui.store.history.LOOKED_THROUGH", request.param)
    for number, prompt in enumerate(PROMPTS):
        clock.pass_(1)
        begun(store, number, prompt)
    begun(store, 0, "A paper boat of somebody else", visitor="w")
    return store


def found(store: Store, looked_for: str, **wanted: object) -> list[str]:
    rows = store.of_visitor("v", limit=10, looked_for=looked_for, **wanted)  # type: ignore[arg-type]
    return [each.payload["prompt"] for each in rows]


@pytest.mark.parametrize(
    ("looked_for", "which"),
    [
        ("paper", [3, 0]),
        ("PAPER boat", [3, 0]),
        ("boat pap", [3, 0]),
        ("puddle", [0]),
        ("720P", [0]),
        ("cafe fluss", [1]),
        ("camera_move", [1]),
        ("雨中", [2]),
        ("纸船", [2]),
        ("雨纸", []),
        ("nowhere", []),
        ("paper nowhere", []),
        ("drop table", [4]),
        ("near(a", [4]),
        ('"', [4, 3, 2, 1, 0]),
        ("  ", [4, 3, 2, 1, 0]),
        ("w", []),
    ],
)
def test_every_word_is_found_by_its_beginning_whatever_its_case(
    filled: Store, looked_for: str, which: list[int]
) -> None:
    assert found(filled, looked_for) == [PROMPTS[each] for each in which]


def test_files_are_found_by_their_names(filled: Store) -> None:
    intent_id = begun(filled, 9, "Another")
    files = [ReferenceFile("images", 1, "upload:x", "Mum\u202fat the lake.png")]
    filled.copies.note_references(intent_id, "v", files)
    assert found(filled, "lake.png") == found(filled, "mum another") == ["Another"]


def test_a_title_is_found_until_it_is_another_whatever_else_is_found(filled: Store) -> None:
    intent_id = begun(filled, 9, "Another")
    assert filled.titles.put("v", intent_id, "  Take\n2,\u202e for   Friday\ud800 ") == "Take 2, for Friday"
    filled.copies.note_references(intent_id, "v", [ReferenceFile("images", 1, "upload:x", "lake.png")])
    assert found(filled, "frid take") == found(filled, "lake friday") == ["Another"]
    assert filled.titles.put("v", intent_id, "Monday") == "Monday"
    assert found(filled, "friday") == []
    assert found(filled, "monday lake another") == ["Another"]
    assert filled.titles.put("v", intent_id, "") == ""
    assert found(filled, "monday") == []
    assert filled.titles.put("w", intent_id, "Mine") is None
    assert filled.titles.put("v", intent_id, "x" * 500) == "x" * 80


def test_a_note_is_found_beside_a_title_and_files_whichever_came_last(filled: Store) -> None:
    intent_id = begun(filled, 9, "Another")
    assert (
        filled.titles.put_note("v", intent_id, " The calmer \u202e sea\n\n\ud800for Anna  ")
        == "The calmer   sea\n\n for Anna"
    )
    filled.titles.put("v", intent_id, "Monday")
    filled.copies.note_references(intent_id, "v", [ReferenceFile("images", 1, "upload:x", "lake.png")])
    assert found(filled, "calm anna monday lake another") == ["Another"]
    assert filled.titles.put_note("v", intent_id, "Too dark") == "Too dark"
    assert found(filled, "calmer") == []
    assert found(filled, "dark monday lake") == ["Another"]
    filled.titles.put("v", intent_id, "")
    assert filled.intent(intent_id).note == "Too dark"
    assert filled.titles.put_note("w", intent_id, "Mine") is None
    assert filled.titles.put_note("v", intent_id, "x" * 900) == "x" * 500
    assert filled.titles.put_note("v", intent_id, "") == ""
    assert found(filled, "dark") == []


def test_pages_and_filters_hold_of_what_was_found(filled: Store) -> None:
    newest = filled.of_visitor("v", limit=1, looked_for="boat")[0]
    assert found(filled, "boat", after=newest.place) == [PROMPTS[0]]
    assert found(filled, "boat", after=Place(0.0, "")) == []
    assert found(filled, "boat", filter_=Filter.READY) == []
    filled.stars.put("v", newest.id, starred=True)
    assert found(filled, "", filter_=Filter.STARRED) == found(filled, "boat", filter_=Filter.STARRED) == [PROMPTS[3]]


def test_what_was_forgotten_is_not_found(store: Store, database_url: str) -> None:
    # As the database deletes what is old: by its own rule, without asking for the words.
    begun(store, 1, "A secret lake")
    with store._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM intents")
    begun(store, 2, "Another")
    assert found(store, "secret") == []
    if database_url.startswith("sqlite"):
        with sqlite3.connect(database_url.removeprefix("sqlite:///")) as connection:
            connection.execute("INSERT INTO searchable_words (searchable_words) VALUES ('integrity-check')")
            assert not connection.execute(
                "SELECT * FROM searchable_words WHERE searchable_words MATCH 'secret'"
            ).fetchall()


def test_an_older_database_is_searched_as_well(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weryai_ui.store.history.LOOKED_THROUGH", 1)
    version_1.make(database_url)
    store = Store(database_url)
    for prompt in sorted(set(SUBMISSIONS) - {"somebody else's"}):
        rows = store.of_visitor(ANN, limit=100, looked_for=prompt)
        assert prompt in {each.payload["prompt"] for each in rows}
    unknown = store.of_visitor(ANN, limit=100, looked_for="unknown", filter_=Filter.UNKNOWN)
    assert [each.payload["prompt"] for each in unknown] == ["unknown"]
    assert store.of_visitor(ANN, limit=100, looked_for="unknown", filter_=Filter.READY) == ()
    store.close()


@given(looked_for=st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_nothing_that_is_typed_is_a_command(looked_for: str) -> None:
    phrases = phrases_of(looked_for)
    for each in ("sqlite", "postgresql"):
        assert not set(query_of(each, phrases)) & set(";\\%$")
    assert not set("".join(phrases)) & set("%_\\")
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE VIRTUAL TABLE w USING fts5(facets, words)")
        asked = " AND ".join(filter(None, ['facets : "f0"', query_of("sqlite", phrases)]))
        connection.execute("SELECT * FROM w WHERE w MATCH ?", [asked]).fetchall()
