"""What is shipped for containers names only what is there: settings, files, hosts, and the same figures as the app."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # Gradio brings it, without types

from tests.process import ROOT
from weryai_ui.settings import DEFAULT_ARRIVAL_MB, Settings
from weryai_ui.variables import Role

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
NGINX = (ROOT / "docs" / "deploy" / "nginx.conf").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
APPS = {name: each for name, each in COMPOSE["services"].items() if each.get("build")}
ROLES = {"worker": Role.WORKER, "sandbox": Role.SANDBOX}
GIVEN = {
    "WERYAI_API_KEY": "sk-owner-0123456789",
    "WERYAI_ACCESS_CODE": "opensesame",
    "WERYAI_SECRET": base64.urlsafe_b64encode(bytes(range(32))).decode(),
    "SANDBOX_SECRET": "shared12",
    "POSTGRES_PASSWORD": "secret12",
}
IMAGE = dict(re.findall(r"(GRADIO_\w+)=(\S+)", DOCKERFILE))


def settings_of(name: str) -> dict[str, str]:
    """A container's variables, with what its owner gives put in."""
    said = APPS[name]["environment"]
    return {**IMAGE, **{key: re.sub(r"\$\{(\w+)[^}]*\}", lambda m: GIVEN.get(m[1], "x"), said[key]) for key in said}}


@pytest.mark.parametrize("name", APPS)
def test_a_container_starts_with_settings_that_exist(name: str) -> None:
    known = (ROOT / ".env.example").read_text()
    environment = settings_of(name)
    assert [each for each in environment if not re.search(rf"\b{each}\b", known)] == []
    settings = Settings.from_env(environment)
    assert settings.role is ROLES.get(name, Role.WEB)
    if name == "sandbox":
        assert settings.secrets == ("shared12",), "it is given no key and no code"
        return
    assert settings.storage_url and not settings.keeps_sqlite and settings.access_code is not None
    assert settings.sealing_keys, "any page goes on with a visitor's own key"


def test_every_volume_is_declared_and_every_file_is_there() -> None:
    for each in COMPOSE["services"].values():
        for source in (volume.split(":")[0] for volume in each.get("volumes", ())):
            assert (ROOT / source).is_file() if source.startswith("./") else source in COMPOSE["volumes"]


def test_a_container_is_given_longer_to_end_than_the_app_takes() -> None:
    assert {each["stop_grace_period"] for each in APPS.values()} == {"70s"}


def test_a_container_may_write_its_data_and_nothing_else() -> None:
    assert {(each["read_only"], *each["tmpfs"]) for each in APPS.values()} == {(True, "/tmp")}
    assert all(volume.endswith(":/app/data") for each in APPS.values() for volume in each["volumes"])


def test_every_page_and_worker_names_the_one_sandbox() -> None:
    port = re.search(r"EXPOSE (\d+)", DOCKERFILE)
    assert port is not None
    others = [Settings.from_env(settings_of(name)) for name in APPS if name != "sandbox"]
    (of_it,) = Settings.from_env(settings_of("sandbox")).secrets
    assert {each.sandbox_url for each in others} == {f"http://sandbox:{port[1]}"}
    assert {each.sandbox_secret.get_secret_value() for each in others if each.sandbox_secret} == {of_it}
    assert "ports" not in APPS["sandbox"]


def test_the_proxy_serves_every_page_and_no_worker_and_lets_the_largest_file_in() -> None:
    port = re.search(r"EXPOSE (\d+)", DOCKERFILE)
    assert port is not None
    pages = {f"{name}:{port[1]}" for name in APPS if name not in ROLES}
    upstreams = re.findall(r"upstream (\w+) \{(.*?)\}", NGINX, re.DOTALL)
    assert [name for name, _ in upstreams] == ["pages", "one_of_them"]
    assert all(set(re.findall(r"server ([\w-]+:\d+)", each)) == pages for _, each in upstreams)
    assert f"client_max_body_size {DEFAULT_ARRIVAL_MB + 1}m;" in NGINX
    assert "non_idempotent" not in NGINX
    assert NGINX.count("{") == NGINX.count("}")


@pytest.mark.parametrize(
    ("path", "stays"),
    [
        ("/", False),
        ("/board", False),
        ("/check", False),
        ("/uploads", False),
        ("/kept/0123", False),
        ("/gradio_api/info", False),
        ("/gradio_api/heartbeat/abc", False),
        ("/gradio_api/mcp", False),
        ("/gradio_api/queue/join", True),
        ("/gradio_api/queue/data", True),
        ("/gradio_api/call/generate", True),
        ("/gradio_api/call/v2/generate", True),
        ("/gradio_api/call/generate/0123", True),
        ("/gradio_api/run/predict", True),
        ("/gradio_api/component_server", True),
        ("/gradio_api/component_server/", True),
        ("/gradio_api/cancel", True),
    ],
)
def test_a_client_stays_with_one_page_for_what_one_process_alone_knows(path: str, stays: bool) -> None:
    patterns = re.findall(r"~(\S+) one_of_them;", NGINX)
    assert any(re.search(each, path) for each in patterns) is stays


def test_the_image_can_open_the_database_that_is_named_and_seal_keys() -> None:
    assert "psycopg" in DOCKERFILE and "cryptography" in DOCKERFILE
    assert re.search(r"^USER \d+$", DOCKERFILE, re.MULTILINE)
