"""The sandbox as an ASGI app, and as a server in a thread of this process."""

from __future__ import annotations

import logging
import socket
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import uvicorn
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from weryai_ui.sandbox.envelope import BAD_PARAMETER, NOT_FOUND, SYSTEM_ERROR, ApiError
from weryai_ui.sandbox.keys import Keys
from weryai_ui.sandbox.ledger import Ledger
from weryai_ui.sandbox.lifecycle import Lifecycle
from weryai_ui.sandbox.media import MediaStore
from weryai_ui.sandbox.models import with_rows
from weryai_ui.sandbox.profile import Profile
from weryai_ui.sandbox.routes import Sandbox, router
from weryai_ui.sandbox.webhooks import Callbacks

log = logging.getLogger(__name__)

START_SECONDS: Final = 15.0
STOP_SECONDS: Final = 10.0


def create_app(
    data_dir: Path,
    *,
    pace: float = 1.0,
    public_url: str | None = None,
    callbacks: Callbacks | None = None,
    keys: Keys | None = None,
    profile: Profile = Profile.DOCUMENTED,
    models: Iterable[Mapping[str, Any]] = (),
) -> FastAPI:
    """The sandbox as an app, to run alone or mounted under a path.

    ``data_dir`` keeps tasks and files; one process at a time. ``pace`` scales every wait of
    a task's life: 1 is a few seconds, 0 is as fast as the video can be drawn. ``public_url``
    is where others reach the app, mount path included; without it, links carry the host and
    path by which the sandbox was called. ``callbacks`` are the addresses that a task's end
    may be told to; without it, none. ``keys`` are those of a host that tells its visitors
    apart. ``profile`` is how it answers, ``models`` are rows of those that only the host
    knows. ``app.state.sandbox`` has the ``ledger``, and
    ``close()`` for a host that shuts down. Nothing runs before the first request.
    """
    app = FastAPI(title="Sandbox", docs_url=None, redoc_url=None, openapi_url=None)
    app.router.redirect_slashes = False
    media = MediaStore(data_dir / "media")
    life = Lifecycle(data_dir / "tasks", media, pace, callbacks, profile=profile)
    app.state.sandbox = Sandbox(
        life, media, Ledger(), public_url, keys or Keys(), profile=profile, models=with_rows(models)
    )
    app.include_router(router)
    app.add_exception_handler(ApiError, _refused)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _bug)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.response(request.app.state.sandbox.profile)


async def _http_error(_: Request, error: Exception) -> Response:
    """Unknown routes and methods in the service's own envelope."""
    assert isinstance(error, HTTPException)
    code = NOT_FOUND if error.status_code == 404 else BAD_PARAMETER
    words = str(error.detail)
    if error.status_code in (404, 405):
        words += ": no such call; the sandbox's front page lists them"
    return ApiError(error.status_code, code, words, headers=dict(error.headers or {})).response()


async def _bug(_: Request, error: Exception) -> Response:
    log.error("the sandbox failed on a request (%s)", type(error).__name__)
    return ApiError(500, SYSTEM_ERROR, "the sandbox failed; its log knows more").response()


class SandboxServer:
    """The sandbox on a port of this machine, in a thread; also a context manager.

    Port 0 takes a free one. Without ``data_dir`` it keeps its files in a temporary folder
    that goes with it. ``start()`` returns when requests are answered.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        port: int = 0,
        host: str = "127.0.0.1",
        pace: float = 1.0,
        callbacks: Callbacks | None = None,
        profile: Profile = Profile.DOCUMENTED,
        keys: Keys | None = None,
        models: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        self._profile, self._keys, self._models = profile, keys, models
        self._data_dir, self._host, self._port, self._pace = data_dir, host, port, pace
        self._callbacks = callbacks
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._sandbox: Sandbox | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._socket: socket.socket | None = None

    @property
    def url(self) -> str:
        """Where it listens, for example http://127.0.0.1:12345; after start()."""
        if self._socket is None:
            raise RuntimeError("the sandbox is not running; call start() first")
        host = "127.0.0.1" if self._host in ("0.0.0.0", "") else self._host
        named = f"[{host}]" if ":" in host else host
        return f"http://{named}:{self._socket.getsockname()[1]}"

    @property
    def ledger(self) -> Ledger:
        """Every submit since start(), the last 200; still there after stop()."""
        if self._sandbox is None:
            raise RuntimeError("the sandbox is not running; call start() first")
        return self._sandbox.ledger

    def start(self) -> Self:
        """Listen, take up the tasks on disk, and return when ready.

        Raises OSError when the port is taken, RuntimeError when the server does not come up.
        """
        if self._data_dir is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="sandbox-")
        folder = self._data_dir or Path(self._temporary.name if self._temporary else "")
        self._socket = _listen(self._host, self._port)
        app = create_app(
            folder,
            pace=self._pace,
            callbacks=self._callbacks,
            keys=self._keys,
            profile=self._profile,
            models=self._models,
        )
        self._sandbox = app.state.sandbox
        self._sandbox.life.begin()
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", ws="none")
        config.timeout_graceful_shutdown = 2
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="sandbox", daemon=True
        )
        self._thread.start()
        self._await_ready()
        return self

    def _await_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self._server is not None and not self._server.started:
            alive = self._thread is not None and self._thread.is_alive()
            if not alive or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError("the sandbox did not start")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop listening and drawing. Tasks on disk go on with the next start."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(STOP_SECONDS)
        if self._sandbox is not None:
            self._sandbox.close()
        if self._socket is not None:
            self._socket.close()
        if self._temporary is not None:
            self._temporary.cleanup()
        self._server = self._thread = self._socket = self._temporary = None

    def wait(self) -> None:
        """Return when the server has stopped."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(0.5)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener
