"""JSON schemas that stand wherever they are put. Pure."""

from __future__ import annotations

from typing import Any

CLOSED = ("additionalProperties", False)
"""Left out: Gradio's reader takes no false, and an answer may get another part."""


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without `$defs`: a part of a document cannot refer to a place of its own."""
    definitions = schema.get("$defs", {})

    def filled(part: Any) -> Any:
        if isinstance(part, list):
            return [filled(each) for each in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            named = definitions[part["$ref"].rpartition("/")[2]]
            return filled({**named, **{name: each for name, each in part.items() if name != "$ref"}})
        return {name: filled(each) for name, each in part.items() if name != "$defs" and (name, each) != CLOSED}

    whole: dict[str, Any] = filled(schema)
    return whole
