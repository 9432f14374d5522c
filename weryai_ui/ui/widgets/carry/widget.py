"""Paste a request into the form, as JSON, a command or code; copy a link that opens with the form filled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget
from weryai_ui.ui.widgets.task_board.widget import Ask


def carry(asks: Iterable[Ask], **settings: Any) -> gr.HTML:
    """Two buttons, and a line that says what came of them. `asks`: `read_pasted`, `share_form`, `open_shared`.

    Triggers "run_again" (the form stands in `handed.pending`). A link's recipe stands behind the `#` of the address,
    so that it reaches no server by itself; opening one fills the form and sends nothing.
    """
    return widget(__file__, None, asks=asks, triggers=["run_again"], **settings)
