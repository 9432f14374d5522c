"""The studio, the plain Gradio app and an imitated service, each as a process of its own on a port of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measure import CannotMeasure
from bench.processor import own_seconds
from tests.process import ROOT, free_port

START_SECONDS = 120.0
LOOK_EVERY_S = 0.005
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
NO_ANALYTICS = {"GRADIO_ANALYTICS_ENABLED": "False"}
"""The plain app sends nothing to anybody either: this machine may have no network."""
OWNERS_KEY = "sk-benchmark"


@dataclass(frozen=True)
class Server:
    """A running process that answers at `url`; `started_in` is the seconds from its start to its first answer."""

    url: str
    pid: int
    folder: Path
    started_in: float

    def memory(self) -> float:
        """Bytes in memory (RSS)."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE_BYTES

    def processor(self) -> float:
        """Seconds of processor time so far, its children left out."""
        return own_seconds(self.pid)


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """An empty folder that goes at the end."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextlib.contextmanager
def studio(within: Path, **settings: str) -> Iterator[Server]:
    """`python app.py` with its data in `within`; `settings` are environment variables."""
    with _server([str(ROOT / "app.py")], within, {"WERYAI_SANDBOX_PACE": "0.2", **settings}) as running:
        yield running


@contextlib.contextmanager
def plain(within: Path, **settings: str) -> Iterator[Server]:
    """The plain Gradio app, as a developer would write it."""
    with _server(["-m", "bench.plain"], within, {**NO_ANALYTICS, **settings}) as running:
        yield running


@contextlib.contextmanager
def bare(within: Path) -> Iterator[Server]:
    """The least that shows a film, with the files of `within`."""
    with _server(["-m", "bench.bare"], within, {}) as running:
        yield running


@contextlib.contextmanager
def imitated_service(within: Path) -> Iterator[str]:
    """The address of a service that accepts every submit; see `imitation.py`."""
    with _process(["-m", "bench.imitation"], within, {}, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        url = process.stdout.readline().decode().strip()
        if not url:
            raise CannotMeasure("the imitated service did not start")
        yield url


def on_the_owners_key(service: str) -> dict[str, str]:
    """Settings by which the studio's first choice is a service of ours, with the owner's key.

    Without the wait between two submits of an account, which the plain app has none of either.
    """
    return {"WERYAI_API_KEY": OWNERS_KEY, "WERYAI_BASE_URL": service, "WERYAI_SUBMITS_APART_SECONDS": "0"}


@contextlib.contextmanager
def _server(command: Sequence[str], within: Path, settings: Mapping[str, str]) -> Iterator[Server]:
    port = free_port()
    began = time.perf_counter()
    with _process(command, within, {**settings, "GRADIO_SERVER_PORT": str(port)}) as process:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - began > START_SECONDS:
                raise CannotMeasure(f"{command[-1]} did not start:\n{(within / 'log').read_text()[-2000:]}")
            time.sleep(LOOK_EVERY_S)
        yield Server(f"http://127.0.0.1:{port}", process.pid, within, time.perf_counter() - began)


@contextlib.contextmanager
def _process(
    command: Sequence[str], within: Path, settings: Mapping[str, str], stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("WERYAI_", "GRADIO_", "SPACE_"))}
    environment = {**own, "PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1,localhost", **settings}
    with (within / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=within,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log if stdout is None else stdout,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        # With all that it has started: the sandbox draws in a child.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        return answer.status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
