"""What a script asked with, whatever it sent: anybody may have written it."""

from __future__ import annotations

import math
import re

from starlette.requests import Request

from weryai_ui.store.records import Place

TEXTS_TAKEN = 50
INTENT_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


async def body_of(request: Request, most: int) -> bytes | None:
    """The body of a request to a route of our own; None when it is larger than `most` bytes."""
    body = bytearray()
    async for block in request.stream():
        body += block
        if len(body) > most:
            return None
    return bytes(body)


def text(params: object, name: str) -> str:
    """The text of that name; empty when it is anything else."""
    value = params.get(name) if isinstance(params, dict) else None
    return value if isinstance(value, str) else ""


def texts(params: object, name: str) -> list[str]:
    """The first `TEXTS_TAKEN` of the list of that name that are texts."""
    value = params.get(name) if isinstance(params, dict) else None
    return [each for each in value[:TEXTS_TAKEN] if isinstance(each, str)] if isinstance(value, list) else []


def number(params: object, name: str) -> float:
    """The number of that name; NaN when it is anything else."""
    value = params.get(name) if isinstance(params, dict) else None
    try:
        return float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:
        return math.nan


def intent_id(value: object) -> str:
    """The id of a submission; empty when it is anything else."""
    return value if isinstance(value, str) and INTENT_ID.fullmatch(value) else ""


def place(params: object, name: str) -> Place | None:
    """Where the row of that name (`{"created_at", "id"}`) stands in the history; None when it is anything else."""
    row = params.get(name) if isinstance(params, dict) else None
    found = Place(number(row, "created_at"), text(row, "id"))
    return found if math.isfinite(found.created_at) and INTENT_ID.fullmatch(found.id) else None
