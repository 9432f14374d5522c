"""What a chat app shows of a link to the page: its own name, sentence and picture, where Gradio names itself."""

from __future__ import annotations

import re
from html import escape

from starlette.types import Scope

from weryai_ui.i18n import say
from weryai_ui.ui.own_address import address_of

PICTURE = "examples/link-preview.jpg"
"""1200 x 630, drawn by `python -m tools.link_preview`."""
_GRADIOS = re.compile(rb'<title>[^<]*</title>|<meta\s[^>]*?(?:property="og:|name="(?:twitter:|description"))[^>]*>')
_HEAD = re.compile(rb"<head[^>]*>")


def with_preview(page: bytes, scope: Scope, public_url: str) -> bytes:
    """The page with these tags and none of Gradio's. `public_url`: this app as a stranger reaches it, where known."""
    base = public_url or address_of(scope)
    return _HEAD.sub(lambda head: head[0] + _tags(base), _GRADIOS.sub(b"", page), count=1)


def _tags(base: str) -> bytes:
    title, lead, picture = say("page.title"), say("page.lead"), f"{base}/{PICTURE}"
    said = {
        "og:type": "website",
        "og:title": title,
        "og:description": lead,
        "og:url": f"{base}/",
        "og:image": picture,
        "og:image:width": "1200",
        "og:image:height": "630",
        "twitter:card": "summary_large_image",
        "twitter:title": title,
        "twitter:description": lead,
        "twitter:image": picture,
    }
    kind = {True: "property", False: "name"}
    tags = [f'<meta {kind[name.startswith("og:")]}="{name}" content="{escape(text)}" />' for name, text in said.items()]
    head = [f"<title>{escape(title)}</title>", f'<meta name="description" content="{escape(lead)}" />', *tags]
    return "\n".join(("", *head, "")).encode()
