"""Calls to a running app by its named endpoints, as a program makes them."""

from __future__ import annotations

import json
from typing import Any

import requests

from tests.process import AppProcess
from tests.visitors import VISITOR

BODY = {"model": "SEEDANCE_2_0", "prompt": "A paper boat", "duration": 5, "resolution": "480p"}
KEY = "sk-owner-0123456789"
ANSWER_SECONDS = 90


def call(app: AppProcess, endpoint: str, *data: Any) -> Any:
    """What a named endpoint answers."""
    return call_at(app.url, endpoint, *data)


def call_at(address: str, endpoint: str, *data: Any) -> Any:
    """What a named endpoint of an app at an address answers."""
    url = f"{address}/gradio_api/call/{endpoint}"
    begun = requests.post(url, json={"data": data}, timeout=30)
    begun.raise_for_status()
    answer = requests.get(f"{url}/{begun.json()['event_id']}", timeout=ANSWER_SECONDS).text
    name, _, line = answer.strip().rpartition("\ndata: ")
    assert name.endswith("event: complete"), answer
    return json.loads(line)[0]


def submit(app: AppProcess, number: int, send_to: str = "owner-key", key: str = "") -> Any:
    return call(app, "generate", {**BODY, "caller_id": number}, send_to, key, VISITOR, f"end-{number:08d}", "")
