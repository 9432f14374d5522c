"""The owner's settings: good ones are read, a wrong one stops the start with one sentence."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process import ROOT
from weryai_ui.errors import SettingsError
from weryai_ui.settings import Settings
from weryai_ui.variables import DEFAULT_BASE_URL, Role, SandboxMode

SECRET = base64.urlsafe_b64encode(bytes(range(32))).decode()


def test_without_any_setting_the_sandbox_is_on_and_the_service_is_weryai() -> None:
    settings = Settings.from_env({})
    assert settings.api_key is None
    assert settings.base_url == DEFAULT_BASE_URL
    assert settings.sandbox is SandboxMode.AUTO
    assert settings.reachable_from_elsewhere is False
    assert settings.database_url == "sqlite:///data/weryai.sqlite3"


def test_processes_that_share_the_work_offer_no_sandbox_of_their_own() -> None:
    assert Settings.from_env({"WERYAI_ROLE": "web"}).sandbox is SandboxMode.OFF
    shared = {"WERYAI_SANDBOX_URL": "http://sandbox:7860/", "WERYAI_SANDBOX_SECRET": "opensesame"}
    for role in ("web", "worker", "all"):
        found = Settings.from_env({"WERYAI_ROLE": role, **shared})
        assert (found.sandbox, found.sandbox_url) == (SandboxMode.AUTO, "http://sandbox:7860")
    for wrong in ({"WERYAI_SANDBOX_URL": "http://sandbox:7860"}, {"WERYAI_ROLE": "sandbox"}):
        with pytest.raises(SettingsError, match="needs WERYAI_SANDBOX_SECRET"):
            Settings.from_env(wrong)
    with pytest.raises(SettingsError, match="WERYAI_SANDBOX cannot be on with WERYAI_ROLE=web"):
        Settings.from_env({"WERYAI_ROLE": "web", "WERYAI_SANDBOX": "on"})


def test_a_secret_is_read_and_hidden_and_lets_a_worker_do_without_a_key_of_the_owners() -> None:
    other = SECRET.replace("A", "B")
    settings = Settings.from_env({"WERYAI_SECRET": f" {SECRET} , {other}", "WERYAI_ROLE": "worker"})
    assert settings.role is Role.WORKER
    assert [each.get_secret_value() for each in settings.sealing_keys] == [SECRET, other]
    assert SECRET not in repr(settings) and {SECRET, other} <= set(settings.secrets)


def test_a_secret_without_its_package_is_refused_with_the_way_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weryai_ui.variables.find_spec", lambda _: None)
    assert Settings.from_env({}).sealing_keys == ()
    with pytest.raises(SettingsError, match=r"WERYAI_SECRET needs .* pip install 'cryptography"):
        Settings.from_env({"WERYAI_SECRET": SECRET})


def test_the_way_to_make_a_secret_makes_one() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_env({"WERYAI_SECRET": "a password"})
    code = str(raised.value).partition('-c "')[2].rpartition('"')[0]
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert Settings.from_env({"WERYAI_SECRET": made}).sealing_keys


def test_the_key_is_read_trimmed_and_hidden() -> None:
    settings = Settings.from_env({"WERYAI_API_KEY": " sk-canary-1234 \n"})
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == "sk-canary-1234"
    assert "canary" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WERYAI_API_KEY", "sk-canary\nX-Evil: 1"),
        ("WERYAI_API_KEY", "sk-canary with space"),
        ("WERYAI_API_KEY", "sk-"),
        ("WERYAI_BASE_URL", "api.weryai.com"),
        ("WERYAI_BASE_URL", "ftp://api.weryai.com"),
        ("WERYAI_BASE_URL", "https://api.weryai.com?x=1"),
        ("WERYAI_BASE_URL", "https://api.weryai.com:0"),
        ("WERYAI_BASE_URL", "https://[broken"),
        ("WERYAI_MODELS", "=Nameless"),
        ("WERYAI_SANDBOX", "maybe"),
        ("WERYAI_POLL_SECONDS", "soon"),
        ("WERYAI_POLL_SECONDS", "0"),
        ("WERYAI_POLL_SECONDS", "nan"),
        ("WERYAI_POLLS_AT_ONCE", "0"),
        ("WERYAI_HISTORY_DAYS", "0"),
        ("WERYAI_ANYONE_MAY_SPEND", "perhaps"),
        ("WERYAI_SANDBOX_PACE", "-1"),
        ("WERYAI_SANDBOX_URL", "sandbox:7860"),
        ("WERYAI_SANDBOX_SECRET", "short"),
        ("WERYAI_ROLE", "none"),
        ("WERYAI_ROLE", "worker"),
        ("WERYAI_SECRET", "canary"),
        ("WERYAI_SECRET", f"{SECRET},canary"),
        ("WERYAI_SECRET", "A" * 43 + "="),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_the_setting_and_never_the_key(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_env({name: value})
    says = str(raised.value)
    assert says.startswith((name, "The API key"))
    assert "\n" not in says
    assert "canary" not in says


@pytest.mark.parametrize(
    ("environment", "reachable"),
    [
        ({}, False),
        ({"GRADIO_SERVER_NAME": "127.0.0.1"}, False),
        ({"GRADIO_SERVER_NAME": "localhost"}, False),
        ({"GRADIO_SERVER_NAME": "::1"}, False),
        ({"GRADIO_SERVER_NAME": "0.0.0.0"}, True),
        ({"GRADIO_SERVER_NAME": "192.168.1.4"}, True),
        ({"GRADIO_SHARE": "True"}, True),
        ({"GRADIO_ROOT_PATH": "/studio"}, True),
        ({"SPACE_ID": "someone/space"}, True),
        ({"WERYAI_PUBLIC_URL": "https://studio.example.com"}, True),
        ({"WERYAI_PUBLIC_URL": "http://127.0.0.1:7860"}, False),
    ],
)
def test_whether_strangers_can_reach_the_page_is_known(environment: dict[str, str], reachable: bool) -> None:
    assert Settings.from_env(environment).reachable_from_elsewhere is reachable


def test_models_are_settable_without_a_code_change() -> None:
    settings = Settings.from_env({"WERYAI_MODELS": "WERYDANCE_2_0=Werydance 2.0, SEEDANCE_2_0"})
    assert {model.key: model.name for model in settings.models.offered} == {
        "WERYDANCE_2_0": "Werydance 2.0",
        "SEEDANCE_2_0": "SEEDANCE_2_0",
    }
    assert settings.models.default.seconds == (4, 15)


@pytest.mark.parametrize(
    ("name", "value"), [("WERYAI_SANDBOX", "maybe"), ("WERYAI_DATABASE_URL", "nonsense"), ("WERYAI_API_KEY", "a b")]
)
def test_the_start_stops_with_one_sentence_and_no_traceback(tmp_path: Path, name: str, value: str) -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), name: value},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert name in run.stderr or "API key" in run.stderr


@pytest.mark.parametrize(
    ("environment", "trusted", "not_trusted"),
    [
        ({}, ["127.0.0.1", "::1"], ["10.0.0.1", "203.0.113.9", "", "a name"]),
        ({"SPACE_ID": "ann/studio"}, ["127.0.0.1", "10.16.3.80", "172.17.0.1"], ["203.0.113.9"]),
        ({"WERYAI_TRUSTED_PROXIES": "10.1.0.0/16, 203.0.113.9"}, ["10.1.2.3", "203.0.113.9", "::1"], ["10.2.0.1"]),
        ({"WERYAI_TRUSTED_PROXIES": "10.1.0.0/16", "SPACE_ID": "ann/studio"}, ["10.1.2.3"], ["172.17.0.1"]),
    ],
)
def test_proxies_are_believed_on_this_machine_and_where_the_owner_says_so(
    environment: dict[str, str], trusted: list[str], not_trusted: list[str]
) -> None:
    settings = Settings.from_env(environment)
    assert [each for each in (*trusted, *not_trusted) if settings.trusts(each)] == trusted


@pytest.mark.parametrize("text", ["a name", "10.0.0.0/99", "10.0.0.1/8", "*"])
def test_a_proxy_that_is_no_address_stops_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match="WERYAI_TRUSTED_PROXIES"):
        Settings.from_env({"WERYAI_TRUSTED_PROXIES": text})
