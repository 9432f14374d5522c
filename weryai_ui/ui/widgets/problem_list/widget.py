"""The list of problems and warnings above the buttons; it also marks each field that has one."""

from __future__ import annotations

from typing import Any

from weryai_ui.ui.widgets.base import Widget


class ProblemList(Widget):
    """Shows findings as `{"problems": [{"field", "text"}], "warnings": [...], "refusal": str | None}`.

    While a person types, the script checks with `rules` (see `validation.rules`) and needs no server; a
    value from the server replaces what it shows until the next keystroke.
    """

    def __init__(self, rules: dict[str, Any], words: dict[str, str], **settings: Any) -> None:
        super().__init__({"problems": [], "warnings": [], "refusal": None}, rules=rules, words=words, **settings)
