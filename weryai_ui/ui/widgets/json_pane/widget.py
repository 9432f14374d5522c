"""A pane that shows JSON as the text it is: a JavaScript number would bend a 64-bit integer."""

from __future__ import annotations

from typing import Any

from weryai_ui.ui.widgets.base import Widget


class JsonPane(Widget):
    """Shows `{"facts": [str], "text": str}`: short facts in a row, the JSON below, and a copy button."""

    def __init__(self, title: str, empty: str, words: dict[str, str], **settings: Any) -> None:
        super().__init__({"facts": [], "text": ""}, title=title, empty=empty, words=words, **settings)
