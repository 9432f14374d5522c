"""Results: a card for each submission with what went out and came back, and the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from weryai_ui.ui.handlers import Handlers
from weryai_ui.ui.sharing import SharingQuestions
from weryai_ui.ui.widgets.history.widget import history
from weryai_ui.ui.widgets.sharing.widget import sharing
from weryai_ui.ui.widgets.task_board.widget import task_board
from weryai_ui.ui.widgets.variations.widget import variations


@dataclass(frozen=True)
class Results:
    """The components on the right."""

    board: gr.HTML
    history: gr.HTML


def build(handlers: Handlers, questions: SharingQuestions | None, sample: dict[str, Any]) -> Results:
    """The results panel, built into the current layout; without `questions` nothing is shared.

    `sample`: the example that stands in the place of the first result.
    """
    variations(_of_plans(handlers), elem_id="variations")
    board = task_board(_of_the_board(handlers), sample, elem_id="task-board")
    past = history(_of_the_history(handlers), elem_id="history")
    if questions is not None:
        sharing(_of_sharing(questions), elem_id="sharing")
    return Results(board, past)


# What each widget's script may call, by the names of the functions.


def _of_the_board(handlers: Handlers) -> list[Callable[..., Any]]:
    return [
        handlers.forget,
        handlers.give_key,
        handlers.forget_key,
        handlers.balance,
        handlers.downloaded,
        handlers.copy_again,
        handlers.star,
        handlers.films.use_kept,
        handlers.films.continue_film,
        handlers.films.continue_seconds,
        handlers.several.zip_films,
        handlers.history.panes_of,
    ]


def _of_plans(handlers: Handlers) -> list[Callable[..., Any]]:
    asks = handlers.plans
    return [asks.check_plan, asks.start_plan, asks.stop_plan, asks.go_on_with_plan, asks.remove_plan]


def _of_the_history(handlers: Handlers) -> list[Callable[..., Any]]:
    asks, several = handlers.history, handlers.several
    return [
        asks.list_history,
        asks.open_intent,
        asks.forget_intent,
        asks.set_title,
        asks.set_note,
        asks.export_history,
        several.star_many,
        several.forget_many,
        several.zip_films,
        several.compare_films,
        handlers.films.joinable,
        handlers.films.join_films,
        handlers.tray.fit_states,
        handlers.tray.give_up_fit,
        handlers.moves.offer_move,
        handlers.moves.take_move,
        handlers.moves.join_history,
    ]


def _of_sharing(questions: SharingQuestions) -> list[Callable[..., Any]]:
    return [
        questions.preview_share,
        questions.share,
        questions.change_share,
        questions.stop_sharing,
        questions.list_shares,
    ]
