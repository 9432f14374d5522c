"""Open pages on this machine: how long a submission takes while so many watch, against nobody watching."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict

from bench import apps, seed
from bench.measure import CannotMeasure, Row, percentile
from bench.watchers import Found, Orders
from tests.process import ROOT

LEVELS = (100, 250, 500, 750, 1000)
GOALS = {500: 1.5}
SUBMITS_PER_SECOND = 5.0
SECONDS = 12.0
PAGES_OPENED_A_SECOND = 150
SETTLE_SECONDS = 12.0
"""The server finds its pace anew every two seconds, and pages ask every five at most."""
POLL_SECONDS = 6.0
MOST_SECONDS = 300.0


def rows(runs: int) -> list[Row]:
    """Milliseconds of a submission at the 95th percentile; a new server for each level of each run, levels in turn."""
    found: dict[int, list[float]] = defaultdict(list)
    notes: dict[int, list[str]] = defaultdict(list)
    troubles: dict[int, list[str]] = defaultdict(list)
    for _ in range(runs):
        for pages in (0, *LEVELS):
            watched, busy = _level(pages)
            found[pages].append(1000 * percentile(watched.submits, 0.95))
            troubles[pages] += watched.troubles
            questions = watched.questions
            asked = f", questions p95 {1000 * percentile(questions, 0.95):.0f} ms" if questions else ""
            asked += f" at {len(questions) / SECONDS:.0f}/s" if questions else ""
            notes[pages].append(f"{100 * busy:.0f} % of a core{asked}")
    return [
        Row(
            "pages",
            f"press p95, {pages} pages",
            "press p95, idle",
            "ms",
            found[pages],
            found[0],
            GOALS.get(pages),
            spoiled=f"{len(troubles[pages])} errors: {troubles[pages][0]}" if troubles[pages] else "",
            note=f"{pages} pages, last run: {notes[pages][-1]} (idle: {notes[0][-1]})",
        )
        for pages in LEVELS
    ]


def watching(orders: Orders) -> Found:
    """What the simulated pages, in a process of their own, found."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.watchers"],
        input=json.dumps(asdict(orders)),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=MOST_SECONDS,
        check=False,
    )
    if done.returncode:
        raise CannotMeasure(f"the simulated pages failed: {done.stderr[-500:]}")
    return Found(**json.loads(done.stdout))


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
