"""The page: a table of contents of its panels."""

from __future__ import annotations

import gradio as gr

from weryai_ui.service import Service
from weryai_ui.ui import endpoints, wiring
from weryai_ui.ui.carrying import Carrying
from weryai_ui.ui.handlers import Handlers
from weryai_ui.ui.panels import compose, header, results
from weryai_ui.ui.texts import en


def build(service: Service) -> gr.Blocks:
    """The whole page and its named endpoints, not yet served."""
    handlers = Handlers(service)
    page: gr.Blocks
    with gr.Blocks(title=en.PAGE["title"], fill_width=True, analytics_enabled=False) as page:
        header.build(service.access)
        with gr.Row(elem_classes="studio-columns"):
            with gr.Column(elem_classes="studio-compose", min_width=320):
                form = compose.build(service.access, service.settings.models, handlers, Carrying(service))
            with gr.Column(elem_classes="studio-results", min_width=320):
                shown = results.build(handlers)
        wiring.connect(page, form, shown, handlers)
        endpoints.publish(service)
    return page
