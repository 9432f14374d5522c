"""The calls of programs and agents: schemas that hold, errors as data, and nothing that is held open for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # has no types of its own
from pydantic import SecretStr

from tests.conftest import App, StartApp
from tests.durability.waiting import until
from tests.page.test_mcp import call as call_tool
from tests.page.test_recipe import call
from tests.security.conftest import Witness
from tests.visitors import visitor_named
from weryai_ui.access import visitors
from weryai_ui.errors import ApiKeyError, AppError, refuse
from weryai_ui.i18n import Locale, has, say, speaking
from weryai_ui.ui.agents import contract, errors
from weryai_ui.ui.agents.request_schema import EXAMPLE
from weryai_ui.ui.endpoints import BARE

REQUEST = dict(EXAMPLE)


def schema(name: str) -> dict[str, Any]:
    (found,) = [each for each in contract.CALLS if each.name == name]
    whole = found.output.model_json_schema(mode="serialization")
    return whole if name not in BARE else {**whole["properties"][BARE[name]], "$defs": whole.get("$defs", {})}


def heard(app: App, name: str, **values: Any) -> Any:
    """What a call answers, which is as its schema says."""
    answer = call(app, name, **values)
    Draft202012Validator(schema(name)).validate(answer)
    return answer


def test_every_answer_is_as_its_schema_says(app: App) -> None:
    heard(app, "check", request={})
    visitor = heard(app, "check", request=REQUEST)["visitor"]
    heard(app, "generate", request={}, visitor=visitor)
    heard(app, "generate", request=REQUEST, visitor=visitor, key="sk-sandbox-no-credits")
    made = heard(app, "generate", request=REQUEST, visitor=visitor)
    waited = heard(app, "wait", visitor=visitor, id=made["id"], seconds=50)
    assert waited["done"] and waited["submission"]["id"] == made["id"]
    assert len(heard(app, "tasks", visitor=visitor)) == 2
    shared = heard(app, "share", visitor=visitor, intents=[made["id"]], options={"title": "A boat", "lasts": "day"})
    assert heard(app, "unshare", visitor=visitor, share=shared["id"]) is True


def test_wait_says_when_to_ask_again_and_takes_the_idempotency_key_as_well(start_app: StartApp) -> None:
    app = start_app(sandbox_pace=30.0)
    visitor, press = visitors.new_token(), visitors.new_key()
    made = call(app, "generate", request=REQUEST, visitor=visitor, press=press)
    for name in (made["id"], press):
        waited = heard(app, "wait", visitor=visitor, id=name, seconds=0.2)
        assert (waited["done"], waited["says"]) == (False, "Still going: ask again in 5 s.")
        assert waited["submission"]["id"] == made["id"]


def test_another_visitors_submission_is_not_waited_for(app: App) -> None:
    made = call(app, "generate", request=REQUEST, visitor=visitor_named("mine"))
    waited = heard(app, "wait", visitor=visitor_named("not-mine"), id=made["id"], seconds=50)
    assert (waited["error"]["code"], waited["submission"]) == ("access.not_yours", None)


class Hanging(Witness):
    """A service that answers a submit only when it is let go."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        super().__init__()

    def answer(self, path: str) -> dict[str, Any]:
        if not path.endswith("/status"):
            assert self.go_on.wait(120)
        return super().answer(path)


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    service = Hanging()
    yield service
    service.go_on.set()
    service.close()


@pytest.mark.parametrize("by", ["recipe", "tool"])
def test_generate_answers_while_the_service_hangs_and_the_post_goes_on(
    start_app: StartApp, hanging: Hanging, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weryai_ui.ui.agents.calls.ANSWER_S", 0.5)
    app = start_app(api_key=SecretStr("sk-sandbox"), base_url=hanging.url, mcp=True)
    visitor, press = visitors.new_token(), visitors.new_key()
    asked: dict[str, Any] = {"request": REQUEST, "send_to": "owner-key", "visitor": visitor, "press": press}

    def generate() -> Any:
        return call(app, "generate", **asked) if by == "recipe" else call_tool(app, "generate", **asked)

    began = time.monotonic()
    made = generate()
    assert time.monotonic() - began < 60
    assert (made["error"]["code"], made["error"]["who_acts"]) == ("access.still_sending", "nobody")
    assert made["press"] == press
    until(lambda: generate()["id"] is not None)
    made = generate()
    assert made["id"] == generate()["id"] and made["task"]["outcome"] == "SENDING"
    hanging.go_on.set()
    until(lambda: call(app, "tasks", visitor=visitor)[0]["outcome"] == "ACCEPTED")
    assert sum(each.method == "POST" for each in hanging.arrived) == 1


@pytest.mark.parametrize(
    ("values", "code", "who_acts"),
    [
        ({"request": {**REQUEST, "duration": 99}}, "invalid_request", "you"),
        ({"send_to": "owner-key", "visitor": "v" * 43}, "access.no_owner_key", "key_owner"),
        ({"send_to": "my-key", "visitor": "v" * 43}, "key.empty", "you"),
        ({"send_to": "my-key", "key": "sk-sandbox", "visitor": "me"}, "access.no_visitor", "you"),
        ({"visitor": "v" * 43, "press": "no"}, "access.wrong_key", "you"),
        ({"key": "sk-sandbox-no-credits", "visitor": "v" * 43}, "code.1011", "key_owner"),
    ],
)
def test_why_nothing_came_of_it_is_a_code_a_sentence_and_whose_move_it_is(
    app: App, values: dict[str, Any], code: str, who_acts: str
) -> None:
    answer = heard(app, "generate", **{"request": REQUEST, **values})
    error = answer["error"]
    assert (error["code"], error["who_acts"]) == (code, who_acts)
    assert error["sentence"].endswith((".", "。"))


def test_a_refusal_keeps_its_code_through_the_error_that_carries_it_in_every_language() -> None:
    with speaking(Locale.ZH):
        carried = ApiKeyError(refuse("key.too_long", limit=512)).refusal
        said = say("key.too_long", limit=512)
    error = errors.of_refusal(carried)
    assert (error.code, error.sentence) == ("key.too_long", said)
    assert AppError("in words of its own").refusal.code == "refused"


@pytest.mark.parametrize("code", sorted(errors.WAITS | errors.KEY_OWNER))
def test_every_code_that_says_who_acts_is_one_of_a_refusal(code: str) -> None:
    assert has(code)
