"""The named endpoints through `gradio_client`, as a developer calls them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from gradio_client import Client

from tests.conftest import App
from tests.contract import examples
from tests.visitors import VISITOR, visitor_named


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[Client]:
    client = Client(app.url, verbose=False)
    yield client
    client.close()


def body(**changes: Any) -> dict[str, Any]:
    return {"model": "SEEDANCE_2_0", "prompt": "A paper boat", "duration": 5, "resolution": "480p", **changes}


def generate(client: Client, **asked: Any) -> Any:
    named = {"request": body(), "visitor": VISITOR, **asked}
    return client.predict(**named, api_name="/generate")


def test_check_gives_every_problem_and_sends_nothing(client: Client) -> None:
    answer = client.predict(request=body(duration=4, prompt="x" * 501, seed=1), api_name="/check")
    assert answer["ok"] is False
    assert answer["payload"] is None
    assert {found["field"] for found in answer["problems"]} == {"prompt", "duration", "seed"}


def test_check_gives_the_payload_that_would_go_out(client: Client) -> None:
    answer = client.predict(request=json.loads(examples.REQUEST), api_name="/check")
    assert answer["payload"] == json.loads(examples.REQUEST)


def test_generate_sends_once_and_tasks_follows_to_the_video(client: Client) -> None:
    answer = generate(client, press="press-from-a-test", visitor=visitor_named("follows"))
    assert answer["task"]["outcome"] == "ACCEPTED"
    again = generate(client, press="press-from-a-test", visitor=answer["visitor"])
    assert again["task"]["id"] == answer["task"]["id"]
    end = time.monotonic() + 30
    state = ""
    while state != "succeeded" and time.monotonic() < end:
        (submit,) = client.predict(visitor=answer["visitor"], limit=5, api_name="/tasks")
        state = submit["tasks"][0]["state"]
    assert submit["tasks"][0]["videos"][0]["url"].startswith("http://127.0.0.1:")


def test_a_scenario_key_works_as_in_the_sandbox(client: Client) -> None:
    answer = generate(client, key="sk-sandbox-no-credits")
    assert answer["task"]["outcome"] == "REJECTED"
    assert answer["task"]["explanation"]["move"] == "top_up"


def test_a_destination_that_is_not_open_is_refused_in_words(client: Client) -> None:
    answer = generate(client, send_to="owner-key")
    assert answer["task"] is None
    assert answer["refusal"] == "This server has no key of its own: use the sandbox or a key of your own."


def test_another_visitors_tasks_stay_theirs(client: Client) -> None:
    generate(client)
    assert client.predict(visitor="somebody else", limit=5, api_name="/tasks") == []


def test_the_endpoints_are_documented_and_the_pages_own_events_are_not_offered(client: Client) -> None:
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(named) == {"/check", "/generate", "/tasks", "/wait", "/share", "/unshare"}
    assert all(endpoint["description"] for endpoint in named.values())
