"""The real service against the real sandbox on loopback, without a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.durability.waiting import until as until
from tests.visitors import VISITOR
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Service
from weryai_ui.service.preparing import Submission
from weryai_ui.settings import Settings
from weryai_ui.store.records import SendTo
from weryai_ui.store.submissions import Store

FORM: dict[str, Any] = {
    "model": "SEEDANCE_2_0",
    "prompt": "A paper boat",
    "duration": 5,
    "aspect_ratio": "1:1",
    "resolution": "480p",
}


def new_submission(visitor: str = VISITOR, **more: Any) -> Submission:
    """A submission in the sandbox; `more` replaces what it is made of."""
    return replace(Submission(values=FORM, send_to=SendTo.SANDBOX, visitor=visitor), **more)


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
