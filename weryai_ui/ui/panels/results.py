"""Results: a card for each submission, the JSON that went out and came back, and the history."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from weryai_ui.ui.handlers import Handlers
from weryai_ui.ui.widgets.code_pane.widget import code_pane
from weryai_ui.ui.widgets.history.widget import history
from weryai_ui.ui.widgets.json_pane.widget import json_pane
from weryai_ui.ui.widgets.task_board.widget import task_board


@dataclass(frozen=True)
class Results:
    """The components on the right."""

    board: gr.HTML
    request: gr.HTML
    response: gr.HTML
    code: gr.HTML
    history: gr.HTML


def build(handlers: Handlers) -> Results:
    """The results panel, built into the current layout."""
    board = task_board(
        forget=handlers.forget,
        give_key=handlers.give_key,
        balance=handlers.balance,
        downloaded=handlers.downloaded,
        elem_id="task-board",
    )
    with gr.Row(elem_classes="studio-panes"):
        request = json_pane("common.request", "page.request_empty", elem_id="request-json")
        response = json_pane("common.response", "page.response_empty", elem_id="response-json")
    code = code_pane(elem_id="code")
    past = history(
        [handlers.list_history, handlers.open_intent, handlers.forget_intent, handlers.export_history],
        elem_id="history",
    )
    return Results(board, request, response, code, past)
