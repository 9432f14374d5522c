"""Where the sandbox calls back: the app's own route, and nobody else, whichever way a task came in.

The judge is a server on this machine that counts every connection to it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect
from pydantic import SecretStr

from tests.browser.form import choose, choose_scenario, opened, press, type_in
from tests.conftest import App, StartApp
from tests.durability.waiting import until
from tests.page.test_mcp import call as call_tool
from tests.security.conftest import FORM, ask, generate
from tests.service.conftest import new_submission
from weryai_ui.service import Service
from weryai_ui.settings import Settings
from weryai_ui.store.submissions import Store

SUBMIT = "/v1/generation/almighty-reference-to-video"
FAILS = "sk-sandbox-fails"
"""Ends soon, costs nothing in the end, and draws nothing."""
TOKEN = "A" * 43
VISITOR = "v" * 43
SAID = "The sandbox calls no webhook but this app's own"


@dataclass
class Victim:
    """A service on this machine, on both loopback addresses where there are two, and who called it."""

    port: int
    calls: list[object] = field(default_factory=list)


@pytest.fixture
def victim() -> Iterator[Victim]:
    with contextlib.ExitStack() as open_ones:
        first = open_ones.enter_context(socket.create_server(("127.0.0.1", 0)))
        noted = Victim(first.getsockname()[1])
        servers = [first]
        with contextlib.suppress(OSError):  # a machine without IPv6
            servers.append(open_ones.enter_context(socket.create_server(("::1", noted.port), family=socket.AF_INET6)))
        threads = [threading.Thread(target=_count, args=(server, noted.calls), daemon=True) for server in servers]
        for thread in threads:
            thread.start()
        yield noted
        for server in servers:
            server.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(5)


def _count(server: socket.socket, calls: list[object]) -> None:
    with contextlib.suppress(OSError):
        while True:
            caller, address = server.accept()
            calls.append(address)
            caller.close()


def spellings(port: int) -> list[str]:
    """Addresses of one service of this machine, as somebody writes them who wants it called."""
    hosts = (
        *("127.0.0.1", "localhost", "localhost.", "LOCALHOST", "LocalHost", "[::1]", "[::ffff:127.0.0.1]"),
        *("[0:0:0:0:0:0:0:1]", "127.1", "127.0.1", "127.000.000.001", "0177.0.0.1", "0x7f.0.0.1", "2130706433"),
        *("0x7f000001", "017700000001", "0.0.0.0", "0", "[::]", "[::ffff:7f00:1]", "127.0.0.2", "①27.0.0.1"),
        *(
            "user@127.0.0.1",
            "user:word@localhost",
            "example.com@127.0.0.1",
            "127.0.0.1%00",
            "127.0.0.1.",
            "%3127.0.0.1",
        ),
    )
    paths = ("/admin/restart", f"/webhook/{TOKEN}")
    return [f"{scheme}://{host}:{port}{path}" for scheme in ("http", "https") for host in hosts for path in paths]


def test_the_audit_counts_who_calls(victim: Victim) -> None:
    socket.create_connection(("127.0.0.1", victim.port)).close()
    until(lambda: victim.calls)


def straight(app: App, webhook: str) -> requests.Response:
    """A task made at the sandbox's own address."""
    headers = {"Authorization": f"Bearer {FAILS}"}
    body = {**FORM, "webhook_url": webhook}
    return requests.post(f"{app.url}/sandbox{SUBMIT}", json=body, headers=headers, timeout=10)


def called_back_at(app: App) -> str:
    """The address at which a task's end came back to the app: callbacks go out in turn, so earlier ones are settled."""
    came: list[str] = []
    heard = app.service.called_back

    def hear(token: str, body: str) -> bool:
        came.append(token)
        return heard(token, body)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.service, "called_back", hear)
        intent = app.service.submit(new_submission(visitor=VISITOR, scenario=FAILS)).intent
        assert intent is not None
        own = str(intent.payload["webhook_url"])
        until(lambda: own.rpartition("/")[2] in came)
        return own


@pytest.fixture
def app(start_app: StartApp) -> App:
    return with_address(start_app(sandbox_pace=0.0, mcp=True))


def with_address(app: App) -> App:
    """The app with a public address of its own, on loopback."""
    app.service.settings = replace(app.service.settings, public_url=app.url)
    return app


def entered(app: App) -> str:
    """The cookie of somebody who passed the login."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = ask(app.url, "/login", "POST", b"username=ann&password=correct+horse", form)
    return answer.headers["set-cookie"].partition(";")[0]


# --- nobody is called ------------------------------------------------------------------------------


def test_a_task_straight_at_the_sandbox_calls_no_other_service_of_this_machine(app: App, victim: Victim) -> None:
    taken = 0
    for number, webhook in enumerate(spellings(victim.port)):
        taken += straight(app, webhook).json()["status"] == 0
        if number % 10 == 9:
            assert called_back_at(app).startswith(app.url)
    assert called_back_at(app).startswith(app.url)
    assert taken > 50, "the sandbox takes such an address and does not call it"
    assert victim.calls == []


def test_with_logins_on_the_sandbox_calls_nobody_either(start_app: StartApp, victim: Victim) -> None:
    app = with_address(start_app(sandbox_pace=0.0, logins={"ann": SecretStr("correct horse")}))
    cookie = entered(app)
    webhook = f"http://127.0.0.1:{victim.port}/admin/restart"
    assert straight(app, webhook).json()["status"] == 0
    made = generate_with(app, webhook, Cookie=cookie)
    assert made["task"]["outcome"] == "ACCEPTED"
    assert called_back_at(app).startswith(app.url)
    assert victim.calls == []


def generate_with(app: App, webhook: str, **headers: str) -> Any:
    """`/generate` with a webhook, to a scenario that ends soon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(FORM, "webhook_url", webhook)
        return generate(app, "sandbox", visitor=VISITOR, key=FAILS, **headers)


def test_a_task_by_a_named_endpoint_calls_nobody_and_its_answer_and_its_timeline_say_so(
    app: App, victim: Victim
) -> None:
    made = generate_with(app, f"http://127.0.0.1:{victim.port}/admin/restart")
    assert made["task"]["outcome"] == "ACCEPTED"
    recorded = app.service.open(VISITOR, made["task"]["id"])
    assert recorded is not None
    assert "webhook_url is not called" in dict(recorded[1][0].response_headers or ())["X-Sandbox-Note"]
    assert SAID in " ".join(found["text"] for found in made["warnings"] if found["field"] == "webhook_url")
    assert called_back_at(app).startswith(app.url)
    assert victim.calls == []


def test_a_task_by_an_agent_calls_nobody(app: App, victim: Victim) -> None:
    body = {**FORM, "webhook_url": f"http://127.0.0.1:{victim.port}/admin/restart"}
    made = call_tool(app, "generate", request=body, send_to="sandbox", key=FAILS, visitor=VISITOR)
    assert made["task"]["outcome"] == "ACCEPTED"
    assert called_back_at(app).startswith(app.url)
    assert victim.calls == []


def test_a_person_who_names_a_webhook_learns_on_the_page_that_the_sandbox_does_not_call_it(
    app: App, victim: Victim, page: Page
) -> None:
    opened(page, app.url)
    choose(page, "send-to", "Sandbox")
    choose_scenario(page, "generation fails")
    type_in(page, "prompt", "With a webhook of mine")
    type_in(page, "webhook_url", f"http://127.0.0.1:{victim.port}/admin/restart")
    press(page)
    card = page.locator("#task-board .card").first
    expect(card).to_contain_text("With a webhook of mine")
    expect(card).to_contain_text(SAID)
    assert called_back_at(app).startswith(app.url)
    assert victim.calls == []


def test_the_log_says_that_a_webhook_is_not_called_and_does_not_repeat_it(
    app: App, victim: Victim, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "weryai_ui.sandbox")
    straight(app, f"http://127.0.0.1:{victim.port}/secret-path")
    assert called_back_at(app).startswith(app.url)
    said = [record.getMessage() for record in caplog.records if "not called" in record.getMessage()]
    assert len(said) == 1
    assert "secret-path" not in caplog.text


def test_the_sandboxs_answer_says_that_a_webhook_is_not_called(app: App, victim: Victim) -> None:
    answer = straight(app, f"http://127.0.0.1:{victim.port}/admin/restart")
    assert "not called" in answer.headers["X-Sandbox-Note"]
    assert "X-Sandbox-Note" not in straight(app, f"{app.url}/webhook/{TOKEN}").headers


# --- which address is the app's own ----------------------------------------------------------------


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    service = Service(settings, Store(settings.database_url))
    yield service
    service.stop()


OWN = "http://127.0.0.1:7860"


@pytest.mark.parametrize("own", [OWN, "https://studio.example", "https://studio.example/video"])
def test_the_route_of_the_app_is_known_letter_by_letter(service: Service, own: str) -> None:
    service.settings = replace(service.settings, public_url=own)
    assert service.callback_token(f"{own}/webhook/{TOKEN}") == TOKEN


@pytest.mark.parametrize(
    "other",
    [
        f"{OWN}/webhook/",
        f"{OWN}/webhook",
        f"{OWN}/webhook/short",
        f"{OWN}/webhook/{TOKEN}/",
        f"{OWN}/webhook/{TOKEN}?a=1",
        f"{OWN}/webhook/{TOKEN}#a",
        f"{OWN}/webhook/{TOKEN}\n",
        f"{OWN}/webhook/{TOKEN[:-3]}%41",
        f"{OWN}/webhook/../{TOKEN}",
        f"{OWN}/webhook/{'../board/' + 'A' * 34}",
        f"{OWN}/webhook//{TOKEN}",
        f"{OWN}//webhook/{TOKEN}",
        f"{OWN}/Webhook/{TOKEN}",
        f"{OWN}/admin/webhook/{TOKEN}",
        f"{OWN}/sandbox{SUBMIT}",
        f"{OWN}/board",
        f"{OWN}\\webhook\\{TOKEN}",
        f"{OWN}0/webhook/{TOKEN}",
        f"{OWN}@example.com/webhook/{TOKEN}",
        f"http://127.0.0.1:7861/webhook/{TOKEN}",
        f"http://127.0.0.1/webhook/{TOKEN}",
        f"http://localhost:7860/webhook/{TOKEN}",
        f"http://localhost.:7860/webhook/{TOKEN}",
        f"http://[::1]:7860/webhook/{TOKEN}",
        f"http://2130706433:7860/webhook/{TOKEN}",
        f"http://user@127.0.0.1:7860/webhook/{TOKEN}",
        f"https://127.0.0.1:7860/webhook/{TOKEN}",
        f"HTTP://127.0.0.1:7860/webhook/{TOKEN}",
        f"//127.0.0.1:7860/webhook/{TOKEN}",
        f"/webhook/{TOKEN}",
        "",
    ],
)
def test_every_other_address_is_not_the_apps_own(service: Service, other: str) -> None:
    service.settings = replace(service.settings, public_url=OWN)
    assert service.callback_token(other) is None


def test_a_public_address_that_this_machine_cannot_reach_is_called_back_too(start_app: StartApp) -> None:
    app = start_app(sandbox_pace=0.0, public_url="https://studio.example/video")
    assert called_back_at(app).startswith("https://studio.example/video/webhook/")


def test_an_app_without_an_address_has_no_route_to_be_called_at(service: Service) -> None:
    assert service.callback_token(f"/webhook/{TOKEN}") is None
    assert service.callback_token(f"http://127.0.0.1:7860/webhook/{TOKEN}") is None


# --- no other door calls where a stranger points ----------------------------------------------------


def test_references_to_other_services_of_this_machine_are_not_fetched(app: App, victim: Victim) -> None:
    """The sandbox draws a card for a link to elsewhere; whatever its spelling or its path, nobody is asked."""
    for link in spellings(victim.port)[::8]:
        media = link.replace("/admin/restart", "/sandbox/media/0123456789abcdef0123456789abcdef.mp4")
        body = {**FORM, "images": [link], "videos": [media], "audios": [media]}
        headers = {"Authorization": f"Bearer {FAILS}"}
        requests.post(f"{app.url}/sandbox{SUBMIT}", json=body, headers=headers, timeout=10)
    body = {**FORM, "images": [f"http://127.0.0.1:{victim.port}/a.png"]}
    headers = {"Authorization": "Bearer sk-sandbox"}
    made = requests.post(f"{app.url}/sandbox{SUBMIT}", json=body, headers=headers, timeout=10).json()
    status = f"{app.url}/sandbox/v1/generation/{made['data']['task_id']}/status"
    until(lambda: requests.get(status, headers=headers, timeout=10).json()["data"]["task_status"] == "succeed")
    assert victim.calls == []


def test_an_agent_that_calls_the_app_by_another_services_name_has_nobody_called(app: App, victim: Victim) -> None:
    """Gradio makes a client of its own for tools, and would take its address from these headers."""
    other = f"127.0.0.1:{victim.port}"
    names = {"Host": other, "X-Forwarded-Host": other, "X-Forwarded-Proto": "http", "Forwarded": f"host={other}"}
    assert call_tool(app, "check", names, request=FORM)["ok"]
    for path in ("/", "/config", "/gradio_api/info", "/sandbox/v1/generation/balance", "/board"):
        ask(app.url, path, headers={**names, "Authorization": "Bearer sk-sandbox"})
    assert victim.calls == []


def test_no_tool_for_agents_takes_a_file_which_gradio_would_fetch(app: App) -> None:
    schema = requests.get(f"{app.url}/gradio_api/mcp/schema", timeout=10)
    text = schema.text if schema.ok else json.dumps(app.blocks.get_api_info())
    assert "generate" in text
    assert not [word for word in ("ImageData", "FileData", "url to a file", "filepath") if word in text]
