"""The tray: files and links of all three kinds, numbered per kind as they are sent.

The tray holds no list of its own: the three text boxes ("Paste many") are the form's values, and the tray shows and
edits their lines. So a draft, *Run again* and a pasted body fill it like anything else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget
from weryai_ui.ui.widgets.task_board.widget import Ask


def reference_tray(asks: Iterable[Ask], **settings: Any) -> gr.HTML:
    """The tray. `asks`: `describe_uploads`, `cut_upload`, `fit_upload`, `fit_states`, `give_up_fit`,
    `upload_states`, `reach_link`.

    Triggers "edited" when it changed the references; prompt and the three boxes' new texts then stand in
    `handed.edit`. Triggers "upload_again" for the file in `handed.uploadAgain`.
    """
    return widget(__file__, None, asks=asks, triggers=["edited", "upload_again"], **settings)
