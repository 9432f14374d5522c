"""The real service against the real sandbox on loopback, without a page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from weryai_ui.access import SendTo
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Press, Service
from weryai_ui.settings import Settings
from weryai_ui.store.store import Store

T = TypeVar("T")
FORM: dict[str, Any] = {
    "model": "SEEDANCE_2_0",
    "prompt": "A paper boat",
    "duration": 5,
    "aspect_ratio": "1:1",
    "resolution": "480p",
}


def until(look: Callable[[], T | None], seconds: float = 30.0) -> T:
    """What `look` gives as soon as it gives something; fails after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
    pytest.fail(f"nothing within {seconds} s")


def pressed(visitor: str = "visitor", **more: Any) -> Press:
    """A press of *Generate* in the sandbox; `more` replaces what it is made of."""
    return replace(Press(values=FORM, send_to=SendTo.SANDBOX, visitor=visitor), **more)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(pace=0) as server:
        yield server


@pytest.fixture
def service(settings: Settings, sandbox: SandboxServer) -> Iterator[Service]:
    service = Service(settings, Store(settings.database_url))
    service.start(sandbox.url)
    sandbox.ledger.clear()
    yield service
    service.stop()
