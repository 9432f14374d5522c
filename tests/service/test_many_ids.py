"""An answer that names more tasks than a request can make, or ids that are none: what is followed, kept and said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.conftest import settings_in
from tests.durability.upstream import Answer, Upstream
from tests.durability.victim import OWNER_KEY
from tests.service.conftest import new_submission, until
from tests.visitors import VISITOR, visitor_named
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import MAX_ID_BYTES, MAX_TASKS, TaskState
from weryai_ui.service import Service
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.store.submissions import Store
from weryai_ui.ui.views import cards

NO_LINKS = cards.Links("", "")
STARVED_S = 20.0
ANOTHER = visitor_named("another")


class Naming(Upstream):
    """Answers a submit of `many` videos' prompt with the `data` that a test chose, each other one with one task."""

    def __init__(self, data: Any) -> None:
        super().__init__(polls_until_ready=1)
        self._data = data

    def take_submit(self, body: Any) -> Answer:
        if body["prompt"] != "many":
            return super().take_submit(body)
        return 200, {"status": 0, "data": self._data}, {}


Serving = Callable[[Any], tuple[Service, Naming]]


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    """Starts a service whose upstream answers with `data`."""
    running: list[Any] = []

    def start(data: Any) -> tuple[Service, Naming]:
        upstream = Naming(data).__enter__()
        settings = settings_in(tmp_path, api_key=SecretStr(OWNER_KEY), base_url=upstream.url)
        service = Service(settings, Store(settings.database_url))
        service.start("http://127.0.0.1:9")
        running.extend((service.stop, lambda: upstream.__exit__(None, None, None)))
        return service, upstream

    yield start
    for stop in running:
        stop()


def submitted(service: Service, prompt: str, visitor: str = VISITOR) -> Intent:
    values = {"model": "SEEDANCE_2_0", "prompt": prompt, "duration": 5}
    intent = service.submit(new_submission(visitor, values=values, send_to=SendTo.OWNER_KEY)).intent
    assert intent is not None
    return intent


def said(intent: Intent) -> str:
    return " ".join(line["text"] for line in cards.card(intent, NO_LINKS, has_key=False)["says"])


def test_of_ten_thousand_ids_sixteen_are_followed_the_card_says_so_and_the_answer_is_kept_whole(
    serving: Serving,
) -> None:
    ids = [f"t{number}" for number in range(10_000)]
    service, upstream = serving({"task_ids": ids})
    intent = submitted(service, "many")
    assert intent.outcome is Outcome.ACCEPTED
    assert [task.upstream_id for task in intent.tasks] == ids[:MAX_TASKS]
    assert "names (10000), this app follows 16:" in said(intent)
    assert json.loads(intent.response_text or "")["data"]["task_ids"] == ids
    until(lambda: all(task.state is TaskState.SUCCEEDED for task in service.tasks(VISITOR)[0].tasks))
    assert set(upstream.polled_at) == set(ids[:MAX_TASKS])


def test_ten_thousand_ids_of_one_visitor_do_not_keep_another_waiting(serving: Serving) -> None:
    service, upstream = serving({"task_ids": [f"t{number}" for number in range(10_000)]})
    submitted(service, "many")
    submitted(service, "one", visitor=ANOTHER)
    until(lambda: service.tasks(ANOTHER)[0].tasks[0].state is TaskState.SUCCEEDED, seconds=STARVED_S)
    print(f"\npolls until another visitor's task was ready: {upstream.polls}")
    assert upstream.polls <= 4 * MAX_TASKS


@pytest.mark.parametrize(
    "strange",
    ["x" * (MAX_ID_BYTES + 1), "字" * 200, "two\nlines", {"id": "t"}, 1.5, ".."],
    ids=["too long", "too long in bytes", "unprintable", "an object", "a fraction", "another path"],
)
def test_an_id_in_a_list_that_cannot_be_followed_is_said_on_the_card(serving: Serving, strange: object) -> None:
    service, _ = serving({"task_ids": ["t1", strange, "t2"]})
    intent = submitted(service, "many")
    assert [task.upstream_id for task in intent.tasks] == ["t1", "t2"]
    assert "names (3), this app follows 2:" in said(intent)


def test_a_long_id_is_followed_under_its_whole_name(serving: Serving) -> None:
    service, upstream = serving({"task_id": "x" * MAX_ID_BYTES})
    submitted(service, "many")
    until(lambda: service.tasks(VISITOR)[0].tasks[0].state is TaskState.SUCCEEDED)
    assert list(upstream.polled_at) == ["x" * MAX_ID_BYTES]


def test_an_only_id_that_cannot_be_followed_leaves_the_outcome_unknown_and_is_said(serving: Serving) -> None:
    service, _ = serving({"task_id": "x" * 5000})
    intent = submitted(service, "many")
    assert intent.outcome is Outcome.UNKNOWN
    assert "names (1), this app follows 0:" in said(intent)


def test_nothing_is_said_of_ids_where_all_are_followed(serving: Serving) -> None:
    service, _ = serving({"task_ids": ["t1", "t2"]})
    assert said(submitted(service, "many")) == ""
