"""Looks into every child process of a running app, as long as it lives, as anybody could who has the machine."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

LOOK_EVERY_S = 0.003
"""A child lives for some tenths of a second."""


@dataclass
class Seen:
    """What `/proc` said of one child."""

    environment: dict[str, str] = field(default_factory=dict)
    command: str = ""
    files: set[str] = field(default_factory=set)
    """What its descriptors lead to, each seen at two looks: in the moment of its start a child still has its parent's,
    which the system closes as the program begins."""
    at_last_look: set[str] = field(default_factory=set)


class Children:
    """Watches the children of a process, theirs too, in a thread; a context manager."""

    def __init__(self, pid: int) -> None:
        self.seen: dict[int, Seen] = {}
        self._pid = pid
        self._command = _read(pid, "cmdline")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watch children", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            for pid in _descendants(self._pid):
                with contextlib.suppress(OSError):  # it has ended
                    self._poll_result(pid)

    def _poll_result(self, pid: int) -> None:
        command = _read(pid, "cmdline")
        if not command or command == self._command:  # not yet another program, or no longer one
            return
        seen = self.seen.setdefault(pid, Seen())
        seen.command = command.decode("utf-8", "replace")
        for entry in _read(pid, "environ").decode("utf-8", "replace").split("\0"):
            name, _, value = entry.partition("=")
            if name:
                seen.environment[name] = value
        now = set[str]()
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                now.add(str(descriptor.readlink()))
        seen.files |= now & seen.at_last_look
        seen.at_last_look = now


def _read(pid: int, name: str) -> bytes:
    return Path(f"/proc/{pid}/{name}").read_bytes()


def _descendants(of: int) -> Iterator[int]:
    parents: dict[int, int] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
    found = {of}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
        yield from more
