"""The examples: one submission fills the whole form and shows a recorded run of it; nothing is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget
from weryai_ui.ui.widgets.task_board.widget import Ask


def examples(shown: Iterable[dict[str, Any]], asks: Iterable[Ask], **settings: Any) -> gr.HTML:
    """A strip of pictures until the first use, and a gallery of all. `asks`: `use_example`.

    `shown`: `{"id", "cover", "video", "tags"}` of each, in order. One that is chosen fills the form through the *carry*
    widget, which can take it back, and the board shows its recorded run.
    """
    return widget(__file__, None, examples=list(shown), asks=asks, **settings)
