"""The look: system fonts, one accent colour, nothing fetched from anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr

from weryai_ui.i18n import FOR_BROWSER
from weryai_ui.media import MEDIA_LIMITS, MediaKind, MediaLimits
from weryai_ui.media.limits import JPEG_QUALITIES
from weryai_ui.media.units import MEGABYTE
from weryai_ui.request.fields import CLIP_MAX_SECONDS, CLIP_MIN_SECONDS, CLIPS_TOTAL_SECONDS, FIELDS, facts_of
from weryai_ui.request.models import SHIPPED, Catalogue
from weryai_ui.request.references import BLANKS, MENTION_PATTERNS
from weryai_ui.ui.http import scripts

NO_TAG = "\\u003c"
"""A < inside a script's texts: no tag can begin there."""
STYLE = Path(__file__).parent / "page.css"
ICON = Path(__file__).parent / "favicon.svg"


def theme() -> gr.themes.Base:
    """Gradio's default theme with darker subdued text, which passes the contrast rules."""
    return gr.themes.Default(
        primary_hue=gr.themes.colors.indigo,
        neutral_hue=gr.themes.colors.slate,
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
        radius_size=gr.themes.sizes.radius_lg,
    ).set(
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        block_label_text_color="*neutral_700",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_500",
    )


def head(models: Catalogue = SHIPPED, limits: MediaLimits = MEDIA_LIMITS, *, reaches: bool = False) -> str:
    """The style, the words and the limits of the page, inline: it makes no request for them. And its scripts.

    The style stands here and not in Gradio's `css`, which would confine each rule to Gradio's own container.
    """
    data = json.dumps(known_here(models, limits, reaches=reaches), ensure_ascii=False, default=dict)
    style = f"<style>\n{STYLE.read_text(encoding='utf-8')}</style>"
    known = f"<script>window.studioData = {data.replace('<', NO_TAG)};</script>"
    return f"{style}\n{known}\n{scripts.head()}"


def known_here(
    models: Catalogue = SHIPPED, limits: MediaLimits = MEDIA_LIMITS, *, reaches: bool = False
) -> dict[str, Any]:
    """What the scripts say, count and read by themselves. Whether form values may be sent they ask the server.

    `reaches`: whether it may be asked about links as well.
    """
    return {
        "words": FOR_BROWSER,
        "fields": list(FIELDS),
        "models": {
            "default": models.default.key,
            "of": {model.key: facts_of(model) for model in models.offered},
            "names": {model.key: model.names for model in models.offered},
            "widest": facts_of(models.widest),
        },
        "mentions": MENTION_PATTERNS,
        "blanks": BLANKS,
        "clip": {"shortest": CLIP_MIN_SECONDS, "longest": CLIP_MAX_SECONDS, "all": CLIPS_TOTAL_SECONDS},
        "icon": ICON.read_text(encoding="utf-8"),
        "reaches": reaches,
        "megabyte": MEGABYTE,
        "photo": {
            "bytes": limits.bytes_of(MediaKind.IMAGE),
            "side": limits.picture_side,
            "qualities": JPEG_QUALITIES,
        },
        "uploadBytes": {kind or "any": limits.arriving_bytes_of(kind) for kind in (*MediaKind, None)},
    }
