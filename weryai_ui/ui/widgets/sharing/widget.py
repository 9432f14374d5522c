"""Sharing: the dialog that makes a page of results, and the list of what this visitor shares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget
from weryai_ui.ui.widgets.task_board.widget import Ask


def sharing(asks: Iterable[Ask], **settings: Any) -> gr.HTML:
    """A dialog, and a list that is there once something is shared.

    `asks`: `preview_share`, `share`, `change_share`, `stop_sharing`, `list_shares`. The event `shareWanted`
    opens the dialog.
    """
    return widget(__file__, None, asks=asks, **settings)
