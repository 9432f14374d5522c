"""Seconds of processor of processes that run, and of all that one has started."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, func, select

TICKS_IN_A_SECOND = os.sysconf("SC_CLK_TCK")


def own_seconds(pid: int) -> float:
    """Of one process, its children left out."""
    return sum(map(int, _fields(pid)[11:13])) / TICKS_IN_A_SECOND


def with_children(parent: int | None) -> float:
    """Of a process and its children, those too that have ended; 0 of None."""
    if parent is None:
        return 0.0
    seconds = sum(map(int, _fields(parent)[11:15])) / TICKS_IN_A_SECOND
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            if int(_fields(int(each.name))[1]) == parent:
                seconds += own_seconds(int(each.name))
    return seconds


def server_of(engine: Engine) -> int | None:
    """The number of PostgreSQL's first process: every connection is a child of it. None for SQLite."""
    if engine.dialect.name == "sqlite":
        return None
    with engine.connect() as connection:
        return int(_fields(connection.execute(select(func.pg_backend_pid())).scalar_one())[1])


def _fields(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
