"""What generated requests are given that a schema cannot say. Read by schemathesis in a process of its own."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    """Integers as the service wants them written: to JSON Schema 11.0 is one too, and the sandbox refuses it."""
    if isinstance(body, dict):
        return {name: int(each) if _is_whole(each) else each for name, each in body.items()}
    return body


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer() and abs(value) < 2**53
