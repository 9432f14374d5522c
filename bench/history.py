"""The history of a visitor with 100,000 submissions, against the same with 100: whatever of it grows most.

On SQLite, and on a PostgreSQL server of its own: the pages and each filter, filters in pairs, and search.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from bench import apps, seed
from bench.measure import CannotMeasure, Row, each_seconds, in_turn
from tests.postgres import server
from weryai_ui.service import Service
from weryai_ui.settings import Settings
from weryai_ui.store.records import Filter, Place, SendTo
from weryai_ui.store.submissions import Store
from weryai_ui.ui.handlers import Handlers
from weryai_ui.ui.history import HISTORY_PAGE

MANY, FEW = 100_000, 100
GOAL = 2.0
CALLS = 5
Ask = Callable[[], dict[str, Any]]
NARROWED: Mapping[str, dict[str, Any]] = {
    "model": {"model": seed.MODELS[0]},
    "destination": {"send_to": SendTo.SANDBOX},
    "model and destination": {"model": seed.MODELS[0], "send_to": SendTo.SANDBOX},
    "last 30 minutes": {"since": time.time() - 1800},
    "oldest first": {"order": "oldest"},
}
WORDS: Mapping[str, str] = {
    "a word of all": seed.COMMON,
    "a word of every fifth": seed.FIFTH,
    "a word of the oldest": seed.OLDEST,
    "a word of none": "nowhere",
    "two words": f"{seed.COMMON} {seed.FIFTH}",
}
MAY_BE_EMPTY = ("none", "+")


def rows(runs: int) -> list[Row]:
    """Milliseconds of what a widget asks for, the mean of `CALLS` in a row; of each group the worst ratio."""
    with apps.folder() as many, apps.folder() as few, server() as url:
        files = [f"sqlite:///{folder / 'history.sqlite3'}" for folder in (many, few)]
        return [
            row
            for kind, urls in (("SQLite", files), ("PostgreSQL", [_database(url, name) for name in ("many", "few")]))
            for row in _worst(kind, (many, few), urls, runs)
        ]


def _worst(kind: str, folders: tuple[Path, Path], urls: list[str], runs: int) -> Iterator[Row]:
    with _asks(folders[0], urls[0], MANY) as ours, _asks(folders[1], urls[1], FEW) as theirs:
        for group, asks in ours.items():
            found = []
            for what, ask in asks.items():
                slow, fast = in_turn(_timed(ask), _timed(theirs[group][what]), runs)
                words = f"{kind}, {group}, worst of {len(asks)}: {what}"
                found.append(Row("history", words, f"{FEW} submissions", "ms", slow, fast, GOAL))
            yield max(found, key=lambda row: row.ratio)


def _database(url: str, name: str) -> str:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _timed(ask: Ask) -> Callable[[], float]:
    return lambda: 1000 * each_seconds(ask, CALLS)


@contextlib.contextmanager
def _asks(folder: Path, database_url: str, count: int) -> Iterator[dict[str, dict[str, Ask]]]:
    """What the page asks a history of so many submissions, by its group and what it is for."""
    (visitor,) = seed.visitors(1)
    seed.history(database_url, visitor, count)
    service = Service(Settings(data_dir=folder, database_url=database_url), Store(database_url))
    try:
        handlers = Handlers(service)
        version = handlers.refresh({"visitor": visitor, "version": ""})["version"]
        last = seed.before_the_oldest(database_url, HISTORY_PAGE)
        asks: dict[str, dict[str, Ask]] = {
            "pages": {
                "board": lambda: handlers.refresh({"visitor": visitor, "version": ""}),
                "board, unchanged": lambda: handlers.refresh({"visitor": visitor, "version": version}),
                **{f"first page, {filter_}": _page(handlers, visitor, filter_) for filter_ in Filter},
                "last page": _page(handlers, visitor, Filter.ALL, last),
                **{f"first page, {what}": _page(handlers, visitor, **asked) for what, asked in NARROWED.items()},
            },
            "two filters": {
                f"{filter_} + {what}": _page(handlers, visitor, filter_, **asked)
                for filter_ in Filter
                for what, asked in NARROWED.items()
                if filter_ is not Filter.ALL
            },
            "search": {what: _page(handlers, visitor, words=words) for what, words in WORDS.items()},
            "search and a filter": {
                **{
                    f"{a} + {b}": _page(handlers, visitor, words=w, **n)
                    for a, w in WORDS.items()
                    for b, n in NARROWED.items()
                },
                **{
                    f"{a} + {f}": _page(handlers, visitor, f, words=w)
                    for a, w in WORDS.items()
                    for f in Filter
                    if f is not Filter.ALL
                },
            },
        }
        for what, ask in ((what, ask) for group in asks.values() for what, ask in group.items()):
            is_empty = "rows" in (answer := ask()) and not answer["rows"]
            if is_empty and not any(each in what for each in MAY_BE_EMPTY):
                raise CannotMeasure(f"{what} of {count} submissions is empty")
        yield asks
    finally:
        service.stop()


def _page(
    handlers: Handlers, visitor: str, filter_: Filter = Filter.ALL, after: Place | None = None, **more: Any
) -> Ask:
    """A page of the history: its first rows, or those after a place in it."""
    row = {} if after is None else after._asdict()
    asked = {"visitor": visitor, "filter": filter_.value, "after": row, **more}
    return lambda: handlers.history.list_history(asked)
