"""The history of a visitor with 100,000 submissions, against the same with 100: whatever of it grows most."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench import apps, seed
from bench.measure import CannotMeasure, Row, each_seconds, in_turn
from weryai_ui.service import Service
from weryai_ui.settings import Settings
from weryai_ui.store.records import Filter, Place
from weryai_ui.store.submissions import Store
from weryai_ui.ui.handlers import Handlers
from weryai_ui.ui.history import HISTORY_PAGE

MANY, FEW = 100_000, 100
GOAL = 2.0
CALLS = 5
Ask = Callable[[], dict[str, Any]]


def rows(runs: int) -> list[Row]:
    """Milliseconds of what a widget asks for, the mean of `CALLS` in a row; the one question with the worst ratio."""
    with apps.folder() as many, apps.folder() as few, _asks(many, MANY) as ours, _asks(few, FEW) as theirs:
        found = []
        for what in ours:
            slow, fast = in_turn(_timed(ours[what]), _timed(theirs[what]), runs)
            found.append(Row("history", f"worst of {len(ours)}: {what}", f"{FEW} submissions", "ms", slow, fast, GOAL))
        return [max(found, key=lambda row: row.ratio)]


def _timed(ask: Ask) -> Callable[[], float]:
    return lambda: 1000 * each_seconds(ask, CALLS)


@contextlib.contextmanager
def _asks(folder: Path, count: int) -> Iterator[dict[str, Ask]]:
    """What the page asks a history of so many submissions, by what it is for."""
    database_url = f"sqlite:///{folder / 'history.sqlite3'}"
    (visitor,) = seed.visitors(1)
    seed.history(database_url, visitor, count)
    service = Service(Settings(data_dir=folder, database_url=database_url), Store(database_url))
    try:
        handlers = Handlers(service)
        version = handlers.refresh({"visitor": visitor, "version": ""})["version"]
        asks: dict[str, Ask] = {
            "board": lambda: handlers.refresh({"visitor": visitor, "version": ""}),
            "board, unchanged": lambda: handlers.refresh({"visitor": visitor, "version": version}),
        }
        for filter_ in Filter:
            asks[f"first page, {filter_}"] = _page(handlers, visitor, filter_)
        asks["last page"] = _page(handlers, visitor, Filter.ALL, seed.before_the_oldest(database_url, HISTORY_PAGE))
        for what, ask in asks.items():
            if "rows" in (answer := ask()) and not answer["rows"]:
                raise CannotMeasure(f"{what} of {count} submissions is empty")
        yield asks
    finally:
        service.stop()


def _page(handlers: Handlers, visitor: str, filter_: Filter, after: Place | None = None) -> Ask:
    """A page of the history: its first rows, or those after a place in it."""
    row = {} if after is None else after._asdict()
    asked = {"visitor": visitor, "filter": filter_.value, "after": row}
    return lambda: handlers.history.list_history(asked)
