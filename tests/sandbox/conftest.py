"""A real sandbox on loopback, called with plain requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.durability.waiting import until as until
from weryai_ui.sandbox.server import SandboxServer

SUBMIT = "/v1/generation/almighty-reference-to-video"
# Accepted and never drawn: lets a test submit without work for the processor.
NEVER_DRAWN = "sk-sandbox-fails"


@dataclass(frozen=True)
class Caller:
    """Calls one sandbox."""

    url: str

    def post(self, body: object, key: str = "sk-sandbox") -> requests.Response:
        headers = {"Authorization": f"Bearer {key}"}
        if isinstance(body, bytes):
            return requests.post(self.url + SUBMIT, data=body, headers=headers, timeout=10)
        return requests.post(self.url + SUBMIT, json=body, headers=headers, timeout=10)

    def get(self, path: str, key: str = "sk-sandbox") -> requests.Response:
        headers = {"Authorization": f"Bearer {key}"}
        return requests.get(f"{self.url}/v1/generation/{path}", headers=headers, timeout=10)

    def data(self, path: str, key: str = "sk-sandbox") -> Any:
        return self.get(path, key).json()["data"]

    def make(self, body: object, key: str = "sk-sandbox") -> str:
        """Submit for one video; the task id."""
        return str(self.post(body, key).json()["data"]["task_id"])

    def ended(self, task_id: str) -> dict[str, Any]:
        """The task's data once it has ended."""

        def look() -> dict[str, Any] | None:
            data: dict[str, Any] = self.data(f"{task_id}/status")
            return data if data["task_status"] in ("succeed", "failed") else None

        return until(look, seconds=120.0)

    def upload(self, content: bytes, name: str = "file.bin") -> requests.Response:
        return requests.post(
            f"{self.url}/v1/generation/upload-file",
            files={"file": (name, content)},
            data={"batch_no": "1", "fixed": "false"},
            headers={"Authorization": "Bearer sk-sandbox"},
            timeout=30,
        )

    def uploaded(self, content: bytes) -> str:
        """The link of an upload that is taken."""
        return str(self.upload(content).json()["data"]["object_url_list"][0])


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(pace=0) as running:
        yield running


@pytest.fixture
def caller(server: SandboxServer) -> Caller:
    return Caller(server.url)


@pytest.fixture
def fresh() -> Iterator[Caller]:
    """A sandbox of one's own, with all its credits, whose tasks never end by themselves."""
    with SandboxServer(pace=100) as running:
        yield Caller(running.url)
