"""Settings from the environment, read once at the start. `.env.example` explains each.

A wrong value raises `SettingsError`, whose text is one sentence for the owner and never quotes the key.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values
from pydantic import SecretStr

from weryai_ui import variables as read
from weryai_ui.errors import SettingsError
from weryai_ui.request.models import SHIPPED, Catalogue
from weryai_ui.request.price import NO_TARIFF, Tariff
from weryai_ui.sandbox.profile import Profile
from weryai_ui.variables import DEFAULT_BASE_URL, LOOPBACK, Network, Role, SandboxMode

DEFAULT_POLL_SECONDS = 6.0
"""What the vendor's own client waits between two polls of a task (observed)."""
DEFAULT_SUBMITS_APART_S = 2.5
"""Closer submits of one account were seen refused for coming too fast."""
POLL_SECONDS_RANGE = (0.2, 300.0)
DEFAULT_CONNECTIONS = 32
DEFAULT_POLLS_AT_ONCE = 64
DEFAULT_HISTORY_DAYS = 90
DEFAULT_STORAGE_GB = 5.0
DEFAULT_ARRIVAL_MB = 500
DATA_DIR = Path("data")
SECRET_VARIABLES = (
    *("WERYAI_API_KEY", "WERYAI_ACCESS_CODE", "WERYAI_OWNER_CODE"),
    *("WERYAI_LOGINS", "WERYAI_DATABASE_URL", "WERYAI_SECRET", "WERYAI_SANDBOX_SECRET"),
)


@dataclass(frozen=True)
class Settings:
    """Everything that the owner may set. The key's repr is hidden."""

    role: Role = Role.ALL
    api_key: SecretStr | None = None
    base_url: str = DEFAULT_BASE_URL
    models: Catalogue = SHIPPED
    sandbox: SandboxMode = SandboxMode.AUTO
    data_dir: Path = DATA_DIR
    database_url: str = ""
    poll_seconds: float = DEFAULT_POLL_SECONDS
    database_connections: int = DEFAULT_CONNECTIONS
    polls_at_once: int = DEFAULT_POLLS_AT_ONCE
    submits_apart_s: float = DEFAULT_SUBMITS_APART_S
    """Between two submits of one account; the sandbox's leave at once."""
    history_days: int = DEFAULT_HISTORY_DAYS
    access_code: SecretStr | None = None
    public_url: str = ""
    measure_links: bool = False
    arrival_mb: int = DEFAULT_ARRIVAL_MB
    """How large a file may come that will be made to fit, in millions of bytes."""
    anyone_may_spend: bool = False
    logins: Mapping[str, SecretStr] = field(default_factory=dict)
    allowed_users: frozenset[str] = frozenset()
    owner_code: SecretStr | None = None
    sealing_keys: tuple[SecretStr, ...] = ()
    """With these visitors' own keys are kept in the database, for every process; without any in this one's memory."""
    owners: frozenset[str] = frozenset()
    tasks_per_day: int | None = None
    tasks_per_visitor_hour: int | None = None
    tasks_at_once: int | None = None
    credits_per_day: int | None = None
    credits_per_visitor_day: int | None = None
    tariff: Tariff = NO_TARIFF
    """The owner's prices, for what has not been sent yet."""
    log_level: str = "INFO"
    log_prompts: bool = False
    mcp: bool = False
    share: bool = False
    on_space: bool = False
    reachable_from_elsewhere: bool = False
    trusted_proxies: tuple[Network, ...] = LOOPBACK
    sandbox_pace: float = 1.0
    sandbox_profile: Profile = Profile.MEASURED
    sandbox_url: str = ""
    """The sandbox of several processes; empty is one inside this process."""
    sandbox_secret: SecretStr | None = None
    """What that one knows visitors' accounts by; the same in all these processes."""
    storage_url: str = ""
    """Where results and given files are kept: `s3://bucket/prefix`; empty is a folder in the data directory."""
    storage_gb: float = DEFAULT_STORAGE_GB
    sharing: bool = True
    embed_hosts: tuple[str, ...] = ()
    """The origins of sites that may show a shared page in a frame."""
    port: int | None = None
    """The port to listen on; None takes the first free one from Gradio's own on."""

    @property
    def keeps_sqlite(self) -> bool:
        """Whether the database is a file, which one app at a time may follow the tasks of."""
        return self.database_url.startswith("sqlite")

    @property
    def has_database_alone(self) -> bool:
        """Whether no other process opens the database: the lock on the data folder keeps its own file to one app."""
        own = self.role is Role.ALL and self.database_url == _database_in(self.data_dir)
        return own and sys.platform != "win32"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything of the owner's that must not be written anywhere."""
        codes = (self.api_key, self.access_code, self.owner_code, self.sandbox_secret)
        kept = (*codes, *self.logins.values(), *self.sealing_keys)
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
        role = read.role(environment.get("WERYAI_ROLE", ""))
        sandbox_url = read.url("WERYAI_SANDBOX_URL", environment.get("WERYAI_SANDBOX_URL", ""))
        settings = cls(  # a line for each, which is what makes this long
            role=role,
            api_key=read.key(environment.get("WERYAI_API_KEY", "")),
            base_url=read.base_url(environment.get("WERYAI_BASE_URL", "")),
            models=read.models(environment.get("WERYAI_MODELS", "")),
            sandbox=read.sandbox(environment.get("WERYAI_SANDBOX", ""), role, sandbox_url),
            data_dir=data_dir,
            database_url=environment.get("WERYAI_DATABASE_URL", "").strip() or _database_in(data_dir),
            poll_seconds=read.number(environment, "WERYAI_POLL_SECONDS", DEFAULT_POLL_SECONDS, POLL_SECONDS_RANGE),
            database_connections=int(
                read.number(environment, "WERYAI_DATABASE_CONNECTIONS", DEFAULT_CONNECTIONS, (4, 1000))
            ),
            polls_at_once=int(read.number(environment, "WERYAI_POLLS_AT_ONCE", DEFAULT_POLLS_AT_ONCE, (1, 256))),
            submits_apart_s=read.number(environment, "WERYAI_SUBMITS_APART_SECONDS", DEFAULT_SUBMITS_APART_S, (0, 60)),
            history_days=int(read.number(environment, "WERYAI_HISTORY_DAYS", DEFAULT_HISTORY_DAYS, (1, 36_500))),
            access_code=read.secret(environment, "WERYAI_ACCESS_CODE"),
            measure_links=read.flag(environment, "WERYAI_MEASURE_LINKS"),
            arrival_mb=int(read.number(environment, "WERYAI_ARRIVAL_MB", DEFAULT_ARRIVAL_MB, (50, 5000))),
            public_url=read.url("WERYAI_PUBLIC_URL", environment.get("WERYAI_PUBLIC_URL", "")),
            anyone_may_spend=read.flag(environment, "WERYAI_ANYONE_MAY_SPEND"),
            logins=read.logins(environment.get("WERYAI_LOGINS", "")),
            allowed_users=read.users(environment.get("WERYAI_ALLOWED_USERS", "")),
            owner_code=read.secret(environment, "WERYAI_OWNER_CODE"),
            sealing_keys=read.sealing_keys(environment.get("WERYAI_SECRET", "")),
            owners=read.users(environment.get("WERYAI_OWNERS", "")),
            tasks_per_day=read.budget(environment, "WERYAI_TASKS_PER_DAY"),
            tasks_per_visitor_hour=read.budget(environment, "WERYAI_TASKS_PER_VISITOR_HOUR"),
            tasks_at_once=read.budget(environment, "WERYAI_TASKS_AT_ONCE"),
            credits_per_day=read.budget(environment, "WERYAI_CREDITS_PER_DAY"),
            credits_per_visitor_day=read.budget(environment, "WERYAI_CREDITS_PER_VISITOR_DAY"),
            tariff=read.tariff(environment.get("WERYAI_TARIFF", "")),
            log_level=read.log_level(environment.get("WERYAI_LOG_LEVEL", "")),
            log_prompts=read.flag(environment, "WERYAI_LOG_PROMPTS"),
            mcp=read.mcp(environment),
            share=read.flag(environment, "GRADIO_SHARE"),
            on_space="SPACE_ID" in environment,
            reachable_from_elsewhere=read.reachable_from_elsewhere(environment),
            trusted_proxies=read.proxies(environment),
            sandbox_pace=read.number(environment, "WERYAI_SANDBOX_PACE", 1.0, (0.0, 10.0)),
            sandbox_profile=read.profile(environment.get("WERYAI_SANDBOX_PROFILE", "")),
            sandbox_url=sandbox_url,
            sandbox_secret=read.secret(environment, "WERYAI_SANDBOX_SECRET"),
            storage_url=read.storage_url(environment.get("WERYAI_STORAGE_URL", "")),
            storage_gb=read.number(environment, "WERYAI_STORAGE_GB", DEFAULT_STORAGE_GB, (0.1, 100_000)),
            sharing=read.flag(environment, "WERYAI_SHARING", default=True),
            embed_hosts=read.origins("WERYAI_EMBED_HOSTS", environment.get("WERYAI_EMBED_HOSTS", "")),
            port=read.port(environment.get("GRADIO_SERVER_PORT", "")),
        )
        _check_doors(settings, environment)
        return settings


def withdraw_secrets() -> None:
    """Takes what is secret out of this process's variables: each program that a library starts would be given them."""
    for name in SECRET_VARIABLES:
        os.environ.pop(name, None)


def _database_in(data_dir: Path) -> str:
    return f"sqlite:///{(data_dir / 'weryai.sqlite3').as_posix()}"


def _dotenv() -> dict[str, str]:
    return {name: value for name, value in dotenv_values(".env").items() if value is not None}


def _check_doors(settings: Settings, environment: Mapping[str, str]) -> None:
    """Refuses what would open the owner's key further than its owner can mean, and a worker that has none."""
    if settings.role is Role.WORKER and not (settings.api_key or settings.sealing_keys or settings.sandbox_url):
        raise SettingsError(
            "WERYAI_ROLE=worker needs WERYAI_API_KEY, WERYAI_SECRET or WERYAI_SANDBOX_URL: without one of them there "
            "are no tasks to follow."
        )
    if (settings.sandbox_url or settings.role is Role.SANDBOX) and settings.sandbox_secret is None:
        raise SettingsError(
            "A sandbox of several processes needs WERYAI_SANDBOX_SECRET, the same in each: by it the sandbox knows one "
            "visitor from another."
        )
    exposed = settings.api_key is not None and settings.reachable_from_elsewhere
    if exposed and settings.anyone_may_spend and settings.tasks_per_day is None:
        raise SettingsError(
            "WERYAI_ANYONE_MAY_SPEND on a page that strangers can open needs a budget: set WERYAI_TASKS_PER_DAY."
        )
    if settings.anyone_may_spend and (settings.access_code or settings.logins or settings.allowed_users):
        raise SettingsError("WERYAI_ANYONE_MAY_SPEND contradicts an access code, logins or allowed users: choose one.")
    oauth = all(environment.get(name, "").strip() for name in ("OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET"))
    if settings.owners and not (settings.on_space and oauth):
        raise SettingsError(
            "WERYAI_OWNERS works on a Hugging Face Space with hf_oauth: true in its README only; elsewhere use "
            "WERYAI_OWNER_CODE."
        )
    if settings.allowed_users and not (settings.on_space and oauth):
        raise SettingsError(
            "WERYAI_ALLOWED_USERS works on a Hugging Face Space with hf_oauth: true in its README only; "
            "elsewhere use WERYAI_LOGINS or WERYAI_ACCESS_CODE."
        )
