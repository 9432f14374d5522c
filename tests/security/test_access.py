"""Who may spend with the owner's key: every door, from both sides, and how guessing is slowed down."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from pydantic import SecretStr

from tests.conftest import StartApp
from tests.security.conftest import CODE, ask, generate, post
from weryai_ui.access.accounts import visitor_id
from weryai_ui.access.policy import GRANT_SECONDS, HERE, Access, Caller
from weryai_ui.access.throttle import NAMES_KEPT, SERVER_BURST, SERVER_SECONDS_PER_TRY, Throttle
from weryai_ui.errors import SettingsError
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.settings import Settings
from weryai_ui.store.records import SendTo
from weryai_ui.ui.http.caller import caller_of, is_loopback_host
from weryai_ui.variables import SandboxMode

PUBLIC = Settings(api_key=SecretStr("sk-sandbox"), reachable_from_elsewhere=True)
ELSEWHERE = Caller(from_elsewhere=True)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("changes", "caller", "open_to_them"),
    [
        ({}, HERE, False),
        ({"reachable_from_elsewhere": False}, HERE, True),
        ({"reachable_from_elsewhere": False}, ELSEWHERE, False),
        ({"anyone_may_spend": True, "tasks_per_day": 5}, HERE, True),
        ({"anyone_may_spend": True, "tasks_per_day": 5}, ELSEWHERE, True),
        ({"anyone_may_spend": True}, HERE, False),
        ({"reachable_from_elsewhere": False, "anyone_may_spend": True}, ELSEWHERE, False),
        ({"access_code": SecretStr(CODE)}, HERE, False),
        ({"access_code": SecretStr(CODE), "reachable_from_elsewhere": False}, HERE, False),
        ({"access_code": SecretStr(CODE), "anyone_may_spend": True, "tasks_per_day": 5}, HERE, False),
        ({"logins": {"ann": SecretStr("long enough")}}, HERE, False),
        ({"logins": {"ann": SecretStr("long enough")}}, Caller(login="ann"), True),
        ({"logins": {"ann": SecretStr("long enough")}}, Caller(login="bob"), False),
        ({"logins": {"ann": SecretStr("long enough")}}, Caller(user="ann"), False),
        ({"allowed_users": frozenset({"ann"})}, Caller(user="Ann"), True),
        ({"allowed_users": frozenset({"ann"})}, Caller(user="bob"), False),
        ({"allowed_users": frozenset({"ann"})}, Caller(login="ann"), False),
        ({"api_key": None}, HERE, False),
    ],
)
def test_the_owners_key_is_open_to_whom_the_owner_means(
    changes: dict[str, Any], caller: Caller, open_to_them: bool
) -> None:
    refusal = Access(replace(PUBLIC, **changes)).refusal(SendTo.OWNER_KEY, visitor_id("x"), caller)
    assert (refusal is None) is open_to_them


@pytest.mark.parametrize("caller", [HERE, ELSEWHERE])
@pytest.mark.parametrize("changes", [{}, {"access_code": SecretStr(CODE)}, {"logins": {"a": SecretStr("long enough")}}])
def test_the_sandbox_and_a_key_of_ones_own_are_open_to_everybody(changes: dict[str, Any], caller: Caller) -> None:
    access = Access(replace(PUBLIC, **changes))
    assert access.refusal(SendTo.SANDBOX, "", caller) is None
    assert access.refusal(SendTo.MY_KEY, "", caller) is None


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({}, SendTo.SANDBOX),
        ({"reachable_from_elsewhere": False}, SendTo.OWNER_KEY),
        ({"access_code": SecretStr(CODE)}, SendTo.SANDBOX),
        ({"access_code": SecretStr(CODE), "sandbox": SandboxMode.OFF}, SendTo.MY_KEY),
        ({"anyone_may_spend": True, "tasks_per_day": 1}, SendTo.OWNER_KEY),
    ],
)
def test_what_is_chosen_first_is_open_to_whoever_comes(changes: dict[str, Any], first: SendTo) -> None:
    assert Access(replace(PUBLIC, **changes)).offers[0] is first


@pytest.mark.parametrize(
    "changes", [{}, {"access_code": SecretStr(CODE)}, {"logins": {"ann": SecretStr("long enough")}}]
)
def test_a_refusal_names_the_sandbox_only_where_there_is_one(changes: dict[str, Any]) -> None:
    for mode, is_named in ((SandboxMode.AUTO, True), (SandboxMode.OFF, False)):
        refusal = Access(replace(PUBLIC, sandbox=mode, **changes)).refusal(SendTo.OWNER_KEY)
        assert refusal is not None
        assert ("sandbox" in refusal) is is_named, refusal
        assert "a key of your own" in refusal


def test_the_log_says_how_to_open_a_closed_key_and_who_may_spend_with_an_open_one() -> None:
    advice = Access(PUBLIC).advice() or ""
    assert all(name in advice for name in ("WERYAI_ACCESS_CODE", "WERYAI_LOGINS", "WERYAI_ANYONE_MAY_SPEND"))
    opened = Access(replace(PUBLIC, anyone_may_spend=True, tasks_per_day=7)).advice() or ""
    assert "7 tasks a day" in opened
    assert Access(replace(PUBLIC, reachable_from_elsewhere=False)).advice() is None


# --- the code ----------------------------------------------------------------------------------------


def test_a_right_code_opens_for_that_visitor_alone_and_for_half_a_day() -> None:
    clock = Clock()
    access = Access(replace(PUBLIC, access_code=SecretStr(CODE)), clock=clock)
    assert access.needs_code("ann")
    assert access.enter("ann", f" {CODE} ") is None
    assert not access.needs_code("ann")
    assert access.refusal(SendTo.OWNER_KEY, "ann") is None
    assert access.refusal(SendTo.OWNER_KEY, "bob") is not None
    assert access.refusal(SendTo.OWNER_KEY, "") is not None
    clock.now += GRANT_SECONDS
    assert access.needs_code("ann")


@pytest.mark.parametrize("code", ["", " ", CODE[:-1], CODE + "x", CODE.upper(), "\ud800", "x" * 100_000])
def test_a_wrong_code_opens_nothing_and_is_not_repeated(code: str) -> None:
    access = Access(replace(PUBLIC, access_code=SecretStr(CODE)))
    says = access.enter("ann", code) or ""
    assert "was not taken" in says
    assert CODE not in says
    assert access.needs_code("ann")


def test_a_caller_without_a_visitor_token_gets_no_grant() -> None:
    access = Access(replace(PUBLIC, access_code=SecretStr(CODE)))
    access.enter("", CODE)
    assert access.refusal(SendTo.OWNER_KEY, "") is not None


def test_several_processes_take_no_more_guesses_together_than_one() -> None:
    def taken(processes: int) -> int:
        clock, looked = Clock(), list[str]()

        def wrong(name: str) -> bool:
            looked.append(name)
            return False

        throttles = [Throttle(clock, lambda: processes) for _ in range(processes)]
        for second in range(3600):
            clock.now += 1
            for number, each in enumerate(throttles):
                name = f"{second} {number}"
                each.attempt(name, partial(wrong, name))
        return len(looked)

    alone, together = taken(1), taken(4)
    assert alone == pytest.approx(SERVER_BURST + 3600 / SERVER_SECONDS_PER_TRY, abs=2)
    assert together <= alone + 4


def test_wrong_tries_wait_longer_each_time_and_a_try_too_early_is_not_looked_at() -> None:
    clock, looked = Clock(), []
    slow = Throttle(clock)

    def wrong() -> bool:
        looked.append(clock.now)
        return False

    waits = []
    for _ in range(5):
        _, wait = slow.attempt("ann", wrong)
        waits.append(round(wait))
        right, still = slow.attempt("ann", lambda: True)
        assert (right, round(still, 3)) == (False, round(wait, 3))
        clock.now += wait
    assert waits == [1, 2, 4, 8, 16]
    assert len(looked) == 5
    clock.now += SERVER_BURST * SERVER_SECONDS_PER_TRY
    assert slow.attempt("ann", lambda: True) == (True, 0.0)
    assert slow.attempt("ann", lambda: True)[0] is True


def test_many_names_together_are_slowed_down_and_take_no_memory() -> None:
    clock = Clock()
    slow = Throttle(clock)
    looked = 0

    def wrong() -> bool:
        nonlocal looked
        looked += 1
        return False

    for number in range(5000):
        slow.attempt(f"name {number}", wrong)
        clock.now += 0.01
    assert looked <= SERVER_BURST + 5000 * 0.01 / SERVER_SECONDS_PER_TRY
    clock.now += 100_000
    for number in range(3 * NAMES_KEPT):
        slow.attempt(f"name {number}", wrong)
        clock.now += SERVER_SECONDS_PER_TRY
    assert len(slow) <= NAMES_KEPT


def test_a_login_is_compared_whole_and_slowed_down_too() -> None:
    access = Access(replace(PUBLIC, logins={"ann": SecretStr("correct horse")}))
    assert access.login("ann", "correct horse")
    assert not access.login("bob", "")
    assert not access.login("ann", "wrong")
    assert not access.login("ann", "correct horse"), "too early to be looked at"


# --- settings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "environment",
    [
        {"WERYAI_API_KEY": "sk-x", "GRADIO_SHARE": "true", "WERYAI_ANYONE_MAY_SPEND": "true"},
        {"WERYAI_ACCESS_CODE": "short"},
        {"WERYAI_LOGINS": "ann"},
        {"WERYAI_LOGINS": "ann:short"},
        {"WERYAI_LOGINS": ":long enough"},
        {"WERYAI_TASKS_PER_DAY": "0"},
        {"WERYAI_TASKS_PER_DAY": "-1"},
        {"WERYAI_TASKS_PER_DAY": "1.5"},
        {"WERYAI_TASKS_PER_VISITOR_HOUR": "many"},
        {"WERYAI_TASKS_AT_ONCE": "9" * 5000},
        {"WERYAI_LOG_LEVEL": "loud"},
        {"WERYAI_ALLOWED_USERS": "ann"},
        {"WERYAI_ALLOWED_USERS": "ann", "SPACE_ID": "a/b"},
        {"WERYAI_ACCESS_CODE": CODE, "WERYAI_ANYONE_MAY_SPEND": "true"},
    ],
)
def test_a_door_that_cannot_be_meant_stops_the_start_with_one_sentence(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_env(environment)
    assert str(raised.value).startswith("WERYAI_")
    assert "\n" not in str(raised.value)


def test_anyone_may_spend_in_public_with_a_budget() -> None:
    settings = Settings.from_env(
        {
            "WERYAI_API_KEY": "sk-x",
            "GRADIO_SHARE": "true",
            "WERYAI_ANYONE_MAY_SPEND": "true",
            "WERYAI_TASKS_PER_DAY": "20",
        }
    )
    assert (settings.anyone_may_spend, settings.tasks_per_day) == (True, 20)


def test_hugging_face_users_may_be_named_on_a_space_with_oauth() -> None:
    space = {"SPACE_ID": "a/b", "OAUTH_CLIENT_ID": "x", "OAUTH_CLIENT_SECRET": "y"}
    assert Settings.from_env({**space, "WERYAI_ALLOWED_USERS": "Ann, bob"}).allowed_users == {"ann", "bob"}


def test_no_secret_shows_in_the_settings() -> None:
    settings = Settings.from_env(
        {"WERYAI_API_KEY": "sk-canary-1", "WERYAI_ACCESS_CODE": "canary-2-long", "WERYAI_LOGINS": "ann:canary-3-long"}
    )
    assert "canary" not in repr(settings)
    assert len(settings.secrets) == 3


# --- who asks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1:7860", True),
        ("127.8.9.1", True),
        ("localhost:7860", True),
        ("[::1]:7860", True),
        ("0.0.0.0:7860", False),
        ("evil.example:7860", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("[::1].evil.example", False),
        ("192.168.1.4", False),
        ("", False),
    ],
)
def test_only_a_loopback_host_is_here(host: str, is_here: bool) -> None:
    assert is_loopback_host(host) is is_here


def test_an_event_without_a_request_is_nobody_here() -> None:
    assert caller_of(None).from_elsewhere is True


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X_Forwarded_For": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"Via": "1.1 proxy"},
        {"Host": "studio.example", "X_Forwarded_Proto": "https"},
    ],
)
def test_a_private_page_that_is_reached_by_another_name_or_a_proxy_does_not_spend(
    start_app: StartApp, owned: dict[str, Any], upstream: SandboxServer, headers: dict[str, str]
) -> None:
    """A name that resolves to this machine (DNS rebinding), and a proxy that the settings know nothing of."""
    app = start_app(**{**owned, "reachable_from_elsewhere": False})
    assert "closed" in generate(app, **headers)["refusal"]
    assert len(upstream.ledger) == 0
    assert generate(app)["task"]["outcome"] == "ACCEPTED"
    assert len(upstream.ledger) == 1


def test_with_a_code_a_program_gets_in_once_and_stays_in(
    start_app: StartApp, owned: dict[str, Any], upstream: SandboxServer
) -> None:
    app = start_app(**owned, access_code=SecretStr(CODE))
    refused = generate(app)
    assert "access code" in refused["refusal"]
    assert "was not taken" in generate(app, code="guess guess")["refusal"]
    assert len(upstream.ledger) == 0
    answer = generate(app, visitor=refused["visitor"], code=CODE)
    assert answer["task"]["outcome"] == "ACCEPTED"
    assert generate(app, visitor=answer["visitor"])["task"]["outcome"] == "ACCEPTED"
    assert "access code" in generate(app)["refusal"]
    assert len(upstream.ledger) == 2


def test_with_logins_nothing_answers_before_the_login_and_the_name_opens_the_key(
    start_app: StartApp, owned: dict[str, Any], upstream: SandboxServer
) -> None:
    app = start_app(**owned, logins={"ann": SecretStr("correct horse")})
    for path in ("/config", "/gradio_api/info", "/gradio_api/queue/data?session_hash=x"):
        assert ask(app.url, path).status == 401
    for path in ("/gradio_api/call/generate", "/gradio_api/queue/join", "/gradio_api/component_server"):
        assert post(app, path, {"data": []}).status == 401
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(app.url, "/login", "POST", b"username=bob&password=correct+horse", form).status == 400
    entered = ask(app.url, "/login", "POST", b"username=ann&password=correct+horse", form)
    assert entered.status == 200
    cookie = entered.headers["set-cookie"].partition(";")[0]
    assert generate(app, Cookie=cookie)["task"]["outcome"] == "ACCEPTED"
    assert len(upstream.ledger) == 1


def test_a_login_button_is_made_on_a_space_only(tmp_path: Path, start_app: StartApp, owned: dict[str, Any]) -> None:
    app = start_app(**owned)
    assert not any(isinstance(block, gr.LoginButton) for block in app.blocks.blocks.values())
