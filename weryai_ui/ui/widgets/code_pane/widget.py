"""A pane with the request as a program in three languages, to copy or to save."""

from __future__ import annotations

from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget


def code_pane(**settings: Any) -> gr.HTML:
    """Shows `{"programs": [{"language", "file", "text"}]}`, one at a time; the choice of language stays."""
    return widget(__file__, {"programs": []}, **settings)
