"""Results: a card for each press, and the JSON that went out and came back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from weryai_ui.ui.texts import en
from weryai_ui.ui.widgets.json_pane.widget import JsonPane
from weryai_ui.ui.widgets.task_board.widget import TaskBoard


@dataclass(frozen=True)
class Results:
    """The components on the right."""

    board: TaskBoard
    request: JsonPane
    response: JsonPane


def build(refresh: Callable[[Any], dict[str, Any]], forget: Callable[[Any], dict[str, Any]]) -> Results:
    """The results panel, built into the current layout."""
    board = TaskBoard(dict(en.BOARD), refresh=refresh, forget=forget, elem_id="task-board")
    words = dict(en.PANE)
    request = JsonPane(en.PAGE["request"], en.PAGE["request_empty"], words, elem_id="request-json")
    response = JsonPane(en.PAGE["response"], en.PAGE["response_empty"], words, elem_id="response-json")
    return Results(board, request, response)
