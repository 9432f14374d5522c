"""A call that spends names its visitor and its submission, by every entrance, or nothing is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.conftest import App, running_app, settings_in
from tests.page.test_mcp import call as call_tool
from tests.security.conftest import Witness
from tests.security.conftest import call as call_endpoint
from tests.visitors import visitor_named

FORM = {"model": "SEEDANCE_2_0", "prompt": "A paper boat", "duration": 5, "resolution": "480p"}
KEY = "sk-sandbox"
ARRIVALS = 10
GENERATE = {"prompt", "code"}
"""The values that only the event of *Generate* has both of."""
NO_VISITOR = "The call names no visitor"
WRONG_KEY = "The idempotency key"
NO_VISITORS: dict[str, Any] = {
    "none": "",
    "short": "me",
    "31": "a" * 31,
    "129": "a" * 129,
    "odd": "ä" * 40,
    "gap": "a b" * 20,
}
WRONG_KEYS: dict[str, Any] = {
    "short": "1234567",
    "65": "k" * 65,
    "gap": "not a key",
    "odd": "schlüssel",
    "line": "12345678\n",
}


@dataclass(frozen=True)
class Desk:
    """A running app, and the service that a visitor's own key goes to."""

    app: App
    service: Witness

    @property
    def posts(self) -> int:
        """How many requests of any kind but questions reached the service."""
        return sum(each.method == "POST" for each in self.service.arrived)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    service = Witness()
    with running_app(settings_in(tmp_path_factory.mktemp("desk"), base_url=service.url, mcp=True)) as app:
        yield Desk(app, service)
    service.close()


@pytest.fixture
def desk(running: Desk) -> Desk:
    running.service.arrived.clear()
    return running


def by_the_page(app: App, visitor: Any, key: Any) -> str:
    """*Generate* with the form's own values, called past the page; gives everything that was answered."""
    sent = {**FORM, "send-to": "my-key", "my-key": KEY, "visitor": visitor, "idempotency_key": key}
    config = app.blocks.get_config_file()
    begun_with = {each["id"]: each["props"].get("value") for each in config["components"]}
    (generate,) = [
        each for each in config["dependencies"] if set(re.findall('"([a-z-]+)"', each["js"] or "")) >= GENERATE
    ]
    names = json.loads(generate["js"].partition("before(")[2].rpartition(", values")[0])
    data = [sent.get(name, begun_with[each]) for name, each in zip(names, generate["inputs"], strict=True)]
    body = {"fn_index": generate["id"], "data": data, "session_hash": "s"}
    return requests.post(f"{app.url}/gradio_api/run/predict", json=body, timeout=60).text


def by_the_endpoint(app: App, visitor: Any, key: Any) -> str:
    return json.dumps(call_endpoint(app, "generate", FORM, "my-key", KEY, visitor, key, ""))


def by_an_agent(app: App, visitor: Any, key: Any) -> str:
    return json.dumps(call_tool(app, "generate", request=FORM, send_to="my-key", key=KEY, visitor=visitor, press=key))


ENTRANCES: dict[str, Callable[..., str]] = {"page": by_the_page, "endpoint": by_the_endpoint, "agent": by_an_agent}


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_ten_arrivals_of_one_submission_are_one_request_to_the_service(desk: Desk, entrance: str) -> None:
    visitor, key = visitor_named(f"at-once-by-{entrance}"), "idempotency-key-1"
    with ThreadPoolExecutor(ARRIVALS) as pool:
        answers = list(pool.map(lambda _: ENTRANCES[entrance](desk.app, visitor, key), range(ARRIVALS)))
    assert desk.posts == 1
    assert sum("A paper boat" in answer for answer in answers) == ARRIVALS


@pytest.mark.parametrize("entrance", ["endpoint", "agent"])
def test_twenty_repeats_at_once_of_a_programs_call_are_one_task_and_one_answer(desk: Desk, entrance: str) -> None:
    visitor = visitor_named(f"twenty-by-{entrance}")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: json.loads(ENTRANCES[entrance](desk.app, visitor, "repeated-1")), range(20)))
    assert desk.posts == 1
    assert len({answer["id"] for answer in answers}) == 1 and all(answer["error"] is None for answer in answers)
    (submission,) = call_endpoint(desk.app, "tasks", visitor, 100)
    assert len(submission["tasks"]) == 1


@pytest.mark.parametrize("entrance", ENTRANCES)
@pytest.mark.parametrize("kind", NO_VISITORS)
def test_without_a_visitor_token_nothing_is_sent_and_a_sentence_says_how_to_make_one(
    desk: Desk, entrance: str, kind: str
) -> None:
    for _ in range(2):
        answer = ENTRANCES[entrance](desk.app, NO_VISITORS[kind], "idempotency-key-2")
        assert NO_VISITOR in answer and "secrets.token_urlsafe(32)" in answer
    assert desk.posts == 0


@pytest.mark.parametrize("entrance", ENTRANCES)
@pytest.mark.parametrize("kind", WRONG_KEYS)
def test_an_idempotency_key_of_a_wrong_form_is_refused_and_never_replaced(desk: Desk, entrance: str, kind: str) -> None:
    for _ in range(2):
        answer = ENTRANCES[entrance](desk.app, visitor_named("wrong-key"), WRONG_KEYS[kind])
        assert WRONG_KEY in answer and "secrets.token_hex(16)" in answer
    assert desk.posts == 0


def test_the_page_refuses_a_submission_without_an_idempotency_key(desk: Desk) -> None:
    assert WRONG_KEY in by_the_page(desk.app, visitor_named("no-key"), "")
    assert desk.posts == 0


@pytest.mark.parametrize("entrance", ["endpoint", "agent"])
def test_a_program_that_names_no_key_is_told_the_one_that_was_used(desk: Desk, entrance: str) -> None:
    visitor = visitor_named(f"told-by-{entrance}")
    first = json.loads(ENTRANCES[entrance](desk.app, visitor, ""))
    again = json.loads(ENTRANCES[entrance](desk.app, visitor, first["press"]))
    assert again["task"]["id"] == first["task"]["id"] and again["press"] == first["press"]
    assert desk.posts == 1
