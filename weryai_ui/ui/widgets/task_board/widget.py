"""The board of results: a card for each submission, and what the chosen one sent and got, as tabs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget

Ask = Callable[..., dict[str, Any]]


def task_board(asks: Iterable[Ask], sample: dict[str, Any], **settings: Any) -> gr.HTML:
    """Shows `{"visitor": str, "version": str, "cards": [...]}` as made by `cards.board`, and `panes` beside them.

    `panes`: `{"of", "request", "response", "final", "code"}` of what an event sent; of a form that is not sent yet the
    script shows what `/check` says. `sample`: an example as `Recorded.shown` has it, for the place of the first result.

    The script asks `/board` (`ui/http/questions.py`) with `{"visitor", "version"}` every few seconds while something
    is unfinished; the answer is the same shape, without cards when the version still fits. A question that fails is
    followed by the next: an outage of the app shows as a line and loses nothing. Triggers "run_again" (the form of a
    card stands in `handed.pending`) and "submit_again" (its id in `handed.again`). `asks`: `forget`, `give_key`,
    `forget_key`, `balance`, `downloaded`, `copy_again`, `star`, `use_kept`, `continue_film`, `continue_seconds`,
    `zip_films`, `panes_of`.
    """
    nothing = {"visitor": "", "version": "", "cards": []}
    return widget(__file__, nothing, asks=asks, sample=sample, triggers=["run_again", "submit_again"], **settings)
