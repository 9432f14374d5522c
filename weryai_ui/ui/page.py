"""The page: a table of contents of its panels."""

from __future__ import annotations

import gradio as gr

from weryai_ui.i18n import say
from weryai_ui.service import Service
from weryai_ui.ui import endpoints, wiring
from weryai_ui.ui.handlers import Handlers
from weryai_ui.ui.localized import Localized
from weryai_ui.ui.panels import compose, results, start
from weryai_ui.ui.portable import ImportExport
from weryai_ui.ui.recorded import Recorded
from weryai_ui.ui.widgets.heading.widget import heading


def build(service: Service, handlers: Handlers) -> gr.Blocks:
    """The whole page and its named endpoints, not yet served."""
    spoken = Localized()
    page: gr.Blocks
    with gr.Blocks(title=say("page.title"), fill_width=True, analytics_enabled=False) as page:
        head = heading(service.access.offers, elem_id="heading")
        beginning = start.build(Recorded(service), ImportExport(service))
        with gr.Row(elem_classes="studio-columns"):
            with gr.Column(elem_classes="studio-compose", min_width=320):
                form = compose.build(service.access, service.settings.models, handlers, spoken)
            with gr.Column(elem_classes="studio-results", min_width=320):
                shown = results.build(handlers)
        wiring.connect(page, head, beginning, form, shown, handlers, spoken)
        endpoints.publish(service)
    return page
