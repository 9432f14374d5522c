"""What a child might try that is not its work; each function is a task for `weryai_ui.isolation`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from weryai_ui.isolation import Task

Files = list[BinaryIO]


def load(order: Mapping[str, Any]) -> Task:
    """The function that the order names; one that ends in `_loading` runs at once, before the child is ready."""
    task: Task = globals()[order["do"]]
    if not order["do"].endswith("_loading"):
        return task
    found = task([])
    return lambda _: found


def copy(files: Files) -> dict[str, Any]:
    """Honest work: the first file turned round into the second."""
    taken = files[0].read()
    files[1].write(taken[::-1])
    files[1].flush()
    return {"bytes": len(taken)}


def look_around(files: Files) -> dict[str, Any]:
    """What a child can know: its environment and its open files."""
    return {
        "environment": dict(os.environ),
        "open": [number for number in range(1024) if _is_open(number)],
    }


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def reach_out(files: Files) -> dict[str, Any]:
    """The error of each way out, by its name; "none" where there was none."""
    ways: dict[str, Callable[[], object]] = {
        "open": Path("/etc/hostname").read_bytes,
        "os.open": lambda: os.open("/etc/hostname", os.O_RDONLY),
        "list": lambda: list(Path("/").iterdir()),
        "remove": Path("/etc/hostname").unlink,
        "socket": socket.socket,
        "connect": lambda: socket.create_connection(("127.0.0.1", 9), 1),
        "name": lambda: socket.getaddrinfo("localhost", 80),
        "fork": os.fork,
        "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "popen": lambda: subprocess.Popen(["true"]),
        "system": lambda: os.system("true"),
        "kill": lambda: os.kill(os.getppid(), 0),
        "pipe": os.pipe,
        "dup": lambda: os.dup(0),
    }
    return {name: _error_of(way) for name, way in ways.items()}


def _error_of(way: Callable[[], object]) -> str:
    try:
        way()
    except OSError as error:
        return type(error).__name__
    return "none"


def die_loading(files: Files) -> dict[str, Any]:
    raise RuntimeError("nothing can be loaded")


def raise_an_error(files: Files) -> dict[str, Any]:
    raise RuntimeError("damaged")


def crash(files: Files) -> dict[str, Any]:
    os.abort()


def hang(files: Files) -> dict[str, Any]:
    while True:
        time.sleep(60)


def hang_deaf(files: Files) -> dict[str, Any]:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    return hang(files)


def compute(files: Files) -> dict[str, Any]:
    while True:
        pass


def take_memory(files: Files) -> dict[str, Any]:
    try:
        return {"taken": len(bytearray(600_000_000))}
    except MemoryError:
        return {"taken": 0}


def write_without_end(files: Files) -> dict[str, Any]:
    written = 0
    try:
        while True:
            written += os.write(files[1].fileno(), bytes(1_000_000))
    except OSError as error:
        return {"written": written, "error": error.strerror}


def say_without_end(files: Files) -> dict[str, Any]:
    while True:
        os.write(2, b"complaint\n" * 10_000)


def report_too_much(files: Files) -> dict[str, Any]:
    return {"text": "x" * 1_000_000}


def leave_somebody_behind_loading(files: Files) -> dict[str, Any]:
    """Starts a process that would outlive the child."""
    return {"pid": subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid}
