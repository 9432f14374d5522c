"""The history: every submission of this visitor, by state, a page at a time, and each with all that is known of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget
from weryai_ui.ui.widgets.task_board.widget import Ask


def history(asks: Iterable[Ask], **settings: Any) -> gr.HTML:
    """A list that asks for its pages by itself, and a dialog for one submission.

    `asks`: `list_history`, `open_intent`, `forget_intent`, `set_title`, `set_note`, `export_history`, `star_many`,
    `forget_many`, `zip_films`, `compare_films`, `joinable`, `join_films`, `fit_states`, `give_up_fit`, `offer_move`,
    `take_move`, `join_history`. The event `detailsWanted`
    opens the dialog from elsewhere.
    """
    return widget(__file__, None, asks=asks, **settings)
