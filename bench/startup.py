"""Start-up: `python app.py` until the page answers, against the plain Gradio app."""

from __future__ import annotations

from bench import apps
from bench.measure import Row, in_turn

GOAL = 1.0


def rows(runs: int) -> list[Row]:
    """Seconds from the start of the process to the first answer to `GET /`."""
    ours, theirs = in_turn(_studio, _plain, runs)
    return [Row("startup", "python app.py answers", "plain Gradio app", "s", ours, theirs, GOAL)]


def _studio() -> float:
    with apps.folder() as within, apps.studio(within) as running:
        return running.started_in


def _plain() -> float:
    with apps.folder() as within, apps.plain(within) as running:
        return running.started_in
