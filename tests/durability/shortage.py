"""What a running process can run out of, taken from it by the kernel and given back: nothing in it is imitated.

A full disk is a mounted one of a few MiB, which takes root (or sudo without a password); a read-only folder is one by
its permissions, which hold for root too once it has given up the right to pass them by (`obeys_permissions`).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

DISK_MIB = 24
"""The file for unsaved outcomes takes 8."""
NO_FILES = 3
"""A descriptor has to be below the limit, and these three are open."""
HOARD_EVERY_S = 0.001
BLOCK = 1 << 16
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
CAPABILITY_VERSION_3 = 0x20080522


class Shortage(Protocol):
    """Begins and ends at the test's word, for the process of that id."""

    def begin(self, pid: int) -> None: ...
    def end(self, pid: int | None) -> None: ...


class FullDisk:
    """Not a byte is left on the disk of the folder."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def begin(self, pid: int) -> None:
        with self._filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            for size in (BLOCK, 1):
                while file.write(bytes(size)) == size:
                    pass

    def end(self, pid: int | None) -> None:
        self._filler.unlink()


class ReadOnlyFolder:
    """Nothing in the folder can be made or opened for writing any more; what is open stays so."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._modes: dict[Path, int] = {}

    def begin(self, pid: int) -> None:
        self._modes = {path: path.stat().st_mode for path in (self._folder, *self._folder.rglob("*"))}
        for path, mode in self._modes.items():
            path.chmod(mode & ~0o222)

    def end(self, pid: int | None) -> None:
        for path, mode in self._modes.items():
            path.chmod(mode)


class NoDescriptors:
    """The process opens files of its own until there are no more, and takes each that another thread gives back."""

    def __init__(self, folder: Path) -> None: ...

    def begin(self, pid: int) -> None:
        os.kill(pid, signal.SIGUSR1)

    def end(self, pid: int | None) -> None:
        if pid is not None:
            os.kill(pid, signal.SIGUSR2)


class NoDescriptorAtAll:
    """The kernel gives the process no further descriptor, not even in place of one that it closes."""

    def __init__(self, folder: Path) -> None:
        self._before = (0, 0)

    def begin(self, pid: int) -> None:
        self._before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (NO_FILES, self._before[1]))

    def end(self, pid: int | None) -> None:
        if pid is not None:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, self._before)


class LockedDatabase:
    """Another process holds the lock of the database."""

    def __init__(self, folder: Path) -> None:
        self._other = sqlite3.connect(database_in(folder), isolation_level=None, check_same_thread=False)

    def begin(self, pid: int) -> None:
        self._other.execute("BEGIN EXCLUSIVE")

    def end(self, pid: int | None) -> None:
        self._other.execute("ROLLBACK")
        self._other.close()


class MovedDatabase:
    """The database's file is taken away, and put back."""

    def __init__(self, folder: Path) -> None:
        self._here, self._there = database_in(folder), folder / "elsewhere"

    @property
    def is_away(self) -> bool:
        return not self._here.exists()

    def begin(self, pid: int) -> None:
        self._here.rename(self._there)

    def end(self, pid: int | None) -> None:
        self._there.rename(self._here)


class RemovedDatabase(MovedDatabase):
    """The database's file is deleted; the next start makes another."""

    def begin(self, pid: int) -> None:
        self._here.unlink()

    def end(self, pid: int | None) -> None: ...


SHORTAGES: dict[str, Callable[[Path], Shortage]] = {
    "the disk is full": FullDisk,
    "the folder is read-only": ReadOnlyFolder,
    "all descriptors are used": NoDescriptors,
    "no descriptor can be had": NoDescriptorAtAll,
    "another process locks the database": LockedDatabase,
    "the database file is moved away": MovedDatabase,
    "the database file is removed": RemovedDatabase,
}
FOR_GOOD = {"the database file is removed"}
"""What no process that lives can get over."""


def database_in(folder: Path) -> Path:
    return folder / "weryai.sqlite3"


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A folder that is a disk of its own. Skips the test where none may be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    options = f"size={DISK_MIB}m,mode=0777"
    mount = [*sudo, "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if not shutil.which(mount[0]) or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk takes the right to mount one")
    try:
        yield folder
    finally:
        subprocess.run([*sudo, "umount", "-l", str(folder)], check=True)


def obeys_permissions() -> None:
    """Has this process obey the permissions of files, also as root. For each thread: to be called before the others."""
    libc = ctypes.CDLL(None)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable, and once more for the higher capabilities
    libc.capget(header, sets)
    for index in (0, 1, 2):
        sets[index] &= ~(1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH)
    libc.capset(header, sets)


def hoards_descriptors_when_told() -> None:
    """SIGUSR1 has this process open files until it can open no more, and more as soon as one is closed, as connections
    do that a server accepts; SIGUSR2 closes them again."""
    hoard: list[int] = []
    over = threading.Event()

    def take_all() -> None:
        while not over.wait(HOARD_EVERY_S):
            with contextlib.suppress(OSError):
                while True:
                    hoard.append(os.open(os.devnull, os.O_RDONLY))
        while hoard:
            os.close(hoard.pop())

    signal.signal(signal.SIGUSR1, lambda *_: threading.Thread(target=take_all, daemon=True).start())
    signal.signal(signal.SIGUSR2, lambda *_: over.set())
