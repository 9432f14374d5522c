"""The board of results: a card for each submission, followed without holding an event open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget

Ask = Callable[..., dict[str, Any]]


def task_board(*, forget: Ask, give_key: Ask, balance: Ask, downloaded: Ask, **settings: Any) -> gr.HTML:
    """Shows `{"visitor": str, "version": str, "cards": [...]}` as made by `views.board`.

    The script asks `/board` (`ui/http/questions.py`) with `{"visitor", "version"}` every few seconds while something
    is unfinished; the answer is the same shape, without cards when the version still fits. A question that fails is
    followed by the next: an outage of the app shows as a line and loses nothing. Triggers "run_again" (the form of a
    card stands in `studio.pending`) and "submit_again" (its id in `studio.again`).
    """
    nothing = {"visitor": "", "version": "", "cards": []}
    return widget(__file__, nothing, asks=[forget, give_key, balance, downloaded], **settings)
