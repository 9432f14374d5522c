"""Processes beside the tests: the app, to be stopped and killed, and many small ones that start in milliseconds."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, Self, TypeVar

import requests

T = TypeVar("T")
ROOT = Path(__file__).parent.parent
START_SECONDS = 60
LOOK_EVERY_S = 0.05
"""Looking without a pause would take the processor from the app that is to start."""
FORKED = [
    "tests.durability.victim",
    "tests.security.crowd",
    "tests.fairness.crowd",
    "tests.results.taker",
    "tests.results.copying_victim",
]
"""The modules whose functions run in forked processes."""


def forkserver() -> ForkServerContext:
    """Starts processes from a server that has the imports done.

    The first start decides what the one server of a test run has imported, so it names the modules of all.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(FORKED)
    return context


def free_port() -> int:
    """A port on loopback that nobody uses right now."""
    with reserved_port() as probe:
        return int(probe.getsockname()[1])


def reserved_port() -> socket.socket:
    """A port on loopback that nobody else is given while the socket is open; who asks for it by number may listen.

    Without it another test's process could be given the port between a kill and the next start.
    """
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", 0))
    return reserved


class AppProcess:
    """`python app.py` in a folder, always on the same port; started again it finds the same data.

    A context manager: running when entered, dead at the end.
    """

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.program = ROOT / "app.py"
        self._reserved = reserved_port()
        self.port = int(self._reserved.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._reserved.close()

    def start(self) -> None:
        """Starts it and waits until it is ready."""
        self.launch()
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < end, "the app did not start"
            time.sleep(LOOK_EVERY_S)

    def launch(self) -> None:
        """Starts it, and waits for nothing."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("WERYAI_", "GRADIO_"))}
        environment = {
            **own,
            "GRADIO_SERVER_PORT": str(self.port),
            "PYTHONPATH": str(ROOT),
            "WERYAI_SANDBOX_PACE": "0.2",
            "WERYAI_SUBMITS_APART_SECONDS": "0",
            **self.environment,
        }
        with (self.folder / "app.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(self.program)], cwd=self.folder, env=environment, stdout=log, stderr=log
            )

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process that was started last."""
        assert self._process is not None
        return self._process

    @property
    def pid(self) -> int:
        """Its number while it runs."""
        return self.process.pid

    @property
    def log(self) -> str:
        """The end of what it wrote."""
        return (self.folder / "app.log").read_text()[-4000:]

    def kill(self) -> None:
        """`kill -9`: nothing is tidied up."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=1).ok
        except requests.RequestException:
            return False


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives, in an event loop of a thread of its own: the browser's keeps one running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
