"""Runs one order in a child process that may use little, reach nothing, and takes nobody down with it.

The child gets three open files and no names: the media as its input, a file for what it makes as its output, and a
file for its report, one JSON line, as its error stream. Its environment is empty but for what Python needs, so that
no key is in it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from weryai_ui.media.limits import CHILD_THREADS, CHILDREN_AT_ONCE, QUEUE_SECONDS, MediaLimits
from weryai_ui.media.protocol import READY, Fault
from weryai_ui.media.sentences import MediaRefused, too_slow
from weryai_ui.words import say

_log = logging.getLogger(__name__)

REPORT_BYTES: Final = 64 * 1024
"""How much is read of what a child says, at its beginning and at its end."""
_BOOT: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); from weryai_ui.media.worker import main; main()"
)
_PACKAGE_ROOT: Final = str(Path(__file__).resolve().parents[2])
_INHERITED: Final = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "TEMP")
# Each thread's arena of malloc reserves address space, which the memory limit counts.
_CHILD_ENVIRONMENT: Final = {"MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1"}

_places = threading.BoundedSemaphore(CHILDREN_AT_ONCE)


@dataclass(frozen=True)
class Order:
    """What a child shall do: the name of a task in `worker`, the file's extension, and the task's own figures."""

    task: str
    extension: str
    seconds: float
    """Wall time."""
    figures: Mapping[str, float]


def run(order: Order, media: BinaryIO, made: BinaryIO, limits: MediaLimits) -> dict[str, Any]:
    """The report of a child about the order, or its `fault`; what it made is in `made`, from the first byte.

    Both files are real ones with a descriptor. Raises `MediaRefused` when there was no child or it was ended.
    """
    with _a_place(), tempfile.TemporaryFile() as said:
        code = _ended(order, media, made, said, limits)
        said.seek(0)
        started = READY in said.read(REPORT_BYTES)
        said.seek(max(0, said.seek(0, os.SEEK_END) - REPORT_BYTES))
        return _report(code, started, said.read(), order)


@contextlib.contextmanager
def _a_place() -> Iterator[None]:
    if not _places.acquire(timeout=QUEUE_SECONDS):
        raise MediaRefused(say("media.busy"))
    try:
        yield
    finally:
        _places.release()


def _ended(order: Order, media: BinaryIO, made: BinaryIO, said: BinaryIO, limits: MediaLimits) -> int:
    """The exit code of the child. One that has to be ended goes with its whole group."""
    try:
        process = subprocess.Popen(
            _command(order, limits),
            stdin=media,
            stdout=made,
            stderr=said,
            env=_CHILD_ENVIRONMENT | {name: os.environ[name] for name in _INHERITED if name in os.environ},
            cwd=tempfile.gettempdir(),
            start_new_session=True,
        )
    except OSError as error:
        _log.error("a child for media could not be started: %s", error)
        raise MediaRefused(say("media.cannot_start")) from error
    try:
        return process.wait(order.seconds)
    except subprocess.TimeoutExpired as error:
        raise MediaRefused(too_slow(order.seconds)) from error
    finally:
        _kill(process)


def _command(order: Order, limits: MediaLimits) -> list[str]:
    """Isolated Python (-I: no environment, no user's or current folder) with this process's own search path."""
    search = [_PACKAGE_ROOT, *(path for path in sys.path if Path(path).is_absolute())]
    job = {
        "task": order.task,
        "extension": order.extension,
        "figures": dict(order.figures),
        "pixels": limits.pixels,
        "memory_bytes": limits.memory_bytes,
        "file_bytes": limits.clip_bytes,
        "cpu_seconds": math.ceil(order.seconds) * CHILD_THREADS,
    }
    return [sys.executable, "-I", "-c", _BOOT, json.dumps(search), json.dumps(job)]


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the child and its group, if it still runs."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()


def _report(code: int, started: bool, said: bytes, order: Order) -> dict[str, Any]:
    """The last line of what the child said; an end without one counts as damage of the file.

    Lines before it are a library's complaints.
    """
    if not started:
        _log.error("a child for media did not start (code %d): %s", code, said[-2000:].decode("utf-8", "replace"))
        raise MediaRefused(say("media.cannot_start"))
    if hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU:
        raise MediaRefused(too_slow(order.seconds))
    if code != 0:
        _log.info("a child for media ended with code %d: %s", code, said[-2000:].decode("utf-8", "replace"))
    try:
        report = json.loads(said.rpartition(b"\n")[2]) if code == 0 else None
    except (ValueError, RecursionError):
        report = None
    return report if isinstance(report, dict) else {"fault": Fault.DAMAGED}
