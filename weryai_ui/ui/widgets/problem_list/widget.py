"""The list of problems and warnings above the buttons; it also marks each field that has one."""

from __future__ import annotations

from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget


def problem_list(**settings: Any) -> gr.HTML:
    """Shows findings as `{"problems": [{"field", "text"}], "warnings": [...], "refusal": str | None}`, and a `notice`.

    While a person types, the script asks `/check` (see `ui/http/questions.py`) 150 ms after the last key; the value of
    an event replaces what it shows until the next keystroke.
    """
    nothing: dict[str, Any] = {"problems": [], "warnings": [], "refusal": None}
    return widget(__file__, nothing, **settings)
