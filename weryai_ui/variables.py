"""What one variable of the environment says, or the sentence that it cannot be used by; see `weryai_ui/settings.py`."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Mapping
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from weryai_ui.client.key import check_key
from weryai_ui.errors import ApiKeyError, SettingsError
from weryai_ui.request.models import SHIPPED, Catalogue, CatalogueError, named, read_catalogue
from weryai_ui.request.price import Tariff, read_tariff
from weryai_ui.sandbox.profile import Profile

DEFAULT_BASE_URL = "https://api.weryai.com"
SECRET_CHARACTERS = 8
"""What an access code or a password has at least."""
LEAST_DIFFERENT_BYTES = 12
"""Of 32 random ones nearly all differ; who typed a word or copied zeros did not make a secret."""
MAKES_SECRET = 'python -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
MOST_TASKS = 1_000_000
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LOOPBACK = tuple(ipaddress.ip_network(each) for each in ("127.0.0.1", "::1"))
PROXIES_OF_SPACES = tuple(ipaddress.ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""A Space is reached through the proxies of its host, and through nothing else."""
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"", "0", "false", "no", "off"})


class SandboxMode(StrEnum):
    """Whether the embedded sandbox is offered: always, never, or (`auto`) always but not as the default
    once there is a key."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Role(StrEnum):
    """What a process does: serve the page, do the work behind it, or both; or be the sandbox of such processes."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"
    SANDBOX = "sandbox"


def key(text: str) -> SecretStr | None:
    if not text.strip():
        return None
    try:
        return SecretStr(check_key(text))
    except ApiKeyError as error:
        raise SettingsError(f"WERYAI_API_KEY cannot be used. {error}") from None


def secret(environment: Mapping[str, str], name: str) -> SecretStr | None:
    """A password of the owner's choice; a short one could be guessed however slowly."""
    text = environment.get(name, "").strip()
    if text and len(text) < SECRET_CHARACTERS:
        raise SettingsError(f"{name} has {len(text)} characters; it must have at least {SECRET_CHARACTERS}.")
    return SecretStr(text) if text else None


def logins(text: str) -> Mapping[str, SecretStr]:
    pairs = [entry.partition(":") for entry in text.split(",") if entry.strip()]
    logins = {name.strip(): SecretStr(password.strip()) for name, _, password in pairs}
    if not all(name and len(password.get_secret_value()) >= SECRET_CHARACTERS for name, password in logins.items()):
        raise SettingsError(
            f"WERYAI_LOGINS must read name:password,name:password with at least {SECRET_CHARACTERS} characters each "
            "password."
        )
    return logins


def users(text: str) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in text.split(",") if name.strip())


def budget(environment: Mapping[str, str], name: str) -> int | None:
    """A number of tasks; empty is no limit."""
    text = environment.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_TASKS):
        raise SettingsError(f"{name} is {text!r}; it must be a whole number from 1 to {MOST_TASKS}, or empty.")
    return int(text)


def tariff(text: str) -> Tariff:
    try:
        return read_tariff(text)
    except ValueError as error:
        raise SettingsError(
            f"WERYAI_TARIFF has {str(error)!r}; each entry must read words=credits for a second of video, such as "
            "SEEDANCE_2_0 720p sound=14, with commas between them."
        ) from None


def base_url(text: str) -> str:
    return url("WERYAI_BASE_URL", text) or DEFAULT_BASE_URL


def url(name: str, text: str) -> str:
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


def storage_url(text: str) -> str:
    """A bucket and what every name in it begins with. Keys come from the environment, not from here."""
    url = text.strip().rstrip("/")
    if url and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[\w.=-]+)*", url, re.ASCII):
        raise SettingsError("WERYAI_STORAGE_URL must read s3://bucket/prefix, or be empty for a folder of this app.")
    return url


def origins(name: str, text: str) -> tuple[str, ...]:
    origins = tuple(each.strip().rstrip("/") for each in text.split(",") if each.strip())
    if not all(re.fullmatch(r"https?://[\w.-]+(?::\d+)?", each, re.ASCII) for each in origins):
        raise SettingsError(f"{name} must read https://example.com,https://example.org, without paths.")
    return origins


def models(text: str) -> Catalogue:
    """The catalogue in a file, or that of the old form `KEY=Name,KEY=Name`."""
    if not text.strip():
        return SHIPPED
    if "=" not in text:
        try:
            return read_catalogue(Path(text.strip()))
        except CatalogueError as error:
            raise SettingsError(f"WERYAI_MODELS names a file that cannot be used: {error}.") from None
        except OSError as error:
            raise SettingsError(f"WERYAI_MODELS names a file that cannot be read: {error.strerror}.") from None
    pairs = [entry.partition("=") for entry in text.split(",") if entry.strip()]
    models = {key.strip(): name.strip() or key.strip() for key, _, name in pairs}
    try:
        return named(models)
    except ValueError:
        raise SettingsError(
            'WERYAI_MODELS must name a file, or read KEY=Name,KEY=Name, such as "SEEDANCE_2_0=Seedance 2.0".'
        ) from None


def role(text: str) -> Role:
    try:
        return Role(text.strip().lower() or Role.ALL)
    except ValueError:
        raise SettingsError(f"WERYAI_ROLE is {text.strip()!r}; it must be all, web, worker or sandbox.") from None


def sandbox(text: str, role: Role, shared_url: str) -> SandboxMode:
    """The embedded sandbox keeps its tasks in one process: processes that work together have one of all, or none."""
    try:
        mode = SandboxMode(text.strip().lower() or SandboxMode.AUTO)
    except ValueError:
        raise SettingsError(f"WERYAI_SANDBOX is {text.strip()!r}; it must be auto, on or off.") from None
    if role in (Role.WEB, Role.WORKER) and mode is SandboxMode.ON and not shared_url:
        raise SettingsError(
            f"WERYAI_SANDBOX cannot be on with WERYAI_ROLE={role} alone: start a process with WERYAI_ROLE=sandbox, and "
            "name it in WERYAI_SANDBOX_URL."
        )
    return mode if role is Role.ALL or shared_url else SandboxMode.OFF


def profile(text: str) -> Profile:
    try:
        return Profile(text.strip().lower() or Profile.MEASURED)
    except ValueError:
        raise SettingsError(f"WERYAI_SANDBOX_PROFILE is {text.strip()!r}; it must be documented or measured.") from None


def log_level(text: str) -> str:
    level = text.strip().upper() or "INFO"
    if level not in LOG_LEVELS:
        raise SettingsError(f"WERYAI_LOG_LEVEL is {text.strip()!r}; it must be debug, info, warning or error.")
    return level


def flag(environment: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    word = environment.get(name, "").strip().lower()
    if not word:
        return default
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise SettingsError(f"{name} is {word!r}; it must be true or false.")
    return word in TRUE_WORDS


def mcp(environment: Mapping[str, str]) -> bool:
    """Whether agents may come in as well; for that a package is needed that the page does without."""
    wanted = flag(environment, "WERYAI_MCP")
    if wanted and find_spec("mcp") is None:
        raise SettingsError(
            "WERYAI_MCP needs a package that is not there; install it with: pip install 'mcp>=1.21,<2'."
        )
    return wanted


def sealing_keys(text: str) -> tuple[SecretStr, ...]:
    """What visitors' own keys are sealed with: keys of Fernet, the first for new ones. That takes a package."""
    keys = tuple(each.strip() for each in text.split(",") if each.strip())
    if any(not _is_fernet_key(each) for each in keys):
        raise SettingsError(
            "WERYAI_SECRET must be 32 random bytes in URL-safe base64, or several with commas between them; make one "
            f"with: {MAKES_SECRET}"
        )
    if keys and find_spec("cryptography") is None:
        raise SettingsError(
            "WERYAI_SECRET needs a package that is not there; install it with: pip install 'cryptography>=44'."
        )
    return tuple(SecretStr(each) for each in keys)


def _is_fernet_key(text: str) -> bool:
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}=", text):
        return False
    return len(set(base64.urlsafe_b64decode(text))) >= LEAST_DIFFERENT_BYTES


def number(environment: Mapping[str, str], name: str, default: float, bounds: tuple[float, float]) -> float:
    text = environment.get(name, "").strip()
    lowest, highest = bounds
    try:
        number = float(text) if text else default
    except ValueError:
        number = float("nan")
    if not lowest <= number <= highest:
        raise SettingsError(f"{name} is {text!r}; it must be a number from {lowest:g} to {highest:g}.")
    return number


def port(text: str) -> int | None:
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit() and 1 <= int(text.strip()[:6]) <= 65535):
        raise SettingsError(f"GRADIO_SERVER_PORT is {text.strip()!r}; it must be a whole number from 1 to 65535.")
    return int(text)


def proxies(environment: Mapping[str, str]) -> tuple[Network, ...]:
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


def reachable_from_elsewhere(environment: Mapping[str, str]) -> bool:
    """Whether a stranger can open the page: a Space, a share link, a proxy, a host other than loopback."""
    host = environment.get("GRADIO_SERVER_NAME", "").strip() or "127.0.0.1"
    shared = flag(environment, "GRADIO_SHARE")
    # A path prefix is set for a reverse proxy, and whom that lets in cannot be seen from here.
    proxied = bool(environment.get("GRADIO_ROOT_PATH", "").strip())
    public = urlsplit(environment.get("WERYAI_PUBLIC_URL", "").strip()).hostname or "localhost"
    return shared or proxied or "SPACE_ID" in environment or not is_loopback(host) or not is_loopback(public)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
