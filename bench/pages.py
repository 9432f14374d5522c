"""Open pages on this machine: how long a submission takes while so many watch, and how many can watch at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from bench import apps, seed
from bench.measure import CannotMeasure, Row, percentile
from bench.watchers import Found, Orders
from tests.process import ROOT

PAGES = 500
LEVELS = (PAGES, 750)
"""With more than 500 it breaks; how, is told by the other level."""
GOALS = {PAGES: 1.5}
SUBMITS_PER_SECOND = 5.0
SECONDS = 12.0
PAGES_OPENED_A_SECOND = 150
SETTLE_SECONDS = 12.0
"""The server finds its pace anew every two seconds, and pages ask every five at most."""
POLL_SECONDS = 6.0
MOST_SECONDS = 300.0


def rows(runs: int) -> list[Row]:
    """Milliseconds of a submission at the 95th percentile, a new server for each level of each run, levels in turn;
    and how many of `PAGES` open pages hear of their running task, in the studio and in the plain app.
    """
    found: dict[int, list[tuple[Found, float]]] = defaultdict(list)
    plain = list[float]()
    for _ in range(runs):
        plain.append(_plain())
        for pages in (0, *LEVELS):
            found[pages].append(_level(pages))
    heard = [float(watched.heard) for watched, _ in found[PAGES]]
    what = f"of {PAGES} pages, hear of their task"
    return [Row("pages", what, "plain Gradio app", "", heard, plain, None), *(_row(found, pages) for pages in LEVELS)]


def _row(found: Mapping[int, Sequence[tuple[Found, float]]], pages: int) -> Row:
    troubles = [words for watched, _ in found[pages] for words in watched.troubles]
    return Row(
        "pages",
        f"submission p95, {pages} pages",
        "submission p95, idle",
        "ms",
        [1000 * percentile(watched.submits, 0.95) for watched, _ in found[pages]],
        [1000 * percentile(watched.submits, 0.95) for watched, _ in found[0]],
        GOALS.get(pages),
        spoiled=f"{len(troubles)} errors: {troubles[0]}" if troubles else "",
        note=f"{pages} pages, last run: {_load(*found[pages][-1])} (idle: {_load(*found[0][-1])})",
    )


def _load(watched: Found, busy: float) -> str:
    late = watched.questions
    asked = f", questions p95 {1000 * percentile(late, 0.95):.0f} ms at {len(late) / SECONDS:.0f}/s" if late else ""
    put_off = f", {watched.put_off} times put off" if watched.put_off else ""
    return f"{100 * busy:.0f} % of a core{asked}{put_off}"


def watching(orders: Orders) -> Found:
    """What the simulated pages, in a process of their own, found."""
    done = _beside("watchers", text=json.dumps(asdict(orders)))
    return Found(**json.loads(done))


def _beside(module: str, *arguments: str, text: str | None = None) -> str:
    """What a module of the bench printed, run in a process of its own. Raises `CannotMeasure` where it failed."""
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{module}", *arguments],
        input=text,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=MOST_SECONDS,
        check=False,
    )
    if done.returncode:
        raise CannotMeasure(f"bench.{module} failed: {done.stderr[-500:]}")
    return done.stdout


def _plain() -> float:
    """How many of `PAGES` open pages of the plain app hear of their running task."""
    with (
        apps.folder() as within,
        apps.imitated_service(within) as service,
        apps.plain(within, **apps.on_the_owners_key(service)) as server,
    ):
        return float(_beside("plain_watchers", server.url, str(PAGES), str(PAGES / PAGES_OPENED_A_SECOND)))


def _level(pages: int) -> tuple[Found, float]:
    """What so many pages found, and the share of a core that the server took from start to end."""
    with apps.folder() as within, apps.imitated_service(within) as service:
        visitors = seed.visitors(pages)
        seed.watched(f"sqlite:///{within / 'pages.sqlite3'}", visitors, POLL_SECONDS)
        settings = {
            **apps.on_the_owners_key(service),
            "WERYAI_DATABASE_URL": f"sqlite:///{within / 'pages.sqlite3'}",
            "WERYAI_LOG_LEVEL": "warning",
        }
        with apps.studio(within, **settings) as server:
            opened = pages / PAGES_OPENED_A_SECOND
            orders = Orders(server.url, visitors, SECONDS, opened, SETTLE_SECONDS, SUBMITS_PER_SECOND)
            before = server.processor()
            found = watching(orders)
            return found, (server.processor() - before) / (opened + SETTLE_SECONDS + SECONDS)
