"""The heading: what this is, the credits of where a press goes, and the switches for language and light."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from weryai_ui.ui.widgets.base import widget


def heading(offers: Sequence[str], *, mcp: bool, **settings: Any) -> gr.HTML:
    """Title, credits, two switches, *API*, which names the sandbox where it is among `offers`.

    Triggers "spoken" when another language was chosen: widgets have spoken it already, Gradio's own components follow.
    `mcp`: whether agents find tools here.
    """
    return widget(__file__, None, offers=list(offers), mcp=mcp, triggers=["spoken"], **settings)
