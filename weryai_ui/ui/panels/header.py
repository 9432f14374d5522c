"""The heading: what this is, and whether it costs anything."""

from __future__ import annotations

import gradio as gr

from weryai_ui.access import Access, SendTo
from weryai_ui.ui.texts import en

BADGES = {
    SendTo.SANDBOX: ("free", en.PAGE["sandbox_badge"]),
    SendTo.OWNER_KEY: ("live", en.PAGE["live_badge"]),
    SendTo.MY_KEY: ("key", en.PAGE["key_badge"]),
}


def build(access: Access) -> None:
    """The page's heading. The badge follows *Send to* by style alone, see `page.css`."""
    badges = "".join(f'<span class="badge badge-{offer.value}">{BADGES[offer][1]}</span>' for offer in access.offers)
    gr.HTML(
        f'<header class="studio-head"><div><h1>{en.PAGE["title"]}</h1><p>{en.PAGE["lead"]}</p></div>'
        f'<div class="studio-status"><span class="studio-credits"></span>{badges}</div></header>',
        apply_default_css=False,
        js_on_load=None,
    )
