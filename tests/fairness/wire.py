"""What the page sends, without a browser: the same requests to the same paths, made from `/config`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

FORM: Mapping[str, Any] = {
    "field-prompt": "A paper boat sails through a library",
    "field-images": "",
    "field-videos": "",
    "field-audios": "",
    "field-duration": 5,
    "field-aspect_ratio": "1:1",
    "field-resolution": "480p",
    "field-video_number": "1",
    "field-generate_audio": "false",
    "field-webhook_url": "",
    "field-caller_id": "",
    "scenario": "sk-sandbox",
}
HIDDEN = ("measured", "came_from", "visitor", "idempotency_key", "language", "my-key", "access-code")
"""The last inputs of a press, in the order of `wiring.connect`; only the two with words of their own have an id."""
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Request:
    """One request as it goes out."""

    path: str
    body: bytes = b""
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)


@dataclass(frozen=True)
class PageCalls:
    """The requests of a page's buttons and widgets. Picklable, for a crowd in a process of its own."""

    events: Mapping[str, tuple[int, tuple[str, ...]]]
    """By the button's id: the number of its event, and the names of its inputs."""
    models: str
    widgets: Mapping[str, int]
    """By the id of a widget: the number of its component."""

    @classmethod
    def of(cls, url: str) -> PageCalls:
        """The calls of a running app."""
        config = requests.get(f"{url}/config", timeout=30).json()
        names = {each["id"]: each["props"].get("elem_id") or "" for each in config["components"]}
        events = {}
        for each in config["dependencies"]:
            for target, _ in each["targets"]:
                if each["backend_fn"] and names.get(target) in ("check", "generate"):
                    events[names[target]] = (each["id"], _named([names[number] for number in each["inputs"]]))
        model = next(each for each in config["components"] if names[each["id"]] == "field-model")
        return cls(events, model["props"]["value"], {name: number for number, name in names.items() if name})

    def board(self, visitor: str) -> Request:
        """What an open page asks all the time."""
        return Request("/board", json.dumps({"visitor": visitor, "version": "", "language": "en"}).encode())

    def check(self, visitor: str) -> Request:
        """What the page asks while a person types."""
        values = {name.removeprefix("field-"): value for name, value in FORM.items() if name.startswith("field-")}
        body = {"values": {**values, "model": self.models}, "measured": "{}", "language": "en"}
        return Request("/check", json.dumps(body).encode(), headers={**JSON, "X-Visitor": visitor})

    def event(self, button: str, visitor: str, **values: Any) -> Request:
        """A press of *Check only* (`check`) or *Generate* (`generate`), a press of its own each time."""
        number, inputs = self.events[button]
        held = {
            **FORM,
            "field-model": self.models,
            "send-to": "sandbox",
            "measured": "{}",
            "came_from": "",
            "my-key": "",
            "visitor": visitor,
            "idempotency_key": secrets.token_hex(16),
            "language": "en",
            "access-code": "",
            **values,
        }
        body = {"fn_index": number, "data": [held[name] for name in inputs], "session_hash": visitor[:10]}
        return Request("/gradio_api/run/predict", json.dumps(body).encode())

    def question(self, widget: str, name: str, visitor: str, **asked: Any) -> Request:
        """What a widget's script asks the server."""
        body = {
            "data": {"visitor": visitor, "language": "en", **asked},
            "component_id": self.widgets[widget],
            "fn_name": name,
            "session_hash": visitor[:10],
        }
        return Request("/gradio_api/component_server", json.dumps(body).encode())

    def upload(self, visitor: str, name: str, content: bytes) -> Request:
        """A file that a person gives."""
        headers = {"X-Name": name, "X-Visitor": visitor, "Accept-Language": "en"}
        return Request("/uploads", content, headers=headers)


def _named(inputs: list[str]) -> tuple[str, ...]:
    """The inputs with names for those that have no id: they stand before the box of the visitor's own key."""
    first = inputs.index("my-key") - HIDDEN.index("my-key")
    return (*inputs[:first], *HIDDEN[: len(inputs) - first])
