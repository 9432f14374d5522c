"""The named endpoints: what `gradio_client`, the Hub's recipe and any program with HTTP call. Made of the contract."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import gradio as gr
from gradio.components.api_component import Api
from gradio.context import LocalContext
from gradio.events import api
from pydantic.fields import FieldInfo
from starlette.requests import Request

from weryai_ui.ui.agents import contract
from weryai_ui.ui.agents.calls import Asked, Calls, as_json
from weryai_ui.ui.agents.schemas import inlined
from weryai_ui.ui.http.caller import caller_of

BARE = {"tasks": "tasks", "unshare": "stopped"}
"""Calls whose endpoint answers this one part of the answer alone; an error of theirs is an error of the event."""


def publish(blocks: gr.Blocks, calls: Calls) -> None:
    """Publishes every call of the contract as an endpoint of its name, with its schemas."""
    for call in contract.CALLS:
        # Gradio lets all begin at once: who waits for a service keeps no other visitor waiting.
        made = api(_endpoint(call, calls), api_name=call.name, api_description=call.description, concurrency_limit=None)
        _describe(blocks.fns[int(made["id"])], call)


def _endpoint(call: contract.Call, calls: Calls) -> Callable[..., Awaitable[Any]]:
    """The call as a function with a parameter for each value, which Gradio reads off its signature."""
    names = list(call.inputs.model_fields)

    async def endpoint(*values: Any) -> Any:
        given, asked_by = dict(zip(names, values, strict=False)), values[len(names)]
        request = LocalContext.request.get() or asked_by
        answer = await calls.answer(call, given, Asked(caller_of(asked_by), _plain(request)))
        if call.name not in BARE:
            return as_json(answer)
        if answer.error is not None:
            raise gr.Error(answer.error.sentence, print_exception=False)
        return as_json(answer)[BARE[call.name]]

    parameters = [*(_parameter(name, field) for name, field in call.inputs.model_fields.items()), _ASKED_BY]
    endpoint.__name__ = call.name
    endpoint.__annotations__ = {each.name: each.annotation for each in parameters}
    endpoint.__dict__["__signature__"] = inspect.Signature(parameters, return_annotation=dict[str, Any])
    return endpoint


_ASKED_BY = inspect.Parameter(
    "asked_by", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=gr.Request | None
)


def _plain(request: Any) -> Request | None:
    """Starlette's request, which Gradio has wrapped."""
    found = getattr(request, "request", request)
    return found if isinstance(found, Request) else None


def _parameter(name: str, field: FieldInfo) -> inspect.Parameter:
    default = inspect.Parameter.empty if field.is_required() else field.default
    # Its type is the schema's affair: a plain one keeps Gradio from judging in its own words.
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=str)


def _describe(published: Any, call: contract.Call) -> None:
    """Says in `/gradio_api/info` and `/gradio_api/openapi.json` what a value is, in place of what Gradio guessed."""
    schema = inlined(call.inputs.model_json_schema())
    for component, (name, field) in zip(published.inputs, call.inputs.model_fields.items(), strict=True):
        _say(component, schema["properties"][name], name, (field.examples or [component.value])[0])
    answer = inlined(call.output.model_json_schema(mode="serialization"))
    part = BARE.get(call.name)
    _say(published.outputs[0], answer["properties"][part] if part else answer, part or call.name, None)


def _say(component: Api, schema: dict[str, Any], label: str, example: Any) -> None:
    component._api_info = schema
    # Not the bare name: Gradio's page looks a label up among its own words, in which some names mean a group of them.
    component.label = f"The value {label}"
    component.__dict__["example_payload"] = component.__dict__["example_value"] = lambda: example
