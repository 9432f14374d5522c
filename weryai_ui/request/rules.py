"""The rules as data: limits and patterns of the checks. Their sentences are words (`rule`).

Limits of the reference page stand with the fields in `fields.py`. What only other sources say is advice, with
its source beside it.
"""

from __future__ import annotations

import math
import re
from typing import Any

from weryai_ui.i18n import say
from weryai_ui.media.units import MEGABYTE
from weryai_ui.request.fields import (
    FieldSpec,
    Kind,
)
from weryai_ui.request.models import Catalogue
from weryai_ui.request.references import BLANKS

LINK_MAX_CHARACTERS = 8192
"""Longer than the request line that common servers take (nginx, Apache): no server would answer it."""
LINK_LONG_CHARACTERS = 2048
REFERENCES_IN_ALL = 12
"""Above this the vendor's own client refuses; the reference page does not (observed)."""
SHOWN_CHARACTERS = 48
READ_TO_SHOW = 4096
"""What stands behind is not even looked at: runs of blanks are shown as one."""

# What public pages of other providers say of the model behind this endpoint; said, never refused.
IMAGE_SIDE_PIXELS = (300, 6000)
IMAGE_ASPECT = (0.4, 2.5)
VIDEO_FRAME_PIXELS = (409_600, 927_408)
VIDEOS_TOTAL_BYTES = 50 * MEGABYTE

BLANK_PATTERN = f"[{BLANKS}]"
SCHEME_PATTERN = r"^[hH][tT][tT][pP][sS]?://"
UPLOAD_PATTERN = r"^upload:[0-9a-zA-Z_-]{16,64}(?:\.[a-z0-9]{2,4})?$"
LOCAL_HOST_PATTERN = r"^[a-zA-Z]+://(?:[^/?#@]*@)?(?:localhost|127\.[0-9.]+|\[::1\])(?:[:/?#]|$)"
LINK_PATTERN = (
    r"^[hH][tT][tT][pP][sS]?://"
    r"(?:[^/?#@]*@)?"
    r"(?:\[[0-9a-fA-F:.]+\]|[^/?#@:\[\]<>\x22\x27\\^`{|}]+)"
    r"(?::([1-9][0-9]{0,4})?)?"
    r"(?:[/?#].*)?$"
)
CREDENTIALS_PATTERN = r"^[a-zA-Z]+://[^/?#]*@"
HOST_BEYOND_ASCII_PATTERN = r"^[a-zA-Z]+://[^/?#]*[^\x00-\x7f]"
INTEGER_PATTERN = r"^-?[0-9]{1,24}$"


def rounded(value: float, decimals: int = 2) -> float:
    """A figure as the sentences compare and show it: ties go up."""
    factor = float(10**decimals)
    return math.floor(value * factor + 0.5) / factor


def seconds(value: float) -> str:
    """A length as a sentence shows it: at most two decimals, no trailing zeros."""
    return f"{rounded(value):.2f}".rstrip("0").rstrip(".")


def choices(spec: FieldSpec, models: Catalogue) -> tuple[str, ...]:
    """The wire values that may be sent for a field; empty when any value may."""
    if spec.kind is Kind.MODEL:
        return models.keys
    return spec.wire_choices if spec.kind is Kind.CHOICE else ()


def shown(value: Any) -> str:
    """A value as a sentence may quote it: one line, shortened, nothing unprintable."""
    text = (value if isinstance(value, str) else _plain(value))[:READ_TO_SHOW]
    text = re.sub(f"{BLANK_PATTERN}+", " ", text.encode("utf-8", "replace").decode("utf-8"))
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def _plain(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        # Thousands of digits cannot be turned into text by Python at all; their size says enough.
        return str(value) if abs(value) < 10**24 else say("form.big_number", bits=value.bit_length())
    return str(value) if isinstance(value, float | bool) else type(value).__name__
