"""A pane that shows JSON as the text it is: a JavaScript number would bend a 64-bit integer."""

from __future__ import annotations

from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget


def json_pane(title: str, empty: str, **settings: Any) -> gr.HTML:
    """Shows `{"facts": [str], "text": str}`: short facts in a row, the JSON below, and a copy button.

    `title` and `empty` are keys of words.
    """
    return widget(__file__, {"facts": [], "text": ""}, title=title, empty=empty, **settings)
