"""Every handler that the app has, called without its page and without access: nothing reaches the service."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator
from http.client import TOO_MANY_REQUESTS
from typing import Any

import gradio as gr
import pytest
from pydantic import SecretStr

from tests.conftest import App, StartApp
from tests.security.conftest import CODE, FORM, Answer, Witness, ask, post
from weryai_ui.access import visitors
from weryai_ui.request.fields import FIELDS
from weryai_ui.ui.http.caller import VISITOR_HEADER

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
VISITOR = "v" * 43
DOORS: dict[str, dict[str, Any]] = {
    "closed": {},
    "behind a code": {"access_code": SecretStr(CODE)},
    "for named users": {"allowed_users": frozenset({"ann"})},
}


def values(app: App, upload: str) -> dict[str, Any]:
    """What each component would hold for a submit with the owner's key, by its id on the page."""
    form = {f"field-{name}": FORM.get(name, "") for name in FIELDS}
    return {
        **form,
        "field-prompt": "Paid by somebody else",
        "field-images": upload,
        "field-video_number": "1",
        "field-aspect_ratio": "1:1",
        "field-generate_audio": "true",
        "send-to": "owner-key",
        "my-key": "",
        "access-code": "a guess at the code",
        "scenario": "sk-sandbox",
    }


def data_for(app: App, component_ids: list[int], held: dict[str, Any]) -> list[Any]:
    data = []
    for each in component_ids:
        block = app.blocks.blocks[each]
        elem_id = str(getattr(block, "elem_id", None))
        data.append(held.get(elem_id, VISITOR if isinstance(block, gr.Textbox) else None))
    return data


def handlers(app: App) -> Iterator[tuple[int, list[int], str | None]]:
    """Every dependency with a function on the server: its number, its inputs, its public name."""
    for dependency in app.blocks.get_config_file()["dependencies"]:
        if dependency["backend_fn"]:
            yield dependency["id"], dependency["inputs"], dependency.get("api_name") or None


def run_to_its_end(url: str, body: dict[str, Any]) -> str:
    """Everything that one event of the page says, for a visitor of its own: no earlier one makes it wait."""
    session = secrets.token_hex(6)
    sent = json.dumps({**body, "session_hash": session}).encode()
    kinds = {"Content-Type": "application/json", VISITOR_HEADER: visitors.new_token()}
    joined = ask(url, "/gradio_api/queue/join", "POST", sent, kinds)
    if joined.status != 200:
        return f"{joined.status} {joined.body.decode()}"
    return ask(url, f"/gradio_api/queue/data?session_hash={session}").body.decode()


def ways(app: App, number: int, name: str | None, data: list[Any]) -> Iterator[str]:
    """The answer of one handler by each way there is to it."""
    yield run_to_its_end(app.url, {"fn_index": number, "data": data})
    yield run_to_its_end(app.url, {"fn_index": number, "data": data, "trigger_id": 1, "event_data": {"x": 1}})
    for route in ("run/predict", "api/predict"):
        yield _text(post(app, f"/gradio_api/{route}", {"fn_index": number, "data": data, "session_hash": "s"}))
    for route in ("run", "call"):
        if name:
            answer = post(app, f"/gradio_api/{route}/{name}", {"data": data})
            yield _text(answer)
            if answer.status == 200 and "event_id" in answer.data:
                event = answer.data["event_id"]
                yield _text(ask(app.url, f"/gradio_api/call/{name}/{event}"))


def _text(answer: Answer) -> str:
    return f"{answer.status} {answer.body.decode('utf-8', 'replace')}"


@pytest.mark.parametrize("door", DOORS)
def test_no_handler_called_directly_spends_or_uploads_with_the_owners_key(
    unhurried: None, start_app: StartApp, witness: Witness, door: str
) -> None:
    key = "sk-owner-canary-0123456789"
    app = start_app(api_key=SecretStr(key), base_url=witness.url, reachable_from_elsewhere=True, **DOORS[door])
    upload = ask(app.url, "/uploads", "POST", PIXEL, {"X-Name": "pixel.png"}).data["link"]
    held = values(app, upload)
    answers: list[str] = []
    called = 0
    for number, inputs, name in handlers(app):
        named: dict[str, list[Any]] = {
            "check": [FORM],
            "generate": [FORM, "owner-key", "", VISITOR, "", "a guess"],
            "tasks": [VISITOR, 5],
        }
        data = named[name] if name in named else data_for(app, inputs, held)
        answers += ways(app, number, name, data)
        called += 1
    asks: tuple[Any, ...] = ({"visitor": VISITOR, "key": "", "links": [upload], "link": upload}, None, [], "x", {})
    answers += [_text(post(app, "/board", asked)) for asked in asks]
    for component in app.blocks.blocks.values():
        for function in getattr(component, "server_fns", None) or ():
            question = {"component_id": component._id, "fn_name": function.__name__, "session_hash": "s"}
            for asked in asks:
                answers.append(_text(post(app, "/gradio_api/component_server", {**question, "data": asked})))
                called += 1
    assert called >= 12
    assert not [each for each in answers if each.startswith(f"{TOO_MANY_REQUESTS:d} ")], "refused before it was asked"
    assert witness.arrived == []
    everything = "\n".join(answers)
    assert key not in everything
    refusals = [
        each for each in answers if "owner's key" in each and ("closed" in each or "code" in each or "named" in each)
    ]
    assert len(refusals) >= 3


def test_the_same_calls_spend_once_the_key_is_open(start_app: StartApp, witness: Witness) -> None:
    """The walk above proves something: with the door open it does reach the service."""
    app = start_app(api_key=SecretStr("sk-owner-canary-0123456789"), base_url=witness.url)
    held = values(app, "")
    for number, inputs, name in handlers(app):
        if name is None or name not in ("check", "generate", "tasks"):
            run_to_its_end(app.url, {"fn_index": number, "data": data_for(app, inputs, held)})
    submits = [each for each in witness.arrived if each.method == "POST"]
    assert len(submits) == 1
    assert json.loads(submits[0].body)["prompt"] == "Paid by somebody else"
