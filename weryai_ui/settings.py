"""Settings from the environment, read once at the start. `.env.example` explains each.

A wrong value raises `SettingsError`, whose text is one sentence for the owner and never quotes the key.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import SecretStr

from weryai_ui.client.key import check_key
from weryai_ui.errors import ApiKeyError, SettingsError
from weryai_ui.request.fields import DEFAULT_MODELS

DEFAULT_BASE_URL = "https://api.weryai.com"
DEFAULT_POLL_SECONDS = 6.0
"""What the vendor's own client waits between two polls of a task (observed)."""
POLL_SECONDS_RANGE = (0.2, 300.0)
DEFAULT_POLLS_AT_ONCE = 8
DEFAULT_HISTORY_DAYS = 90
DATA_DIR = Path("data")
SECRET_CHARACTERS = 8
"""What an access code or a password has at least."""
MOST_TASKS = 1_000_000
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LOOPBACK = tuple(ipaddress.ip_network(each) for each in ("127.0.0.1", "::1"))
PROXIES_OF_SPACES = tuple(ipaddress.ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""A Space is reached through the proxies of its host, and through nothing else."""

SECRET_VARIABLES = ("WERYAI_API_KEY", "WERYAI_ACCESS_CODE", "WERYAI_LOGINS", "WERYAI_DATABASE_URL")

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"", "0", "false", "no", "off"})


class SandboxMode(StrEnum):
    """Whether the embedded sandbox is offered: always, never, or (`auto`) always but not as the default
    once there is a key."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


@dataclass(frozen=True)
class Settings:
    """Everything that the owner may set. The key's repr is hidden."""

    api_key: SecretStr | None = None
    base_url: str = DEFAULT_BASE_URL
    models: Mapping[str, str] = field(default_factory=lambda: DEFAULT_MODELS)
    sandbox: SandboxMode = SandboxMode.AUTO
    data_dir: Path = DATA_DIR
    database_url: str = ""
    poll_seconds: float = DEFAULT_POLL_SECONDS
    polls_at_once: int = DEFAULT_POLLS_AT_ONCE
    history_days: int = DEFAULT_HISTORY_DAYS
    access_code: SecretStr | None = None
    public_url: str = ""
    measure_links: bool = False
    anyone_may_spend: bool = False
    logins: Mapping[str, SecretStr] = field(default_factory=dict)
    allowed_users: frozenset[str] = frozenset()
    tasks_per_day: int | None = None
    tasks_per_visitor_hour: int | None = None
    tasks_at_once: int | None = None
    log_level: str = "INFO"
    log_prompts: bool = False
    mcp: bool = False
    share: bool = False
    on_space: bool = False
    reachable_from_elsewhere: bool = False
    trusted_proxies: tuple[Network, ...] = LOOPBACK
    sandbox_pace: float = 1.0
    port: int | None = None
    """The port to listen on; None takes the first free one from Gradio's own on."""

    @property
    def keeps_sqlite(self) -> bool:
        """Whether the database is a file, which one app at a time may follow the tasks of."""
        return self.database_url.startswith("sqlite")

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything of the owner's that must not be written anywhere."""
        kept = (self.api_key, self.access_code, *self.logins.values())
        return tuple(secret.get_secret_value() for secret in kept if secret is not None)

    def trusts(self, address: str) -> bool:
        """Whether an address is a proxy that may name the client it speaks for."""
        try:
            client = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(client in network for network in self.trusted_proxies)

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings of this process: the environment over `.env` in the working directory.

        Raises `SettingsError` with one sentence that names the variable.
        """
        if environment is None:
            environment = {**_dotenv(), **os.environ}
        data_dir = Path(environment.get("WERYAI_DATA_DIR", "").strip() or DATA_DIR)
        settings = cls(
            api_key=_key(environment.get("WERYAI_API_KEY", "")),
            base_url=_base_url(environment.get("WERYAI_BASE_URL", "")),
            models=_models(environment.get("WERYAI_MODELS", "")),
            sandbox=_sandbox(environment.get("WERYAI_SANDBOX", "")),
            data_dir=data_dir,
            database_url=environment.get("WERYAI_DATABASE_URL", "").strip()
            or f"sqlite:///{(data_dir / 'weryai.sqlite3').as_posix()}",
            poll_seconds=_number(environment, "WERYAI_POLL_SECONDS", DEFAULT_POLL_SECONDS, POLL_SECONDS_RANGE),
            polls_at_once=int(_number(environment, "WERYAI_POLLS_AT_ONCE", DEFAULT_POLLS_AT_ONCE, (1, 64))),
            history_days=int(_number(environment, "WERYAI_HISTORY_DAYS", DEFAULT_HISTORY_DAYS, (1, 36_500))),
            access_code=_secret(environment, "WERYAI_ACCESS_CODE"),
            measure_links=_flag(environment, "WERYAI_MEASURE_LINKS"),
            public_url=_url("WERYAI_PUBLIC_URL", environment.get("WERYAI_PUBLIC_URL", "")),
            anyone_may_spend=_flag(environment, "WERYAI_ANYONE_MAY_SPEND"),
            logins=_logins(environment.get("WERYAI_LOGINS", "")),
            allowed_users=_users(environment.get("WERYAI_ALLOWED_USERS", "")),
            tasks_per_day=_budget(environment, "WERYAI_TASKS_PER_DAY"),
            tasks_per_visitor_hour=_budget(environment, "WERYAI_TASKS_PER_VISITOR_HOUR"),
            tasks_at_once=_budget(environment, "WERYAI_TASKS_AT_ONCE"),
            log_level=_log_level(environment.get("WERYAI_LOG_LEVEL", "")),
            log_prompts=_flag(environment, "WERYAI_LOG_PROMPTS"),
            mcp=_mcp(environment),
            share=_flag(environment, "GRADIO_SHARE"),
            on_space="SPACE_ID" in environment,
            reachable_from_elsewhere=_reachable_from_elsewhere(environment),
            trusted_proxies=_proxies(environment),
            sandbox_pace=_number(environment, "WERYAI_SANDBOX_PACE", 1.0, (0.0, 10.0)),
            port=_port(environment.get("GRADIO_SERVER_PORT", "")),
        )
        _check_doors(settings, environment)
        return settings


def withdraw_secrets() -> None:
    """Takes what is secret out of this process's variables: each program that a library starts would be given them."""
    for name in SECRET_VARIABLES:
        os.environ.pop(name, None)


def _dotenv() -> dict[str, str]:
    return {name: value for name, value in dotenv_values(".env").items() if value is not None}


def _key(text: str) -> SecretStr | None:
    if not text.strip():
        return None
    try:
        return SecretStr(check_key(text))
    except ApiKeyError as error:
        raise SettingsError(f"WERYAI_API_KEY cannot be used. {error}") from None


def _secret(environment: Mapping[str, str], name: str) -> SecretStr | None:
    """A password of the owner's choice; a short one could be guessed however slowly."""
    text = environment.get(name, "").strip()
    if text and len(text) < SECRET_CHARACTERS:
        raise SettingsError(f"{name} has {len(text)} characters; it must have at least {SECRET_CHARACTERS}.")
    return SecretStr(text) if text else None


def _logins(text: str) -> Mapping[str, SecretStr]:
    pairs = [entry.partition(":") for entry in text.split(",") if entry.strip()]
    logins = {name.strip(): SecretStr(password.strip()) for name, _, password in pairs}
    if not all(name and len(password.get_secret_value()) >= SECRET_CHARACTERS for name, password in logins.items()):
        raise SettingsError(
            f"WERYAI_LOGINS must read name:password,name:password with at least {SECRET_CHARACTERS} characters each "
            "password."
        )
    return logins


def _users(text: str) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in text.split(",") if name.strip())


def _budget(environment: Mapping[str, str], name: str) -> int | None:
    """A number of tasks; empty is no limit."""
    text = environment.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_TASKS):
        raise SettingsError(f"{name} is {text!r}; it must be a whole number from 1 to {MOST_TASKS}, or empty.")
    return int(text)


def _check_doors(settings: Settings, environment: Mapping[str, str]) -> None:
    """Refuses what would open the owner's key further than its owner can mean."""
    exposed = settings.api_key is not None and settings.reachable_from_elsewhere
    if exposed and settings.anyone_may_spend and settings.tasks_per_day is None:
        raise SettingsError(
            "WERYAI_ANYONE_MAY_SPEND on a page that strangers can open needs a budget: set WERYAI_TASKS_PER_DAY."
        )
    if settings.anyone_may_spend and (settings.access_code or settings.logins or settings.allowed_users):
        raise SettingsError("WERYAI_ANYONE_MAY_SPEND contradicts an access code, logins or allowed users: choose one.")
    oauth = all(environment.get(name, "").strip() for name in ("OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET"))
    if settings.allowed_users and not (settings.on_space and oauth):
        raise SettingsError(
            "WERYAI_ALLOWED_USERS works on a Hugging Face Space with hf_oauth: true in its README only; "
            "elsewhere use WERYAI_LOGINS or WERYAI_ACCESS_CODE."
        )


def _base_url(text: str) -> str:
    return _url("WERYAI_BASE_URL", text) or DEFAULT_BASE_URL


def _url(name: str, text: str) -> str:
    url = text.strip().rstrip("/")
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        complete = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        complete = False
    if not complete or parts.query or parts.fragment or parts.username or parts.password:
        raise SettingsError(f"{name} must be a link such as https://api.weryai.com, without a query.")
    return url


def _models(text: str) -> Mapping[str, str]:
    pairs = [entry.partition("=") for entry in text.split(",") if entry.strip()]
    models = {key.strip(): name.strip() or key.strip() for key, _, name in pairs}
    if "" in models:
        raise SettingsError('WERYAI_MODELS must read KEY=Name,KEY=Name, such as "SEEDANCE_2_0=Seedance 2.0".')
    return models or DEFAULT_MODELS


def _sandbox(text: str) -> SandboxMode:
    try:
        return SandboxMode(text.strip().lower() or SandboxMode.AUTO)
    except ValueError:
        raise SettingsError(f"WERYAI_SANDBOX is {text.strip()!r}; it must be auto, on or off.") from None


def _log_level(text: str) -> str:
    level = text.strip().upper() or "INFO"
    if level not in LOG_LEVELS:
        raise SettingsError(f"WERYAI_LOG_LEVEL is {text.strip()!r}; it must be debug, info, warning or error.")
    return level


def _flag(environment: Mapping[str, str], name: str) -> bool:
    word = environment.get(name, "").strip().lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise SettingsError(f"{name} is {word!r}; it must be true or false.")
    return word in TRUE_WORDS


def _mcp(environment: Mapping[str, str]) -> bool:
    """Whether agents may come in as well; for that a package is needed that the page does without."""
    wanted = _flag(environment, "WERYAI_MCP")
    if wanted and find_spec("mcp") is None:
        raise SettingsError("WERYAI_MCP needs a package that is not there; install it with: pip install 'gradio[mcp]'.")
    return wanted


def _number(environment: Mapping[str, str], name: str, default: float, bounds: tuple[float, float]) -> float:
    text = environment.get(name, "").strip()
    lowest, highest = bounds
    try:
        number = float(text) if text else default
    except ValueError:
        number = float("nan")
    if not lowest <= number <= highest:
        raise SettingsError(f"{name} is {text!r}; it must be a number from {lowest:g} to {highest:g}.")
    return number


def _port(text: str) -> int | None:
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit() and 1 <= int(text.strip()[:6]) <= 65535):
        raise SettingsError(f"GRADIO_SERVER_PORT is {text.strip()!r}; it must be a whole number from 1 to 65535.")
    return int(text)


def _proxies(environment: Mapping[str, str]) -> tuple[Network, ...]:
    """Whose `X-Forwarded-For` is believed."""
    text = environment.get("WERYAI_TRUSTED_PROXIES", "").strip()
    if not text:
        return LOOPBACK + (PROXIES_OF_SPACES if "SPACE_ID" in environment else ())
    try:
        return LOOPBACK + tuple(ipaddress.ip_network(each.strip()) for each in text.split(",") if each.strip())
    except ValueError:
        raise SettingsError(
            f"WERYAI_TRUSTED_PROXIES is {text!r}; it must be addresses or networks, such as 10.0.0.0/8, with commas "
            "between them."
        ) from None


def _reachable_from_elsewhere(environment: Mapping[str, str]) -> bool:
    """Whether a stranger can open the page: a Space, a share link, a proxy, a host other than loopback."""
    host = environment.get("GRADIO_SERVER_NAME", "").strip() or "127.0.0.1"
    shared = _flag(environment, "GRADIO_SHARE")
    # A path prefix is set for a reverse proxy, and whom that lets in cannot be seen from here.
    proxied = bool(environment.get("GRADIO_ROOT_PATH", "").strip())
    public = urlsplit(environment.get("WERYAI_PUBLIC_URL", "").strip()).hostname or "localhost"
    return shared or proxied or "SPACE_ID" in environment or not _is_loopback(host) or not _is_loopback(public)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
