"""The client reads every shape of `shapes.json`, sent by a server as the row says."""

from __future__ import annotations

from http.client import responses
from pathlib import Path

import pytest

from tests.contract.shapes import SHAPES, STATUSES, SUBMITS, Shape
from tests.durability.scripted import new_intent, submission
from tests.faults.hostile import HostileServer, after_reading, answer
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.weryai import WeryAIClient
from weryai_ui.jobs.follower import Follower
from weryai_ui.store.submissions import Store

FILMS = "https://cdn.example"
BODY = {"model": "SEEDANCE_2_0", "duration": 5}


def served(shape: Shape) -> HostileServer:
    return HostileServer(after_reading(answer(shape.body(), f"{shape.http} {responses[shape.http]}")))


@pytest.mark.parametrize("shape", SUBMITS, ids=str)
def test_an_answer_to_a_submit_is_read_in_every_known_shape(shape: Shape) -> None:
    with served(shape) as server:
        submitted = WeryAIClient(server.url, "sk-a").submit(BODY)
    assert submitted.outcome is Outcome[shape.outcome]
    assert (submitted.task_ids, submitted.batch_id) == (shape.ids, shape.batch_id)
    assert shape.says in (None, submitted.service_message)
    assert len(server.ledger.submits) == 1


@pytest.mark.parametrize("shape", STATUSES, ids=str)
def test_a_tasks_state_is_read_in_every_known_shape(shape: Shape) -> None:
    with served(shape) as server:
        status = WeryAIClient(server.url, "sk-a").status("task_1").status
    assert status is not None
    assert status.task_id in (None, "task_1")
    assert (status.state.value, status.message, status.cost_credits) == (shape.state, shape.says, shape.cost_credits)
    assert [video.url for video in status.videos] == [film.replace("HERE", FILMS) for film in shape.films]
    covers = [video.cover_url for video in status.videos if video.cover_url]
    assert covers == [cover.replace("HERE", FILMS) for cover in shape.covers]


def test_no_shape_stands_in_the_table_twice() -> None:
    names = [(shape.call, shape.name) for shape in SHAPES]
    assert len(set(names)) == len(names)


def follow(store: Store, task_id: str, client: WeryAIClient) -> None:
    Follower(store, client_for=lambda _: client, interval=lambda _: 6.0).follow_once(task_id, 0.0)


def test_every_answer_is_kept_raw_in_the_timeline_whatever_is_understood_of_it(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{(tmp_path / 'shapes.sqlite3').as_posix()}")
    for shape in STATUSES:
        begun = store.begin(new_intent()).intent
        (task,) = store.finish(begun.id, submission(Outcome.ACCEPTED, "task_1"), 0.0).tasks
        with served(shape) as server:
            follow(store, task.id, WeryAIClient(server.url, "sk-a"))
        *_, polled = store.timeline(begun.id)
        assert polled.response_text == shape.body().decode()
        (kept,) = store.intent(begun.id).tasks
        assert [video.url for video in kept.videos] == [film.replace("HERE", FILMS) for film in shape.films]
        assert kept.cost_credits == shape.cost_credits
    store.close()
