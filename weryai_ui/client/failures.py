"""Why the service made no film, as a class: by the phrases that it is known to use, else by its code. Pure.

Whole sentences of the service are not known, and they come in any language: its own text stands beside the class.
The phrases were measured by a public user of this endpoint, or stand in the vendor's public pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Failure(StrEnum):
    """What kept a film from being made; its words stand under `happened` and `acts`."""

    IMAGE_AUDIT = "image_audit"
    CONTENT = "content"
    COPYRIGHT = "copyright"
    BUSY = "busy"
    NO_REASON = "no_reason"
    CREDITS = "credits"
    DENIED = "denied"
    LIMIT = "limit"
    MODEL_GONE = "model_gone"
    OTHER = "other"


PHRASES: Mapping[Failure, tuple[str, ...]] = MappingProxyType(
    {
        Failure.IMAGE_AUDIT: ("image asset audit", "图片素材审核", "图片审核"),
        Failure.COPYRIGHT: ("copyright", "版权"),
        Failure.CONTENT: ("content moderation", "content check", "content audit", "sensitive", "内容审核", "敏感"),
        Failure.BUSY: ("rate limit", "too many requests", "queue is full", "queue full", "请求过于频繁", "限流"),
        Failure.CREDITS: ("insufficient credit", "not enough credit", "积分不足", "余额不足"),
        Failure.DENIED: ("authentication failed", "ip denied", "permission denied"),
        Failure.LIMIT: ("daily limit",),
        Failure.MODEL_GONE: ("model not supported", "unsupported model"),
    }
)
"""In lower case; the first class with a phrase in the text counts."""

CODES: Mapping[int, Failure] = MappingProxyType(
    {
        1001: Failure.BUSY,
        1006: Failure.MODEL_GONE,
        1007: Failure.BUSY,
        1009: Failure.DENIED,
        1011: Failure.CREDITS,
        1015: Failure.LIMIT,
        1017: Failure.DENIED,
        2001: Failure.IMAGE_AUDIT,
        2003: Failure.CONTENT,
        6002: Failure.BUSY,
        6010: Failure.BUSY,
        6101: Failure.LIMIT,
    }
)
HTTP: Mapping[int, Failure] = MappingProxyType({401: Failure.DENIED, 403: Failure.DENIED, 429: Failure.BUSY})
BY_TEXT_ONLY = frozenset({Failure.IMAGE_AUDIT, Failure.CONTENT, Failure.COPYRIGHT})
"""No code says these for certain: the vendor has two tables of codes."""


def failure_of(message: str | None, code: int | None = None, http_status: int | None = None) -> Failure:
    """The class of a failed task by its message, or of a refused submit by its message, code and HTTP status.

    The text decides, since the vendor's two tables give some codes two meanings. Without any of them: NO_REASON.
    """
    said = (message or "").casefold().strip()
    by_text = (failure for failure, phrases in PHRASES.items() if any(phrase in said for phrase in phrases))
    found = next(by_text, None) or CODES.get(code or 0) or HTTP.get(http_status or 0)
    return found or (Failure.OTHER if said or code else Failure.NO_REASON)
