"""The examples: one submission fills the whole form and shows a recorded run of it; nothing is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget
from weryai_ui.ui.widgets.task_board.widget import Ask


def examples(shown: Iterable[dict[str, str]], asks: Iterable[Ask], **settings: Any) -> gr.HTML:
    """A strip of pictures. `shown`: `{"id", "cover"}` of each, in order. `asks`: `use_example`.

    Triggers "run_again" (through the *carry* widget, which can take it back) and "recorded": the panes of the recorded
    run then stand in `studio.recorded`.
    """
    return widget(__file__, None, examples=list(shown), asks=asks, **settings)
