"""Chips that put "image 1" into the prompt at the cursor; typing @ in the prompt offers the same."""

from __future__ import annotations

from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget


def mentions(**settings: Any) -> gr.HTML:
    """The chips for the references of the form as it stands, each with its name as a prompt says it ("image 1")."""
    return widget(__file__, None, **settings)
