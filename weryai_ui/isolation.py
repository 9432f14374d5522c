"""Runs one piece of work in a child process that may use little, reach nothing, and takes nobody down with it.

The one way in which this app starts a process. A child gets its order as JSON, the files that it works on already
open, and a file for its report; an environment without any of this process's variables, so that no key is in it; and
limits on time, memory and output. It loads what it needs, gives up every further file and connection, says that it is
ready, and only then touches what a stranger gave. However it ends, its whole group ends with it.

`run` is for this process, `main` for the child.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import logging
import math
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Final

if sys.platform != "win32":
    import fcntl
    import resource

log = logging.getLogger(__name__)

Task = Callable[[list[BinaryIO]], Mapping[str, Any]]
"""Does the work on the files of the order, flushes what it wrote, and reports values that JSON has."""

READY: Final = b"ready\n"
"""What a child says before it touches the files. Its last line is the report, one JSON object."""
REPORT_BYTES: Final = 64 * 1024
"""How much is read of what a child says, at its beginning and at its end."""
LOG_BYTES: Final = 2000
FILES_WHILE_LOADING: Final = 256
NICENESS: Final = 10
"""The page's answers come before any child's work."""
LONG_SECONDS: Final = 30.0
LONG_NICENESS: Final = 15
"""Of a child that may take longer than that: what is looked at in a moment comes before what is drawn for a minute."""
_BOOT: Final = (
    "import json, sys; order = json.load(sys.stdin.buffer); sys.path[:] = order['path'];"
    " from weryai_ui.isolation import main; main(order)"
)
_PACKAGE_ROOT: Final = str(Path(__file__).resolve().parents[1])
_OWN_ENVIRONMENT: Final = {
    # Each thread's arena of malloc reserves address space, which the memory limit counts; so does each thread.
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
_PARENT_DEATH_SIGNAL: Final = 1
"""Linux: PR_SET_PDEATHSIG of prctl(2)."""
_FOR_THE_LOADER: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Where some Pythons find their own library; folders, and nothing else of the environment comes along."""
_REFUSED_EVENTS: Final = frozenset(
    ("open", "os", "socket", "subprocess", "shutil", "glob", "tempfile", "ctypes", "pty", "signal", "urllib", "http")
)
"""What Python reports before it opens, starts, connects to, lists, changes or signals anything."""


@dataclass(frozen=True)
class Limits:
    """What one child may use."""

    seconds: float
    """Wall time."""
    processors: int
    """How many processors it may keep busy all that time."""
    memory_bytes: int
    """Address space, where the platform can limit it."""
    file_bytes: int
    """The size of a file that it writes, of what it says too."""


@dataclass(frozen=True)
class Work:
    """What a child shall do."""

    module: str
    """It has `load`, which takes the order, imports all that the work needs, and gives the `Task`."""
    order: Mapping[str, Any]
    files: Sequence[BinaryIO]
    """Real files with a descriptor each, which the task gets in this order, each from where it stands."""


class End(StrEnum):
    """How a child ended."""

    DONE = "done"
    FAILED = "failed"
    """It broke, or was broken by what it worked on."""
    TOO_SLOW = "too slow"
    NOT_STARTED = "not started"


@dataclass(frozen=True)
class Ended:
    """How a child ended, and its report when the work is done."""

    end: End
    report: dict[str, Any] = field(default_factory=dict)


class Child:
    """A child at work."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its number, which is that of its group too."""
        return self._process.pid

    def wait(self) -> None:
        """Return when it has ended."""
        self._process.wait()

    def end(self) -> None:
        """End it now; its group follows."""
        self._process.kill()


Started = Callable[[Child], None]


def run(work: Work, limits: Limits, started: Started = lambda _: None) -> Ended:
    """Have a child do the work; never raises for what becomes of it.

    `started` receives the child, so that another thread can end it early.
    """
    if sys.platform == "win32":  # no open file can be handed over there
        return Ended(End.NOT_STARTED)
    try:
        with tempfile.TemporaryFile() as order, tempfile.TemporaryFile() as said:
            order.write(_order(work, limits))
            order.seek(0)
            return _judged(_exit_code(work, limits, order, said, started), said)
    except subprocess.TimeoutExpired:
        return Ended(End.TOO_SLOW)
    except OSError as error:
        log.error("a child could not be started: %s", error)
        return Ended(End.NOT_STARTED)


def _order(work: Work, limits: Limits) -> bytes:
    order = {
        "path": [_PACKAGE_ROOT, *(path for path in sys.path if Path(path).is_absolute())],
        "parent": os.getpid(),
        "module": work.module,
        "order": dict(work.order),
        "files": [file.fileno() for file in work.files],
        "seconds": math.ceil(limits.seconds),
        "cpu_seconds": math.ceil(limits.seconds) * limits.processors,
        "memory_bytes": limits.memory_bytes,
        "file_bytes": limits.file_bytes,
    }
    return json.dumps(order).encode("ascii")


def _exit_code(work: Work, limits: Limits, order: BinaryIO, said: BinaryIO, started: Started) -> int:
    """The exit code of a child. Raises TimeoutExpired when its time is over, OSError when it cannot begin."""
    process = subprocess.Popen(
        # -I: no environment, no user's or current folder; it gets this process's own search path.
        [sys.executable, "-I", "-c", _BOOT],
        stdin=order,
        stdout=subprocess.DEVNULL,
        stderr=said,
        env=_OWN_ENVIRONMENT | {name: os.environ[name] for name in _FOR_THE_LOADER if name in os.environ},
        cwd=tempfile.gettempdir(),
        # In this session: where a system shares its time between sessions, niceness counts only within one.
        process_group=0,
        pass_fds=[file.fileno() for file in work.files],
    )
    try:
        started(Child(process))
        return process.wait(limits.seconds)
    finally:
        _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a child's group, itself included; it leads one of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group that has ended
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _judged(code: int, said: BinaryIO) -> Ended:
    """What a child that ended by itself has to say. Lines before its last are a library's complaints."""
    said.seek(0)
    ready = READY in said.read(REPORT_BYTES)
    said.seek(max(0, said.seek(0, os.SEEK_END) - REPORT_BYTES))
    tail = said.read()
    if not ready:
        log.error("a child did not start (code %d): %s", code, tail[-LOG_BYTES:].decode("utf-8", "replace"))
        return Ended(End.NOT_STARTED)
    if code in (-signal.SIGXCPU, -signal.SIGALRM):
        return Ended(End.TOO_SLOW)
    if code != 0:
        log.info("a child ended with code %d: %s", code, tail[-LOG_BYTES:].decode("utf-8", "replace"))
        return Ended(End.FAILED)
    try:
        report = json.loads(tail.rpartition(b"\n")[2])
    except (ValueError, RecursionError):
        report = None
    return Ended(End.DONE, report) if isinstance(report, dict) else Ended(End.FAILED)


# --- in the child ---------------------------------------------------------------------------------


def main(order: Mapping[str, Any]) -> None:
    """Take the limits, load, give up everything else, work, report. An exception ends the process with another code."""
    _end_with(order["parent"])
    os.nice(LONG_NICENESS if order["seconds"] > LONG_SECONDS else NICENESS)
    _take_limits(order)
    # After the limits: what is loaded counts.
    task: Task = importlib.import_module(order["module"]).load(order["order"])
    files = [_opened(descriptor) for descriptor in order["files"]]
    give_up_the_rest()
    os.write(2, READY)
    report = task(files)
    os.write(2, b"\n" + json.dumps(report).encode())
    # All is written. A library that a file has hurt, or a full output, could only spoil the end.
    os._exit(0)


def _end_with(parent: int) -> None:
    """Have this process ended when the one that waits for it dies, where the system can (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:  # it died before that was said
            os._exit(1)


def _take_limits(order: Mapping[str, Any]) -> None:
    _limit("RLIMIT_AS", order["memory_bytes"])
    _limit("RLIMIT_CPU", order["cpu_seconds"], grace=1)
    _limit("RLIMIT_FSIZE", order["file_bytes"])
    _limit("RLIMIT_NOFILE", max(FILES_WHILE_LOADING, *order["files"], 0) + 1)
    _limit("RLIMIT_CORE", 0)
    # The other process ends this one when its time is over; the alarm, when that process cannot.
    signal.alarm(order["seconds"] + 1)


def _limit(name: str, value: int, grace: int = 0) -> None:
    """Set a limit for good. A platform that does not know it, or refuses it (macOS: memory), goes without."""
    if hasattr(resource, name):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value + grace))


def _opened(descriptor: int) -> BinaryIO:
    access = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE
    return open(descriptor, "rb" if access == os.O_RDONLY else "r+b")


def give_up_the_rest() -> None:
    """From here on this process opens no file and no connection, and starts and signals no process.

    The system refuses the first two to whatever runs here, since no further descriptor is allowed. Python refuses
    them all to what runs in Python.
    """
    _limit("RLIMIT_NOFILE", 0)
    sys.addaudithook(_refuse)


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    if event.partition(".")[0] in _REFUSED_EVENTS:
        raise PermissionError("this process gave up files, connections and processes")
