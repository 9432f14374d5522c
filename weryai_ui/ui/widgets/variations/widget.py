"""Plans of variations: a dialog that makes one, and a line for each that is not done with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget
from weryai_ui.ui.widgets.task_board.widget import Ask


def variations(asks: Iterable[Ask], **settings: Any) -> gr.HTML:
    """The visitor's plans as the board's answers bring them (`views/plans.py`); nothing where there are none.

    `asks`: `check_plan`, `start_plan`, `stop_plan`, `go_on_with_plan`, `remove_plan`. The button `#variations-open`
    opens the dialog.
    """
    return widget(__file__, None, asks=asks, **settings)
