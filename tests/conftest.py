"""What every kind of test may use: settings, a running app, a browser page that tolerates no surprise.

An `app` is the whole thing on a port of its own: page, sandbox, follower. `page` fails its test at the end when
the browser's console had a warning or an error, or when a request left the app; a test that provokes one says so
with `troubles.clear()`.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gradio as gr
import hypothesis
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, Route, expect, sync_playwright

from tests.__main__ import FAILED_GATES
from tests.machine import CHOSEN, find_browser
from tests.postgres import database_in, drop_databases
from tests.ready_made import each_shape_drawn_once
from weryai_ui.sandbox.profile import Profile
from weryai_ui.service import Service
from weryai_ui.settings import Settings
from weryai_ui.store.submissions import Store
from weryai_ui.ui.http.server import launch

hypothesis.settings.register_profile(
    # How fast this machine is says nothing about the code; a hang is ended by the runner.
    "any machine",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("any machine")

BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
PAGE_SECONDS = 15
"""How long an expectation in the browser waits before it fails; a busy machine needs a few."""
PORT_ATTEMPTS = 5
ELSEWHERE = re.compile(r"https://([a-z]+\.)?example(\.com)?/")
"""Names that nobody owns: a test that types such a link means some host elsewhere, and the page may ask it."""
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Repeats the gates that failed before the tests, so that a green closing line misleads nobody."""
    if failed := os.environ.get(FAILED_GATES):
        terminalreporter.section("gates that failed", red=True, bold=True)
        terminalreporter.line(failed)


def pytest_unconfigure(config: pytest.Config) -> None:
    """What was made on a database server goes, once all workers have ended."""
    if not hasattr(config, "workerinput"):
        drop_databases()


@pytest.fixture(autouse=True, scope="session")
def own_environment() -> Iterator[None]:
    """The developer's own settings and proxies stay out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("WERYAI_", "GRADIO_", "SPACE_")) and name != CHOSEN:
                patch.delenv(name)
        patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        yield


# --- the app ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class App:
    """A running app: its address without a slash at the end, and what it is made of."""

    url: str
    service: Service
    blocks: gr.Blocks


StartApp = Callable[..., App]


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Settings that keep everything in a folder, go fast, and have no key; `changes` are fields of `Settings`."""
    values = {
        "data_dir": folder,
        "database_url": database_in(folder),
        "sandbox_pace": 0.2,
        "poll_seconds": 0.2,
        "submits_apart_s": 0.0,
        # With pictures of the films, and without a wait between two submits.
        "sandbox_profile": Profile.DOCUMENTED,
        **changes,
    }
    return Settings(**values)


@contextlib.contextmanager
def running_app(settings: Settings, **launch_with: Any) -> Iterator[App]:
    """The whole app on a free port, closed at the end; `launch_with` goes to Gradio's `launch`.

    Its sandbox draws a film of each shape once.
    """
    with each_shape_drawn_once(), contextlib.ExitStack() as ending:
        service = Service(settings, Store(settings.database_url, alone=settings.has_database_alone))
        ending.callback(service.stop)
        blocks = _launched(service, **launch_with)
        ending.callback(blocks.close, verbose=False)
        yield App(str(blocks.local_url).rstrip("/"), service, blocks)


def _launched(service: Service, **launch_with: Any) -> gr.Blocks:
    for attempt in range(PORT_ATTEMPTS):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        try:
            return launch(service, server_port=port, quiet=True, **launch_with)
        except OSError:  # another process took the port in between
            if attempt == PORT_ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a fresh app without a key."""
    return settings_in(tmp_path / "data")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A running app for all tests of a module: no key, sandbox at five times its speed."""
    with running_app(settings_in(tmp_path_factory.mktemp("app"))) as running:
        yield running


@pytest.fixture
def start_app(tmp_path: Path) -> Iterator[StartApp]:
    """Starts an app with other settings: `start_app(sandbox=SandboxMode.OFF)`."""
    with contextlib.ExitStack() as running:

        def start(launch_with: Mapping[str, Any] | None = None, **changes: Any) -> App:
            folder = tmp_path / f"app-{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            return running.enter_context(running_app(settings_in(folder, **changes), **(launch_with or {})))

        yield start


# --- the browser -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for the whole run; each test gets a context of its own in it."""
    path = find_browser()
    if path is None:
        pytest.fail("no browser: run `python -m tests`, or name one in WERYAI_TEST_BROWSER")
    expect.set_options(timeout=PAGE_SECONDS * 1000)
    running = playwright.chromium.launch(executable_path=path, args=list(BROWSER_FLAGS))
    yield running
    running.close()


@pytest.fixture
def troubles() -> list[str]:
    """What went wrong in the browser so far; `page` wants it empty at the end."""
    return []


@pytest.fixture
def page(browser: Browser, troubles: list[str]) -> Iterator[Page]:
    """A page in a context of its own, 1440 x 900."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(PAGE_SECONDS * 1000)
    context.route(ELSEWHERE, _answer_from_elsewhere)
    opened = context.new_page()
    watch(opened, troubles)
    yield opened
    context.close()
    assert not troubles, "\n".join(["the browser had something to say:", *troubles])


def _answer_from_elsewhere(route: Route) -> None:
    """A picture for a link that a test typed: the tray shows what a person's link points at."""
    picture = route.request.resource_type == "image"
    route.fulfill(
        status=200,
        content_type="image/png" if picture else "application/octet-stream",
        body=PICTURE if picture else b"",
    )


def watch(page: Page, troubles: list[str]) -> None:
    """Writes down console warnings and errors, uncaught errors, and requests that leave the app."""
    own: set[str] = set()

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            troubles.append(f"console {message.type}: {message.text}")

    def request(asked: Request) -> None:
        parts = urlsplit(asked.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if parts.scheme in ("data", "blob", "about"):
            return
        if asked.is_navigation_request() and asked.frame == page.main_frame and parts.hostname == "127.0.0.1":
            own.add(origin)
        elif origin not in own and not ELSEWHERE.match(asked.url):
            troubles.append(f"left the app: {asked.method} {asked.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: troubles.append(f"uncaught: {error}"))
    page.on("request", request)
