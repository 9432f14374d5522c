"""The heading: what this is, whether it costs anything, and the switches for language and light."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget


def heading(offers: Sequence[str], **settings: Any) -> gr.HTML:
    """Title, credits, a badge for each of `offers` (the one of *Send to* shows, by style alone), two switches.

    Triggers "spoken" when another language was chosen: widgets have spoken it already, Gradio's own components follow.
    """
    return widget(__file__, None, offers=list(offers), **settings)
