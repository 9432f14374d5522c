"""The service's API as an OpenAPI 3.1 document, written from the sandbox's own models: bounds, answers, refusals.

It says what both profiles of the sandbox may do, and so what a client of the service has to bear.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from weryai_ui.sandbox import answers
from weryai_ui.sandbox.manual import EXAMPLE
from weryai_ui.sandbox.models import MODELS, Limits, Models
from weryai_ui.sandbox.validation import REFERENCES, REQUIRED, URI_CHARACTERS

VERSION: Final = "1"
PREFIX: Final = "/v1/generation"
REQUEST: Final = "GenerationRequest"
TITLE: Final = "WeryAI almighty reference-to-video"
DESCRIPTION: Final = (
    "Not WeryAI's own document: written by an imitation of the service, from its reference page and from what was "
    "observed. Every answer is an envelope, and a refusal may come with HTTP 200: read `status`. A submit is charged "
    "and has no idempotency key: never repeat one whose answer is unclear."
)
ANSWERS: Final[Mapping[str, type[BaseModel]]] = {
    "Submitted": answers.Envelope[answers.OneTask | answers.SeveralTasks],
    "TaskAnswer": answers.Envelope[answers.TaskStatus],
    "BatchAnswer": answers.Envelope[answers.BatchStatus | list[answers.TaskStatus]],
    "BalanceAnswer": answers.Envelope[int],
    "UploadAnswer": answers.Envelope[answers.Uploaded],
    "Callback": answers.Envelope[answers.CallbackTask],
    "Refusal": answers.Refusal,
}
Schema = dict[str, Any]


def document(url: str = "https://api.weryai.com", models: Models = MODELS) -> Schema:
    """The whole document, for a service at that address that knows these models."""
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": DESCRIPTION},
        "servers": [{"url": url}],
        "security": [{"key": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "sk-…"}},
            "schemas": {**_requests(models), **_answers()},
        },
    }


def _paths() -> Schema:
    return {
        f"{PREFIX}/almighty-reference-to-video": {"post": _submit()},
        f"{PREFIX}/{{task_id}}/status": {
            "get": _operation("getTask", "Where a task stands", "TaskAnswer", (404,), ["task_id"])
        },
        f"{PREFIX}/batch/{{batch_id}}/status": {
            "get": _operation("getBatch", "Where the tasks of one submit stand", "BatchAnswer", (404,), ["batch_id"])
        },
        f"{PREFIX}/upload-file": {"post": _upload()},
        f"{PREFIX}/balance": {"get": _operation("getBalance", "Credits left", "BalanceAnswer")},
    }


def _submit() -> Schema:
    told = {"content": _json("Callback"), "required": True}
    callback = {"post": {"requestBody": told, "responses": {"200": {"description": "Heard"}}, "security": []}}
    return {
        **_operation("submit", "Submit a request: charged", "Submitted", (400, 429)),
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _ref(REQUEST), "example": EXAMPLE}},
        },
        "callbacks": {"ended": {"{$request.body#/webhook_url}": callback}},
    }


def _upload() -> Schema:
    fields = {
        "file": {"type": "string", "contentMediaType": "application/octet-stream", "format": "binary"},
        # Without a type: in a form everything is text.
        "batch_no": {},
        "fixed": {},
    }
    form = {"type": "object", "properties": fields, "required": ["file"]}
    return {
        **_operation("uploadFile", "Keep a file to use as a reference", "UploadAnswer", (400, 408, 429)),
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}},
    }


def _operation(
    name: str, summary: str, answer: str, refusals: Iterable[int] = (), parameters: Iterable[str] = ()
) -> Schema:
    known = {
        "description": summary,
        "content": {"application/json": {"schema": {"anyOf": [_ref(answer), _ref("Refusal")]}}},
    }
    others = {str(each): {"description": "Refused", "content": _json("Refusal")} for each in (*refusals, 401)}
    ids = [
        {"name": each, "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[A-Za-z0-9_]{1,64}$"}}
        for each in parameters
    ]
    return {
        "operationId": name,
        "summary": summary,
        **({"parameters": ids} if ids else {}),
        "responses": {"200": known, **others},
    }


def _json(name: str) -> Schema:
    return {"application/json": {"schema": _ref(name)}}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _answers() -> Schema:
    names = {(model, "validation"): name for name, model in ANSWERS.items()}
    found, whole = models_json_schema(list(names), ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    called = {found[asked]["$ref"].rpartition("/")[2]: name for asked, name in names.items()}  # type: ignore[index]
    return {
        called.get(title, title): {**schema, "title": called.get(title, title)}
        for title, schema in whole["$defs"].items()
    }


def _requests(models: Models) -> Schema:
    """One schema for all models with the same bounds, and the one that is any of these."""
    groups: dict[Limits, list[str]] = {}
    for name, limits in models.items():
        groups.setdefault(limits, []).append(name)
    named = {f"{names[0].title().replace('_', '')}Request": _request(names, limits) for limits, names in groups.items()}
    return {REQUEST: {"anyOf": [_ref(each) for each in named]}, **named}


def _request(names: list[str], limits: Limits) -> Schema:
    seconds = limits.seconds
    properties = {
        "model": {"type": "string", "enum": names},
        "duration": {"type": "integer", "minimum": seconds[0], "maximum": seconds[1], "description": "Seconds."},
        "prompt": {"type": "string", "maxLength": limits.prompt},
        **{each: {"type": "array", "items": _LINK, "maxItems": limits.most(each)} for each in REFERENCES},
        "aspect_ratio": {"type": "string", "enum": list(limits.ratios)},
        "resolution": {"type": "string", "enum": list(limits.resolutions)},
        "generate_audio": {"type": "string", "enum": ["true", "false"], "description": "A text, not a boolean."},
        "video_number": {"type": "integer", "minimum": 1, "maximum": limits.films},
        "webhook_url": _LINK,
        "caller_id": {"type": "integer", "format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1},
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(REQUIRED),
        "additionalProperties": False,
        "if": {"required": ["audios"], "properties": {"audios": {"minItems": 1}}},
        "then": {"anyOf": [{"required": [each], "properties": {each: {"minItems": 1}}} for each in REFERENCES[:2]]},
    }


_LINK: Final = {
    "type": "string",
    "pattern": r"^https?://[A-Za-z0-9][A-Za-z0-9.-]*(:[1-9][0-9]{0,3})?(/[!-~]*)?$",
    "maxLength": URI_CHARACTERS,
    "description": "An absolute http or https URL.",
}
