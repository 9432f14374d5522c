"""Start-up: `python app.py` until the page answers, against the smallest Gradio app."""

from __future__ import annotations

from bench import apps
from bench.measure import Row, in_turn

GOAL = 1.15


def rows(runs: int) -> list[Row]:
    """Seconds from the start of the process to the first answer to `GET /`."""
    ours, theirs = in_turn(_studio, _smallest, runs)
    return [Row("startup", "python app.py answers", "smallest Gradio app", "s", ours, theirs, GOAL)]


def _studio() -> float:
    with apps.folder() as within, apps.studio(within) as running:
        return running.started_in


def _smallest() -> float:
    with apps.folder() as within, apps.smallest(within) as running:
        return running.started_in
