"""The data folder of an SQLite database belongs to one app, or to processes that share its work by their roles."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from weryai_ui.errors import SettingsError

LOCK_NAME = "app.lock"


@contextlib.contextmanager
def taken(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Holds the folder for this process, or for it and others that are `shared` too.

    Raises `SettingsError` with the other's number when an app has it.

    The system gives the lock up with the process, however that ends: a file that is left behind locks nobody out.
    """
    if sys.platform == "win32":  # no such locks there
        yield
        return
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK_NAME).open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise SettingsError(
                f"Another app (process {file.read().strip() or 'unknown'}) uses the data folder {folder}: stop it, "
                "or name another folder in WERYAI_DATA_DIR."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
