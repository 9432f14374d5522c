"""The page: a table of contents of its panels."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import gradio as gr

from weryai_ui import VERSION
from weryai_ui.i18n import say
from weryai_ui.request.fields import facts_of
from weryai_ui.service import Service
from weryai_ui.ui import endpoints, wiring
from weryai_ui.ui.agents.calls import Calls
from weryai_ui.ui.handlers import Handlers
from weryai_ui.ui.http.turns import Event
from weryai_ui.ui.localized import Localized
from weryai_ui.ui.panels import compose, results, start
from weryai_ui.ui.portable import ImportExport
from weryai_ui.ui.recorded import Recorded
from weryai_ui.ui.sharing import SharingQuestions
from weryai_ui.ui.widgets.heading.widget import heading


def build(service: Service, handlers: Handlers, calls: Calls) -> tuple[gr.Blocks, Mapping[int, Event]]:
    """The whole page and its named endpoints, not yet served; and its events by their number."""
    spoken = Localized(facts_of(service.settings.models.default))
    page: gr.Blocks
    with gr.Blocks(title=say("page.title"), fill_width=True, analytics_enabled=False) as page:
        head = heading(service.access.offers, mcp=service.settings.mcp, elem_id="heading")
        recorded = Recorded(service)
        beginning = start.build(recorded, ImportExport(service))
        with gr.Row(elem_classes="studio-columns"):
            with gr.Column(elem_classes="studio-compose", min_width=320):
                form = compose.build(service.access, service.settings.models, handlers, spoken)
            with gr.Column(elem_classes="studio-results", min_width=320):
                sharing = SharingQuestions(service) if service.settings.sharing else None
                shown = results.build(handlers, sharing, recorded.shown()[0])
        events = wiring.connect(page, head, beginning, form, shown, handlers, spoken)
        endpoints.publish(page, calls)
    # Gradio's is made at random; so the page is the same from every replica, and what a browser keeps of it stays good.
    page.app_id = int.from_bytes(sha256(VERSION.encode()).digest()[:6])
    return page, events
