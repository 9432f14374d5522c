"""What fills the form at one submission: the examples, a pasted body, a link."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from weryai_ui.ui.portable import ImportExport
from weryai_ui.ui.recorded import Recorded
from weryai_ui.ui.widgets.carry.widget import carry
from weryai_ui.ui.widgets.examples.widget import examples


@dataclass(frozen=True)
class Start:
    """The components above the form."""

    examples: gr.HTML
    carry: gr.HTML


def build(recorded: Recorded, carrying: ImportExport) -> Start:
    """The panel, built into the current layout."""
    with gr.Column(elem_classes="studio-start"):
        shown = examples(recorded.shown(), [recorded.use_example], elem_id="examples")
        carried = carry([carrying.read_pasted, carrying.share_form, carrying.open_shared], elem_id="carry")
    return Start(shown, carried)
