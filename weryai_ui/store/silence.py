"""Ends connections to a PostgreSQL server that says nothing: neither TCP nor libpq notices one that stands still."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

from sqlalchemy import Engine, event

SILENT_S = 10.0
"""Longer than any statement of ours takes, and than one waits for a lock."""


def end_when_silent(engine: Engine) -> None:
    """Has a statement fail, and its connection closed, that the server leaves without an answer for `SILENT_S`.

    For psycopg 3; another driver waits as it does.
    """
    if engine.dialect.driver != "psycopg":
        return
    import psycopg

    class Impatient(psycopg.Connection[Any]):
        def wait(self, gen: Generator[Any, Any, Any], *more: Any, **named: Any) -> Any:
            try:
                return super().wait(_within(gen, SILENT_S), *more, **named)
            except TimeoutError as error:
                # What comes yet would be taken for the answer to the next statement.
                self.pgconn.finish()
                raise psycopg.OperationalError("the server does not answer") from error

    event.listen(engine, "do_connect", lambda _dialect, _record, plain, named: Impatient.connect(*plain, **named))


def _within(waiting: Generator[Any, Any, Any], seconds: float) -> Generator[Any, Any, Any]:
    """The same, but for `TimeoutError` after so many seconds without a word; looked at as often as psycopg looks."""
    end = time.monotonic() + seconds
    try:
        wish = next(waiting)
        while True:
            ready = yield wish
            if ready:
                end = time.monotonic() + seconds
            elif time.monotonic() >= end:
                raise TimeoutError
            wish = waiting.send(ready)
    except StopIteration as done:
        return done.value
