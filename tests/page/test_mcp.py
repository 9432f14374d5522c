"""The endpoints as tools for an agent: offered only when the owner wants it, behind the same gates."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import requests
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from pydantic import SecretStr

from tests.conftest import App, StartApp
from tests.process import in_a_loop
from tests.visitors import VISITOR
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.ui.agents import contract

NO_HEADERS: Mapping[str, str] = {}
LOGINS = {"ann": SecretStr("a-long-password")}
BODY = {"model": "SEEDANCE_2_0", "prompt": "A paper boat", "duration": 5, "resolution": "480p"}


def call(app: App, tool: str, headers: Mapping[str, str] = NO_HEADERS, **arguments: Any) -> Any:
    async def ask() -> Any:
        async with (
            httpx.AsyncClient(headers=headers, timeout=30) as client,
            streamable_http_client(f"{app.url}/gradio_api/mcp/", http_client=client) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            names = {each.name for each in (await session.list_tools()).tools}
            assert names == {each.name for each in contract.CALLS}
            return await session.call_tool(tool, arguments)

    result = in_a_loop(ask())
    assert json.loads(result.content[0].text) == result.structuredContent
    return result.structuredContent


@pytest.fixture
def app(start_app: StartApp) -> App:
    return start_app(mcp=True)


def test_an_agent_checks_generates_and_follows(app: App) -> None:
    assert [found["field"] for found in call(app, "check", request={**BODY, "duration": 4})["problems"]] == ["duration"]
    made = call(app, "generate", request=BODY, visitor=VISITOR)
    assert made["task"]["outcome"] == "ACCEPTED"
    waited = call(app, "wait", visitor=VISITOR, id=made["id"], seconds=50)
    assert waited["done"] and waited["submission"]["tasks"][0]["state"] == "succeeded"
    tasks = call(app, "tasks", visitor=VISITOR)["tasks"]
    assert [task["request"]["prompt"] for task in tasks] == ["A paper boat"]


def test_an_agent_cannot_spend_what_the_page_would_not_let_it(start_app: StartApp) -> None:
    with SandboxServer(pace=0) as service:
        closed = start_app(
            mcp=True, base_url=service.url, api_key=SecretStr("sk-sandbox"), reachable_from_elsewhere=True
        )
        made = call(closed, "generate", request=BODY, send_to="owner-key", visitor=VISITOR)
        assert made["task"] is None
        assert "closed" in made["refusal"]
        assert len(service.ledger) == 0


def test_beside_logins_an_agent_that_carries_one_is_let_in_and_spends_in_its_name(start_app: StartApp) -> None:
    with SandboxServer(pace=0) as service:
        app = start_app(
            mcp=True,
            base_url=service.url,
            api_key=SecretStr("sk-sandbox"),
            logins={"ann": SecretStr("a-long-password")},
        )
        ann = {"Authorization": "Basic " + base64.b64encode(b"ann:a-long-password").decode()}
        assert call(app, "check", headers=ann, request=BODY)["ok"]
        made = call(app, "generate", headers=ann, request=BODY, send_to="owner-key", visitor=VISITOR, press="agent-001")
        assert made["task"], made["refusal"]
        assert len(service.ledger) == 1


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", "Basic YW5uOndyb25n", "Bearer x", "Basic Og=="])
def test_beside_logins_an_agent_without_one_is_refused_with_a_sentence(start_app: StartApp, header: str) -> None:
    app = start_app(mcp=True, logins=LOGINS)
    headers = {"Authorization": header} if header else {}
    for path in ("/gradio_api/mcp/", "/gradio_api/mcp", "/gradio_api/mcp/schema"):
        answer = requests.post(f"{app.url}{path}", json={}, headers=headers, timeout=10, allow_redirects=False)
        assert answer.status_code == 401 and "name:password" in answer.text


def test_without_the_setting_there_is_no_such_entrance(start_app: StartApp) -> None:
    answer = requests.post(f"{start_app().url}/gradio_api/mcp/", json={}, timeout=10)
    assert answer.status_code == 404
