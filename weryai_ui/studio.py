"""Starts the studio: settings, store, service, page; and ends it when it is told to."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import time
from dataclasses import asdict
from types import FrameType
from typing import NoReturn

from weryai_ui import logs
from weryai_ui.errors import PortTaken, SettingsError
from weryai_ui.sandbox.keys import Keys
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.sandbox.webhooks import CallbacksBelow
from weryai_ui.service import Service
from weryai_ui.service.preparing import WEBHOOK_PATH
from weryai_ui.settings import Settings, withdraw_secrets
from weryai_ui.store import data_folder
from weryai_ui.store.submissions import Store
from weryai_ui.variables import Role

DATABASES_NAME = "databases.txt"
"""The databases on servers that an app of this data folder has used."""
SANDBOX_PORT = 7860
"""As for a page."""
DRAIN_SECONDS = 60.0
"""How long an end waits for what is under way. What supervises the app has to give it a little more."""
ANSWER_SECONDS = 1.0
"""What was recorded still has to reach the person who pressed."""


class Ended(BaseException):
    """Somebody asked this process to end."""


def main() -> int:
    """Serves or works until the process is told to end: 0 then, 2 and one sentence when a setting is wrong."""
    # A process with the number 1, as in a container, would not hear SIGTERM without a handler of its own.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _ended)
    try:
        with contextlib.suppress(Ended):
            _serve()
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - for the owner, before there is a page
        return 2
    return 0


def _serve() -> None:
    settings = Settings.from_env()
    withdraw_secrets()
    logs.set_up(settings.log_level, settings.secrets)
    with contextlib.ExitStack() as ending:
        if settings.role is Role.SANDBOX:
            _serve_sandbox(settings, ending)
        else:
            _serve_app(settings, ending)
        gc.freeze()
        gc.enable()
        while True:
            time.sleep(3600)


def _serve_sandbox(settings: Settings, ending: contextlib.ExitStack) -> None:
    """The sandbox of several processes. It knows no database and no key of anybody's."""
    folder, secret, public = settings.data_dir / "sandbox", settings.sandbox_secret, settings.public_url
    ending.enter_context(data_folder.taken(folder))
    server = SandboxServer(
        folder,
        settings.port or SANDBOX_PORT,
        os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"),
        settings.sandbox_pace,
        CallbacksBelow(f"{public}/{WEBHOOK_PATH}/") if public else None,
        settings.sandbox_profile,
        Keys("" if secret is None else secret.get_secret_value()),
        [asdict(model) for model in settings.models.offered],
    )
    try:
        ending.callback(server.start().stop)
    except OSError:
        raise PortTaken from None


def _serve_app(settings: Settings, ending: contextlib.ExitStack) -> None:
    # Imported here: the sandbox alone needs no Gradio, which takes a hundred megabytes and a second.
    from weryai_ui.ui.http import server, worker_server

    if settings.keeps_sqlite:
        ending.enter_context(data_folder.taken(settings.data_dir, shared=settings.role is not Role.ALL))
    service = Service(
        settings,
        Store(
            settings.database_url,
            alone=settings.has_database_alone,
            connections=settings.database_connections,
            by_server=True,
            serves=settings.role is not Role.WORKER,
            remembers=settings.data_dir / DATABASES_NAME,
        ),
    )
    ending.callback(service.stop)
    if settings.role is Role.WORKER:
        ending.callback(worker_server.launch(service, settings.port))
    else:
        blocks = server.launch(service, server_port=settings.port)
        ending.callback(blocks.close, verbose=False)
    ending.callback(_drain, service)


def _drain(service: Service) -> None:
    """Finishes and records what is under way. The page is served meanwhile, and says that the app restarts."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _killed)
    # What still works then loses nothing: another process takes it up.
    end = threading.Timer(DRAIN_SECONDS + ANSWER_SECONDS, os._exit, (0,))
    end.daemon = True
    end.start()
    if left := service.drain(DRAIN_SECONDS):
        print(f"{left} submissions had no answer yet; they are reported as unknown.", file=sys.stderr)  # noqa: T201
        os._exit(0)
    time.sleep(ANSWER_SECONDS)


def _ended(_signal: int, _frame: FrameType | None) -> NoReturn:
    # Until `_drain` listens again: another one in the same moment must not cut its way there short.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, signal.SIG_IGN)
    raise Ended


def _killed(number: int, _frame: FrameType | None) -> None:
    """The second signal ends the process at once."""
    os._exit(128 + number)
