"""The list of problems and warnings above the buttons; it also marks each field that has one."""

from __future__ import annotations

from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget


def problem_list(rules: dict[str, Any], words: dict[str, str], **settings: Any) -> gr.HTML:
    """Shows findings as `{"problems": [{"field", "text"}], "warnings": [...], "refusal": str | None}`.

    While a person types, the script checks with `rules` (see `validation.rules`) and needs no server; a
    value from the server replaces what it shows until the next keystroke.
    """
    nothing: dict[str, Any] = {"problems": [], "warnings": [], "refusal": None}
    return widget(__file__, nothing, rules=rules, words=words, **settings)
