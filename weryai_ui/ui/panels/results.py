"""Results: a card for each press, and the JSON that went out and came back."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from weryai_ui.ui.texts import en
from weryai_ui.ui.widgets.json_pane.widget import json_pane
from weryai_ui.ui.widgets.task_board.widget import Ask, task_board


@dataclass(frozen=True)
class Results:
    """The components on the right."""

    board: gr.HTML
    request: gr.HTML
    response: gr.HTML


def build(refresh: Ask, forget: Ask) -> Results:
    """The results panel, built into the current layout."""
    words = dict(en.PANE)
    return Results(
        board=task_board(dict(en.BOARD), refresh=refresh, forget=forget, elem_id="task-board"),
        request=json_pane(en.PAGE["request"], en.PAGE["request_empty"], words, elem_id="request-json"),
        response=json_pane(en.PAGE["response"], en.PAGE["response_empty"], words, elem_id="response-json"),
    )
